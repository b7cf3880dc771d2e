// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backup.h"
#include "storage/ops/backupnaming.h"
#include "storage/ops/backupselection.h"
#include "storage/treeops.h"

#include <QHash>
#include <QSet>

namespace strongroom::storage {

namespace {

/// Below a tenth of the raw size no compression of ours has ever fit; between that and the raw size it may.
constexpr qint64 kBestRatio = 10;

/// Collects steps while the names go by: one per entry at the top of the scope.
class Planner {
public:
    Planner(const BackupSelection &selection, Plan &plan) : m_selection(selection), m_plan(plan) {}

    WalkNext meet(const WalkEntry &entry)
    {
        if (entry.error) {
            skipUnreadable(entry);
            return WalkNext::Continue;
        }
        const BackupSelection::Decision decision = m_selection.decide(entry.path, entry.stamp);
        if (!decision.isTaken()) {
            m_plan.steps.append(skipStep(entry, decision.reason));
            if (decision.reason == QLatin1String(BackupSelection::kTooDeep))
                m_plan.warnings.append(BackupSelection::tooDeepWarning(entry.path));
            return WalkNext::SkipChildren;
        }
        Step &step = stepFor(entry);
        if (!entry.stamp.isDirectory()) {
            ++step.files;
            step.bytes += bytesOf(entry.stamp);
        }
        return WalkNext::Continue;
    }

private:
    static Step skipStep(const WalkEntry &entry, const QString &reason)
    {
        Step step;
        step.verb = Verb::Skip;
        step.part = entry.path;
        step.type = entry.stamp.type;
        step.bytes = entry.stamp.isFile() ? entry.stamp.size : 0;
        step.files = entry.stamp.isDirectory() ? 0 : 1;
        step.reason = reason;
        step.stamp = entry.stamp;
        return step;
    }

    void skipUnreadable(const WalkEntry &entry)
    {
        if (entry.error->code == ErrorCode::Vanished)
            return;
        m_plan.steps.append(skipStep(entry, QStringLiteral("unreadable")));
        m_plan.warnings.append({QStringLiteral("unreadable"), entry.path.bytes(), describe(*entry.error).oneLine()});
    }

    Step &stepFor(const WalkEntry &entry)
    {
        const QByteArray &path = entry.path.bytes();
        const qsizetype slash = path.indexOf('/');
        const QByteArray first = slash < 0 ? path : path.first(slash);
        const auto known = m_steps.constFind(first);
        if (known != m_steps.constEnd())
            return m_plan.steps[*known];
        m_steps.insert(first, m_plan.steps.size());
        Step step;
        step.verb = Verb::Archive;
        step.part = RelPath().childUnchecked(first);
        step.type = entry.stamp.type;   // of the top one: folders come before what is in them
        step.files = 0;
        step.stamp = entry.stamp;
        m_plan.steps.append(step);
        return m_plan.steps.last();
    }

    /// A second name of a file is a link in the archive and costs nothing.
    qint64 bytesOf(const FileStamp &stamp)
    {
        if (!stamp.isFile())
            return 0;
        if (stamp.links > 1) {
            const qsizetype before = m_linked.size();
            m_linked.insert({stamp.device, stamp.inode});
            if (m_linked.size() == before)
                return 0;
        }
        return stamp.size;
    }

    const BackupSelection &m_selection;
    Plan &m_plan;
    QHash<QByteArray, qsizetype> m_steps;
    QSet<std::pair<quint64, quint64>> m_linked;
};

Result<void> checkSpace(const BackupRequest &request, const BackupSelection &selection, Plan &plan)
{
    STRONGROOM_TRY(const FreeSpace space, freeSpace(selection.folderFd(), request.folder));
    plan.bytesNeeded = plan.totals()[size_t(Verb::Archive)].bytes;
    plan.bytesFree = space.bytes;
    const qint64 least = request.format == ArchiveFormat::Tar ? plan.bytesNeeded : plan.bytesNeeded / kBestRatio;
    if (space.bytes < least || space.inodes == 0)
        return fail(ErrorCode::DiskFull, request.folder,
                    {QString::number(plan.bytesNeeded), QString::number(space.bytes)});
    if (space.bytes < plan.bytesNeeded)
        plan.warnings.append({QStringLiteral("low-space"), request.folder,
                              QStringLiteral("The backup folder has %1 bytes free for %2 bytes of data; it fits only if "
                                             "the data compresses well.").arg(space.bytes).arg(plan.bytesNeeded)});
    return {};
}

}  // namespace

Result<Plan> planBackup(const BackupRequest &request, Monitor &monitor)
{
    STRONGROOM_TRY(const BackupSelection selection, BackupSelection::open(request, monitor));
    Plan plan;
    plan.operation = Operation::Backup;
    plan.directory = selection.directory().path();
    plan.scope = request.scope;
    STRONGROOM_TRY(const QByteArray name, chooseArchiveName(request, selection));
    plan.archive = request.folder + '/' + name;
    monitor.begin(Phase::Planning);
    Planner planner(selection, plan);
    STRONGROOM_CHECK(naming(selection.visit(monitor, [&](const WalkEntry &entry) {
        monitor.addItems();
        return planner.meet(entry);
    }), request.directory));
    STRONGROOM_CHECK(checkSpace(request, selection, plan));
    plan.sortForPreview();
    return plan;
}

}  // namespace strongroom::storage
