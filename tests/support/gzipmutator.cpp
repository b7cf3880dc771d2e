// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/archivebuilder.h"
#include "tests/support/archivemutator.h"

#include <QtEndian>

#include <zlib.h>

namespace strongroom::tests {

namespace {

constexpr quint8 kHeaderCrc = 2;
constexpr quint8 kExtra = 4;
constexpr quint8 kName = 8;
constexpr quint8 kComment = 16;

void appendLe(QByteArray &out, quint32 value, int bytes)
{
    for (int i = 0; i < bytes; ++i)
        out.append(char(value >> (8 * i)));
}

/// One member, its header with the parts that `flags` names.
QByteArray member(const QByteArray &bytes, quint8 flags, int level, Chance &chance)
{
    QByteArray out("\x1f\x8b\x08", 3);
    out.append(char(flags));
    out.append(QByteArray(4, '\0')).append('\0').append('\xff');
    if (flags & kExtra) {
        const QByteArray extra(chance.below(40), 'e');
        appendLe(out, quint32(extra.size()), 2);
        out.append(extra);
    }
    if (flags & kName)
        out.append("name.tar").append('\0');
    if (flags & kComment)
        out.append("a comment").append('\0');
    if (flags & kHeaderCrc)
        appendLe(out, quint32(crc32(0, reinterpret_cast<const Bytef *>(out.data()), uInt(out.size()))), 2);
    out.append(rawDeflate(bytes, level));
    appendLe(out, quint32(crc32(0, reinterpret_cast<const Bytef *>(bytes.data()), uInt(bytes.size()))), 4);
    appendLe(out, quint32(bytes.size()), 4);
    return out;
}

/// One wrong thing at a place that a member's own checksum does not cover, or breaks that checksum.
QByteArray spoil(QList<QByteArray> &members, Chance &chance)
{
    const qsizetype which = chance.below(members.size());
    QByteArray &one = members[which];
    switch (chance.below(9)) {
    case 0: one[one.size() - 1 - chance.below(8)] = char(chance.below(256)); return "spoil trailer";
    case 1: one.chop(1 + chance.below(9)); return "cut member";
    case 2: members.removeAt(which); return "drop member";
    case 3: members.insert(chance.below(members.size()), one); return "repeat member";
    case 4: one[3] = char(1 << chance.below(8)); return "change flags";
    case 5: one[chance.below(10)] = char(chance.below(256)); return "change header";
    case 6: one[chance.below(one.size())] = char(chance.below(256)); return "change byte";
    case 7: one.append(QByteArray(1 + chance.below(20), '\0')); return "zeros between";
    default: one.append(QByteArray(1 + chance.below(20), char(chance.below(256)))); return "junk between";
    }
}

}  // namespace

Mutant mutateGzip(const QByteArray &bytes, Chance &chance)
{
    QList<QByteArray> members;
    QByteArray rest = bytes;
    const auto wrap = [&](const QByteArray &part) {
        quint8 flags = 0;
        if (chance.oneIn(4))
            flags = quint8(chance.below(16)) * 2;
        members.append(member(part, flags, int(chance.below(10)), chance));
    };
    for (qsizetype i = chance.oneIn(2) ? 0 : chance.below(4); i > 0; --i) {
        const qsizetype size = chance.oneIn(4) ? 0 : chance.below(rest.size() + 1);
        wrap(rest.left(size));
        rest = rest.mid(size);
    }
    wrap(rest);
    Mutant mutant{{}, "gzip in " + QByteArray::number(members.size())};
    if (chance.oneIn(3))
        mutant.how += ", " + spoil(members, chance);
    for (const QByteArray &one : members)
        mutant.bytes += one;
    switch (chance.below(16)) {
    case 0: mutant.bytes.append(QByteArray(1 + chance.below(2000), '\0')); mutant.how += ", zeros behind"; break;
    case 1: mutant.bytes.append(QByteArray(chance.below(600), '\0')).append('x'); mutant.how += ", junk behind"; break;
    case 2: mutant.bytes.chop(1 + chance.below(30)); mutant.how += ", cut"; break;
    case 3: mutant.bytes.append(member({}, kExtra, 9, chance)); mutant.how += ", empty member behind"; break;
    default: break;
    }
    return mutant;
}

}  // namespace strongroom::tests
