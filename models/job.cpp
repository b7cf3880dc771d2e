// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/job.h"

#include "models/words.h"

namespace strongroom::models {

using storage::Phase;

QString jobKindWord(JobKind kind)
{
    switch (kind) {
    case JobKind::Open: return QStringLiteral("open");
    case JobKind::Scan: return QStringLiteral("scan");
    case JobKind::Measure: return QStringLiteral("measure");
    case JobKind::Recover: return QStringLiteral("recover");
    case JobKind::Details: return QStringLiteral("details");
    case JobKind::Preview: return QStringLiteral("preview");
    case JobKind::Sniff: return QStringLiteral("sniff");
    case JobKind::ListArchives: return QStringLiteral("list-archives");
    case JobKind::PlanBackup: return QStringLiteral("plan-backup");
    case JobKind::Backup: return QStringLiteral("backup");
    case JobKind::Verify: return QStringLiteral("verify");
    case JobKind::PlanRestore: return QStringLiteral("plan-restore");
    case JobKind::Restore: return QStringLiteral("restore");
    case JobKind::PlanUndo: return QStringLiteral("plan-undo");
    case JobKind::Undo: return QStringLiteral("undo");
    case JobKind::CreateFolder: return QStringLiteral("create-folder");
    case JobKind::Other: return QStringLiteral("other");
    }
    return {};
}

QString jobStateWord(JobState state)
{
    switch (state) {
    case JobState::Queued: return QStringLiteral("queued");
    case JobState::Waiting: return QStringLiteral("waiting");
    case JobState::Running: return QStringLiteral("running");
    case JobState::Verifying: return QStringLiteral("verifying");
    case JobState::Stopping: return QStringLiteral("stopping");
    case JobState::Succeeded: return QStringLiteral("succeeded");
    case JobState::CompletedWithWarnings: return QStringLiteral("completed-with-warnings");
    case JobState::Failed: return QStringLiteral("failed");
    case JobState::Cancelled: return QStringLiteral("cancelled");
    }
    return {};
}

Job::Job(quint64 id, JobSpec spec, bool writer, QObject *parent)
    : QObject(parent), m_id(id), m_spec(std::move(spec)), m_writer(writer), m_monitor(std::make_shared<storage::Monitor>())
{
}

Job::~Job() = default;

bool Job::isRunning() const
{
    return m_state == JobState::Running || m_state == JobState::Verifying || m_state == JobState::Stopping;
}

int Job::permille() const
{
    if (m_state == JobState::Succeeded || m_state == JobState::CompletedWithWarnings)
        return 1000;
    const bool bytes = m_progress.bytesTotal > 0;
    const qint64 total = bytes ? m_progress.bytesTotal : m_progress.itemsTotal;
    const qint64 done = bytes ? m_progress.bytesDone : m_progress.itemsDone;
    if (total <= 0)
        return -1;
    return int(double(qBound<qint64>(0, done, total)) * 1000.0 / double(total));
}

std::optional<double> Job::bytesPerSecond() const
{
    return isRunning() ? m_byteRate.perSecond() : std::nullopt;
}

std::optional<std::chrono::seconds> Job::remaining() const
{
    if (!isRunning() || m_state == JobState::Stopping)
        return std::nullopt;
    return m_progress.bytesTotal > 0 ? m_byteRate.remaining(m_progress.bytesTotal) : m_itemRate.remaining(m_progress.itemsTotal);
}

std::optional<storage::Report> Job::takeResult()
{
    return std::exchange(m_report, std::nullopt);
}

void Job::cancel()
{
    if (m_cancel)
        m_cancel(this);
}

void Job::setState(JobState state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

void Job::appendLog(const QDateTime &when, const QString &text)
{
    m_log.append({when, text});
    Q_EMIT logAppended();
}

void Job::samplePhase(const QDateTime &now)
{
    const Phase before = m_progress.phase;
    m_progress = m_monitor->sample();
    if (!m_anyPhase || m_progress.phase != before) {
        m_anyPhase = true;
        m_byteRate.reset();
        m_itemRate.reset();
        m_phaseTimer.start();
        if (m_progress.phase != Phase::Idle && !m_spec.quiet)
            appendLog(now, phaseText(m_progress.phase));
    }
    const std::chrono::milliseconds elapsed(m_phaseTimer.elapsed());
    m_byteRate.sample(elapsed, m_progress.bytesDone);
    m_itemRate.sample(elapsed, m_progress.itemsDone);
    if (m_state == JobState::Running && m_progress.phase == Phase::Verifying)
        setState(JobState::Verifying);
    else if (m_state == JobState::Verifying && m_progress.phase != Phase::Verifying)
        setState(JobState::Running);
    Q_EMIT progressChanged();
}

}  // namespace strongroom::models
