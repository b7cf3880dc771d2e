// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/tarreader.h"

#include "storage/archive/pixzindex.h"
#include "storage/archive/tarformat.h"
#include "storage/archive/tarwindow.h"
#include "storage/mutant.h"

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

/// What the headers before an entry say about it.
struct Overrides {
    std::optional<PaxRecords> pax;
    std::optional<QByteArray> longName;
    std::optional<QByteArray> longLink;
    int run = 0;

    bool any() const { return pax || longName || longLink; }
};

/// What an entry is that is never restored.
const char *refusedType(char type)
{
    switch (type) {
    case '3': case '4': return "device";
    case 'D': return "folder list of an incremental backup";
    case 'M': return "continuation of another volume";
    case 'S': return "sparse file as GNU tar writes it";
    default: return "entry of an unknown type";
    }
}

class TarPass {
public:
    TarPass(BlockFeed &blocks, qint64 archiveSize, const Limits &limits, MemberFeed &feed)
        : m_window(blocks, archiveSize, limits), m_limits(limits), m_feed(feed)
    {
    }

    Result<void> run()
    {
        STRONGROOM_CHECK(checkKind());
        for (;;) {
            const qint64 offset = m_window.fileOffset();
            STRONGROOM_TRY(const QByteArrayView block, m_window.exactly(kTarBlock));
            if (block.size() < kTarBlock)
                return failAt(ErrorCode::ArchiveTruncated, m_window.fileOffset(), "no end of archive");
            if (isZeroTarBlock(block))
                return endOfArchive(offset);
            STRONGROOM_TRY(const TarHeader header, decodeTarHeader(block, offset));
            if (header.isExtension())
                STRONGROOM_CHECK(extension(header, offset));
            else
                STRONGROOM_CHECK(entry(header, offset));
        }
    }

private:
    /// A compressed file need not hold a tar; then it is worth saying what it does hold.
    Result<void> checkKind()
    {
        STRONGROOM_TRY(const QByteArrayView head, m_window.head(32 * kTarBlock));
        const SniffedKind kind = sniffKind(head);
        if (kind.format == ArchiveFormat::Tar || (kind.otherKind == u"file of zeros" && head.size() >= 2 * kTarBlock))
            return {};
        QStringList args = {QStringLiteral("inside: ")
                            + (kind.word().isEmpty() ? QStringLiteral("unknown data") : kind.word())};
        if (!kind.hint.isEmpty())
            args.append(kind.hint);
        return fail(ErrorCode::ArchiveWrongKind, {}, args);
    }

    /// Two blocks of zeros, then nothing but zeros and perhaps pixz' index.
    Result<void> endOfArchive(qint64 offset)
    {
        if (m_overrides.any())
            return failAt(ErrorCode::ArchiveHostile, offset, "extension header without an entry");
        STRONGROOM_TRY(const QByteArrayView second, m_window.exactly(kTarBlock));
        if (second.size() < kTarBlock)
            return failAt(ErrorCode::ArchiveTruncated, m_window.fileOffset(), "no end of archive");
        if (!isZeroTarBlock(second))
            return failAt(ErrorCode::ArchiveHostile, offset, "entries after an end mark");
        for (qint64 padding = 0;;) {
            STRONGROOM_TRY(const QByteArrayView rest, m_window.some(MemberFeed::kBlock));
            if (rest.isEmpty())
                return m_index.isCut() ? failAt(ErrorCode::ArchiveTruncated, m_window.fileOffset(), "inside an index") : Result<void>();
            padding += rest.size();
            if (padding > m_limits.maxPadding)
                return failAt(ErrorCode::ArchiveHostile, m_window.fileOffset(), "zeros without end after the archive");
            if ((!isZeroTarBlock(rest) || m_index.isCut()) && !m_index.take(rest, m_limits.maxPath))
                return failAt(ErrorCode::ArchiveHostile, m_window.fileOffset(), "data after the end of the archive");
        }
    }

    Result<void> extension(const TarHeader &header, qint64 offset)
    {
        if (++m_overrides.run > m_limits.maxExtensionRun)
            return failAt(ErrorCode::ArchiveHostile, offset, "too many extension headers");
        if (header.size > m_limits.maxExtension)
            return failAt(ErrorCode::ArchiveHostile, offset, "extension header too large");
        const qint64 padded = tarPadded(header.size);
        STRONGROOM_TRY(const QByteArrayView block, m_window.exactly(padded));
        if (block.size() < padded)
            return failAt(ErrorCode::ArchiveTruncated, m_window.fileOffset(), "inside an extension header");
        const QByteArrayView body = block.first(header.size);
        if (header.type == 'g') {
            STRONGROOM_TRY(const PaxRecords ignored, decodePax(body, true, offset));
            Q_UNUSED(ignored);
        } else if (header.type == 'x') {
            if (m_overrides.pax)
                return failAt(ErrorCode::ArchiveHostile, offset, "two extended headers for one entry");
            STRONGROOM_TRY(m_overrides.pax, decodePax(body, false, offset));
        } else {
            std::optional<QByteArray> &name = header.type == 'L' ? m_overrides.longName : m_overrides.longLink;
            if (name)
                return failAt(ErrorCode::ArchiveHostile, offset, "two long names for one entry");
            STRONGROOM_TRY(name, decodeGnuLongName(body, offset));
        }
        if (m_overrides.pax && (m_overrides.longName || m_overrides.longLink))
            return failAt(ErrorCode::ArchiveHostile, offset, "pax and GNU headers for one entry");
        return {};
    }

    /// The size two readers must agree on. Writers that cannot put a size over 8 GiB into the header leave
    /// the largest value there, or zero; nothing else may differ.
    Result<qint64> agreedSize(const TarHeader &header, const PaxRecords &pax, qint64 offset) const
    {
        if (!pax.size || *pax.size == header.size || header.size == kTarMaxOctal || isMutant(Mutant::PaxSizeIgnored))
            return pax.size.value_or(header.size);
        if (header.size == 0 && *pax.size > kTarMaxOctal)
            return *pax.size;
        return failAt(ErrorCode::ArchiveHostile, offset, "two sizes for one entry");
    }

    Result<void> entry(const TarHeader &header, qint64 offset)
    {
        static const PaxRecords none;
        const Overrides overrides = std::exchange(m_overrides, {});
        const PaxRecords &pax = overrides.pax ? *overrides.pax : none;
        const QByteArray &name = pax.path ? *pax.path : overrides.longName ? *overrides.longName : header.name;
        Member member;
        member.mode = header.mode;
        member.uid = pax.uid.value_or(header.uid);
        member.gid = pax.gid.value_or(header.gid);
        member.mtimeNs = pax.mtimeNs.value_or(header.mtimeNs);
        STRONGROOM_TRY(const qint64 size, agreedSize(header, pax, offset));
        switch (header.type) {
        case '0': case '7': member.type = MemberType::File; break;
        case '1': member.type = MemberType::Hardlink; break;
        case '2': member.type = MemberType::Symlink; break;
        case '5': member.type = MemberType::Directory; break;
        case '6': member.type = MemberType::Fifo; break;
        case 'V': break;   // the volume's label: no entry, but it may have no content either
        default: return failAt(ErrorCode::ArchiveHostile, offset, refusedType(header.type));
        }
        m_window.countEntry();
        if (header.type == '0' || header.type == '7')
            return file(name, std::move(member), size);
        if (size != 0)
            return failAt(ErrorCode::ArchiveHostile, offset, "content where none may be");
        if (header.type == 'V')
            return {};
        if (header.type == '1' || header.type == '2')
            member.link = pax.link ? *pax.link : overrides.longLink.value_or(header.link);
        return m_feed.begin(name, std::move(member));
    }

    Result<void> file(const QByteArray &name, Member member, qint64 size)
    {
        member.size = size;
        STRONGROOM_CHECK(m_feed.begin(name, std::move(member)));
        while (m_feed.missing() > 0) {
            STRONGROOM_TRY(const QByteArrayView bytes, m_window.some(m_feed.missing()));
            if (bytes.isEmpty())
                return failAt(ErrorCode::ArchiveTruncated, m_window.fileOffset(), "inside a member");
            STRONGROOM_CHECK(m_feed.data(bytes));
        }
        const qint64 padding = tarPadded(size) - size;
        STRONGROOM_TRY(const QByteArrayView pad, m_window.exactly(padding));
        if (pad.size() < padding)
            return failAt(ErrorCode::ArchiveTruncated, m_window.fileOffset(), "inside a member");
        return {};
    }

    TarWindow m_window;
    const Limits &m_limits;
    MemberFeed &m_feed;
    Overrides m_overrides;
    PixzIndex m_index;
};

}  // namespace

Result<void> readTar(BlockFeed &blocks, qint64 archiveSize, const Limits &limits, MemberFeed &feed)
{
    return TarPass(blocks, archiveSize, limits, feed).run();
}

}  // namespace strongroom::storage
