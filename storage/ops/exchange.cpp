// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/exchange.h"

#include "storage/mutant.h"
#include "storage/treeops.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

// The third name of a slot: where the outgoing content waits while two renames stand in for an exchange.
QByteArray asideName(qsizetype index) { return Transaction::slotName(index) + ".aside"; }
// Where something unknown goes that took a target's name after the crash.
QByteArray foundName(qsizetype index, int n) { return Transaction::slotName(index) + ".found-" + QByteArray::number(n); }

Result<std::optional<quint64>> inodeAt(int dirFd, const QByteArray &name)
{
    STRONGROOM_TRY(const std::optional<FileStamp> stamp, findAt(dirFd, name));
    return stamp ? std::optional(stamp->inode) : std::nullopt;
}

bool isGone(ErrorCode code)
{
    return code == ErrorCode::NotFound || code == ErrorCode::NotADirectory || code == ErrorCode::LinkInPath;
}

}  // namespace

Result<void> passStep(const TransactionOptions &options, const char *step)
{
    if (options.beforeStep) {
        if (std::optional<Error> error = options.beforeStep(step))
            return std::unexpected(*std::move(error));
    }
    return {};
}

Result<TargetPlace> openTarget(const Beside &beside, const RelPath &target)
{
    if (target.isRoot()) {
        STRONGROOM_TRY(Fd parent, beside.parent.duplicate(beside.parentPath));
        return TargetPlace{std::move(parent), beside.name};
    }
    STRONGROOM_TRY(const Fd directory, openBelow(beside.parent.get(), RelPath().childUnchecked(beside.name), O_RDONLY | O_DIRECTORY));
    Result<Fd> parent = openParent(directory.get(), target);
    if (!parent) {
        // A link where a folder should be is "not a directory" to the kernel when it comes last.
        const Result<FileStamp> stamp = stampBelow(directory.get(), target.parent());
        if (stamp && stamp->isSymlink())
            return fail(ErrorCode::LinkInPath, beside.path + '/' + target.parent().bytes());
        return std::unexpected(std::move(parent).error());
    }
    return TargetPlace{*std::move(parent), target.name()};
}

Result<void> dropJournal(const Beside &beside, const TransactionOptions &options)
{
    STRONGROOM_CHECK(passStep(options, "drop-journal"));
    if (retried([&] { return ::unlinkat(beside.parent.get(), beside.journal().constData(), 0); }) != 0 && errno != ENOENT)
        return failErrno(errno, beside.absolute(beside.journal()), ErrorCode::WriteFailed);
    STRONGROOM_CHECK(passStep(options, "sync-journal-drop"));
    return syncFd(beside.parent.get(), beside.parentPath);
}

Result<void> putNoteInPlace(const Beside &beside, const TransactionOptions &options)
{
    STRONGROOM_TRY(const QList<qint64> numbers, beside.safetyNumbers());
    if (numbers.isEmpty())
        return {};
    const QByteArray name = beside.safety(numbers.first());
    STRONGROOM_TRY(const Fd safety, openBelow(beside.parent.get(), RelPath().childUnchecked(name), O_RDONLY | O_DIRECTORY));
    STRONGROOM_CHECK(passStep(options, "note"));
    if (::renameat(safety.get(), kNextNoteName, safety.get(), kNoteName) != 0 && errno != ENOENT)
        return failErrno(errno, beside.absolute(name) + '/' + kNoteName, ErrorCode::WriteFailed);
    return syncFd(safety.get(), beside.absolute(name));
}

Exchange::Exchange(const Beside &beside, const Journal &journal, int stageFd, const TransactionOptions &options, bool recovering)
    : m_beside(beside), m_journal(journal), m_stageFd(stageFd), m_options(options), m_recovering(recovering)
{
}

Result<Exchange::Place> Exchange::look(qsizetype index) const
{
    const JournalEntry &entry = m_journal.entries.at(index);
    Place place;
    Result<TargetPlace> at = openTarget(m_beside, entry.target);
    if (at) {
        place.parent = std::move(at->parent);
        place.name = at->name;
        STRONGROOM_TRY(place.target, inodeAt(place.parent.get(), place.name));
    } else if (!m_recovering || !isGone(at.error().code)) {
        return std::unexpected(std::move(at).error());
    }
    STRONGROOM_TRY(place.slot, inodeAt(m_stageFd, Transaction::slotName(index)));
    STRONGROOM_TRY(place.aside, inodeAt(m_stageFd, asideName(index)));
    return place;
}

bool Exchange::isMoved(const JournalEntry &entry, const Place &place)
{
    if (!entry.newInode && !entry.oldInode)
        return false;
    // What is still in its slot has not been moved; a removal is done once the slot holds the old content.
    return place.aside || (entry.newInode ? place.slot != entry.newInode : place.slot == entry.oldInode);
}

Result<bool> Exchange::isAnyMoved() const
{
    for (qsizetype i = 0; i < m_journal.entries.size(); ++i) {
        STRONGROOM_TRY(const Place place, look(i));
        if (isMoved(m_journal.entries.at(i), place))
            return true;
    }
    return false;
}

Result<void> Exchange::makeRoom(Place &place, qsizetype index, std::optional<quint64> other) const
{
    QByteArray to;
    if (place.target == other) {
        to = place.slot ? asideName(index) : Transaction::slotName(index);
    } else if (m_recovering) {
        for (int n = 0; to.isEmpty(); ++n) {
            STRONGROOM_TRY(const auto taken, inodeAt(m_stageFd, foundName(index, n)));
            if (!taken)
                to = foundName(index, n);
        }
    } else {
        return fail(ErrorCode::Changed, m_beside.path + '/' + m_journal.entries.at(index).target.bytes());
    }
    STRONGROOM_CHECK(passStep(m_options, "make-room"));
    return renameNoReplace(place.parent.get(), place.name, m_stageFd, to);
}

Result<void> Exchange::tidySlot(qsizetype index, const Place &place) const
{
    if (!place.aside || place.slot)
        return {};
    STRONGROOM_CHECK(passStep(m_options, "tidy-slot"));
    return renameNoReplace(m_stageFd, asideName(index), m_stageFd, Transaction::slotName(index));
}

Result<void> Exchange::bringOneTo(Side side, qsizetype index) const
{
    const JournalEntry &entry = m_journal.entries.at(index);
    const std::optional<quint64> wanted = side == Side::New ? entry.newInode : entry.oldInode;
    const std::optional<quint64> other = side == Side::New ? entry.oldInode : entry.newInode;
    STRONGROOM_TRY(Place place, look(index));
    if (!place.parent.isValid())
        return {};  // recovering, and its folder is gone: the content stays in the stage, which becomes a safety copy
    if (side == Side::Old && !isMoved(entry, place))
        return {};
    if (place.target == wanted)
        return tidySlot(index, place);
    if (!wanted)
        return makeRoom(place, index, other);

    const bool inSlot = place.slot == wanted;
    if (!inSlot && place.aside != wanted) {
        if (m_recovering)
            return {};  // somebody took it away after the crash; what is there now is theirs
        return fail(ErrorCode::Vanished, m_beside.absolute(m_journal.stage));
    }
    if (!m_recovering && other && place.target != other && place.aside != other && place.slot != other)
        return fail(ErrorCode::Changed, m_beside.path + '/' + entry.target.bytes());
    if (inSlot && place.target && place.target == other && !place.aside && !m_options.withoutExchange) {
        STRONGROOM_CHECK(passStep(m_options, "exchange"));
        const Result<void> swapped = renameExchange(place.parent.get(), place.name, m_stageFd, Transaction::slotName(index));
        if (swapped || swapped.error().code != ErrorCode::NotSupported)
            return swapped;
    }
    if (place.target)
        STRONGROOM_CHECK(makeRoom(place, index, other));
    STRONGROOM_CHECK(passStep(m_options, "place"));
    STRONGROOM_CHECK(renameNoReplace(m_stageFd, inSlot ? Transaction::slotName(index) : asideName(index),
                                     place.parent.get(), place.name));
    STRONGROOM_TRY(const Place after, look(index));
    return tidySlot(index, after);
}

Result<void> Exchange::syncFolders() const
{
    STRONGROOM_CHECK(passStep(m_options, "sync-folders"));
    for (const JournalEntry &entry : m_journal.entries) {
        const Result<TargetPlace> at = openTarget(m_beside, entry.target);
        if (at)
            STRONGROOM_CHECK(syncFd(at->parent.get(), m_beside.path));
        else if (!m_recovering || !isGone(at.error().code))
            return std::unexpected(at.error());
    }
    STRONGROOM_CHECK(syncFd(m_stageFd, m_beside.absolute(m_journal.stage)));
    return syncFd(m_beside.parent.get(), m_beside.parentPath);
}

Result<void> Exchange::bringTo(Side side) const
{
    for (qsizetype i = 0; i < m_journal.entries.size(); ++i)
        STRONGROOM_CHECK(bringOneTo(side, i));
    return syncFolders();
}

Result<Exchange::Finished> Exchange::finish() const
{
    Finished finished;
    if (m_journal.keepOld && !isMutant(Mutant::NoSafetyCopy)) {
        STRONGROOM_TRY(const QList<qint64> numbers, m_beside.safetyNumbers());
        finished.safetyName = m_beside.safety(numbers.isEmpty() ? 0 : numbers.first() + 1);
        STRONGROOM_CHECK(passStep(m_options, "keep"));
        STRONGROOM_CHECK(renameNoReplace(m_beside.parent.get(), m_journal.stage, m_beside.parent.get(), finished.safetyName));
    }
    // From here on the way back is closed: without its journal the exchange is simply the truth. The note follows
    // only now, because a safety copy that is put back keeps the old one until it has been.
    Result<void> tidied = syncFd(m_beside.parent.get(), m_beside.parentPath);
    if (tidied && m_journal.keepOld)
        tidied = putNoteInPlace(m_beside, m_options);
    if (tidied)
        tidied = dropJournal(m_beside, m_options);
    if (tidied && (!m_journal.keepOld || isMutant(Mutant::NoSafetyCopy))) {
        tidied = passStep(m_options, "remove-stage");
        if (tidied)
            tidied = removeTree(m_beside.parent.get(), m_journal.stage);
    }
    if (!tidied)
        finished.untidy = std::move(tidied).error();
    return finished;
}

Result<void> Exchange::discard() const
{
    if (m_journal.stageIsSafety) {
        // The safety copy stays, as it was: only while the journal stands is it known what else is in it.
        STRONGROOM_CHECK(passStep(m_options, "remove-note"));
        for (const QByteArray &left : {QByteArray(kNextNoteName), QByteArray(QByteArray(kNextNoteName) + ".partial")})
            STRONGROOM_CHECK(removeTree(m_stageFd, left));
        return dropJournal(m_beside, m_options);
    }
    // The journal goes first: a stage without one is garbage, a journal without its stage would be a riddle.
    STRONGROOM_CHECK(dropJournal(m_beside, m_options));
    STRONGROOM_CHECK(passStep(m_options, "remove-stage"));
    STRONGROOM_CHECK(removeTree(m_beside.parent.get(), m_journal.stage));
    return syncFd(m_beside.parent.get(), m_beside.parentPath);
}

}  // namespace strongroom::storage
