// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/console.h"

#include "models/catalogmodel.h"
#include "models/archivesmodel.h"
#include "views/activitypane.h"
#include "views/backupdialog.h"
#include "views/backupspage.h"
#include "views/emptystate.h"
#include "views/informationpane.h"
#include "views/messagebar.h"
#include "views/navigationpane.h"
#include "views/objectspage.h"
#include "views/operations.h"
#include "views/overviewpage.h"
#include "views/plandialog.h"
#include "views/recents.h"

#include <QClipboard>
#include <QDockWidget>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTabWidget>
#include <QTableView>

using namespace strongroom;
using namespace strongroom::tests;
using namespace strongroom::views;

// Whole ways through the window, from what an operator does to what is on disk afterwards.

class tst_Console : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void emptyWindow_offersWhatToDo();
    void open_showsTheFirstTable();
    void open_tellsWhatIsWrong();
    void filter_narrowsSaysSoAndClears();
    void keys_leadThroughThePanes();
    void droppedFolder_opens();
    void droppedArchive_showsThePlanRestoresAndUndoes();
    void droppedArchive_asksWhereWithSeveralRoots();
    void droppedArchive_damagedIsRefusedAndChangesNothing();
    void droppedOther_isRefusedWithTheReason();
    void drop_beforeTheLookIsOverStillCounts();
    void paste_opensWhatAFileManagerCopied();
    void argument_archiveLeadsToItsPlan();
    void arguments_severalStayOnTheOverviewWorstFirst();
    void backUp_asksWhichOneOfSeveral();
    void backUp_writesAVerifiedArchiveThatIsListed();
    void backUp_cancelledLeavesNothing();
    void backUp_offersToCreateAMissingFolder();
    void state_isKeptFromWindowToWindow();
    void recents_keepTheLastTen();

private:
    static PlanDialog *planDialog(Console &console)
    {
        return qobject_cast<PlanDialog *>(console.window.operations()->dialog());
    }
    static void allow(PlanDialog *dialog)
    {
        if (dialog->wordEdit())
            QTest::keyClicks(dialog->wordEdit(), QStringLiteral("yes"));
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
    }
};

void tst_Console::emptyWindow_offersWhatToDo()
{
    Console console;
    console.show();
    QCOMPARE(static_cast<QWidget *>(console.window.currentPage()), static_cast<QWidget *>(console.window.overviewPage()));
    EmptyState *empty = console.window.overviewPage()->emptyState();
    QVERIFY(empty->isVisible());
    QVERIFY(!empty->sentence().isEmpty());
    const QList<QPushButton *> buttons = empty->findChildren<QPushButton *>();
    QCOMPARE(buttons.size(), 2);
    QSignalSpy sample(&console.window, &MainWindow::sampleDataRequested);
    buttons.last()->click();
    QCOMPARE(sample.count(), 1);
    buttons.first()->click();
    QCOMPARE(console.interaction.asked.size(), 1);   // declined: nothing happens
    QVERIFY(console.workspace.roots().isEmpty());
}

void tst_Console::open_showsTheFirstTable()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    console.interaction.paths.enqueue(root);
    console.window.actions()[ActionId::OpenDirectory]->trigger();
    ObjectsPage *sessions = console.window.objectsPage(storage::ItemKind::Session);
    QTRY_COMPARE(static_cast<QWidget *>(console.window.currentPage()), static_cast<QWidget *>(sessions));
    QTRY_COMPARE(sessions->model()->rowCount(), 3);
    QVERIFY(sessions->table()->isVisible());
    // The details follow the cursor.
    QVERIFY(sessions->selectItem(QStringLiteral("session-1")));
    QSignalSpy details(&console.workspace, &models::Workspace::detailsReady);
    // Those of the row that was current before may still be under way.
    const auto last = [&details] { return details.value(details.size() - 1).value(2).value<storage::ItemDetails>(); };
    QTRY_COMPARE(last().item.id, QStringLiteral("session-1"));
}

void tst_Console::open_tellsWhatIsWrong()
{
    Console console;
    console.show();
    console.window.operations()->open(console.tree.path("missing"));
    QTRY_VERIFY(console.window.messageBar()->isVisible());
    QVERIFY(console.window.messageBar()->text().contains(QLatin1String("missing")));
    QTRY_COMPARE(console.window.overviewPage()->cards().size(), 1);
    QTRY_COMPARE(console.window.overviewPage()->cards().first()->state(), QStringLiteral("failed"));
}

void tst_Console::filter_narrowsSaysSoAndClears()
{
    Console console;
    console.show();
    console.window.operations()->open(console.sessionsAt("data", 12));
    ObjectsPage *page = console.window.objectsPage(storage::ItemKind::Session);
    QTRY_COMPARE(page->model()->rowCount(), 12);
    QTRY_VERIFY(page->isVisible());
    console.window.actions()[ActionId::FindInView]->trigger();
    QVERIFY(page->filterEdit()->hasFocus());
    QTest::keyClicks(page->filterEdit(), QStringLiteral("session-1"));
    QTRY_COMPARE(page->model()->rowCount(), 3);   // 1, 10, 11
    page->filterEdit()->setText(QStringLiteral("no such thing"));
    QTRY_VERIFY(page->emptyState()->isVisible());
    QVERIFY(page->emptyState()->sentence().contains(QLatin1String("no such thing")));
    QVERIFY(!page->table()->isVisible());
    page->emptyState()->findChild<QPushButton *>()->click();
    QTRY_COMPARE(page->model()->rowCount(), 12);
    QVERIFY(page->table()->isVisible());
}

void tst_Console::keys_leadThroughThePanes()
{
    Console console;
    console.show();
    console.window.operations()->open(console.sessionsAt("data"));
    ObjectsPage *page = console.window.objectsPage(storage::ItemKind::Session);
    QTRY_COMPARE(page->model()->rowCount(), 3);
    QTRY_VERIFY(page->isVisible());
    QApplication::setActiveWindow(&console.window);
    console.window.navigation()->setFocus();
    const auto press = [&console](Qt::Key key) { QTest::keyClick(console.window.focusWidget() ? console.window.focusWidget() : &console.window, key); };
    press(Qt::Key_F6);
    QVERIFY(page->table()->hasFocus());
    press(Qt::Key_Down);
    QVERIFY(page->table()->currentIndex().isValid());
    QTRY_VERIFY(page->context().current);
    QTRY_VERIFY(console.window.information()->findChild<QTabWidget *>(QStringLiteral("informationTabs"))->isVisible());
    press(Qt::Key_F6);
    QVERIFY(console.window.information()->isAncestorOf(QApplication::focusWidget()));
    QVERIFY(QApplication::focusWidget() != console.window.information());
    press(Qt::Key_F6);
    QVERIFY(console.window.activity()->isAncestorOf(QApplication::focusWidget()));
    press(Qt::Key_F6);
    QVERIFY(console.window.navigation()->isAncestorOf(QApplication::focusWidget()));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_F6, Qt::ShiftModifier);
    QVERIFY(console.window.activity()->isAncestorOf(QApplication::focusWidget()));
}

void tst_Console::droppedFolder_opens()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    const auto data = filesAsMime({root});
    QVERIFY(dragInto(console.window, *data));
    QVERIFY(dragOver(console.window, *data));
    QVERIFY(console.window.findChild<QWidget *>(QStringLiteral("dropOverlay"))->isVisible());
    QVERIFY(console.workspace.roots().isEmpty());   // hovering opens nothing
    dropOn(console.window, *data);
    QTRY_VERIFY(console.workspace.root(root));
    QVERIFY(!console.window.findChild<QWidget *>(QStringLiteral("dropOverlay"))->isVisible());
    QTRY_COMPARE(console.window.objectsPage(storage::ItemKind::Session)->model()->rowCount(), 3);
}

void tst_Console::droppedArchive_showsThePlanRestoresAndUndoes()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    console.tree.dir("backups");
    const QByteArray before = treeFingerprint(root);
    const QByteArray archive = console.backUp(root, console.tree.path("backups"));
    console.tree.file("data/sessions/session-0.json", "{}").remove("data/sessions/session-1.json").file("data/sessions/later.json", "{}");
    const QByteArray changed = treeFingerprint(root);
    console.open(root);

    const auto data = filesAsMime({archive});
    QVERIFY(dragInto(console.window, *data));
    dropOn(console.window, *data);
    QTRY_VERIFY(planDialog(console));
    PlanDialog *dialog = planDialog(console);
    QVERIFY(dialog->windowTitle().contains(QLatin1String("data")));
    QCOMPARE(treeFingerprint(root), changed);   // a drop alone changes nothing
    QVERIFY(dialog->wordEdit());
    QVERIFY(!dialog->verbButton()->isEnabled());
    allow(dialog);
    QTRY_VERIFY(console.window.messageBar()->isVisible());
    QCOMPARE(treeFingerprint(root), before);
    QCOMPARE(console.window.messageBar()->findChildren<QPushButton *>().size(), 2);

    QTRY_VERIFY(console.window.actions()[ActionId::Undo]->isEnabled());
    console.window.actions()[ActionId::Undo]->trigger();
    QTRY_VERIFY(planDialog(console) && planDialog(console) != dialog);
    allow(planDialog(console));
    QTRY_COMPARE(treeFingerprint(root), changed);
}

void tst_Console::droppedArchive_asksWhereWithSeveralRoots()
{
    Console console;
    console.show();
    const QByteArray one = console.sessionsAt("one");
    const QByteArray two = console.sessionsAt("two");
    console.tree.dir("backups");
    const QByteArray archive = console.backUp(one, console.tree.path("backups"));
    console.open(one);
    console.open(two);
    console.interaction.options.enqueue(1);
    const auto data = filesAsMime({archive});
    QVERIFY(dragInto(console.window, *data));
    dropOn(console.window, *data);
    QTRY_VERIFY(planDialog(console));
    QCOMPARE(console.interaction.choices.size(), 1);
    QCOMPARE(console.interaction.choices.first().options.size(), 4);   // both, a new folder, another one
    QVERIFY(planDialog(console)->windowTitle().contains(QLatin1String("two")));
    planDialog(console)->reject();
    QCOMPARE(console.queue.hasWriters(), false);
}

void tst_Console::droppedArchive_damagedIsRefusedAndChangesNothing()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    console.tree.dir("backups");
    const QByteArray archive = console.backUp(root, console.tree.path("backups"));
    const QByteArray relative = "backups" + archive.sliced(archive.lastIndexOf('/'));
    QByteArray bytes = console.tree.read(relative);
    bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 0x55);
    console.tree.file("backups/damaged.tar.gz", bytes);
    console.tree.remove("data/sessions/session-1.json");
    const QByteArray before = treeFingerprint(root);
    console.open(root);
    const auto data = filesAsMime({console.tree.path("backups/damaged.tar.gz")});
    QVERIFY(dragInto(console.window, *data));
    dropOn(console.window, *data);
    QTRY_VERIFY(console.window.messageBar()->isVisible() && console.window.messageBar()->text().contains(QLatin1String("damaged.tar.gz")));
    QTRY_COMPARE(console.queue.runningCount(), 0);
    QVERIFY(!console.window.operations()->dialog());
    QCOMPARE(treeFingerprint(root), before);
}

void tst_Console::droppedOther_isRefusedWithTheReason()
{
    Console console;
    console.show();
    console.tree.file("notes.txt", "not an archive at all");
    const auto data = filesAsMime({console.tree.path("notes.txt")});
    dragInto(console.window, *data);
    QTRY_VERIFY(console.window.statusBar()->currentMessage().contains(QLatin1String("notes.txt")));
    QVERIFY(!dragOver(console.window, *data));
    QMimeData text;
    text.setText(QStringLiteral("just words"));
    QVERIFY(!dragInto(console.window, text));
    QMimeData far;
    far.setUrls({QUrl(QStringLiteral("https://example.org/x.tar.gz"))});
    QVERIFY(!dragInto(console.window, far));
    QVERIFY(!console.window.statusBar()->currentMessage().isEmpty());
    QVERIFY(!console.window.operations()->dialog());
    QVERIFY(console.workspace.roots().isEmpty());
}

void tst_Console::drop_beforeTheLookIsOverStillCounts()
{
    Console console;
    console.show();
    console.tree.file("notes.txt", "not an archive at all");
    const QByteArray root = console.sessionsAt("data");
    const auto folder = filesAsMime({root});
    QVERIFY(dragInto(console.window, *folder));
    dropOn(console.window, *folder);   // no turn of the event loop in between
    QDragLeaveEvent leave;
    QCoreApplication::sendEvent(&console.window, &leave);
    QTRY_VERIFY(console.workspace.root(root));
    const auto other = filesAsMime({console.tree.path("notes.txt")});
    dragInto(console.window, *other);
    dropOn(console.window, *other);
    QTRY_VERIFY(console.window.statusBar()->currentMessage().contains(QLatin1String("notes.txt")));
    QCOMPARE(console.workspace.roots().size(), 1);
}

void tst_Console::paste_opensWhatAFileManagerCopied()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    QApplication::clipboard()->setMimeData(filesAsMime({root}).release());
    console.window.actions()[ActionId::Paste]->trigger();
    QTRY_VERIFY(console.workspace.root(root));
}

void tst_Console::argument_archiveLeadsToItsPlan()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    console.tree.dir("backups");
    const QByteArray archive = console.backUp(root, console.tree.path("backups"));
    console.interaction.options.enqueue(0);   // no data directory is open: a new folder beside the backup
    console.window.openPaths({archive});
    QTRY_VERIFY(planDialog(console));
    QVERIFY(!planDialog(console)->wordEdit());
    allow(planDialog(console));
    QTRY_VERIFY(console.window.messageBar()->isVisible());
    const QByteArray fresh = archive.chopped(int(qstrlen(".tar.gz")));
    QCOMPARE(treeFingerprint(fresh), treeFingerprint(root));
}

void tst_Console::arguments_severalStayOnTheOverviewWorstFirst()
{
    Console console;
    console.show();
    const QByteArray good = console.sessionsAt("good");
    const QByteArray bad = console.sessionsAt("bad");
    console.tree.file("bad/sessions/broken.json", "{ not json");
    console.window.openPaths({good, bad, console.tree.path("missing")});
    const auto states = [&console] {
        QStringList list;
        for (const OverviewCard *card : console.window.overviewPage()->cards())
            list.append(card->state());
        return list;
    };
    // The missing one is refused before it is listed.
    QTRY_COMPARE(states().size(), 2);
    QTRY_COMPARE(states().first(), QStringLiteral("problems"));
    QVERIFY(OverviewCard::urgency(states().last()) > OverviewCard::urgency(states().first()));
    QCOMPARE(console.window.overviewPage()->cards().first()->root(), bad);
    QCOMPARE(static_cast<QWidget *>(console.window.currentPage()), static_cast<QWidget *>(console.window.overviewPage()));
    QVERIFY(console.window.statusBar()->currentMessage().contains(QLatin1String("missing")));
}

void tst_Console::backUp_asksWhichOneOfSeveral()
{
    Console console;
    console.show();
    console.open(console.sessionsAt("one"));
    console.open(console.sessionsAt("two"));
    QTRY_VERIFY(console.window.actions()[ActionId::BackUpNow]->isEnabled());
    console.interaction.options.enqueue(1);
    console.window.actions()[ActionId::BackUpNow]->trigger();
    QVERIFY(qobject_cast<BackupDialog *>(console.window.operations()->dialog()));
    QVERIFY(console.window.operations()->dialog()->windowTitle().contains(QLatin1String("two")));
    console.window.operations()->dialog()->reject();
}

void tst_Console::backUp_writesAVerifiedArchiveThatIsListed()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    console.tree.dir("backups");
    console.open(root);
    console.workspace.setBackupFolder(root, console.tree.path("backups"));
    QTRY_VERIFY(console.window.actions()[ActionId::BackUpNow]->isEnabled());
    console.window.actions()[ActionId::BackUpNow]->trigger();
    auto *dialog = qobject_cast<BackupDialog *>(console.window.operations()->dialog());
    QVERIFY(dialog);
    QTRY_VERIFY(dialog->isPlanned());
    QCOMPARE(console.tree.names("backups").size(), 0);   // planning writes nothing
    QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
    QTRY_VERIFY(console.window.messageBar()->isVisible());
    QVERIFY(console.window.messageBar()->text().contains(QLatin1String("data")));
    console.window.showView(QStringLiteral("backups"));
    models::ArchivesModel *model = console.window.backupsPage()->model();
    QTRY_COMPARE(model->rowCount(), 1);
    QTRY_COMPARE(model->index(0, 0).data(models::StateRole).toString(), QStringLiteral("verified"));
    const QList<QByteArray> names = console.tree.names("backups");
    QCOMPARE(names.size(), 2);   // the archive and its checksum
    // Verify once more, by hand.
    QVERIFY(console.window.backupsPage()->selectArchive(model->archiveAt(0).path));
    QSignalSpy verified(&console.workspace, &models::Workspace::archiveVerified);
    QTRY_VERIFY(console.window.actions()[ActionId::Verify]->isEnabled());
    console.window.actions()[ActionId::Verify]->trigger();
    QTRY_COMPARE(verified.count(), 1);
    QCOMPARE(verified.first().at(1).value<models::VerifyResult>().verdict, storage::Verdict::Verified);
}

void tst_Console::backUp_cancelledLeavesNothing()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data", 2000);
    // Enough that the job is still at work when it is told to stop; bytes that do not compress.
    QByteArray noise(24 << 20, Qt::Uninitialized);
    quint32 state = 1;
    for (char &byte : noise) {
        state = state * 1664525u + 1013904223u;
        byte = char(state >> 24);
    }
    for (int i = 0; i < 6; ++i)
        console.tree.file("data/storage/blob-" + QByteArray::number(i), noise);
    console.tree.dir("backups");
    console.open(root);
    console.workspace.setBackupFolder(root, console.tree.path("backups"));
    console.window.operations()->backUp(root, {QStringLiteral("everything")});
    auto *dialog = qobject_cast<BackupDialog *>(console.window.operations()->dialog());
    QVERIFY(dialog);
    QTRY_VERIFY(dialog->isPlanned());
    QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
    QTRY_COMPARE(console.queue.runningCount(), 1);
    QTRY_VERIFY(console.window.actions()[ActionId::CancelJob]->isEnabled());
    QElapsedTimer timer;
    timer.start();
    models::Job *job = console.window.activity()->selectedJob();
    QCOMPARE(job->kind(), models::JobKind::Backup);
    console.window.actions()[ActionId::CancelJob]->trigger();
    QVERIFY(job->state() == models::JobState::Stopping || job->state() == models::JobState::Cancelled);
    QVERIFY(timer.elapsed() < 200);
    QTRY_COMPARE(job->state(), models::JobState::Cancelled);
    QCOMPARE(console.tree.names("backups"), QList<QByteArray>());
    QTRY_VERIFY(console.window.messageBar()->isVisible());
}

void tst_Console::backUp_offersToCreateAMissingFolder()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    console.open(root);
    console.workspace.setBackupFolder(root, console.tree.path("backups"));
    console.window.operations()->backUp(root, {QStringLiteral("everything")});
    auto *dialog = qobject_cast<BackupDialog *>(console.window.operations()->dialog());
    QVERIFY(dialog);
    auto *state = dialog->findChild<EmptyState *>();
    QTRY_COMPARE(state->findChildren<QPushButton *>().size(), 2);
    QVERIFY(!console.tree.exists("backups"));
    QVERIFY(!dialog->verbButton()->isEnabled());
    state->findChildren<QPushButton *>().first()->click();
    QTRY_VERIFY(dialog->isPlanned());
    QVERIFY(console.tree.exists("backups"));
    dialog->reject();
}

void tst_Console::state_isKeptFromWindowToWindow()
{
    QHash<QString, QVariant> kept;
    {
        Console console;
        console.show();
        console.window.findChild<QDockWidget *>(QStringLiteral("activityDock"))->hide();
        QVERIFY(!console.window.actions()[ActionId::Activity]->isChecked());
        console.window.showView(QStringLiteral("backups"));
        console.window.close();
        kept = console.settings.values;
    }
    QVERIFY(kept.contains(QStringLiteral("window/geometry")));
    QCOMPARE(kept.value(QStringLiteral("window/view")).toString(), QStringLiteral("backups"));
    models::JobQueue queue{models::Clock::fixed(kNow, QStringLiteral("testhost"))};
    models::Workspace workspace{&queue, {}};
    FakeInteraction interaction;
    MemorySettings settings;
    settings.values = kept;
    MainWindow window(&workspace, &interaction, &settings);
    window.show();
    QVERIFY(!window.findChild<QDockWidget *>(QStringLiteral("activityDock"))->isVisible());
    QVERIFY(!window.actions()[ActionId::Activity]->isChecked());
    QCOMPARE(static_cast<QWidget *>(window.currentPage()), static_cast<QWidget *>(window.backupsPage()));
}

void tst_Console::recents_keepTheLastTen()
{
    MemorySettings settings;
    Recents recents(&settings);
    for (int i = 0; i < 13; ++i)
        recents.add("/srv/data-" + QByteArray::number(i));
    recents.add("/srv/odd \xff;name");
    recents.add("/srv/data-7");
    const Recents again(&settings);
    QCOMPARE(again.paths().size(), 10);
    QCOMPARE(again.paths(), recents.paths());
    QCOMPARE(again.paths().first(), QByteArray("/srv/data-7"));
    QCOMPARE(again.paths().at(1), QByteArray("/srv/odd \xff;name"));
    QCOMPARE(again.paths().count("/srv/data-7"), 1);
}

QTEST_MAIN(tst_Console)
#include "tst_console.moc"
