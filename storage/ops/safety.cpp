// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/safety.h"

#include "storage/ops/backupwork.h"
#include "storage/ops/exchange.h"
#include "storage/ops/transaction.h"
#include "storage/treeops.h"
#include "storage/walker.h"

#include <QElapsedTimer>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <sys/file.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr qint64 kMaxNote = 64 << 20;
// What an unfinished archive of ours can be called. Other people's *.partial are not ours to remove.
constexpr std::array kPartialEndings = {".tar.partial", ".tar.gz.partial", ".tgz.partial", ".tar.zst.partial", ".sha256.partial"};

struct SafetyFolder {
    Fd fd;
    QByteArray path;
    SafetyNote note;
};

Result<SafetyFolder> openSafety(const Beside &beside, qint64 number)
{
    SafetyFolder folder;
    const QByteArray name = beside.safety(number);
    folder.path = beside.absolute(name);
    STRONGROOM_TRY(folder.fd, openBelow(beside.parent.get(), RelPath().childUnchecked(name), O_RDONLY | O_DIRECTORY));
    const QByteArray notePath = folder.path + '/' + kNoteName;
    STRONGROOM_TRY(const OpenedFile file, openFileBelow(folder.fd.get(), RelPath::literal(kNoteName)));
    if (file.stamp.size > kMaxNote)
        return fail(ErrorCode::LimitExceeded, notePath);
    QByteArray text(file.stamp.size, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 n, readFully(file.fd.get(), text.data(), text.size(), notePath));
    auto note = parseNote(QByteArrayView(text).first(n));
    if (!note) {
        note.error().path = notePath;
        return std::unexpected(std::move(note).error());
    }
    folder.note = *std::move(note);
    return folder;
}

// One slot of an undo: what would come back, and what is there now.
struct UndoSlot {
    RelPath target;
    std::optional<FileStamp> old;
    std::optional<FileStamp> current;
};

Result<QList<UndoSlot>> lookAtSlots(const Beside &beside, const SafetyFolder &folder)
{
    QList<UndoSlot> found;
    for (qsizetype i = 0; i < folder.note.targets.size(); ++i) {
        UndoSlot slot;
        slot.target = folder.note.targets.at(i);
        STRONGROOM_TRY(slot.old, findAt(folder.fd.get(), Transaction::slotName(i)));
        STRONGROOM_TRY(const TargetPlace at, openTarget(beside, slot.target));
        STRONGROOM_TRY(slot.current, findAt(at.parent.get(), at.name));
        found.append(std::move(slot));
    }
    return found;
}

Result<Step> stepFor(const UndoSlot &slot, const Beside &beside, const SafetyFolder &folder, qsizetype index, Monitor &monitor)
{
    Step step;
    step.part = slot.target;
    step.verb = !slot.old ? Verb::Remove : slot.current ? Verb::Replace : Verb::Create;
    step.type = slot.old ? slot.old->type : slot.current->type;
    step.stamp = slot.current;
    step.reason = slot.old ? QStringLiteral("put-back") : QStringLiteral("was-not-there");
    TreeSize size;
    if (slot.old) {
        STRONGROOM_TRY(size, computeSize(folder.fd.get(), RelPath().childUnchecked(Transaction::slotName(index)), monitor));
    } else {
        STRONGROOM_TRY(const TargetPlace at, openTarget(beside, slot.target));
        STRONGROOM_TRY(size, computeSize(at.parent.get(), RelPath().childUnchecked(at.name), monitor));
    }
    step.bytes = size.bytes;
    step.files = size.files + size.others;
    return step;
}

bool isSameThing(const std::optional<FileStamp> &a, const std::optional<FileStamp> &b)
{
    return a.has_value() == b.has_value() && (!a || (a->inode == b->inode && a->device == b->device && a->type == b->type));
}

Result<void> checkPlanStillFits(const Plan &plan, const QList<UndoSlot> &slotsNow, const QByteArray &directory)
{
    for (const UndoSlot &slot : slotsNow) {
        const auto step = std::find_if(plan.steps.begin(), plan.steps.end(), [&slot](const Step &s) { return s.part == slot.target; });
        const bool planned = step != plan.steps.end();
        if (planned ? !isSameThing(step->stamp, slot.current) : (slot.old || slot.current))
            return fail(ErrorCode::Changed, directory);
    }
    return {};
}

Result<void> undoUnderLock(const Beside &beside, const Plan &plan, const QDateTime &now, Monitor &monitor, Report &report)
{
    STRONGROOM_TRY(const OperationLock lock, OperationLock::acquire(beside));
    STRONGROOM_CHECK(recoverBeside(beside, lock));
    STRONGROOM_TRY(const QList<qint64> numbers, beside.safetyNumbers());
    if (numbers.isEmpty() || beside.absolute(beside.safety(numbers.first())) != plan.archive)
        return fail(ErrorCode::Changed, beside.path);
    STRONGROOM_TRY(const SafetyFolder folder, openSafety(beside, numbers.first()));
    STRONGROOM_TRY(const QList<UndoSlot> found, lookAtSlots(beside, folder));
    STRONGROOM_CHECK(checkPlanStillFits(plan, found, beside.path));
    QList<Slot> slotList;
    for (const UndoSlot &slot : found)
        slotList.append({slot.target, !slot.old});
    if (monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    monitor.begin(Phase::Exchanging);
    STRONGROOM_TRY(Transaction transaction, Transaction::beginWithSafetyCopy(beside, lock, numbers.first()));
    SafetyNote note;
    note.operation = Operation::Undo;
    note.created = now;
    note.archive = folder.note.archive;
    const Result<void> done = transaction.commit(slotList, note);
    report.rolledBack = transaction.isRolledBack();
    if (!done)
        return done;
    report.safetyCopy = transaction.safetyPath();
    if (transaction.untidy())
        report.warnings.append({QStringLiteral("untidy"), beside.path, describe(*transaction.untidy()).oneLine()});
    return {};
}

}  // namespace

Result<QList<SafetyCopy>> listSafetyCopies(const QByteArray &directory)
{
    STRONGROOM_TRY(const Beside beside, Beside::open(directory));
    STRONGROOM_TRY(const QList<qint64> numbers, beside.safetyNumbers());
    QList<SafetyCopy> copies;
    for (const qint64 number : numbers) {
        SafetyCopy copy;
        copy.path = beside.absolute(beside.safety(number));
        copy.directory = beside.path;
        // One without a readable note is listed all the same: it holds somebody's data.
        if (const Result<SafetyFolder> folder = openSafety(beside, number)) {
            copy.operation = folder->note.operation;
            copy.created = folder->note.created;
            copy.archive = folder->note.archive;
            for (const RelPath &target : folder->note.targets)
                copy.targets.append(target.display());
        }
        copies.append(std::move(copy));
    }
    return copies;
}

namespace {

Result<Plan> planUndoOf(const Beside &beside, Monitor &monitor)
{
    STRONGROOM_CHECK(OperationLock::checkFree(beside));
    STRONGROOM_TRY(const QList<qint64> numbers, beside.safetyNumbers());
    if (numbers.isEmpty())
        return fail(ErrorCode::NothingToUndo, beside.path);
    if (::faccessat(beside.parent.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
        return failErrno(errno, beside.parentPath);
    monitor.begin(Phase::Planning);
    Result<SafetyFolder> opened = openSafety(beside, numbers.first());
    if (!opened && opened.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::Changed, beside.path);   // another operation took it between the two looks
    STRONGROOM_TRY(const SafetyFolder folder, std::move(opened));
    STRONGROOM_TRY(const QList<UndoSlot> found, lookAtSlots(beside, folder));
    Plan plan;
    plan.operation = Operation::Undo;
    plan.directory = beside.path;
    plan.archive = folder.path;
    for (qsizetype i = 0; i < found.size(); ++i) {
        const UndoSlot &slot = found.at(i);
        plan.scope.append(slot.target.isRoot() ? QStringLiteral("everything") : slot.target.display());
        if (!slot.old && !slot.current)
            continue;
        plan.replacesLiveData = plan.replacesLiveData || slot.current;
        STRONGROOM_TRY(Step step, stepFor(slot, beside, folder, i, monitor));
        plan.steps.append(std::move(step));
    }
    if (plan.steps.isEmpty())
        return fail(ErrorCode::NothingToUndo, beside.path);
    STRONGROOM_TRY(const FreeSpace space, freeSpace(beside.parent.get(), beside.parentPath));
    plan.bytesFree = space.bytes;
    plan.sortForPreview();
    return plan;
}

}  // namespace

Result<Plan> planUndo(const QByteArray &directory, Monitor &monitor)
{
    STRONGROOM_TRY(const Beside beside, Beside::open(directory));
    return naming(planUndoOf(beside, monitor), beside.path);
}

Report runUndo(const QByteArray &directory, const Plan &plan, const QDateTime &now, Monitor &monitor)
{
    QElapsedTimer timer;
    timer.start();
    Report report;
    report.operation = Operation::Undo;
    report.directory = plan.directory;
    report.archive = plan.archive;
    report.started = now;
    report.rolledBack = true;  // until something is touched
    const Result<Beside> beside = Beside::open(directory);
    const Result<void> done = beside ? naming(undoUnderLock(*beside, plan, now, monitor, report), beside->path)
                                     : std::unexpected(beside.error());
    report.milliseconds = timer.elapsed();
    if (!done) {
        report.error = done.error();
        report.outcome = done.error().code == ErrorCode::Cancelled ? Outcome::Cancelled : Outcome::Failed;
        return report;
    }
    const auto totals = plan.totals();
    report.created = totals[size_t(Verb::Create)].files;
    report.replaced = totals[size_t(Verb::Replace)].files;
    report.removed = totals[size_t(Verb::Remove)].files;
    report.bytes = totals[size_t(Verb::Create)].bytes + totals[size_t(Verb::Replace)].bytes;
    report.outcome = report.warnings.isEmpty() ? Outcome::Succeeded : Outcome::CompletedWithWarnings;
    return report;
}

Result<QList<Recovered>> recover(const QByteArray &directory, Monitor &monitor)
{
    STRONGROOM_TRY(const Beside beside, Beside::open(directory));
    STRONGROOM_TRY(const bool unfinished, needsRecovery(beside));
    STRONGROOM_TRY(const std::optional<FileStamp> lockFile, beside.find(beside.lock()));
    if (!unfinished && !lockFile)
        return QList<Recovered>();
    // A lock file alone is the trace of a dead process, or of a live one: taking and giving it back tells.
    auto lock = naming(OperationLock::acquire(beside), beside.path);
    if (!lock && !unfinished && lock.error().code == ErrorCode::Locked)
        return QList<Recovered>();
    if (!lock)
        return std::unexpected(std::move(lock).error());
    monitor.begin(Phase::Cleaning);
    STRONGROOM_TRY(const RecoveredTransaction done, naming(recoverBeside(beside, *lock), beside.path));
    if (done.recovery == Recovery::Nothing)
        return QList<Recovered>();
    const QString outcome = done.recovery == Recovery::Finished ? QStringLiteral("finished") : QStringLiteral("rolled-back");
    return QList<Recovered>{{operationWord(done.operation.value_or(Operation::Restore)), outcome, beside.path}};
}

Result<bool> isUnfinished(const QByteArray &directory)
{
    STRONGROOM_TRY(const Beside beside, Beside::open(directory));
    return needsRecovery(beside);
}

namespace {

/// Calls `found` with every dead unfinished archive of ours; its lock is held meanwhile.
Result<void> visitUnfinished(int folderFd, const QByteArray &folder, Monitor &monitor,
                             const std::function<Result<void>(const QByteArray &name)> &found)
{
    STRONGROOM_TRY(const QList<QByteArray> names, namesIn(folderFd, folder));
    for (const QByteArray &name : names) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        if (std::none_of(kPartialEndings.begin(), kPartialEndings.end(), [&name](const char *end) { return name.endsWith(end); }))
            continue;
        const Result<OpenedFile> file = openFileBelow(folderFd, RelPath().childUnchecked(name));
        if (!file)
            continue;  // not a regular file, or gone
        // Ours are their owner's alone from the first byte on; a download that another program left unfinished is not.
        if ((file->stamp.mode & 0777) != 0600 || file->stamp.uid != ::geteuid())
            continue;
        // Its writer holds a lock on it as long as it lives.
        if (!lockPartial(file->fd.get()))
            continue;
        STRONGROOM_TRY(const std::optional<FileStamp> named, findAt(folderFd, name));
        if (named && named->inode == file->stamp.inode && named->device == file->stamp.device)
            STRONGROOM_CHECK(found(name));
    }
    return {};
}

}  // namespace

Result<QList<QByteArray>> unfinishedBackups(const QByteArray &folder, Monitor &monitor)
{
    STRONGROOM_TRY(const Fd dir, openDirectory(folder));
    QList<QByteArray> paths;
    STRONGROOM_CHECK(visitUnfinished(dir.get(), folder, monitor, [&](const QByteArray &name) -> Result<void> {
        paths.append(folder + '/' + name);
        return {};
    }));
    return paths;
}

Result<QList<Recovered>> recoverBackupFolder(const QByteArray &folder, Monitor &monitor)
{
    STRONGROOM_TRY(const Fd dir, openDirectory(folder));
    QList<Recovered> recovered;
    STRONGROOM_CHECK(visitUnfinished(dir.get(), folder, monitor, [&](const QByteArray &name) -> Result<void> {
        const QByteArray path = folder + '/' + name;
        if (retried([&] { return ::unlinkat(dir.get(), name.constData(), 0); }) != 0 && errno != ENOENT)
            return failErrno(errno, path, ErrorCode::WriteFailed);
        recovered.append({operationWord(Operation::Backup), QStringLiteral("removed"), path});
        return {};
    }));
    BackupWork::removeStale(dir.get());   // what those backups had copied aside
    if (!recovered.isEmpty())
        STRONGROOM_CHECK(syncFd(dir.get(), folder));
    return recovered;
}

}  // namespace strongroom::storage
