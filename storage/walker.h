// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Walks a tree by descriptors, in byte order of the names, never through a link and never recursing:
// depth costs no stack, and no path is ever built for a system call.

#include "storage/error.h"
#include "storage/fd.h"
#include "storage/filestamp.h"
#include "storage/monitor.h"
#include "storage/relpath.h"

#include <functional>
#include <memory>
#include <optional>

namespace strongroom::storage {

/// One name met. Directories come before what is in them.
struct WalkEntry {
    RelPath path;                 ///< relative to the walked root; the root itself is not reported
    FileStamp stamp;
    QByteArray linkTarget;        ///< of a symbolic link, as stored
    std::optional<Error> error;   ///< this name could not be looked at, or this directory not read
    std::shared_ptr<const Fd> folder;   ///< that holds the name; who keeps it keeps a descriptor open
};

enum class WalkNext {
    Continue,
    SkipChildren,  ///< do not go into this directory
    Stop,          ///< end the walk, which then succeeds
};

struct WalkOptions {
    bool stayOnDevice = false;   ///< do not enter directories of another file system
};

/// Calls `visit` for every entry below `path` of `rootFd` (`path` itself not included). A directory that
/// cannot be read is visited a second time with `error` set. Names that vanish between listing and stat
/// are visited with `error` = Vanished.
/// Errors: the start directory cannot be opened; Cancelled. Thread: any. Polls `monitor` per entry.
[[nodiscard]] Result<void> walk(int rootFd, const RelPath &path, const WalkOptions &options, Monitor &monitor,
                                const std::function<WalkNext(const WalkEntry &)> &visit);

/// Names in one directory, byte order, without "." and "..". Errors: by errno.
[[nodiscard]] Result<QList<QByteArray>> namesIn(int dirFd, const QByteArray &pathForErrors);

}  // namespace strongroom::storage
