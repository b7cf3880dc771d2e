// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workspace_p.h"

#include "storage/ops/inspection.h"
#include "storage/treeops.h"

#include <QCoreApplication>
#include <QElapsedTimer>

namespace strongroom::models {

using storage::BackupRequest;
using storage::Error;
using storage::ErrorCode;
using storage::Monitor;
using storage::Operation;
using storage::Plan;
using storage::PreparedRestore;
using storage::RelPath;
using storage::Report;
using storage::Result;

namespace {

/// What a verification found, remembered under the identity of the file that was read.
void remember(VerificationStore &log, const storage::FileStamp &stamp, storage::Verdict verdict, const Clock &clock)
{
    log.record(stamp, {clock.utcNow(), verdict});
}

Result<VerifyResult> verify(const QByteArray &path, const storage::Passphrase &passphrase, const storage::Limits &limits,
                            VerificationStore &log, const Clock &clock, std::optional<Error> &refusal, Monitor &monitor)
{
    STRONGROOM_TRY(storage::ArchiveFile archive, storage::ArchiveFile::open(path));
    archive.setPassphrase(passphrase);
    STRONGROOM_TRY(const storage::Judgement judgement, storage::inspectArchive(archive, limits, monitor));
    remember(log, archive.stamp(), judgement.verdict, clock);
    if (!judgement.isUsable())
        refusal = judgement.refusal(path);
    VerifyResult result;
    result.archive = path;
    result.verdict = judgement.verdict;
    result.problems = judgement.problems + judgement.notes;
    result.members = judgement.members.size();
    result.bytes = judgement.bytes;
    result.sha256Hex = judgement.archiveSha256Hex;
    result.manifest = judgement.manifest.has_value();
    result.layout = judgement.manifest ? judgement.manifest->kind : QString();
    return result;
}

class DropWords {
    Q_DECLARE_TR_FUNCTIONS(Drop)

public:
    static QString nothing() { return tr("Nothing was dropped that has a path."); }
    static QString mixed() { return tr("Drop one archive, or folders only."); }
    static QString notOurs(const QString &name, const storage::SniffedKind &kind)
    {
        return kind.otherKind.isEmpty() ? tr("%1 is no archive that can be restored.").arg(name)
                                        : tr("%1 is no archive: %2.").arg(name, kind.otherKind);
    }
};

Result<DropContent> sniff(const QList<QByteArray> &paths, Monitor &monitor)
{
    DropContent content;
    if (paths.isEmpty()) {
        content.reason = DropWords::nothing();
        return content;
    }
    bool anyFile = false;
    for (const QByteArray &path : paths) {
        if (monitor.stopRequested())
            return storage::fail(ErrorCode::Cancelled);
        const QByteArray absolute = storage::absolutePath(path);
        content.paths.append(absolute);
        if (const auto directory = storage::openDirectory(absolute)) {
            content.kind = DropKind::Directory;
            continue;
        } else if (directory.error().code != ErrorCode::NotADirectory) {
            return std::unexpected(directory.error());
        }
        anyFile = true;
        STRONGROOM_TRY(const storage::ArchiveFile archive, storage::ArchiveFile::open(absolute));
        content.format = archive.kind().format;
        if (content.format == storage::ArchiveFormat::Unknown) {
            content.reason = DropWords::notOurs(titleOfPath(absolute), archive.kind());
            content.hint = archive.kind().hint;
        }
    }
    if (!anyFile)
        return content;
    content.kind = DropKind::Other;
    if (paths.size() > 1)
        content.reason = DropWords::mixed();
    else if (content.reason.isEmpty())
        content.kind = DropKind::Archive;
    return content;
}

}  // namespace

quint64 Workspace::fail(JobKind kind, const QByteArray &path, const Error &error)
{
    const JobSpec spec{kind, {}, path, true};
    return read<bool>(spec, path, [error](Monitor &) -> Result<bool> { return std::unexpected(error); }, [](quint64, bool) {});
}

/// Runs a writer; times what storage left untimed; ends in reported().
quint64 Workspace::write(JobSpec spec, Operation operation, std::function<Report(Monitor &)> run)
{
    const JobKind kind = spec.kind;
    const QByteArray directory = spec.directory;
    if (m_options.readOnly)
        return fail(kind, directory, Error{ErrorCode::ReadOnly, directory, 0, {}, {}});
    auto id = std::make_shared<quint64>(0);
    Job *job = m_queue->startWriter(std::move(spec), operation,
        [run = std::move(run), directory, clock = m_queue->clock()](Monitor &monitor) {
            const QDateTime started = clock.utcNow();
            QElapsedTimer timer;
            timer.start();
            Report report = run(monitor);
            if (!report.started.isValid())
                report.started = started;
            if (report.milliseconds == 0)
                report.milliseconds = timer.elapsed();
            if (report.directory.isEmpty())
                report.directory = directory;
            return report;
        },
        this, [this, id](const Report &report) { written(*id, report); });
    return *id = job->id();
}

void Workspace::written(quint64 id, const Report &report)
{
    Q_EMIT reported(id, report);
    if (!report.archive.isEmpty())
        refreshArchives(parentOfPath(report.archive));
    if (report.operation != Operation::Backup)
        rescan(report.directory);
}

quint64 Workspace::loadDetails(const QByteArray &root, const storage::ItemId &item)
{
    Root *found = find(root);
    if (!found || !found->state.directory)
        return fail(JobKind::Details, root, Error{ErrorCode::NotFound, root, 0, {}, {}});
    m_queue->cancel(found->detailsJob);
    const JobSpec spec{JobKind::Details, tr("Read %1").arg(storage::displayBytes(item.id.toUtf8())), root, true};
    const auto directory = found->state.directory;
    found->detailsJob = read<storage::ItemDetails>(
        spec, root, [directory, item](Monitor &monitor) { return directory->details(item, monitor); },
        [this, root](quint64 id, const storage::ItemDetails &details) {
            if (Root *open = find(root); open && open->detailsJob == id)
                open->detailsJob = 0;
            Q_EMIT detailsReady(id, root, details);
        });
    return found->detailsJob;
}

quint64 Workspace::createBackupFolder(const QByteArray &root, const QByteArray &folder)
{
    const QByteArray absolute = storage::absolutePath(folder);
    if (m_options.readOnly)
        return fail(JobKind::CreateFolder, absolute, Error{ErrorCode::ReadOnly, absolute, 0, {}, {}});
    const JobSpec spec{JobKind::CreateFolder, tr("Create %1").arg(titleOfPath(absolute)), absolute, true};
    const auto work = [absolute](Monitor &) -> Result<bool> {
        STRONGROOM_TRY(const storage::Fd parent, storage::openDirectory(parentOfPath(absolute)));
        STRONGROOM_TRY(const RelPath name, RelPath::parse(absolute.sliced(absolute.lastIndexOf('/') + 1)));
        STRONGROOM_CHECK(storage::makeDirectories(parent.get(), name));
        return true;
    };
    return read<bool>(spec, absolute, work, [this, root, absolute](quint64, bool) { setBackupFolder(root, absolute); });
}

// -- backup ------------------------------------------------------------------------------------------

quint64 Workspace::planBackup(const QByteArray &root, const BackupChoice &choice)
{
    const RootState *state = this->root(root);
    BackupRequest request;
    request.directory = root;
    request.folder = choice.folder.isEmpty() ? (state ? state->backupFolder : QByteArray()) : storage::absolutePath(choice.folder);
    request.scope = choice.scope;
    request.format = choice.format;
    request.level = choice.level;
    request.name = choice.name;
    request.note = choice.note;
    request.pin = choice.pin;
    request.host = m_queue->clock().host;
    request.reuseTables = m_options.reuseTables;
    request.reread = choice.reread;
    request.rereadEvery = m_options.rereadEvery;
    request.jobs = m_options.jobs;
    const JobSpec spec{JobKind::PlanBackup, tr("Plan a backup of %1").arg(titleOfPath(root)), root, true};
    using Planned = std::pair<BackupRequest, Plan>;
    return read<Planned>(spec, root, [request, clock = m_queue->clock()](Monitor &monitor) -> Result<Planned> {
        BackupRequest stamped = request;
        stamped.now = clock.utcNow();
        stamped.localNow = clock.localNow();
        if (stamped.folder.isEmpty())
            return storage::fail(ErrorCode::NotFound, QByteArrayLiteral("backups"));
        STRONGROOM_TRY(Plan plan, storage::planBackup(stamped, monitor));
        return Planned(stamped, std::move(plan));
    }, [this](quint64 id, const Planned &planned) { Q_EMIT backupPlanned(id, planned.first, planned.second); });
}

quint64 Workspace::startBackup(const BackupRequest &request, const Plan &plan)
{
    const JobSpec spec{JobKind::Backup, tr("Back up %1").arg(titleOfPath(request.directory)), request.directory};
    return write(spec, Operation::Backup, [request, plan, log = m_log, clock = m_queue->clock()](Monitor &monitor) {
        const Report report = storage::runBackup(request, plan, monitor);
        if (report.succeeded() && report.verified) {
            if (const auto archive = storage::ArchiveFile::open(report.archive))
                remember(*log, archive->stamp(), storage::Verdict::Verified, clock);
        }
        return report;
    });
}

quint64 Workspace::verifyArchive(const QByteArray &archive, const storage::Passphrase &passphrase)
{
    const QByteArray path = storage::absolutePath(archive);
    const JobSpec spec{JobKind::Verify, tr("Verify %1").arg(titleOfPath(path)), {}};
    auto id = std::make_shared<quint64>(0);
    const QPointer<Workspace> self(this);
    const auto fails = [self, id, path](const Error &error) {
        if (self)
            Q_EMIT self->failed(*id, JobKind::Verify, path, error);
    };
    const auto work = [self, id, path, passphrase, fails, limits = m_options.limits, log = m_log, clock = m_queue->clock()](Monitor &monitor) {
        std::optional<Error> refusal;
        const Result<VerifyResult> result = verify(path, passphrase, limits, *log, clock, refusal, monitor);
        if (!result) {
            WorkEnd end = JobQueue::endOf(result.error());
            end.deliver = [fails, error = result.error()] { fails(error); };
            return end;
        }
        // A bad archive is a failed job with a good answer: the history must not call it a success.
        WorkEnd end = refusal ? JobQueue::endOf(*refusal) : WorkEnd{};
        end.deliver = [self, id, result = *result] {
            if (!self)
                return;
            Q_EMIT self->archiveVerified(*id, result);
            if (self)
                self->refreshArchives(parentOfPath(result.archive));
        };
        return end;
    };
    const Job *job = m_queue->start(spec, false, work, [fails, path] { fails(Error{ErrorCode::Cancelled, path, 0, {}, {}}); });
    return *id = job->id();
}

// -- restore and undo --------------------------------------------------------------------------------

quint64 Workspace::planRestore(const RestoreChoice &choice)
{
    storage::RestoreRequest request;
    request.archive = storage::absolutePath(choice.archive);
    request.into = storage::absolutePath(choice.into);
    request.scope = choice.scope;
    request.asCopy = choice.asCopy;
    request.allowedLinks = choice.allowedLinks;
    request.passphrase = choice.passphrase;
    request.limits = m_options.limits;
    request.jobs = m_options.jobs;
    const JobSpec spec{JobKind::PlanRestore, tr("Check %1 for a restore").arg(titleOfPath(request.archive)), request.into};
    using Prepared = std::shared_ptr<PreparedRestore>;
    return read<Prepared>(spec, request.archive, [request, log = m_log, clock = m_queue->clock()](Monitor &monitor) -> Result<Prepared> {
        storage::RestoreRequest stamped = request;
        stamped.now = clock.utcNow();
        stamped.localNow = clock.localNow();
        const auto before = storage::ArchiveFile::open(request.archive);
        STRONGROOM_TRY(PreparedRestore prepared, storage::prepareRestore(stamped, monitor));
        // It was read whole and judged; that is worth remembering, if it still is the file that was judged.
        const auto after = storage::ArchiveFile::open(request.archive);
        if (before && after && before->stamp().sameAs(after->stamp()))
            remember(*log, after->stamp(), prepared.judgement().verdict, clock);
        return std::make_shared<PreparedRestore>(std::move(prepared));
    }, [this](quint64 id, const Prepared &prepared) {
        Q_EMIT restorePlanned(id, prepared);
        refreshArchives(parentOfPath(prepared->request().archive));
    });
}

quint64 Workspace::startRestore(std::shared_ptr<PreparedRestore> prepared)
{
    const QByteArray target = prepared->plan().directory;
    const JobSpec spec{JobKind::Restore, tr("Restore %1").arg(titleOfPath(target)), target};
    return write(spec, Operation::Restore, [prepared](Monitor &monitor) { return storage::runRestore(*prepared, monitor); });
}

quint64 Workspace::planUndo(const QByteArray &directory)
{
    const QByteArray path = storage::absolutePath(directory);
    const JobSpec spec{JobKind::PlanUndo, tr("Plan an undo of %1").arg(titleOfPath(path)), path, true};
    return read<Plan>(spec, path, [path](Monitor &monitor) { return storage::planUndo(path, monitor); },
                      [this, path](quint64 id, const Plan &plan) { Q_EMIT undoPlanned(id, path, plan); });
}

quint64 Workspace::startUndo(const QByteArray &directory, const Plan &plan)
{
    const QByteArray path = storage::absolutePath(directory);
    const JobSpec spec{JobKind::Undo, tr("Undo in %1").arg(titleOfPath(path)), path};
    return write(spec, Operation::Undo, [path, plan, clock = m_queue->clock()](Monitor &monitor) {
        return storage::runUndo(path, plan, clock.utcNow(), monitor);
    });
}

// -- drops -------------------------------------------------------------------------------------------

quint64 Workspace::sniffDrop(const QList<QByteArray> &paths)
{
    const JobSpec spec{JobKind::Sniff, tr("Look at what was dropped"), {}, true};
    return read<DropContent>(spec, paths.value(0), [paths](Monitor &monitor) { return sniff(paths, monitor); },
                             [this](quint64 id, const DropContent &content) { Q_EMIT dropSniffed(id, content); });
}

}  // namespace strongroom::models
