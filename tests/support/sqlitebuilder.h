// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Plants SQLite databases, whole and in the states that a killed application leaves them in.

#include <QByteArray>
#include <QByteArrayList>

#include <memory>

struct sqlite3;

namespace strongroom::tests {

/// Runs `sql` on the database at `path` (absolute; created when absent) and closes it. Aborts on failure.
void runSql(const QByteArray &path, const QByteArray &sql);
/// Rows of a query, columns joined with '|', as the sqlite3 shell prints them.
[[nodiscard]] QByteArrayList querySql(const QByteArray &path, const QByteArray &sql);

/// An application that has the database open: SQL runs at once, and stays as it is until the end.
class LiveDatabase {
public:
    explicit LiveDatabase(const QByteArray &path);
    LiveDatabase(const LiveDatabase &) = delete;
    LiveDatabase &operator=(const LiveDatabase &) = delete;
    ~LiveDatabase();
    void run(const QByteArray &sql);
    /// The file it would be: also of one that was opened as ":memory:".
    [[nodiscard]] QByteArray bytes() const;

private:
    sqlite3 *m_db = nullptr;
};

/// The tables of the released application of layout sqlite-app with one user and `sessions` device sessions.
/// Secret values contain `canary`.
void plantAppDatabase(const QByteArray &path, int sessions, const QByteArray &canary);

}  // namespace strongroom::tests
