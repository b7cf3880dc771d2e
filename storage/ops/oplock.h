// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One writer per data directory. Held as flock on a file beside it (`.NAME.strongroom-lock`) and, while it
// exists, on the directory's own inode, where a running backup holds a shared lock. The kernel drops both
// when the process dies, so a lock is never stale; a leftover lock file means nothing. Never touches lock
// files of the applications.

#include "storage/error.h"
#include "storage/fd.h"
#include "storage/ops/beside.h"

namespace strongroom::storage {

/// Move-only; released by the destructor, which removes the lock file while still holding it.
/// Thread: any, but one object belongs to one operation.
class OperationLock {
public:
    /// Never waits. Errors: Locked, PermissionDenied, ReadOnly, by errno.
    [[nodiscard]] static Result<OperationLock> acquire(const Beside &beside);
    /// Says Locked when another operation works on the directory, without creating anything.
    [[nodiscard]] static Result<void> checkFree(const Beside &beside);

    OperationLock(OperationLock &&) noexcept = default;
    OperationLock &operator=(OperationLock &&) = delete;
    ~OperationLock();

private:
    OperationLock() = default;
    Fd m_parent;
    QByteArray m_name;
    Fd m_lock;
    Fd m_directory;
};

}  // namespace strongroom::storage
