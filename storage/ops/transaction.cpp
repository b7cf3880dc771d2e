// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/transaction.h"

#include "storage/atomicfile.h"
#include "storage/mutant.h"
#include "storage/ops/exchange.h"
#include "storage/treeops.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace strongroom::storage {

Transaction::Transaction(const Beside &beside, QByteArray stageName, Fd stage, bool stageIsSafety, TransactionOptions options)
    : m_beside(&beside), m_stageName(std::move(stageName)), m_stage(std::move(stage)), m_stageIsSafety(stageIsSafety),
      m_options(std::move(options))
{
}

Transaction::Transaction(Transaction &&other) noexcept
    : m_beside(other.m_beside), m_stageName(std::move(other.m_stageName)), m_stage(std::move(other.m_stage)),
      m_stageIsSafety(other.m_stageIsSafety), m_options(std::move(other.m_options)),
      m_state(std::exchange(other.m_state, State::RolledBack)), m_safetyPath(std::move(other.m_safetyPath)),
      m_untidy(std::move(other.m_untidy))
{
}

Transaction::~Transaction()
{
    if (m_state == State::Staging)
        (void)rollBack();
}

Result<Transaction> Transaction::begin(const Beside &beside, const OperationLock &, TransactionOptions options)
{
    STRONGROOM_TRY(const bool unfinished, needsRecovery(beside));
    if (unfinished)
        return fail(ErrorCode::AlreadyExists, beside.absolute(beside.stage()));
    STRONGROOM_CHECK(passStep(options, "make-stage"));
    if (::mkdirat(beside.parent.get(), beside.stage().constData(), 0700) != 0)
        return failErrno(errno, beside.absolute(beside.stage()), ErrorCode::WriteFailed);
    Fd stage(retried([&] {
        return ::openat(beside.parent.get(), beside.stage().constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }));
    const int openErrno = errno;
    const bool opened = stage.isValid();
    Transaction transaction(beside, beside.stage(), std::move(stage), false, std::move(options));
    if (!opened)
        return failErrno(openErrno, beside.absolute(beside.stage()));
    return transaction;
}

Result<Transaction> Transaction::beginWithSafetyCopy(const Beside &beside, const OperationLock &, qint64 number,
                                                     TransactionOptions options)
{
    STRONGROOM_TRY(const bool unfinished, needsRecovery(beside));
    if (unfinished)
        return fail(ErrorCode::AlreadyExists, beside.absolute(beside.stage()));
    const QByteArray name = beside.safety(number);
    Fd stage(retried([&] { return ::openat(beside.parent.get(), name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); }));
    if (!stage.isValid())
        return failErrno(errno, beside.absolute(name));
    return Transaction(beside, name, std::move(stage), true, std::move(options));
}

Result<Journal> Transaction::journalFor(const QList<Slot> &slotList, Operation operation) const
{
    STRONGROOM_TRY(const FileStamp parent, stampOf(m_beside->parent.get(), m_beside->parentPath));
    Journal journal{operation, m_stageName, m_stageIsSafety, false, {}};
    for (qsizetype i = 0; i < slotList.size(); ++i) {
        const Slot &slot = slotList.at(i);
        const QByteArray shown = slot.target.isRoot() ? m_beside->path : m_beside->path + '/' + slot.target.bytes();
        if (slot.target.isRoot() && slotList.size() != 1)
            return fail(ErrorCode::Internal, shown, {QStringLiteral("slots overlap")});
        JournalEntry entry;
        entry.target = slot.target;
        if (!slot.takeAway) {
            STRONGROOM_TRY(const FileStamp staged, stampAt(m_stage.get(), slotName(i)));
            if (staged.device != parent.device)
                return fail(ErrorCode::CrossDevice, shown);
            entry.newInode = staged.inode;
        }
        STRONGROOM_TRY(const TargetPlace at, openTarget(*m_beside, slot.target));
        STRONGROOM_TRY(const std::optional<FileStamp> old, findAt(at.parent.get(), at.name));
        if (old) {
            if (old->device != parent.device)  // I2
                return fail(ErrorCode::CrossDevice, shown);
            entry.oldInode = old->inode;
        }
        // Nothing on either side: for a safety copy a slot whose two contents were both taken away since.
        if (!entry.newInode && !entry.oldInode && !m_stageIsSafety)
            return fail(ErrorCode::Vanished, shown);
        // A directory that was created where nothing was leaves nothing to put back.
        journal.keepOld = journal.keepOld || entry.oldInode || !slot.target.isRoot() || m_stageIsSafety;
        journal.entries.append(std::move(entry));
    }
    return journal;
}

Result<void> Transaction::commit(const QList<Slot> &slotList, SafetyNote note)
{
    if (m_state != State::Staging)
        return fail(ErrorCode::Internal, m_beside->path, {QStringLiteral("transaction committed twice")});
    if (slotList.isEmpty())
        return fail(ErrorCode::NothingToDo, m_beside->path);

    Result<Journal> journal = [&]() -> Result<Journal> {
        STRONGROOM_CHECK(passStep(m_options, "sync-stage"));
        if (!isMutant(Mutant::ExchangedBeforeSync))
            STRONGROOM_CHECK(syncFileSystem(m_stage.get(), m_beside->absolute(m_stageName)));  // I1
        STRONGROOM_TRY(Journal planned, journalFor(slotList, note.operation));
        STRONGROOM_CHECK(passStep(m_options, "write-journal"));
        if (!isMutant(Mutant::JournalNotWritten))
            STRONGROOM_CHECK(writeFileAtomically(m_beside->parent.get(), m_beside->journal(), writeJournal(planned), false));
        return planned;
    }();
    if (!journal) {
        (void)rollBack();
        return std::unexpected(std::move(journal).error());
    }

    const Exchange exchange(*m_beside, *journal, m_stage.get(), m_options, false);
    // Under the journal, so that recovery knows of it: the stage may be a safety copy, in which nothing must stay.
    Result<void> moved = [&]() -> Result<void> {
        for (const Slot &slot : slotList)
            note.targets.append(slot.target);
        STRONGROOM_CHECK(passStep(m_options, "write-note"));
        return writeFileAtomically(m_stage.get(), kNextNoteName, writeNote(note), true);
    }();
    if (moved)
        moved = exchange.bringTo(Exchange::Side::New);
    if (moved && isMutant(Mutant::ExchangedBeforeSync))
        moved = syncFileSystem(m_stage.get(), m_beside->absolute(m_stageName));
    Result<Exchange::Finished> finished = moved ? exchange.finish() : Result<Exchange::Finished>(std::unexpected(moved.error()));
    if (finished) {
        m_state = State::Committed;
        m_untidy = std::move(finished->untidy);
        if (!finished->safetyName.isEmpty())
            m_safetyPath = m_beside->absolute(finished->safetyName);
        return {};
    }
    // I3: all or none. If even the way back fails, the journal stands and recovery finds the truth by inode.
    const Result<void> back = exchange.bringTo(Exchange::Side::Old);
    m_state = back && exchange.discard() ? State::RolledBack : State::Broken;
    return std::unexpected(std::move(finished).error());
}

Result<void> Transaction::rollBack()
{
    if (m_state != State::Staging)
        return {};
    m_state = State::Broken;
    const Journal journal{Operation::Restore, m_stageName, m_stageIsSafety, false, {}};
    STRONGROOM_CHECK(Exchange(*m_beside, journal, m_stage.get(), m_options, false).discard());
    m_state = State::RolledBack;
    return {};
}

}  // namespace strongroom::storage
