// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/archivebuilder.h"

#include <KCompressionDevice>

#include <QBuffer>
#include <QtEndian>

#include <zlib.h>

#include <algorithm>

namespace strongroom::tests {

namespace {

void put(QByteArray &block, qsizetype at, const QByteArray &bytes, qsizetype width)
{
    block.replace(at, std::min(width, bytes.size()), bytes.left(width));
}

QByteArray octal(qint64 value, int digits)
{
    return QByteArray::number(value, 8).rightJustified(digits, '0');
}

void pad(QByteArray &bytes)
{
    bytes.append((512 - bytes.size() % 512) % 512, '\0');
}

QByteArray deflateWith(const QByteArray &bytes, int windowBits, const QByteArray &extra = {}, bool withExtra = false, int level = 9)
{
    z_stream stream = {};
    gz_header header = {};
    if (deflateInit2(&stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        qFatal("zlib");
    header.os = 255;
    header.extra = reinterpret_cast<Bytef *>(const_cast<char *>(extra.data()));
    header.extra_len = uInt(extra.size());
    if (!withExtra)
        header.extra = nullptr;
    if (windowBits > 15)
        deflateSetHeader(&stream, &header);
    QByteArray out(qsizetype(deflateBound(&stream, uLong(bytes.size()))) + 32 + extra.size(), Qt::Uninitialized);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
    stream.avail_in = uInt(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        qFatal("zlib");
    out.truncate(out.size() - qsizetype(stream.avail_out));
    deflateEnd(&stream);
    return out;
}

QByteArray packedBy(KCompressionDevice::CompressionType type, const QByteArray &bytes)
{
    QBuffer out;
    KCompressionDevice device(&out, false, type);
    if (!out.open(QIODevice::WriteOnly) || !device.open(QIODevice::WriteOnly) || device.write(bytes) != bytes.size())
        qFatal("KArchive");
    device.close();
    return out.data();
}

template<class T> void le(QByteArray &out, T value)
{
    const T little = qToLittleEndian(value);
    out.append(reinterpret_cast<const char *>(&little), sizeof little);
}

}  // namespace

TarBuilder &TarBuilder::entry(const RawTarEntry &e)
{
    QByteArray block(512, '\0');
    put(block, 0, e.name, 100);
    put(block, 100, octal(e.mode, 7), 7);
    put(block, 108, octal(1000, 7), 7);
    put(block, 116, octal(1000, 7), 7);
    put(block, 124, octal(e.claimedSize < 0 ? e.content.size() : e.claimedSize, 11), 11);
    if (!e.sizeField.isEmpty())
        put(block, 124, e.sizeField, 12);
    put(block, 136, octal(e.mtime, 11), 11);
    put(block, 148, QByteArray(8, ' '), 8);
    block[156] = e.type;
    put(block, 157, e.link, 100);
    put(block, 257, e.magic, 8);
    put(block, 345, e.prefix, 155);
    for (const auto &[at, bytes] : e.patches)
        put(block, at, bytes, block.size() - at);
    qint64 sum = 0;
    for (const char c : block)
        sum += uchar(c);
    put(block, 148, octal(sum, 6) + QByteArray("\0 ", 2), 8);
    m_bytes.append(block).append(e.content);
    pad(m_bytes);
    return *this;
}

TarBuilder &TarBuilder::file(const QByteArray &name, const QByteArray &content, unsigned mode)
{
    return entry({.name = name, .content = content, .mode = mode});
}

TarBuilder &TarBuilder::dir(const QByteArray &name)
{
    return entry({.type = '5', .name = name, .mode = 0755});
}

TarBuilder &TarBuilder::symlink(const QByteArray &name, const QByteArray &target)
{
    return entry({.type = '2', .name = name, .link = target, .mode = 0777});
}

TarBuilder &TarBuilder::hardlink(const QByteArray &name, const QByteArray &target)
{
    return entry({.type = '1', .name = name, .link = target});
}

TarBuilder &TarBuilder::pax(const QList<std::pair<QByteArray, QByteArray>> &records, char type)
{
    QByteArray body;
    for (const auto &[key, value] : records) {
        const QByteArray text = ' ' + key + '=' + value + '\n';
        qsizetype length = text.size() + 1;
        while (length != text.size() + QByteArray::number(length).size())
            ++length;
        body += QByteArray::number(length) + text;
    }
    return paxBody(body, type);
}

TarBuilder &TarBuilder::paxBody(const QByteArray &body, char type)
{
    return entry({.type = type, .name = "PaxHeaders/x", .content = body});
}

TarBuilder &TarBuilder::gnuLongName(const QByteArray &name, char type)
{
    return entry({.type = type, .name = "././@LongLink", .content = name + '\0', .magic = QByteArray("ustar  \0", 8)});
}

TarBuilder &TarBuilder::raw(const QByteArray &bytes)
{
    m_bytes.append(bytes);
    return *this;
}

TarBuilder &TarBuilder::end()
{
    m_bytes.append(1024, '\0');
    return *this;
}

QByteArray TarBuilder::gz() const
{
    return gzip(m_bytes);
}

QByteArray gzip(const QByteArray &bytes)
{
    return deflateWith(bytes, 15 + 16);
}

QByteArray rawDeflate(const QByteArray &bytes, int level)
{
    return deflateWith(bytes, -15, {}, false, level);
}

QByteArray emptyGzipMember(const QByteArray &extra)
{
    return deflateWith({}, 15 + 16, extra, true);
}

QByteArray xz(const QByteArray &bytes)
{
    return packedBy(KCompressionDevice::Xz, bytes);
}

QByteArray bzip2(const QByteArray &bytes)
{
    return packedBy(KCompressionDevice::BZip2, bytes);
}

QByteArray zip(const QList<RawZipEntry> &entries, const QByteArray &comment)
{
    QByteArray out;
    QByteArray central;
    for (const RawZipEntry &e : entries) {
        const QByteArray packed = e.deflated ? deflateWith(e.content, -15) : e.content;
        const quint32 crc = quint32(crc32(0, reinterpret_cast<const Bytef *>(e.content.data()), uInt(e.content.size())))
            + quint32(e.crcOff);
        const quint32 size = quint32(e.claimedSize < 0 ? e.content.size() : e.claimedSize);
        const quint32 offset = quint32(out.size());
        const quint16 flags = e.flags | (e.descriptor ? 8 : 0);
        const QByteArray localName = e.localName.isEmpty() ? e.name : e.localName;
        const auto common = [&](QByteArray &to, bool local) {
            le<quint16>(to, e.zip64 ? 45 : 20);
            le<quint16>(to, flags);
            le<quint16>(to, e.deflated ? 8 : 0);
            le<quint16>(to, 0x6000);
            le<quint16>(to, 0x5865);
            const bool later = local && e.descriptor;
            le<quint32>(to, later ? 0 : crc);
            le<quint32>(to, later ? 0 : e.zip64 ? 0xffffffff : quint32(packed.size()));
            le<quint32>(to, later ? 0 : e.zip64 ? 0xffffffff : size);
        };
        QByteArray large;
        if (e.zip64) {
            le<quint16>(large, 1);
            le<quint16>(large, 16);
            le<quint64>(large, size);
            le<quint64>(large, quint64(packed.size()));
        }
        out.append("PK\x03\x04");
        common(out, true);
        le<quint16>(out, quint16(localName.size()));
        le<quint16>(out, quint16(large.size()));
        out.append(localName).append(large).append(packed);
        if (e.descriptor) {
            out.append("PK\x07\x08");
            le<quint32>(out, crc);
            le<quint32>(out, quint32(packed.size()));
            le<quint32>(out, size);
        }
        central.append("PK\x01\x02");
        le<quint16>(central, e.unixMode ? 3 << 8 | 20 : 20);
        common(central, false);
        le<quint16>(central, quint16(e.name.size()));
        le<quint16>(central, quint16(large.size() + e.centralExtra.size()));
        le<quint16>(central, 0);
        le<quint16>(central, 0);
        le<quint16>(central, 0);
        le<quint32>(central, e.unixMode << 16);
        le<quint32>(central, offset);
        central.append(e.name).append(large).append(e.centralExtra);
    }
    const quint32 start = quint32(out.size());
    out.append(central).append("PK\x05\x06");
    le<quint16>(out, 0);
    le<quint16>(out, 0);
    le<quint16>(out, quint16(entries.size()));
    le<quint16>(out, quint16(entries.size()));
    le<quint32>(out, quint32(central.size()));
    le<quint32>(out, start);
    le<quint16>(out, quint16(comment.size()));
    return out.append(comment);
}

}  // namespace strongroom::tests
