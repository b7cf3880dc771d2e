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
#include <sys/mman.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

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

Result<int> Scratch::claim()
{
    Q_ASSERT(!m_claimed);
    const QByteArray folder = QFile::encodeName(QDir::tempPath());
    if (!m_fd.isValid())
        m_fd = Fd(::open(folder.constData(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
    if (!m_fd.isValid()) {
        // Not every file system has files without names.
        QByteArray path = folder + "/strongroom-scratch-XXXXXX";
        m_fd = Fd(::mkostemp(path.data(), O_CLOEXEC));
        if (!m_fd.isValid())
            return failErrno(errno, path, ErrorCode::WriteFailed);
        ::unlink(path.constData());
    }
    if (::ftruncate(m_fd.get(), 0) != 0 || ::lseek(m_fd.get(), 0, SEEK_SET) != 0)
        return failErrno(errno, folder, ErrorCode::WriteFailed);
    m_claimed = true;
    return m_fd.get();
}

void Scratch::release()
{
    m_claimed = false;
    // Emptied at once: what was in it may be secret, and the room is wanted back.
    if (m_fd.isValid())
        (void)!::ftruncate(m_fd.get(), 0);
}

Spool::~Spool()
{
    if (m_fd >= 0)
        m_scratch.release();
}

Result<void> Spool::append(QByteArrayView bytes)
{
    if (m_fd < 0 && m_size + bytes.size() > Scratch::kInMemory) {
        STRONGROOM_TRY(m_fd, m_scratch.claim());
        STRONGROOM_CHECK(writeFully(m_fd, m_memory.constData(), m_memory.size(), "scratch file"));
        m_memory = {};
    }
    if (m_fd < 0)
        m_memory.append(bytes);
    else
        STRONGROOM_CHECK(writeFully(m_fd, bytes.data(), bytes.size(), "scratch file"));
    m_size += bytes.size();
    if (m_fd >= 0)
        m_scratch.note(m_size);
    return {};
}

Result<qint64> Spool::readAt(qint64 offset, char *data, qint64 size) const
{
    const qint64 n = std::clamp<qint64>(m_size - offset, 0, size);
    if (m_fd >= 0)
        return preadFully(m_fd, data, n, offset, "scratch file");
    if (n > 0)
        memcpy(data, m_memory.constData() + offset, size_t(n));
    return n;
}

std::unique_ptr<TreeFile> Spool::open() const
{
    return std::make_unique<SpoolFile>(*this);
}

Result<Fd> Spool::descriptor() const
{
    if (m_fd >= 0) {
        Fd copy(::fcntl(m_fd, F_DUPFD_CLOEXEC, 0));
        return copy.isValid() ? Result<Fd>(std::move(copy)) : failErrno(errno, "scratch file");
    }
    Fd memory(::memfd_create("strongroom-spool", MFD_CLOEXEC));
    if (!memory.isValid())
        return failErrno(errno, "memory file", ErrorCode::WriteFailed);
    STRONGROOM_CHECK(writeFully(memory.get(), m_memory.constData(), m_memory.size(), "memory file"));
    return memory;
}

}  // namespace strongroom::storage
