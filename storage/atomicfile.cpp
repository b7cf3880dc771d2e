// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/atomicfile.h"

#include "storage/treeops.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace strongroom::storage {

AtomicFile::AtomicFile(int dirFd, QByteArray name, Fd fd) : m_dirFd(dirFd), m_name(std::move(name)), m_fd(std::move(fd)) {}

AtomicFile::AtomicFile(AtomicFile &&other) noexcept
    : m_dirFd(other.m_dirFd), m_name(std::move(other.m_name)), m_fd(std::move(other.m_fd)),
      m_done(std::exchange(other.m_done, true))
{
}

AtomicFile::~AtomicFile()
{
    if (!m_done)
        (void)retried([this] { return ::unlinkat(m_dirFd, partialName().constData(), 0); });
}

Result<AtomicFile> AtomicFile::create(int dirFd, QByteArray name, bool replacePartial)
{
    const QByteArray partial = name + ".partial";
    if (replacePartial && retried([&] { return ::unlinkat(dirFd, partial.constData(), 0); }) != 0 && errno != ENOENT)
        return failErrno(errno, partial, ErrorCode::WriteFailed);
    Fd fd(retried([&] { return ::openat(dirFd, partial.constData(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600); }));
    if (!fd.isValid())
        return failErrno(errno, partial, ErrorCode::WriteFailed);
    return AtomicFile(dirFd, std::move(name), std::move(fd));
}

Result<void> AtomicFile::write(QByteArrayView data)
{
    return writeFully(m_fd.get(), data.data(), data.size(), partialName());
}

Result<void> AtomicFile::sync()
{
    return syncFd(m_fd.get(), partialName());
}

Result<void> AtomicFile::commit(bool replace)
{
    STRONGROOM_CHECK(sync());
    if (replace) {
        if (::renameat(m_dirFd, partialName().constData(), m_dirFd, m_name.constData()) != 0)
            return failErrno(errno, m_name, ErrorCode::WriteFailed);
    } else {
        STRONGROOM_CHECK(renameNoReplace(m_dirFd, partialName(), m_dirFd, m_name));
    }
    m_done = true;
    Result<void> durable = m_fd.close(m_name);
    if (durable)
        durable = syncFd(m_dirFd, m_name);
    // A new name that may not last is no success, so it is no file either. What was replaced cannot come back.
    if (!durable && !replace)
        (void)retried([this] { return ::unlinkat(m_dirFd, m_name.constData(), 0); });
    return durable;
}

QByteArray readSmallFile(const QByteArray &path, qint64 maxBytes)
{
    const Fd fd(::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd.isValid())
        return {};
    const auto stamp = stampOf(fd.get(), path);
    if (!stamp || !stamp->isFile() || stamp->size > maxBytes)
        return {};
    QByteArray bytes(stamp->size, Qt::Uninitialized);
    const auto got = readFully(fd.get(), bytes.data(), bytes.size(), path);
    bytes.truncate(got.value_or(0));
    return bytes;
}

Result<void> writeFileAtomically(int dirFd, const QByteArray &name, QByteArrayView data, bool replace)
{
    STRONGROOM_TRY(AtomicFile file, AtomicFile::create(dirFd, name, true));
    STRONGROOM_CHECK(file.write(data));
    return file.commit(replace);
}

}  // namespace strongroom::storage
