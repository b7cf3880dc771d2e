// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where everything that takes time runs. Writers one at a time per data directory, each directory with a
// pool of one thread; readers in small pools. Besides CatalogModel's queries the only place that starts
// threads. Not a scheduler of dates, and it decides nothing about data.
//
// J1 A writer is stopped through its Monitor only and always delivers a Report. (QFuture::cancel() would
//    lose it: in Qt 6.4 a cancelled future drops its result and skips continuations.)
// J2 Results reach the GUI thread through the event loop, and only while their context object lives.
// J3 A cancel is acknowledged before it returns.
// J4 No timer runs while no job runs.

#include "models/clock.h"
#include "models/job.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <memory>
#include <vector>

class QTimer;

namespace strongroom::models {

/// What a worker hands back; made by the templates below. `deliver` is called once in the GUI thread.
struct WorkEnd {
    JobState state = JobState::Succeeded;              ///< one of the final four
    std::optional<storage::Error> error;
    std::optional<storage::Report> report;
    std::function<void()> deliver;                     ///< may be empty
};

/// Thread: GUI, but for the work functions, which run in a pool thread.
class JobQueue : public QObject {
    Q_OBJECT

public:
    using Work = std::function<WorkEnd(storage::Monitor &)>;
    /// Finished jobs that are kept for the history (quiet ones never are).
    static constexpr int kHistory = 200;

    explicit JobQueue(Clock clock = Clock::system(), QObject *parent = nullptr);
    ~JobQueue() override;   ///< shutdown()

    /// Queues `work`, which writes below spec.directory. Nothing starts before the caller's event-loop turn
    /// ends, so every signal of the returned job can be seen. `done` gets the report in the GUI thread,
    /// also after cancel, also when the job never started (Report::failed with Cancelled), unless
    /// `context` is gone.
    Job *startWriter(JobSpec spec, storage::Operation operation, std::function<storage::Report(storage::Monitor &)> work,
                     QObject *context, std::function<void(const storage::Report &)> done);

    /// Queues `work`, which reads. `done` gets its result in the GUI thread exactly once, a Cancelled error
    /// if it was stopped before it started, unless `context` is gone. T may be move-only.
    template<class T>
    Job *startReader(JobSpec spec, std::function<storage::Result<T>(storage::Monitor &)> work, QObject *context,
                     std::function<void(storage::Result<T>)> done)
    {
        QPointer<QObject> guard(context);
        const bool guarded = context != nullptr;
        auto deliver = [guard, guarded, done = std::move(done)](std::shared_ptr<storage::Result<T>> result) {
            return [guard, guarded, done, result] {
                if (done && (!guarded || guard))
                    done(std::move(*result));
            };
        };
        Work run = [work = std::move(work), deliver](storage::Monitor &monitor) {
            auto result = std::make_shared<storage::Result<T>>(work(monitor));
            WorkEnd end = *result ? WorkEnd{} : endOf(result->error());
            end.deliver = deliver(std::move(result));
            return end;
        };
        const auto never = [deliver] {
            deliver(std::make_shared<storage::Result<T>>(storage::fail(storage::ErrorCode::Cancelled)))();
        };
        return start(std::move(spec), false, std::move(run), never);
    }

    /// The general form. \param cancelled called instead of `work` when the job is stopped before it starts.
    Job *start(JobSpec spec, bool writer, Work work, std::function<void()> cancelled);

    [[nodiscard]] Job *job(quint64 id) const;           ///< null when unknown or gone
    /// Everything but quiet jobs: running, then pending in the order they will start, then history newest first.
    [[nodiscard]] QList<Job *> jobs() const;
    [[nodiscard]] int runningCount() const;             ///< without quiet jobs
    [[nodiscard]] int pendingCount() const;             ///< without quiet jobs
    [[nodiscard]] bool hasWriters() const;              ///< running or pending: ask before quitting
    [[nodiscard]] const Clock &clock() const { return m_clock; }
    /// True while the 10 Hz timer runs; for the test of J4.
    [[nodiscard]] bool isSampling() const;

    void cancel(quint64 id);
    void cancelAll();
    /// Moves a pending job before another pending one (null = to the end). Writers of one directory keep
    /// to the new order too.
    void moveBefore(Job *job, Job *before);
    /// Drops finished jobs from the history.
    void clearHistory();

    /// Asks every job to stop, waits for the workers and delivers what they report. Blocks: for the end of
    /// the program only. Nothing can be started afterwards (jobs end as Cancelled).
    void shutdown();

    /// Final state of a job that ended with `error`.
    [[nodiscard]] static WorkEnd endOf(const storage::Error &error);

Q_SIGNALS:
    void jobAdded(strongroom::models::Job *job);
    void jobStateChanged(strongroom::models::Job *job);
    void jobProgressed(strongroom::models::Job *job);
    void jobFinished(strongroom::models::Job *job);      ///< quiet ones too
    void jobRemoved(strongroom::models::Job *job);       ///< about to be deleted
    void orderChanged();
    void busyChanged(bool busy);                          ///< a job that is shown runs or waits

private:
    struct Entry;
    struct Pools;
    // Entries stand at one place from start to end: their address is an identity.
    void dispatch();
    void dispatchSoon();
    void launch(Entry &entry);
    void finish(Entry &entry);
    void end(std::unique_ptr<Entry> entry, WorkEnd outcome);
    void cancelJob(Job *job);
    void sampleAll();
    void trimHistory(int keep);
    void updateBusy();
    [[nodiscard]] std::unique_ptr<Entry> take(Entry *entry);

    Clock m_clock;
    std::vector<std::unique_ptr<Entry>> m_pending;
    std::vector<std::unique_ptr<Entry>> m_running;
    QList<Job *> m_history;                               // newest first; children of this
    std::unique_ptr<Pools> m_pools;
    QTimer *m_sampler = nullptr;
    quint64 m_nextId = 1;
    bool m_dispatchPosted = false;
    bool m_shutDown = false;
    bool m_busy = false;
};

}  // namespace strongroom::models
