// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/jobqueue.h"

#include "models/reportsummary.h"
#include "models/words.h"

#include <QFutureWatcher>
#include <QThread>
#include <QThreadPool>
#include <QTimer>
#include <QtConcurrentRun>

#include <algorithm>
#include <map>

namespace strongroom::models {

using storage::Error;
using storage::ErrorCode;
using storage::Monitor;
using storage::Operation;
using storage::Outcome;
using storage::Report;

namespace {

constexpr int kSampleMs = 100;
constexpr int kQuietThreads = 2;

JobState stateOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Succeeded: return JobState::Succeeded;
    case Outcome::CompletedWithWarnings: return JobState::CompletedWithWarnings;
    case Outcome::Failed: return JobState::Failed;
    case Outcome::Cancelled: return JobState::Cancelled;
    }
    return JobState::Failed;
}

/// A bug or a lack of memory in a worker must not take the window down.
WorkEnd guarded(const JobQueue::Work &work, Monitor &monitor)
{
    try {
        return work(monitor);
    } catch (const std::exception &e) {
        return JobQueue::endOf(Error{ErrorCode::Internal, {}, 0, {QString::fromLocal8Bit(e.what())}, {}});
    }
}

}  // namespace

struct JobQueue::Entry {
    Job *job = nullptr;
    Work work;
    std::function<void()> cancelled;
    QFutureWatcher<WorkEnd> *watcher = nullptr;   // null = stopped before it started
};

struct JobQueue::Pools {
    QThreadPool readers;
    QThreadPool quiet;
    std::map<QByteArray, std::unique_ptr<QThreadPool>> writers;

    QThreadPool &forWriter(const QByteArray &directory)
    {
        std::unique_ptr<QThreadPool> &pool = writers[directory];
        if (!pool) {
            pool = std::make_unique<QThreadPool>();
            pool->setMaxThreadCount(1);
        }
        return *pool;
    }
};

JobQueue::JobQueue(Clock clock, QObject *parent)
    : QObject(parent), m_clock(std::move(clock)), m_pools(std::make_unique<Pools>()), m_sampler(new QTimer(this))
{
    m_pools->readers.setMaxThreadCount(qBound(2, QThread::idealThreadCount(), 4));
    m_pools->quiet.setMaxThreadCount(kQuietThreads);
    m_sampler->setInterval(kSampleMs);
    connect(m_sampler, &QTimer::timeout, this, &JobQueue::sampleAll);
}

JobQueue::~JobQueue()
{
    shutdown();
}

WorkEnd JobQueue::endOf(const Error &error)
{
    return {error.code == ErrorCode::Cancelled ? JobState::Cancelled : JobState::Failed, error, {}, {}};
}

Job *JobQueue::startWriter(JobSpec spec, Operation operation, std::function<Report(Monitor &)> work, QObject *context,
                           std::function<void(const Report &)> done)
{
    const QPointer<QObject> guard(context);
    const bool hasContext = context != nullptr;
    const auto deliver = [guard, hasContext, done = std::move(done)](const Report &report) {
        if (done && (!hasContext || guard))
            done(report);
    };
    const auto endWith = [deliver](const Report &report) {
        return WorkEnd{stateOf(report.outcome), report.error, report, [deliver, report] { deliver(report); }};
    };
    Work run = [work = std::move(work), endWith, operation](Monitor &monitor) {
        try {
            return endWith(work(monitor));
        } catch (const std::exception &e) {
            Report report = Report::failed(operation, Error{ErrorCode::Internal, {}, 0, {QString::fromLocal8Bit(e.what())}, {}});
            report.rolledBack = false;   // nobody knows
            return endWith(report);
        }
    };
    const QByteArray directory = spec.directory;
    return start(std::move(spec), true, std::move(run), [deliver, operation, directory] {
        Report report = Report::failed(operation, Error{ErrorCode::Cancelled, directory, 0, {}, {}});
        report.directory = directory;
        deliver(report);
    });
}

Job *JobQueue::start(JobSpec spec, bool writer, Work work, std::function<void()> cancelled)
{
    auto entry = std::make_unique<Entry>();
    Job *job = new Job(m_nextId++, std::move(spec), writer, this);
    job->m_queuedAt = m_clock.utcNow();
    job->m_cancel = [this](Job *which) { cancelJob(which); };
    entry->job = job;
    entry->work = std::move(work);
    entry->cancelled = std::move(cancelled);
    connect(job, &Job::stateChanged, this, [this, job] { Q_EMIT jobStateChanged(job); });
    connect(job, &Job::progressChanged, this, [this, job] { Q_EMIT jobProgressed(job); });
    m_pending.push_back(std::move(entry));
    Q_EMIT jobAdded(job);
    updateBusy();
    dispatchSoon();
    return job;
}

void JobQueue::dispatchSoon()
{
    if (m_dispatchPosted)
        return;
    m_dispatchPosted = true;
    QMetaObject::invokeMethod(this, &JobQueue::dispatch, Qt::QueuedConnection);
}

void JobQueue::dispatch()
{
    m_dispatchPosted = false;
    if (m_shutDown)
        return;
    // What is decided here goes by the order of the line: a writer waits for every writer of its directory
    // that runs or stands before it.
    std::map<QByteArray, const Job *> writing;
    int readers = 0;
    int quiet = 0;
    for (const auto &entry : m_running) {
        if (entry->job->isWriter())
            writing.emplace(entry->job->directory(), entry->job);
        else
            ++(entry->job->isQuiet() ? quiet : readers);
    }
    std::vector<Entry *> ready;
    QList<QPointer<Job>> held;
    for (const auto &entry : m_pending) {
        Job *job = entry->job;
        if (job->isWriter()) {
            const auto [ahead, free] = writing.emplace(job->directory(), job);
            if (free) {
                ready.push_back(entry.get());
            } else {
                job->m_waitingFor = ahead->second->title();
                held.append(job);
            }
            continue;
        }
        int &used = job->isQuiet() ? quiet : readers;
        const int most = job->isQuiet() ? m_pools->quiet.maxThreadCount() : m_pools->readers.maxThreadCount();
        if (used < most) {
            ++used;
            ready.push_back(entry.get());
        }
    }
    // Slots may cancel what is looked at here, so nothing is announced while the lists are walked.
    for (const QPointer<Job> &job : held) {
        if (job && job->isPending())
            job->setState(JobState::Waiting);
    }
    for (Entry *entry : ready) {
        const bool still = std::any_of(m_pending.begin(), m_pending.end(), [&](const auto &p) { return p.get() == entry; });
        if (still)
            launch(*entry);
    }
}

void JobQueue::launch(Entry &pending)
{
    const auto at = std::find_if(m_pending.begin(), m_pending.end(), [&](const auto &p) { return p.get() == &pending; });
    m_running.push_back(std::move(*at));
    m_pending.erase(at);
    Entry &entry = *m_running.back();
    Job *job = entry.job;
    QThreadPool &pool = job->isWriter() ? m_pools->forWriter(job->directory())
                                        : job->isQuiet() ? m_pools->quiet : m_pools->readers;
    entry.watcher = new QFutureWatcher<WorkEnd>(this);
    connect(entry.watcher, &QFutureWatcherBase::finished, this, [this, &entry] { finish(entry); });
    // J1: nobody ever cancels this future; the monitor is the only way to stop.
    entry.watcher->setFuture(QtConcurrent::run(&pool, [work = std::move(entry.work), monitor = job->m_monitor] {
        return guarded(work, *monitor);
    }));
    job->m_startedAt = m_clock.utcNow();
    job->m_waitingFor.clear();
    if (!m_sampler->isActive())
        m_sampler->start();
    job->setState(JobState::Running);
}

void JobQueue::finish(Entry &entry)
{
    QFutureWatcher<WorkEnd> *watcher = entry.watcher;
    WorkEnd outcome = watcher->future().takeResult();
    watcher->disconnect(this);
    watcher->deleteLater();
    end(take(&entry), std::move(outcome));
}

std::unique_ptr<JobQueue::Entry> JobQueue::take(Entry *entry)
{
    const auto at = std::find_if(m_running.begin(), m_running.end(), [&](const auto &p) { return p.get() == entry; });
    std::unique_ptr<Entry> taken = std::move(*at);
    m_running.erase(at);
    if (m_running.empty())
        m_sampler->stop();   // J4
    return taken;
}

void JobQueue::end(std::unique_ptr<Entry> entry, WorkEnd outcome)
{
    Job *job = entry->job;
    job->m_progress = job->m_monitor->sample();
    job->m_report = outcome.report;
    job->m_error = outcome.error;
    job->m_finishedAt = m_clock.utcNow();
    m_history.prepend(job);
    job->setState(outcome.state);
    if (!job->isQuiet()) {
        if (job->m_report) {
            const ReportSummary summary = summarize(*job->m_report);
            job->appendLog(job->m_finishedAt, summary.headline);
            for (const QString &line : summary.details)
                job->appendLog(job->m_finishedAt, line);
        } else {
            job->appendLog(job->m_finishedAt, job->m_error && outcome.state != JobState::Cancelled
                                                  ? describe(*job->m_error).oneLine() : jobStateText(outcome.state));
        }
    }
    if (outcome.deliver)
        outcome.deliver();
    Q_EMIT job->finished();
    Q_EMIT jobFinished(job);
    if (job->isQuiet()) {
        m_history.removeOne(job);
        Q_EMIT jobRemoved(job);
        job->deleteLater();
    }
    trimHistory(kHistory);
    updateBusy();
    if (!m_pending.empty())
        dispatchSoon();
}

void JobQueue::cancelJob(Job *job)
{
    if (job->isFinished() || job->m_state == JobState::Stopping)
        return;
    job->m_monitor->requestStop();
    const auto at = std::find_if(m_pending.begin(), m_pending.end(), [&](const auto &p) { return p->job == job; });
    if (at == m_pending.end()) {
        job->setState(JobState::Stopping);   // J3
        return;
    }
    // It never starts, but ends as every job does: from the event loop.
    Entry *entry = at->get();
    m_running.push_back(std::move(*at));
    m_pending.erase(at);
    const quint64 id = job->id();
    QMetaObject::invokeMethod(this, [this, id] {
        const auto found = std::find_if(m_running.begin(), m_running.end(), [&](const auto &p) { return p->job->id() == id; });
        if (found == m_running.end())
            return;
        WorkEnd cancelledEnd = endOf(Error{ErrorCode::Cancelled, (*found)->job->directory(), 0, {}, {}});
        cancelledEnd.deliver = (*found)->cancelled;
        end(take(found->get()), std::move(cancelledEnd));
    }, Qt::QueuedConnection);
    entry->job->setState(JobState::Stopping);
}

void JobQueue::cancel(quint64 id)
{
    if (Job *which = job(id))
        cancelJob(which);
}

void JobQueue::cancelAll()
{
    QList<Job *> all;
    for (const auto &entry : m_pending)
        all.append(entry->job);
    for (const auto &entry : m_running)
        all.append(entry->job);
    for (Job *which : all)
        cancelJob(which);
}

void JobQueue::shutdown()
{
    m_shutDown = true;
    // What is delivered may start something again: it ends as cancelled in the next round.
    while (!m_pending.empty() || !m_running.empty()) {
        cancelAll();
        Entry *entry = m_running.front().get();
        if (entry->watcher) {
            entry->watcher->waitForFinished();
            finish(*entry);
        } else {
            WorkEnd cancelledEnd = endOf(Error{ErrorCode::Cancelled, entry->job->directory(), 0, {}, {}});
            cancelledEnd.deliver = entry->cancelled;
            end(take(entry), std::move(cancelledEnd));
        }
    }
}

Job *JobQueue::job(quint64 id) const
{
    for (const auto *list : {&m_running, &m_pending}) {
        for (const auto &entry : *list) {
            if (entry->job->id() == id)
                return entry->job;
        }
    }
    for (Job *old : m_history) {
        if (old->id() == id)
            return old;
    }
    return nullptr;
}

QList<Job *> JobQueue::jobs() const
{
    QList<Job *> all;
    for (const auto *list : {&m_running, &m_pending}) {
        for (const auto &entry : *list) {
            if (!entry->job->isQuiet())
                all.append(entry->job);
        }
    }
    for (Job *old : m_history) {
        if (!old->isQuiet())
            all.append(old);
    }
    return all;
}

int JobQueue::runningCount() const
{
    return int(std::count_if(m_running.begin(), m_running.end(), [](const auto &e) { return !e->job->isQuiet(); }));
}

int JobQueue::pendingCount() const
{
    return int(std::count_if(m_pending.begin(), m_pending.end(), [](const auto &e) { return !e->job->isQuiet(); }));
}

bool JobQueue::hasWriters() const
{
    const auto writes = [](const auto &entry) { return entry->job->isWriter(); };
    return std::any_of(m_running.begin(), m_running.end(), writes) || std::any_of(m_pending.begin(), m_pending.end(), writes);
}

bool JobQueue::isSampling() const
{
    return m_sampler->isActive();
}

void JobQueue::moveBefore(Job *job, Job *before)
{
    const auto find = [this](const Job *which) {
        return std::find_if(m_pending.begin(), m_pending.end(), [&](const auto &p) { return p->job == which; });
    };
    const auto from = find(job);
    if (from == m_pending.end() || job == before)
        return;
    std::unique_ptr<Entry> entry = std::move(*from);
    m_pending.erase(from);
    m_pending.insert(before ? find(before) : m_pending.end(), std::move(entry));
    Q_EMIT orderChanged();
    dispatchSoon();
}

void JobQueue::clearHistory()
{
    trimHistory(0);
}

void JobQueue::trimHistory(int keep)
{
    while (m_history.size() > keep) {
        Job *old = m_history.takeLast();
        Q_EMIT jobRemoved(old);
        old->deleteLater();
    }
}

void JobQueue::sampleAll()
{
    const QDateTime now = m_clock.utcNow();
    QList<Job *> running;
    for (const auto &entry : m_running) {
        if (entry->watcher)
            running.append(entry->job);
    }
    for (Job *job : running)
        job->samplePhase(now);
}

void JobQueue::updateBusy()
{
    const bool busy = runningCount() + pendingCount() > 0;
    if (busy == m_busy)
        return;
    m_busy = busy;
    Q_EMIT busyChanged(busy);
}

}  // namespace strongroom::models
