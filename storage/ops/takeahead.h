// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Between the walk of a backup and its archive: what the walk met waits here for its turn, and the contents of
// small files that stand still are read meanwhile, by a crew. Everything else is left to the turn.

#include "storage/archive/groupwriter.h"
#include "storage/ops/backupselection.h"

#include <deque>
#include <functional>
#include <memory>

namespace strongroom::storage {

struct MetGroup;

/// A name that the walk met, or the end of a group of them.
struct MetEntry {
    WalkEntry walked;
    BackupSelection::Decision decision;        ///< means nothing where the walk had an error
    bool isCalm = false;                       ///< a file to be read ahead; at its turn: it was, and whole
    std::shared_ptr<const MetGroup> ends;      ///< nothing else is set then
    qint64 offset = 0;                         ///< of its `walked.stamp.size` bytes in what was read ahead
};

/// Thread: one; what it reads, it reads in the crew. With a crew that is the caller alone every entry has its
/// turn at once, in the order of a simple loop.
class TakeAhead {
public:
    /// Called in the thread of add(), for every entry, in their order. `ahead` has the bytes of those that are calm.
    using Turn = std::function<Result<void>(const MetEntry &entry, const std::shared_ptr<ContentSource> &ahead)>;

    /// \param now  UTC, the instant the backup began.
    TakeAhead(Crew &crew, const QDateTime &now, Monitor &monitor, Turn turn);

    /// Queues one entry and gives earlier ones their turn. Errors: those of the turns; Cancelled.
    [[nodiscard]] Result<void> add(MetEntry entry);
    /// Gives all that wait their turn. Errors: as add().
    [[nodiscard]] Result<void> catchUp();

    /// Whether a file of this size may be read ahead.
    [[nodiscard]] static bool isSmall(qint64 size) { return !GroupWriter::isReadAtOnce(size); }

private:
    class Batch;
    void submit();
    [[nodiscard]] Result<void> giveTurns(size_t left);

    Crew &m_crew;
    const qint64 m_nowNs;
    Monitor &m_monitor;
    const Turn m_turn;
    std::shared_ptr<Batch> m_filling;
    std::deque<std::shared_ptr<Batch>> m_waiting;
};

}  // namespace strongroom::storage
