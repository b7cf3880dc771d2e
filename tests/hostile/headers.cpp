// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Tars whose numbers, checksums or ends are not what they should be: a reader that believes them loses its place,
// writes what happens to be in its memory, or sees another archive than the next reader.

#include "tests/hostile/families.h"

#include <random>

namespace strongroom::tests {

namespace {

constexpr qsizetype kMode = 100;
constexpr qsizetype kMtime = 136;
constexpr qsizetype kChecksum = 148;

/// A healthy archive with these blocks behind its members, and its end.
QByteArray around(const TarBuilder &blocks)
{
    return healthyData().raw(blocks.bytes()).end().gz();
}

/// An entry with another field at that place of its header, and a checksum that is right all the same.
TarBuilder bent(RawTarEntry entry, qsizetype at, const QByteArray &field)
{
    entry.patches.append({at, field});
    return TarBuilder().entry(entry);
}

/// An entry as it is, with another checksum.
TarBuilder summedAs(const RawTarEntry &entry, const QByteArray &checksum)
{
    QByteArray block = TarBuilder().entry(entry).bytes();
    return TarBuilder().raw(block.replace(kChecksum, checksum.size(), checksum));
}

QByteArray noise(qsizetype size)
{
    std::minstd_rand random(4711);
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &c : bytes)
        c = char(random() >> 8);
    return bytes;
}

}  // namespace

QList<FamilyCase> headerFamilies()
{
    const auto sized = [](const QByteArray &family, const QByteArray &reason, const QByteArray &field, const QByteArray &content = "short") -> FamilyCase {
        return {family, Fate::Refused, reason, [=] { return around(TarBuilder().entry({.name = "data/n", .content = content, .sizeField = field})); }};
    };
    const auto refused = [](const QByteArray &family, const QByteArray &reason, const TarBuilder &blocks) -> FamilyCase {
        return {family, Fate::Refused, reason, [=] { return around(blocks); }};
    };
    const auto accepted = [](const QByteArray &family, const QByteArray &content, const TarBuilder &blocks) -> FamilyCase {
        return {family, Fate::Accepted, {}, [=] { return around(blocks); }, healthyContent() << std::pair(QByteArray("n"), std::optional(content))};
    };
    // What follows the members of a healthy archive, in place of a proper end.
    const auto ending = [](const QByteArray &family, const QByteArray &reason, const QByteArray &end) -> FamilyCase {
        return {family, Fate::Refused, reason, [=] { return healthyData().raw(end).gz(); }};
    };
    const auto hex = [](const char *digits) { return QByteArray::fromHex(digits); };
    const RawTarEntry plain = {.name = "data/n", .content = "whole"};
    RawTarEntry odd = plain;
    odd.magic = "zipper!!";
    const QByteArray block(512, '\0');
    const QByteArray end = block + block;
    const QByteArray climbs = TarBuilder().file("../beside", "up").bytes();
    return {
        sized("hdr-size-8g", "inside a member", QByteArray("77777777777\0", 12)),
        sized("hdr-size-8g-secret-leak", "inside a member", QByteArray("00004000000\0", 12)),
        sized("hdr-size-60k-leak", "inside a member", QByteArray("00000165140\0", 12)),
        sized("hdr-size-2to63", "size is not a number", hex("800000007fffffffffffffff")),
        sized("hdr-size-2to64", "size is not a number", hex("800000010000000000000000")),
        sized("hdr-size-negative", "size is not a number", hex("ffffffffffffffffffffffff")),
        sized("hdr-size-negative-512", "size is not a number", hex("fffffffffffffffffffffe00"), {}),
        sized("hdr-size-minus-text", "size is not a number", QByteArray("-0000001000\0", 12), {}),
        sized("hdr-size-garbage", "size is not a number", QByteArray("five bytes!\0", 12)),
        sized("hdr-size-hex", "size is not a number", QByteArray("0x000000005\0", 12)),
        sized("hdr-size-empty", "header checksum", QByteArray(12, '\0')),
        accepted("hdr-size-nonterminated", "whole", TarBuilder().entry({.name = "data/n", .content = "whole", .sizeField = "000000000005"})),
        refused("hdr-dir-with-size", "content where none may be", TarBuilder().entry({.type = '5', .name = "data/d/", .content = QByteArray(512, 'd')}).file("data/d/n")),
        refused("hdr-dir-smuggle", "content where none may be", TarBuilder().entry({.type = '5', .name = "data/d/", .content = climbs})),
        refused("hdr-chksum-bad", "header checksum", summedAs(plain, QByteArray("000001\0 ", 8))),
        refused("hdr-chksum-blank", "header checksum", summedAs(plain, QByteArray(8, ' '))),
        accepted("hdr-magic-bad", "whole", TarBuilder().entry(odd)),
        refused("hdr-magic-bad-chksum-bad", "header checksum", summedAs(odd, QByteArray("077777\0 ", 8))),
        refused("hdr-mode-garbage", "mode is not a number", bent(plain, kMode, "rw-r--r--")),
        accepted("hdr-mtime-negative", "whole", bent(plain, kMtime, hex("fffffffffffffffffffffff0"))),
        accepted("hdr-mtime-huge", "whole", bent(plain, kMtime, hex("800000003fffffffffffffff"))),
        refused("hdr-mtime-pax-nan", "pax time", TarBuilder().pax({{"mtime", "nan"}}).entry(plain)),
        ending("eof-none", "no end of archive", {}),
        ending("eof-one-block", "no end of archive", block),
        ending("eof-hidden-entries", "entries after an end mark", block + climbs + end),
        ending("eof-trailing-garbage", "data after the end", end + QByteArray(512, '!')),
        ending("eof-concatenated-tar", "data after the end", end + climbs + end),
        ending("tar-one-header-cut", "no end of archive", climbs.first(200)),
        ending("tar-body-cut", "inside a member", TarBuilder().file("data/n", QByteArray(9'000, 'n')).bytes().first(4'000)),
        {"tar-empty", Fate::Refused, "nothing to restore", [] { return TarBuilder().end().gz(); }},
        {"tar-only-dirs", Fate::Refused, "nothing to restore", [] { return TarBuilder().dir("data/").dir("data/storage/").end().gz(); }},
        {"tar-random-blocks", Fate::Refused, "inside: unknown data", [] { return gzip(noise(10'240)); }},
    };
}

}  // namespace strongroom::tests
