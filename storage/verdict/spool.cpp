// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/spool.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace strongroom::storage {

namespace {

constexpr char kScratchName[] = "scratch file";   // for errors: it has no path

class SpoolFile final : public TreeFile {
public:
    explicit SpoolFile(const Spool &spool) : m_spool(spool)
    {
        m_stamp.type = FileType::File;
        m_stamp.size = spool.size();
    }
    Result<qint64> read(char *data, qint64 size) override
    {
        STRONGROOM_TRY(const qint64 n, m_spool.readAt(m_at, data, size));
        m_at += n;
        return n;
    }
    const FileStamp &stamp() const override { return m_stamp; }

private:
    const Spool &m_spool;
    FileStamp m_stamp;
    qint64 m_at = 0;
};

}  // namespace

Result<Fd> makeScratchFile()
{
    const QByteArray folder = QFile::encodeName(QDir::tempPath());
    Fd fd(::open(folder.constData(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
    if (fd.isValid())
        return fd;
    // Not every file system has files without names.
    QByteArray path = folder + "/strongroom-scratch-XXXXXX";
    fd = Fd(::mkostemp(path.data(), O_CLOEXEC));
    if (!fd.isValid())
        return failErrno(errno, path, ErrorCode::WriteFailed);
    ::unlink(path.constData());
    return fd;
}

Result<int> Scratch::claim()
{
    Q_ASSERT(!m_claimed);
    if (m_mayMake && !m_fd.isValid()) {
        STRONGROOM_TRY(m_fd, makeScratchFile());
    }
    const int fd = m_mayMake ? m_fd.get() : m_given;
    if (fd < 0)
        return fail(ErrorCode::NotSupported, kScratchName);
    if (::ftruncate(fd, 0) != 0 || ::lseek(fd, 0, SEEK_SET) != 0)
        return failErrno(errno, kScratchName, ErrorCode::WriteFailed);
    m_claimed = true;
    return fd;
}

void Scratch::release()
{
    m_claimed = false;
    // Emptied at once: what was in it may be secret, and the room is wanted back.
    const int fd = m_mayMake ? m_fd.get() : m_given;
    if (fd >= 0)
        (void)!::ftruncate(fd, 0);
}

Spool::~Spool()
{
    if (m_fd >= 0)
        m_scratch.release();
}

Result<void> Spool::toFile()
{
    STRONGROOM_TRY(m_fd, m_scratch.claim());
    const QByteArray held = std::exchange(m_memory, {});
    return writeFully(m_fd, held.constData(), held.size(), kScratchName);
}

Result<void> Spool::append(QByteArrayView bytes)
{
    if (m_fd < 0 && m_size + bytes.size() > Scratch::kInMemory)
        STRONGROOM_CHECK(toFile());
    if (m_fd < 0)
        m_memory.append(bytes);
    else
        STRONGROOM_CHECK(writeFully(m_fd, bytes.data(), bytes.size(), kScratchName));
    m_size += bytes.size();
    return {};
}

Result<qint64> Spool::readAt(qint64 offset, char *data, qint64 size) const
{
    const qint64 n = std::clamp<qint64>(m_size - offset, 0, size);
    if (m_fd >= 0)
        return preadFully(m_fd, data, n, offset, kScratchName);
    if (n > 0)
        memcpy(data, m_memory.constData() + offset, size_t(n));
    return n;
}

std::unique_ptr<TreeFile> Spool::open() const
{
    return std::make_unique<SpoolFile>(*this);
}

Result<int> Spool::descriptor()
{
    if (m_fd < 0)
        STRONGROOM_CHECK(toFile());
    return m_fd;
}

}  // namespace strongroom::storage
