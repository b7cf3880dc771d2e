// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workspace_p.h"

#include "storage/treeops.h"

#include <QTimer>

#include <algorithm>

namespace strongroom::models {

using storage::Error;
using storage::ErrorCode;
using storage::Monitor;
using storage::RelPath;
using storage::Result;

namespace {

/// Batches of rows reach the tables this often.
constexpr int kDrainMs = 30;

bool isDirectory(const QByteArray &path)
{
    return storage::openDirectory(path).has_value();
}

/// The folder the guides put backups in, where there is one.
QByteArray usualBackupFolder(const QByteArray &directory)
{
    for (const char *name : {"backups", "archives"}) {
        const QByteArray folder = storage::absolutePath(parentOfPath(directory) + '/' + name);
        if (folder != directory && isDirectory(folder))
            return folder;
    }
    return {};
}

}  // namespace

QString titleOfPath(const QByteArray &path)
{
    const QByteArray name = path.sliced(path.lastIndexOf('/') + 1);
    return storage::displayBytes(name.isEmpty() ? path : name);
}

QByteArray parentOfPath(const QByteArray &path)
{
    const qsizetype slash = path.lastIndexOf('/');
    return slash <= 0 ? QByteArrayLiteral("/") : path.first(slash);
}

QList<storage::ItemKind> RootState::kinds() const
{
    return directory ? directory->kinds() : QList<storage::ItemKind>();
}

QString RootState::layoutId() const
{
    return directory ? directory->primary().id : QString();
}

bool RootState::ambiguous() const
{
    return directory && directory->ambiguous();
}

Workspace::Workspace(JobQueue *queue, Options options, QObject *parent)
    : QObject(parent), m_queue(queue), m_options(std::move(options)),
      m_log(std::make_shared<VerificationStore>(m_options.verificationLog)), m_drainTimer(new QTimer(this))
{
    m_drainTimer->setInterval(kDrainMs);
    connect(m_drainTimer, &QTimer::timeout, this, &Workspace::drainAll);
}

Workspace::~Workspace()
{
    for (const auto &[path, root] : m_roots)
        stopReaders(*root);
}

// -- what is open ------------------------------------------------------------------------------------

Workspace::Root *Workspace::find(const QByteArray &path) const
{
    const auto at = m_roots.find(path);
    return at == m_roots.end() ? nullptr : at->second.get();
}

const RootState *Workspace::root(const QByteArray &path) const
{
    const Root *found = find(path);
    return found ? &found->state : nullptr;
}

// -- opening and closing -----------------------------------------------------------------------------

void Workspace::openDirectory(const QByteArray &path)
{
    const QByteArray absolute = storage::absolutePath(path);
    if (find(absolute)) {
        rescan(absolute);
        return;
    }
    auto root = std::make_unique<Root>();
    root->state.path = absolute;
    root->state.title = titleOfPath(absolute);
    m_roots.emplace(absolute, std::move(root));
    m_order.append(absolute);
    Q_EMIT rootAdded(absolute);
    if (m_options.readOnly)
        probe(absolute);
    else
        recoverThenProbe(absolute);
}

void Workspace::rescan(const QByteArray &path)
{
    Root *root = find(path);
    if (!root)
        return;
    if (root->state.phase == RootPhase::Failed && !root->state.directory) {
        root->state.phase = RootPhase::Opening;
        root->state.error.reset();
        Q_EMIT rootChanged(path);
    }
    // The directory is opened anew: after a restore the path names another tree.
    probe(path);
}

void Workspace::recoverThenProbe(const QByteArray &path)
{
    using Recoveries = QList<storage::Recovered>;
    auto result = std::make_shared<Result<Recoveries>>(storage::fail(ErrorCode::Cancelled));
    const JobSpec spec{JobKind::Recover, tr("Recover %1").arg(titleOfPath(path)), path, true};
    const QPointer<Workspace> self(this);
    const auto next = [self, path, result] {
        Root *root = self ? self->find(path) : nullptr;
        if (!root)
            return;
        if (!*result) {
            // A directory that cannot be opened says so itself in the next step.
            const ErrorCode code = result->error().code;
            if (code != ErrorCode::Cancelled && code != ErrorCode::NotFound && code != ErrorCode::NotADirectory)
                Q_EMIT self->recoveryFailed(path, result->error());
        } else if (!(*result)->isEmpty()) {
            root->state.recovered = **result;
            Q_EMIT self->recovered(path, root->state.recovered);
        }
        if (self && self->find(path))
            self->probe(path);
    };
    m_queue->start(spec, true, [path, result, next](Monitor &monitor) {
        *result = storage::recover(path, monitor);
        WorkEnd end = *result ? WorkEnd{} : JobQueue::endOf(result->error());
        end.deliver = next;
        return end;
    }, next);
}

void Workspace::probe(const QByteArray &path)
{
    Root *root = find(path);
    m_queue->cancel(root->openJob);
    const JobSpec spec{JobKind::Open, tr("Open %1").arg(root->state.title), path, true};
    const QByteArray known = root->state.backupFolder;
    auto id = std::make_shared<quint64>(0);
    Job *job = m_queue->startReader<Probed>(spec, [path, known, jobs = m_options.jobs](Monitor &monitor) -> Result<Probed> {
        Probed found;
        STRONGROOM_TRY(found.directory, storage::DataDirectory::open(path, monitor, jobs));
        if (found.directory->layouts().isEmpty())
            return storage::fail(ErrorCode::LayoutUnknown, path);
        if (const auto space = storage::freeSpace(found.directory->tree().rootFd(), path))
            found.freeBytes = space->bytes;
        found.safetyCopies = storage::listSafetyCopies(path).value_or(QList<storage::SafetyCopy>());
        found.backupFolder = known.isEmpty() ? usualBackupFolder(path) : known;
        return found;
    }, this, [this, id, path](Result<Probed> result) {
        Root *now = find(path);
        if (!now || now->openJob != *id)
            return;
        now->openJob = 0;
        if (result)
            probed(*now, *std::move(result));
        else
            rootFailed(*now, result.error());
    });
    root->openJob = *id = job->id();
}

void Workspace::probed(Root &root, Probed result)
{
    const QByteArray path = root.state.path;
    root.state.directory = std::move(result.directory);
    root.state.freeBytes = result.freeBytes;
    root.state.safetyCopies = std::move(result.safetyCopies);
    root.state.error.reset();
    if (!root.folderChosen)
        useBackupFolder(root, result.backupFolder);
    else if (!root.state.backupFolder.isEmpty())
        watchFolder(root.state.backupFolder);
    startScan(root);
    Q_EMIT directoryOpened(path);
    if (find(path))
        Q_EMIT scanStarted(path);
}

void Workspace::rootFailed(Root &root, const Error &error)
{
    const QByteArray path = root.state.path;
    root.state.phase = RootPhase::Failed;
    root.state.rescanning = false;
    root.state.error = error;
    Q_EMIT rootChanged(path);
    Q_EMIT directoryFailed(path, error);
}

void Workspace::stopReaders(const Root &root)
{
    for (const quint64 id : {root.openJob, root.scanJob, root.measureJob, root.detailsJob})
        m_queue->cancel(id);
}

void Workspace::closeDirectory(const QByteArray &path)
{
    const auto at = m_roots.find(path);
    if (at == m_roots.end())
        return;
    stopReaders(*at->second);
    m_roots.erase(at);
    m_order.removeOne(path);
    dropUnusedFolders();
    Q_EMIT directoryClosed(path);
}

// -- scanning ----------------------------------------------------------------------------------------

void Workspace::startScan(Root &root)
{
    m_queue->cancel(root.scanJob);
    m_queue->cancel(root.measureJob);
    auto feed = std::make_shared<Feed>();
    feed->root = root.state.path;
    feed->replaces = root.state.scannedAt.isValid() || root.state.phase == RootPhase::Scanning;
    root.state.phase = feed->replaces ? root.state.phase : RootPhase::Scanning;
    root.state.rescanning = feed->replaces;
    const JobSpec spec{JobKind::Scan, tr("Scan %1").arg(root.state.title), root.state.path};
    const auto directory = root.state.directory;
    Job *job = m_queue->startReader<bool>(spec, [directory, feed](Monitor &monitor) -> Result<bool> {
        storage::ChunkBuilder items([&](storage::ChunkPtr chunk) {
            const std::lock_guard lock(feed->mutex);
            feed->chunks.append(std::move(chunk));
        });
        const storage::FindingSink findings = [&](storage::Finding finding) {
            const std::lock_guard lock(feed->mutex);
            feed->findings.append(std::move(finding));
        };
        STRONGROOM_CHECK(directory->scan(items, findings, monitor));
        return true;
    }, this, [this, feed](const Result<bool> &result) {
        scanEnded(feed, result ? Result<void>() : std::unexpected(result.error()));
    });
    feed->job = root.scanJob = job->id();
    m_feeds.append(feed);
    m_drainTimer->start();
}

void Workspace::drainAll()
{
    const auto feeds = m_feeds;
    for (const std::shared_ptr<Feed> &feed : feeds)
        drain(*feed);
}

void Workspace::drain(Feed &feed)
{
    Root *root = find(feed.root);
    if (!root || root->scanJob != feed.job)
        return;
    QList<storage::ChunkPtr> chunks;
    {
        const std::lock_guard lock(feed.mutex);
        chunks.swap(feed.chunks);
    }
    if (chunks.isEmpty())
        return;
    storage::Catalog &catalog = feed.replaces ? feed.catalog : root->state.catalog;
    for (const storage::ChunkPtr &chunk : std::as_const(chunks))
        catalog.append(chunk);
    if (feed.replaces)
        return;
    const QByteArray path = feed.root;
    Q_EMIT itemsAppended(path, chunks);
    if (find(path))
        Q_EMIT rootChanged(path);
}

void Workspace::scanEnded(const std::shared_ptr<Feed> &feed, const Result<void> &result)
{
    drain(*feed);
    m_feeds.removeOne(feed);
    if (m_feeds.isEmpty())
        m_drainTimer->stop();
    Root *root = find(feed->root);
    if (!root || root->scanJob != feed->job)
        return;
    const QByteArray path = feed->root;
    root->scanJob = 0;
    root->state.rescanning = false;
    root->state.phase = RootPhase::Ready;
    if (result) {
        root->state.scannedAt = m_queue->clock().utcNow();
        if (feed->replaces)
            root->state.catalog = feed->catalog;
    } else {
        root->state.error = result.error();
        if (!root->state.scannedAt.isValid())
            root->state.phase = RootPhase::Failed;
    }
    if (result || !feed->replaces) {
        root->state.findings = std::move(feed->findings);
        root->state.problems = std::count_if(root->state.findings.begin(), root->state.findings.end(),
            [](const storage::Finding &finding) { return finding.severity != storage::Severity::Note; });
    }
    if (result)
        measure(*root);
    if (result && feed->replaces)
        Q_EMIT catalogReplaced(path);
    Q_EMIT findingsChanged(path);
    Q_EMIT rootChanged(path);
    Q_EMIT scanFinished(path);
    if (!result)
        Q_EMIT failed(feed->job, JobKind::Scan, path, result.error());
}

void Workspace::measure(Root &root)
{
    const JobSpec spec{JobKind::Measure, tr("Measure %1").arg(root.state.title), root.state.path, true};
    const auto directory = root.state.directory;
    auto id = std::make_shared<quint64>(0);
    Job *job = m_queue->startReader<storage::TreeSize>(spec, [directory](Monitor &monitor) {
        return storage::computeSize(directory->tree().rootFd(), {}, monitor);
    }, this, [this, id, path = root.state.path](const Result<storage::TreeSize> &size) {
        Root *now = find(path);
        if (!now || now->measureJob != *id)
            return;
        now->measureJob = 0;
        if (!size)
            return;   // unknown stays unknown
        now->state.bytes = size->bytes;
        now->state.files = size->files;
        Q_EMIT rootChanged(path);
    });
    root.measureJob = *id = job->id();
}

}  // namespace strongroom::models
