// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The directory of a 7z archive, as bytes: which packed streams there are, how each is unpacked, which
// entries lie in them. Parsing only, strictly; nothing is read from a file or unpacked here.
// Format: DOC/7zFormat.txt of the LZMA SDK, version 0.4.

#include "storage/error.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <optional>

namespace strongroom::storage {

/// Bit `index` of a bit field, highest first; an absent field has none set.
[[nodiscard]] inline bool sevenZipBit(QByteArrayView bits, qint64 index)
{
    return !bits.isEmpty() && (uchar(bits[index / 8]) & (0x80 >> (index % 8)));
}

/// The first 32 bytes.
struct SevenZipStart {
    static constexpr qint64 kSize = 32;
    qint64 headerOffset = 0;   ///< in the file
    qint64 headerSize = 0;     ///< 0 = an archive without entries
    quint32 headerCrc = 0;
};

/// One step of unpacking.
struct SevenZipCoder {
    QByteArray method;         ///< its id, as written
    QByteArray properties;
    qint64 unpackSize = 0;     ///< bytes that come out of it
};

/// What the format calls a folder: one packed stream, and the entries one after the other in it.
struct SevenZipBlock {
    QList<SevenZipCoder> coders;      ///< in the order they unpack; the first reads the file
    qint64 packedOffset = 0;          ///< in the file
    qint64 packedSize = 0;
    qint64 streams = 1;               ///< entries with content in it
    std::optional<quint32> crc;       ///< of the whole block
    [[nodiscard]] qint64 unpackSize() const { return coders.isEmpty() ? 0 : coders.last().unpackSize; }
    [[nodiscard]] bool isEncrypted() const;
};

struct SevenZipEntry {
    QByteArray name;                         ///< UTF-8, no trailing slash
    bool hasStream = false;                  ///< content lies in a block; otherwise a directory or an empty file
    bool isDirectory = false;
    std::optional<quint32> attributes;       ///< Windows; the upper half is a Unix mode where 0x8000 is set
    std::optional<qint64> mtimeNs;           ///< since the epoch
};

/// A parsed header. Entries are not unfolded: half a million of them take the bytes they took in the file.
class SevenZipHeader {
public:
    QList<SevenZipBlock> blocks;
    QList<qint64> sizes;                     ///< of the entries with content, in order
    QList<quint32> crcs;                     ///< likewise
    qint64 entryCount = 0;

    /// The next one, in the order of the archive; call it entryCount times.
    /// Errors: ArchiveHostile (a name that is not UTF-16).
    [[nodiscard]] Result<SevenZipEntry> nextEntry();

private:
    friend class SevenZipParser;
    struct Column {                          // values of some of the entries
        QByteArray defined;                  // bits; empty = none of them
        QByteArray values;
        qsizetype at = 0;
    };
    QByteArray m_emptyStream;                // bits
    QByteArray m_emptyFile;                  // bits, of the empty ones only
    QByteArray m_names;                      // UTF-16LE, each with its zero
    Column m_mtimes;
    Column m_attributes;
    qint64 m_entry = 0;
    qint64 m_empty = 0;
    qsizetype m_nameAt = 0;
};

/// `bytes` are the first kSize of a file of `fileSize` bytes, which must end with the header.
/// Errors: ArchiveTruncated, ArchiveDamaged (checksum), ArchiveHostile.
[[nodiscard]] Result<SevenZipStart> parseSevenZipStart(QByteArrayView bytes, qint64 fileSize);

/// A header is either the directory itself or says how to unpack that.
[[nodiscard]] bool isEncodedSevenZipHeader(QByteArrayView header);
/// The one block that holds the directory. `at` is where the header lies in the file; the block must end there.
/// Errors: ArchiveHostile, ArchiveWrongKind.
[[nodiscard]] Result<SevenZipBlock> parseEncodedSevenZipHeader(QByteArrayView header, qint64 at);
/// The directory. The blocks must tile the file from behind the start to `dataEnd`.
/// Errors: ArchiveHostile (args: `at`, what), ArchiveWrongKind for what is not supported (args: what, advice).
[[nodiscard]] Result<SevenZipHeader> parseSevenZipHeader(QByteArrayView header, qint64 at, qint64 dataEnd, qint64 maxEntries);

/// An archive of this kind that cannot be read here, though nothing is wrong with it.
[[nodiscard]] std::unexpected<Error> unsupportedSevenZip(const QString &what);

}  // namespace strongroom::storage
