// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/exchange.h"
#include "storage/ops/transaction.h"
#include "storage/treeops.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

// The other half of transaction.cpp: what the next start does. Invariants: transaction.h.

namespace strongroom::storage {

namespace {

// Larger than any journal of ours: one entry takes some 100 bytes, and claims are few.
constexpr qint64 kMaxJournal = 64 << 20;

QByteArray partialJournal(const Beside &beside)
{
    return beside.journal() + ".partial";
}

Result<std::optional<Journal>> readJournal(const Beside &beside)
{
    auto opened = openFileBelow(beside.parent.get(), RelPath().childUnchecked(beside.journal()));
    if (!opened) {
        if (opened.error().code == ErrorCode::NotFound)
            return std::nullopt;
        return std::unexpected(std::move(opened).error());
    }
    const QByteArray path = beside.absolute(beside.journal());
    if (opened->stamp.size > kMaxJournal)
        return fail(ErrorCode::LimitExceeded, path);
    QByteArray text(opened->stamp.size, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 n, readFully(opened->fd.get(), text.data(), text.size(), path));
    text.truncate(n);
    auto journal = parseJournal(text);
    if (!journal) {
        journal.error().path = path;
        return std::unexpected(std::move(journal).error());
    }
    return *std::move(journal);
}

// No journal: nothing of the target was touched. What was staged, whole or not, is garbage.
Result<Recovery> recoverWithoutJournal(const Beside &beside, const TransactionOptions &options)
{
    STRONGROOM_TRY(const auto stage, beside.find(beside.stage()));
    if (!stage)
        return Recovery::Nothing;
    STRONGROOM_CHECK(passStep(options, "remove-stage"));
    STRONGROOM_CHECK(removeTree(beside.parent.get(), beside.stage()));
    STRONGROOM_CHECK(syncFd(beside.parent.get(), beside.parentPath));
    return Recovery::RolledBack;
}

Result<Recovery> recoverWithJournal(const Beside &beside, const Journal &journal, const TransactionOptions &options)
{
    const Fd stage(retried([&] {
        return ::openat(beside.parent.get(), journal.stage.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }));
    if (!stage.isValid()) {
        if (errno != ENOENT)
            return failErrno(errno, beside.absolute(journal.stage));
        // Only finish() moves the stage away while the journal stands; what it does after that is done again.
        if (journal.keepOld)
            STRONGROOM_CHECK(putNoteInPlace(beside, options));
        STRONGROOM_CHECK(dropJournal(beside, options));
        return Recovery::Finished;
    }
    const Exchange exchange(beside, journal, stage.get(), options, true);
    STRONGROOM_TRY(const bool moved, exchange.isAnyMoved());
    if (moved) {
        Result<void> forward = exchange.bringTo(Exchange::Side::New);
        if (forward) {
            STRONGROOM_TRY(const Exchange::Finished finished, exchange.finish());
            if (finished.untidy)
                return std::unexpected(*finished.untidy);
            return Recovery::Finished;
        }
        // Forward is barred (a permission was taken away, say): all old is as good as all new (I3).
        if (!exchange.bringTo(Exchange::Side::Old))
            return std::unexpected(std::move(forward).error());
    }
    STRONGROOM_CHECK(exchange.discard());
    return Recovery::RolledBack;
}

}  // namespace

Result<bool> needsRecovery(const Beside &beside)
{
    for (const QByteArray &name : {beside.stage(), beside.journal(), partialJournal(beside)}) {
        STRONGROOM_TRY(const auto stamp, beside.find(name));
        if (stamp)
            return true;
    }
    return false;
}

Result<RecoveredTransaction> recoverBeside(const Beside &beside, const OperationLock &, const TransactionOptions &options)
{
    STRONGROOM_TRY(const std::optional<FileStamp> partial, beside.find(partialJournal(beside)));
    if (partial) {
        STRONGROOM_CHECK(passStep(options, "drop-partial-journal"));
        if (retried([&] { return ::unlinkat(beside.parent.get(), partialJournal(beside).constData(), 0); }) != 0 && errno != ENOENT)
            return failErrno(errno, beside.absolute(partialJournal(beside)), ErrorCode::WriteFailed);
    }
    STRONGROOM_TRY(const std::optional<Journal> journal, readJournal(beside));
    RecoveredTransaction recovered;
    if (journal) {
        recovered.operation = journal->operation;
        STRONGROOM_TRY(recovered.recovery, recoverWithJournal(beside, *journal, options));
        return recovered;
    }
    STRONGROOM_TRY(recovered.recovery, recoverWithoutJournal(beside, options));
    return recovered;
}

}  // namespace strongroom::storage
