// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/gate.h"
#include "models/jobqueue.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>

using namespace strongroom::models;
using namespace strongroom::storage;
using strongroom::tests::Gate;

namespace {

const QDateTime kNow(QDate(2025, 10, 25), QTime(14, 30, 22), Qt::UTC);

Clock clockAt() { return Clock::fixed(kNow, QStringLiteral("testhost")); }

JobSpec spec(const QString &title, const QByteArray &directory = "/data")
{
    return {JobKind::Backup, title, directory};
}

Report done(Outcome outcome = Outcome::Succeeded)
{
    Report report;
    report.outcome = outcome;
    return report;
}

/// Waits like a writer that polls: until told to stop, or let through.
Report pollUntilStopped(Monitor &monitor, Gate &started)
{
    started.open();
    while (!monitor.stopRequested())
        QThread::yieldCurrentThread();
    Report report = Report::failed(Operation::Backup, Error{ErrorCode::Cancelled, {}, 0, {}, {}});
    report.members = 7;   // what it had done until then
    return report;
}

}  // namespace

class tst_JobQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writers_ofOneDirectoryRunOneAtATimeInOrder()
    {
        JobQueue queue(clockAt());
        std::atomic<int> inside = 0;
        std::atomic<int> most = 0;
        QList<int> ended;
        QStringList order;
        std::mutex mutex;
        for (int i = 0; i < 6; ++i) {
            queue.startWriter(spec(QString::number(i)), Operation::Backup, [&, i](Monitor &) {
                most = qMax(int(most), ++inside);
                { const std::lock_guard lock(mutex); order.append(QString::number(i)); }
                QThread::yieldCurrentThread();
                --inside;
                return done();
            }, this, [&ended, i](const Report &) { ended.append(i); });
        }
        QTRY_COMPARE(ended.size(), 6);
        QCOMPARE(int(most), 1);
        QCOMPARE(order, QStringList({"0", "1", "2", "3", "4", "5"}));
        QCOMPARE(ended, QList<int>({0, 1, 2, 3, 4, 5}));
    }

    void writers_ofTwoDirectoriesRunTogether()
    {
        JobQueue queue(clockAt());
        Gate gate;
        int ended = 0;
        for (const char *directory : {"/a", "/b"}) {
            queue.startWriter(spec(QStringLiteral("w"), directory), Operation::Backup, [&](Monitor &) {
                gate.pass();
                return done();
            }, this, [&](const Report &) { ++ended; });
        }
        QTRY_COMPARE(gate.arrived(), 2);   // both are inside at the same time
        gate.open();
        QTRY_COMPARE(ended, 2);
    }

    void readers_runBesideAWriterAndEachOther()
    {
        JobQueue queue(clockAt());
        Gate gate;
        int ended = 0;
        queue.startWriter(spec(QStringLiteral("w")), Operation::Backup, [&](Monitor &) { gate.pass(); return done(); }, this,
                          [&](const Report &) { ++ended; });
        for (int i = 0; i < 2; ++i) {
            queue.startReader<int>(spec(QStringLiteral("r")), [&](Monitor &) -> Result<int> { gate.pass(); return 1; }, this,
                                   [&](Result<int>) { ++ended; });
        }
        QTRY_COMPARE(gate.arrived(), 3);
        gate.open();
        QTRY_COMPARE(ended, 3);
    }

    void quietReaders_areNotHeldUpByLongOnesAndLeaveNoTrace()
    {
        JobQueue queue(clockAt());
        Gate gate;
        for (int i = 0; i < 20; ++i)
            queue.startReader<int>(spec(QStringLiteral("long")), [&](Monitor &) -> Result<int> { gate.pass(); return 1; }, this, {});
        JobSpec quick{JobKind::Details, QStringLiteral("quick"), "/data", true};
        QSignalSpy removed(&queue, &JobQueue::jobRemoved);
        int answer = 0;
        queue.startReader<int>(quick, [](Monitor &) -> Result<int> { return 42; }, this, [&](Result<int> r) { answer = *r; });
        QCOMPARE(queue.jobs().size(), 20);
        QTRY_COMPARE(answer, 42);
        QCOMPARE(removed.size(), 1);
        QCOMPARE(queue.jobs().size(), 20);
        gate.open();
        QTRY_COMPARE(queue.runningCount() + queue.pendingCount(), 0);
    }

    void states_comeInOrder()
    {
        JobQueue queue(clockAt());
        Gate gate;
        Gate verifying;
        Job *first = queue.startWriter(spec(QStringLiteral("first")), Operation::Backup, [&](Monitor &monitor) {
            monitor.begin(Phase::Writing, 100);
            gate.pass();
            monitor.begin(Phase::Verifying, 100);
            verifying.pass();
            return done(Outcome::CompletedWithWarnings);
        }, this, {});
        Job *second = queue.startWriter(spec(QStringLiteral("second")), Operation::Backup, [](Monitor &) { return done(); }, this, {});
        QStringList seen{jobStateWord(first->state())};
        QStringList seenSecond{jobStateWord(second->state())};
        connect(first, &Job::stateChanged, this, [&] { seen.append(jobStateWord(first->state())); });
        connect(second, &Job::stateChanged, this, [&] { seenSecond.append(jobStateWord(second->state())); });
        QTRY_COMPARE(first->state(), JobState::Running);
        QCOMPARE(second->state(), JobState::Waiting);
        QCOMPARE(second->waitingFor(), QStringLiteral("first"));
        gate.open();
        QTRY_COMPARE(first->state(), JobState::Verifying);
        verifying.open();
        QTRY_VERIFY(second->isFinished());
        QCOMPARE(seen, QStringList({"queued", "running", "verifying", "completed-with-warnings"}));
        QCOMPARE(seenSecond, QStringList({"queued", "waiting", "running", "succeeded"}));
        QCOMPARE(first->permille(), 1000);
        QCOMPARE(first->finishedAt(), kNow);
    }

    void cancel_isAcknowledgedAtOnceAndKeepsTheReport()
    {
        JobQueue queue(clockAt());
        Gate started;
        std::optional<Report> got;
        Job *job = queue.startWriter(spec(QStringLiteral("w")), Operation::Backup,
                                     [&](Monitor &monitor) { return pollUntilStopped(monitor, started); }, this,
                                     [&](const Report &report) { got = report; });
        QSignalSpy finished(job, &Job::finished);
        QTRY_COMPARE(job->state(), JobState::Running);
        started.pass();
        job->cancel();
        QCOMPARE(job->state(), JobState::Stopping);   // before any event is processed
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(job->state(), JobState::Cancelled);
        QVERIFY(got);
        QCOMPARE(got->members, 7);
        QVERIFY(job->report());
        QCOMPARE(job->takeResult()->members, 7);
        QVERIFY(!job->takeResult());
    }

    void cancel_ofAWriterThatFinishesAllTheSameIsItsSuccess()
    {
        JobQueue queue(clockAt());
        Gate inside;
        Gate gate;
        Job *job = queue.startWriter(spec(QStringLiteral("w")), Operation::Backup, [&](Monitor &) {
            inside.open();
            gate.pass();   // past the point of no return: does not look at the monitor any more
            return done();
        }, this, {});
        QTRY_COMPARE(job->state(), JobState::Running);
        inside.pass();
        job->cancel();
        gate.open();
        QTRY_VERIFY(job->isFinished());
        QCOMPARE(job->state(), JobState::Succeeded);
    }

    void cancel_ofAPendingJobNeverRunsItButReports()
    {
        JobQueue queue(clockAt());
        Gate gate;
        bool ran = false;
        std::optional<Report> got;
        queue.startWriter(spec(QStringLiteral("first")), Operation::Backup, [&](Monitor &) { gate.pass(); return done(); }, this, {});
        Job *second = queue.startWriter(spec(QStringLiteral("second")), Operation::Restore,
                                        [&](Monitor &) { ran = true; return done(); }, this, [&](const Report &r) { got = r; });
        QTRY_COMPARE(second->state(), JobState::Waiting);
        second->cancel();
        QCOMPARE(second->state(), JobState::Stopping);
        QTRY_COMPARE(second->state(), JobState::Cancelled);
        QVERIFY(got);
        QCOMPARE(got->outcome, Outcome::Cancelled);
        QCOMPARE(got->operation, Operation::Restore);
        QCOMPARE(got->error->code, ErrorCode::Cancelled);
        gate.open();
        QTRY_COMPARE(queue.runningCount(), 0);
        QVERIFY(!ran);
    }

    void readerResult_mayBeMoveOnlyAndComesOnce()
    {
        JobQueue queue(clockAt());
        int calls = 0;
        std::unique_ptr<int> got;
        Job *job = queue.startReader<std::unique_ptr<int>>(spec(QStringLiteral("r")),
            [](Monitor &) -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); }, this,
            [&](Result<std::unique_ptr<int>> result) { ++calls; got = *std::move(result); });
        QTRY_COMPARE(calls, 1);
        QCOMPARE(*got, 5);
        QCOMPARE(job->state(), JobState::Succeeded);
        QVERIFY(!job->report());
    }

    void readerError_failsTheJobWithIt()
    {
        JobQueue queue(clockAt());
        std::optional<Error> got;
        Job *job = queue.startReader<int>(spec(QStringLiteral("r")),
            [](Monitor &) -> Result<int> { return fail(ErrorCode::PermissionDenied, "/secret"); }, this,
            [&](Result<int> result) { got = result.error(); });
        QTRY_VERIFY(got);
        QCOMPARE(got->code, ErrorCode::PermissionDenied);
        QCOMPARE(job->state(), JobState::Failed);
        QCOMPARE(job->error()->path, QByteArray("/secret"));
    }

    void resultOfADeadContext_isDropped()
    {
        JobQueue queue(clockAt());
        Gate gate;
        bool called = false;
        auto context = std::make_unique<QObject>();
        Job *job = queue.startReader<int>(spec(QStringLiteral("r")), [&](Monitor &) -> Result<int> { gate.pass(); return 1; },
                                          context.get(), [&](Result<int>) { called = true; });
        QTRY_COMPARE(job->state(), JobState::Running);
        context.reset();
        gate.open();
        QTRY_VERIFY(job->isFinished());
        QVERIFY(!called);
    }

    void exceptionInAWriter_isAFailedReport()
    {
        JobQueue queue(clockAt());
        std::optional<Report> got;
        queue.startWriter(spec(QStringLiteral("w")), Operation::Restore,
                          [](Monitor &) -> Report { throw std::bad_alloc(); }, this, [&](const Report &r) { got = r; });
        QTRY_VERIFY(got);
        QCOMPARE(got->outcome, Outcome::Failed);
        QCOMPARE(got->error->code, ErrorCode::Internal);
        QVERIFY(!got->rolledBack);
    }

    void sampling_runsOnlyWhileAJobRuns()
    {
        JobQueue queue(clockAt());
        QVERIFY(!queue.isSampling());
        Gate gate;
        Job *job = queue.startWriter(spec(QStringLiteral("w")), Operation::Backup, [&](Monitor &monitor) {
            monitor.begin(Phase::Reading, 1000, 10);
            monitor.addBytes(250);
            monitor.setCurrent("media/a.png");
            gate.pass();
            return done();
        }, this, {});
        QVERIFY(!queue.isSampling());
        QSignalSpy progressed(job, &Job::progressChanged);
        QTRY_VERIFY(progressed.size() >= 2);
        QVERIFY(queue.isSampling());
        QCOMPARE(job->progress().phase, Phase::Reading);
        QCOMPARE(job->progress().current, QByteArray("media/a.png"));
        QCOMPARE(job->permille(), 250);
        gate.open();
        QTRY_VERIFY(job->isFinished());
        QVERIFY(!queue.isSampling());
    }

    void permille_isUnknownWithoutATotal()
    {
        JobQueue queue(clockAt());
        Gate gate;
        Job *job = queue.startReader<int>(spec(QStringLiteral("r")), [&](Monitor &monitor) -> Result<int> {
            monitor.begin(Phase::Scanning);
            monitor.addItems(5);
            gate.pass();
            return 1;
        }, this, {});
        QSignalSpy progressed(job, &Job::progressChanged);
        QTRY_VERIFY(!progressed.isEmpty());
        QCOMPARE(job->permille(), -1);
        gate.open();
        QTRY_VERIFY(job->isFinished());
    }

    void order_isVisibleAndCanBeChanged()
    {
        JobQueue queue(clockAt());
        Gate gate;
        QStringList ran;
        const auto title = [](const QList<Job *> &jobs) {
            QStringList titles;
            for (const Job *job : jobs)
                titles.append(job->title());
            return titles;
        };
        QHash<QString, Job *> jobs;
        for (const QString &name : {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("d")}) {
            jobs[name] = queue.startWriter(spec(name), Operation::Backup, [&](Monitor &) { gate.pass(); return done(); }, this,
                                           [&ran, name](const Report &) { ran.append(name); });
        }
        QTRY_COMPARE(jobs[QStringLiteral("a")]->state(), JobState::Running);
        QCOMPARE(title(queue.jobs()), QStringList({"a", "b", "c", "d"}));
        QSignalSpy changed(&queue, &JobQueue::orderChanged);
        queue.moveBefore(jobs[QStringLiteral("d")], jobs[QStringLiteral("b")]);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(title(queue.jobs()), QStringList({"a", "d", "b", "c"}));
        queue.moveBefore(jobs[QStringLiteral("a")], nullptr);   // runs already
        QCOMPARE(title(queue.jobs()), QStringList({"a", "d", "b", "c"}));
        gate.open();
        QTRY_COMPARE(ran, QStringList({"a", "d", "b", "c"}));
        QCOMPARE(title(queue.jobs()), QStringList({"c", "b", "d", "a"}));   // history, newest first
    }

    void history_isKeptUntilCleared()
    {
        JobQueue queue(clockAt());
        Job *job = queue.startWriter(spec(QStringLiteral("w")), Operation::Backup, [](Monitor &) { return done(); }, this, {});
        const quint64 id = job->id();
        QTRY_VERIFY(job->isFinished());
        QCOMPARE(queue.job(id), job);
        QVERIFY(!job->log().isEmpty());
        QSignalSpy removed(&queue, &JobQueue::jobRemoved);
        queue.clearHistory();
        QCOMPARE(removed.size(), 1);
        QCOMPARE(queue.job(id), nullptr);
        QVERIFY(queue.jobs().isEmpty());
    }

    void busy_isAnnouncedOncePerChange()
    {
        JobQueue queue(clockAt());
        QSignalSpy busy(&queue, &JobQueue::busyChanged);
        for (int i = 0; i < 3; ++i)
            queue.startWriter(spec(QStringLiteral("w")), Operation::Backup, [](Monitor &) { return done(); }, this, {});
        QTRY_COMPARE(busy.size(), 2);
        QCOMPARE(busy.at(0).at(0).toBool(), true);
        QCOMPARE(busy.at(1).at(0).toBool(), false);
        QVERIFY(!queue.hasWriters());
    }

    void shutdown_stopsEverythingAndDeliversEveryReport()
    {
        JobQueue queue(clockAt());
        Gate started;
        QList<Outcome> outcomes;
        const auto collect = [&](const Report &report) { outcomes.append(report.outcome); };
        Job *running = queue.startWriter(spec(QStringLiteral("w")), Operation::Backup,
                                         [&](Monitor &monitor) { return pollUntilStopped(monitor, started); }, this, collect);
        queue.startWriter(spec(QStringLiteral("never")), Operation::Backup, [](Monitor &) { return done(); }, this, collect);
        QTRY_COMPARE(running->state(), JobState::Running);
        started.pass();
        QVERIFY(queue.hasWriters());
        queue.shutdown();
        QCOMPARE(outcomes, QList<Outcome>({Outcome::Cancelled, Outcome::Cancelled}));
        QVERIFY(!queue.hasWriters());
        QVERIFY(!queue.isSampling());
    }
};

QTEST_GUILESS_MAIN(tst_JobQueue)
#include "tst_jobqueue.moc"
