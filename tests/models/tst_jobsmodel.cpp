// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/gate.h"
#include "models/jobsmodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;
using strongroom::tests::Gate;

namespace {

Report done()
{
    Report report;
    report.outcome = Outcome::Succeeded;
    report.directory = "/srv/media";
    return report;
}

QStringList column(const QAbstractItemModel &model, int role, int column = 0)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all.append(model.index(row, column).data(role).toString());
    return all;
}

}  // namespace

class tst_JobsModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rows_followTheQueueThroughItsWholeLife()
    {
        JobQueue queue(Clock::fixed(QDateTime(QDate(2025, 10, 25), QTime(14, 0), Qt::UTC), QStringLiteral("h")));
        JobsModel model(&queue);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        Gate gate;
        const auto work = [&](Monitor &monitor) {
            monitor.begin(Phase::Writing, 1000);
            monitor.addBytes(500);
            monitor.setCurrent("a/b.png");
            gate.pass();
            return done();
        };
        Job *first = queue.startWriter({JobKind::Backup, QStringLiteral("first"), "/srv/media"}, Operation::Backup, work, this, {});
        Job *second = queue.startWriter({JobKind::Backup, QStringLiteral("second"), "/srv/media"}, Operation::Backup, work, this, {});
        queue.startReader<int>({JobKind::Details, QStringLiteral("quiet"), "/srv/media", true},
                               [](Monitor &) -> Result<int> { return 1; }, this, {});
        QCOMPARE(model.rowCount(), 2);
        QTRY_COMPARE(column(model, StateRole), QStringList({"running", "waiting"}));
        QTRY_COMPARE(model.index(0, 0).data(ProgressRole).toInt(), 500);
        QVERIFY(model.index(0, JobsModel::Current).data().toString().contains(QStringLiteral("a/b.png")));
        QVERIFY(model.index(1, JobsModel::Current).data().toString().contains(QStringLiteral("first")));
        QCOMPARE(model.index(0, 0).data(KindRole).toString(), QStringLiteral("backup"));
        QCOMPARE(model.index(0, 0).data(PathRole).toByteArray(), QByteArray("/srv/media"));
        QCOMPARE(model.indexOf(second->id()).row(), 1);

        const QPersistentModelIndex kept(model.indexOf(first->id()));
        gate.open();
        QTRY_COMPARE(column(model, StateRole), QStringList({"succeeded", "succeeded"}));
        QCOMPARE(column(model, Qt::DisplayRole), QStringList({"second", "first"}));   // newest first
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data(IdRole).toULongLong(), first->id());
        QVERIFY(!model.index(0, JobsModel::Finished).data().toString().isEmpty());

        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        queue.clearHistory();
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(removed.size(), 2);
    }

    void newJob_standsBelowRunningAndAboveHistory()
    {
        JobQueue queue(Clock::system());
        JobsModel model(&queue);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const JobSpec spec{JobKind::Backup, QStringLiteral("old"), "/a"};
        Job *old = queue.startWriter(spec, Operation::Backup, [](Monitor &) { return done(); }, this, {});
        QTRY_VERIFY(old->isFinished());
        Gate gate;
        Job *running = queue.startWriter({JobKind::Backup, QStringLiteral("running"), "/a"}, Operation::Backup,
                                         [&](Monitor &) { gate.pass(); return done(); }, this, {});
        QTRY_COMPARE(running->state(), JobState::Running);
        queue.startWriter({JobKind::Backup, QStringLiteral("pending"), "/a"}, Operation::Backup, [](Monitor &) { return done(); }, this, {});
        QCOMPARE(column(model, Qt::DisplayRole), QStringList({"running", "pending", "old"}));
        gate.open();
        QTRY_COMPARE(queue.runningCount() + queue.pendingCount(), 0);
        QCOMPARE(column(model, Qt::DisplayRole), QStringList({"pending", "running", "old"}));
    }
};

QTEST_GUILESS_MAIN(tst_JobsModel)
#include "tst_jobsmodel.moc"
