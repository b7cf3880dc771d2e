// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/archivemutator.h"

#include <algorithm>

namespace strongroom::tests {

namespace {

constexpr qsizetype kBlock = 512;

struct Field {
    const char *name;
    qsizetype at;
    qsizetype width;
};
constexpr Field kFields[] = {{"name", 0, 100},   {"mode", 100, 8},  {"uid", 108, 8},    {"gid", 116, 8},
                             {"size", 124, 12},  {"mtime", 136, 12}, {"checksum", 148, 8}, {"type", 156, 1},
                             {"link", 157, 100}, {"magic", 257, 8}, {"major", 329, 8},  {"prefix", 345, 155}};

/// Octal text as a reader would take it, -1 for anything else.
qint64 octalSize(const QByteArray &tar, qsizetype header)
{
    const QByteArray field = tar.mid(header + 124, 12);
    const qsizetype end = field.indexOf('\0');
    bool ok = false;
    const qint64 size = (end < 0 ? field : field.left(end)).trimmed().toLongLong(&ok, 8);
    return ok && size >= 0 && size <= tar.size() ? size : -1;
}

bool isZero(const QByteArray &tar, qsizetype block)
{
    return std::all_of(tar.begin() + block, tar.begin() + block + kBlock, [](char c) { return c == '\0'; });
}

/// Offsets of the blocks that are headers when the tar is read from its beginning.
QList<qsizetype> headersOf(const QByteArray &tar)
{
    QList<qsizetype> headers;
    for (qsizetype at = 0; at + kBlock <= tar.size();) {
        if (isZero(tar, at))
            break;
        headers.append(at);
        const qint64 size = std::max<qint64>(octalSize(tar, at), 0);
        at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
    }
    return headers;
}

void repairBlock(QByteArray &tar, qsizetype at)
{
    tar.replace(at + 148, 8, QByteArray(8, ' '));
    int sum = 0;
    for (qsizetype i = at; i < at + kBlock; ++i)
        sum += uchar(tar.at(i));
    tar.replace(at + 148, 8, QByteArray::number(sum, 8).rightJustified(6, '0').append("\0 ", 2));
}

/// Values that have been misunderstood somewhere, by field.
QByteArray interestingValue(const Field &field, Chance &chance)
{
    static const QList<QByteArray> names = {"", "/", "./", ".", "..", "../x", "a/../b", "a//b", "/etc/x", "a/", "a/.", "./a", "././a",
                                            "data", "data/", "data/a", "DATA/a", "data/A", "data/a/b", "data/l/x", "C:/x", "c:\\x", "a\\b",
                                            "\\\\host\\x", "data/uploads/x y", "data/uploads/\xc0\xaf", "x.lock", "data/x.tmp",
                                            "data/.tmp_1", "postmaster.pid", "data/uploads/y.lock", "a b", "a\nb", "\xff", "n\xc3\xa4",
                                            ".strongroom", ".strongroom/manifest.json", ".strongroom/x", "data/\x01", "-x", "data/h"};
    static const QList<QByteArray> numbers = {"", "0", "1", "7", "00000000000", "00000001000", "00000000777", "77777777777", "17777777777",
                                              "-1", "8", "0x10", " 12", "12 ", "1 2", "000000000012", "777777777777", "\xff\xff\xff\xff",
                                              "99999999999", "+1", "1.0"};
    const QByteArray name(field.name);
    if (name == "name" || name == "prefix" || name == "link")
        return chance.oneIn(8) ? QByteArray(field.width, 'w') : chance.of(names);
    if (name == "type") {
        static const QByteArray types("01234567xgLKSVDMNAX\0 \x80", 22);
        return types.mid(chance.below(types.size()), 1);
    }
    if (name == "magic") {
        static const QList<QByteArray> magics = {QByteArray("ustar\0" "00", 8), QByteArray("ustar  \0", 8), QByteArray(8, '\0'),
                                                 QByteArray("ustar\0" "\0\0", 8), QByteArray("ustar 00", 8), "USTAR", "ustar"};
        return chance.of(magics);
    }
    if (chance.oneIn(4)) {   // base 256, of every sign
        QByteArray wide(field.width, chance.oneIn(3) ? '\xff' : '\0');
        wide[0] = chance.oneIn(2) ? '\x80' : char(0x80 | chance.below(128));
        wide[field.width - 1] = char(chance.below(256));
        if (chance.oneIn(2))
            wide[chance.below(field.width - 1) + 1] = char(chance.below(256));
        return wide;
    }
    return chance.of(numbers);
}

QByteArray editHeader(QByteArray &tar, Chance &chance)
{
    const QList<qsizetype> headers = headersOf(tar);
    if (headers.isEmpty())
        return "nothing";
    const qsizetype at = chance.of(headers);
    const Field &field = kFields[chance.below(std::size(kFields))];
    QByteArray value = interestingValue(field, chance);
    // Whole fields, fields that keep the tail of what they were, and numbers that run to the last byte.
    if (!chance.oneIn(4))
        value = value.leftJustified(field.width, '\0', true);
    tar.replace(at + field.at, std::min(value.size(), field.width), value.left(field.width));
    return QByteArray("edit ") + field.name;
}

QByteArray paxRecord(const QByteArray &key, const QByteArray &value)
{
    const QByteArray text = ' ' + key + '=' + value + '\n';
    qsizetype length = text.size() + 1;
    while (length != text.size() + QByteArray::number(length).size())
        ++length;
    return QByteArray::number(length) + text;
}

QByteArray paxText(Chance &chance)
{
    static const QList<QByteArray> keys = {"path", "linkpath", "size", "uid", "gid", "mtime", "atime", "ctime", "comment", "hdrcharset",
                                           "GNU.sparse.major", "GNU.sparse.name", "SCHILY.xattr.user.x", "LIBARCHIVE.xattr.x", "uname",
                                           "charset", "", "Path", "VENDOR.x"};
    static const QList<QByteArray> values = {"", "0", "1", "5", "512", "8589934592", "9223372036854775807", "9999999999999999999", "-1",
                                             "+1", "1.5", "-1.5", "1.", ".5", "1.1234567890", "01", "1e3", "data/pax", "../x", "/x", "a//b",
                                             "./a", "data/uploads/p q", "data/a", "x.lock", " 1", "1 ", "UTF-8"};
    QByteArray record = paxRecord(chance.of(keys), chance.oneIn(10) ? QByteArray("a\0b", 3) : chance.of(values));
    if (chance.oneIn(6))
        record[0] = "0123456789x "[chance.below(12)];
    if (chance.oneIn(12))
        record.chop(1);
    if (chance.oneIn(12))
        record.insert(chance.below(record.size()), char(chance.below(256)));
    return record;
}

/// Changes the body of one extension header and the size that tells how long it is.
QByteArray editPax(QByteArray &tar, Chance &chance)
{
    QList<qsizetype> bodies;
    for (const qsizetype at : headersOf(tar)) {
        if (QByteArrayView("xgLK").contains(tar.at(at + 156)))
            bodies.append(at);
    }
    if (bodies.isEmpty())
        return editHeader(tar, chance);
    const qsizetype at = chance.of(bodies);
    const qint64 size = octalSize(tar, at);
    if (size < 0)
        return "nothing";
    const qint64 padded = (size + kBlock - 1) / kBlock * kBlock;
    QByteArray body = tar.mid(at + kBlock, size);
    switch (chance.below(5)) {
    case 0: body.append(paxText(chance)); break;
    case 1: body.prepend(paxText(chance)); break;
    case 2: body = paxText(chance); break;
    case 3: body = body.left(chance.below(body.size() + 1)); break;
    default:
        if (!body.isEmpty())
            body[chance.below(body.size())] = char(chance.oneIn(2) ? '0' + chance.below(10) : chance.below(256));
        break;
    }
    tar.replace(at + 124, 12, QByteArray::number(body.size(), 8).rightJustified(11, '0').append('\0'));
    tar.replace(at + kBlock, padded, body.append((kBlock - body.size() % kBlock) % kBlock, '\0'));
    return "edit extension";
}

QByteArray addPax(QByteArray &tar, Chance &chance)
{
    const QList<qsizetype> headers = headersOf(tar);
    if (headers.isEmpty())
        return "nothing";
    const qsizetype at = chance.of(headers);
    QByteArray body;
    for (qsizetype i = chance.below(3); i >= 0 && !chance.oneIn(12); --i)
        body += paxText(chance);
    QByteArray block = tar.mid(at, kBlock);
    block[156] = chance.oneIn(4) ? 'g' : 'x';
    block.replace(124, 12, QByteArray::number(body.size(), 8).rightJustified(11, '0').append('\0'));
    block.replace(257, 8, QByteArray("ustar\0" "00", 8));
    body.append((kBlock - body.size() % kBlock) % kBlock, '\0');
    tar.insert(at, block + body);
    return "add extension";
}

QByteArray moveBlocks(QByteArray &tar, const QList<QByteArray> &others, Chance &chance)
{
    const qsizetype blocks = tar.size() / kBlock;
    const auto block = [&chance](qsizetype count) { return chance.below(count) * kBlock; };
    const qsizetype length = (1 + chance.below(3)) * kBlock;
    switch (chance.below(6)) {
    case 0: {
        const QByteArray copy = tar.mid(block(blocks), length);
        tar.insert(block(blocks), copy);
        return "repeat blocks";
    }
    case 1: tar.remove(block(blocks), length); return "remove blocks";
    case 2: {
        const qsizetype a = block(blocks);
        const qsizetype b = block(blocks);
        const QByteArray first = tar.mid(a, kBlock);
        tar.replace(a, kBlock, tar.mid(b, kBlock));
        tar.replace(b, kBlock, first);
        return "swap blocks";
    }
    case 3: {
        const QByteArray &other = chance.of(others);
        tar = tar.left(block(blocks)) + other.mid(block(other.size() / kBlock));
        return "splice";
    }
    case 4: tar.insert(block(blocks + 1), QByteArray(length, '\0')); return "insert zeros";
    default: {
        const QByteArray &other = chance.of(others);
        tar.insert(block(blocks), other.mid(block(other.size() / kBlock), length));
        return "insert blocks";
    }
    }
}

}  // namespace

void repairTarChecksums(QByteArray &tar)
{
    for (const qsizetype at : headersOf(tar))
        repairBlock(tar, at);
    for (qsizetype at = 0; at + kBlock <= tar.size(); at += kBlock) {
        if (QByteArrayView(tar).sliced(at + 257, 5) == "ustar")
            repairBlock(tar, at);
    }
}

Mutant mutateBytes(const QByteArray &bytes, const QList<QByteArray> &others, Chance &chance)
{
    QByteArray out = bytes;
    const qsizetype at = chance.below(out.size());
    switch (chance.below(7)) {
    case 0:
        if (!out.isEmpty())
            out[at] = char(out.at(at) ^ 1 << chance.below(8));
        return {out, "flip a bit"};
    case 1:
        if (!out.isEmpty())
            out[at] = char(chance.below(256));
        return {out, "change a byte"};
    case 2: return {out.left(at), "cut"};
    case 3: return {out.mid(at), "behead"};
    case 4: {
        const QByteArray &other = chance.of(others);
        return {out.left(at) + other.mid(chance.below(other.size())), "splice bytes"};
    }
    case 5: out.remove(at, 1 + chance.below(16)); return {out, "remove bytes"};
    default: out.insert(at, QByteArray(1 + chance.below(16), char(chance.below(256)))); return {out, "insert bytes"};
    }
}

Mutant mutateTar(const QByteArray &tar, const QList<QByteArray> &others, Chance &chance)
{
    static const QList<QByteArray> tokens = {"../", "/", "//", ".", "\\", "size", "path", "0000", "7777", "\x80", "\xff", " ", "=", "\n"};
    Mutant mutant{tar, {}};
    for (qsizetype i = chance.below(3); i >= 0 && mutant.bytes.size() >= kBlock; --i) {
        QByteArray &bytes = mutant.bytes;
        switch (chance.below(8)) {
        case 0: {
            const Mutant raw = mutateBytes(bytes, others, chance);
            bytes = raw.bytes;
            mutant.how += raw.how;
            break;
        }
        case 1: {
            const QByteArray &token = chance.of(tokens);
            const qsizetype at = chance.below(bytes.size() / kBlock) * kBlock + chance.below(kBlock - token.size());
            bytes.replace(at, token.size(), token);
            mutant.how += "token";
            break;
        }
        case 2:
        case 3: mutant.how += moveBlocks(bytes, others, chance); break;
        case 4: mutant.how += editPax(bytes, chance); break;
        case 5: mutant.how += addPax(bytes, chance); break;
        default: mutant.how += editHeader(bytes, chance); break;
        }
        mutant.how += ", ";
    }
    if (!chance.oneIn(12)) {
        repairTarChecksums(mutant.bytes);
        mutant.how += "repair";
    }
    return mutant;
}

}  // namespace strongroom::tests
