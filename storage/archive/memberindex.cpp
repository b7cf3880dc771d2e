// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/memberindex.h"

#include <zstd.h>

#include <algorithm>
#include <limits>

namespace strongroom::storage {

namespace {

constexpr QByteArrayView kMagic = "SRMINDX1";
constexpr int kLevel = 3;
/// Least bytes of a member and of a group in the text: what claims more of them than fit is wrong.
constexpr qint64 kLeastMember = 7;
constexpr qint64 kLeastGroup = 3;

void putNumber(QByteArray &out, quint64 value)
{
    for (; value >= 0x80; value >>= 7)
        out.append(char(value | 0x80));
    out.append(char(value));
}

quint64 zigzag(qint64 value)
{
    return (quint64(value) << 1) ^ (value < 0 ? ~quint64(0) : 0);
}

qint64 unzigzag(quint64 value)
{
    return qint64(value >> 1) ^ -qint64(value & 1);
}

void putBytes(QByteArray &out, QByteArrayView bytes)
{
    putNumber(out, quint64(bytes.size()));
    out.append(bytes);
}

void putMember(QByteArray &out, const Member &member, QByteArrayView pathBefore, qint64 timeBefore)
{
    const QByteArrayView path = member.path.bytes();
    const auto [end, other] = std::mismatch(path.begin(), path.end(), pathBefore.begin(), pathBefore.end());
    const qsizetype shared = end - path.begin();
    putNumber(out, quint64(shared));
    putBytes(out, path.sliced(shared));
    putNumber(out, quint64(member.type));
    putNumber(out, member.mode);
    putNumber(out, member.uid);
    putNumber(out, member.gid);
    putNumber(out, zigzag(qint64(quint64(member.mtimeNs) - quint64(timeBefore))));
    if (member.type == MemberType::File)
        putNumber(out, quint64(member.size));
    else if (member.type == MemberType::Symlink || member.type == MemberType::Hardlink)
        putBytes(out, member.link);
}

std::unexpected<Error> wrong(const char *what)
{
    return fail(ErrorCode::ManifestInvalid, {}, {QString::fromLatin1(what)});
}

}  // namespace

QByteArray encodeIndex(const QList<IndexedGroup> &groups, const QList<Member> &members)
{
    QByteArray text;
    text.reserve(64 + groups.size() * 32 + members.size() * 48);
    text.append(kMagic);
    putNumber(text, quint64(groups.size()));
    for (const IndexedGroup &group : groups) {
        for (const qint64 number : {group.packed, group.raw, group.members})
            putNumber(text, quint64(number));
    }
    putNumber(text, quint64(members.size()));
    QByteArrayView path;
    qint64 time = 0;
    for (const Member &member : members) {
        putMember(text, member, path, time);
        path = member.path.bytes();
        time = member.mtimeNs;
    }
    QByteArray packed(qsizetype(ZSTD_compressBound(size_t(text.size()))), Qt::Uninitialized);
    const size_t size = ZSTD_compress(packed.data(), size_t(packed.size()), text.constData(), size_t(text.size()), kLevel);
    packed.truncate(ZSTD_isError(size) ? 0 : qsizetype(size));   // without room an archive has no index, and is as good
    return packed;
}

Result<IndexReader> IndexReader::open(QByteArrayView packed, qint64 maxBytes)
{
    const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), size_t(packed.size()));
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
        return wrong("the index cannot be unpacked");
    if (size > quint64(maxBytes))
        return fail(ErrorCode::LimitExceeded, {}, {QStringLiteral("index")});
    IndexReader reader;
    reader.m_text.resize(qsizetype(size));
    const size_t made = ZSTD_decompress(reader.m_text.data(), size_t(size), packed.data(), size_t(packed.size()));
    if (ZSTD_isError(made) || made != size)
        return wrong("the index cannot be unpacked");
    if (!reader.m_text.startsWith(kMagic))
        return wrong("no index");
    reader.m_at = kMagic.size();
    if (!reader.takeGroups())
        return wrong("the index is cut or makes no sense");
    return reader;
}

bool IndexReader::takeNumber(quint64 &value)
{
    value = 0;
    for (int shift = 0; shift < 64 && m_at < m_text.size(); shift += 7) {
        const quint8 byte = quint8(m_text.at(m_at++));
        if (shift == 63 && byte > 1)
            return false;
        value |= quint64(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

bool IndexReader::takeBytes(QByteArray &value)
{
    quint64 size = 0;
    if (!takeNumber(size) || size > quint64(m_text.size() - m_at))
        return false;
    value = m_text.mid(m_at, qsizetype(size));
    m_at += qsizetype(size);
    return true;
}

bool IndexReader::takeGroups()
{
    constexpr quint64 kMost = quint64(1) << 50;
    quint64 count = 0;
    if (!takeNumber(count) || count > quint64((m_text.size() - m_at) / kLeastGroup))
        return false;
    m_groups.reserve(qsizetype(count));
    for (quint64 i = 0; i < count; ++i) {
        IndexedGroup group;
        for (qint64 *number : {&group.packed, &group.raw, &group.members}) {
            quint64 value = 0;
            if (!takeNumber(value) || value > kMost)
                return false;
            *number = qint64(value);
        }
        m_groups.append(group);
    }
    if (!takeNumber(count) || count > quint64((m_text.size() - m_at) / kLeastMember))
        return false;
    m_count = qint64(count);
    return m_count > 0 || m_at == m_text.size();
}

Result<Member> IndexReader::next()
{
    Member member;
    quint64 shared = 0;
    QByteArray rest;
    quint64 type = 0;
    quint64 mode = 0;
    quint64 uid = 0;
    quint64 gid = 0;
    quint64 time = 0;
    const bool whole = takeNumber(shared) && takeBytes(rest) && takeNumber(type) && takeNumber(mode) && takeNumber(uid)
        && takeNumber(gid) && takeNumber(time);
    if (!whole || shared > quint64(m_path.size()) || type > quint64(MemberType::Fifo) || mode > 07777
        || std::max(uid, gid) > std::numeric_limits<quint32>::max())
        return wrong("the index is cut or makes no sense");
    m_path.truncate(qsizetype(shared));
    m_path.append(rest);
    member.type = MemberType(type);
    member.mode = quint32(mode);
    member.uid = quint32(uid);
    member.gid = quint32(gid);
    m_mtimeNs = qint64(quint64(m_mtimeNs) + quint64(unzigzag(time)));
    member.mtimeNs = m_mtimeNs;
    if (member.type == MemberType::File) {
        quint64 size = 0;
        if (!takeNumber(size) || size > quint64(std::numeric_limits<qint64>::max()))
            return wrong("the index is cut or makes no sense");
        member.size = qint64(size);
    } else if ((member.type == MemberType::Symlink || member.type == MemberType::Hardlink) && !takeBytes(member.link)) {
        return wrong("the index is cut or makes no sense");
    }
    if (!m_path.isEmpty()) {
        STRONGROOM_TRY(member.path, RelPath::parse(m_path));
    }
    if (++m_read == m_count && m_at != m_text.size())
        return wrong("the index has a tail");
    return member;
}

}  // namespace strongroom::storage
