// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dirtree.h"

#include "storage/walker.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr int kMaxReaders = 16;

class DirTreeFile final : public TreeFile {
public:
    DirTreeFile(OpenedFile file, QByteArray path) : m_file(std::move(file)), m_path(std::move(path)) {}
    Result<qint64> read(char *data, qint64 size) override;
    const FileStamp &stamp() const override { return m_file.stamp; }

private:
    OpenedFile m_file;
    QByteArray m_path;
    qint64 m_offset = 0;
    bool m_over = false;
};

/// As readFully(), but a read that comes short where the file ended when it was opened has met its end: nothing is asked once
/// more to hear so.
Result<qint64> DirTreeFile::read(char *data, qint64 size)
{
    qint64 done = 0;
    while (done < size && !m_over) {
        const size_t wanted = size_t(std::min<qint64>(size - done, 1 << 30));
        const ssize_t n = retried([&] { return ::read(m_file.fd.get(), data + done, wanted); });
        if (n < 0)
            return failErrno(errno, m_path);
        done += n;
        m_offset += n;
        m_over = n == 0 || (size_t(n) < wanted && m_offset == m_file.stamp.size);
    }
    return done;
}

Result<TreeEntry> lookAt(int dirFd, const QByteArray &name)
{
    constexpr int kTries = 3;
    for (int tries = 1;; ++tries) {
        STRONGROOM_TRY(const FileStamp stamp, stampAt(dirFd, name));
        if (!stamp.isSymlink())
            return TreeEntry{name, stamp, {}};
        auto target = readLinkAt(dirFd, name, name);
        if (target)
            return TreeEntry{name, stamp, *std::move(target)};
        // Somebody put something else there in between; what it is now is as good an answer.
        if (target.error().sysErrno != EINVAL || tries == kTries)
            return std::unexpected(std::move(target).error());
    }
}

}  // namespace

QByteArray absolutePath(const QByteArray &path)
{
    QByteArray whole = path;
    if (!whole.startsWith('/')) {
        char cwd[PATH_MAX];
        if (::getcwd(cwd, sizeof cwd))
            whole = QByteArray(cwd) + '/' + whole;
    }
    QList<QByteArray> parts;
    for (const QByteArray &part : whole.split('/')) {
        if (part.isEmpty() || part == ".")
            continue;
        if (part == "..") {
            if (!parts.isEmpty())
                parts.removeLast();
            continue;
        }
        parts.append(part);
    }
    return '/' + parts.join('/');
}

Result<std::unique_ptr<DirTree>> DirTree::open(const QByteArray &path)
{
    STRONGROOM_TRY(Fd fd, openDirectory(path));
    return std::make_unique<DirTree>(std::move(fd), absolutePath(path));
}

DirTree::DirTree(Fd root, QByteArray absolutePath) : m_root(std::move(root)), m_path(std::move(absolutePath)) {}

void DirTree::setReaders(int jobs)
{
    // What they wait for is the disk, so more than there are cores.
    const int cores = int(std::max(1u, std::thread::hardware_concurrency()));
    m_readers = std::min(jobs > 0 ? jobs : std::max(4, 2 * cores), kMaxReaders);
}

QByteArray DirTree::name() const
{
    return m_path.mid(m_path.lastIndexOf('/') + 1);
}

Result<FileStamp> DirTree::stamp(const RelPath &path) const
{
    return stampBelow(m_root.get(), path);
}

Result<QList<TreeEntry>> DirTree::list(const RelPath &dir) const
{
    STRONGROOM_TRY(const Fd fd, openBelow(m_root.get(), dir, O_RDONLY | O_DIRECTORY));
    STRONGROOM_TRY(const QList<QByteArray> names, namesIn(fd.get(), dir.bytes()));
    QList<TreeEntry> entries;
    entries.reserve(names.size());
    for (const QByteArray &name : names) {
        Result<TreeEntry> entry = lookAt(fd.get(), name);
        if (!entry) {
            if (entry.error().code == ErrorCode::NotFound)
                continue;  // vanished since it was listed
            // A list without the names that cannot be looked at would pass for the whole.
            Error error = std::move(entry).error();
            error.path = dir.childUnchecked(name).bytes();
            return std::unexpected(std::move(error));
        }
        entries.append(*std::move(entry));
    }
    return entries;
}

Result<QList<QByteArray>> DirTree::names(const RelPath &dir) const
{
    STRONGROOM_TRY(const Fd fd, openBelow(m_root.get(), dir, O_RDONLY | O_DIRECTORY));
    return namesIn(fd.get(), dir.bytes());
}

Result<std::unique_ptr<TreeFile>> DirTree::open(const RelPath &path) const
{
    STRONGROOM_TRY(OpenedFile file, openFileBelow(m_root.get(), path));
    return std::make_unique<DirTreeFile>(std::move(file), path.bytes());
}

std::optional<QByteArray> DirTree::localPath(const RelPath &path) const
{
    QByteArray local = "/proc/self/fd/" + QByteArray::number(m_root.get());
    return path.isRoot() ? local : local + '/' + path.bytes();
}

Result<void> DirTree::walk(const RelPath &dir, Monitor &monitor, const Visit &visit) const
{
    return storage::walk(m_root.get(), dir, {}, monitor, [&visit](const WalkEntry &entry) {
        const TreeEntry treeEntry{entry.path.name(), entry.stamp, entry.linkTarget};
        return visit(entry.path, treeEntry, entry.error ? &*entry.error : nullptr) ? WalkNext::Continue
                                                                                   : WalkNext::SkipChildren;
    });
}

}  // namespace strongroom::storage
