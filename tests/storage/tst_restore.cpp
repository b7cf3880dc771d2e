// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/restore.h"

#include "tests/support/restoreplace.h"

#include <QtTest>

#include <sys/stat.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_Restore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void plan_listsWhatIsLostFirstAndChangesNothing();
    void restore_replacesTheWholeDirectory();
    void restore_createsAMissingDirectory();
    void restore_replacesOnlyWhatThePartialArchiveHolds();
    void restore_claims_data();
    void restore_claims();
    void restore_asCopyLeavesTheOriginalAlone();
    void restore_takesDatabaseJournalsAwayWithTheirDatabase();
    void restore_keepsJournalsThatComeWithTheirDatabase();
    void restore_leavesRunTimeFilesOut();
    void restore_keepsLinksOfForeignArchivesOut();
    void restore_copiesHardLinksOfForeignArchives();
    void restore_guideArchivesEqualGnuTar_data();
    void restore_guideArchivesEqualGnuTar();
};

void tst_Restore::plan_listsWhatIsLostFirstAndChangesNothing()
{
    Place p;
    p.dir.file("src/data/same", "same", 0640).file("src/data/new/file", "12345").file("src/data/changed", "new text").file("src/data/mode", "m", 0600);
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    p.dir.file("live/data/same", "same", 0640).file("live/data/changed", "old text").file("live/data/mode", "m", 0644).file("live/data/gone/x", "abc");
    const QByteArray before = p.live();
    const auto prepared = prepareRestore(p.request(archive), p.monitor);
    QVERIFY(prepared);
    const Plan &plan = prepared->plan();
    QCOMPARE(plan.directory, p.dir.path("live/data"));
    QCOMPARE(stepsOf(plan, Verb::Remove), (QStringList{QStringLiteral("gone (not-in-archive)"), QStringLiteral("gone/x (not-in-archive)")}));
    QCOMPARE(stepsOf(plan, Verb::Replace), (QStringList{QStringLiteral("changed (content)"), QStringLiteral("mode (mode)")}));
    QCOMPARE(stepsOf(plan, Verb::Create), (QStringList{QStringLiteral("new"), QStringLiteral("new/file")}));
    QCOMPARE(stepsOf(plan, Verb::Keep), QStringList{QStringLiteral("same")});
    QCOMPARE(plan.steps.first().verb, Verb::Remove);
    QVERIFY(plan.replacesLiveData);
    QVERIFY(warns(plan.warnings, "unverified"));
    QVERIFY(!warns(plan.warnings, "partial"));
    QVERIFY(plan.bytesNeeded > 0 && plan.bytesFree > plan.bytesNeeded);
    QCOMPARE(p.live(), before);
}

void tst_Restore::restore_replacesTheWholeDirectory()
{
    Place p;
    p.dir.file("src/data/a", "new a", 0640, 1'600'000'000'123'456'789).file("src/data/sub/b", "new b").dir("src/data/empty", 0711);
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    p.dir.file("live/data/a", "old a").file("live/data/old/c", "old c").file("live/neighbour", "n");
    const QByteArray old = treeFingerprint(p.dir.path("live/data"), true);
    const Report report = p.restore(p.request(archive));
    QCOMPARE(report.outcome, Outcome::Succeeded);
    QCOMPARE(report.created, 1);
    QCOMPARE(report.replaced, 1);
    QCOMPARE(report.removed, 1);
    QCOMPARE(report.kept, 0);
    QCOMPARE(report.bytes, 10);
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"a", "empty", "sub"}));
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("new a"));
    QCOMPARE(p.dir.read("live/neighbour"), QByteArray("n"));
    QCOMPARE(p.leftovers(), QList<QByteArray>());
    QCOMPARE(report.safetyCopy, p.dir.path("live/.data.strongroom-safety-0"));
    QCOMPARE(treeFingerprint(report.safetyCopy + "/0", true), old);
}

void tst_Restore::restore_createsAMissingDirectory()
{
    Place p;
    p.dir.file("src/anything/a", "a");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("anything")});
    const auto prepared = prepareRestore(p.request(archive, "live/brand-new"), p.monitor);
    QVERIFY(prepared);
    QVERIFY(!prepared->plan().replacesLiveData);
    const Report report = p.restore(p.request(archive, "live/brand-new"));
    QCOMPARE(report.outcome, Outcome::Succeeded);
    QVERIFY(report.safetyCopy.isEmpty());
    QCOMPARE(report.created, 1);
    QCOMPARE(p.dir.names("live"), QList<QByteArray>{"brand-new"});
    QCOMPARE(p.dir.read("live/brand-new/a"), QByteArray("a"));
    QCOMPARE(p.refusal(p.request(archive, "live/no/parent")), ErrorCode::NotFound);
}

void tst_Restore::restore_replacesOnlyWhatThePartialArchiveHolds()
{
    Place p;
    p.dir.file("src/data/storage/new", "new").file("src/data/uploads/x/deep/f", "f");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data/storage"), QStringLiteral("data/uploads/x")});
    p.dir.file("live/data/storage/old", "old").file("live/data/other/kept", "kept");
    const auto prepared = prepareRestore(p.request(archive), p.monitor);
    QVERIFY(prepared);
    QVERIFY(warns(prepared->plan().warnings, "partial"));
    QCOMPARE(stepsOf(prepared->plan(), Verb::Remove), QStringList{QStringLiteral("storage/old (not-in-archive)")});
    const Report report = p.restore(p.request(archive));
    QCOMPARE(report.outcome, Outcome::Succeeded);
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"other", "storage", "uploads"}));
    QCOMPARE(p.dir.names("live/data/storage"), QList<QByteArray>{"new"});
    QCOMPARE(p.dir.read("live/data/uploads/x/deep/f"), QByteArray("f"));
    QCOMPARE(p.dir.read("live/data/other/kept"), QByteArray("kept"));
    QCOMPARE(p.leftovers(), QList<QByteArray>());
}

void tst_Restore::restore_claims_data()
{
    QTest::addColumn<QStringList>("members");
    QTest::addColumn<QByteArray>("into");
    QTest::addColumn<QList<QByteArray>>("stays");   // of the live files "top", "sub/old", "f"
    using Names = QList<QByteArray>;
    const auto words = [](const char *text) { return QString::fromLatin1(text).split(u' '); };
    QTest::newRow("folder") << words("data") << QByteArray("live/data") << Names{};
    QTest::newRow("dotted folder") << words("./data") << QByteArray("live/data") << Names{};
    QTest::newRow("into another name") << words("data") << QByteArray("live/other") << Names{};
    QTest::newRow("subfolder") << words("data/sub") << QByteArray("live/data") << Names{"f", "top"};
    QTest::newRow("one file") << words("data/f") << QByteArray("live/data") << Names{"sub/old", "top"};
    QTest::newRow("files without folders") << words("--no-recursion data/f data/sub/new") << QByteArray("live/data") << Names{"top"};
    QTest::newRow("root with one folder named so") << words(".") << QByteArray("live/data") << Names{};
    QTest::newRow("everything inside") << words("-C data .") << QByteArray("live/data") << Names{};
    QTest::newRow("two names inside") << words("-C data sub f") << QByteArray("live/data") << Names{"top"};
}

void tst_Restore::restore_claims()
{
    QFETCH(QStringList, members);
    QFETCH(QByteArray, into);
    QFETCH(QList<QByteArray>, stays);
    Place p;
    p.dir.file("src/data/sub/new", "new").file("src/data/f", "new f");
    const QByteArray archive = p.tar("a.tar.gz", members);
    p.dir.file(into + "/top", "old top").file(into + "/sub/old", "old").file(into + "/f", "old f");
    const Report report = p.restore(p.request(archive, into));
    QVERIFY2(report.outcome == Outcome::Succeeded, report.error ? qPrintable(describe(*report.error).oneLine()) : "");
    QCOMPARE(p.dir.exists(into + "/top"), stays.contains("top"));
    QCOMPARE(p.dir.exists(into + "/sub/old"), stays.contains("sub/old"));
    QVERIFY(!p.dir.exists(into + "/data"));
    QCOMPARE(p.dir.read(into + "/f"), QByteArray(stays.contains("f") ? "old f" : "new f"));
    QCOMPARE(p.leftovers(), QList<QByteArray>());
}

void tst_Restore::restore_asCopyLeavesTheOriginalAlone()
{
    Place p;
    p.dir.file("src/data/sub/a", "a").file("live/data/mine", "mine");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data/sub")});
    RestoreRequest r = p.request(archive);
    r.asCopy = true;
    const Report first = p.restore(r);
    QCOMPARE(first.outcome, Outcome::Succeeded);
    QCOMPARE(first.directory, p.dir.path("live/data.restored-20260304-050607"));
    QVERIFY(first.safetyCopy.isEmpty());
    const Report second = p.restore(r);
    QCOMPARE(second.directory, p.dir.path("live/data.restored-20260304-050607-2"));
    QCOMPARE(p.dir.names("live"), (QList<QByteArray>{"data", "data.restored-20260304-050607", "data.restored-20260304-050607-2"}));
    QCOMPARE(p.dir.read("live/data.restored-20260304-050607/sub/a"), QByteArray("a"));
    QCOMPARE(p.dir.read("live/data/mine"), QByteArray("mine"));
}

void tst_Restore::restore_takesDatabaseJournalsAwayWithTheirDatabase()
{
    Place p;
    const QByteArray magic = QByteArray("SQLite format 3").append('\0');
    p.dir.file("src/data/app.sqlite", magic + "new").file("src/data/other", "x").dir("src/data/sub");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data/app.sqlite"), QStringLiteral("data/sub")});
    p.dir.file("live/data/app.sqlite", magic + "old").file("live/data/app.sqlite-wal", "wal").file("live/data/app.sqlite-journal", "j").file("live/data/keep-wal", "k");
    const auto prepared = prepareRestore(p.request(archive), p.monitor);
    QVERIFY(prepared);
    QCOMPARE(stepsOf(prepared->plan(), Verb::Remove).size(), 2);
    const Report report = p.restore(p.request(archive));
    QCOMPARE(report.outcome, Outcome::Succeeded);
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"app.sqlite", "keep-wal", "sub"}));
    QCOMPARE(p.dir.read("live/data/app.sqlite"), magic + "new");
}

void tst_Restore::restore_keepsJournalsThatComeWithTheirDatabase()
{
    Place p;
    // As tar finds a live database: what is committed stands in the log only. Where a layout knows the database
    // such a log is refused; of any other nothing is known but that the two belong together.
    p.dir.file("src/data/app.sqlite", QByteArray("SQLite format 3").append('\0') + "new").file("src/data/app.sqlite-wal", "the log")
        .file("src/data/app.sqlite-shm", "its index").dir("src/data/sub");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    QVERIFY(p.restore(p.request(archive)).succeeded());
    QCOMPARE(p.dir.read("live/data/app.sqlite-wal"), QByteArray("the log"));
    QVERIFY(p.dir.exists("live/data/app.sqlite-shm"));
}

void tst_Restore::restore_leavesRunTimeFilesOut()
{
    Place p;
    p.dir.file("src/data/pg/PG_VERSION", "15").file("src/data/pg/postmaster.pid", "1").file("src/data/.tmp_x.json_1.tmp", "{").file("src/data/yarn.lock", "data");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    const auto prepared = prepareRestore(p.request(archive), p.monitor);
    QVERIFY(prepared);
    QCOMPARE(stepsOf(prepared->plan(), Verb::Skip),
             (QStringList{QStringLiteral(".tmp_x.json_1.tmp (run-time-file)"), QStringLiteral("pg/postmaster.pid (run-time-file)")}));
    QCOMPARE(p.restore(p.request(archive)).outcome, Outcome::Succeeded);
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"pg", "yarn.lock"}));
    QCOMPARE(p.dir.names("live/data/pg"), QList<QByteArray>{"PG_VERSION"});
}

void tst_Restore::restore_keepsLinksOfForeignArchivesOut()
{
    Place p;
    p.dir.file("src/data/a", "a").symlink("src/data/l", "a");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    const Report report = p.restore(p.request(archive));
    QCOMPARE(report.outcome, Outcome::CompletedWithWarnings);
    QVERIFY(warns(report.warnings, "link-skipped"));
    QCOMPARE(p.dir.names("live/data"), QList<QByteArray>{"a"});
    RestoreRequest allowed = p.request(archive);
    allowed.allowedLinks = {"data/l"};
    QCOMPARE(p.restore(allowed).outcome, Outcome::Succeeded);
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"a", "l"}));
}

void tst_Restore::restore_copiesHardLinksOfForeignArchives()
{
    Place p;
    p.dir.file("src/data/a", "shared").hardlink("src/data/b", "src/data/a");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    const Report report = p.restore(p.request(archive));
    QCOMPARE(report.outcome, Outcome::Succeeded);
    QCOMPARE(p.dir.read("live/data/b"), QByteArray("shared"));
    struct stat st = {};
    QCOMPARE(::stat(p.dir.path("live/data/b").constData(), &st), 0);
    QCOMPARE(st.st_nlink, nlink_t(1));
    // Restored again over itself, everything is kept.
    const auto again = prepareRestore(p.request(archive), p.monitor);
    QVERIFY(again);
    QCOMPARE(stepsOf(again->plan(), Verb::Keep).size(), 2);
}

void tst_Restore::restore_guideArchivesEqualGnuTar_data()
{
    QTest::addColumn<QString>("sample");
    QTest::addColumn<QByteArray>("archive");
    QTest::addColumn<QByteArray>("top");   // data directory within the sample, and the archive's top folder
    int rows = 0;
    for (const QString &name : sampleNames()) {
        DataDirBuilder unpacked;
        if (!unpackSample(name, unpacked.path()))
            continue;
        const QByteArray archives = name.toLatin1() + "/archives";
        if (!unpacked.exists(archives))
            continue;
        for (const QByteArray &file : unpacked.names(archives)) {
            if (!file.endsWith(".tar.gz"))
                continue;
            QTest::addRow("%s %s", qPrintable(name), file.constData()) << name << file << QByteArray(unpacked.exists(name.toLatin1() + "/data") ? "data" : "server");
            ++rows;
        }
    }
    qInfo("%d archives made with the guides' commands", rows);
    if (rows == 0)
        QTest::newRow("no samples") << QString() << QByteArray() << QByteArray();
}

void tst_Restore::restore_guideArchivesEqualGnuTar()
{
    QFETCH(QString, sample);
    QFETCH(QByteArray, archive);
    QFETCH(QByteArray, top);
    if (sample.isEmpty())
        QSKIP("no samples beside the checkout");
    Place p;
    QVERIFY(unpackSample(sample, p.dir.path("live")));
    const QByteArray home = "live/" + sample.toLatin1();
    const QByteArray data = home + '/' + top;
    p.dir.file(data + "/planted-by-the-test", "newer than the backup");

    // What the guides' own command makes of it, beside.
    p.dir.dir("gnu");
    const Ran tar = run(QStringLiteral("tar"), {QStringLiteral("-xpzf"), decoded(p.dir.path(home + "/archives/" + archive))}, p.dir.path("gnu"));
    QCOMPARE(tar.exitCode, 0);
    const QByteArray restored = p.dir.path(data);
    const QByteArray before = treeFingerprint(restored, true);

    const auto prepared = prepareRestore(p.request(p.dir.path(home + "/archives/" + archive), data), p.monitor);
    QVERIFY2(prepared, prepared ? "" : qPrintable(describe(prepared.error()).oneLine()));
    const bool whole = !warns(prepared->plan().warnings, "partial");
    const Report report = p.restore(p.request(p.dir.path(home + "/archives/" + archive), data));
    QVERIFY2(report.succeeded(), report.error ? qPrintable(describe(*report.error).oneLine()) : "");
    QCOMPARE(p.dir.exists(data + "/planted-by-the-test"), !whole);

    // Every entry of the GNU tree is there: type, time, size, content; the mode too, but for secrets (0600).
    QHash<QByteArray, QList<QByteArray>> ours;
    for (const QByteArray &line : treeFingerprint(restored).split('\n'))
        ours.insert(line.mid(line.lastIndexOf(' ') + 1), line.split(' '));
    int compared = 0;
    for (const QByteArray &line : treeFingerprint(p.dir.path("gnu/" + top)).split('\n')) {
        if (line.isEmpty())
            continue;
        QList<QByteArray> theirs = line.split(' ');
        QList<QByteArray> mine = ours.value(line.mid(line.lastIndexOf(' ') + 1));
        QVERIFY2(!mine.isEmpty(), line.constData());
        if (mine.at(1) != theirs.at(1)) {
            QCOMPARE(mine.at(0), QByteArray("file"));
            QCOMPARE(mine.at(1), QByteArray("600"));
        }
        const bool announced = whole || mine.at(0) != "directory";
        mine.removeAt(1);
        theirs.removeAt(1);
        if (!announced) {  // GNU tar made the folders above a partial archive now; here they were there already
            mine.removeAt(1);
            theirs.removeAt(1);
        }
        QCOMPARE(mine, theirs);
        ++compared;
    }
    QVERIFY(compared >= 2);
    if (whole)
        QCOMPARE(ours.size() - 1, compared);
    else
        QVERIFY(ours.size() - 1 > compared);
    QCOMPARE(report.safetyCopy.isEmpty(), false);
    if (whole)
        QCOMPARE(treeFingerprint(report.safetyCopy + "/0", true), before);
    QList<QByteArray> beside = p.dir.names(home);
    beside.removeIf([](const QByteArray &n) { return !n.contains(".strongroom-"); });
    QCOMPARE(beside, QList<QByteArray>{'.' + top + ".strongroom-safety-0"});
}

QTEST_GUILESS_MAIN(tst_Restore)
#include "tst_restore.moc"
