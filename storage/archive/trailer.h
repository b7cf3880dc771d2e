// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The last bytes of an archive of ours: where its manifest stands, so that it can be read without the
// rest. Every other program skips them. A trailer that was read is a hint and nothing more: what it points
// at is checked like the rest of the archive.
//
// The record, 64 bytes, numbers little-endian:
//    0  8  "SRMTRAIL"
//    8  2  version, 1; a reader knows no other
//   10  6  zero
//   16  8  offset in the file of the first group that holds .strongroom/manifest.json
//   24  8  bytes of those groups; unpacked they begin with that member's headers
//   32  8  offset in the file of an index of members; 0 = there is none
//   40  8  bytes of it
//   48 12  zero
//   60  4  CRC-32 of the 60 bytes before
// It lies aside (aside.h). A plain .tar has none: two blocks of zeros end it for every reader. The index, if there
// is one (memberindex.h), lies aside in front of it.

#include "storage/archive/archivefile.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace strongroom::storage {

struct Trailer {
    qint64 manifestOffset = 0;
    qint64 manifestLength = 0;
    qint64 indexOffset = 0;   ///< 0 = no index
    qint64 indexLength = 0;
};

/// Bytes at the end of the file that decodeTrailer wants; 0 = the format has no trailer.
[[nodiscard]] qint64 trailerSize(ArchiveFormat format);
/// The wrapped record; empty where the format has none.
[[nodiscard]] QByteArray encodeTrailer(const Trailer &trailer, ArchiveFormat format);
/// \param end  the last trailerSize() bytes of the file, which has `fileSize`.
/// Absent for an archive of anybody else's, or when the record is damaged or points outside of the file.
[[nodiscard]] std::optional<Trailer> decodeTrailer(QByteArrayView end, ArchiveFormat format, qint64 fileSize);

}  // namespace strongroom::storage
