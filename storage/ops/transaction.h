// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one road on which live data changes: staged beside the data directory, exchanged under a journal,
// the old content kept as a safety copy. Not a copier: who fills the stage is the caller's business.
//
// Invariants, held by transaction.cpp and recovery.cpp and proven by tst_transaction:
//   I1  Nothing inside the live tree is touched before everything staged is synced.
//   I2  Stage, safety copies and target share one file system; anything else is refused.
//   I3  A name holds the whole old or the whole new content; several names of one transaction end up all
//       old or all new. Where names cannot be exchanged, two renames under the journal stand in.
//   I4  What was replaced is never removed here. A roll back removes only what was staged new.
//   I5  Nothing is reached through a symbolic link below the data directory.
//   I6  A stop, a crash or an error at any point leaves something that recoverBeside() brings to the whole
//       old or the whole new state, without leftovers. It decides by which inode a name has, never by the
//       text of a state; an error is not absence.
//
// On disk, beside DIR = PARENT/NAME:
//   .NAME.strongroom-stage/{0,1,...}      new content, slot by slot; no journal = garbage of a crash
//   .NAME.strongroom-journal              exists from before the first exchange until after the last
//   .NAME.strongroom-safety-N/{0,1,...}   old content + note.json

#include "storage/monitor.h"
#include "storage/ops/beside.h"
#include "storage/ops/journal.h"
#include "storage/ops/oplock.h"

#include <functional>

namespace strongroom::storage {

/// Test seams; production code passes the default.
struct TransactionOptions {
    /// Called before every change of the disk with the name of what comes next; an Error makes that step
    /// fail without being done. A test kills its process here to simulate a crash.
    std::function<std::optional<Error>(const char *step)> beforeStep;
    /// As on a file system without RENAME_EXCHANGE.
    bool withoutExchange = false;
};

/// One name that the transaction replaces, creates or takes away.
struct Slot {
    RelPath target;           ///< relative to the data directory; root = the directory itself, then the only slot
    bool takeAway = false;    ///< nothing is staged; the target goes into the safety copy
};

/// One operation on one data directory, under its lock. Not committed: rolled back by the destructor.
/// Thread: one. `beside` and `lock` must outlive it.
class Transaction {
public:
    /// Makes the empty stage folder. recoverBeside() must have run under the same lock.
    /// Errors: AlreadyExists (a stage is there: not recovered), DiskFull, PermissionDenied, ReadOnly, by errno.
    [[nodiscard]] static Result<Transaction> begin(const Beside &beside, const OperationLock &lock,
                                                   TransactionOptions options = {});
    /// Takes a safety copy as the stage: committing puts it back. Rolling back leaves it as it was.
    /// Errors: NotFound, by errno.
    [[nodiscard]] static Result<Transaction> beginWithSafetyCopy(const Beside &beside, const OperationLock &lock,
                                                                 qint64 number, TransactionOptions options = {});
    Transaction(Transaction &&) noexcept;
    Transaction &operator=(Transaction &&) = delete;
    ~Transaction();

    /// The folder that holds the slots; slot i is the name "i" in it.
    [[nodiscard]] int stageFd() const { return m_stage.get(); }
    [[nodiscard]] const QByteArray &stageName() const { return m_stageName; }
    [[nodiscard]] static QByteArray slotName(qsizetype index) { return QByteArray::number(index); }

    /// Syncs the stage, journals, exchanges every slot, keeps the old content. `note.targets` is filled in.
    /// After an error everything is as before (isRolledBack) or recoverBeside() makes it so.
    /// Errors: NothingToDo, Changed (a target moved meanwhile), CrossDevice, by errno.
    [[nodiscard]] Result<void> commit(const QList<Slot> &slotList, SafetyNote note);
    /// Removes what was staged. Also done by the destructor, which cannot say what went wrong.
    [[nodiscard]] Result<void> rollBack();

    [[nodiscard]] bool isRolledBack() const { return m_state == State::RolledBack; }
    /// Absolute path of the safety copy of a committed transaction; empty when nothing was there before.
    [[nodiscard]] const QByteArray &safetyPath() const { return m_safetyPath; }
    /// Set when the exchange succeeded but tidying up did not; recoverBeside() finishes it.
    [[nodiscard]] const std::optional<Error> &untidy() const { return m_untidy; }

private:
    enum class State { Staging, Committed, RolledBack, Broken };
    Transaction(const Beside &beside, QByteArray stageName, Fd stage, bool stageIsSafety, TransactionOptions options);
    [[nodiscard]] Result<Journal> journalFor(const QList<Slot> &slotList, Operation operation) const;

    const Beside *m_beside;
    QByteArray m_stageName;
    Fd m_stage;
    bool m_stageIsSafety;
    TransactionOptions m_options;
    State m_state = State::Staging;
    QByteArray m_safetyPath;
    std::optional<Error> m_untidy;
};

/// What recoverBeside() did.
enum class Recovery : quint8 { Nothing, Finished, RolledBack };
struct RecoveredTransaction {
    Recovery recovery = Recovery::Nothing;
    std::optional<Operation> operation;   ///< absent: it crashed before it had a journal
};

/// Finishes or rolls back what a crash left beside the directory. Idempotent; may itself be interrupted
/// at any point and run again. Errors: by cause; nothing is guessed after an error.
[[nodiscard]] Result<RecoveredTransaction> recoverBeside(const Beside &beside, const OperationLock &lock,
                                                         const TransactionOptions &options = {});
/// True when there is something for recoverBeside() to do. Looks at four names, creates nothing.
[[nodiscard]] Result<bool> needsRecovery(const Beside &beside);

}  // namespace strongroom::storage
