// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/groupcutter.h"

#include "storage/archive/tarformat.h"

#include <xxhash.h>

namespace strongroom::storage {

namespace {
constexpr quint64 kCutMask = 63;   // one directory in 64 ends a group that is large enough
}

bool GroupCutter::cutsBefore(const Member &member)
{
    const qint64 bytes = kTarBlock + tarPadded(member.size);
    const bool cuts = m_bytes > 0 && (m_bytes + bytes > 2 * m_groupBytes || (m_bytes >= m_groupBytes && isBorder(member)));
    m_bytes = (cuts ? 0 : m_bytes) + bytes;
    return cuts;
}

bool GroupCutter::isBorder(const Member &member) const
{
    const QByteArray &path = member.path.bytes();
    return member.type == MemberType::Directory && (XXH3_64bits(path.constData(), size_t(path.size())) >> 20 & kCutMask) == 0;
}

}  // namespace strongroom::storage
