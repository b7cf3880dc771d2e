// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Good archives that were cut somewhere, or lost a bit anywhere: what copies, disks and networks do to them.

#include "tests/hostile/families.h"

#include <zlib.h>

namespace strongroom::tests {

namespace {

constexpr qsizetype kBlock = 512;
constexpr qsizetype kMagic = 257;          // five bytes of a tar header, without which the block could be anything
constexpr qsizetype kGzipHeader = 10;
constexpr qsizetype kGzipTrailer = 8;      // a checksum, a length

const char kIndex[] = "{\"documents\": [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]}";

QByteArray smallTar()
{
    return TarBuilder().file("data/storage/index.json", kIndex).end().bytes();
}

QByteArray smallZip()
{
    QList<RawZipEntry> entries;
    for (const auto &[path, content] : healthyContent())
        entries.append({.name = "data/" + path, .content = *content});
    return zip(entries);
}

/// `whole` cut at every `step` bytes, and before its last one. Of less than `least` bytes nobody can tell what it was.
QList<FamilyCase> cuts(const QByteArray &family, const QByteArray &whole, qsizetype step, qsizetype least, const QByteArray &reason)
{
    QList<qsizetype> sizes;
    for (qsizetype size = 0; size < whole.size() - 1; size += step)
        sizes.append(size);
    sizes.append(whole.size() - 1);
    QList<FamilyCase> all;
    for (const qsizetype size : sizes)
        all.append({family, Fate::Refused, size == 0 ? "empty file" : size < least ? "unknown data" : reason, [=] { return whole.first(size); }});
    return all;
}

QByteArray flipped(QByteArray bytes, qsizetype at)
{
    bytes[at] = char(bytes[at] ^ (1 << at % 8));
    return bytes;
}

/// Whether `packed` is one gzip member of `content`: some bits mean nothing.
bool isStill(QByteArray packed, const QByteArray &content)
{
    QByteArray out(content.size() + 1, '\0');
    z_stream stream = {};
    stream.next_in = reinterpret_cast<Bytef *>(packed.data());
    stream.avail_in = uInt(packed.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    const bool whole = inflateInit2(&stream, 15 + 16) == Z_OK && inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    return whole && out.first(qsizetype(stream.total_out)) == content;
}

QList<FamilyCase> gzipFlips()
{
    const QByteArray tar = smallTar();
    const QByteArray packed = gzip(tar);
    const qsizetype end = packed.size() - kGzipTrailer;
    QList<FamilyCase> all;
    for (qsizetype at = 0; at < packed.size(); at += at < kGzipHeader || at >= end ? 1 : std::min<qsizetype>(5, end - at)) {
        const auto build = [=] { return flipped(packed, at); };
        if (isStill(build(), tar))
            all.append({"sweep-gz-flip", Fate::Accepted, {}, build, {{"storage/index.json", kIndex}}});
        else
            all.append({"sweep-gz-flip", Fate::Refused, at < 2 ? "unknown data" : at < end ? "gzip" : at < end + 4 ? "incorrect data check" : "incorrect length check", build});
    }
    return all;
}

QList<FamilyCase> headerFlips()
{
    QList<FamilyCase> all;
    // Most fields are met, and not the two bytes behind the digits of the checksum: writers fill them as they like.
    for (qsizetype at = 5; at < kBlock; at += 18) {
        const bool isMagic = at >= kMagic && at < kMagic + 5;
        all.append({"sweep-tar-hdrflip", Fate::Refused, isMagic ? "unknown data" : "header checksum", [=] { return gzip(flipped(smallTar(), at)); }});
    }
    return all;
}

}  // namespace

QList<FamilyCase> sweepFamilies()
{
    return cuts("sweep-tar-cut", healthyData().end().bytes(), 256, kBlock, "ends early") + cuts("sweep-gz-cut", gzip(smallTar()), 7, 2, "inside a gzip member")
        + cuts("sweep-zip-cut", smallZip(), 31, 4, "no end record") + gzipFlips() + headerFlips();
}

}  // namespace strongroom::tests
