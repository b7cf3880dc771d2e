// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/safety.h"

#include "storage/fd.h"
#include "storage/ops/transaction.h"
#include "tests/support/restoreplace.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

const QDateTime kNow(QDate(2026, 5, 6), QTime(7, 8, 9), Qt::UTC);

Report undo(Place &p, const QByteArray &into = "live/data")
{
    const auto plan = planUndo(p.dir.path(into), p.monitor);
    return plan ? runUndo(p.dir.path(into), *plan, kNow, p.monitor) : Report::failed(Operation::Undo, plan.error());
}

}  // namespace

class tst_Safety : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void undo_bringsBackTheIdenticalTree();
    void undo_canBeUndone();
    void undo_bringsBackPartsAndTakesAwayWhatWasNotThere();
    void undo_ofSeveralRestoresBeginsWithTheNewest();
    void undo_worksWhenTheDirectoryIsGone();
    void undo_toleratesAPartThatIsGoneOnBothSides();
    void undo_isRefusedWithoutASafetyCopy();
    void undo_isRefusedWhenThePlanIsStale();
    void undo_isRefusedWhileLocked();
    void undo_ofEverySampleRestoreIsIdentical();
    void list_tellsWhatEachCopyIs();
    void list_namesACopyWithoutANote();
    void recover_doesNothingWhereNothingIs();
    void recover_removesAStageWithoutJournal();
    void recover_finishesAnExchangeThatHappened();
    void recover_removesTheLockFileOfADeadProcess();
    void recover_saysLockedWhileTheOperationLives();
    void recoverBackupFolder_removesOnlyDeadPartialsOfOurs();
};

void tst_Safety::undo_bringsBackTheIdenticalTree()
{
    Place p;
    p.dir.file("src/data/a", "new");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    p.dir.file("live/data/a", "old", 0600, 1'111'111'111'222'333'444).file("live/data/caf\xe9/b", "b").dir("live/data/empty", 0711)
        .symlink("live/data/l", "a").hardlink("live/data/h", "live/data/a").fifo("live/data/pipe");
    if (::geteuid() == 0)
        QCOMPARE(::chown(p.dir.path("live/data/caf\xe9/b").constData(), 1234, 4321), 0);
    const QByteArray before = treeFingerprint(p.dir.path("live/data"), true);
    QCOMPARE(p.restore(p.request(archive)).outcome, Outcome::Succeeded);
    const auto plan = planUndo(p.dir.path("live/data"), p.monitor);
    QVERIFY(plan);
    QCOMPARE(plan->steps.size(), 1);
    QCOMPARE(plan->steps.first().verb, Verb::Replace);
    QCOMPARE(plan->steps.first().files, 5);
    QCOMPARE(plan->steps.first().bytes, 7);
    QVERIFY(plan->replacesLiveData);
    const Report report = runUndo(p.dir.path("live/data"), *plan, kNow, p.monitor);
    QCOMPARE(report.outcome, Outcome::Succeeded);
    QCOMPARE(report.replaced, 5);
    QCOMPARE(treeFingerprint(p.dir.path("live/data"), true), before);
    QCOMPARE(p.leftovers(), QList<QByteArray>());
    QCOMPARE(report.safetyCopy, p.dir.path("live/.data.strongroom-safety-1"));
    QCOMPARE(p.dir.names("live"), (QList<QByteArray>{".data.strongroom-safety-1", "data"}));
}

void tst_Safety::undo_canBeUndone()
{
    Place p;
    p.dir.file("src/data/a", "new");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    p.dir.file("live/data/a", "old");
    QVERIFY(p.restore(p.request(archive)).succeeded());
    const QByteArray restored = treeFingerprint(p.dir.path("live/data"), true);
    QVERIFY(undo(p).succeeded());
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("old"));
    QVERIFY(undo(p).succeeded());
    QCOMPARE(treeFingerprint(p.dir.path("live/data"), true), restored);
}

void tst_Safety::undo_bringsBackPartsAndTakesAwayWhatWasNotThere()
{
    Place p;
    p.dir.file("src/data/storage/s", "new").file("src/data/brand/new", "n");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data/storage"), QStringLiteral("data/brand")});
    p.dir.file("live/data/storage/s", "old").file("live/data/rest", "r");
    QVERIFY(p.restore(p.request(archive)).succeeded());
    QVERIFY(p.dir.exists("live/data/brand/new"));
    p.dir.file("live/data/rest", "changed since");
    const auto plan = planUndo(p.dir.path("live/data"), p.monitor);
    QVERIFY(plan);
    QCOMPARE(stepsOf(*plan, Verb::Remove), QStringList{QStringLiteral("brand (was-not-there)")});
    QCOMPARE(stepsOf(*plan, Verb::Replace), QStringList{QStringLiteral("storage (put-back)")});
    QVERIFY(undo(p).succeeded());
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"rest", "storage"}));
    QCOMPARE(p.dir.read("live/data/storage/s"), QByteArray("old"));
    QCOMPARE(p.dir.read("live/data/rest"), QByteArray("changed since"));
    QVERIFY(undo(p).succeeded());
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"brand", "rest", "storage"}));
    QCOMPARE(p.leftovers(), QList<QByteArray>());
}

void tst_Safety::undo_ofSeveralRestoresBeginsWithTheNewest()
{
    Place p;
    p.dir.file("live/data/a", "0");
    for (const QByteArray text : {"1", "2"}) {
        p.dir.file("src/data/a", text);
        QVERIFY(p.restore(p.request(p.tar(text + ".tar.gz", {QStringLiteral("data")}))).succeeded());
    }
    QCOMPARE(listSafetyCopies(p.dir.path("live/data"))->size(), 2);
    QVERIFY(undo(p).succeeded());
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("1"));
    QCOMPARE(listSafetyCopies(p.dir.path("live/data"))->size(), 2);
}

void tst_Safety::undo_worksWhenTheDirectoryIsGone()
{
    Place p;
    p.dir.file("src/data/a", "new").file("live/data/a", "old");
    QVERIFY(p.restore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")}))).succeeded());
    p.dir.remove("live/data");
    QCOMPARE(listSafetyCopies(p.dir.path("live/data"))->size(), 1);
    const auto plan = planUndo(p.dir.path("live/data"), p.monitor);
    QVERIFY(plan);
    QVERIFY(!plan->replacesLiveData);
    QCOMPARE(plan->steps.first().verb, Verb::Create);
    QVERIFY(undo(p).succeeded());
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("old"));
}

void tst_Safety::undo_toleratesAPartThatIsGoneOnBothSides()
{
    Place p;
    p.dir.file("src/data/one/x", "new").file("src/data/two/x", "new");
    p.dir.file("live/data/one/x", "old").file("live/data/stays", "s");
    QVERIFY(p.restore(p.request(p.tar("a.tar.gz", {QStringLiteral("data/one"), QStringLiteral("data/two")}))).succeeded());
    p.dir.remove("live/data/two");
    QVERIFY(undo(p).succeeded());
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"one", "stays"}));
    QCOMPARE(p.dir.read("live/data/one/x"), QByteArray("old"));
    QCOMPARE(p.leftovers(), QList<QByteArray>());
}

void tst_Safety::undo_isRefusedWithoutASafetyCopy()
{
    Place p;
    p.dir.file("live/data/a", "a").dir("live/.data.strongroom-safety-x").dir("live/.data.strongroom-safety-01");
    QCOMPARE(planUndo(p.dir.path("live/data"), p.monitor).error().code, ErrorCode::NothingToUndo);
    QCOMPARE(listSafetyCopies(p.dir.path("live/data"))->size(), 0);
}

void tst_Safety::undo_isRefusedWhenThePlanIsStale()
{
    Place p;
    p.dir.file("src/data/a", "new").file("live/data/a", "old");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    QVERIFY(p.restore(p.request(archive)).succeeded());
    const auto plan = planUndo(p.dir.path("live/data"), p.monitor);
    QVERIFY(plan);
    QVERIFY(p.restore(p.request(archive)).succeeded());
    const QByteArray before = p.live();
    const Report stale = runUndo(p.dir.path("live/data"), *plan, kNow, p.monitor);
    QCOMPARE(stale.outcome, Outcome::Failed);
    QCOMPARE(stale.error->code, ErrorCode::Changed);
    QVERIFY(stale.rolledBack);
    QCOMPARE(p.live(), before);

    const auto fresh = planUndo(p.dir.path("live/data"), p.monitor);
    QVERIFY(fresh);
    QCOMPARE(::rename(p.dir.path("live/data").constData(), p.dir.path("live/moved").constData()), 0);
    p.dir.file("live/data/other", "o");
    const Report moved = runUndo(p.dir.path("live/data"), *fresh, kNow, p.monitor);
    QVERIFY(moved.error);
    QCOMPARE(moved.error->code, ErrorCode::Changed);
    QCOMPARE(p.dir.read("live/data/other"), QByteArray("o"));
}

void tst_Safety::undo_isRefusedWhileLocked()
{
    Place p;
    p.dir.file("src/data/a", "new").file("live/data/a", "old");
    QVERIFY(p.restore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")}))).succeeded());
    const auto plan = planUndo(p.dir.path("live/data"), p.monitor);
    QVERIFY(plan);
    const auto reader = openDirectory(p.dir.path("live/data"));
    QCOMPARE(::flock(reader->get(), LOCK_SH | LOCK_NB), 0);
    QCOMPARE(planUndo(p.dir.path("live/data"), p.monitor).error().code, ErrorCode::Locked);
    QCOMPARE(runUndo(p.dir.path("live/data"), *plan, kNow, p.monitor).error->code, ErrorCode::Locked);
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("new"));
}

void tst_Safety::undo_ofEverySampleRestoreIsIdentical()
{
    int undone = 0;
    for (const QString &name : sampleNames()) {
        Place p;
        QVERIFY(unpackSample(name, p.dir.path("live")));
        const QByteArray home = "live/" + name.toLatin1();
        const QByteArray data = home + (p.dir.exists(home + "/data") ? "/data" : p.dir.exists(home + "/server") ? "/server" : "/project");
        const QByteArray before = treeFingerprint(p.dir.path(data), true);
        // A backup of it, made with tar, restored after something changed.
        const Ran tar = run(QStringLiteral("tar"), {QStringLiteral("-czf"), decoded(p.dir.path("s.tar.gz")), decoded(data.mid(home.size() + 1))}, p.dir.path(home));
        QCOMPARE(tar.exitCode, 0);
        const Report report = p.restore(p.request(p.dir.path("s.tar.gz"), data));
        QVERIFY2(report.succeeded(), report.error ? qPrintable(describe(*report.error).oneLine()) : "");
        QVERIFY2(undo(p, data).succeeded(), qPrintable(name));
        QCOMPARE(treeFingerprint(p.dir.path(data), true), before);
        ++undone;
    }
    qInfo("%d samples restored and undone", undone);
    if (undone == 0)
        QSKIP("no samples beside the checkout");
}

void tst_Safety::list_tellsWhatEachCopyIs()
{
    Place p;
    p.dir.file("src/data/a", "new").file("src/data/sub/b", "b").file("live/data/a", "old").file("live/data/sub/b", "old");
    const QByteArray whole = p.tar("whole.tar.gz", {QStringLiteral("data")});
    const QByteArray part = p.tar("part.tar.gz", {QStringLiteral("data/sub")});
    QVERIFY(p.restore(p.request(whole)).succeeded());
    QVERIFY(p.restore(p.request(part)).succeeded());
    const auto copies = listSafetyCopies(p.dir.path("live/data"));
    QVERIFY(copies);
    QCOMPARE(copies->size(), 2);
    QCOMPARE(copies->at(0).targets, QStringList{QStringLiteral("sub")});
    QCOMPARE(copies->at(0).archive, part);
    QCOMPARE(copies->at(0).operation, Operation::Restore);
    QCOMPARE(copies->at(0).created, p.request(part).now);
    QCOMPARE(copies->at(0).directory, p.dir.path("live/data"));
    QCOMPARE(copies->at(0).path, p.dir.path("live/.data.strongroom-safety-1"));
    QCOMPARE(copies->at(1).targets, QStringList{QString()});
    QVERIFY(undo(p).succeeded());
    QCOMPARE(listSafetyCopies(p.dir.path("live/data"))->first().operation, Operation::Undo);
    struct stat st = {};
    QCOMPARE(::stat(copies->at(1).path.constData(), &st), 0);
    QCOMPARE(st.st_mode & 07777, 0700u);
}

void tst_Safety::list_namesACopyWithoutANote()
{
    Place p;
    p.dir.file("live/data/a", "a").file("live/.data.strongroom-safety-4/0/precious", "p");
    const auto copies = listSafetyCopies(p.dir.path("live/data"));
    QVERIFY(copies);
    QCOMPARE(copies->size(), 1);
    QVERIFY(!copies->first().created.isValid());
    QVERIFY(!planUndo(p.dir.path("live/data"), p.monitor));
}

void tst_Safety::recover_doesNothingWhereNothingIs()
{
    Place p;
    p.dir.file("live/data/a", "a").file("live/.data.strongroom-safety-0/0/x", "x");
    const QByteArray before = p.live();
    const auto recovered = recover(p.dir.path("live/data"), p.monitor);
    QVERIFY(recovered);
    QVERIFY(recovered->isEmpty());
    QCOMPARE(p.live(), before);
}

void tst_Safety::recover_removesAStageWithoutJournal()
{
    Place p;
    p.dir.file("live/data/a", "a").file("live/.data.strongroom-stage/0/half", "h").file("live/.data.strongroom-journal.partial", "{");
    p.dir.file("live/.data.strongroom-lock", "");
    const auto recovered = recover(p.dir.path("live/data"), p.monitor);
    QVERIFY(recovered);
    QCOMPARE(recovered->size(), 1);
    QCOMPARE(recovered->first().outcome, QStringLiteral("rolled-back"));
    QCOMPARE(recovered->first().path, p.dir.path("live/data"));
    QCOMPARE(p.dir.names("live"), QList<QByteArray>{"data"});
    QVERIFY(recover(p.dir.path("live/data"), p.monitor)->isEmpty());
}

void tst_Safety::recover_finishesAnExchangeThatHappened()
{
    Place p;
    p.dir.file("live/data/a", "new").file("live/.data.strongroom-stage/0/a", "old");
    const auto inode = [&p](const QByteArray &path) {
        struct stat st = {};
        return ::stat(p.dir.path(path).constData(), &st) == 0 ? quint64(st.st_ino) : 0;
    };
    Journal journal;
    journal.stage = ".data.strongroom-stage";
    journal.entries = {{RelPath(), inode("live/data"), inode("live/.data.strongroom-stage/0")}};
    p.dir.file("live/.data.strongroom-journal", writeJournal(journal), 0600);
    const auto recovered = recover(p.dir.path("live/data"), p.monitor);
    QVERIFY(recovered);
    QCOMPARE(recovered->size(), 1);
    QCOMPARE(recovered->first().operation, QStringLiteral("restore"));
    QCOMPARE(recovered->first().outcome, QStringLiteral("finished"));
    QCOMPARE(p.dir.names("live"), (QList<QByteArray>{".data.strongroom-safety-0", "data"}));
    QCOMPARE(p.dir.read("live/.data.strongroom-safety-0/0/a"), QByteArray("old"));
}

void tst_Safety::recover_removesTheLockFileOfADeadProcess()
{
    Place p;
    p.dir.file("live/data/a", "a").file("live/.data.strongroom-lock", "");
    QVERIFY(recover(p.dir.path("live/data"), p.monitor)->isEmpty());
    QCOMPARE(p.dir.names("live"), QList<QByteArray>{"data"});
}

void tst_Safety::recover_saysLockedWhileTheOperationLives()
{
    Place p;
    p.dir.file("live/data/a", "a").file("live/.data.strongroom-stage/0/half", "h");
    const auto beside = Beside::open(p.dir.path("live/data"));
    const auto lock = OperationLock::acquire(*beside);
    QVERIFY(lock);
    QCOMPARE(recover(p.dir.path("live/data"), p.monitor).error().code, ErrorCode::Locked);
    QVERIFY(p.dir.exists("live/.data.strongroom-stage/0/half"));
}

void tst_Safety::recoverBackupFolder_removesOnlyDeadPartialsOfOurs()
{
    Place p;
    p.dir.file("live/a.tar.gz.partial", "dead", 0600).file("live/b.tar.zst.partial", "alive", 0600).file("live/c.tar.gz", "whole")
        .file("live/thesis.doc.partial", "a download").file("live/a.tar.gz.sha256.partial", "dead", 0600).symlink("live/l.tar.gz.partial", "c.tar.gz");
    const Fd alive(::open(p.dir.path("live/b.tar.zst.partial").constData(), O_RDWR | O_CLOEXEC));
    QCOMPARE(::flock(alive.get(), LOCK_EX | LOCK_NB), 0);
    const auto unfinished = unfinishedBackups(p.dir.path("live"), p.monitor);
    QVERIFY(unfinished);
    QCOMPARE(*unfinished, (QList<QByteArray>{p.dir.path("live/a.tar.gz.partial"), p.dir.path("live/a.tar.gz.sha256.partial")}));
    QVERIFY(p.dir.exists("live/a.tar.gz.partial"));
    const auto recovered = recoverBackupFolder(p.dir.path("live"), p.monitor);
    QVERIFY(recovered);
    QCOMPARE(recovered->size(), 2);
    QCOMPARE(recovered->first().operation, QStringLiteral("backup"));
    QCOMPARE(recovered->first().outcome, QStringLiteral("removed"));
    QCOMPARE(recovered->first().path, p.dir.path("live/a.tar.gz.partial"));
    QCOMPARE(p.dir.names("live"), (QList<QByteArray>{"b.tar.zst.partial", "c.tar.gz", "l.tar.gz.partial", "thesis.doc.partial"}));
}

QTEST_GUILESS_MAIN(tst_Safety)
#include "tst_safety.moc"
