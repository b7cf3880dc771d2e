// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/filestamp.h"

#include "storage/fd.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

namespace strongroom::storage {

namespace {

FileType typeOf(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG: return FileType::File;
    case S_IFDIR: return FileType::Directory;
    case S_IFLNK: return FileType::Symlink;
    case S_IFIFO: return FileType::Fifo;
    case S_IFSOCK: return FileType::Socket;
    case S_IFCHR: return FileType::CharDevice;
    case S_IFBLK: return FileType::BlockDevice;
    default: return FileType::Unknown;
    }
}

}  // namespace

QString fileTypeWord(FileType type)
{
    switch (type) {
    case FileType::File: return QStringLiteral("file");
    case FileType::Directory: return QStringLiteral("directory");
    case FileType::Symlink: return QStringLiteral("symlink");
    case FileType::Fifo: return QStringLiteral("fifo");
    case FileType::Socket: return QStringLiteral("socket");
    case FileType::CharDevice: return QStringLiteral("character device");
    case FileType::BlockDevice: return QStringLiteral("block device");
    case FileType::Unknown: break;
    }
    return QStringLiteral("unknown");
}

QDateTime FileStamp::modified() const
{
    return QDateTime::fromMSecsSinceEpoch(mtimeNs / 1'000'000, Qt::UTC);
}

bool FileStamp::sameAs(const FileStamp &other) const
{
    return device == other.device && inode == other.inode && type == other.type && size == other.size
        && mtimeNs == other.mtimeNs && ctimeNs == other.ctimeNs;
}

FileStamp FileStamp::fromStat(const struct ::stat &st)
{
    FileStamp s;
    s.device = st.st_dev;
    s.inode = st.st_ino;
    s.size = st.st_size;
    s.mtimeNs = qint64(st.st_mtim.tv_sec) * 1'000'000'000 + st.st_mtim.tv_nsec;
    s.ctimeNs = qint64(st.st_ctim.tv_sec) * 1'000'000'000 + st.st_ctim.tv_nsec;
    s.mode = st.st_mode & 07777;
    s.uid = st.st_uid;
    s.gid = st.st_gid;
    s.links = quint32(st.st_nlink);
    s.type = typeOf(st.st_mode);
    return s;
}

qint64 fileClockNs()
{
    timespec now = {};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

Result<FileStamp> stampAt(int dirFd, const QByteArray &name)
{
    struct stat st;
    if (retried([&] { return fstatat(dirFd, name.constData(), &st, AT_SYMLINK_NOFOLLOW); }) != 0)
        return failErrno(errno, name);
    return FileStamp::fromStat(st);
}

Result<FileStamp> stampOf(int fd, const QByteArray &pathForErrors)
{
    struct stat st;
    if (retried([&] { return fstat(fd, &st); }) != 0)
        return failErrno(errno, pathForErrors);
    return FileStamp::fromStat(st);
}

}  // namespace strongroom::storage
