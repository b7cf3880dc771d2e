// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Between the walk of a backup and what is read ahead: tells where groups end before anything of them is read, so that a
// group of which nothing changed is taken over from an earlier archive instead.

#include "storage/archive/groupcutter.h"
#include "storage/ops/reusetable.h"
#include "storage/ops/takeahead.h"

#include <memory>
#include <optional>
#include <vector>

namespace strongroom::storage {

/// What the turn at the end of a group has to know.
struct MetGroup {
    /// Of all that was met in it; absent when nothing may be recorded of it.
    std::optional<GroupFingerprint> fingerprint;
    /// To be taken over: then `entries` had no turn yet, which of them become members is in `members`.
    const ReusableGroup *earlier = nullptr;
    std::vector<MetEntry> entries;
    QList<Member> members;
};

/// What takes its time, or must be had at one moment, has it before the walk goes on, so that nothing waits for long.
/// Thread: one. With no earlier table every entry is passed on at once.
class GroupAhead {
public:
    /// What an entry is to its group.
    enum class Role : quint8 {
        Outside,    ///< it becomes no member, or nobody knows before its turn
        Plain,      ///< one of many
        Alone,      ///< a large file that stands still: a group of its own
        Special,    ///< taken its own way; nothing can be said before its turn
    };

    /// \param earlier  null = nothing is taken over. Everything given must outlive this.
    GroupAhead(int rootFd, qint64 groupBytes, const ReuseTable *earlier, TakeAhead &ahead);

    /// \param member  what it becomes, for Plain and Alone. Errors: those of TakeAhead.
    [[nodiscard]] Result<void> add(MetEntry entry, Role role, const Member &member);
    /// Ends the last group. Errors: those of TakeAhead.
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] Result<void> keep(MetEntry entry);
    [[nodiscard]] Result<void> passOn(MetEntry entry);
    [[nodiscard]] Result<void> endGroup(bool isKnown);

    int m_rootFd;
    const ReuseTable *m_earlier;
    TakeAhead &m_ahead;
    GroupCutter m_cutter;
    GroupFingerprinter m_printer;
    MetGroup m_group;
    bool m_isOpen = false;                    // the group has a member
    bool m_isTakenOver = false;               // the group that ended last
    RelPath m_folderPath;                     // of m_folder
    std::shared_ptr<const Fd> m_folder;
};

}  // namespace strongroom::storage
