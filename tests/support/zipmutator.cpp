// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/archivemutator.h"

#include <QtEndian>

#include <zlib.h>

#include <algorithm>
#include <optional>

namespace strongroom::tests {

namespace {

constexpr qsizetype kLocal = 30;
constexpr qsizetype kCentral = 46;
constexpr qsizetype kEnd = 22;

quint32 get(const QByteArray &bytes, qsizetype at, int width)
{
    quint32 value = 0;
    for (int i = 0; i < width && at + i < bytes.size(); ++i)
        value |= quint32(uchar(bytes.at(at + i))) << (8 * i);
    return value;
}

void put(QByteArray &bytes, qsizetype at, quint32 value, int width)
{
    for (int i = 0; i < width && at + i < bytes.size(); ++i)
        bytes[at + i] = char(value >> (8 * i));
}

/// One entry in the pieces that it lies in; numbers stay where they are, in `local` and `central`.
struct Piece {
    QByteArray local;          // the 30 bytes
    QByteArray localName;
    QByteArray localExtra;
    QByteArray data;
    QByteArray descriptor;
    QByteArray central;        // the 46 bytes
    QByteArray name;
    QByteArray extra;
    QByteArray comment;
};

struct Zip {
    QList<Piece> pieces;       // in the order of the directory
    QByteArray end;            // the 22 bytes
    QByteArray comment;
};

/// Takes an honest zip apart; nothing for any other.
std::optional<Zip> parse(const QByteArray &bytes)
{
    const qsizetype end = bytes.lastIndexOf("PK\x05\x06");
    if (end < 0 || end + kEnd > bytes.size())
        return std::nullopt;
    Zip zip;
    zip.end = bytes.mid(end, kEnd);
    zip.comment = bytes.mid(end + kEnd);
    const qsizetype directory = get(zip.end, 16, 4);
    qsizetype at = directory;
    for (quint32 i = get(zip.end, 10, 2); i > 0; --i) {
        Piece piece;
        piece.central = bytes.mid(at, kCentral);
        if (piece.central.size() < kCentral || !piece.central.startsWith("PK\x01\x02"))
            return std::nullopt;
        const qsizetype nameSize = get(piece.central, 28, 2);
        const qsizetype extraSize = get(piece.central, 30, 2);
        piece.name = bytes.mid(at + kCentral, nameSize);
        piece.extra = bytes.mid(at + kCentral + nameSize, extraSize);
        piece.comment = bytes.mid(at + kCentral + nameSize + extraSize, get(piece.central, 32, 2));
        at += kCentral + nameSize + extraSize + piece.comment.size();
        qsizetype local = get(piece.central, 42, 4);
        piece.local = bytes.mid(local, kLocal);
        if (local >= directory || piece.local.size() < kLocal || !piece.local.startsWith("PK\x03\x04"))
            return std::nullopt;
        local += kLocal;
        piece.localName = bytes.mid(local, get(piece.local, 26, 2));
        local += piece.localName.size();
        piece.localExtra = bytes.mid(local, get(piece.local, 28, 2));
        local += piece.localExtra.size();
        piece.data = bytes.mid(local, get(piece.central, 20, 4));
        local += piece.data.size();
        if (get(piece.central, 8, 2) & 8)
            piece.descriptor = bytes.mid(local, 16);
        zip.pieces.append(piece);
    }
    return zip;
}

/// Puts the pieces together; lengths and positions follow from them, everything else stays as it was edited.
QByteArray assemble(const Zip &zip, const QList<qsizetype> &directoryOrder)
{
    QByteArray out;
    QList<qsizetype> offsets;
    for (const Piece &piece : zip.pieces) {
        offsets.append(out.size());
        QByteArray local = piece.local;
        put(local, 26, quint32(piece.localName.size()), 2);
        put(local, 28, quint32(piece.localExtra.size()), 2);
        out += local + piece.localName + piece.localExtra + piece.data + piece.descriptor;
    }
    const qsizetype directory = out.size();
    for (const qsizetype i : directoryOrder) {
        const Piece &piece = zip.pieces.at(i);
        QByteArray central = piece.central;
        put(central, 28, quint32(piece.name.size()), 2);
        put(central, 30, quint32(piece.extra.size()), 2);
        put(central, 32, quint32(piece.comment.size()), 2);
        put(central, 42, quint32(offsets.at(i)), 4);
        out += central + piece.name + piece.extra + piece.comment;
    }
    QByteArray end = zip.end;
    put(end, 8, quint32(directoryOrder.size()), 2);
    put(end, 10, quint32(directoryOrder.size()), 2);
    put(end, 12, quint32(out.size() - directory), 4);
    put(end, 16, quint32(directory), 4);
    put(end, 20, quint32(zip.comment.size()), 2);
    return out + end + zip.comment;
}

void setData(Piece &piece, const QByteArray &content)
{
    const quint32 crc = quint32(crc32(0, reinterpret_cast<const Bytef *>(content.data()), uInt(content.size())));
    piece.data = content;
    for (QByteArray *record : {&piece.local, &piece.central}) {
        const qsizetype shift = record == &piece.local ? 0 : 2;
        put(*record, 8 + shift, 0, 2);
        put(*record, 14 + shift, crc, 4);
        put(*record, 18 + shift, quint32(content.size()), 4);
        put(*record, 22 + shift, quint32(content.size()), 4);
    }
    if (!piece.descriptor.isEmpty()) {
        put(piece.descriptor, 4, crc, 4);
        put(piece.descriptor, 8, quint32(content.size()), 4);
        put(piece.descriptor, 12, quint32(content.size()), 4);
    }
}

QByteArray extraField(Chance &chance)
{
    static const QList<quint32> ids = {0x0001, 0x5455, 0x7075, 0x9901, 0x7875, 0xcafe, 0x000a};
    QByteArray field(4, '\0');
    QByteArray body(chance.of(QList<qsizetype>{0, 4, 5, 8, 9, 16, 24, 28}), '\0');
    for (char &c : body)
        c = chance.oneIn(4) ? char(chance.below(256)) : '\0';
    put(field, 0, chance.of(ids), 2);
    put(field, 2, quint32(chance.oneIn(8) ? chance.below(40) : body.size()), 2);
    return field + body;
}

QByteArray editName(Piece &piece, Chance &chance)
{
    static const QList<QByteArray> names = {"", "/", "./", ".", "..", "../x", "a/../b", "a//b", "/etc/x", "a/", "./a", "data", "data/", "data/a",
                                            "DATA/a", "data/a/b", "C:/x", "a\\b", "data/uploads/x y", "data/uploads/\xff", "x.lock",
                                            "data/x.tmp", "a b", "\xff", "n\xc3\xa4", "a\nb", ".strongroom/manifest.json", "data/l/x", "x"};
    const QByteArray name = chance.oneIn(20) ? QByteArray("a\0b", 3) : chance.of(names);
    if (!chance.oneIn(5))
        piece.name = name;
    if (!chance.oneIn(5))
        piece.localName = name;
    return "edit name";
}

QByteArray editNumber(Piece &piece, Chance &chance)
{
    struct Field {
        qsizetype local;     // -1 = not there
        qsizetype central;
        int width;
    };
    static const QList<Field> fields = {{-1, 4, 2}, {4, 6, 2}, {6, 8, 2}, {8, 10, 2}, {10, 12, 2}, {12, 14, 2}, {14, 16, 4}, {18, 20, 4},
                                        {22, 24, 4}, {-1, 34, 2}, {-1, 36, 2}, {-1, 38, 4}, {-1, 40, 2}, {6, 8, 2}, {-1, 40, 2}};
    static const QList<quint32> values = {0, 1, 2, 3, 6, 8, 9, 14, 20, 45, 0x0800, 0x0808, 0x0314, 0x2000, 0x8000, 0xffff, 0xffffffff,
                                          0x41ed, 0x81a4, 0xa1ff, 0x11a4, 0xc1a4, 0x61a4, 0x21a4, 0x7fffffff, 0x80000000};
    const Field &field = chance.of(fields);
    const quint32 value = chance.oneIn(3) ? get(piece.central, field.central, field.width) + (chance.oneIn(2) ? 1u : ~0u) : chance.of(values);
    if (!chance.oneIn(4))
        put(piece.central, field.central, value, field.width);
    if (field.local >= 0 && !chance.oneIn(4))
        put(piece.local, field.local, value, field.width);
    return "edit number at " + QByteArray::number(field.central);
}

QByteArray editPiece(Zip &zip, Chance &chance)
{
    Piece &piece = zip.pieces[chance.below(zip.pieces.size())];
    switch (chance.below(9)) {
    case 0:
    case 1: return editName(piece, chance);
    case 2: piece.extra += extraField(chance); return "central extra";
    case 3: piece.localExtra += extraField(chance); return "local extra";
    case 4:
        if (!piece.data.isEmpty())
            piece.data[chance.below(piece.data.size())] = char(chance.below(256));
        return "change data";
    case 5: setData(piece, QByteArray(chance.below(40), 'n')); return "new data";
    case 6: piece.comment = QByteArray(chance.below(10), 'c'); return "entry comment";
    default: return editNumber(piece, chance);
    }
}

QByteArray editWhole(Zip &zip, QList<qsizetype> &order, const QList<QByteArray> &others, Chance &chance)
{
    switch (chance.below(6)) {
    case 0: zip.comment = QByteArray(chance.below(300), 'z'); return "comment";
    case 1: std::swap(order[chance.below(order.size())], order[chance.below(order.size())]); return "reorder";
    case 2: order.removeAt(chance.below(order.size())); return "leave out of the directory";
    case 3: order.append(chance.below(zip.pieces.size())); return "list twice";
    case 4:
        if (const auto other = parse(chance.of(others)); other && !other->pieces.isEmpty()) {
            order.append(zip.pieces.size());
            zip.pieces.append(chance.of(other->pieces));
        }
        return "take an entry from another";
    default: put(zip.end, chance.of(QList<qsizetype>{4, 6}), quint32(chance.below(3)), 2); return "volume number";
    }
}

/// A field of the end record, after it was written rightly.
QByteArray editEnd(QByteArray &bytes, Chance &chance)
{
    const qsizetype end = bytes.lastIndexOf("PK\x05\x06");
    if (end < 0)
        return "nothing";
    const qsizetype at = end + chance.of(QList<qsizetype>{4, 6, 8, 10, 12, 16, 20});
    put(bytes, at, get(bytes, at, 2) + (chance.oneIn(2) ? 1u : ~0u), 2);
    return "edit end record";
}

}  // namespace

Mutant mutateZip(const QByteArray &bytes, const QList<QByteArray> &others, Chance &chance)
{
    Mutant mutant{bytes, {}};
    if (auto zip = parse(bytes); zip && !zip->pieces.isEmpty()) {
        QList<qsizetype> order(zip->pieces.size());
        for (qsizetype i = 0; i < order.size(); ++i)
            order[i] = i;
        for (qsizetype i = chance.below(3); i >= 0; --i)
            mutant.how += (chance.oneIn(4) && !order.isEmpty() ? editWhole(*zip, order, others, chance) : editPiece(*zip, chance)) + ", ";
        mutant.bytes = assemble(*zip, order);
    }
    if (chance.oneIn(10))
        mutant.how += editEnd(mutant.bytes, chance) + ", ";
    if (chance.oneIn(10)) {
        const Mutant raw = mutateBytes(mutant.bytes, others, chance);
        mutant.bytes = raw.bytes;
        mutant.how += raw.how + ", ";
    }
    if (chance.oneIn(3)) {
        repairZip(mutant.bytes);
        mutant.how += "repair";
    }
    return mutant;
}

void repairZip(QByteArray &bytes)
{
    const qsizetype end = bytes.lastIndexOf("PK\x05\x06");
    if (end < 0 || end + kEnd > bytes.size())
        return;
    const qsizetype size = qsizetype(get(bytes, end + 12, 4));
    if (size <= end)
        put(bytes, end + 16, quint32(end - size), 4);
    qsizetype at = end - size;
    for (quint32 i = get(bytes, end + 10, 2); i > 0 && at >= 0 && at + kCentral <= end; --i) {
        const qsizetype local = get(bytes, at + 42, 4);
        const qsizetype packed = get(bytes, at + 20, 4);
        if (get(bytes, at + 10, 2) == 0 && local + kLocal <= bytes.size()) {
            const qsizetype start = local + kLocal + get(bytes, local + 26, 2) + get(bytes, local + 28, 2);
            const QByteArray data = bytes.mid(start, packed);
            const quint32 crc = quint32(crc32(0, reinterpret_cast<const Bytef *>(data.data()), uInt(data.size())));
            put(bytes, at + 16, crc, 4);
            if (!(get(bytes, local + 6, 2) & 8))
                put(bytes, local + 14, crc, 4);
        }
        at += kCentral + get(bytes, at + 28, 2) + get(bytes, at + 30, 2) + get(bytes, at + 32, 2);
    }
}

}  // namespace strongroom::tests
