// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What lies in a backup folder, ours and foreign, and what we remember of having verified it.

#include "storage/archive/inspect.h"
#include "storage/filestamp.h"
#include "storage/monitor.h"

#include <QDateTime>
#include <QHash>

namespace strongroom::storage {

/// Remembers verifications by file identity (device, inode, size, mtime): a cache that may be lost at any
/// time, one JSON object a line. Thread: one at a time.
class VerificationLog {
public:
    struct Entry {
        QDateTime when;     ///< UTC
        Verdict verdict = Verdict::Damaged;
    };
    /// \param file absolute path; empty = remember nothing. Its folder is created on the first record.
    explicit VerificationLog(QByteArray file);
    [[nodiscard]] std::optional<Entry> find(const FileStamp &stamp) const;
    /// Best effort: a cache that cannot be written is no failure.
    void record(const FileStamp &stamp, const Entry &entry);

private:
    QByteArray m_file;
    QHash<QByteArray, Entry> m_entries;
    qint64 m_lines = 0;   // in the file, the outdated ones included
};

struct BackupInfo {
    QByteArray path;          ///< absolute
    QString kind;             ///< "tar.gz", "tar.zst", "zip", "sql-dump", "pickle", "encrypted", "unknown"
    QDateTime created;        ///< manifest, else the stamp in the name (guides), else mtime
    qint64 bytes = 0;
    QString layout;           ///< layout id; empty = unknown
    QStringList scope;
    bool manifest = false;
    bool verified = false;    ///< verified or readable, and unchanged since
    QDateTime verifiedAt;
    std::optional<Verdict> verdict;   ///< of the last verification
    bool encrypted = false;
    bool pinned = false;
    bool partial = false;     ///< an unfinished one (NAME.partial)
    QByteArray source;        ///< path of the data directory it was made of; empty = unknown
    QString note;
    qint64 sequence = 0;
    FileStamp stamp;
};

/// Every archive in `folder` (not below), newest first. Heads and our trailers only, never whole archives;
/// sidecars (*.sha256) are not listed. Errors: the folder cannot be read; Cancelled.
[[nodiscard]] Result<QList<BackupInfo>> listArchives(const QByteArray &folder, const VerificationLog &log, Monitor &monitor);
/// One file. Errors: by cause.
[[nodiscard]] Result<BackupInfo> describeArchive(const QByteArray &path, const VerificationLog &log, Monitor &monitor);

}  // namespace strongroom::storage
