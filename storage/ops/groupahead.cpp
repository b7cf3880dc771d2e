// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/groupahead.h"

#include <fcntl.h>
#include <utility>

namespace strongroom::storage {

GroupAhead::GroupAhead(int rootFd, qint64 groupBytes, const ReuseTable *earlier, TakeAhead &ahead)
    : m_rootFd(rootFd), m_earlier(earlier), m_ahead(ahead), m_cutter(groupBytes)
{
}

Result<void> GroupAhead::add(MetEntry entry, Role role, const Member &member)
{
    if (role == Role::Outside)
        return keep(std::move(entry));
    const bool begins = role == Role::Plain ? m_cutter.cutsBefore(member) : true;
    if (begins && m_isOpen)
        STRONGROOM_CHECK(endGroup(true));
    m_isOpen = true;
    if (role == Role::Special) {
        STRONGROOM_CHECK(passOn(std::move(entry)));
        STRONGROOM_CHECK(endGroup(false));
        return m_ahead.catchUp();
    }
    m_printer.add(member, entry.walked.stamp);
    if (m_earlier)
        m_group.members.append(member);
    STRONGROOM_CHECK(keep(std::move(entry)));
    if (role != Role::Alone)
        return {};
    STRONGROOM_CHECK(endGroup(true));
    return m_isTakenOver ? Result<void>() : m_ahead.catchUp();
}

Result<void> GroupAhead::finish()
{
    return m_isOpen ? endGroup(true) : Result<void>();
}

/// While it is open whether the group is taken over, its entries wait; the folders they lie in are not held open for that.
Result<void> GroupAhead::keep(MetEntry entry)
{
    if (!m_earlier || !m_isOpen)
        return m_ahead.add(std::move(entry));
    entry.walked.folder.reset();
    m_group.entries.push_back(std::move(entry));
    return {};
}

Result<void> GroupAhead::passOn(MetEntry entry)
{
    if (!entry.walked.folder && !entry.walked.error) {
        const RelPath parent = entry.walked.path.parent();
        if (!m_folder || m_folderPath != parent) {
            auto opened = openBelow(m_rootFd, parent, O_RDONLY | O_DIRECTORY);
            m_folder = opened ? std::make_shared<const Fd>(*std::move(opened)) : nullptr;
            m_folderPath = parent;
            if (!opened) {
                Error error = std::move(opened).error();
                error.path = entry.walked.path.bytes();
                if (error.code == ErrorCode::NotFound)
                    error.code = ErrorCode::Vanished;
                entry.walked.error = std::move(error);
                entry.isCalm = false;
            }
        }
        entry.walked.folder = m_folder;
    }
    return m_ahead.add(std::move(entry));
}

Result<void> GroupAhead::endGroup(bool isKnown)
{
    m_isOpen = false;
    m_cutter.reset();
    const GroupFingerprint fingerprint = m_printer.finish();
    if (isKnown) {
        m_group.fingerprint = fingerprint;
        const ReusableGroup *earlier = m_earlier ? m_earlier->find(fingerprint) : nullptr;
        m_group.earlier = earlier && earlier->canBe(m_group.members) ? earlier : nullptr;
    }
    m_isTakenOver = m_group.earlier != nullptr;
    MetGroup group = std::exchange(m_group, {});
    if (!group.earlier) {
        for (MetEntry &entry : std::exchange(group.entries, {}))
            STRONGROOM_CHECK(passOn(std::move(entry)));
        m_folder.reset();
    }
    MetEntry end;
    end.ends = std::make_shared<const MetGroup>(std::move(group));
    return m_ahead.add(std::move(end));
}

}  // namespace strongroom::storage
