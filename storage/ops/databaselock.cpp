// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/databaselock.h"

#include "storage/filestamp.h"

#include <fcntl.h>

namespace strongroom::storage {

namespace {

constexpr off_t kPending = 0x40000000;
constexpr off_t kShared = kPending + 2;
constexpr off_t kSharedSize = 510;

bool setLock(int fd, short type, off_t start, off_t length)
{
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = start;
    lock.l_len = length;
    return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

}  // namespace

bool databaseIsAtRest(int directoryFd, const QByteArray &name)
{
    for (const QByteArrayView suffix : {QByteArrayView("-journal"), QByteArrayView("-wal")}) {
        const auto stamp = stampAt(directoryFd, name + suffix.toByteArray());
        if (stamp ? stamp->size > 0 : stamp.error().code != ErrorCode::NotFound)
            return false;
    }
    return true;
}

bool lockDatabaseForReading(int fd)
{
    // As SQLite does it: the pending byte first, so that a writer who waits for readers is not starved.
    if (!setLock(fd, F_RDLCK, kPending, 1))
        return false;
    const bool shared = setLock(fd, F_RDLCK, kShared, kSharedSize);
    (void)setLock(fd, F_UNLCK, kPending, 1);
    return shared;
}

}  // namespace strongroom::storage
