// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/bytesource.h"
#include "storage/archive/sevenzipformat.h"

#include <QStringDecoder>
#include <QtEndian>

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace strongroom::storage {

namespace {

constexpr char kAesMethod[] = "\x06\xf1\x07\x01";
/// 100 ns since 1601, as Windows counts.
constexpr qint64 kEpochIn1601 = 116'444'736'000'000'000;
constexpr quint64 kMaxBytes = quint64(1) << 62;

}  // namespace

bool SevenZipBlock::isEncrypted() const
{
    return std::any_of(coders.begin(), coders.end(), [](const SevenZipCoder &coder) { return coder.method == kAesMethod; });
}

std::unexpected<Error> unsupportedSevenZip(const QString &what)
{
    return fail(ErrorCode::ArchiveWrongKind, {},
                {what, QStringLiteral("Unpack it with 7z and pack the folder as .tar.gz.")});
}

Result<SevenZipEntry> SevenZipHeader::nextEntry()
{
    SevenZipEntry entry;
    const qint64 index = m_entry++;
    qsizetype end = m_nameAt;
    while (m_names[end] != 0 || m_names[end + 1] != 0)
        end += 2;
    QStringDecoder decoder(QStringDecoder::Utf16LE, QStringDecoder::Flag::Stateless);
    const QString name = decoder(QByteArrayView(m_names).sliced(m_nameAt, end - m_nameAt));
    if (decoder.hasError() || !name.isValidUtf16())
        return fail(ErrorCode::ArchiveHostile, {}, {QStringLiteral("name that is not text")});
    m_nameAt = end + 2;
    entry.name = name.toUtf8();
    entry.hasStream = !sevenZipBit(m_emptyStream, index);
    if (!entry.hasStream)
        entry.isDirectory = !sevenZipBit(m_emptyFile, m_empty++);
    if (sevenZipBit(m_mtimes.defined, index)) {
        const auto ticks = qFromLittleEndian<quint64>(m_mtimes.values.constData() + m_mtimes.at);
        m_mtimes.at += 8;
        // From 1677 to 2262, as in tar.
        constexpr qint64 kMostTicks = (std::numeric_limits<qint64>::max() / 1'000'000'000 - 1) * 10'000'000;
        const qint64 sinceEpoch = qint64(std::min<quint64>(ticks, kEpochIn1601 + kMostTicks)) - kEpochIn1601;
        entry.mtimeNs = std::max(sinceEpoch, -kMostTicks) * 100;
    }
    if (sevenZipBit(m_attributes.defined, index)) {
        entry.attributes = qFromLittleEndian<quint32>(m_attributes.values.constData() + m_attributes.at);
        m_attributes.at += 4;
    }
    return entry;
}

Result<SevenZipStart> parseSevenZipStart(QByteArrayView bytes, qint64 fileSize)
{
    if (bytes.size() < SevenZipStart::kSize)
        return failAt(ErrorCode::ArchiveTruncated, fileSize, "inside the start");
    const auto stated = qFromLittleEndian<quint32>(bytes.data() + 8);
    if (crc32(0, reinterpret_cast<const Bytef *>(bytes.data()) + 12, 20) != stated)
        return failAt(ErrorCode::ArchiveDamaged, 8, "checksum of the start");
    const auto offset = qFromLittleEndian<quint64>(bytes.data() + 12);
    const auto size = qFromLittleEndian<quint64>(bytes.data() + 20);
    if (offset > kMaxBytes || size > kMaxBytes)
        return failAt(ErrorCode::ArchiveHostile, 12, "number out of range");
    SevenZipStart start;
    start.headerOffset = SevenZipStart::kSize + qint64(offset);
    start.headerSize = qint64(size);
    start.headerCrc = qFromLittleEndian<quint32>(bytes.data() + 28);
    const qint64 end = start.headerOffset + start.headerSize;
    if (end > fileSize)
        return failAt(ErrorCode::ArchiveTruncated, fileSize, "before the directory");
    if (end < fileSize)
        return failAt(ErrorCode::ArchiveHostile, end, "bytes after the directory");
    return start;
}

}  // namespace strongroom::storage
