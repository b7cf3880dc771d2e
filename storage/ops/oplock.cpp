// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/oplock.h"

#include "storage/mutant.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

Result<void> lockOrRefuse(int fd, int how, const QByteArray &path)
{
    if (isMutant(Mutant::LockNotTaken) || retried([&] { return ::flock(fd, how | LOCK_NB); }) == 0)
        return {};
    if (errno == EWOULDBLOCK)
        return fail(ErrorCode::Locked, path);
    return failErrno(errno, path);
}

// The directory's inode, locked; an invalid descriptor when there is no directory of that name yet.
Result<Fd> lockDirectory(const Beside &beside)
{
    Fd fd(retried([&] {
        return ::openat(beside.parent.get(), beside.name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }));
    if (!fd.isValid()) {
        if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
            return Fd();
        return failErrno(errno, beside.path);
    }
    STRONGROOM_CHECK(lockOrRefuse(fd.get(), LOCK_EX, beside.path));
    return fd;
}

}  // namespace

Result<OperationLock> OperationLock::acquire(const Beside &beside)
{
    OperationLock lock;
    const QByteArray name = beside.lock();
    // A holder unlinks the file as its last act: what we opened may be gone when we get its lock.
    for (int attempt = 0; attempt < 100; ++attempt) {
        Fd fd(retried([&] {
            return ::openat(beside.parent.get(), name.constData(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
        }));
        if (!fd.isValid())
            return failErrno(errno, beside.absolute(name), ErrorCode::WriteFailed);
        STRONGROOM_TRY(const FileStamp opened, stampOf(fd.get(), beside.absolute(name)));
        if (!opened.isFile())
            return fail(ErrorCode::NotAFile, beside.absolute(name));
        STRONGROOM_CHECK(lockOrRefuse(fd.get(), LOCK_EX, beside.path));
        STRONGROOM_TRY(const std::optional<FileStamp> named, beside.find(name));
        if (!named || named->inode != opened.inode || named->device != opened.device)
            continue;
        STRONGROOM_TRY(lock.m_parent, beside.parent.duplicate(beside.parentPath));
        lock.m_lock = std::move(fd);
        lock.m_name = name;
        STRONGROOM_TRY(lock.m_directory, lockDirectory(beside));
        return lock;
    }
    return fail(ErrorCode::Locked, beside.path);
}

Result<void> OperationLock::checkFree(const Beside &beside)
{
    const Fd fd(retried([&] {
        return ::openat(beside.parent.get(), beside.lock().constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    }));
    // Another user's lock file cannot be opened; its holder has the directory itself locked as well.
    if (!fd.isValid() && errno != ENOENT && errno != EACCES)
        return failErrno(errno, beside.absolute(beside.lock()));
    if (fd.isValid())
        STRONGROOM_CHECK(lockOrRefuse(fd.get(), LOCK_SH, beside.path));
    STRONGROOM_TRY(const Fd directory, lockDirectory(beside));
    return {};
}

OperationLock::~OperationLock()
{
    // Unlinked first, unlocked by closing second: whoever waits for the old inode notices and starts over.
    if (m_lock.isValid())
        (void)retried([this] { return ::unlinkat(m_parent.get(), m_name.constData(), 0); });
}

}  // namespace strongroom::storage
