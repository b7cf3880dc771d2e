// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/sevenzipreader.h"

#include "storage/archive/sevenzipformat.h"
#include "storage/archive/sevenzipstream.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qint64 kBlock = 256 * 1024;
/// Some 240,000 entries with names as tools write them. It is kept in memory while the archive is read.
constexpr qint64 kMaxDirectory = qint64(32) << 20;
/// Names repeat themselves, but not like this; judged above one MiB.
constexpr qint64 kMaxDirectoryRatio = 200;
/// With a wrong key, data that unpack this far without an error do not exist.
constexpr qint64 kProvesTheKey = 64 * 1024;

constexpr quint32 kUnixExtension = 0x8000;
constexpr quint32 kWindowsDirectory = 0x10;
constexpr quint32 kWindowsReparsePoint = 0x400;

quint32 addCrc(quint32 crc, QByteArrayView bytes)
{
    return quint32(crc32(crc, reinterpret_cast<const Bytef *>(bytes.data()), uInt(bytes.size())));
}

class SevenZipPass {
public:
    SevenZipPass(FileInput &input, const Limits &limits, MemberFeed &feed)
        : m_input(input), m_limits(limits), m_feed(feed), m_keys(input.archive().passphrase())
    {
    }

    Result<void> run()
    {
        STRONGROOM_TRY(const QByteArray head, m_input.readAt(0, SevenZipStart::kSize));
        STRONGROOM_TRY(const SevenZipStart start, parseSevenZipStart(head, m_input.size()));
        if (start.headerSize == 0)
            return start.headerOffset == SevenZipStart::kSize ? Result<void>() : hostile("bytes that no entry covers");
        STRONGROOM_CHECK(readDirectory(start));
        STRONGROOM_CHECK(checkTotals());
        for (qint64 i = 0; i < m_header.entryCount; ++i) {
            STRONGROOM_TRY(const SevenZipEntry entry, m_header.nextEntry());
            STRONGROOM_CHECK(passOn(entry));
        }
        return closeBlock();
    }

private:
    std::unexpected<Error> hostile(const char *what) const { return failAt(ErrorCode::ArchiveHostile, m_at, what); }
    std::unexpected<Error> damaged(const char *what) const { return failAt(ErrorCode::ArchiveDamaged, m_at, what); }

    /// What goes wrong in encrypted data before the passphrase has shown itself right is blamed on that.
    Error blamed(Error error, bool encrypted) const
    {
        const bool data = error.code == ErrorCode::ArchiveDamaged || error.code == ErrorCode::ArchiveHostile;
        if (!encrypted || m_keyProven || !data)
            return error;
        return fail(ErrorCode::WrongPassphrase, m_input.archive().path()).error();
    }

    Result<void> readDirectory(const SevenZipStart &start)
    {
        m_at = start.headerOffset;
        if (start.headerSize > kMaxDirectory)
            return tooLarge();
        STRONGROOM_TRY(QByteArray header, m_input.readAt(start.headerOffset, start.headerSize));
        if (addCrc(0, header) != start.headerCrc)
            return damaged("checksum of the directory");
        qint64 dataEnd = start.headerOffset;
        if (isEncodedSevenZipHeader(header)) {
            STRONGROOM_TRY(const SevenZipBlock block, parseEncodedSevenZipHeader(header, start.headerOffset));
            dataEnd = block.packedOffset;
            auto unpacked = unpackDirectory(block);
            if (!unpacked)
                return std::unexpected(blamed(std::move(unpacked).error(), block.isEncrypted()));
            header = *std::move(unpacked);
            m_keyProven = block.isEncrypted();
        }
        STRONGROOM_TRY(m_header, parseSevenZipHeader(header, m_at, dataEnd, m_limits.maxEntries));
        return {};
    }

    static std::unexpected<Error> tooLarge()
    {
        return unsupportedSevenZip(QStringLiteral("7z archive with a directory of more than %1 MiB").arg(kMaxDirectory >> 20));
    }

    Result<QByteArray> unpackDirectory(const SevenZipBlock &block)
    {
        const qint64 size = block.unpackSize();
        if (size > kMaxDirectory)
            return tooLarge();
        if (size > m_limits.ratioFloor && size / kMaxDirectoryRatio > block.packedSize)
            return hostile("directory that expands out of all proportion");
        STRONGROOM_TRY(const std::unique_ptr<ByteSource> source, openSevenZipBlock(m_input, block, m_keys));
        QByteArray header(size, Qt::Uninitialized);
        for (qint64 got = 0; got < size;) {
            STRONGROOM_TRY(const qint64 n, source->read(header.data() + got, size - got));
            got += n;
        }
        char more = 0;
        STRONGROOM_CHECK(source->read(&more, 1));
        if (!block.crc || addCrc(0, header) != *block.crc)
            return damaged("checksum of the directory");
        return header;
    }

    /// The directory has said what will come out; what is too much is refused before anything is unpacked.
    Result<void> checkTotals() const
    {
        qint64 total = 0;
        for (const SevenZipBlock &block : m_header.blocks) {
            if (block.unpackSize() > m_limits.maxBytes - total)
                return hostile("sizes over the limit");
            total += block.unpackSize();
        }
        if (total > m_limits.ratioFloor && total / m_limits.maxRatio > m_input.size())
            return hostile("expands out of all proportion");
        return {};
    }

    Result<void> passOn(const SevenZipEntry &entry)
    {
        Member member;
        member.mtimeNs = entry.mtimeNs.value_or(0);
        STRONGROOM_CHECK(applyAttributes(entry, member));
        if (!entry.hasStream)
            return m_feed.begin(entry.name, std::move(member));
        const qint64 size = m_header.sizes.at(m_stream);
        const quint32 crc = m_header.crcs.at(m_stream++);
        STRONGROOM_CHECK(openNextBlock());
        if (member.type == MemberType::Symlink) {
            if (size > m_limits.maxPath)
                return hostile("link without a usable target");
            STRONGROOM_CHECK(unpack(size, crc, [&member](QByteArrayView bytes) {
                member.link.append(bytes);
                return Result<void>();
            }));
            return m_feed.begin(entry.name, std::move(member));
        }
        if (member.type != MemberType::File)
            return hostile("content where none may be");
        member.size = size;
        STRONGROOM_CHECK(m_feed.begin(entry.name, std::move(member)));
        return unpack(size, crc, [this](QByteArrayView bytes) { return m_feed.data(bytes); });
    }

    Result<void> applyAttributes(const SevenZipEntry &entry, Member &member) const
    {
        const quint32 attributes = entry.attributes.value_or(0);
        const bool isUnix = attributes & kUnixExtension;
        const quint32 kind = isUnix ? (attributes >> 16) & S_IFMT : 0;
        member.type = entry.isDirectory ? MemberType::Directory : MemberType::File;
        member.mode = isUnix ? (attributes >> 16) & 07777 : entry.isDirectory ? 0755 : 0644;
        if (attributes & kWindowsReparsePoint && !isUnix)
            return hostile("entry of an unknown type");
        const bool saysDirectory = kind == S_IFDIR || (attributes & kWindowsDirectory);
        const bool saysOther = kind != 0 && kind != S_IFDIR;
        if ((entry.isDirectory && saysOther) || (!entry.isDirectory && saysDirectory))
            return hostile("two types for one entry");
        if (kind == S_IFLNK)
            member.type = MemberType::Symlink;
        else if (kind == S_IFIFO || kind == S_IFSOCK)
            member.type = MemberType::Fifo;
        else if (saysOther && kind != S_IFREG)
            return hostile("entry of an unknown type");
        return {};
    }

    Result<void> openNextBlock()
    {
        if (m_source && m_streamsLeft > 0)
            return {};
        STRONGROOM_CHECK(closeBlock());
        m_block = &m_header.blocks.at(m_nextBlock++);   // there are as many streams in them as entries with one
        m_at = m_block->packedOffset;
        m_streamsLeft = m_block->streams;
        m_blockCrc = 0;
        m_blockDone = 0;
        STRONGROOM_TRY(m_source, openSevenZipBlock(m_input, *m_block, m_keys));
        m_buffer.resize(kBlock);
        return {};
    }

    /// Every byte of the block was read: nothing more may come, and the checksums must hold.
    Result<void> closeBlock()
    {
        if (!m_source)
            return {};
        char more = 0;
        const auto end = m_source->read(&more, 1);
        if (!end)
            return std::unexpected(blamed(end.error(), m_block->isEncrypted()));
        if (m_block->crc && *m_block->crc != m_blockCrc)
            return damaged("checksum of a block");
        m_source.reset();
        return {};
    }

    template<class Take>
    Result<void> unpack(qint64 size, quint32 crc, Take take)
    {
        --m_streamsLeft;
        quint32 seen = 0;
        for (qint64 done = 0; done < size;) {
            const auto n = m_source->read(m_buffer.data(), std::min(size - done, qint64(m_buffer.size())));
            if (!n)
                return std::unexpected(blamed(n.error(), m_block->isEncrypted()));
            const QByteArrayView bytes = QByteArrayView(m_buffer).first(*n);
            seen = addCrc(seen, bytes);
            m_blockCrc = m_block->crc ? addCrc(m_blockCrc, bytes) : 0;
            done += *n;
            m_blockDone += *n;
            m_keyProven = m_keyProven || (m_block->isEncrypted() && m_block->coders.size() > 1 && m_blockDone > kProvesTheKey);
            // The last piece is held back until the checksum is known: the receiver sees no end that is not one.
            if (done == size && seen != crc)
                return std::unexpected(blamed(damaged("checksum of an entry").error(), m_block->isEncrypted()));
            STRONGROOM_CHECK(take(bytes));
        }
        m_keyProven = m_keyProven || (m_block->isEncrypted() && size > 0);
        return size == 0 && crc != 0 ? damaged("checksum of an entry") : Result<void>();
    }

    FileInput &m_input;
    const Limits &m_limits;
    MemberFeed &m_feed;
    SevenZipKeys m_keys;
    SevenZipHeader m_header;
    qint64 m_at = 0;                    // of what is being read, for errors
    qsizetype m_stream = 0;             // next of m_header.sizes
    qsizetype m_nextBlock = 0;
    const SevenZipBlock *m_block = nullptr;
    std::unique_ptr<ByteSource> m_source;
    qint64 m_streamsLeft = 0;
    qint64 m_blockDone = 0;
    quint32 m_blockCrc = 0;
    bool m_keyProven = false;           // something came out of encrypted data that only the right key gives
    QByteArray m_buffer;
};

}  // namespace

Result<void> readSevenZip(FileInput &input, const Limits &limits, MemberFeed &feed)
{
    return SevenZipPass(input, limits, feed).run();
}

}  // namespace strongroom::storage
