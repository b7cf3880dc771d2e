// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What reading and copying a database share: connections with every guard on, and private copies. Private
// to sqlite.cpp and sqlitecopy.cpp.
//
// S1 No file beside a foreign database is created, changed or removed: what would need that is done to a
//    private copy. (A -shm that a running application shares with us is the exception: reading through it is
//    how a reader takes part; only copyDatabase does so.)
// S2 No SQL that a database brings along is run: no views, no virtual tables, no triggers, no extensions.
// S3 A journal that names another journal is never played back: SQLite would delete the file it names.
// S4 POSIX locks are per process: closing any descriptor of a database drops SQLite's locks on it. Layouts
//    read heads while a backup may run, so a copy counts only after its own check.
// Seen with SQLite 3.40.1: a read-only connection to a database in WAL mode creates -wal and -shm; a hot
// journal makes a read-only open fail with SQLITE_READONLY_ROLLBACK.

#include "storage/error.h"
#include "storage/monitor.h"
#include "storage/tree.h"

#include <chrono>
#include <memory>
#include <optional>

struct sqlite3;

namespace strongroom::storage::sqlite {

[[nodiscard]] Error sqliteError(int code, sqlite3 *db, const QByteArray &path);

/// A folder of ours in the temporary place, 0700, gone with its owner.
class PrivateFolder {
public:
    [[nodiscard]] static Result<std::unique_ptr<PrivateFolder>> make();
    explicit PrivateFolder(QByteArray path) : m_path(std::move(path)) {}
    PrivateFolder(const PrivateFolder &) = delete;
    PrivateFolder &operator=(const PrivateFolder &) = delete;
    ~PrivateFolder();
    [[nodiscard]] const QByteArray &path() const { return m_path; }

private:
    QByteArray m_path;
};

/// What the callbacks of one connection look at: a stop ends statements, waiting for locks has an end.
struct Watch {
    const Monitor *monitor = nullptr;
    std::chrono::milliseconds patience = std::chrono::milliseconds(0);
    std::chrono::steady_clock::time_point busySince;
};

/// A connection with extensions, triggers, views and trust in the schema switched off (S2).
class Connection {
public:
    Connection() = default;
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    ~Connection() { close(); }

    /// `flags` and `vfs` (null = the usual one) as sqlite3_open_v2.
    [[nodiscard]] Result<void> open(const QByteArray &file, int flags, const Watch &watch, const QByteArray &pathForErrors,
                                    const char *vfs = nullptr);
    void close();
    [[nodiscard]] sqlite3 *get() const { return m_db; }
    /// SQLite's code of running `sql`.
    int exec(const char *sql) const;

private:
    sqlite3 *m_db = nullptr;
    Watch m_watch;
};

/// The database's own absolute path, free of links, for SQLite: it would take /proc/self/fd/N for one.
[[nodiscard]] std::optional<QByteArray> resolved(const QByteArray &local);

/// Copies the database and what is to be worked off to "copy", "copy-journal", "copy-wal" in a private
/// folder, unchanged while they were read. Errors: InUse when that cannot be had; LimitExceeded.
[[nodiscard]] Result<std::unique_ptr<PrivateFolder>> copyAside(const Tree &tree, const RelPath &path, qint64 maxBytes,
                                                               const Monitor &monitor);

}  // namespace strongroom::storage::sqlite
