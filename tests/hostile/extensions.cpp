// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Extension headers that lie, contradict each other or never end, so that two readers would see two different archives.

#include "tests/hostile/families.h"

namespace strongroom::tests {

namespace {

const QByteArray kGnuMagic("ustar  \0", 8);

/// A pax header whose second value begins at a block of its own, where one who skips too little reads on.
TarBuilder aligned(const QByteArray &hidden)
{
    for (QByteArray filler;; filler += '.') {
        const TarBuilder tar = TarBuilder().pax({{"comment", filler}, {"vendor.note", hidden}});
        if (tar.bytes().indexOf(hidden) % 512 == 0)
            return tar;
    }
}

/// Twelve bytes in base 256.
QByteArray number(quint64 value)
{
    QByteArray field("\x80\0\0\0", 4);
    for (int shift = 56; shift >= 0; shift -= 8)
        field.append(char(value >> shift));
    return field;
}

/// An old GNU sparse file: where its pieces lie, what they hold, and how long it is with its holes.
TarBuilder sparse(const QList<std::pair<quint64, quint64>> &pieces, quint64 fullSize)
{
    QByteArray map;
    qsizetype held = 0;
    for (const auto &[offset, length] : pieces) {
        map += number(offset) + number(length);
        held += qsizetype(length);
    }
    return TarBuilder().entry({.type = 'S', .name = "data/uploads/holes", .content = QByteArray(held, 'x'), .magic = kGnuMagic,
                               .patches = {{386, map}, {483, number(fullSize)}}});
}

}  // namespace

QList<FamilyCase> extensionFamilies(const Aim &aim)
{
    const QByteArray out = aim.canary + "/a";
    const QByteArray hidden = TarBuilder().file(out).file("data/hidden.txt").bytes();
    const QByteArray hiddenSize = QByteArray::number(hidden.size());
    const auto tar = [](const TarBuilder &more) { return [=] { return healthyData().raw(more.bytes()).end().gz(); }; };
    const auto body = [=](const QByteArray &records) { return tar(TarBuilder().paxBody(records).file("data/a")); };
    const auto pax = [=](const QList<std::pair<QByteArray, QByteArray>> &records) { return tar(TarBuilder().pax(records).file("data/a")); };
    const auto blob = [=](const QByteArray &paxSize, qint64 size) {
        return tar(TarBuilder().pax({{"size", paxSize}}).entry({.name = "data/blob", .content = hidden, .claimedSize = size}));
    };
    const auto longName = [=](const QByteArray &content, qint64 size = -1) {
        return tar(TarBuilder().entry({.type = 'L', .name = "././@LongLink", .content = content, .claimedSize = size, .magic = kGnuMagic}).file("data/a"));
    };
    const auto many = [](const TarBuilder &header) {
        return [=] { return healthyData().raw(header.bytes().repeated(3'000)).file("data/a").end().gz(); };
    };
    const auto sparsePax = [=](const QByteArray &name, const QByteArray &size) {
        return tar(TarBuilder().pax({{"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"}, {"GNU.sparse.name", name}, {"GNU.sparse.realsize", size}})
                       .file("data/GNUSparseFile.7/a", QByteArray("1\n0\n" + size + '\n').leftJustified(512, '\0') + 'x'));
    };
    return {
        {"pax-size-desync", Fate::Refused, "two sizes", blob(hiddenSize, 0)},
        {"pax-size-desync-rev", Fate::Refused, "two sizes", blob("0", hidden.size())},
        {"pax-size-negative", Fate::Refused, "pax number", blob("-512", 0)},
        {"pax-size-float", Fate::Refused, "pax number", blob("2e3", 2'000)},
        {"pax-size-huge", Fate::Refused, "pax size that cannot be", blob("9223372036854775807", 1)},
        {"pax-size-over-longname", Fate::Refused, "pax and GNU headers",
         tar(TarBuilder().pax({{"size", hiddenSize}}).gnuLongName("data/blob").entry({.name = "data/a", .content = hidden, .claimedSize = 1}))},
        {"pax-global-size", Fate::Refused, "global pax header", tar(TarBuilder().pax({{"size", "0"}}, 'g').file("data/a", "hidden"))},
        {"pax-body-smuggle", Fate::Refused, "NUL in a pax value", tar(aligned(hidden).file("data/a"))},

        {"pax-len-short", Fate::Refused, "pax record length", body("7 path=../a.txt\n")},
        {"pax-len-long", Fate::Refused, "pax record length", body("640 path=data/b\n")},
        {"pax-len-zero", Fate::Refused, "pax record length", body("0 path=data/b\n")},
        {"pax-len-negative", Fate::Refused, "pax record length", body("-16 path=data/b\n")},
        {"pax-len-huge", Fate::Refused, "pax record length", body("18446744073709551649 path=data/b\n")},   // 33, and 64 bits more
        {"pax-no-equals", Fate::Refused, "pax record without a key", body("13 data/note\n")},
        {"pax-no-newline", Fate::Refused, "pax record length", body("14 path=data/b")},
        {"pax-empty-key", Fate::Refused, "pax record without a key", body("7 =abc\n")},
        {"pax-dup-key", Fate::Refused, "pax key twice", pax({{"path", "data/b"}, {"path", out}})},
        {"pax-empty-path", Fate::Refused, "empty pax path", pax({{"path", ""}})},
        {"pax-hdrcharset", Fate::Refused, "pax key that is not supported", pax({{"hdrcharset", "BINARY"}, {"path", "data/uploads/\xfe"}})},
        {"pax-twice", Fate::Refused, "two extended headers", tar(TarBuilder().pax({{"path", "data/b"}}).pax({{"path", "data/c"}}).file("data/a"))},
        {"pax-then-gnulong", Fate::Refused, "pax and GNU headers", tar(TarBuilder().pax({{"path", "data/b"}}).gnuLongName("data/c").file("data/a"))},
        {"pax-then-gnulong", Fate::Refused, "pax and GNU headers", tar(TarBuilder().gnuLongName("data/c").pax({{"path", "data/b"}}).file("data/a"))},
        {"pax-dangling", Fate::Refused, "extension header without an entry", tar(TarBuilder().pax({{"path", "data/b"}}))},
        {"pax-16mb-header", Fate::Refused, "extension header too large", [] {
            return healthyData().pax({{"comment", QByteArray(16 << 20, 'c')}}).file("data/a").end().gz();
        }},
        {"pax-many-headers", Fate::Refused, "two extended headers", many(TarBuilder().pax({{"comment", "c"}}))},
        {"pax-many-headers", Fate::Refused, "too many extension headers", many(TarBuilder().pax({{"comment", "c"}}, 'g'))},

        {"gnu-long-1g-claim", Fate::Refused, "extension header too large", longName("data/b", 1 << 30)},
        {"gnu-long-2g-claim", Fate::Refused, "extension header too large", longName("data/b", (qint64(1) << 31) - 512)},
        {"gnu-long-zero", Fate::Refused, "GNU long name", longName({})},
        {"gnu-long-no-nul", Fate::Refused, "GNU long name", longName("data/uploads/" + QByteArray(499, 'w'))},
        {"gnu-long-embedded-nul", Fate::Refused, "GNU long name", longName(QByteArray("data/b\0/../../c", 16))},
        {"gnu-long-dangling", Fate::Refused, "extension header without an entry", tar(TarBuilder().gnuLongName("data/b"))},
        {"gnu-long-many", Fate::Refused, "two long names", many(TarBuilder().gnuLongName("data/b"))},

        {"sparse-1tb", Fate::Refused, "sparse file", tar(sparse({{0, 512}}, quint64(1) << 40))},
        {"sparse-overlap", Fate::Refused, "sparse file", tar(sparse({{0, 512}, {256, 512}}, 768))},
        {"sparse-beyond", Fate::Refused, "sparse file", tar(sparse({{quint64(1) << 33, 512}}, 512))},
        {"sparse-pax-8eb", Fate::Refused, "pax key that is not supported", sparsePax("data/uploads/holes", "9223372036854775807")},
        {"sparse-pax-name-climb", Fate::Refused, "pax key that is not supported", sparsePax("../holes", "1")},
    };
}

}  // namespace strongroom::tests
