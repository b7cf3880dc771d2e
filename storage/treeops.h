// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Changes to trees by descriptor: make, remove, move, exchange, sync. No function here decides anything;
// ops/ does. Nothing is followed, nothing is overwritten that was not named.

#include "storage/error.h"
#include "storage/fd.h"
#include "storage/monitor.h"
#include "storage/relpath.h"

#include <QByteArray>

namespace strongroom::storage {

/// Creates `path` and its missing parents below `rootFd`, mode 0700 each. An existing directory is fine;
/// anything else of that name is AlreadyExists.
[[nodiscard]] Result<void> makeDirectories(int rootFd, const RelPath &path);

/// Creates what is missing of `folder`, an absolute path of this user's own (0700 each); links on the way are followed. What
/// fails here fails again when the folder is used.
void makeFolders(const QByteArray &folder);

/// Removes the name `name` in `dirFd`, a whole tree if it is one. Iterative, by descriptor, links are
/// unlinked and never followed, never crosses to another device (CrossDevice). Absent is success.
[[nodiscard]] Result<void> removeTree(int dirFd, const QByteArray &name);

/// Moves without overwriting (RENAME_NOREPLACE; link+unlink or a checked rename where the file system
/// lacks it). Errors: AlreadyExists, by errno.
[[nodiscard]] Result<void> renameNoReplace(int fromDir, const QByteArray &from, int toDir, const QByteArray &to);

/// Swaps two names atomically. Errors: NotSupported where the file system cannot.
[[nodiscard]] Result<void> renameExchange(int dirA, const QByteArray &a, int dirB, const QByteArray &b);

/// Syncs the whole file system that holds `fd` (syncfs) and reports write-back errors.
[[nodiscard]] Result<void> syncFileSystem(int fd, const QByteArray &pathForErrors);

/// Free space for us and free inodes of the file system that holds `fd`.
struct FreeSpace {
    qint64 bytes = 0;
    qint64 inodes = -1;  ///< -1 = the file system does not count them
};
[[nodiscard]] Result<FreeSpace> freeSpace(int fd, const QByteArray &pathForErrors);

/// Bytes and files of a tree (regular files counted once each by name; links and folders not).
struct TreeSize {
    qint64 bytes = 0;
    qint64 files = 0;
    qint64 directories = 0;
    qint64 others = 0;
    qint64 unreadable = 0;
};
[[nodiscard]] Result<TreeSize> computeSize(int rootFd, const RelPath &path, Monitor &monitor);

}  // namespace strongroom::storage
