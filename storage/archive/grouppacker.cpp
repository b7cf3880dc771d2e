// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/grouppacker.h"

#include "storage/archive/tarformat.h"

#include <algorithm>

namespace strongroom::storage {

namespace {
constexpr qint64 kPollBytes = 256 * 1024;
}

Result<void> appendContent(QByteArray &out, ContentSource &content, qint64 size, qint64 offset,
                           const QByteArray &pathForErrors, Monitor &monitor)
{
    const qsizetype start = out.size();
    out.resize(start + size);
    for (qint64 done = 0; done < size;) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        const qint64 wanted = std::min(size - done, kPollBytes);
        STRONGROOM_TRY(const qint64 got, content.readAt(out.data() + start + done, wanted, offset + done));
        if (got != wanted)   // the header with the size is written already: nothing may stand in for the rest
            return fail(ErrorCode::Changed, pathForErrors);
        done += got;
        monitor.addBytes(got);
    }
    return {};
}

GroupPacker::GroupPacker(std::unique_ptr<GroupCompressor> compressor, Monitor &monitor)
    : m_compressor(std::move(compressor)), m_monitor(monitor)
{
}

Result<std::unique_ptr<GroupPacker>> GroupPacker::create(const WriterOptions &options, Monitor &monitor)
{
    STRONGROOM_TRY(std::unique_ptr<GroupCompressor> compressor, GroupCompressor::create(options.format, options.level));
    return std::unique_ptr<GroupPacker>(new GroupPacker(std::move(compressor), monitor));
}

Result<void> GroupPacker::pack(Group &group)
{
    if (group.from)
        return copy(group);
    QByteArrayView raw = group.raw;
    group.members = group.raw.isEmpty() ? qint64(group.entries.size()) : qint64(group.beginsLarge);
    if (group.raw.isEmpty()) {
        m_raw.resize(0);   // keeps the room
        for (const Group::Entry &entry : group.entries) {
            if (m_monitor.stopRequested())
                return fail(ErrorCode::Cancelled);
            STRONGROOM_CHECK(appendEntry(group, entry));
        }
        raw = m_raw;
    }
    group.rawBytes = raw.size();
    STRONGROOM_CHECK(m_compressor->compress(raw, m_packed));
    group.packed = QByteArray(m_packed.constData(), m_packed.size());   // only what it needs waits in the queue
    group.entries.clear();
    group.raw = {};
    return {};
}

Result<void> GroupPacker::copy(Group &group)
{
    group.packed.resize(group.fromBytes);
    STRONGROOM_TRY(const qint64 got, preadFully(group.from->get(), group.packed.data(), group.fromBytes, group.fromOffset, {}));
    group.from.reset();
    return got == group.fromBytes ? Result<void>() : fail(ErrorCode::Changed);
}

Result<void> GroupPacker::appendEntry(Group &group, const Group::Entry &entry)
{
    const Member &member = entry.member;
    appendTarHeader(m_raw, member, TarTimes::Seconds);
    if (member.type != MemberType::File)
        return {};
    const qsizetype start = m_raw.size();
    if (member.size > 0) {
        STRONGROOM_CHECK(appendContent(m_raw, *entry.content, member.size, entry.offset, member.path.bytes(), m_monitor));
    }
    m_hasher.add(QByteArrayView(m_raw).sliced(start));
    group.hashes.push_back({entry.index, m_hasher.finish()});
    appendTarPadding(m_raw, member.size);
    return {};
}

}  // namespace strongroom::storage
