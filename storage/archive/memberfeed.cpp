// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/memberfeed.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

/// Longer names are refused; a problem need not repeat them whole.
constexpr qsizetype kShownName = 512;

}  // namespace

MemberFeed::MemberFeed(const Limits &limits, MemberSink &sink, Monitor &monitor, ContentHash hashes)
    : m_guard(limits), m_sink(sink), m_monitor(monitor), m_hashing(hashes == ContentHash::Computed)
{
}

Result<void> MemberFeed::begin(QByteArrayView raw, Member member)
{
    Q_ASSERT(m_missing == 0);
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    m_currentName.resize(0);
    m_currentName.append(raw.first(std::min(raw.size(), kShownName)));
    STRONGROOM_CHECK(m_guard.admit(raw, member));
    m_member = std::move(member);
    m_monitor.setCurrent(m_member.path.bytes());
    STRONGROOM_CHECK(m_sink.begin(m_member));
    m_missing = m_member.size;
    return m_missing == 0 ? end() : Result<void>();
}

Result<void> MemberFeed::data(QByteArrayView bytes)
{
    Q_ASSERT(bytes.size() <= m_missing);
    while (!bytes.isEmpty()) {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        const QByteArrayView block = bytes.first(std::min<qsizetype>(bytes.size(), kBlock));
        bytes = bytes.sliced(block.size());
        if (m_hashing)
            m_hasher.add(block);
        STRONGROOM_CHECK(m_sink.data(block));
        m_missing -= block.size();
    }
    return m_missing == 0 ? end() : Result<void>();
}

Result<void> MemberFeed::end()
{
    if (m_hashing && m_member.type == MemberType::File)
        m_member.sha256 = m_hasher.finish();
    m_monitor.addItems();
    STRONGROOM_CHECK(m_sink.end(m_member));
    m_currentName.resize(0);   // what goes wrong between members is nobody's
    return {};
}

}  // namespace strongroom::storage
