// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/stallwatch.h"
#include "tests/views/console.h"

#include "models/catalogmodel.h"
#include "views/messagebar.h"
#include "views/objectspage.h"

#include <QLineEdit>
#include <QTableView>

using namespace strongroom;
using namespace strongroom::tests;

// Nothing blocks the GUI thread: no turn of the event loop costs it more than 50 ms of its own time while 100,000
// sessions are read, filtered, sorted, backed up and verified. Processor time, because a busy machine may stretch the
// clock on the wall, which gets five times as much: enough to see a turn that waits for a disk. Code that is watched by
// sanitizers gets four times as much of both.

namespace {

#if !defined(__SANITIZE_ADDRESS__)
constexpr double kMostMs = 50;
#else
constexpr double kMostMs = 200;
#endif
constexpr double kMostWallMs = 5 * kMostMs;
constexpr int kSessions = 100000;

}  // namespace

class tst_Stall : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void window_neverStalls();

private:
    static void report(const char *what, const StallWatch &watch)
    {
        qInfo("%s: worst turn %.1f ms of processor time, %.1f ms on the wall, %d turns", what, watch.worstCpuMs(), watch.worstWallMs(), watch.turns());
        QVERIFY2(watch.worstCpuMs() <= kMostMs, what);
        QVERIFY2(watch.worstWallMs() <= kMostWallMs, what);
    }
};

void tst_Stall::window_neverStalls()
{
    Console console;
    const QByteArray root = console.sessionsAt("data", kSessions);
    console.tree.dir("backups");
    console.show();
    views::ObjectsPage *page = console.window.objectsPage(storage::ItemKind::Session);
    {
        const StallWatch watch;
        QElapsedTimer timer;
        timer.start();
        console.workspace.openDirectory(root);
        console.window.showView(QStringLiteral("sessions"));
        QTRY_VERIFY_WITH_TIMEOUT(page->model()->rowCount() > 0, 20000);
        qInfo("first rows after %lld ms", timer.elapsed());
        QTRY_COMPARE_WITH_TIMEOUT(page->model()->rowCount(), kSessions, 120000);
        QTRY_VERIFY_WITH_TIMEOUT(console.workspace.root(root)->phase == models::RootPhase::Ready, 120000);
        report("scan", watch);
    }
    {
        const StallWatch watch;
        for (const char *text : {"9", "99", "999", ""}) {
            page->filterEdit()->setText(QString::fromLatin1(text));
            QTRY_VERIFY_WITH_TIMEOUT(!page->model()->isQueryRunning(), 20000);
        }
        QTRY_COMPARE_WITH_TIMEOUT(page->model()->rowCount(), kSessions, 20000);
        page->table()->sortByColumn(page->model()->sectionOf(storage::Column::Id), Qt::DescendingOrder);
        QTRY_VERIFY_WITH_TIMEOUT(!page->model()->isQueryRunning(), 20000);
        page->table()->selectAll();
        QCoreApplication::sendPostedEvents();
        page->table()->scrollToBottom();
        QTest::qWait(0);
        QTRY_COMPARE(page->context().selected, qint64(kSessions));
        report("filter, sort, select all", watch);
    }
    QByteArray archive;
    {
        const StallWatch watch;
        models::BackupChoice choice;
        choice.folder = console.tree.path("backups");
        QSignalSpy planned(&console.workspace, &models::Workspace::backupPlanned);
        console.workspace.planBackup(root, choice);
        QTRY_COMPARE_WITH_TIMEOUT(planned.count(), 1, 120000);
        QSignalSpy reported(&console.workspace, &models::Workspace::reported);
        console.workspace.startBackup(planned.first().at(1).value<storage::BackupRequest>(), planned.first().at(2).value<storage::Plan>());
        QTRY_COMPARE_WITH_TIMEOUT(reported.count(), 1, 240000);
        const auto done = reported.first().at(1).value<storage::Report>();
        QVERIFY2(done.succeeded(), done.error ? qPrintable(describe(*done.error).oneLine()) : "backup");
        archive = done.archive;
        report("backup", watch);
    }
    {
        const StallWatch watch;
        QSignalSpy verified(&console.workspace, &models::Workspace::archiveVerified);
        console.workspace.verifyArchive(archive);
        QTRY_COMPARE_WITH_TIMEOUT(verified.count(), 1, 240000);
        QCOMPARE(verified.first().at(1).value<models::VerifyResult>().verdict, storage::Verdict::Verified);
        report("verify", watch);
    }
}

QTEST_MAIN(tst_Stall)
#include "tst_stall.moc"
