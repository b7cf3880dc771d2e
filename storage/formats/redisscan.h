// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What Redis would load, looked at as it streams by: whether a snapshot is whole to its checksum, and whether
// a command log holds data commands only. Keys and values are passed over.

#include <QByteArray>
#include <QByteArrayView>

namespace strongroom::storage {

/// CRC-64 of Redis (Jones polynomial, reflected, no inversion), continued from `crc`. Thread: any.
[[nodiscard]] quint64 crc64Redis(quint64 crc, QByteArrayView data);

struct RdbReport {
    bool isRdb = false;        ///< "REDIS" and a version that exists
    int version = 0;
    bool ends = false;         ///< the end mark stands where it must
    bool checksumOk = false;   ///< also when the writer kept none
    bool hasChecksum = false;
};

/// Blocks of any size, constant memory. Source: rdb.c of Redis 7 (version 5 and later have a checksum).
class RdbScanner {
public:
    void feed(QByteArrayView block);
    [[nodiscard]] RdbReport finish() const;

private:
    QByteArray m_head;    // first nine bytes
    QByteArray m_tail;    // not yet summed: the end mark and the checksum may be in it
    quint64 m_crc = 0;
};

struct AofReport {
    qint64 commands = 0;         ///< whole ones
    qint64 goodBytes = 0;        ///< length of the whole ones
    qint64 bytes = 0;
    bool torn = false;           ///< ends inside a command
    bool damaged = false;        ///< bytes that are no command
    bool hasPreamble = false;    ///< begins with a snapshot; what follows it was not looked at
    QByteArray forbidden;        ///< the first command that is none of data, upper case, cut
    bool endsInFlush = false;    ///< the last command is FLUSHALL: everything is thrown away again
    qint64 lastCommandAt = 0;    ///< offset of the last whole command
};

/// Blocks of any size, constant memory. Source: aof.c of Redis 7.
class AofScanner {
public:
    void feed(QByteArrayView block);
    [[nodiscard]] AofReport finish() const;

private:
    enum class State : quint8 { Start, ArrayCount, ArrayLf, BulkStart, BulkLength, BulkLf, Body, BodyCr, Comment };
    bool step(char c);
    bool digit(char c);
    void commandOver();

    AofReport m_report;
    State m_state = State::Start;
    qint64 m_number = 0;
    int m_digits = 0;
    qint64 m_strings = 0;
    qint64 m_left = 0;
    bool m_isName = false;     // the string under way is the command's name
    QByteArray m_name;
    qint64 m_start = 0;        // of the command under way
};

}  // namespace strongroom::storage
