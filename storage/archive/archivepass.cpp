// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/archivepass.h"

#include "storage/archive/lonefilereader.h"
#include "storage/archive/sevenzipreader.h"
#include "storage/archive/tarreader.h"
#include "storage/archive/trailer.h"
#include "storage/archive/zipreader.h"

namespace strongroom::storage {

namespace {

/// An error that is about the archive as a whole carries its path; one about a member keeps the member's.
Error placed(Error error, const ArchiveFile &archive)
{
    if (error.code == ErrorCode::ArchiveHostile && !error.path.isEmpty()) {
        error.args.append(displayBytes(error.path));
        error.path = archive.path();
    }
    if (error.path.isEmpty())
        error.path = archive.path();
    return error;
}

}  // namespace

ArchivePass::ArchivePass(const ArchiveFile &archive, const Limits &limits, bool hashing, MemberSink &sink, Monitor &monitor,
                         ContentHash hashes, SideThread *side)
    : m_archive(archive), m_announced(announcesItself(archive)), m_limits(m_announced ? limits.forAnnounced() : limits),
      m_input(archive, hashing, monitor), m_feed(m_limits, sink, monitor, hashes), m_side(side)
{
}

Result<void> ArchivePass::run()
{
    auto done = read();
    if (!done)
        return std::unexpected(placed(std::move(done).error(), m_archive));
    return {};
}

Result<void> ArchivePass::read()
{
    switch (m_archive.kind().format) {
    case ArchiveFormat::Tar:
    case ArchiveFormat::TarGzip:
    case ArchiveFormat::TarZstd:
    case ArchiveFormat::TarXz:
    case ArchiveFormat::TarBzip2: {
        STRONGROOM_TRY(const std::unique_ptr<ByteSource> source, openByteSource(m_input, m_archive.kind().format, m_limits));
        // What goes through KArchive stays in one thread: its devices are objects of the one that made them.
        const bool ahead = m_archive.kind().format != ArchiveFormat::TarXz && m_archive.kind().format != ArchiveFormat::TarBzip2;
        const auto blocks = BlockFeed::open(*source, ahead ? m_side : nullptr, m_feed.monitor());
        return readTar(*blocks, m_archive.size(), m_limits, m_feed);
    }
    case ArchiveFormat::Zip: return readZip(m_input, m_limits, m_feed);
    case ArchiveFormat::SevenZip: return readSevenZip(m_input, m_limits, m_feed);
    case ArchiveFormat::LoneFile: return readLoneFile(m_input, m_feed);
    case ArchiveFormat::Unknown: break;
    }
    return std::unexpected(wrongKind(m_archive));
}

Result<Sha256> ArchivePass::archiveHash()
{
    return m_input.finishHash();
}

bool announcesItself(const ArchiveFile &archive)
{
    const ArchiveFormat format = archive.kind().format;
    const qint64 size = trailerSize(format);
    if (size == 0 || archive.size() < size)
        return false;
    QByteArray end(size, Qt::Uninitialized);
    const auto read = preadFully(archive.fd(), end.data(), size, archive.size() - size, archive.path());
    return read && *read == size && decodeTrailer(end, format, archive.size());
}

Error wrongKind(const ArchiveFile &archive)
{
    const SniffedKind &kind = archive.kind();
    QStringList args = {kind.word().isEmpty() ? QStringLiteral("unknown data") : kind.word()};
    if (!kind.hint.isEmpty())
        args.append(kind.hint);
    return fail(ErrorCode::ArchiveWrongKind, archive.path(), args).error();
}

Result<void> readMembers(const ArchiveFile &archive, const Limits &limits, MemberSink &sink, Monitor &monitor, ContentHash hashes,
                         SideThread *side)
{
    ArchivePass pass(archive, limits, false, sink, monitor, hashes, side);
    STRONGROOM_CHECK(pass.run());
    if (!pass.guard().hasManifest()) {
        if (const QList<Error> offences = pass.guard().foreignOffences(); !offences.isEmpty())
            return std::unexpected(placed(offences.first(), archive));
    }
    return {};
}

}  // namespace strongroom::storage
