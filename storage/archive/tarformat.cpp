// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/tarformat.h"

#include "storage/mutant.h"

#include <QSet>
#include <QVarLengthArray>

#include <algorithm>
#include <cstring>
#include <limits>

namespace strongroom::storage {

namespace {

// Offsets and widths of the ustar header (POSIX.1-2001, pax, "ustar Interchange Format").
struct Field {
    qsizetype at;
    qsizetype width;
};
constexpr Field kName = {0, 100};
constexpr Field kMode = {100, 8};
constexpr Field kUid = {108, 8};
constexpr Field kGid = {116, 8};
constexpr Field kSize = {124, 12};
constexpr Field kMtime = {136, 12};
constexpr Field kChecksum = {148, 8};
constexpr qsizetype kType = 156;
constexpr Field kLink = {157, 100};
constexpr qsizetype kMagic = 257;
constexpr Field kDeviceMajor = {329, 8};
constexpr Field kDeviceMinor = {337, 8};
constexpr Field kPrefix = {345, 155};

constexpr qint64 kMaxShortOctal = 07777777;
constexpr qint64 kNsPerSecond = 1'000'000'000;
constexpr qint64 kMaxSeconds = std::numeric_limits<qint64>::max() / kNsPerSecond - 1;

qint64 floorSeconds(qint64 ns)
{
    return ns / kNsPerSecond - (ns % kNsPerSecond < 0 ? 1 : 0);
}

void putOctal(char *block, Field field, qint64 value)
{
    for (qsizetype i = field.width - 2; i >= 0; --i) {
        block[field.at + i] = char('0' + (value & 7));
        value >>= 3;
    }
}

void putBytes(char *block, Field field, QByteArrayView bytes)
{
    std::copy_n(bytes.begin(), std::min(bytes.size(), field.width), block + field.at);
}

quint32 checksumOf(const char *block)
{
    quint32 sum = 0;   // two plain loops, which the compiler turns into a few wide additions
    for (qsizetype i = 0; i < kTarBlock; ++i)
        sum += quint8(block[i]);
    for (qsizetype i = kChecksum.at; i < kChecksum.at + kChecksum.width; ++i)
        sum = sum - quint8(block[i]) + quint8(' ');
    return sum;
}

struct RawEntry {
    char type;
    QByteArrayView prefix;
    QByteArrayView name;
    QByteArrayView link;
    qint64 size;
    quint32 mode;
    quint32 uid;
    quint32 gid;
    qint64 mtime;   // seconds
};

void appendBlock(QByteArray &out, const RawEntry &raw)
{
    const qsizetype at = out.size();
    out.append(kTarBlock, '\0');
    char *block = out.data() + at;
    putBytes(block, kName, raw.name);
    putOctal(block, kMode, raw.mode);
    putOctal(block, kUid, raw.uid);
    putOctal(block, kGid, raw.gid);
    putOctal(block, kSize, raw.size);
    putOctal(block, kMtime, raw.mtime);
    block[kType] = raw.type;
    putBytes(block, kLink, raw.link);
    memcpy(block + kMagic, "ustar\0" "00", 8);
    putOctal(block, kDeviceMajor, 0);
    putOctal(block, kDeviceMinor, 0);
    putBytes(block, kPrefix, raw.prefix);
    putOctal(block, {kChecksum.at, 7}, checksumOf(block));
    block[kChecksum.at + 7] = ' ';
}

/// "LENGTH KEY=VALUE\n", where LENGTH counts its own digits.
void appendPaxRecord(QByteArray &out, QByteArrayView key, QByteArrayView value)
{
    const qsizetype rest = key.size() + value.size() + 3;
    qsizetype length = rest + 1;
    while (QByteArray::number(length).size() + rest != length)
        length = QByteArray::number(length).size() + rest;
    out.append(QByteArray::number(length)).append(' ').append(key).append('=').append(value).append('\n');
}

QByteArray paxTime(qint64 ns)
{
    const quint64 magnitude = ns < 0 ? quint64(-(ns + 1)) + 1 : quint64(ns);
    QByteArray text = (ns < 0 ? "-" : "") + QByteArray::number(magnitude / kNsPerSecond);
    if (const quint64 fraction = magnitude % kNsPerSecond; fraction != 0) {
        QByteArray digits = QByteArray::number(fraction).rightJustified(9, '0');
        while (digits.endsWith('0'))
            digits.chop(1);
        text += '.' + digits;
    }
    return text;
}

/// Splits a long path at a '/' into ustar's prefix and name. False when no '/' stands right.
bool splitPath(const QByteArray &path, QByteArrayView &prefix, QByteArrayView &name)
{
    if (path.size() <= kName.width) {
        name = path;
        return true;
    }
    for (qsizetype slash = std::min(kPrefix.width, path.size() - 2); slash > 0; --slash) {
        if (path.at(slash) != '/')
            continue;
        if (path.size() - slash - 1 > kName.width)
            return false;
        prefix = QByteArrayView(path).first(slash);
        name = QByteArrayView(path).sliced(slash + 1);
        return true;
    }
    return false;
}

char typeFlag(MemberType type)
{
    switch (type) {
    case MemberType::File: return '0';
    case MemberType::Hardlink: return '1';
    case MemberType::Symlink: return '2';
    case MemberType::Directory: return '5';
    case MemberType::Fifo: break;
    }
    Q_ASSERT_X(false, "appendTarHeader", "a fifo is never written");
    return '0';
}

std::unexpected<Error> hostile(qint64 offset, const char *what)
{
    return fail(ErrorCode::ArchiveHostile, {}, {QString::number(offset), QString::fromLatin1(what)});
}

QByteArrayView fieldOf(QByteArrayView block, Field field)
{
    return block.sliced(field.at, field.width);
}

/// Bytes up to the first NUL.
QByteArray text(QByteArrayView field)
{
    const qsizetype end = field.indexOf('\0');
    return (end < 0 ? field : field.first(end)).toByteArray();
}

/// Octal text or non-negative base-256; nullopt for anything else or what 63 bits cannot hold.
std::optional<qint64> number(QByteArrayView field)
{
    constexpr quint64 kMax = quint64(std::numeric_limits<qint64>::max());
    quint64 value = 0;
    if (quint8(field[0]) & 0x80) {
        if (quint8(field[0]) != 0x80)
            return std::nullopt;
        for (qsizetype i = 1; i < field.size(); ++i) {
            if (value > kMax >> 8)
                return std::nullopt;
            value = value << 8 | quint8(field[i]);
        }
        return qint64(value);
    }
    const auto isPad = [](char c) { return c == ' ' || c == '\0'; };
    while (!field.isEmpty() && isPad(field.front()))
        field = field.sliced(1);
    while (!field.isEmpty() && isPad(field.back()))
        field.chop(1);
    for (const char c : field) {
        if (c < '0' || c > '7' || value > kMax >> 3)
            return std::nullopt;
        value = value << 3 | quint64(c - '0');
    }
    return qint64(value);
}

qint64 clampedNs(qint64 seconds)
{
    return std::clamp(seconds, -kMaxSeconds, kMaxSeconds) * kNsPerSecond;
}

/// GNU writes times before 1970 as negative base-256.
qint64 timeOf(QByteArrayView field)
{
    if (quint8(field[0]) == 0xff) {
        qint64 value = -1;
        for (const char c : field.sliced(1)) {
            if (value < std::numeric_limits<qint64>::min() >> 8)
                return clampedNs(-kMaxSeconds);
            value = qint64(quint64(value) << 8 | quint8(c));
        }
        return clampedNs(value);
    }
    return clampedNs(number(field).value_or(0));
}

quint32 ownerOf(QByteArrayView field)
{
    const qint64 value = number(field).value_or(0);
    return value > std::numeric_limits<quint32>::max() ? 0 : quint32(value);
}

/// Keys of one header, which outlive it. A header of any honest writer has a handful.
class SeenKeys {
public:
    /// False when it was there before.
    bool insert(QByteArrayView key)
    {
        if (m_few.contains(key))
            return false;
        if (m_few.size() < kFew) {
            m_few.append(key);
            return true;
        }
        const qsizetype before = m_many.size();
        m_many.insert(QByteArray::fromRawData(key.data(), key.size()));
        return m_many.size() > before;
    }

private:
    static constexpr qsizetype kFew = 16;
    QVarLengthArray<QByteArrayView, kFew> m_few;
    QSet<QByteArray> m_many;
};

/// 1 to 19 decimal digits. nullopt = not that; saturates at 63 bits.
std::optional<qint64> digits(QByteArrayView value)
{
    if (value.isEmpty() || value.size() > 19)
        return std::nullopt;
    quint64 n = 0;
    for (const char c : value) {
        if (c < '0' || c > '9')
            return std::nullopt;
        n = n * 10 + quint64(c - '0');
    }
    return qint64(std::min(n, quint64(std::numeric_limits<qint64>::max())));
}

/// -?SECONDS(.FRACTION)?, at most nine digits of fraction.
std::optional<qint64> decodePaxTime(QByteArrayView value)
{
    const bool negative = value.startsWith('-');
    if (negative)
        value = value.sliced(1);
    const qsizetype dot = value.indexOf('.');
    const auto seconds = digits(dot < 0 ? value : value.first(dot));
    if (!seconds)
        return std::nullopt;
    qint64 ns = std::min(*seconds, kMaxSeconds) * kNsPerSecond;
    if (dot >= 0) {
        const QByteArrayView fraction = value.sliced(dot + 1);
        const auto n = digits(fraction);
        if (!n || fraction.size() > 9)
            return std::nullopt;
        qint64 scaled = *n;
        for (qsizetype i = fraction.size(); i < 9; ++i)
            scaled *= 10;
        ns += scaled;
    }
    return negative ? -ns : ns;
}

}  // namespace

void appendTarHeader(QByteArray &out, const Member &member, TarTimes times)
{
    const QByteArray path = member.type == MemberType::Directory ? member.path.bytes() + '/' : member.path.bytes();
    const qint64 seconds = floorSeconds(member.mtimeNs);
    RawEntry raw = {typeFlag(member.type), {}, {}, member.link, member.type == MemberType::File ? member.size : 0,
                    member.mode & 07777u, member.uid, member.gid, std::clamp<qint64>(seconds, 0, kTarMaxOctal)};
    QByteArray pax;
    if (!splitPath(path, raw.prefix, raw.name)) {
        appendPaxRecord(pax, "path", path);
        raw.name = QByteArrayView(path).first(kName.width);
        if (raw.name.endsWith('/'))   // cut right behind a component: not a folder for readers without pax
            raw.name.chop(1);
    }
    if (member.link.size() > kLink.width)
        appendPaxRecord(pax, "linkpath", member.link);
    if (raw.size > kTarMaxOctal) {
        appendPaxRecord(pax, "size", QByteArray::number(raw.size));
        raw.size = kTarMaxOctal;
    }
    if (raw.uid > kMaxShortOctal) {
        appendPaxRecord(pax, "uid", QByteArray::number(raw.uid));
        raw.uid = 0;
    }
    if (raw.gid > kMaxShortOctal) {
        appendPaxRecord(pax, "gid", QByteArray::number(raw.gid));
        raw.gid = 0;
    }
    const qint64 mtimeNs = times == TarTimes::Exact ? member.mtimeNs : seconds * kNsPerSecond;
    if (seconds != raw.mtime || mtimeNs % kNsPerSecond != 0)
        appendPaxRecord(pax, "mtime", paxTime(mtimeNs));
    if (!pax.isEmpty()) {
        appendBlock(out, {'x', {}, "././@PaxHeader", {}, pax.size(), 0644, 0, 0, 0});
        out.append(pax);
        appendTarPadding(out, pax.size());
    }
    appendBlock(out, raw);
}

void appendTarPadding(QByteArray &out, qint64 size)
{
    out.append(tarPadded(size) - size, '\0');
}

void appendTarEnd(QByteArray &out)
{
    out.append(2 * kTarBlock, '\0');
}

bool isZeroTarBlock(QByteArrayView block)
{
    return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
}

Result<TarHeader> decodeTarHeader(QByteArrayView block, qint64 offset)
{
    Q_ASSERT(block.size() == kTarBlock);
    const auto sum = number(fieldOf(block, kChecksum));
    const bool rightSum = sum && *sum == checksumOf(block.data()) && !(quint8(block[kChecksum.at]) & 0x80);
    if (!rightSum && !isMutant(Mutant::HeaderChecksumIgnored))
        return fail(ErrorCode::ArchiveDamaged, {}, {QString::number(offset), QStringLiteral("header checksum")});
    TarHeader header;
    header.type = block[kType] == '\0' ? '0' : block[kType];
    const auto size = number(fieldOf(block, kSize));
    if (!size || *size > std::numeric_limits<qint64>::max() - kTarBlock)
        return hostile(offset, "size is not a number that can be");
    header.size = *size;
    const auto mode = number(fieldOf(block, kMode));
    if (!mode)
        return hostile(offset, "mode is not a number");
    header.mode = quint32(*mode & 07777);
    const QByteArrayView magic = block.sliced(kMagic, 8);
    const bool ustar = magic.startsWith(QByteArrayView("ustar\0", 6));
    if (!ustar && magic != QByteArrayView("ustar  \0", 8) && !QByteArrayView("012567").contains(header.type))
        return hostile(offset, "entry type in a header without magic");
    header.name = text(fieldOf(block, kName));
    if (ustar && block[kPrefix.at] != '\0')
        header.name = text(fieldOf(block, kPrefix)) + '/' + header.name;
    header.link = text(fieldOf(block, kLink));
    header.uid = ownerOf(fieldOf(block, kUid));
    header.gid = ownerOf(fieldOf(block, kGid));
    header.mtimeNs = timeOf(fieldOf(block, kMtime));
    return header;
}

Result<PaxRecords> decodePax(QByteArrayView body, bool global, qint64 offset)
{
    PaxRecords records;
    SeenKeys seen;
    while (!body.isEmpty()) {
        const qsizetype space = body.first(std::min<qsizetype>(body.size(), 8)).indexOf(' ');
        const auto length = space > 0 && space <= 6 && body[0] != '0' ? digits(body.first(space)) : std::nullopt;
        if (!length || *length < space + 2 || *length > body.size() || body[*length - 1] != '\n')
            return hostile(offset, "pax record length");
        const QByteArrayView record = body.sliced(space + 1, *length - space - 2);
        body = body.sliced(*length);
        const qsizetype equals = record.indexOf('=');
        if (equals <= 0)
            return hostile(offset, "pax record without a key");
        const QByteArrayView key = record.first(equals);
        const QByteArrayView value = record.sliced(equals + 1);
        if (!seen.insert(key))
            return hostile(offset, "pax key twice");
        if (value.contains('\0') && !key.startsWith("SCHILY.xattr."))
            return hostile(offset, "NUL in a pax value");
        if (global && key != "comment")
            return hostile(offset, "global pax header sets more than a comment");
        if (key.startsWith("GNU.sparse") || key == "hdrcharset")
            return hostile(offset, "pax key that is not supported");
        if (key == "path" || key == "linkpath") {
            if (value.isEmpty())
                return hostile(offset, "empty pax path");
            (key == "path" ? records.path : records.link) = value.toByteArray();
        } else if (key == "size" || key == "uid" || key == "gid") {
            const auto n = digits(value);
            if (!n)
                return hostile(offset, "pax number");
            if (key == "size") {
                if (*n > std::numeric_limits<qint64>::max() - kTarBlock)
                    return hostile(offset, "pax size that cannot be");
                records.size = *n;
            } else if (*n <= std::numeric_limits<quint32>::max()) {
                (key == "uid" ? records.uid : records.gid) = quint32(*n);
            }
        } else if (key == "mtime" || key == "atime" || key == "ctime") {
            const auto time = decodePaxTime(value);
            if (!time)
                return hostile(offset, "pax time");
            if (key == "mtime")
                records.mtimeNs = *time;
        }
    }
    return records;
}

Result<QByteArray> decodeGnuLongName(QByteArrayView body, qint64 offset)
{
    if (body.size() < 2 || body.indexOf('\0') != body.size() - 1)
        return hostile(offset, "GNU long name");
    return body.first(body.size() - 1).toByteArray();
}

}  // namespace strongroom::storage
