// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/aside.h"

#include <QtEndian>

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qsizetype kPiece = 16'000;
constexpr quint32 kSkippable = 0x184D2A50;

template<class T> QByteArray little(T value)
{
    QByteArray bytes(sizeof value, '\0');
    qToLittleEndian(value, bytes.data());
    return bytes;
}

/// Of the piece at the beginning, as it says itself; -1 when there is none.
qsizetype sizeOfPiece(QByteArrayView wrapped, ArchiveFormat format)
{
    constexpr qsizetype kGzipAt = 14;
    constexpr qsizetype kZstdAt = 4;
    if (format == ArchiveFormat::TarGzip)
        return wrapped.size() >= kGzipAt + 2 ? qsizetype(qFromLittleEndian<quint16>(wrapped.data() + kGzipAt)) : -1;
    return wrapped.size() >= kZstdAt + 4 ? qsizetype(qFromLittleEndian<quint32>(wrapped.data() + kZstdAt)) : -1;
}

}  // namespace

AsideWrapping asideWrapping(qsizetype size, AsideMark mark, ArchiveFormat format)
{
    if (format == ArchiveFormat::TarGzip) {
        // Deflate, extra field, no time, system unknown; then one empty final block, its CRC and length.
        return {QByteArray("\x1f\x8b\x08\x04\0\0\0\0\0\xff", 10) + little(quint16(size + 4)) + QByteArrayView(mark.letters, 2) + little(quint16(size)),
                QByteArray("\x03\0\0\0\0\0\0\0\0\0", 10)};
    }
    if (format == ArchiveFormat::TarZstd)
        return {little(kSkippable + mark.frame) + little(quint32(size)), {}};
    return {};
}

QByteArray layAside(QByteArrayView bytes, AsideMark mark, ArchiveFormat format)
{
    QByteArray wrapped;
    if (asideWrapping(0, mark, format).head.isEmpty())
        return wrapped;
    while (!bytes.isEmpty()) {
        const QByteArrayView piece = bytes.first(std::min(kPiece, bytes.size()));
        const AsideWrapping wrapping = asideWrapping(piece.size(), mark, format);
        wrapped.append(wrapping.head).append(piece).append(wrapping.tail);
        bytes = bytes.sliced(piece.size());
    }
    return wrapped;
}

std::optional<QByteArray> takeAside(QByteArrayView wrapped, AsideMark mark, ArchiveFormat format)
{
    QByteArray bytes;
    while (!wrapped.isEmpty()) {
        const qsizetype size = sizeOfPiece(wrapped, format);
        if (size <= 0 || size > kPiece)
            return std::nullopt;
        const AsideWrapping wrapping = asideWrapping(size, mark, format);
        const qsizetype whole = wrapping.head.size() + size + wrapping.tail.size();
        if (wrapping.head.isEmpty() || wrapped.size() < whole || !wrapped.startsWith(wrapping.head)
            || wrapped.sliced(whole - wrapping.tail.size(), wrapping.tail.size()) != wrapping.tail)
            return std::nullopt;
        bytes.append(wrapped.sliced(wrapping.head.size(), size));
        wrapped = wrapped.sliced(whole);
    }
    return bytes;
}

}  // namespace strongroom::storage
