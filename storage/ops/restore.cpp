// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Running a prepared restore. The invariants I1-I6 are transaction.h's; what this file adds to hold them:
//   I1  Every member is hashed on its way to the stage and must equal the judged one; sizes are read back,
//       the stage is synced, and only then the transaction may begin to exchange.
//   I2  The plan refused other file systems; the transaction checks again.
//   I3  Every replaced part goes into one transaction: all or none.
//   I4  Whatever stood in the target, planned or not, is in the safety copy afterwards.
//   I5  Extraction is by descriptor below the stage (extract.h); links are made last.
//   I6  Until the exchange begins a stop or an error removes the stage and changes nothing else. From then
//       on a stop is not looked at any more.

#include "storage/ops/restore.h"

#include "storage/archive/extract.h"
#include "storage/ops/restoredata.h"
#include "storage/treeops.h"
#include "storage/walker.h"
#include "storage/worker/worker.h"

#include <QElapsedTimer>

#include <algorithm>
#include <fcntl.h>

namespace strongroom::storage {

namespace {

using Data = PreparedRestore::Data;

// Enough to see what happened; the warning has the number.
constexpr qsizetype kMaxChangedResults = 1000;

class Runner {
public:
    Runner(Data &data, Monitor &monitor, Report &report) : m_data(data), m_monitor(monitor), m_report(report) {}
    /// Everything up to a filled, checked stage and a target that is still the planned one.
    Result<void> run();

private:
    Result<void> fillStage(const Transaction &transaction);
    Result<void> readBack(const Transaction &transaction, const ExtractCounts &counts);
    void compareLayoutsOf(const Transaction &transaction);
    Result<void> lookForChanges();
    void noteChange(const RelPath &path, int step);
    Result<void> checkTarget() const;
    void countSteps();

    Data &m_data;
    Monitor &m_monitor;
    Report &m_report;
    qint64 m_changes = 0;
};

Result<void> Runner::checkTarget() const
{
    STRONGROOM_TRY(const std::optional<FileStamp> now, m_data.beside.target());
    if (now.has_value() != m_data.target.has_value()
        || (now && (now->inode != m_data.target->inode || now->device != m_data.target->device || now->type != m_data.target->type)))
        return fail(ErrorCode::Changed, m_data.beside.path);
    return {};
}

Result<void> Runner::fillStage(const Transaction &transaction)
{
    ExtractOptions options;
    options.place = [this](const RelPath &member) { return m_data.stagedPathOf(member); };
    options.mode = [this](const Member &member) { return m_data.modeOf(member); };
    options.judged = &m_data.judgement.members;
    options.trusted = m_data.trusted;
    options.jobs = m_data.request.jobs;
    ExtractSink sink(transaction.stageFd(), std::move(options), m_monitor);
    m_monitor.begin(Phase::Staging, m_data.archive.size(), m_data.judgement.members.size());
    STRONGROOM_CHECK(sink.finish(readMembersApart(m_data.archive, m_data.request.limits, sink, m_monitor, ContentHash::Left,
                                                  m_data.request.jobs)));
    // A whole restore of an archive that does not announce its top folder, or of an empty one.
    if (m_data.slotList.first().target.isRoot())
        STRONGROOM_CHECK(makeDirectories(transaction.stageFd(), RelPath().childUnchecked(Transaction::slotName(0))));
    m_report.bytes = sink.counts().bytes;
    if (sink.counts().ownersRefused > 0) {
        m_report.warnings.append({QStringLiteral("owner-not-restored"), m_data.beside.path,
                                  QStringLiteral("%1 entries keep the owner who restored them: only root may give files away.")
                                      .arg(sink.counts().ownersRefused)});
    }
    return readBack(transaction, sink.counts());
}

Result<void> Runner::readBack(const Transaction &transaction, const ExtractCounts &counts)
{
    m_monitor.begin(Phase::Verifying);
    STRONGROOM_TRY(const TreeSize size, computeSize(transaction.stageFd(), {}, m_monitor));
    if (size.files != counts.files || size.bytes != counts.bytesByName || size.others != counts.symlinks || size.unreadable != 0)
        return fail(ErrorCode::WriteFailed, m_data.beside.absolute(transaction.stageName()), {QStringLiteral("read back differs")});
    compareLayoutsOf(transaction);
    return {};
}

// What was planned as one application's data must look like it once it stands on disk.
void Runner::compareLayoutsOf(const Transaction &transaction)
{
    if (!m_data.slotList.first().target.isRoot() || m_data.archiveLayouts.isEmpty())
        return;
    Result<Fd> root = openBelow(transaction.stageFd(), RelPath().childUnchecked(Transaction::slotName(0)), O_RDONLY | O_DIRECTORY);
    if (!root)
        return;
    const DirTree staged(*std::move(root), m_data.beside.path);
    const auto found = detectLayouts(staged, m_monitor);
    for (const DetectedLayout &expected : std::as_const(m_data.archiveLayouts)) {
        const bool same = found && std::any_of(found->begin(), found->end(), [&expected](const DetectedLayout &layout) {
            return layout.id == expected.id && layout.root == expected.root && layout.score >= kSureScore;
        });
        if (!same) {
            m_report.warnings.append({QStringLiteral("layout-differs"), m_data.beside.path,
                                      QStringLiteral("The archive looked like %1 data; what was restored does not.").arg(expected.title)});
        }
    }
}

void Runner::noteChange(const RelPath &path, int step)
{
    ++m_changes;
    if (m_report.results.size() < kMaxChangedResults)
        m_report.results.append({step, QStringLiteral("changed"), path.bytes(), {}});
}

// A live file that changed since the plan is not forced away silently: it is kept in the safety copy like
// all the rest, and said.
Result<void> Runner::lookForChanges()
{
    if (!m_data.target)
        return {};
    QHash<RelPath, int> planned;
    for (int i = 0; i < m_data.plan.steps.size(); ++i) {
        if (m_data.plan.steps.at(i).stamp)
            planned.insert(m_data.plan.steps.at(i).part, i);
    }
    STRONGROOM_TRY(const Fd root, openBelow(m_data.beside.parent.get(), RelPath().childUnchecked(m_data.beside.name), O_RDONLY | O_DIRECTORY));
    const auto meet = [&](const RelPath &path, const FileStamp &stamp) {
        const auto it = planned.constFind(path);
        if (it == planned.cend()) {
            noteChange(path, -1);
            return;
        }
        const FileStamp &then = *m_data.plan.steps.at(*it).stamp;
        const bool same = stamp.isDirectory() ? then.isDirectory() && then.inode == stamp.inode : then.sameAs(stamp);
        if (!same)
            noteChange(path, *it);
        planned.erase(it);
    };
    for (const Slot &slot : std::as_const(m_data.slotList)) {
        if (!slot.target.isRoot()) {
            const Result<FileStamp> stamp = stampBelow(root.get(), slot.target);
            if (!stamp)
                continue;
            meet(slot.target, *stamp);
            if (!stamp->isDirectory())
                continue;
        }
        STRONGROOM_CHECK(walk(root.get(), slot.target, {}, m_monitor, [&meet](const WalkEntry &entry) {
            if (!entry.error)
                meet(entry.path, entry.stamp);
            return WalkNext::Continue;
        }));
    }
    for (auto it = planned.cbegin(); it != planned.cend(); ++it)
        noteChange(it.key(), it.value());  // vanished
    if (m_changes > 0) {
        m_report.warnings.append({QStringLiteral("changed-since-plan"), m_data.beside.path,
                                  QStringLiteral("%1 files changed after the plan was made; the safety copy holds them as they were last.")
                                      .arg(m_changes)});
    }
    return {};
}

void Runner::countSteps()
{
    const auto totals = m_data.plan.totals();
    m_report.created = totals[size_t(Verb::Create)].files;
    m_report.replaced = totals[size_t(Verb::Replace)].files;
    m_report.removed = totals[size_t(Verb::Remove)].files;
    m_report.kept = totals[size_t(Verb::Keep)].files;
}

Result<void> Runner::run()
{
    const Beside &beside = m_data.beside;
    m_report.rolledBack = true;  // nothing was touched yet
    STRONGROOM_TRY(const OperationLock lock, OperationLock::acquire(beside));
    STRONGROOM_CHECK(recoverBeside(beside, lock, m_data.transaction));
    STRONGROOM_CHECK(checkTarget());
    STRONGROOM_TRY(Transaction transaction, Transaction::begin(beside, lock, m_data.transaction));

    Result<void> done = fillStage(transaction);
    if (done)
        done = lookForChanges();
    if (done)
        done = checkTarget();
    if (done && m_monitor.stopRequested())
        done = fail(ErrorCode::Cancelled);
    if (!done) {
        if (const Result<void> removed = transaction.rollBack(); !removed) {
            m_report.rolledBack = false;
            m_report.warnings.append({QStringLiteral("leftover"), beside.absolute(transaction.stageName()),
                                      describe(removed.error()).oneLine()});
        }
        return done;
    }
    m_monitor.begin(Phase::Exchanging);
    SafetyNote note;
    note.operation = Operation::Restore;
    note.created = m_data.request.now;
    note.archive = m_data.request.archive;
    done = transaction.commit(m_data.slotList, note);
    m_report.rolledBack = transaction.isRolledBack();
    if (!done)
        return done;
    m_report.safetyCopy = transaction.safetyPath();
    if (transaction.untidy())
        m_report.warnings.append({QStringLiteral("untidy"), beside.path, describe(*transaction.untidy()).oneLine()});
    countSteps();
    return {};
}

// Planned and accepted, but still something that the archive held and the target does not.
bool isLoss(const PlanWarning &warning)
{
    return warning.code == QLatin1String("link-skipped") || warning.code == QLatin1String("fifo");
}

}  // namespace

Report runRestore(PreparedRestore &prepared, Monitor &monitor)
{
    QElapsedTimer timer;
    timer.start();
    Data &data = prepared.data();
    Report report;
    report.operation = Operation::Restore;
    report.directory = data.beside.path;
    report.archive = data.request.archive;
    report.started = data.request.now;
    const Result<void> done = naming(Runner(data, monitor, report).run(), data.beside.path);
    report.milliseconds = timer.elapsed();
    if (!done) {
        report.error = done.error();
        report.outcome = done.error().code == ErrorCode::Cancelled ? Outcome::Cancelled : Outcome::Failed;
        report.bytes = 0;
        return report;
    }
    std::copy_if(data.plan.warnings.cbegin(), data.plan.warnings.cend(), std::back_inserter(report.warnings), isLoss);
    report.outcome = report.warnings.isEmpty() ? Outcome::Succeeded : Outcome::CompletedWithWarnings;
    monitor.begin(Phase::Idle);
    return report;
}

}  // namespace strongroom::storage
