// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One verb at work: what it is, how far it is, how it ended. Not the worker: that is a function the
// JobQueue runs in a pool; Job is its face in the GUI thread. Made, driven and owned by JobQueue.

#include "models/ratemeter.h"
#include "storage/monitor.h"
#include "storage/report.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QObject>

#include <chrono>
#include <memory>
#include <optional>

namespace strongroom::models {

/// Which verb. jobKindWord() gives a stable word for settings, icons and tests.
enum class JobKind : quint8 {
    Open, Scan, Measure, Recover, Details, Preview, Sniff, ListArchives,
    PlanBackup, Backup, Verify, PlanRestore, Restore, PlanUndo, Undo, CreateFolder, Other,
};
[[nodiscard]] QString jobKindWord(JobKind kind);  ///< "plan-restore"

/// Queued: in line for a free thread. Waiting: held back by something that Job::waitingFor() names (another
/// writer of the same data directory). Verifying is Running in the phase that reads back. Stopping: a stop
/// was asked for and acknowledged, the worker has not returned yet. The last four are final.
enum class JobState : quint8 {
    Queued, Waiting, Running, Verifying, Stopping, Succeeded, CompletedWithWarnings, Failed, Cancelled,
};
[[nodiscard]] QString jobStateWord(JobState state);  ///< stable: "queued", "completed-with-warnings"

/// What a job is, given to JobQueue when it is started.
struct JobSpec {
    JobKind kind = JobKind::Other;
    QString title;           ///< for people, translated: "Back up media"
    QByteArray directory;    ///< data directory it belongs to, absolute; a writer's key. May be empty
    bool quiet = false;      ///< interactive helper (details, preview): own threads, not shown, no history
};

struct LogLine {
    QDateTime when;   ///< UTC
    QString text;     ///< for people, translated
};

/// Thread: GUI. Lives until JobQueue drops it from its history (jobRemoved); keep ids, not pointers, across
/// event-loop turns, or a QPointer.
class Job : public QObject {
    Q_OBJECT

public:
    ~Job() override;

    [[nodiscard]] quint64 id() const { return m_id; }            ///< unique per queue, growing, never 0
    [[nodiscard]] JobKind kind() const { return m_spec.kind; }
    [[nodiscard]] QString title() const { return m_spec.title; }
    [[nodiscard]] QByteArray directory() const { return m_spec.directory; }
    [[nodiscard]] bool isQuiet() const { return m_spec.quiet; }
    [[nodiscard]] bool isWriter() const { return m_writer; }

    [[nodiscard]] JobState state() const { return m_state; }
    [[nodiscard]] bool isPending() const { return m_state == JobState::Queued || m_state == JobState::Waiting; }
    [[nodiscard]] bool isRunning() const;                         ///< Running, Verifying or Stopping
    [[nodiscard]] bool isFinished() const { return m_state >= JobState::Succeeded; }
    [[nodiscard]] QString waitingFor() const { return m_waitingFor; }  ///< title of the job ahead; empty = nothing

    /// The last sample (10 Hz while running); after the end, the final one.
    [[nodiscard]] const storage::Progress &progress() const { return m_progress; }
    /// 0..1000 by bytes, else by items; -1 = no total known. 1000 after success.
    [[nodiscard]] int permille() const;
    [[nodiscard]] std::optional<double> bytesPerSecond() const;   ///< smoothed; nullopt = unknown
    [[nodiscard]] std::optional<std::chrono::seconds> remaining() const;  ///< nullopt in the first 5 s of a phase

    [[nodiscard]] QDateTime queuedAt() const { return m_queuedAt; }
    [[nodiscard]] QDateTime startedAt() const { return m_startedAt; }     ///< invalid = never started
    [[nodiscard]] QDateTime finishedAt() const { return m_finishedAt; }
    [[nodiscard]] const QList<LogLine> &log() const { return m_log; }

    /// Present once a writer is finished, whatever the outcome; readers have none.
    [[nodiscard]] const std::optional<storage::Report> &report() const { return m_report; }
    /// Moves the report out; a second call gives nullopt.
    [[nodiscard]] std::optional<storage::Report> takeResult();
    /// Why it failed, was refused or cancelled; nullopt otherwise.
    [[nodiscard]] const std::optional<storage::Error> &error() const { return m_error; }

public Q_SLOTS:
    /// Asks for a stop and returns at once: a pending job ends as Cancelled, a running one turns Stopping
    /// and ends when its worker has left the disk valid. Final states ignore it.
    void cancel();

Q_SIGNALS:
    void stateChanged();
    void progressChanged();      ///< at most 10 times a second
    void logAppended();
    void finished();             ///< last signal but deletion; state, report and error stand

private:
    friend class JobQueue;
    Job(quint64 id, JobSpec spec, bool writer, QObject *parent);
    void setState(JobState state);
    void appendLog(const QDateTime &when, const QString &text);
    void samplePhase(const QDateTime &now);

    quint64 m_id;
    JobSpec m_spec;
    bool m_writer;
    JobState m_state = JobState::Queued;
    QString m_waitingFor;
    std::shared_ptr<storage::Monitor> m_monitor;   // shared with the worker
    storage::Progress m_progress;
    RateMeter m_byteRate;
    RateMeter m_itemRate;                          // for phases that know items only
    QElapsedTimer m_phaseTimer;
    bool m_anyPhase = false;
    QDateTime m_queuedAt;
    QDateTime m_startedAt;
    QDateTime m_finishedAt;
    QList<LogLine> m_log;
    std::optional<storage::Report> m_report;
    std::optional<storage::Error> m_error;
    std::function<void(Job *)> m_cancel;           // JobQueue's part of cancel()
};

}  // namespace strongroom::models
