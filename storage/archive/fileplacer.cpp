// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/fileplacer.h"

#include "storage/mutant.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr quint32 kNewFileMode = 0600;

}  // namespace

FileTimes::FileTimes(qint64 mtimeNs)
{
    qint64 seconds = mtimeNs / 1'000'000'000;
    qint64 rest = mtimeNs % 1'000'000'000;
    if (rest < 0) {
        --seconds;
        rest += 1'000'000'000;
    }
    both[0] = both[1] = {time_t(seconds), long(rest)};
}

PlacedCounts &PlacedCounts::operator+=(const PlacedCounts &other)
{
    files += other.files;
    bytes += other.bytes;
    ownersRefused += other.ownersRefused;
    return *this;
}

Result<void> FilePlacer::place(const FileOrder &order, QByteArrayView content)
{
    if (order.judged) {
        m_hasher.add(content);
        if (m_hasher.finish() != *order.judged && !isMutant(Mutant::JudgedHashNotCompared))
            return fail(ErrorCode::Changed, order.shown);  // X3
    }
    STRONGROOM_TRY(Fd file, create(order));
    STRONGROOM_CHECK(writeFully(file.get(), content.data(), content.size(), order.shown));
    return complete(std::move(file), order, content.size());
}

Result<Fd> FilePlacer::create(const FileOrder &order)
{
    const int onlyNew = isMutant(Mutant::ExtractOverwrites) ? O_TRUNC : O_EXCL | O_NOFOLLOW;
    const int flags = O_WRONLY | O_CREAT | onlyNew | O_CLOEXEC;
    Fd file(retried([&] { return ::openat(order.folder->get(), order.name(), flags, kNewFileMode); }));
    if (!file.isValid())
        return failErrno(errno, order.shown, ErrorCode::WriteFailed);
    return file;
}

Result<void> FilePlacer::complete(Fd file, const FileOrder &order, qint64 bytes)
{
    const Attributes &attributes = order.attributes;
    if (!m_bornFile) {
        STRONGROOM_TRY(m_bornFile, stampOf(file.get(), order.shown));
    }
    STRONGROOM_CHECK(giveOwner(file.get(), *m_bornFile, attributes, order.shown));
    if ((attributes.mode != m_bornFile->mode && ::fchmod(file.get(), attributes.mode) != 0)
        || ::futimens(file.get(), FileTimes(attributes.mtimeNs).both) != 0)
        return failErrno(errno, order.shown, ErrorCode::WriteFailed);
    STRONGROOM_CHECK(file.close(order.shown));
    ++m_counts.files;
    m_counts.bytes += bytes;
    return {};
}

Result<void> FilePlacer::completeDirectory(int fd, const Attributes &attributes, const QByteArray &shown)
{
    if (!m_bornDirectory) {
        STRONGROOM_TRY(m_bornDirectory, stampOf(fd, shown));
    }
    STRONGROOM_CHECK(giveOwner(fd, *m_bornDirectory, attributes, shown));
    // Always: a folder may be born with the group bit of the one above.
    if (::fchmod(fd, attributes.mode) != 0 || ::futimens(fd, FileTimes(attributes.mtimeNs).both) != 0)
        return failErrno(errno, shown, ErrorCode::WriteFailed);
    return {};
}

Result<void> FilePlacer::giveOwner(int fd, const FileStamp &born, const Attributes &attributes, const QByteArray &shown)
{
    if (!m_owners || (attributes.uid == born.uid && attributes.gid == born.gid))
        return {};
    if (::fchown(fd, attributes.uid, attributes.gid) == 0)
        return {};
    if (errno != EPERM)
        return failErrno(errno, shown, ErrorCode::WriteFailed);
    ++m_counts.ownersRefused;
    return {};
}

}  // namespace strongroom::storage
