// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/fd.h"

#include "storage/mutant.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

// openat2 is Linux 5.6; some container profiles answer ENOSYS or EPERM for it. Learned once.
std::atomic<bool> openat2Missing = false;

int openat2Below(int dirFd, const char *path, int flags, unsigned mode)
{
    open_how how = {};
    how.flags = quint64(flags);
    how.mode = (flags & (O_CREAT | O_TMPFILE)) ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    if (isMutant(Mutant::OpenFollowsLinks))
        how.resolve = 0;
    for (;;) {
        const long fd = syscall(SYS_openat2, dirFd, path, &how, sizeof how);
        if (fd >= 0 || (errno != EINTR && errno != EAGAIN))
            return int(fd);
    }
}

int openatRetry(int dirFd, const char *name, int flags, unsigned mode)
{
    return retried([&] { return ::openat(dirFd, name, flags, mode); });
}

// The same promise without openat2: every component opened by itself, no link followed.
Result<Fd> openStepwise(int rootFd, const RelPath &path, int flags, unsigned mode)
{
    const QList<QByteArray> parts = path.components();
    Fd dir;
    int at = rootFd;
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) {
        Fd next(openatRetry(at, parts[i].constData(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0));
        if (!next.isValid()) {
            // A link here is ENOTDIR (it is looked at, not followed); openat2 calls it ELOOP, and so do we.
            const int error = errno;
            const auto stamp = error == ENOTDIR ? stampAt(at, parts[i]) : Result<FileStamp>(fail(ErrorCode::NotFound));
            return failErrno(stamp && stamp->isSymlink() ? ELOOP : error, path.bytes());
        }
        dir = std::move(next);
        at = dir.get();
    }
    Fd fd(openatRetry(at, parts.last().constData(), flags, mode));
    if (!fd.isValid())
        return failErrno(errno, path.bytes());
    return fd;
}

constexpr qsizetype kMaxSystemPath = 4000;

}  // namespace

Fd &Fd::operator=(Fd &&other) noexcept
{
    if (this != &other) {
        reset();
        m_fd = std::exchange(other.m_fd, -1);
    }
    return *this;
}

Fd::~Fd()
{
    reset();
}

void Fd::reset()
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = -1;
}

Result<void> Fd::close(const QByteArray &pathForErrors)
{
    const int fd = std::exchange(m_fd, -1);
    // EINTR: on Linux the descriptor is gone all the same; closing again could hit a stranger's.
    if (fd >= 0 && ::close(fd) != 0 && errno != EINTR)
        return failErrno(errno, pathForErrors, ErrorCode::WriteFailed);
    return {};
}

Result<Fd> Fd::duplicate(const QByteArray &pathForErrors) const
{
    Fd copy(retried([this] { return fcntl(m_fd, F_DUPFD_CLOEXEC, 3); }));
    if (!copy.isValid())
        return failErrno(errno, pathForErrors);
    return copy;
}

Result<Fd> openDirectory(const QByteArray &path)
{
    if (path.contains('\0'))
        return fail(ErrorCode::BadPath, path);
    Fd fd(openatRetry(AT_FDCWD, path.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
    if (!fd.isValid())
        return failErrno(errno, path);
    return fd;
}

Result<Fd> openBelow(int rootFd, const RelPath &path, int flags, unsigned mode)
{
    flags |= O_CLOEXEC | (isMutant(Mutant::OpenFollowsLinks) ? 0 : O_NOFOLLOW);
    if ((flags & O_ACCMODE) == O_RDONLY && !(flags & O_PATH))
        flags |= O_NONBLOCK;
    if (path.isRoot()) {
        Fd fd(openatRetry(rootFd, ".", flags, mode));
        if (!fd.isValid())
            return failErrno(errno, path.bytes());
        return fd;
    }
    if (!openat2Missing && path.bytes().size() < kMaxSystemPath) {
        Fd fd(openat2Below(rootFd, path.bytes().constData(), flags, mode));
        if (fd.isValid())
            return fd;
        if (errno != ENOSYS && errno != EPERM)
            return failErrno(errno, path.bytes());
        if (errno == ENOSYS)
            openat2Missing = true;
    }
    return openStepwise(rootFd, path, flags, mode);
}

Result<Fd> openParent(int rootFd, const RelPath &path)
{
    return openBelow(rootFd, path.parent(), O_RDONLY | O_DIRECTORY);
}

Result<OpenedFile> openFileBelow(int rootFd, const RelPath &path)
{
    STRONGROOM_TRY(Fd fd, openBelow(rootFd, path, O_RDONLY | O_NOCTTY));
    STRONGROOM_TRY(FileStamp stamp, stampOf(fd.get(), path.bytes()));
    if (!stamp.isFile())
        return fail(ErrorCode::NotAFile, path.bytes());
    return OpenedFile{std::move(fd), stamp};
}

Result<FileStamp> stampBelow(int rootFd, const RelPath &path)
{
    if (path.isRoot())
        return stampOf(rootFd, path.bytes());
    if (path.depth() == 1)
        return stampAt(rootFd, path.bytes());
    STRONGROOM_TRY(Fd parent, openParent(rootFd, path));
    auto stamp = stampAt(parent.get(), path.name());
    if (!stamp)
        stamp.error().path = path.bytes();
    return stamp;
}

Result<QByteArray> readLinkAt(int dirFd, const QByteArray &name, const QByteArray &pathForErrors)
{
    char buffer[PATH_MAX];
    const ssize_t n = retried([&] { return ::readlinkat(dirFd, name.constData(), buffer, sizeof buffer); });
    if (n < 0)
        return failErrno(errno, pathForErrors);
    return QByteArray(buffer, n);
}

Result<qint64> readFully(int fd, char *data, qint64 size, const QByteArray &pathForErrors)
{
    qint64 done = 0;
    while (done < size) {
        const ssize_t n = ::read(fd, data + done, size_t(std::min<qint64>(size - done, 1 << 30)));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failErrno(errno, pathForErrors);
        if (n == 0)
            break;
        done += n;
    }
    return done;
}

Result<qint64> preadFully(int fd, char *data, qint64 size, qint64 offset, const QByteArray &pathForErrors)
{
    qint64 done = 0;
    while (done < size) {
        const ssize_t n = ::pread(fd, data + done, size_t(std::min<qint64>(size - done, 1 << 30)), offset + done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failErrno(errno, pathForErrors);
        if (n == 0)
            break;
        done += n;
    }
    return done;
}

Result<void> writeFully(int fd, const char *data, qint64 size, const QByteArray &pathForErrors)
{
    qint64 done = 0;
    while (done < size) {
        const ssize_t n = ::write(fd, data + done, size_t(std::min<qint64>(size - done, 1 << 30)));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failErrno(errno, pathForErrors, ErrorCode::WriteFailed);
        done += n;
        if (isMutant(Mutant::ShortWriteUnnoticed))
            break;
    }
    return {};
}

Result<void> syncFd(int fd, const QByteArray &pathForErrors)
{
    if (isMutant(Mutant::FilesNotSynced) && stampOf(fd, {})->isFile())
        return {};
    if (isMutant(Mutant::FoldersNotSynced) && stampOf(fd, {})->isDirectory())
        return {};
    if (retried([fd] { return ::fsync(fd); }) != 0 && errno != EINVAL)
        return failErrno(errno, pathForErrors, ErrorCode::WriteFailed);
    return {};
}

}  // namespace strongroom::storage
