// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The main job through signals, as a window would do it: back up, verify, restore.

#include "models/workspace.h"
#include "tests/support/datadirbuilder.h"

#include <QSignalSpy>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

constexpr int kLong = 60000;

/// A workspace that remembers what it was told.
struct Console {
    JobQueue queue{Clock::fixed(QDateTime(QDate(2025, 10, 25), QTime(14, 30, 22), Qt::UTC), QStringLiteral("testhost"))};
    Workspace workspace;
    QSignalSpy backupPlanned{&workspace, &Workspace::backupPlanned};
    QSignalSpy restorePlanned{&workspace, &Workspace::restorePlanned};
    QSignalSpy undoPlanned{&workspace, &Workspace::undoPlanned};
    QSignalSpy verified{&workspace, &Workspace::archiveVerified};
    QSignalSpy reported{&workspace, &Workspace::reported};
    QSignalSpy failed{&workspace, &Workspace::failed};

    explicit Console(const QByteArray &log = {}) : workspace(&queue, options(log)) {}
    static Workspace::Options options(const QByteArray &log)
    {
        Workspace::Options options;
        options.verificationLog = log;
        options.jobs = 1;
        return options;
    }
    static void wait(const QSignalSpy &spy, const QSignalSpy &failed)
    {
        if (!QTest::qWaitFor([&] { return !spy.isEmpty() || !failed.isEmpty(); }, kLong))
            qFatal("no answer in time");
        if (!failed.isEmpty())
            qWarning("failed: %s", qPrintable(describe(failed.last().at(3).value<Error>()).oneLine()));
    }
    void open(const QByteArray &path)
    {
        workspace.openDirectory(path);
        if (!QTest::qWaitFor([&] { return workspace.root(path)->phase == RootPhase::Ready; }, kLong))
            qFatal("did not open");
    }
    Report backUp(const QByteArray &path, const QByteArray &folder)
    {
        BackupChoice choice;
        choice.folder = folder;
        backupPlanned.clear();
        reported.clear();
        const quint64 planId = workspace.planBackup(path, choice);
        wait(backupPlanned, failed);
        if (backupPlanned.isEmpty() || backupPlanned.at(0).at(0).toULongLong() != planId)
            return {};
        const quint64 id = workspace.startBackup(backupPlanned.at(0).at(1).value<BackupRequest>(), backupPlanned.at(0).at(2).value<Plan>());
        return report(id);
    }
    Report report(quint64 id)
    {
        wait(reported, failed);
        if (reported.isEmpty() || reported.last().at(0).toULongLong() != id)
            return {};
        return reported.last().at(1).value<Report>();
    }
    VerifyResult verify(const QByteArray &archive)
    {
        verified.clear();
        workspace.verifyArchive(archive);
        wait(verified, failed);
        return verified.isEmpty() ? VerifyResult{} : verified.at(0).at(1).value<VerifyResult>();
    }
    std::shared_ptr<PreparedRestore> prepare(const QByteArray &archive, const QByteArray &into)
    {
        restorePlanned.clear();
        RestoreChoice choice;
        choice.archive = archive;
        choice.into = into;
        workspace.planRestore(choice);
        wait(restorePlanned, failed);
        return restorePlanned.isEmpty() ? nullptr : restorePlanned.at(0).at(1).value<std::shared_ptr<PreparedRestore>>();
    }
    Report restore(std::shared_ptr<PreparedRestore> prepared)
    {
        reported.clear();
        return report(workspace.startRestore(std::move(prepared)));
    }
};

void plant(DataDirBuilder &builder)
{
    builder.file("srv/data/media/a.txt", "alpha", 0640).file("srv/data/media/b.bin", QByteArray(300000, 'b'))
        .file("srv/data/logs/x.log", "line\n").dir("srv/data/empty").symlink("srv/data/media/link", "a.txt").dir("srv/backups", 0700);
}

}  // namespace

class tst_WorkspaceVerbs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void backup_verify_restore_bringTheTreeBack()
    {
        DataDirBuilder builder;
        plant(builder);
        const QByteArray path = builder.path("srv/data");
        const QByteArray before = treeFingerprint(path);
        Console console(builder.path("cache/verified"));
        console.open(path);

        const Report backup = console.backUp(path, {});   // into the folder found beside it
        QCOMPARE(backup.outcome, Outcome::Succeeded);
        QVERIFY(backup.verified);
        QVERIFY(backup.archive.startsWith(builder.path("srv/backups/")));
        QCOMPARE(treeFingerprint(path), before);

        const VerifyResult verdict = console.verify(backup.archive);
        QCOMPARE(verdict.verdict, Verdict::Verified);
        QVERIFY(verdict.manifest);
        QCOMPARE(verdict.sha256Hex, backup.sha256Hex);

        builder.remove("srv/data/media").file("srv/data/new.txt", "later");
        QVERIFY(treeFingerprint(path) != before);
        const auto prepared = console.prepare(backup.archive, path);
        QVERIFY(prepared);
        QVERIFY(prepared->plan().replacesLiveData);
        QCOMPARE(prepared->plan().directory, path);
        QSignalSpy replaced(&console.workspace, &Workspace::catalogReplaced);
        const Report restore = console.restore(prepared);
        QCOMPARE(restore.outcome, Outcome::Succeeded);
        QCOMPARE(treeFingerprint(path), before);
        QVERIFY(!restore.safetyCopy.isEmpty());
        QTRY_COMPARE(replaced.size(), 1);   // the console looks at the new tree by itself
        QCOMPARE(console.failed.size(), 0);
    }

    void undo_putsBackWhatARestoreReplaced()
    {
        DataDirBuilder builder;
        plant(builder);
        const QByteArray path = builder.path("srv/data");
        Console console;
        console.open(path);
        const Report backup = console.backUp(path, {});
        QCOMPARE(backup.outcome, Outcome::Succeeded);
        builder.file("srv/data/new.txt", "later");
        const QByteArray changed = treeFingerprint(path);
        QVERIFY(!console.workspace.root(path)->canUndo());
        QCOMPARE(console.restore(console.prepare(backup.archive, path)).outcome, Outcome::Succeeded);
        QVERIFY(treeFingerprint(path) != changed);
        QTRY_VERIFY(console.workspace.root(path)->canUndo());

        const quint64 planId = console.workspace.planUndo(path);
        Console::wait(console.undoPlanned, console.failed);
        QCOMPARE(console.undoPlanned.size(), 1);
        QCOMPARE(console.undoPlanned.at(0).at(0).toULongLong(), planId);
        console.reported.clear();
        const Report undo = console.report(console.workspace.startUndo(path, console.undoPlanned.at(0).at(2).value<Plan>()));
        QCOMPARE(undo.outcome, Outcome::Succeeded);
        QCOMPARE(undo.operation, Operation::Undo);
        QCOMPARE(treeFingerprint(path), changed);
    }

    void undo_withNothingToUndoSaysSo()
    {
        DataDirBuilder builder;
        plant(builder);
        Console console;
        console.open(builder.path("srv/data"));
        console.workspace.planUndo(builder.path("srv/data"));
        QTRY_COMPARE(console.failed.size(), 1);
        QCOMPARE(console.failed.at(0).at(3).value<Error>().code, ErrorCode::NothingToUndo);
    }

    void archives_areListedWithWhatIsKnownOfThem()
    {
        DataDirBuilder builder;
        plant(builder);
        const QByteArray path = builder.path("srv/data");
        const QByteArray folder = builder.path("srv/backups");
        const QByteArray log = builder.path("cache/verified");
        QByteArray archive;
        {
            Console console(log);
            console.open(path);
            QTRY_VERIFY(console.workspace.backupFolder(folder) && console.workspace.backupFolder(folder)->listed);
            QVERIFY(console.workspace.archives().isEmpty());
            QVERIFY(!console.workspace.lastVerifiedBackup(path));
            archive = console.backUp(path, {}).archive;
            QTRY_COMPARE(console.workspace.archives().size(), 1);   // the sidecar is no backup
            const BackupInfo info = console.workspace.archives().first();
            QCOMPARE(info.path, archive);
            QCOMPARE(info.source, path);
            QVERIFY(info.manifest);
            QVERIFY(info.verified);
            QCOMPARE(console.workspace.archivesOf(path).size(), 1);
            QCOMPARE(console.workspace.lastVerifiedBackup(path)->path, archive);
        }
        // Another day, the same log: it is remembered; and one flipped byte makes it forgotten, then damaged.
        const QByteArray name = "srv/backups/" + archive.sliced(archive.lastIndexOf('/') + 1);
        Console console(log);
        console.open(path);
        QTRY_VERIFY(console.workspace.lastVerifiedBackup(path));
        QByteArray bytes = builder.read(name);
        bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 0x10);
        builder.remove(name).file(name, bytes);
        QSignalSpy listed(&console.workspace, &Workspace::archivesChanged);
        console.workspace.refreshArchives(folder);
        QTRY_VERIFY(!listed.isEmpty());
        QVERIFY(!console.workspace.archives().first().verified);
        QVERIFY(!console.workspace.lastVerifiedBackup(path));
        listed.clear();
        QCOMPARE(console.verify(archive).verdict, Verdict::Damaged);
        QTRY_VERIFY(!listed.isEmpty());
        QCOMPARE(console.workspace.archives().first().verdict, std::optional(Verdict::Damaged));
    }

    void open_removesWhatACrashLeft()
    {
        DataDirBuilder builder;
        plant(builder);
        const QByteArray path = builder.path("srv/data");
        const QByteArray before = treeFingerprint(path);
        builder.file("srv/.data.strongroom-stage/half", "x").file("srv/backups/data_everything_backup_20250101_000000.tar.gz.partial", "half", 0600);
        Console console;
        QSignalSpy recovered(&console.workspace, &Workspace::recovered);
        console.open(path);
        QCOMPARE(recovered.size(), 1);
        QVERIFY(!builder.exists("srv/.data.strongroom-stage"));
        QCOMPARE(console.workspace.root(path)->recovered.size(), 1);
        QTRY_COMPARE(builder.names("srv/backups"), QList<QByteArray>());
        QCOMPARE(treeFingerprint(path), before);
    }

    void planBackup_withoutAFolderFailsByName()
    {
        DataDirBuilder builder;
        builder.file("srv/data/a", "1");
        Console console;
        console.open(builder.path("srv/data"));
        const quint64 id = console.workspace.planBackup(builder.path("srv/data"), {});
        QTRY_COMPARE(console.failed.size(), 1);
        QCOMPARE(console.failed.at(0).at(0).toULongLong(), id);
        QCOMPARE(console.failed.at(0).at(1).value<JobKind>(), JobKind::PlanBackup);
        QCOMPARE(console.failed.at(0).at(3).value<Error>().code, ErrorCode::NotFound);
    }

    void verify_ofADamagedArchiveIsAFailedJobWithAnAnswer()
    {
        DataDirBuilder builder;
        plant(builder);
        Console console;
        console.open(builder.path("srv/data"));
        const Report backup = console.backUp(builder.path("srv/data"), {});
        QCOMPARE(backup.outcome, Outcome::Succeeded);
        const QByteArray name = "srv/backups/" + backup.archive.sliced(backup.archive.lastIndexOf('/') + 1);
        const QByteArray whole = builder.read(name);
        builder.remove(name).file(name, whole.first(whole.size() / 2));
        QSignalSpy finished(&console.queue, &JobQueue::jobFinished);
        const VerifyResult verdict = console.verify(backup.archive);
        QCOMPARE(verdict.verdict, Verdict::Damaged);
        QVERIFY(!verdict.problems.isEmpty());
        QCOMPARE(console.failed.size(), 0);
        QTRY_VERIFY(!console.queue.jobs().isEmpty() && console.queue.jobs().first()->isFinished());
        QCOMPARE(console.queue.jobs().first()->kind(), JobKind::Verify);
        QCOMPARE(console.queue.jobs().first()->state(), JobState::Failed);

        const QByteArray before = treeFingerprint(builder.path("srv"));
        QVERIFY(!console.prepare(backup.archive, builder.path("srv/data")));
        QCOMPARE(console.failed.size(), 1);
        QVERIFY(console.failed.at(0).at(3).value<Error>().isRefusal());
        QCOMPARE(treeFingerprint(builder.path("srv")), before);
    }

    void verify_ofNothingFails()
    {
        DataDirBuilder builder;
        Console console;
        const quint64 id = console.workspace.verifyArchive(builder.path("gone.tar.gz"));
        QTRY_COMPARE(console.failed.size(), 1);
        QCOMPARE(console.failed.at(0).at(0).toULongLong(), id);
        QCOMPARE(console.failed.at(0).at(3).value<Error>().code, ErrorCode::NotFound);
    }

    void cancelledBackup_reportsAndLeavesNothing()
    {
        DataDirBuilder builder;
        plant(builder);
        const QByteArray path = builder.path("srv/data");
        Console console;
        console.open(path);
        console.workspace.planBackup(path, {});
        Console::wait(console.backupPlanned, console.failed);
        const quint64 id = console.workspace.startBackup(console.backupPlanned.at(0).at(1).value<BackupRequest>(),
                                                         console.backupPlanned.at(0).at(2).value<Plan>());
        console.queue.cancel(id);
        QCOMPARE(console.queue.job(id)->state(), JobState::Stopping);
        const Report report = console.report(id);
        QCOMPARE(report.outcome, Outcome::Cancelled);
        QCOMPARE(builder.names("srv/backups"), QList<QByteArray>());
    }

    void restore_intoAnAbsentDirectoryCreatesIt()
    {
        DataDirBuilder builder;
        plant(builder);
        Console console;
        console.open(builder.path("srv/data"));
        const Report backup = console.backUp(builder.path("srv/data"), {});
        QCOMPARE(backup.outcome, Outcome::Succeeded);
        builder.dir("elsewhere");
        const auto prepared = console.prepare(backup.archive, builder.path("elsewhere/copy"));
        QVERIFY(prepared);
        QVERIFY(!prepared->plan().replacesLiveData);
        QCOMPARE(console.restore(prepared).outcome, Outcome::Succeeded);
        QCOMPARE(treeFingerprint(builder.path("elsewhere/copy")), treeFingerprint(builder.path("srv/data")));
        QCOMPARE(console.workspace.roots(), QList<QByteArray>{builder.path("srv/data")});
    }

    void samples_makeTheRoundTrip()
    {
        const QStringList names = sampleNames();
        if (names.isEmpty())
            QSKIP("no samples");
        int done = 0;
        for (const QString &name : names) {
            DataDirBuilder builder;
            builder.dir("in").dir("vault", 0700).dir("out");
            QVERIFY(unpackSample(name, builder.path("in")));
            const QByteArray path = builder.path("in/" + name.toUtf8());
            Console console;
            console.open(path);
            const Report backup = console.backUp(path, builder.path("vault"));
            QVERIFY2(backup.succeeded(), qPrintable(name + u": " + outcomeWord(backup.outcome)));
            QCOMPARE(console.verify(backup.archive).verdict, Verdict::Verified);
            const auto prepared = console.prepare(backup.archive, builder.path("out/" + name.toUtf8()));
            QVERIFY2(prepared, qPrintable(name));
            const Report restore = console.restore(prepared);
            QVERIFY2(restore.succeeded(), qPrintable(name + u": " + outcomeWord(restore.outcome)));
            ++done;
        }
        qInfo("%d samples backed up, verified and restored", done);
        QCOMPARE(done, int(names.size()));
    }
};

QTEST_GUILESS_MAIN(tst_WorkspaceVerbs)
#include "tst_workspaceverbs.moc"
