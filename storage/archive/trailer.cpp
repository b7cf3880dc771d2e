// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/trailer.h"

#include "storage/archive/aside.h"
#include "storage/archive/compression.h"

#include <QtEndian>

#include <limits>

namespace strongroom::storage {

namespace {

constexpr qsizetype kRecordSize = 64;
constexpr qsizetype kCrcAt = 60;
constexpr char kMagic[] = "SRMTRAIL";
constexpr quint16 kVersion = 1;

template<class T> void put(QByteArray &record, qsizetype at, T value)
{
    qToLittleEndian(value, record.data() + at);
}

template<class T> T get(QByteArrayView record, qsizetype at)
{
    return qFromLittleEndian<T>(record.data() + at);
}

AsideWrapping wrappingOf(ArchiveFormat format)
{
    return asideWrapping(kRecordSize, kTrailerMark, format);
}

bool isWithin(qint64 offset, qint64 length, qint64 end)
{
    return offset >= 0 && length > 0 && length <= end && offset <= end - length;
}

}  // namespace

qint64 trailerSize(ArchiveFormat format)
{
    const AsideWrapping wrapping = wrappingOf(format);
    return wrapping.head.isEmpty() ? 0 : wrapping.head.size() + kRecordSize + wrapping.tail.size();
}

QByteArray encodeTrailer(const Trailer &trailer, ArchiveFormat format)
{
    const AsideWrapping wrapping = wrappingOf(format);
    if (wrapping.head.isEmpty())
        return {};
    QByteArray record(kRecordSize, '\0');
    record.replace(0, 8, QByteArrayView(kMagic));
    put(record, 8, kVersion);
    put(record, 16, quint64(trailer.manifestOffset));
    put(record, 24, quint64(trailer.manifestLength));
    put(record, 32, quint64(trailer.indexOffset));
    put(record, 40, quint64(trailer.indexLength));
    put(record, kCrcAt, crc32Of(QByteArrayView(record).first(kCrcAt)));
    return wrapping.head + record + wrapping.tail;
}

std::optional<Trailer> decodeTrailer(QByteArrayView end, ArchiveFormat format, qint64 fileSize)
{
    const AsideWrapping wrapping = wrappingOf(format);
    if (wrapping.head.isEmpty() || end.size() != trailerSize(format) || fileSize < end.size()
        || !end.startsWith(wrapping.head) || !end.endsWith(wrapping.tail))
        return std::nullopt;
    const QByteArrayView record = end.sliced(wrapping.head.size(), kRecordSize);
    if (!record.startsWith(kMagic) || get<quint16>(record, 8) != kVersion
        || get<quint32>(record, kCrcAt) != crc32Of(record.first(kCrcAt)))
        return std::nullopt;
    Trailer trailer;
    trailer.manifestOffset = get<qint64>(record, 16);
    trailer.manifestLength = get<qint64>(record, 24);
    trailer.indexOffset = get<qint64>(record, 32);
    trailer.indexLength = get<qint64>(record, 40);
    const qint64 before = fileSize - end.size();
    if (!isWithin(trailer.manifestOffset, trailer.manifestLength, before))
        return std::nullopt;
    const bool noIndex = trailer.indexOffset == 0 && trailer.indexLength == 0;
    if (!noIndex && !isWithin(trailer.indexOffset, trailer.indexLength, before))
        return std::nullopt;
    return trailer;
}

}  // namespace strongroom::storage
