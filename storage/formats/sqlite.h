// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Foreign SQLite databases, read without changing anything by looking, and copied whole while their
// application runs. Foreign databases are opened nowhere else.

#include "storage/error.h"
#include "storage/monitor.h"
#include "storage/relpath.h"

#include <QByteArrayView>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

struct sqlite3;
struct sqlite3_stmt;

namespace strongroom::storage {

class Tree;

/// The first 100 bytes of a database file. Source: https://sqlite.org/fileformat2.html, section 1.3.
struct SqliteHeader {
    int pageSize = 0;          ///< bytes; 512..65536
    qint64 pageCount = 0;      ///< 0 = not recorded (written by a very old library)
    bool wal = false;          ///< needs a -wal file while it is open
    [[nodiscard]] qint64 expectedBytes() const { return pageCount * pageSize; }
};
/// Nothing when `head` is no database's head.
[[nodiscard]] std::optional<SqliteHeader> parseSqliteHeader(QByteArrayView head);

/// What lies beside a database, by name only.
struct SqliteNeighbours {
    bool journal = false;      ///< NAME-journal, not empty: a transaction under way, or cut off
    bool wal = false;          ///< NAME-wal, not empty
    bool shm = false;
};
[[nodiscard]] SqliteNeighbours sqliteNeighbours(const Tree &tree, const RelPath &database);

/// One prepared statement. Columns count from 0, parameters from 1. Must not outlive its database.
class SqliteStatement {
public:
    explicit SqliteStatement(sqlite3_stmt *statement, QByteArray path) : m_statement(statement), m_path(std::move(path)) {}
    SqliteStatement(SqliteStatement &&other) noexcept;
    SqliteStatement &operator=(SqliteStatement &&) = delete;
    ~SqliteStatement();

    [[nodiscard]] Result<void> bind(int parameter, qint64 value);
    [[nodiscard]] Result<void> bind(int parameter, const QString &value);
    /// True = there is a row. Errors: DatabaseUnreadable, InUse, Cancelled.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] qint64 integer(int column) const;
    [[nodiscard]] QString text(int column) const;   ///< empty for NULL

private:
    sqlite3_stmt *m_statement = nullptr;
    QByteArray m_path;
};

/// A database opened for looking. No extension, no trust in its schema, no writing. Thread: one at a time.
class SqliteDatabase {
public:
    /// Through SQLite's own read locks where the file can be read as it lies there; from a private copy
    /// (folder 0700, removed by the destructor) where a -wal or a hot journal would have to be worked off;
    /// from memory (up to 256 MiB) inside an archive. Never creates or changes a file in `tree`.
    /// \param monitor  must outlive the database; a stop ends running statements with Cancelled.
    /// Errors: NotFound, NotAFile, DatabaseUnreadable (args[0] = SQLite's words), InUse, LimitExceeded.
    [[nodiscard]] static Result<SqliteDatabase> open(const Tree &tree, const RelPath &path, const Monitor &monitor);
    SqliteDatabase(SqliteDatabase &&) noexcept;
    SqliteDatabase &operator=(SqliteDatabase &&) = delete;
    ~SqliteDatabase();

    /// `sql` is ours, never foreign.
    [[nodiscard]] Result<SqliteStatement> prepare(const char *sql) const;
    /// First column of the first row; 0 when there is none.
    [[nodiscard]] Result<qint64> number(const char *sql) const;
    /// Names of ordinary tables, sorted. Views and virtual tables are left out: reading one runs foreign code.
    [[nodiscard]] Result<QStringList> tables() const;
    [[nodiscard]] Result<QStringList> columns(const QString &table) const;
    /// PRAGMA quick_check; empty = fine. At most `most` lines.
    [[nodiscard]] Result<QStringList> quickCheck(int most = 20) const;
    [[nodiscard]] bool isPrivateCopy() const;

private:
    struct Private;
    explicit SqliteDatabase(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

struct SqliteCopy {
    qint64 bytes = 0;             ///< of the copy
    bool recovered = false;       ///< made from a private copy, in which a cut-off transaction was rolled back
                                  ///< or a -wal worked in
};

/// A whole, consistent copy of a database in use: SQLite's online backup within one read transaction, busy
/// timeout 10 s, the copy checked with quick_check and synced. Nothing in `tree` is changed, but a -shm that
/// lies beside a -wal is shared with its application, as readers do.
/// \param destination  absolute path; must not exist. Created 0600, removed again on failure.
/// Errors: DatabaseUnreadable (also: the copy fails its check), InUse, Changed (our locks did not hold), AlreadyExists, DiskFull, Cancelled.
[[nodiscard]] Result<SqliteCopy> copyDatabase(const Tree &tree, const RelPath &path, const QByteArray &destination,
                                              Monitor &monitor);

}  // namespace strongroom::storage
