// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Zips whose records contradict each other, or the data, or want what we do not read: two readers would make two
// different things of them.

#include "tests/hostile/zipbytes.h"

namespace strongroom::tests {

namespace {

constexpr qsizetype kLocalRecord = 30;
constexpr qsizetype kCentralRecord = 46;
constexpr qsizetype kEndRecord = 22;
constexpr quint64 kIn64 = 0xffffffff;   // look into the zip64 field

const RawZipEntry kStored = {.name = "data/x", .content = "hello", .deflated = false};
const RawZipEntry kDeflated = {.name = "data/x", .content = "hello"};
const RawZipEntry kLarge = {.name = "data/x", .content = "hello", .zip64 = true};

QByteArray healthyZip()
{
    return zip(healthyEntries());
}

RawZipEntry flagged(quint16 flags)
{
    RawZipEntry entry = kStored;
    entry.flags = flags;
    return entry;
}

RawZipEntry withExtra(const QByteArray &extra)
{
    RawZipEntry entry = kStored;
    entry.centralExtra = extra;
    return entry;
}

/// The data of an entry that the directory does not know.
QByteArray unlisted()
{
    QByteArray bytes = zip(healthyEntries() + QList{kStored});
    const qsizetype record = kCentralRecord + kStored.name.size();
    bytes.remove(bytes.size() - kEndRecord - record, record);
    const quint64 count = quint64(healthyEntries().size());
    return bentEnd(bytes, {{kZipEndHere, count}, {kZipEndCount, count}, {kZipEndSize, quint64(bytes.size() - kEndRecord - directoryOf(bytes))}});
}

/// The last of these, which is stored, has no data of its own but those at `offset`.
QByteArray borrowed(const QList<RawZipEntry> &entries, qsizetype offset)
{
    QByteArray bytes = bentZip(entries, {{kZipOffset, quint64(offset)}});
    const qsizetype own = kLocalRecord + entries.last().name.size() + entries.last().content.size();
    const qsizetype directory = directoryOf(bytes) - own;
    return bentEnd(bytes.remove(directory, own), {{kZipEndOffset, quint64(directory)}});
}

/// Two entries in two folders that share their data.
QByteArray shared()
{
    const RawZipEntry first = {.name = "data/a/x", .content = "shared", .deflated = false};
    const RawZipEntry second = {.name = "data/b/x", .content = "shared", .deflated = false};
    return borrowed(healthyEntries() + QList{first, second}, directoryOf(healthyZip()));
}

QByteArray withGap(const QByteArray &hidden)
{
    const QByteArray bytes = healthyZip();
    const qsizetype directory = directoryOf(bytes);
    return bentEnd(QByteArray(bytes).insert(directory, hidden), {{kZipEndOffset, quint64(directory + hidden.size())}});
}

/// What the descriptor says of an entry becomes zeros.
QByteArray descriptorOfNothing()
{
    RawZipEntry entry = kDeflated;
    entry.descriptor = true;
    const QByteArray bytes = zip(healthyEntries() + QList{entry});
    return QByteArray(bytes).replace(directoryOf(bytes) - 12, 12, QByteArray(12, '\0'));
}

/// Content that looks like the end of an entry of nothing and the beginning of another one. No descriptor follows.
QByteArray descriptorInContent()
{
    const QByteArray other = zip({{.name = "../up", .content = "x", .deflated = false}});
    RawZipEntry entry = flagged(8);
    entry.content = "PK\x07\x08" + QByteArray(12, '\0') + other.left(directoryOf(other));
    return bentZip(healthyEntries() + QList{entry},
                   {{kZipCrc, 0, ZipRecord::Local}, {kZipPacked, 0, ZipRecord::Local}, {kZipSize, 0, ZipRecord::Local}});
}

}  // namespace

QList<FamilyCase> zipStructureFamilies()
{
    const auto bent = [](const RawZipEntry &entry, const QList<ZipChange> &changes = {}) {
        return [=] { return bentZip(healthyEntries() + QList{entry}, changes); };
    };
    const auto end = [](const QList<std::pair<ZipEndField, quint64>> &changes) { return [=] { return bentEnd(healthyZip(), changes); }; };
    // These bytes, said to be what deflate made of `content`.
    const auto packed = [bent](const QByteArray &bytes, const QByteArray &content) {
        return bent({.name = "data/x", .content = bytes, .deflated = false}, {{kZipMethod, 8}, {kZipCrc, crcOf(content)}, {kZipSize, quint64(content.size())}});
    };
    const auto pointing = [](qsizetype offset) { return [=] { return borrowed(healthyEntries() + QList{kStored}, offset); }; };
    const QByteArray text = QByteArray("some text ").repeated(40);
    const QByteArray up = zip({{.name = "../up", .content = "x"}});
    QList<FamilyCase> all = {
        {"zip-local-only", Fate::Refused, "bytes that no entry covers", unlisted},
        {"zip-central-only", Fate::Refused, "entries overlap", pointing(0)},
        {"zip-shared-offset", Fate::Refused, "entries overlap", shared},
        {"zip-offset-beyond", Fate::Refused, "leave a gap", pointing(0x7ffffff0)},
        {"zip-offset-in-cd", Fate::Refused, "local record", pointing(directoryOf(healthyZip()))},
        {"zip-offset-in-cd", Fate::Refused, "entries overlap", pointing(40)},
        {"zip-crc-bad", Fate::Refused, "checksum of an entry", bent(kStored, {{kZipCrc, 1}})},
        {"zip-crc-bad-deflated", Fate::Refused, "checksum of an entry", bent(kDeflated, {{kZipCrc, 1}})},
        {"zip-usize-larger", Fate::Refused, "two sizes for one entry", bent(kStored, {{kZipSize, 1 << 20}})},
        {"zip-usize-larger-deflated", Fate::Refused, "less data than declared", bent(kDeflated, {{kZipSize, 1 << 20}})},
        {"zip-usize-60k-leak", Fate::Refused, "less data than declared", bent(kDeflated, {{kZipSize, 60'000}})},
        {"zip-usize-60k-leak", Fate::Refused, "reaches into the directory", bent(kStored, {{kZipPacked, 60'000}, {kZipSize, 60'000}})},
        {"zip-usize-smaller", Fate::Refused, "more data than declared", bent(kDeflated, {{kZipSize, 3}})},
        {"zip-csize-beyond", Fate::Refused, "reaches into the directory", bent(kDeflated, {{kZipPacked, 1 << 28}})},
        {"zip-sizes-zero", Fate::Refused, "bytes that no entry covers", bent(kStored, {{kZipCrc, 0}, {kZipPacked, 0}, {kZipSize, 0}})},
        {"zip-usize-4g-minus-1", Fate::Refused, "out of all proportion", bent(kDeflated, {{kZipSize, 0xfffffffe}})},
        {"zip-zip64-2to63", Fate::Refused, "out of all proportion", bent(kLarge, {{kZip64Size, (quint64(1) << 63) - 1}})},
        {"zip-zip64-negative", Fate::Refused, "out of all proportion", bent(kLarge, {{kZip64Size, ~quint64(0)}})},
        {"zip-zip64-negative", Fate::Refused, "reaches into the directory", bent(kLarge, {{kZip64Packed, ~quint64(0)}})},
        {"zip-zip64-missing-extra", Fate::Refused, "zip64 field", bent(kStored, {{kZipPacked, kIn64}, {kZipSize, kIn64}})},
        {"zip-zip64-short-extra", Fate::Refused, "zip64 field", bent(withExtra(QByteArray("\x01\x00\x04\x00\x05\x00\x00\x00", 8)), {{kZipPacked, kIn64}, {kZipSize, kIn64}})},
        {"zip-extra-overflow", Fate::Refused, "extra field", bent(withExtra("UT\xf0\x7f" "less"))},
        {"zip-namelen-beyond", Fate::Refused, "central record length", bent(kStored, {{kZipNameSize, 0xffff, ZipRecord::Central}})},
        {"zip-l-namelen-beyond", Fate::Refused, "local record length", bent(kStored, {{kZipNameSize, 0xffff, ZipRecord::Local}})},
        {"zip-encrypted-zipcrypto", Fate::Refused, "encrypted zip", bent(flagged(0x1))},
        {"zip-encrypted-aes", Fate::Refused, "encrypted zip", bent(withExtra(QByteArray("\x01\x99\x07\x00\x02\x00" "AE\x03\x00\x00", 11)), {{kZipMethod, 99}})},
        {"zip-strong-encryption", Fate::Refused, "encrypted zip", bent(flagged(0x40))},
        {"zip-masked-headers", Fate::Refused, "encrypted zip", bent(flagged(0x2000))},
        {"zip-patched-data", Fate::Refused, "zip with unknown flags", bent(flagged(0x20))},
        {"zip-multidisk", Fate::Refused, "zip of several volumes", end({{kZipEndDisk, 3}})},
        {"zip-count-low", Fate::Refused, "directory holds more than it counts", end({{kZipEndHere, 1}, {kZipEndCount, 1}})},
        {"zip-count-high", Fate::Refused, "directory counts more than it holds", end({{kZipEndHere, 999}, {kZipEndCount, 999}})},
        {"zip-cdsize-wrong", Fate::Refused, "directory is not where it should be", end({{kZipEndSize, 7}})},
        {"zip-cdoff-wrong", Fate::Refused, "directory is not where it should be", end({{kZipEndOffset, 3}})},
        {"zip-comment-second-eocd", Fate::Refused, "more than one end record", [=] { return zip(healthyEntries(), up); }},
        {"zip-prepended", Fate::Refused, "unknown data", [] { return healthyZip().prepend("#!/bin/sh\n"); }},
        {"zip-prepended", Fate::Refused, "directory is not where it should be", [=] { return healthyZip().prepend(up.left(directoryOf(up))); }},
        {"zip-appended", Fate::Refused, "bytes after the end record", [] { return healthyZip().append("something else"); }},
        {"zip-gap", Fate::Refused, "bytes that no entry covers", [] { return withGap("something else"); }},
        {"zip-concatenated", Fate::Refused, "more than one end record", [=] { return healthyZip().append(up); }},
        {"zip-empty", Fate::Refused, "holds nothing to restore", [] { return zip({}); }},
        {"zip-only-eocd-cut", Fate::Refused, "no end record", [] { return healthyZip().chopped(9); }},
        {"zip-no-eocd", Fate::Refused, "no end record", [] { return healthyZip().left(directoryOf(healthyZip())); }},
        {"zip-descriptor-lies", Fate::Refused, "data descriptor", descriptorOfNothing},
        {"zip-descriptor-fake", Fate::Refused, "data descriptor", descriptorInContent},
        {"zip-deflate-trailing", Fate::Refused, "bytes after the deflate stream", packed(rawDeflate(text) + "something else", text)},
        {"zip-deflate-truncated", Fate::Refused, "deflate stream without end", packed(rawDeflate(text).chopped(3), text)},
        {"zip-deflate-bad", Fate::Refused, "; deflate stream", packed(QByteArray(20, '\x07'), text)},
        {"zip-dostime-invalid", Fate::Accepted, {}, [] { return bentZip(healthyEntries(), {{kZipTime, 0xffffffff}}); }, healthyContent()},
    };
    // Shrunk, imploded, deflate64, bzip2, LZMA, zstd, PPMd.
    for (const int method : {1, 6, 9, 12, 14, 93, 98})
        all.append({"zip-method", Fate::Refused, "zip with compression method " + QByteArray::number(method), bent(kStored, {{kZipMethod, quint64(method)}})});
    return all;
}

}  // namespace strongroom::tests
