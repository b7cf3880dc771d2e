// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A foreign database that lies nowhere as a file of its own: bytes that a caller reads for SQLite. For
// judging what is in it, never for using it. No path is opened, no lock taken, no byte written; no SQL that
// it brings along is run (S2 of sqliteconnection.h).

#include "storage/error.h"
#include "storage/monitor.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>

namespace strongroom::storage {

/// One row of sqlite_master, text cut to a sane length.
struct SqliteObject {
    QString type;    ///< "table", "index", "trigger", "view"
    QString name;
    QString sql;     ///< empty for what SQLite makes by itself
};

/// Thread: one at a time.
class SqliteImage {
public:
    /// Fills the buffer from an offset; false = it could not.
    using Read = std::function<bool(qint64 offset, char *data, qint64 size)>;

    /// \param name  for errors. `monitor` and what `read` refers to must outlive the image.
    /// A journal or WAL that may belong to it does not exist here: the bytes are the database.
    /// Errors: DatabaseUnreadable (args[0] = SQLite's words).
    [[nodiscard]] static Result<std::unique_ptr<SqliteImage>> open(qint64 size, Read read, const QByteArray &name, const Monitor &monitor);
    ~SqliteImage();

    /// Errors: DatabaseUnreadable, Cancelled.
    [[nodiscard]] Result<QList<SqliteObject>> schema() const;
    /// PRAGMA integrity_check; empty = fine. Reads every page.
    [[nodiscard]] Result<QStringList> integrityCheck(int most) const;
    /// Rows that refer to rows which are not there; counts no further than `most`.
    [[nodiscard]] Result<qint64> foreignKeyViolations(qint64 most) const;

private:
    struct Private;
    explicit SqliteImage(std::unique_ptr<Private> p);
    [[nodiscard]] Result<QList<QStringList>> rows(const QByteArray &sql, int columns, qint64 most) const;
    std::unique_ptr<Private> d;
};

}  // namespace strongroom::storage
