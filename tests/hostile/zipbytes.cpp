// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/hostile/zipbytes.h"

#include <zlib.h>

namespace strongroom::tests {

namespace {

constexpr qsizetype kEndRecord = 22;
constexpr qsizetype kCentralRecord = 46;

quint32 number(const QByteArray &bytes, qsizetype at, int width)
{
    quint32 value = 0;
    for (int i = width; i-- > 0;)
        value = value << 8 | uchar(bytes[at + i]);
    return value;
}

void put(QByteArray &bytes, qsizetype at, quint64 value, int width)
{
    bytes.replace(at, width, littleEndian(value, width));
}

}  // namespace

quint32 crcOf(const QByteArray &bytes)
{
    return quint32(crc32(0, reinterpret_cast<const Bytef *>(bytes.constData()), uInt(bytes.size())));
}

QByteArray littleEndian(quint64 value, int width)
{
    QByteArray bytes;
    for (int i = 0; i < width; ++i, value >>= 8)
        bytes.append(char(value));
    return bytes;
}

qsizetype directoryOf(const QByteArray &zip)
{
    return number(zip, zip.size() - kEndRecord + kZipEndOffset.at, kZipEndOffset.width);
}

QByteArray bentZip(const QList<RawZipEntry> &entries, const QList<ZipChange> &changes)
{
    QByteArray bytes = zip(entries);
    qsizetype central = directoryOf(bytes);
    for (qsizetype i = 1; i < entries.size(); ++i)
        central += kCentralRecord + number(bytes, central + kZipNameSize.central, 2) + number(bytes, central + kZipExtraSize.central, 2);
    const qsizetype local = number(bytes, central + kZipOffset.central, 4);
    const quint32 localName = number(bytes, local + kZipNameSize.local, 2);
    const quint32 centralName = number(bytes, central + kZipNameSize.central, 2);
    for (const auto &[field, value, record] : changes) {
        if (record != ZipRecord::Local)
            put(bytes, central + field.central + (field.behindName ? centralName : 0), value, field.width);
        if (record != ZipRecord::Central && field.local >= 0)
            put(bytes, local + field.local + (field.behindName ? localName : 0), value, field.width);
    }
    return bytes;
}

QByteArray bentEnd(QByteArray zip, const QList<std::pair<ZipEndField, quint64>> &changes)
{
    for (const auto &[field, value] : changes)
        put(zip, zip.size() - kEndRecord + field.at, value, field.width);
    return zip;
}

QList<RawZipEntry> healthyEntries()
{
    QList<RawZipEntry> entries;
    for (const auto &[path, content] : healthyContent())
        entries.append({.name = "data/" + path, .content = content.value_or(QByteArray())});
    return entries;
}

}  // namespace strongroom::tests
