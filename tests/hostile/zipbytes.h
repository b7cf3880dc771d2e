// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Zips that are honest but for the numbers that are written over.

#include "tests/hostile/families.h"

namespace strongroom::tests {

/// A number of an entry: where it stands in its local and in its central record, and how wide it is.
struct ZipField {
    int local;
    int central;
    int width;
    bool behindName = false;   ///< counted from there
};
inline constexpr ZipField kZipFlags{6, 8, 2};
inline constexpr ZipField kZipMethod{8, 10, 2};
inline constexpr ZipField kZipTime{10, 12, 4};
inline constexpr ZipField kZipCrc{14, 16, 4};
inline constexpr ZipField kZipPacked{18, 20, 4};
inline constexpr ZipField kZipSize{22, 24, 4};
inline constexpr ZipField kZipNameSize{26, 28, 2};
inline constexpr ZipField kZipExtraSize{28, 30, 2};
inline constexpr ZipField kZipOffset{-1, 42, 4};
inline constexpr ZipField kZip64Size{34, 50, 8, true};      // of an entry with zip64
inline constexpr ZipField kZip64Packed{42, 58, 8, true};

enum class ZipRecord { Both, Local, Central };

struct ZipChange {
    ZipField field;
    quint64 value;
    ZipRecord record = ZipRecord::Both;
};

/// These entries, and these numbers in the records of the last of them.
[[nodiscard]] QByteArray bentZip(const QList<RawZipEntry> &entries, const QList<ZipChange> &changes);

/// A number of the end record.
struct ZipEndField {
    int at;
    int width;
};
inline constexpr ZipEndField kZipEndDisk{4, 2};
inline constexpr ZipEndField kZipEndHere{8, 2};     // entries on this disk
inline constexpr ZipEndField kZipEndCount{10, 2};   // and on all
inline constexpr ZipEndField kZipEndSize{12, 4};    // of the directory
inline constexpr ZipEndField kZipEndOffset{16, 4};

/// These numbers in the end record of a zip without a comment.
[[nodiscard]] QByteArray bentEnd(QByteArray zip, const QList<std::pair<ZipEndField, quint64>> &changes);

/// Where the directory begins.
[[nodiscard]] qsizetype directoryOf(const QByteArray &zip);

[[nodiscard]] quint32 crcOf(const QByteArray &bytes);
[[nodiscard]] QByteArray littleEndian(quint64 value, int width);

/// The members of healthyData().
[[nodiscard]] QList<RawZipEntry> healthyEntries();

/// The half of zipFamilies() that is about numbers and records, not about names and types.
[[nodiscard]] QList<FamilyCase> zipStructureFamilies();

}  // namespace strongroom::tests
