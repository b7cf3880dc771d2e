// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Small archives of enormous content, and of more files and folders than anybody has: the reader must give up before
// the disk does.

#include "tests/hostile/zipbytes.h"

#include <zlib.h>

namespace strongroom::tests {

namespace {

constexpr qint64 kMiB = 1 << 20;
constexpr qint64 kGiB = 1 << 30;
const QByteArray kLastBlock = QByteArray("\x03\x00", 2);   // of a deflate stream, and empty

/// One MiB of zeros in whole deflate blocks, none of them the last: they can be repeated.
QByteArray zeroBlocks()
{
    const QByteArray zeros(kMiB, '\0');
    QByteArray out(8192, Qt::Uninitialized);
    z_stream stream = {};
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(zeros.constData()));
    stream.avail_in = uInt(zeros.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    if (deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK || deflate(&stream, Z_FULL_FLUSH) != Z_OK || stream.avail_in > 0)
        qFatal("zlib");
    out.chop(stream.avail_out);
    deflateEnd(&stream);
    return out;
}

/// `size` zeros, deflated, without an end.
QByteArray zeros(qint64 size)
{
    return zeroBlocks().repeated(size / kMiB);
}

/// Of a power of two of zeros, at least a MiB.
quint32 crcOfZeros(qint64 size)
{
    quint32 crc = crcOf(QByteArray(kMiB, '\0'));
    for (qint64 done = kMiB; done < size; done *= 2)
        crc = quint32(crc32_combine(crc, crc, done));
    return crc;
}

/// These bytes as they are, in a deflate block that is not the last.
QByteArray storedBlock(const QByteArray &bytes)
{
    return '\0' + littleEndian(quint64(bytes.size()), 2) + littleEndian(~quint64(bytes.size()), 2) + bytes;
}

QByteArray gzipMember(const QByteArray &deflated, quint32 crc, qint64 size)
{
    return gzip({}).left(10) + deflated + littleEndian(crc, 4) + littleEndian(quint64(size), 4);
}

/// The healthy files, then the header of one more of that size.
QByteArray tarBefore(qint64 size)
{
    return healthyData().entry({.name = "data/uploads/zeros", .claimedSize = size}).bytes();
}

QByteArray tarEnd()
{
    return TarBuilder().end().bytes();
}

/// A .tar.gz of one gzip member, right to the last byte.
QByteArray gzippedZeros(qint64 size)
{
    const QByteArray before = tarBefore(size);
    const QByteArray end = tarEnd();
    const auto both = crc32_combine(crcOf(before), crcOfZeros(size), size);
    const auto all = quint32(crc32_combine(both, crcOf(end), end.size()));
    return gzipMember(storedBlock(before) + zeros(size) + storedBlock(end) + kLastBlock, all, before.size() + size + end.size());
}

/// The same of many streams.
QByteArray streamsOfZeros(QByteArray (*pack)(const QByteArray &), qint64 size)
{
    constexpr qint64 kEach = 4 * kMiB;
    return pack(tarBefore(size)) + pack(QByteArray(kEach, '\0')).repeated(size / kEach) + pack(tarEnd());
}

/// A zstd frame: the beginning as it is, the zeros as "128 KiB of this byte", again and again.
QByteArray zstdZeros(qint64 size)
{
    constexpr quint64 kRaw = 0;
    constexpr quint64 kRepeat = 1 << 1;
    constexpr quint64 kLast = 1;
    constexpr qint64 kBlock = 128 << 10;
    const auto header = [](quint64 kind, qint64 length) { return littleEndian(quint64(length) << 3 | kind, 3); };
    const QByteArray before = tarBefore(size);
    return QByteArray("\x28\xb5\x2f\xfd\x00\x58", 6) + header(kRaw, before.size()) + before
        + header(kRepeat, kBlock).append('\0').repeated(size / kBlock) + header(kRepeat | kLast, tarEnd().size()) + '\0';
}

/// The last entry of a zip, made of these deflated zeros and said to be `size` bytes of them.
QByteArray zipOf(const QByteArray &deflated, qint64 size, quint32 crc)
{
    return bentZip(healthyEntries() + QList<RawZipEntry>{{.name = "data/uploads/zeros", .content = deflated, .deflated = false}},
                   {{kZipMethod, 8}, {kZipCrc, crc}, {kZipSize, quint64(size)}});
}

/// Entries that lie in each other: the data of each begin with the header of the next one, as it is, and all of them
/// end with the same zeros. Every number in it is right.
QByteArray overlapping(int count, qint64 size)
{
    constexpr qsizetype kLocal = 30 + 5;   // with its name
    constexpr qsizetype kCentral = 46 + 5;
    const qsizetype kBefore = storedBlock({}).size();
    QByteArray bytes = zeros(size) + kLastBlock;
    QByteArray directory;
    quint32 crc = crcOfZeros(size);
    for (int i = count; i-- > 0;) {
        const QByteArray alone = bentZip({{.name = QByteArray::number(10'000 + i), .deflated = false}},
                                         {{kZipMethod, 8}, {kZipCrc, crc}, {kZipPacked, quint64(bytes.size())}, {kZipSize, quint64(size)},
                                          {kZipOffset, quint64(i * (kLocal + kBefore))}});
        const QByteArray local = alone.left(kLocal);
        directory.prepend(alone.mid(kLocal, kCentral));
        crc = quint32(crc32_combine(crcOf(local), crc, size));
        size += kLocal;
        bytes.prepend(storedBlock(local));
    }
    bytes.remove(0, kBefore);   // nothing is around the first one
    return bentEnd(bytes + directory + zip({}), {{kZipEndHere, quint64(count)}, {kZipEndCount, quint64(count)},
                                                 {kZipEndSize, quint64(directory.size())}, {kZipEndOffset, quint64(bytes.size())}});
}

QByteArray emptyFiles(int count)
{
    TarBuilder tar = healthyData();
    for (int i = 0; i < count; ++i)
        tar.file("data/uploads/" + QByteArray::number(i), {});
    return tar.end().gz();
}

/// Few entries, each of which makes many folders.
QByteArray folders(int entries, int levels)
{
    TarBuilder tar = healthyData();
    for (int i = 0; i < entries; ++i)
        tar.dir("data/uploads/" + QByteArray::number(i) + '/' + QByteArray("d/").repeated(levels - 1));
    return tar.end().gz();
}

QByteArray emptyEntries(int count)
{
    QList<RawZipEntry> entries = healthyEntries();
    for (int i = 0; i < count; ++i)
        entries.append({.name = "data/uploads/" + QByteArray::number(i), .deflated = false});
    return zip(entries);
}

/// An archive within a backup of volumes.
QByteArray nested(const QByteArray &inner)
{
    return healthyData().file("media_backup.tar.gz", inner).end().gz();
}

}  // namespace

QList<FamilyCase> bombFamilies()
{
    return {
        {"bomb-gz-4g", Fate::Refused, "expands out of all proportion", [] { return gzippedZeros(4 * kGiB); }},
        {"bomb-gz-nested", Fate::Refused, "inside: tar.gz", [] { return nested(gzip(gzippedZeros(128 * kMiB))); }},
        {"bomb-gz-nested", Fate::Refused, "expands out of all proportion", [] { return nested(gzippedZeros(128 * kMiB)); }},
        {"bomb-gz-trailing-zero-members", Fate::Refused, "zeros without end after the archive",
         [] { return healthyData().end().gz().append(gzipMember(zeros(kGiB) + kLastBlock, crcOfZeros(kGiB), kGiB)); }},
        {"bomb-xz-1g", Fate::Refused, "expands out of all proportion", [] { return streamsOfZeros(xz, kGiB); }},
        {"bomb-bz2-256m", Fate::Refused, "expands out of all proportion", [] { return streamsOfZeros(bzip2, 256 * kMiB); }},
        {"bomb-zst-8g", Fate::Refused, "expands out of all proportion", [] { return zstdZeros(8 * kGiB - kMiB); }},
        {"bomb-many-files", Fate::Refused, "hardly anything but empty entries", [] { return emptyFiles(25'000); }},
        {"bomb-many-dirs", Fate::Refused, "hardly anything but empty entries", [] { return folders(25'000, 4); }},
        {"bomb-many-dirs", Fate::Refused, "hardly anything but empty entries", [] { return folders(1'000, 200); }},
        {"bomb-zip-flat-2g", Fate::Refused, "expands out of all proportion", [] { return zipOf(zeros(2 * kGiB) + kLastBlock, 2 * kGiB, crcOfZeros(2 * kGiB)); }},
        {"bomb-zip-overlap", Fate::Refused, "entries overlap", [] { return overlapping(500, 32 * kMiB); }},
        {"bomb-zip-many", Fate::Refused, "hardly anything but empty entries", [] { return emptyEntries(25'000); }},
        {"bomb-zip-size-lie", Fate::Refused, "more data than declared", [] { return zipOf(zeros(512 * kMiB) + kLastBlock, 10, crcOf(QByteArray(10, '\0'))); }},
    };
}

}  // namespace strongroom::tests
