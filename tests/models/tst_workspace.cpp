// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workspace.h"
#include "tests/support/datadirbuilder.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace strongroom::models;
using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

const QDateTime kNow(QDate(2025, 10, 25), QTime(14, 30, 22), Qt::UTC);

Clock clockAt() { return Clock::fixed(kNow, QStringLiteral("testhost")); }

/// A plain directory with two folders.
void plantPlain(DataDirBuilder &builder)
{
    builder.file("srv/data/media/a.txt", "alpha").file("srv/data/media/b.txt", "beta").file("srv/data/logs/x.log", "line\n");
}

struct Opened {
    JobQueue queue{clockAt()};
    Workspace workspace;
    explicit Opened(Workspace::Options options = {}) : workspace(&queue, std::move(options)) {}
    /// Opens and waits for the rows. False when it failed or took too long.
    bool open(const QByteArray &path)
    {
        workspace.openDirectory(path);
        return QTest::qWaitFor([&] {
            const RootState *root = workspace.root(path);
            return !root || root->phase == RootPhase::Ready || root->phase == RootPhase::Failed;
        }, 30000) && workspace.root(path) && workspace.root(path)->phase == RootPhase::Ready;
    }
};

}  // namespace

class tst_Workspace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void open_announcesEveryStepAndKnowsTheItems()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        builder.dir("srv/backups");
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QStringList steps;
        const auto note = [&steps](const QString &step) { return [&steps, step] { steps.append(step); }; };
        connect(&o.workspace, &Workspace::rootAdded, this, note(QStringLiteral("added")));
        connect(&o.workspace, &Workspace::directoryOpened, this, note(QStringLiteral("opened")));
        connect(&o.workspace, &Workspace::scanStarted, this, note(QStringLiteral("scan")));
        connect(&o.workspace, &Workspace::itemsAppended, this, note(QStringLiteral("items")));
        connect(&o.workspace, &Workspace::scanFinished, this, note(QStringLiteral("finished")));
        o.workspace.openDirectory(path);
        QCOMPARE(o.workspace.roots(), QList<QByteArray>{path});   // there at once
        QCOMPARE(o.workspace.root(path)->phase, RootPhase::Opening);
        QCOMPARE(o.workspace.root(path)->title, QStringLiteral("data"));
        QTRY_COMPARE(o.workspace.root(path)->phase, RootPhase::Ready);
        QCOMPARE(steps, QStringList({"added", "opened", "scan", "items", "finished"}));

        const RootState &root = *o.workspace.root(path);
        QCOMPARE(root.layoutId(), QStringLiteral("plain-directory"));
        QVERIFY(root.count(ItemKind::Volume) > 0);
        QCOMPARE(root.scannedAt, kNow);
        QCOMPARE(root.backupFolder, builder.path("srv/backups"));
        QVERIFY(root.freeBytes && *root.freeBytes > 0);
        QTRY_VERIFY(o.workspace.root(path)->bytes.has_value());
        QCOMPARE(*o.workspace.root(path)->bytes, 14);
        QCOMPARE(*o.workspace.root(path)->files, 3);
        QTRY_VERIFY(!o.queue.isSampling());
        for (const QTimer *timer : o.workspace.findChildren<QTimer *>())
            QVERIFY(!timer->isActive());   // idle costs nothing
    }

    void open_ofTheSamePathTwiceIsOneRoot()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QSignalSpy added(&o.workspace, &Workspace::rootAdded);
        QVERIFY(o.open(path));
        QSignalSpy finished(&o.workspace, &Workspace::scanFinished);
        o.workspace.openDirectory(path + "/../data/");
        QCOMPARE(added.size(), 1);
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(o.workspace.roots().size(), 1);
    }

    void open_ofNothingFailsWithItsCauseAndCanBeTriedAgain()
    {
        DataDirBuilder builder;
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QSignalSpy failed(&o.workspace, &Workspace::directoryFailed);
        o.workspace.openDirectory(path);
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.at(0).at(1).value<Error>().code, ErrorCode::NotFound);
        QCOMPARE(o.workspace.root(path)->phase, RootPhase::Failed);
        QVERIFY(!o.workspace.root(path)->directory);
        plantPlain(builder);
        QVERIFY([&] { o.workspace.openDirectory(path); return true; }());
        QTRY_COMPARE(o.workspace.root(path)->phase, RootPhase::Ready);
        QVERIFY(!o.workspace.root(path)->error);
    }

    void open_ofAFileSaysSo()
    {
        DataDirBuilder builder;
        builder.file("srv/data", "x");
        Opened o;
        QSignalSpy failed(&o.workspace, &Workspace::directoryFailed);
        o.workspace.openDirectory(builder.path("srv/data"));
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.at(0).at(1).value<Error>().code, ErrorCode::NotADirectory);
    }

    void close_forgetsTheRootAndItsFolders()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        builder.dir("srv/backups");
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QVERIFY(o.open(path));
        QCOMPARE(o.workspace.backupFolders().size(), 1);
        QSignalSpy closed(&o.workspace, &Workspace::directoryClosed);
        o.workspace.closeDirectory(path);
        QCOMPARE(closed.size(), 1);
        QVERIFY(!o.workspace.root(path));
        QVERIFY(o.workspace.backupFolders().isEmpty());
        QVERIFY(!o.workspace.backupFolder(builder.path("srv/backups")));
    }

    void close_whileOpeningIsQuiet()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QSignalSpy opened(&o.workspace, &Workspace::directoryOpened);
        QSignalSpy failed(&o.workspace, &Workspace::directoryFailed);
        o.workspace.openDirectory(path);
        o.workspace.closeDirectory(path);
        o.workspace.openDirectory(path);   // a newer opening must not take the older one's answer
        o.workspace.closeDirectory(path);
        QTRY_COMPARE(o.queue.runningCount() + o.queue.pendingCount(), 0);
        QCOMPARE(opened.size(), 0);
        QCOMPARE(failed.size(), 0);
        QVERIFY(o.workspace.roots().isEmpty());
    }

    void workspace_mayDieWhileItScans()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        JobQueue queue(clockAt());
        for (int i = 0; i < 5; ++i) {
            auto workspace = std::make_unique<Workspace>(&queue, Workspace::Options{});
            workspace->openDirectory(builder.path("srv/data"));
            for (int turn = 0; turn < i; ++turn)
                QCoreApplication::processEvents();
            workspace.reset();
        }
        QTRY_COMPARE(queue.runningCount() + queue.pendingCount(), 0);
    }

    void rescan_replacesTheRowsWhenTheyAreComplete()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QVERIFY(o.open(path));
        const qint64 before = o.workspace.root(path)->count(ItemKind::Volume);
        QSignalSpy replaced(&o.workspace, &Workspace::catalogReplaced);
        QSignalSpy appended(&o.workspace, &Workspace::itemsAppended);
        builder.file("srv/data/extra/new.txt", "n");
        o.workspace.rescan(path);
        QCOMPARE(o.workspace.root(path)->count(ItemKind::Volume), before);
        QTRY_COMPARE(replaced.size(), 1);
        QCOMPARE(o.workspace.root(path)->count(ItemKind::Volume), before + 1);
        QCOMPARE(appended.size(), 0);
        QVERIFY(!o.workspace.root(path)->rescanning);
    }

    void rescan_ofAVanishedDirectoryFailsButKeepsTheRoot()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QVERIFY(o.open(path));
        builder.remove("srv/data");
        QSignalSpy failed(&o.workspace, &Workspace::directoryFailed);
        o.workspace.rescan(path);
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(o.workspace.root(path)->phase, RootPhase::Failed);
    }

    void details_comeWithTheRequestsId()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QVERIFY(o.open(path));
        const Item first = o.workspace.root(path)->catalog.table(ItemKind::Volume).item(0);
        QSignalSpy ready(&o.workspace, &Workspace::detailsReady);
        QSignalSpy failed(&o.workspace, &Workspace::failed);
        const quint64 id = o.workspace.loadDetails(path, first.itemId());
        QTRY_COMPARE(ready.size(), 1);
        QCOMPARE(ready.at(0).at(0).toULongLong(), id);
        QCOMPARE(ready.at(0).at(2).value<ItemDetails>().item.id, first.id);
        QVERIFY(!ready.at(0).at(2).value<ItemDetails>().parts.isEmpty());
        const quint64 wrong = o.workspace.loadDetails(path, {ItemKind::Volume, QStringLiteral("no such")});
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.at(0).at(0).toULongLong(), wrong);
        QCOMPARE(failed.at(0).at(3).value<Error>().code, ErrorCode::ItemUnknown);
        const quint64 closed = o.workspace.loadDetails("/not/open", first.itemId());
        QTRY_COMPARE(failed.size(), 2);
        QCOMPARE(failed.at(1).at(0).toULongLong(), closed);
    }

    void backupFolder_isCreatedPrivateAndUsed()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QVERIFY(o.open(path));
        QVERIFY(o.workspace.root(path)->backupFolder.isEmpty());
        QSignalSpy archives(&o.workspace, &Workspace::archivesChanged);
        o.workspace.createBackupFolder(path, builder.path("srv/vault"));
        QTRY_COMPARE(o.workspace.root(path)->backupFolder, builder.path("srv/vault"));
        QVERIFY(builder.exists("srv/vault"));
        QTRY_VERIFY(!archives.isEmpty());
        QVERIFY(o.workspace.backupFolder(builder.path("srv/vault"))->listed);
        QSignalSpy failed(&o.workspace, &Workspace::failed);
        o.workspace.createBackupFolder(path, builder.path("no/such/parent"));
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.at(0).at(3).value<Error>().code, ErrorCode::NotFound);
        QCOMPARE(o.workspace.root(path)->backupFolder, builder.path("srv/vault"));
    }

    void backupFolder_chosenAsNoneStaysNone()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        builder.dir("srv/backups");
        const QByteArray path = builder.path("srv/data");
        Opened o;
        QVERIFY(o.open(path));
        QCOMPARE(o.workspace.root(path)->backupFolder, builder.path("srv/backups"));
        o.workspace.setBackupFolder(path, {});
        QVERIFY(o.workspace.backupFolders().isEmpty());
        QSignalSpy finished(&o.workspace, &Workspace::scanFinished);
        o.workspace.rescan(path);
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(o.workspace.root(path)->backupFolder.isEmpty());
    }

    void readOnly_refusesEveryWritingVerb()
    {
        DataDirBuilder builder;
        plantPlain(builder);
        const QByteArray path = builder.path("srv/data");
        const QByteArray before = treeFingerprint(builder.path("srv"));
        Workspace::Options options;
        options.readOnly = true;
        Opened o(options);
        QVERIFY(o.open(path));
        QSignalSpy failed(&o.workspace, &Workspace::failed);
        o.workspace.startBackup({}, {});
        o.workspace.startUndo(path, {});
        o.workspace.createBackupFolder(path, builder.path("srv/vault"));
        QTRY_COMPARE(failed.size(), 3);
        for (const QList<QVariant> &call : failed)
            QCOMPARE(call.at(3).value<Error>().code, ErrorCode::ReadOnly);
        QCOMPARE(treeFingerprint(builder.path("srv")), before);
    }

    void drops_areJudgedByContent()
    {
        DataDirBuilder builder;
        builder.dir("folder").dir("other").file("archive.txt", QByteArray()).file("note.tar.gz", "just text").file("x/f", "1");
        const Ran tar = run(QStringLiteral("tar"), {QStringLiteral("-czf"), QStringLiteral("archive.txt"), QStringLiteral("x")}, builder.path());
        QCOMPARE(tar.exitCode, 0);
        Opened o;
        QSignalSpy sniffed(&o.workspace, &Workspace::dropSniffed);
        QSignalSpy failed(&o.workspace, &Workspace::failed);
        const auto sniff = [&](const QList<QByteArray> &names) {
            QList<QByteArray> paths;
            for (const QByteArray &name : names)
                paths.append(builder.path(name));
            sniffed.clear();
            const quint64 id = o.workspace.sniffDrop(paths);
            if (!QTest::qWaitFor([&] { return !sniffed.isEmpty(); }) || sniffed.at(0).at(0).toULongLong() != id)
                qFatal("no answer");
            return sniffed.at(0).at(1).value<DropContent>();
        };
        const DropContent archive = sniff({"archive.txt"});
        QCOMPARE(archive.kind, DropKind::Archive);
        QCOMPARE(archive.format, ArchiveFormat::TarGzip);
        QCOMPARE(archive.paths, QList<QByteArray>{builder.path("archive.txt")});
        QCOMPARE(sniff({"folder"}).kind, DropKind::Directory);
        QCOMPARE(sniff({"folder", "other"}).paths.size(), 2);
        const DropContent text = sniff({"note.tar.gz"});
        QCOMPARE(text.kind, DropKind::Other);
        QVERIFY(!text.reason.isEmpty());
        QCOMPARE(sniff({"folder", "archive.txt"}).kind, DropKind::Other);
        QCOMPARE(sniff({}).kind, DropKind::Other);
        o.workspace.sniffDrop({builder.path("gone")});
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.at(0).at(3).value<Error>().code, ErrorCode::NotFound);
    }

    void samples_openWithTheirLayouts()
    {
        const QStringList names = sampleNames();
        if (names.isEmpty())
            QSKIP("no samples");
        DataDirBuilder builder;
        Opened o;
        int opened = 0;
        for (const QString &name : names) {
            builder.dir(name.toUtf8());
            QVERIFY(unpackSample(name, builder.path(name.toUtf8())));
            const QByteArray into = builder.path(name.toUtf8() + '/' + name.toUtf8());
            QVERIFY2(o.open(into), qPrintable(name));
            const RootState &root = *o.workspace.root(into);
            QVERIFY2(root.layoutId() != u"plain-directory", qPrintable(name + u": " + root.layoutId()));
            qint64 items = 0;
            for (const ItemKind kind : root.kinds())
                items += root.count(kind);
            QVERIFY2(items > 0, qPrintable(name));
            ++opened;
        }
        QCOMPARE(o.workspace.roots().size(), opened);
        qInfo("%d samples opened", opened);
    }
};

QTEST_GUILESS_MAIN(tst_Workspace)
#include "tst_workspace.moc"
