// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backupwork.h"

#include "storage/treeops.h"
#include "storage/walker.h"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr QByteArrayView kPartial = ".partial";
constexpr QByteArrayView kFolderEnding = ".partial.d";

/// Only what can be nobody else's is ever removed.
bool isOurs(const QByteArray &name, const FileStamp &stamp)
{
    if (!name.endsWith(kFolderEnding) || !stamp.isDirectory() || stamp.mode != 0700 || stamp.uid != ::geteuid())
        return false;
    const QByteArrayView archive = QByteArrayView(name).chopped(kFolderEnding.size());
    return archive.endsWith(".tar.gz") || archive.endsWith(".tgz") || archive.endsWith(".tar.zst") || archive.endsWith(".tar");
}

/// Any failure here is one of writing: the caller tells it from failures to read the source.
std::unexpected<Error> failWriting(int err, const QByteArray &path)
{
    Error error = Error::fromErrno(err, path, ErrorCode::WriteFailed);
    if (error.code != ErrorCode::DiskFull)
        error.code = ErrorCode::WriteFailed;
    return std::unexpected(std::move(error));
}

bool isAlive(int folderFd, const QByteArray &partial)
{
    const Fd fd(retried([&] { return ::openat(folderFd, partial.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK); }));
    if (!fd.isValid())
        return errno != ENOENT;   // not knowing is no leave to remove
    return !lockPartial(fd.get());
}

}  // namespace

bool lockPartial(int fd)
{
    return retried([fd] { return ::flock(fd, LOCK_EX | LOCK_NB); }) == 0;
}

bool waitForPartial(int fd)
{
    constexpr int kTries = 5000;   // milliseconds: who looks has the file in hand for microseconds, if it is let run
    for (int n = 0; n < kTries; ++n) {
        if (lockPartial(fd))
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

BackupWork::BackupWork(int folderFd, QByteArray folderPath, QByteArray partialName)
    : m_folderFd(folderFd), m_folderPath(std::move(folderPath)), m_name(partialName + ".d")
{
}

BackupWork::~BackupWork()
{
    if (m_made)
        (void)removeTree(m_folderFd, m_name);
}

Result<Fd> BackupWork::temporaryFile()
{
    Fd fd(retried([this] { return ::openat(m_folderFd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); }));
    if (fd.isValid())
        return fd;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL)
        return failWriting(errno, m_folderPath);
    STRONGROOM_TRY(const QByteArray path, newPath());   // file systems without unnamed files
    fd = Fd(::open(path.constData(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd.isValid() || ::unlink(path.constData()) != 0)
        return failWriting(errno, path);
    return fd;
}

Result<QByteArray> BackupWork::newPath()
{
    const QByteArray folder = m_folderPath + '/' + m_name;
    if (!m_made) {
        if (::mkdirat(m_folderFd, m_name.constData(), 0700) != 0)
            return failWriting(errno, folder);
        m_made = true;
    }
    return QByteArray(folder + '/' + QByteArray::number(m_next++));
}

void BackupWork::removeStale(int folderFd)
{
    const auto names = namesIn(folderFd, {});
    if (!names)
        return;
    for (const QByteArray &name : *names) {
        const auto stamp = stampAt(folderFd, name);
        if (!stamp || !isOurs(name, *stamp))
            continue;
        if (!isAlive(folderFd, name.chopped(kFolderEnding.size() - kPartial.size())))
            (void)removeTree(folderFd, name);
    }
}

}  // namespace strongroom::storage
