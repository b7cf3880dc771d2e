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

/// Names of one folder, in byte order; their bytes lie one behind the other, each with its NUL.
class NameList {
public:
    [[nodiscard]] bool isEmpty() const { return m_next == m_starts.size(); }
    QByteArrayView take() { return viewAt(m_starts[m_next++]); }
    void append(const char *name)
    {
        m_starts.push_back(m_bytes.size());
        m_bytes.insert(m_bytes.end(), name, name + strlen(name) + 1);
    }
    void sort()
    {
        std::sort(m_starts.begin(), m_starts.end(), [this](size_t a, size_t b) { return strcmp(&m_bytes[a], &m_bytes[b]) < 0; });
    }

private:
    [[nodiscard]] QByteArrayView viewAt(size_t start) const { return QByteArrayView(&m_bytes[start]); }

    std::vector<char> m_bytes;
    std::vector<size_t> m_starts;    // of what is left, from m_next
    size_t m_next = 0;
};

struct Frame {
    std::shared_ptr<const Fd> fd;   // none while deep below, see kOpenFrames
    quint64 device = 0;
    quint64 inode = 0;
    NameList names;
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

Fd openChildDirectory(int dirFd, const char *name)
{
    const int noFollow = isMutant(Mutant::WalkFollowsLinks) ? 0 : O_NOFOLLOW;
    const int flags = O_RDONLY | O_DIRECTORY | noFollow | O_CLOEXEC | O_NONBLOCK;
    Fd fd(retried([&] { return ::openat(dirFd, name, flags | O_NOATIME); }));
    if (!fd.isValid() && errno == EPERM)
        fd = Fd(retried([&] { return ::openat(dirFd, name, flags); }));
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
    frame.fd = std::make_shared<const Fd>(std::move(up));
    return {};
}

char *listBuffer()
{
    thread_local const std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kListBuffer);
    return buffer.get();
}

/// Calls `take` for every name in a folder that was just opened, in the order of the file system.
template<class Take> Result<void> listOnce(int fd, const QByteArray &pathForErrors, const Take &take)
{
    char *const buffer = listBuffer();
    for (;;) {
        const long n = syscall(SYS_getdents64, fd, buffer, kListBuffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failErrno(errno, pathForErrors);
        if (n == 0)
            return {};
        for (long at = 0; at < n;) {
            const char *record = buffer + at;
            quint16 length;
            memcpy(&length, record + offsetof(KernelDirent, length), sizeof length);
            const char *name = record + kNameOffset;
            if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
                take(name);
            at += length;
        }
    }
}

Result<Frame> openFrame(Fd fd, const QByteArray &path)
{
    // By its "." and not by the descriptor: a folder whose names may be listed but not looked at is one that cannot be
    // read, not a folder of names that cannot.
    auto stamp = stampAt(fd.get(), ".");
    if (!stamp) {
        stamp.error().path = path;
        return std::unexpected(std::move(stamp).error());
    }
    Frame frame;
    frame.device = stamp->device;
    frame.inode = stamp->inode;
    STRONGROOM_CHECK(listOnce(fd.get(), path, [&frame](const char *name) { frame.names.append(name); }));
    frame.names.sort();
    frame.fd = std::make_shared<const Fd>(std::move(fd));
    return frame;
}

}  // namespace

Result<QList<QByteArray>> namesIn(int dirFd, const QByteArray &pathForErrors)
{
    // A descriptor of its own: the caller's offset stays untouched, and walks may share one.
    Fd own(retried([&] { return ::openat(dirFd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (!own.isValid())
        return failErrno(errno, pathForErrors);
    QList<QByteArray> names;
    STRONGROOM_CHECK(listOnce(own.get(), pathForErrors, [&names](const char *name) { names.append(QByteArray(name)); }));
    std::sort(names.begin(), names.end());
    return names;
}

Result<void> walk(int rootFd, const RelPath &path, const WalkOptions &options, Monitor &monitor,
                  const std::function<WalkNext(const WalkEntry &)> &visit)
{
    // Of the deepest folder; those of the folders above are its beginnings. A path per frame would cost the
    // square of the depth.
    RelPath where = path;
    std::vector<Frame> stack;
    {
        STRONGROOM_TRY(Fd fd, openBelow(rootFd, path, O_RDONLY | O_DIRECTORY));
        STRONGROOM_TRY(stack.emplace_back(), openFrame(std::move(fd), where.bytes()));
    }
    const quint64 device = stack.front().device;

    while (!stack.empty()) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        Frame &frame = stack.back();
        if (frame.names.isEmpty()) {
            where = where.parent();
            if (stack.size() > 1) {
                Frame &parent = stack[stack.size() - 2];
                if (!parent.fd)
                    STRONGROOM_CHECK(reopen(parent, frame.fd->get(), where.bytes()));
            }
            stack.pop_back();
            continue;
        }
        const QByteArrayView listed = frame.names.take();
        const QByteArray name = QByteArray::fromRawData(listed.data(), listed.size());
        WalkEntry entry;
        entry.path = where.childUnchecked(name);
        entry.folder = frame.fd;
        if (auto stamp = stampAt(frame.fd->get(), name)) {
            entry.stamp = *stamp;
        } else {
            entry.error = unseen(std::move(stamp).error(), entry.path);
        }
        if (entry.stamp.isSymlink()) {
            if (auto target = readLinkAt(frame.fd->get(), name, entry.path.bytes()))
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

        Fd fd = openChildDirectory(frame.fd->get(), name.constData());
        Result<Frame> below = fd.isValid() ? openFrame(std::move(fd), entry.path.bytes()) : failErrno(errno, entry.path.bytes());
        if (!below) {
            entry.error = std::move(below).error();
            if (visit(entry) == WalkNext::Stop)
                return {};
            continue;
        }
        if (stack.size() >= kOpenFrames)
            stack[stack.size() - kOpenFrames].fd.reset();
        where = entry.path;
        stack.push_back(*std::move(below));
    }
    return {};
}

}  // namespace strongroom::storage
