// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The custom format of pg_dump, read from front to back: header, table of contents, then the data sections by
// their lengths. What the table would have pg_restore run is looked through like a plain dump; the data is
// skipped, compressed as it is.

#include "storage/formats/sqldump.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QString>

namespace strongroom::storage {

enum class PgDumpEnd : quint8 {
    Whole,
    Truncated,     ///< ends inside the header, the table of contents or a section, or sections are missing
    Invalid,       ///< is none, or contradicts itself
    Unsupported,   ///< of a version that is not known here
};

struct PgDumpReport {
    PgDumpEnd end = PgDumpEnd::Invalid;
    int major = 0;
    int minor = 0;
    qint64 entries = 0;    ///< of the table of contents
    qint64 sections = 0;   ///< of data, whole ones
    QList<SqlOffence> offences;   ///< `line` counts entries
};

/// Blocks of any size. Memory: the table of contents, 64 MiB at most. Thread: one at a time.
/// Source: pg_backup_archiver.c and pg_backup_custom.c, formats 1.10 (PostgreSQL 9.0) to 1.16 (17).
class PgDumpScanner {
public:
    void feed(QByteArrayView block);
    [[nodiscard]] PgDumpReport finish();

private:
    enum class Step : quint8 { Head, Block, Id, Length, Skip, Blob, Over };
    class Cursor;

    void tryHead();
    bool readHead(Cursor &cursor);
    bool readEntry(Cursor &cursor);
    void section(QByteArrayView bytes);
    bool number(char c);

    PgDumpReport m_report;
    QByteArray m_head;
    qsizetype m_tryAt = 0;        // bytes of the head before it is worth another try
    Step m_step = Step::Head;
    int m_intSize = 4;
    int m_offsetSize = 8;
    qint64 m_expected = 0;        // sections that the table promises
    bool m_isBlobs = false;
    int m_numberAt = 0;
    qint64 m_number = 0;
    bool m_negative = false;
    qint64 m_left = 0;
};

/// True for the first bytes of one.
[[nodiscard]] bool isPgDump(QByteArrayView head);

}  // namespace strongroom::storage
