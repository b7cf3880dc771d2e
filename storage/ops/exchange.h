// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The moves below a journal: putting the new or the old content at each target, from wherever a crash left
// it. Shared by commit and recovery, so that there is one road only. Invariants: transaction.h.

#include "storage/ops/transaction.h"

namespace strongroom::storage {

class Exchange {
public:
    enum class Side { Old, New };

    /// \param recovering  a target that is neither old nor new is moved aside into the stage instead of
    ///                    refused: nobody can be asked any more, and nothing may be lost.
    /// Everything given by reference must outlive the object.
    Exchange(const Beside &beside, const Journal &journal, int stageFd, const TransactionOptions &options, bool recovering);

    /// True when any target already has, or half has, its new content.
    [[nodiscard]] Result<bool> isAnyMoved() const;
    /// Brings every target to `side` and syncs the folders concerned. Idempotent.
    [[nodiscard]] Result<void> bringTo(Side side) const;

    struct Finished {
        QByteArray safetyName;          ///< empty: nothing was put aside
        std::optional<Error> untidy;    ///< what recovery has to repeat; the exchange itself stands
    };
    /// New everywhere: stage -> safety copy (or removed), its note in place, journal gone. An error means that
    /// the journal still stands and the way back is open.
    [[nodiscard]] Result<Finished> finish() const;
    /// Old everywhere: journal gone first, then the stage (I4: not when it is a safety copy).
    [[nodiscard]] Result<void> discard() const;

private:
    struct Place {
        Fd parent;                                    // of the target; invalid: a folder on the way is gone
        QByteArray name;
        std::optional<quint64> target, slot, aside;   // the inodes those names have now
    };
    [[nodiscard]] static bool isMoved(const JournalEntry &entry, const Place &place);
    [[nodiscard]] Result<Place> look(qsizetype index) const;
    [[nodiscard]] Result<void> bringOneTo(Side side, qsizetype index) const;
    [[nodiscard]] Result<void> makeRoom(Place &place, qsizetype index, std::optional<quint64> other) const;
    [[nodiscard]] Result<void> tidySlot(qsizetype index, const Place &place) const;
    [[nodiscard]] Result<void> syncFolders() const;

    const Beside &m_beside;
    const Journal &m_journal;
    int m_stageFd;
    const TransactionOptions &m_options;
    bool m_recovering;
};

/// Runs the test seam before a change of the disk.
[[nodiscard]] Result<void> passStep(const TransactionOptions &options, const char *step);
/// Opens the folder that holds a target, and names the target in it (I5).
struct TargetPlace {
    Fd parent;
    QByteArray name;
};
[[nodiscard]] Result<TargetPlace> openTarget(const Beside &beside, const RelPath &target);
/// The note written for what the stage holds now becomes the note of the newest safety copy; there may be none.
[[nodiscard]] Result<void> putNoteInPlace(const Beside &beside, const TransactionOptions &options);
/// Drops the journal and syncs; absent is success.
[[nodiscard]] Result<void> dropJournal(const Beside &beside, const TransactionOptions &options);

}  // namespace strongroom::storage
