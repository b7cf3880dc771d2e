// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where a data directory stands: its parent, opened once, and the names that operations use beside it.
// Everything we ever leave next to a data directory has one of these names, so that a later start
// recognises it. Knows nothing of what is in them.

#include "storage/error.h"
#include "storage/fd.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace strongroom::storage {

struct Beside {
    Fd parent;
    QByteArray parentPath;   ///< absolute
    QByteArray name;         ///< of the data directory in `parent`
    QByteArray path;         ///< absolute path of the data directory

    /// `directory` itself need not exist, its parent must. Links in the parent's path are followed, the
    /// operator chose them; the last component is never resolved.
    /// Errors: BadPath (the root, or a name too long for its companions), by errno of the parent.
    [[nodiscard]] static Result<Beside> open(const QByteArray &directory);

    [[nodiscard]] QByteArray stage() const { return companion("stage"); }
    [[nodiscard]] QByteArray journal() const { return companion("journal"); }
    [[nodiscard]] QByteArray lock() const { return companion("lock"); }
    [[nodiscard]] QByteArray safety(qint64 number) const { return companion("safety-" + QByteArray::number(number)); }
    [[nodiscard]] QByteArray absolute(const QByteArray &nameInParent) const;

    /// Numbers of the safety copies there are, highest (newest) first.
    [[nodiscard]] Result<QList<qint64>> safetyNumbers() const;
    /// lstat of `nameInParent`; absent when there is no such name. An error is not absence.
    [[nodiscard]] Result<std::optional<FileStamp>> find(const QByteArray &nameInParent) const;
    /// The data directory itself, no link followed.
    [[nodiscard]] Result<std::optional<FileStamp>> target() const { return find(name); }

private:
    [[nodiscard]] QByteArray companion(const QByteArray &what) const { return '.' + name + ".strongroom-" + what; }
};

/// lstat of `name` in `dirFd`; absent when there is no such name. An error is not absence.
[[nodiscard]] Result<std::optional<FileStamp>> findAt(int dirFd, const QByteArray &name);

}  // namespace strongroom::storage
