// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/treeops.h"

#include "storage/mutant.h"
#include "storage/walker.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace strongroom::storage {

namespace {

int renameat2(int fromDir, const QByteArray &from, int toDir, const QByteArray &to, unsigned flags)
{
    return int(syscall(SYS_renameat2, fromDir, from.constData(), toDir, to.constData(), flags));
}

struct Doomed {
    Fd fd;                 // of the folder, closed while deep below
    quint64 device;
    quint64 inode;
    QByteArray name;       // in its parent
    QList<QByteArray> names;
};
constexpr size_t kOpenFrames = 128;

Result<Doomed> openDoomed(int dirFd, const QByteArray &name)
{
    const int noFollow = isMutant(Mutant::RemovalFollowsLinks) ? 0 : O_NOFOLLOW;
    const auto open = [&](int flags) {
        return retried([&] { return ::openat(dirFd, name.constData(), flags | O_DIRECTORY | noFollow | O_CLOEXEC); });
    };
    Fd fd(open(O_RDONLY));
    if (!fd.isValid() && errno == EACCES) {
        // Ours by ownership but closed to us: a folder restored with mode 0. Open it up, then try again. By
        // descriptor, because chmod by name would follow a link put there meanwhile.
        const Fd closed(open(O_PATH));
        const QByteArray link = "/proc/self/fd/" + QByteArray::number(closed.get());
        if (closed.isValid() && ::chmod(link.constData(), 0700) == 0)
            fd = Fd(open(O_RDONLY));
        else
            errno = EACCES;
    }
    if (!fd.isValid())
        return failErrno(errno, name, ErrorCode::WriteFailed);
    STRONGROOM_TRY(const FileStamp stamp, stampOf(fd.get(), name));
    STRONGROOM_TRY(QList<QByteArray> names, namesIn(fd.get(), name));
    return Doomed{std::move(fd), stamp.device, stamp.inode, name, std::move(names)};
}

/// `doomed`: the folder that holds the name goes away too, so its mode may be changed to get there.
Result<void> unlinkName(int dirFd, const QByteArray &name, int flags, bool doomed)
{
    const auto unlink = [&] { return retried([&] { return ::unlinkat(dirFd, name.constData(), flags); }); };
    if (unlink() == 0 || errno == ENOENT)
        return {};
    if (doomed && errno == EACCES) {
        if (::fchmod(dirFd, 0700) == 0 && unlink() == 0)
            return {};
        errno = EACCES;
    }
    return failErrno(errno, name, ErrorCode::WriteFailed);
}

}  // namespace

Result<void> makeDirectories(int rootFd, const RelPath &path)
{
    RelPath done;
    Fd dir;
    int at = rootFd;
    for (const QByteArray &part : path.components()) {
        done = done.childUnchecked(part);
        if (::mkdirat(at, part.constData(), 0700) != 0 && errno != EEXIST)
            return failErrno(errno, done.bytes(), ErrorCode::WriteFailed);
        Fd next(retried([&] { return ::openat(at, part.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); }));
        if (!next.isValid()) {
            if (errno == ENOTDIR || errno == ELOOP)
                return fail(ErrorCode::AlreadyExists, done.bytes());
            return failErrno(errno, done.bytes());
        }
        dir = std::move(next);
        at = dir.get();
    }
    return {};
}

void makeFolders(const QByteArray &folder)
{
    for (qsizetype slash = folder.indexOf('/', 1);; slash = folder.indexOf('/', slash + 1)) {
        ::mkdir((slash < 0 ? folder : folder.left(slash)).constData(), 0700);   // what fails here fails again at the open
        if (slash < 0)
            return;
    }
}

Result<void> removeTree(int dirFd, const QByteArray &name)
{
    const Result<FileStamp> top = stampAt(dirFd, name);
    if (!top)
        return top.error().code == ErrorCode::NotFound ? Result<void>() : std::unexpected(top.error());
    if (!top->isDirectory())
        return unlinkName(dirFd, name, 0, false);

    std::vector<Doomed> stack;
    {
        STRONGROOM_TRY(Doomed first, openDoomed(dirFd, name));
        stack.push_back(std::move(first));
    }
    const quint64 device = stack.front().device;
    while (!stack.empty()) {
        Doomed &here = stack.back();
        if (!here.names.isEmpty()) {
            const QByteArray child = here.names.takeLast();
            const Result<FileStamp> stamp = stampAt(here.fd.get(), child);
            if (!stamp) {
                if (stamp.error().code == ErrorCode::NotFound)
                    continue;
                return std::unexpected(stamp.error());
            }
            if (!stamp->isDirectory()) {
                STRONGROOM_CHECK(unlinkName(here.fd.get(), child, 0, true));
                continue;
            }
            if (stamp->device != device)
                return fail(ErrorCode::CrossDevice, child);
            Result<Doomed> opened = openDoomed(here.fd.get(), child);
            if (!opened) {
                if (opened.error().code == ErrorCode::NotFound)
                    continue;   // somebody else removed it: that is what was wanted
                return std::unexpected(std::move(opened).error());
            }
            Doomed next = *std::move(opened);
            if (stack.size() >= kOpenFrames)
                stack[stack.size() - kOpenFrames].fd.reset();
            stack.push_back(std::move(next));
            continue;
        }
        const QByteArray own = here.name;
        if (stack.size() > 1) {
            Doomed &parent = stack[stack.size() - 2];
            if (!parent.fd.isValid()) {
                parent.fd = Fd(retried([&] { return ::openat(here.fd.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
                if (!parent.fd.isValid())
                    return failErrno(errno, parent.name);
                STRONGROOM_TRY(const FileStamp stamp, stampOf(parent.fd.get(), parent.name));
                if (stamp.device != parent.device || stamp.inode != parent.inode)
                    return fail(ErrorCode::Changed, parent.name);
            }
        }
        stack.pop_back();
        const bool isTop = stack.empty();
        STRONGROOM_CHECK(unlinkName(isTop ? dirFd : stack.back().fd.get(), own, AT_REMOVEDIR, !isTop));
    }
    return {};
}

Result<void> renameNoReplace(int fromDir, const QByteArray &from, int toDir, const QByteArray &to)
{
    if (renameat2(fromDir, from, toDir, to, RENAME_NOREPLACE) == 0)
        return {};
    if (errno != ENOSYS && errno != EINVAL)
        return failErrno(errno, to, ErrorCode::WriteFailed);
    // The file system lacks the flag (some FUSE and network ones): check, then rename. The lock beside the
    // data directory keeps our own processes apart in between.
    const Result<FileStamp> existing = stampAt(toDir, to);
    if (existing)
        return fail(ErrorCode::AlreadyExists, to);
    if (existing.error().code != ErrorCode::NotFound)
        return std::unexpected(existing.error());
    if (::renameat(fromDir, from.constData(), toDir, to.constData()) != 0)
        return failErrno(errno, to, ErrorCode::WriteFailed);
    return {};
}

Result<void> renameExchange(int dirA, const QByteArray &a, int dirB, const QByteArray &b)
{
    if (renameat2(dirA, a, dirB, b, RENAME_EXCHANGE) == 0)
        return {};
    if (errno == EINVAL || errno == ENOSYS)
        return fail(ErrorCode::NotSupported, a);
    return failErrno(errno, a, ErrorCode::WriteFailed);
}

Result<void> syncFileSystem(int fd, const QByteArray &pathForErrors)
{
    if (isMutant(Mutant::StageNotSynced))
        return {};
    if (retried([fd] { return ::syncfs(fd); }) != 0)
        return failErrno(errno, pathForErrors, ErrorCode::WriteFailed);
    return {};
}

Result<FreeSpace> freeSpace(int fd, const QByteArray &pathForErrors)
{
    struct statvfs st;
    if (retried([&] { return ::fstatvfs(fd, &st); }) != 0)
        return failErrno(errno, pathForErrors);
    FreeSpace space;
    space.bytes = qint64(st.f_bavail) * qint64(st.f_frsize);
    space.inodes = st.f_files == 0 ? -1 : qint64(st.f_favail);
    return space;
}

Result<TreeSize> computeSize(int rootFd, const RelPath &path, Monitor &monitor)
{
    TreeSize size;
    STRONGROOM_TRY(const FileStamp top, stampBelow(rootFd, path));
    if (!top.isDirectory()) {
        if (top.isFile())
            size.bytes = top.size, size.files = 1;
        else
            size.others = 1;
        return size;
    }
    STRONGROOM_CHECK(walk(rootFd, path, {}, monitor, [&size](const WalkEntry &entry) {
        if (entry.error)
            ++size.unreadable;
        else if (entry.stamp.isFile())
            size.bytes += entry.stamp.size, ++size.files;
        else if (entry.stamp.isDirectory())
            ++size.directories;
        else
            ++size.others;
        return WalkNext::Continue;
    }));
    return size;
}

}  // namespace strongroom::storage
