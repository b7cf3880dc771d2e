// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Thousands of real session files through everything a window hangs on a workspace, while it backs up and
// verifies. No event-loop turn may be long.

#include "models/archivesmodel.h"
#include "models/catalogmodel.h"
#include "models/findingsmodel.h"
#include "models/jobsmodel.h"
#include "models/navigationmodel.h"
#include "models/overviewmodel.h"
#include "models/workspace.h"
#include "tests/models/stallwatch.h"
#include "tests/support/datadirbuilder.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

constexpr int kSessions = 5000;
constexpr int kLong = 120000;

void plant(DataDirBuilder &builder)
{
    builder.dir("srv/data/storage").dir("srv/data/auth").dir("srv/backups", 0700);
    for (int n = 0; n < kSessions; ++n) {
        const QByteArray id = "83a97d48-bc6a-405d-b5f1-" + QByteArray::number(n).rightJustified(12, '0');
        const QByteArray broken = n % 500 == 499 ? QByteArray("\"fragments\": [") : QByteArray("\"fragments\": [], \"created_at\": \"2025-11-20T04:49:18\"}");
        builder.file("srv/data/sessions/" + id + ".json", "{\"session_id\": \"" + id + "\", \"template_id\": \"basic_report\", \"group\": \"public\", "
                     "\"alias\": \"report-" + QByteArray::number(n) + "\", \"global_parameters\": {}, " + broken);
    }
}

}  // namespace

class tst_WorkspaceScale : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scanBackupAndVerify_neverHoldTheEventLoop()
    {
        DataDirBuilder builder;
        plant(builder);
        const QByteArray path = builder.path("srv/data");
        JobQueue queue;
        Workspace workspace(&queue, Workspace::Options{});
        NavigationModel navigation(&workspace);
        OverviewModel overview(&workspace);
        JobsModel jobs(&queue);
        ArchivesModel archives;
        FindingsModel findings;
        CatalogModel sessions(ItemKind::Session);
        sessions.setSort(Column::Title, true);
        QElapsedTimer sinceOpen;
        qint64 firstRows = -1;
        connect(&workspace, &Workspace::itemsAppended, this, [&](const QByteArray &, const QList<ChunkPtr> &chunks) { sessions.appendChunks(chunks); });
        connect(&workspace, &Workspace::findingsChanged, this, [&] { findings.setFindings(workspace.root(path)->findings); });
        connect(&workspace, &Workspace::archivesChanged, this, [&] { archives.setArchives(workspace.archives()); });
        connect(&sessions, &QAbstractItemModel::rowsInserted, this, [&] { firstRows = firstRows < 0 ? sinceOpen.elapsed() : firstRows; });
        QSignalSpy planned(&workspace, &Workspace::backupPlanned);
        QSignalSpy reported(&workspace, &Workspace::reported);
        QSignalSpy verified(&workspace, &Workspace::archiveVerified);

        StallWatch watch;
        sinceOpen.start();
        workspace.openDirectory(path);
        QTRY_COMPARE_WITH_TIMEOUT(workspace.root(path)->phase, RootPhase::Ready, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(!sessions.isQueryRunning(), kLong);
        QCOMPARE(sessions.rowCount(), kSessions);
        QVERIFY(findings.rowCount() >= kSessions / 500);
        workspace.planBackup(path, {});
        QTRY_COMPARE_WITH_TIMEOUT(planned.size(), 1, kLong);
        workspace.startBackup(planned.at(0).at(1).value<BackupRequest>(), planned.at(0).at(2).value<Plan>());
        workspace.rescan(path);   // beside the backup
        QTRY_COMPARE_WITH_TIMEOUT(reported.size(), 1, kLong);
        const Report report = reported.at(0).at(1).value<Report>();
        QVERIFY(report.succeeded());
        workspace.verifyArchive(report.archive);
        QTRY_COMPARE_WITH_TIMEOUT(verified.size(), 1, kLong);
        QCOMPARE(verified.at(0).at(1).value<VerifyResult>().verdict, Verdict::Verified);
        QTRY_COMPARE_WITH_TIMEOUT(archives.rowCount(), 1, kLong);
        QTRY_COMPARE_WITH_TIMEOUT(queue.runningCount() + queue.pendingCount(), 0, kLong);

        qInfo("%d sessions: first rows after %lld ms; %d turns, longest %.1f ms of CPU (%.1f ms by the clock)", kSessions,
              static_cast<long long>(firstRows), watch.turns(), watch.worstCpuMs(), watch.worstWallMs());
        QVERIFY2(watch.worstCpuMs() < 50, "an event-loop turn above 50 ms");
    }

    void cancel_isAcknowledgedWithin200ms()
    {
        DataDirBuilder builder;
        plant(builder);
        const QByteArray path = builder.path("srv/data");
        JobQueue queue;
        Workspace workspace(&queue, Workspace::Options{});
        workspace.openDirectory(path);
        QTRY_COMPARE_WITH_TIMEOUT(workspace.root(path)->phase, RootPhase::Ready, kLong);
        QSignalSpy planned(&workspace, &Workspace::backupPlanned);
        QSignalSpy reported(&workspace, &Workspace::reported);
        workspace.planBackup(path, {});
        QTRY_COMPARE_WITH_TIMEOUT(planned.size(), 1, kLong);
        const quint64 id = workspace.startBackup(planned.at(0).at(1).value<BackupRequest>(), planned.at(0).at(2).value<Plan>());
        Job *job = queue.job(id);
        QTRY_VERIFY_WITH_TIMEOUT(job->progress().itemsDone > 0 || job->progress().bytesDone > 0 || job->isFinished(), kLong);
        QVERIFY2(!job->isFinished(), "the backup ended before it could be cancelled");
        job->cancel();
        QCOMPARE(job->state(), JobState::Stopping);   // at once, whatever the worker does
        QElapsedTimer timer;
        timer.start();
        QTRY_COMPARE_WITH_TIMEOUT(reported.size(), 1, kLong);
        qInfo("the worker came back %lld ms later", static_cast<long long>(timer.elapsed()));
        QCOMPARE(reported.at(0).at(1).value<Report>().outcome, Outcome::Cancelled);
        QCOMPARE(builder.names("srv/backups"), QList<QByteArray>());
    }
};

QTEST_GUILESS_MAIN(tst_WorkspaceScale)
#include "tst_workspacescale.moc"
