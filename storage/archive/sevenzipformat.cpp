// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/sevenzipformat.h"

#include "storage/archive/bytesource.h"

#include <QtEndian>

#include <algorithm>

namespace strongroom::storage {

namespace {

enum Id : quint8 {
    kEnd = 0x00,
    kHeader = 0x01,
    kMainStreams = 0x04,
    kFiles = 0x05,
    kPackInfo = 0x06,
    kUnpackInfo = 0x07,
    kSubStreams = 0x08,
    kSize = 0x09,
    kCrc = 0x0a,
    kFolder = 0x0b,
    kCodersUnpackSize = 0x0c,
    kNumUnpackStream = 0x0d,
    kEmptyStream = 0x0e,
    kEmptyFile = 0x0f,
    kAnti = 0x10,
    kNames = 0x11,
    kCreationTime = 0x12,
    kAccessTime = 0x13,
    kModificationTime = 0x14,
    kAttributes = 0x15,
    kEncodedHeader = 0x17,
    kDummy = 0x19,
};

/// Enough for a filter, a compressor and encryption on top of each other.
constexpr quint64 kMaxCoders = 4;
/// A block takes a few hundred bytes of memory; a file each is usual, millions of them are a trick.
constexpr quint64 kMaxBlocks = 200'000;
constexpr quint64 kMaxProperties = 64;
constexpr quint64 kMaxBytes = quint64(1) << 62;

qint64 countBits(QByteArrayView bits, qint64 size)
{
    qint64 set = 0;
    for (qint64 i = 0; i < size; ++i)
        set += sevenZipBit(bits, i);
    return set;
}

}  // namespace

/// Walks over the bytes of a header; never past their end.
class SevenZipParser {
public:
    SevenZipParser(QByteArrayView bytes, qint64 at) : m_bytes(bytes), m_fileOffset(at) {}

    Result<SevenZipBlock> encodedHeader()
    {
        STRONGROOM_CHECK(expect(kEncodedHeader));
        SevenZipHeader header;
        STRONGROOM_CHECK(streams(header));
        if (!m_bytes.isEmpty() || header.blocks.size() != 1 || header.sizes.size() != 1)
            return hostile("directory of the directory");
        return header.blocks.first();
    }

    Result<SevenZipHeader> header(qint64 dataEnd, qint64 maxEntries)
    {
        SevenZipHeader header;
        STRONGROOM_CHECK(expect(kHeader));
        STRONGROOM_TRY(quint8 id, byte());
        if (id == kMainStreams) {
            STRONGROOM_CHECK(streams(header));
            STRONGROOM_TRY(id, byte());
        }
        const qint64 covered = header.blocks.isEmpty() ? SevenZipStart::kSize
                                                       : header.blocks.last().packedOffset + header.blocks.last().packedSize;
        if (covered != dataEnd)
            return hostile("bytes that no entry covers");
        if (id == kFiles) {
            STRONGROOM_CHECK(files(header, maxEntries));
            STRONGROOM_TRY(id, byte());
        }
        if (id != kEnd)
            return unsupportedSevenZip(QStringLiteral("7z archive with additional streams or properties"));
        if (!m_bytes.isEmpty())
            return hostile("bytes after the directory");
        if (header.entryCount - countBits(header.m_emptyStream, header.entryCount) != header.sizes.size())
            return hostile("content without an entry, or an entry without its content");
        return header;
    }

private:
    std::unexpected<Error> hostile(const char *what) const { return failAt(ErrorCode::ArchiveHostile, m_fileOffset, what); }
    std::unexpected<Error> tooShort() const { return hostile("directory ends early"); }

    Result<QByteArrayView> take(quint64 size)
    {
        if (size > quint64(m_bytes.size()))
            return tooShort();
        const QByteArrayView taken = m_bytes.first(qsizetype(size));
        m_bytes = m_bytes.sliced(qsizetype(size));
        return taken;
    }
    Result<quint8> byte()
    {
        STRONGROOM_TRY(const QByteArrayView one, take(1));
        return quint8(one[0]);
    }
    Result<void> expect(quint8 id)
    {
        STRONGROOM_TRY(const quint8 found, byte());
        return found == id ? Result<void>() : hostile("directory out of order");
    }
    /// The leading ones of the first byte say how many bytes follow; its other bits are the highest.
    Result<quint64> number(quint64 max)
    {
        STRONGROOM_TRY(const quint8 first, byte());
        quint64 value = 0;
        quint8 mask = 0x80;
        for (int i = 0; i < 8 && (first & mask); ++i, mask >>= 1) {
            STRONGROOM_TRY(const quint8 next, byte());
            value |= quint64(next) << (8 * i);
        }
        if (mask > 0) {
            int shift = 0;
            for (quint8 m = 0x80; m != mask; m >>= 1)
                shift += 8;
            value |= quint64(first & (mask - 1)) << shift;
        }
        if (value > max)
            return hostile("number out of range");
        return value;
    }
    Result<QByteArray> bits(quint64 count)
    {
        STRONGROOM_TRY(const QByteArrayView taken, take((count + 7) / 8));
        return taken.toByteArray();
    }
    /// As bits(), but one byte stands for "all of them".
    Result<QByteArray> definedBits(quint64 count)
    {
        STRONGROOM_TRY(const quint8 all, byte());
        if (all == 0)
            return bits(count);
        if (count / 8 > quint64(m_bytes.size()))
            return tooShort();   // each has a value behind this, so that the size is foreign but bounded
        return QByteArray(qsizetype((count + 7) / 8), '\xff');
    }
    /// CRCs of all `count`; archives that leave some out are not made by anybody.
    Result<QList<quint32>> digests(quint64 count)
    {
        STRONGROOM_TRY(const QByteArray defined, definedBits(count));
        if (countBits(defined, qint64(count)) != qint64(count))
            return unsupportedSevenZip(QStringLiteral("7z archive without checksums"));
        STRONGROOM_TRY(const QByteArrayView values, take(count * 4));
        QList<quint32> crcs;
        crcs.reserve(qsizetype(count));
        for (quint64 i = 0; i < count; ++i)
            crcs.append(qFromLittleEndian<quint32>(values.data() + i * 4));
        return crcs;
    }

    Result<void> streams(SevenZipHeader &header)
    {
        STRONGROOM_CHECK(expect(kPackInfo));
        STRONGROOM_CHECK(packInfo());
        STRONGROOM_CHECK(expect(kUnpackInfo));
        STRONGROOM_CHECK(unpackInfo(header));
        STRONGROOM_TRY(quint8 id, byte());
        if (id == kSubStreams) {
            STRONGROOM_CHECK(subStreams(header));
            STRONGROOM_TRY(id, byte());
        } else {
            for (const SevenZipBlock &block : std::as_const(header.blocks)) {
                if (!block.crc)
                    return unsupportedSevenZip(QStringLiteral("7z archive without checksums"));
                header.sizes.append(block.unpackSize());
                header.crcs.append(*block.crc);
            }
        }
        return id == kEnd ? Result<void>() : hostile("directory out of order");
    }

    Result<void> packInfo()
    {
        STRONGROOM_TRY(m_packPosition, number(kMaxBytes));
        STRONGROOM_TRY(const quint64 count, number(kMaxBlocks));
        STRONGROOM_CHECK(expect(kSize));
        quint64 total = 0;
        for (quint64 i = 0; i < count; ++i) {
            STRONGROOM_TRY(const quint64 size, number(kMaxBytes - total));
            total += size;
            m_packedSizes.append(qint64(size));
        }
        STRONGROOM_TRY(quint8 id, byte());
        if (id == kCrc) {   // of packed data; the unpacked ones, which everybody writes, say more
            STRONGROOM_TRY(const QList<quint32> ignored, digests(count));
            Q_UNUSED(ignored);
            STRONGROOM_TRY(id, byte());
        }
        return id == kEnd ? Result<void>() : hostile("directory out of order");
    }

    Result<void> unpackInfo(SevenZipHeader &header)
    {
        STRONGROOM_CHECK(expect(kFolder));
        STRONGROOM_TRY(const quint64 count, number(kMaxBlocks));
        STRONGROOM_TRY(const quint8 external, byte());
        if (external != 0)
            return unsupportedSevenZip(QStringLiteral("7z archive with additional streams or properties"));
        QList<QList<int>> orders;
        for (quint64 i = 0; i < count; ++i) {
            STRONGROOM_TRY(SevenZipBlock read, block(orders));
            header.blocks.append(std::move(read));
        }
        STRONGROOM_CHECK(expect(kCodersUnpackSize));
        for (qsizetype i = 0; i < header.blocks.size(); ++i) {
            QList<SevenZipCoder> &coders = header.blocks[i].coders;
            for (SevenZipCoder &coder : coders) {
                STRONGROOM_TRY(const quint64 size, number(kMaxBytes));
                coder.unpackSize = qint64(size);
            }
            QList<SevenZipCoder> ordered;
            for (const int index : std::as_const(orders.at(i)))
                ordered.append(coders.at(index));
            coders = ordered;
        }
        STRONGROOM_TRY(quint8 id, byte());
        if (id == kCrc) {
            STRONGROOM_CHECK(blockDigests(header));
            STRONGROOM_TRY(id, byte());
        }
        if (id != kEnd)
            return hostile("directory out of order");
        return placeBlocks(header);
    }

    /// Where the blocks lie: one packed stream each, without a gap.
    Result<void> placeBlocks(SevenZipHeader &header)
    {
        if (m_packedSizes.size() != header.blocks.size())
            return hostile("packed streams without a use");
        qint64 position = SevenZipStart::kSize + qint64(m_packPosition);
        for (qsizetype i = 0; i < header.blocks.size(); ++i) {
            header.blocks[i].packedOffset = position;
            header.blocks[i].packedSize = m_packedSizes.at(i);
            position += m_packedSizes.at(i);
        }
        return {};
    }

    Result<void> blockDigests(SevenZipHeader &header)
    {
        STRONGROOM_TRY(const QByteArray defined, definedBits(quint64(header.blocks.size())));
        for (qsizetype i = 0; i < header.blocks.size(); ++i) {
            if (!sevenZipBit(defined, i))
                continue;
            STRONGROOM_TRY(const QByteArrayView value, take(4));
            header.blocks[i].crc = qFromLittleEndian<quint32>(value.data());
        }
        return {};
    }

    /// Coders as they stand there, and in `orders` their order of unpacking.
    Result<SevenZipBlock> block(QList<QList<int>> &orders)
    {
        SevenZipBlock block;
        STRONGROOM_TRY(const quint64 count, number(32));
        if (count == 0)
            return hostile("block without a method");
        for (quint64 i = 0; i < count; ++i) {
            STRONGROOM_TRY(SevenZipCoder read, coder());
            block.coders.append(std::move(read));
        }
        if (count > kMaxCoders)
            return unsupportedSevenZip(QStringLiteral("7z archive with a chain of %1 methods").arg(count));
        QList<int> reader(qsizetype(count), -1);   // of what a coder gives
        QList<bool> fed(qsizetype(count), false);
        for (quint64 i = 0; i + 1 < count; ++i) {
            STRONGROOM_TRY(const quint64 in, number(count - 1));
            STRONGROOM_TRY(const quint64 out, number(count - 1));
            if (fed[qsizetype(in)] || reader[qsizetype(out)] >= 0)
                return hostile("methods that are not a chain");
            fed[qsizetype(in)] = true;
            reader[qsizetype(out)] = int(in);
        }
        QList<int> order;
        for (int at = int(fed.indexOf(false)); at >= 0 && order.size() < qsizetype(count); at = reader[at])
            order.append(at);
        if (order.size() != qsizetype(count) || reader[order.last()] >= 0)
            return hostile("methods that are not a chain");
        orders.append(order);
        return block;
    }

    Result<SevenZipCoder> coder()
    {
        STRONGROOM_TRY(const quint8 flags, byte());
        if (flags & 0xc0)
            return hostile("method with reserved flags");
        SevenZipCoder coder;
        STRONGROOM_TRY(const QByteArrayView method, take(flags & 0x0f));
        coder.method = method.toByteArray();
        if (flags & 0x10) {
            STRONGROOM_TRY(const quint64 in, number(32));
            STRONGROOM_TRY(const quint64 out, number(32));
            if (in != 1 || out != 1)
                return unsupportedSevenZip(QStringLiteral("7z archive with the method BCJ2"));
        }
        if (flags & 0x20) {
            STRONGROOM_TRY(const quint64 size, number(kMaxProperties));
            STRONGROOM_TRY(const QByteArrayView properties, take(size));
            coder.properties = properties.toByteArray();
        }
        return coder;
    }

    Result<void> subStreams(SevenZipHeader &header)
    {
        STRONGROOM_TRY(quint8 id, byte());
        quint64 total = quint64(header.blocks.size());
        if (id == kNumUnpackStream) {
            total = 0;
            for (SevenZipBlock &block : header.blocks) {
                STRONGROOM_TRY(const quint64 count, number(kMaxBytes));
                if (count == 0 || count > quint64(m_bytes.size()) + 1)
                    return hostile("block without entries, or with impossibly many");
                block.streams = qint64(count);
                total += count;
            }
            STRONGROOM_TRY(id, byte());
        }
        // Another entry in a block takes a byte of size and four of checksum: asked before memory is taken.
        if ((total - quint64(header.blocks.size())) * 5 > quint64(m_bytes.size()))
            return tooShort();
        const bool sized = id == kSize;
        if (!sized && total != quint64(header.blocks.size()))
            return hostile("entries without a size");
        for (const SevenZipBlock &block : std::as_const(header.blocks)) {
            qint64 left = block.unpackSize();
            for (qint64 i = 1; i < block.streams; ++i) {
                STRONGROOM_TRY(const quint64 size, number(quint64(left)));
                header.sizes.append(qint64(size));
                left -= qint64(size);
            }
            header.sizes.append(left);
        }
        if (sized) {
            STRONGROOM_TRY(id, byte());
        }
        return subDigests(header, id);
    }

    /// Where a block is one entry and has a CRC, that is the entry's.
    Result<void> subDigests(SevenZipHeader &header, quint8 id)
    {
        quint64 missing = 0;
        for (const SevenZipBlock &block : std::as_const(header.blocks))
            missing += block.streams == 1 && block.crc ? 0 : quint64(block.streams);
        QList<quint32> own;
        if (id == kCrc) {
            STRONGROOM_TRY(own, digests(missing));
            STRONGROOM_TRY(id, byte());
        } else if (missing > 0) {
            return unsupportedSevenZip(QStringLiteral("7z archive without checksums"));
        }
        qsizetype next = 0;
        for (const SevenZipBlock &block : std::as_const(header.blocks)) {
            if (block.streams == 1 && block.crc) {
                header.crcs.append(*block.crc);
                continue;
            }
            for (qint64 i = 0; i < block.streams; ++i)
                header.crcs.append(own.at(next++));
        }
        return id == kEnd ? Result<void>() : hostile("directory out of order");
    }

    Result<void> files(SevenZipHeader &header, qint64 maxEntries)
    {
        STRONGROOM_TRY(const quint64 count, number(kMaxBytes));
        if (count > quint64(maxEntries) || count > quint64(m_bytes.size()))
            return hostile("more entries than the limit");
        header.entryCount = qint64(count);
        quint32 seen = 0;
        for (;;) {
            STRONGROOM_TRY(const quint8 id, byte());
            if (id == kEnd)
                break;
            STRONGROOM_TRY(const quint64 size, number(kMaxBytes));
            STRONGROOM_TRY(const QByteArrayView body, take(size));
            if (id != kDummy && (id >= 32 || (seen & (1U << id))))
                return hostile("property twice");
            seen |= id < 32 ? 1U << id : 0;
            STRONGROOM_CHECK(SevenZipParser(body, m_fileOffset).property(header, id));
        }
        return checkNames(header);
    }

    /// One property of all entries; this parser stands on its bytes, and all of them must be used.
    Result<void> property(SevenZipHeader &header, quint8 id)
    {
        const quint64 count = quint64(header.entryCount);
        const quint64 empty = quint64(countBits(header.m_emptyStream, header.entryCount));
        switch (id) {
        case kEmptyStream: {
            STRONGROOM_TRY(header.m_emptyStream, bits(count));
            break;
        }
        case kEmptyFile: {
            STRONGROOM_TRY(header.m_emptyFile, bits(empty));
            break;
        }
        case kAnti: {
            STRONGROOM_TRY(const QByteArray anti, bits(empty));
            if (countBits(anti, qint64(empty)) > 0)
                return hostile("entry that deletes");
            break;
        }
        case kNames: {
            STRONGROOM_CHECK(expect(0));
            header.m_names = m_bytes.toByteArray();
            m_bytes = {};
            break;
        }
        case kModificationTime: STRONGROOM_CHECK(column(header.m_mtimes, count, 8)); break;
        case kAttributes: STRONGROOM_CHECK(column(header.m_attributes, count, 4)); break;
        case kCreationTime:
        case kAccessTime: return {};
        case kDummy:
            if (std::any_of(m_bytes.begin(), m_bytes.end(), [](char c) { return c != 0; }))
                return hostile("padding that is none");
            return {};
        default: return unsupportedSevenZip(QStringLiteral("7z archive with additional streams or properties"));
        }
        return m_bytes.isEmpty() ? Result<void>() : hostile("property of the wrong length");
    }

    Result<void> column(SevenZipHeader::Column &column, quint64 count, int width)
    {
        STRONGROOM_TRY(column.defined, definedBits(count));
        STRONGROOM_CHECK(expect(0));
        STRONGROOM_TRY(const QByteArrayView values, take(quint64(countBits(column.defined, qint64(count))) * quint64(width)));
        column.values = values.toByteArray();
        return {};
    }

    Result<void> checkNames(const SevenZipHeader &header)
    {
        if (header.m_names.size() % 2 != 0)
            return hostile("names of the wrong length");
        qint64 ends = 0;
        for (qsizetype i = 0; i < header.m_names.size(); i += 2)
            ends += header.m_names[i] == 0 && header.m_names[i + 1] == 0;
        const bool closed = header.m_names.isEmpty() || header.m_names.endsWith(QByteArrayView("\0\0", 2));
        return closed && ends == header.entryCount ? Result<void>() : hostile("names that do not fit the entries");
    }

    QByteArrayView m_bytes;
    qint64 m_fileOffset;
    quint64 m_packPosition = 0;
    QList<qint64> m_packedSizes;
};

bool isEncodedSevenZipHeader(QByteArrayView header)
{
    return header.startsWith(char(kEncodedHeader));
}

Result<SevenZipBlock> parseEncodedSevenZipHeader(QByteArrayView header, qint64 at)
{
    STRONGROOM_TRY(const SevenZipBlock block, SevenZipParser(header, at).encodedHeader());
    if (block.packedOffset + block.packedSize != at)
        return failAt(ErrorCode::ArchiveHostile, at, "directory is not where it should be");
    return block;
}

Result<SevenZipHeader> parseSevenZipHeader(QByteArrayView header, qint64 at, qint64 dataEnd, qint64 maxEntries)
{
    STRONGROOM_TRY(SevenZipHeader parsed, SevenZipParser(header, at).header(dataEnd, maxEntries));
    if (!parsed.blocks.isEmpty() && parsed.blocks.first().packedOffset != SevenZipStart::kSize)
        return failAt(ErrorCode::ArchiveHostile, at, "bytes that no entry covers");
    return parsed;
}

}  // namespace strongroom::storage
