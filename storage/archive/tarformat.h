// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Blocks of a tar: how one entry's headers are written and how one header block is read, POSIX.1-2001
// (ustar and pax) and GNU long names. No streams, no files, no opinion on what an entry may be called:
// the reader decides that with the final name, after all overrides.

#include "storage/archive/member.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace strongroom::storage {

inline constexpr qint64 kTarBlock = 512;
/// The largest size (and time) that eleven octal digits hold. A header whose real size stands in a pax
/// record carries this value.
inline constexpr qint64 kTarMaxOctal = 077777777777;

/// `size` rounded up to whole blocks.
[[nodiscard]] constexpr qint64 tarPadded(qint64 size) { return (size + kTarBlock - 1) / kTarBlock * kTarBlock; }

// -- writing -------------------------------------------------------------------------------------

/// How times are written: to the nanosecond, which takes a pax header for nearly every entry and doubles an archive of
/// small files, or in whole seconds, where a manifest has the rest.
enum class TarTimes : quint8 { Exact, Seconds };

/// Appends what stands before an entry's content: the header block, preceded by a pax header when something
/// does not fit (a long or large value, nanoseconds). The same member always gives the same bytes. Owners
/// are numbers, their names stay empty. A fifo is never written.
void appendTarHeader(QByteArray &out, const Member &member, TarTimes times = TarTimes::Exact);
/// Zeros up to the next block after `size` bytes of content.
void appendTarPadding(QByteArray &out, qint64 size);
/// The two blocks of zeros that end an archive.
void appendTarEnd(QByteArray &out);

// -- reading -------------------------------------------------------------------------------------

/// One header block, numbers decoded, nothing overridden yet.
struct TarHeader {
    char type = '0';       ///< type flag; NUL (v7 file) is given as '0', '7' (contiguous) as it stands
    QByteArray name;       ///< with the ustar prefix in front
    QByteArray link;
    qint64 size = 0;
    quint32 mode = 0;      ///< 07777
    quint32 uid = 0;
    quint32 gid = 0;
    qint64 mtimeNs = 0;    ///< clamped to what 64 bits of nanoseconds hold
    [[nodiscard]] bool isExtension() const { return type == 'x' || type == 'g' || type == 'L' || type == 'K'; }
};

[[nodiscard]] bool isZeroTarBlock(QByteArrayView block);

/// Decodes `block` (kTarBlock bytes). Strict where a lie could desynchronise or mislead: checksum always,
/// size and mode octal or non-negative base-256. Owners and times that make no sense are 0.
/// \param offset  of the block in the tar stream, for the error.
/// Errors: ArchiveDamaged (checksum), ArchiveHostile (args[0] = offset, args[1] = what is wrong).
[[nodiscard]] Result<TarHeader> decodeTarHeader(QByteArrayView block, qint64 offset);

/// What a pax header overrides.
struct PaxRecords {
    std::optional<QByteArray> path;
    std::optional<QByteArray> link;
    std::optional<qint64> size;
    std::optional<quint32> uid;   ///< absent as well when it does not fit
    std::optional<quint32> gid;
    std::optional<qint64> mtimeNs;
};
/// Decodes the body of an 'x' or 'g' header. A global one may hold nothing but comments. Keys that say
/// nothing about what we restore (atime, xattrs, vendors') are checked for shape and ignored.
/// Errors: ArchiveHostile.
[[nodiscard]] Result<PaxRecords> decodePax(QByteArrayView body, bool global, qint64 offset);

/// Decodes the body of a GNU 'L' or 'K' entry: one name ended by NUL. Errors: ArchiveHostile.
[[nodiscard]] Result<QByteArray> decodeGnuLongName(QByteArrayView body, qint64 offset);

}  // namespace strongroom::storage
