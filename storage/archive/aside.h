// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Bytes that lie within an archive and that every reader of its format steps over: in a .tar.gz the only subfield of
// the extra field of an empty gzip member (RFC 1952), in a .tar.zst the content of a skippable frame (RFC 8878).

#include "storage/archive/archivefile.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace strongroom::storage {

/// Whose bytes they are: the two letters of the subfield, the number of the frame (0 to 15).
struct AsideMark {
    char letters[2] = {};
    quint8 frame = 0;
};
inline constexpr AsideMark kTrailerMark = {{'S', 'R'}, 14};
inline constexpr AsideMark kIndexMark = {{'S', 'X'}, 13};

/// What stands before and behind `size` bytes laid aside in one piece; both empty where the format has no such place.
struct AsideWrapping {
    QByteArray head;
    QByteArray tail;
};
[[nodiscard]] AsideWrapping asideWrapping(qsizetype size, AsideMark mark, ArchiveFormat format);

/// In pieces of at most 16,000 bytes: busybox gunzip refuses extra fields of 30 KB.
[[nodiscard]] QByteArray layAside(QByteArrayView bytes, AsideMark mark, ArchiveFormat format);
/// The bytes again; absent when it is anything but such pieces, one after the other.
[[nodiscard]] std::optional<QByteArray> takeAside(QByteArrayView wrapped, AsideMark mark, ArchiveFormat format);

}  // namespace strongroom::storage
