// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/walker.h"

#include "storage/fd.h"
#include "storage/mutant.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace strongroom::storage {

namespace {

// getdents64(2) record, as the kernel writes it.
struct KernelDirent {
    quint64 inode;
    qint64 offset;
    quint16 length;
    quint8 type;
    char name[1];
};
constexpr qsizetype kNameOffset = 19;
constexpr qsizetype kListBuffer = 128 * 1024;

struct Frame {
    Fd fd;                     // closed while deep below, see kOpenFrames
    quint64 device = 0;
    quint64 inode = 0;
    qsizetype pathSize = 0;    // of this folder's path, the front of the deepest one's
    QList<QByteArray> names;
    qsizetype next = 0;
};

// Descriptors kept open on the way down. Above that the shallow ones are closed and found again through
// "..", which is checked by inode: a folder moved meanwhile ends the walk with an error, never elsewhere.
constexpr size_t kOpenFrames = 128;

// The name was listed a moment ago: what is not found is gone, and every other error is one.
Error unseen(Error error, const RelPath &path)
{
    error.path = path.bytes();
    if (error.code == ErrorCode::NotFound)
        error.code = ErrorCode::Vanished;
    return error;
}

Fd openChildDirectory(int dirFd, const QByteArray &name)
{
    const int noFollow = isMutant(Mutant::WalkFollowsLinks) ? 0 : O_NOFOLLOW;
    const int flags = O_RDONLY | O_DIRECTORY | noFollow | O_CLOEXEC | O_NONBLOCK;
    Fd fd(retried([&] { return ::openat(dirFd, name.constData(), flags | O_NOATIME); }));
    if (!fd.isValid() && errno == EPERM)
        fd = Fd(retried([&] { return ::openat(dirFd, name.constData(), flags); }));
    return fd;
}

Result<void> reopen(Frame &frame, int childFd, const QByteArray &path)
{
    Fd up(retried([&] { return ::openat(childFd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (!up.isValid())
        return failErrno(errno, path);
    STRONGROOM_TRY(const FileStamp stamp, stampOf(up.get(), path));
    if (stamp.device != frame.device || stamp.inode != frame.inode)
        return fail(ErrorCode::Changed, path);
    frame.fd = std::move(up);
    return {};
}

}  // namespace

Result<QList<QByteArray>> namesIn(int dirFd, const QByteArray &pathForErrors)
{
    // A descriptor of its own: the caller's offset stays untouched, and walks may share one.
    Fd own(retried([&] { return ::openat(dirFd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (!own.isValid())
        return failErrno(errno, pathForErrors);
    thread_local std::unique_ptr<char[]> buffer = std::make_unique<char[]>(kListBuffer);
    QList<QByteArray> names;
    for (;;) {
        const long n = syscall(SYS_getdents64, own.get(), buffer.get(), kListBuffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failErrno(errno, pathForErrors);
        if (n == 0)
            break;
        for (long at = 0; at < n;) {
            const char *record = buffer.get() + at;
            quint16 length;
            memcpy(&length, record + offsetof(KernelDirent, length), sizeof length);
            const char *name = record + kNameOffset;
            if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
                names.append(QByteArray(name));
            at += length;
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<void> walk(int rootFd, const RelPath &path, const WalkOptions &options, Monitor &monitor,
                  const std::function<WalkNext(const WalkEntry &)> &visit)
{
    // One buffer holds the path of the deepest folder; the folders above are its beginnings. A path per
    // frame would cost the square of the depth.
    QByteArray where = path.bytes();
    std::vector<Frame> stack;
    {
        STRONGROOM_TRY(Fd fd, openBelow(rootFd, path, O_RDONLY | O_DIRECTORY));
        STRONGROOM_TRY(const FileStamp stamp, stampOf(fd.get(), path.bytes()));
        STRONGROOM_TRY(QList<QByteArray> names, namesIn(fd.get(), path.bytes()));
        stack.push_back({std::move(fd), stamp.device, stamp.inode, where.size(), std::move(names), 0});
    }
    const quint64 device = stack.front().device;

    while (!stack.empty()) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        Frame &frame = stack.back();
        where.truncate(frame.pathSize);
        if (frame.next == frame.names.size()) {
            if (stack.size() > 1) {
                Frame &parent = stack[stack.size() - 2];
                if (!parent.fd.isValid())
                    STRONGROOM_CHECK(reopen(parent, frame.fd.get(), where.left(parent.pathSize)));
            }
            stack.pop_back();
            continue;
        }
        const QByteArray name = frame.names.at(frame.next++);
        WalkEntry entry;
        entry.path = RelPath().childUnchecked(where.isEmpty() ? name : QByteArray(where + '/' + name));
        entry.directoryFd = frame.fd.get();
        if (auto stamp = stampAt(frame.fd.get(), name)) {
            entry.stamp = *stamp;
        } else {
            entry.error = unseen(std::move(stamp).error(), entry.path);
        }
        if (entry.stamp.isSymlink()) {
            if (auto target = readLinkAt(frame.fd.get(), name, entry.path.bytes()))
                entry.linkTarget = *std::move(target);
            else
                entry.error = unseen(std::move(target).error(), entry.path);
        }
        const WalkNext next = visit(entry);
        if (next == WalkNext::Stop)
            return {};
        if (entry.error || !entry.stamp.isDirectory() || next == WalkNext::SkipChildren
            || (options.stayOnDevice && entry.stamp.device != device))
            continue;

        Fd fd = openChildDirectory(frame.fd.get(), name);
        Result<QList<QByteArray>> names = fd.isValid() ? namesIn(fd.get(), entry.path.bytes())
                                                       : failErrno(errno, entry.path.bytes());
        if (!names) {
            entry.error = std::move(names).error();
            if (visit(entry) == WalkNext::Stop)
                return {};
            continue;
        }
        const Result<FileStamp> opened = stampOf(fd.get(), entry.path.bytes());
        if (!opened)
            return std::unexpected(opened.error());
        if (stack.size() >= kOpenFrames)
            stack[stack.size() - kOpenFrames].fd.reset();
        where = entry.path.bytes();
        stack.push_back({std::move(fd), opened->device, opened->inode, where.size(), *std::move(names), 0});
    }
    return {};
}

}  // namespace strongroom::storage
