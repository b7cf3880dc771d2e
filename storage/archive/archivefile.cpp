// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/archivefile.h"

#include "storage/dirtree.h"

#include <cerrno>
#include <fcntl.h>

namespace strongroom::storage {

namespace {

/// Enough for every magic there is (an ISO image shows itself after 32 KiB).
constexpr qint64 kHead = 36 * 1024;

}  // namespace

Result<ArchiveFile> ArchiveFile::open(const QByteArray &path)
{
    if (path.isEmpty() || path.contains('\0'))
        return fail(ErrorCode::BadPath, path);
    ArchiveFile archive;
    archive.m_path = absolutePath(path);
    // The operator named it, so links are followed; non-blocking, so that a pipe cannot hang us.
    archive.m_fd = Fd(retried([&] { return ::open(archive.m_path.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); }));
    if (!archive.m_fd.isValid())
        return failErrno(errno, archive.m_path);
    STRONGROOM_TRY(archive.m_stamp, stampOf(archive.m_fd.get(), archive.m_path));
    if (!archive.m_stamp.isFile())
        return fail(ErrorCode::NotAFile, archive.m_path);
    STRONGROOM_CHECK(archive.sniff());
    return archive;
}

Result<ArchiveFile> ArchiveFile::adopt(Fd fd, qint64 size)
{
    ArchiveFile archive;
    archive.m_fd = std::move(fd);
    archive.m_stamp.type = FileType::File;
    archive.m_stamp.size = size;
    STRONGROOM_CHECK(archive.sniff());
    return archive;
}

Result<ArchiveFile> ArchiveFile::borrow(int fd, qint64 size)
{
    ArchiveFile archive;
    archive.m_borrowed = fd;
    archive.m_stamp.type = FileType::File;
    archive.m_stamp.size = size;
    STRONGROOM_CHECK(archive.sniff());
    return archive;
}

void ArchiveFile::setLoneFacts(const QByteArray &name, quint32 mode, qint64 mtimeNs)
{
    m_name = name;
    m_stamp.mode = mode;
    m_stamp.mtimeNs = mtimeNs;
}

Result<void> ArchiveFile::sniff()
{
    QByteArray head(kHead, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 got, preadFully(fd(), head.data(), head.size(), 0, m_path));
    m_kind = sniffKind(QByteArrayView(head).first(got));
    return {};
}

}  // namespace strongroom::storage
