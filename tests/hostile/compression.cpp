// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Compressed containers that are not whole, or that hold more than a hurried reader sees.

#include "tests/hostile/families.h"

namespace strongroom::tests {

namespace {

constexpr qsizetype kHeader = 10;   // of a gzip member without names or extra fields
constexpr qsizetype kTrailer = 8;

QByteArray healthyTar()
{
    return healthyData().end().bytes();
}

QByteArray healthyGzip()
{
    return gzip(healthyTar());
}

/// A place below zero is counted from the end.
QByteArray flipped(QByteArray bytes, qsizetype at)
{
    const qsizetype place = at < 0 ? bytes.size() + at : at;
    bytes[place] = char(bytes[place] ^ 1);
    return bytes;
}

/// Flips a bit of the check over the content: it stands before the index, and the footer says how long that is.
QByteArray withAnotherCheck(const QByteArray &xz)
{
    const qsizetype index = 4 * (1 + uchar(xz[xz.size() - 8]));
    return flipped(xz, -(12 + index + 1));
}

QByteArray secondTar()
{
    return TarBuilder().file("../second").end().bytes();
}

}  // namespace

QList<FamilyCase> compressionFamilies()
{
    const auto bytes = [](const QByteArray &all) { return [all] { return all; }; };
    const auto header = [](qsizetype at, char value) {
        return [=] { return healthyGzip().replace(at, 1, QByteArray(1, value)); };
    };
    // A header that announces `flags`, and what shall follow it.
    const auto headed = [](char flags, const QByteArray &more) {
        return [=] { return healthyGzip().left(kHeader).replace(3, 1, QByteArray(1, flags)).append(more); };
    };
    const auto member = [](const QByteArray &deflated) {
        return [=] { return healthyGzip().left(kHeader).append(deflated).append(kTrailer, '\0'); };
    };
    const auto twoMembers = [](QByteArray (*spoil)(QByteArray)) {
        return [=] { return gzip(healthyTar().left(700)).append(spoil(gzip(healthyTar().mid(700)))); };
    };
    const auto followed = [](QByteArray (*pack)(const QByteArray &), const QByteArray &more) {
        return [=] { return pack(healthyTar()).append(more); };
    };
    return {
        {"gz-empty-file", Fate::Refused, "empty file", bytes({})},
        {"gz-one-byte", Fate::Refused, "unknown data", bytes("\x1f")},
        {"gz-header-only", Fate::Refused, "at byte 10; inside a gzip member", [] { return healthyGzip().left(kHeader); }},
        {"gz-of-nothing", Fate::Refused, "inside: empty file", [] { return gzip({}); }},
        {"gz-bad-magic", Fate::Refused, "unknown data", header(1, '\x8a')},
        {"gz-bad-method", Fate::Refused, "unknown compression method", header(2, 9)},
        {"gz-reserved-flags", Fate::Refused, "unknown header flags", header(3, '\x20')},
        {"gz-reserved-flags", Fate::Refused, "unknown header flags", header(3, '\x80')},
        {"gz-fname-unterminated", Fate::Refused, "gzip header without end", headed(8, QByteArray(300'000, 'n'))},
        {"gz-fname-unterminated", Fate::Refused, "inside a gzip member", headed(8, QByteArray(1000, 'n'))},
        {"gz-fextra-overflow", Fate::Refused, "inside a gzip member", headed(4, QByteArray("\xff\xff").append(64, 'e'))},
        {"gz-hcrc-bad", Fate::Refused, "header crc mismatch", headed(2, "no" + healthyGzip().mid(kHeader))},
        {"gz-crc-bad", Fate::Refused, "incorrect data check", [] { return flipped(healthyGzip(), -8); }},
        {"gz-isize-bad", Fate::Refused, "incorrect length check", [] { return flipped(healthyGzip(), -4); }},
        {"gz-no-trailer", Fate::Refused, "inside a gzip member", [] { return healthyGzip().chopped(kTrailer); }},
        {"gz-trailing-garbage", Fate::Refused, "bytes after the last gzip member", followed(gzip, "something else")},
        {"gz-trailing-zeros", Fate::Accepted, {}, followed(gzip, QByteArray(700, '\0')), healthyContent()},
        {"gz-second-member-cut", Fate::Refused, "inside a gzip member", twoMembers([](QByteArray second) { return second.chopped(15); })},
        {"gz-second-member-bad-crc", Fate::Refused, "incorrect data check", twoMembers([](QByteArray second) { return flipped(second, -6); })},
        {"gz-second-member-tar", Fate::Refused, "data after the end of the archive", followed(gzip, gzip(secondTar()))},
        {"gz-many-empty-members", Fate::Refused, "too many empty gzip members", [] { return gzip({}).repeated(20'000).append(healthyGzip()); }},
        {"gz-deflate-bad-block", Fate::Refused, "invalid block type", header(kHeader, 7)},
        // A match of length 3 and distance 1, before there is anything to match.
        {"gz-deflate-bad-dist", Fate::Refused, "invalid distance too far back", member(QByteArray("\x03\x02\x00", 3))},
        {"gz-stored-len-lie", Fate::Refused, "inside a gzip member", member(QByteArray("\x01\x00\x80\xff\x7f", 5) + "short")},
        {"gz-double", Fate::Refused, "inside: tar.gz", [] { return gzip(healthyGzip()); }},
        {"zlib-not-gzip", Fate::Refused, "zlib stream", [] { return qCompress(healthyTar(), 9).mid(4); }},
        {"xz-truncated", Fate::Refused, "inside the stream", [] { return xz(healthyTar()).chopped(16); }},
        {"xz-bad-check", Fate::Refused, "; stream", [] { return withAnotherCheck(xz(healthyTar())); }},
        {"xz-bad-check", Fate::Refused, "; stream", [] { return flipped(xz(healthyTar()), 60); }},
        {"xz-trailing-garbage", Fate::Refused, "bytes after the end of the stream", followed(xz, "more")},
        {"xz-concat-second-tar", Fate::Refused, "data after the end of the archive", followed(xz, xz(secondTar()))},
        {"bz2-truncated", Fate::Refused, "inside the stream", [] { return bzip2(healthyTar()).chopped(12); }},
        // The checksum of the first block, behind the two magics.
        {"bz2-bad-crc", Fate::Refused, "; stream", [] { return flipped(bzip2(healthyTar()), 10); }},
        // A frame without a size, of the largest window that can be written; then five bytes in one block.
        {"zst-huge-window", Fate::Refused, "requires too much memory", bytes(QByteArray("\x28\xb5\x2f\xfd\x00\xff\x29\x00\x00hello", 14))},
    };
}

}  // namespace strongroom::tests
