// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where one group of an archive ends and the next begins. It follows from names and sizes alone, so a backup of an
// unchanged folder repeats its groups, and a change touches the groups around it only.

#include "storage/archive/member.h"

namespace strongroom::storage {

class GroupCutter {
public:
    /// \param groupBytes  of the smallest group that may be cut; the largest is twice that.
    explicit GroupCutter(qint64 groupBytes) : m_groupBytes(groupBytes) {}

    /// Whether a cut comes before `member`. Counts it in any case, into the group that it begins or continues.
    [[nodiscard]] bool cutsBefore(const Member &member);
    /// A cut came for another reason.
    void reset() { m_bytes = 0; }

private:
    [[nodiscard]] bool isBorder(const Member &member) const;

    qint64 m_groupBytes;
    qint64 m_bytes = 0;   // of the group so far; none = it is empty
};

}  // namespace strongroom::storage
