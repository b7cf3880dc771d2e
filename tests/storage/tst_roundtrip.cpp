// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backup.h"
#include "storage/ops/compare.h"
#include "storage/ops/restore.h"
#include "storage/ops/safety.h"

#include "storage/datadirectory.h"
#include "tests/support/restoreplace.h"

#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

// Our own backups, restored: what went in comes out, byte for byte.
class tst_RoundTrip : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void roundTrip_everySampleIsIdentical_data();
    void roundTrip_everySampleIsIdentical();
    void roundTrip_keepsWhatTreesCanHold();
    void roundTrip_ofOneVolumeLeavesTheOthersAlone();
    void roundTrip_ofOneVolumeFromAFullBackup();
    void outwardLinks_areRefusedUnlessAllowedByName();
    void outwardLinks_toStandardStreamsComeBack();
    void backups_insideTheDirectoryStay();

private:
    static QByteArray backup(Place &p, const QByteArray &directory, const QStringList &scope = {QStringLiteral("everything")},
                             ArchiveFormat format = ArchiveFormat::TarGzip, const QByteArray &folder = "backups");
};

QByteArray tst_RoundTrip::backup(Place &p, const QByteArray &directory, const QStringList &scope, ArchiveFormat format, const QByteArray &folder)
{
    p.dir.dir(folder);
    BackupRequest r;
    r.directory = p.dir.path(directory);
    r.folder = p.dir.path(folder);
    r.scope = scope;
    r.format = format;
    r.now = QDateTime(QDate(2026, 2, 3), QTime(4, 5, 6), Qt::UTC);
    r.localNow = r.now;
    const auto plan = planBackup(r, p.monitor);
    if (!plan)
        qFatal("plan: %s", qPrintable(describe(plan.error()).oneLine()));
    const Report report = runBackup(r, *plan, p.monitor);
    if (!report.succeeded())
        qFatal("backup: %s", qPrintable(describe(*report.error).oneLine()));
    return report.archive;
}

void tst_RoundTrip::roundTrip_everySampleIsIdentical_data()
{
    QTest::addColumn<QString>("sample");
    QTest::addColumn<int>("format");
    for (const QString &name : sampleNames()) {
        QTest::addRow("%s, gzip", qPrintable(name)) << name << int(ArchiveFormat::TarGzip);
        QTest::addRow("%s, zstd", qPrintable(name)) << name << int(ArchiveFormat::TarZstd);
    }
    if (sampleNames().isEmpty())
        QTest::newRow("no samples") << QString() << 0;
    qInfo("%d samples, two formats each", int(sampleNames().size()));
}

void tst_RoundTrip::roundTrip_everySampleIsIdentical()
{
    QFETCH(QString, sample);
    QFETCH(int, format);
    if (sample.isEmpty())
        QSKIP("no samples beside the checkout");
    Place p;
    QVERIFY(unpackSample(sample, p.dir.path("live")));
    const QByteArray home = "live/" + sample.toLatin1();
    const QByteArray archive = backup(p, home, {QStringLiteral("everything")}, ArchiveFormat(format));
    const QByteArray whole = treeFingerprint(p.dir.path(home), ::geteuid() == 0);

    // Over the damaged original, and into a new place: both are what was backed up.
    p.dir.file(home + "/newer/than/the/backup", "x");
    RestoreRequest over = p.request(archive, home);
    const Report report = p.restore(over);
    QVERIFY2(report.outcome == Outcome::Succeeded, report.error ? qPrintable(describe(*report.error).oneLine()) : "warnings");
    QCOMPARE(treeFingerprint(p.dir.path(home), ::geteuid() == 0), whole);
    QCOMPARE(report.created, 0);
    QCOMPARE(report.replaced, 0);
    QCOMPARE(report.removed, 1);
    over.asCopy = true;
    const Report copy = p.restore(over);
    QVERIFY(copy.succeeded());
    QCOMPARE(treeFingerprint(copy.directory, ::geteuid() == 0), whole);
    QVERIFY(compareData(archive, copy.directory, Limits::production(), p.monitor)->isEmpty());

    // And back to what it was in between.
    const auto plan = planUndo(p.dir.path(home), p.monitor);
    QVERIFY(plan);
    QVERIFY(runUndo(p.dir.path(home), *plan, over.now, p.monitor).succeeded());
    QCOMPARE(p.dir.read(home + "/newer/than/the/backup"), QByteArray("x"));
    QCOMPARE(p.leftovers(), QList<QByteArray>());
}

void tst_RoundTrip::roundTrip_keepsWhatTreesCanHold()
{
    Place p;
    p.dir.file("live/data/caf\xe9\n\x01/" + QByteArray(200, '\xfe'), "odd", 0640, 1'234'567'890'123'456'789)
        .file("live/data/empty", "", 0400).dir("live/data/void", 0711).file("live/data/one", "linked").hardlink("live/data/sub/two", "live/data/one")
        .symlink("live/data/sub/up", "../one").symlink("live/data/dangling", "not/there").dir("live/data/drop", 01777)
        .file("live/data/old", "before the epoch", 0644, 0).file("live/data/big", QByteArray(3'000'000, 'b'));
    const QByteArray before = treeFingerprint(p.dir.path("live/data"), true);
    const QByteArray archive = backup(p, "live/data");
    QCOMPARE(::rename(p.dir.path("live/data").constData(), p.dir.path("live/moved").constData()), 0);
    const Report report = p.restore(p.request(archive));
    QVERIFY2(report.outcome == Outcome::Succeeded, report.error ? qPrintable(describe(*report.error).oneLine()) : "warnings");
    QCOMPARE(treeFingerprint(p.dir.path("live/data"), true), before);
    struct stat st = {};
    QCOMPARE(::stat(p.dir.path("live/data/drop").constData(), &st), 0);
    QCOMPARE(st.st_mode & 07777, 01777u);
}

void tst_RoundTrip::roundTrip_ofOneVolumeLeavesTheOthersAlone()
{
    Place p;
    if (!unpackSample(QStringLiteral("compose"), p.dir.path("live")))
        QSKIP("no samples beside the checkout");
    const auto data = DataDirectory::open(p.dir.path("live/compose"), p.monitor);
    QVERIFY(data);
    QStringList ids;
    ChunkBuilder builder([&ids](ChunkPtr chunk) {
        for (int row = 0; row < chunk->size(); ++row)
            ids.append(chunk->item(row).id);
    });
    QVERIFY((*data)->scan(builder, [](const Finding &) {}, p.monitor));
    builder.flush();
    QVERIFY(ids.size() >= 6);
    int restored = 0;
    for (const QString &id : std::as_const(ids)) {
        const auto details = (*data)->details({ItemKind::Volume, id}, p.monitor);
        if (!details || details->parts.isEmpty())
            continue;
        const QByteArray folder = "live/compose/" + details->parts.first().path.bytes();
        const QByteArray before = treeFingerprint(p.dir.path("live/compose"), true);
        const QByteArray archive = backup(p, "live/compose", {u"volume:"_qs + id});
        p.dir.file(folder + "/stale-in-the-volume", "s").file("live/compose/project/changed-outside", "kept");
        const Report report = p.restore(p.request(archive, "live/compose"));
        QVERIFY2(report.outcome == Outcome::Succeeded, report.error ? qPrintable(id + describe(*report.error).oneLine()) : qPrintable(id));
        QVERIFY2(!p.dir.exists(folder + "/stale-in-the-volume"), qPrintable(id));
        QCOMPARE(p.dir.read("live/compose/project/changed-outside"), QByteArray("kept"));
        p.dir.remove("live/compose/project/changed-outside");
        // Folders above the volume keep the time of the exchange; everything else is as before.
        QVERIFY(treeFingerprint(p.dir.path("live/compose"), true).count('\n') == before.count('\n'));
        ++restored;
    }
    qInfo("1 sample, %d volumes restored one by one", restored);
    QVERIFY(restored >= 6);
}

void tst_RoundTrip::roundTrip_ofOneVolumeFromAFullBackup()
{
    Place p;
    if (!unpackSample(QStringLiteral("compose"), p.dir.path("live")))
        QSKIP("no samples beside the checkout");
    const QByteArray archive = backup(p, "live/compose");
    const auto data = DataDirectory::open(p.dir.path("live/compose"), p.monitor);
    QVERIFY(data);
    const QByteArray folder = "live/compose/var/lib/docker/volumes/app-proxy-logs";
    QVERIFY(p.dir.exists(folder));
    p.dir.file(folder + "/_data/stale", "s").file("live/compose/project/mine", "kept");
    RestoreRequest r = p.request(archive, "live/compose");
    r.scope = {QStringLiteral("volume:app-proxy-logs")};
    const Report report = p.restore(r);
    QVERIFY2(report.outcome == Outcome::Succeeded, report.error ? qPrintable(describe(*report.error).oneLine()) : "");
    QVERIFY(!p.dir.exists(folder + "/_data/stale"));
    QCOMPARE(p.dir.read("live/compose/project/mine"), QByteArray("kept"));
}

void tst_RoundTrip::outwardLinks_areRefusedUnlessAllowedByName()
{
    Place p;
    p.dir.file("live/data/a", "a").symlink("live/data/out", "/etc/hostname").symlink("live/data/up", "../../outside");
    const QByteArray archive = backup(p, "live/data");
    RestoreRequest r = p.request(archive);
    QCOMPARE(p.refusal(r), ErrorCode::OutwardLink);
    r.allowedLinks = {"data/out"};
    QCOMPARE(p.refusal(r), ErrorCode::OutwardLink);
    r.allowedLinks = {"data/out", "data/up"};
    const QByteArray before = treeFingerprint(p.dir.path("live/data"));
    QVERIFY(p.restore(r).succeeded());
    QCOMPARE(treeFingerprint(p.dir.path("live/data")), before);
}

void tst_RoundTrip::outwardLinks_toStandardStreamsComeBack()
{
    Place p;
    p.dir.file("live/data/a", "a").symlink("live/data/access.log", "/dev/stdout").symlink("live/data/error.log", "/dev/stderr");
    const QByteArray archive = backup(p, "live/data");
    const QByteArray before = treeFingerprint(p.dir.path("live/data"));
    p.dir.remove("live/data");
    QCOMPARE(p.restore(p.request(archive)).outcome, Outcome::Succeeded);
    QCOMPARE(treeFingerprint(p.dir.path("live/data")), before);
}

void tst_RoundTrip::backups_insideTheDirectoryStay()
{
    Place p;
    p.dir.file("live/data/a", "backed up").file("live/data/sub/b", "b").file("live/data/sub/backups/earlier.tar.gz", "an older one");
    const QByteArray archive = backup(p, "live/data", {QStringLiteral("everything")}, ArchiveFormat::TarGzip, "live/data/sub/backups");
    p.dir.file("live/data/a", "damaged").file("live/data/stale", "s").file("live/data/sub/stale", "s").remove("live/data/sub/b");
    const QList<QByteArray> backups = p.dir.names("live/data/sub/backups");
    QVERIFY(backups.size() >= 2);
    auto prepared = prepareRestore(p.request(archive), p.monitor);
    QVERIFY(prepared);
    QVERIFY(warns(prepared->plan().warnings, "backups-stay"));
    QCOMPARE(stepsOf(prepared->plan(), Verb::Remove), (QStringList{QStringLiteral("stale (not-in-archive)"), QStringLiteral("sub/stale (not-in-archive)")}));
    const Report report = runRestore(*prepared, p.monitor);
    QVERIFY2(report.outcome == Outcome::Succeeded, report.error ? qPrintable(describe(*report.error).oneLine()) : "");
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"a", "sub"}));
    QCOMPARE(p.dir.names("live/data/sub"), (QList<QByteArray>{"b", "backups"}));
    QCOMPARE(p.dir.names("live/data/sub/backups"), backups);
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("backed up"));
    QCOMPARE(p.leftovers(), QList<QByteArray>());

    const auto plan = planUndo(p.dir.path("live/data"), p.monitor);
    QVERIFY(plan);
    QVERIFY(runUndo(p.dir.path("live/data"), *plan, p.request(archive).now, p.monitor).succeeded());
    QCOMPARE(p.dir.names("live/data"), (QList<QByteArray>{"a", "stale", "sub"}));
    QCOMPARE(p.dir.names("live/data/sub"), (QList<QByteArray>{"backups", "stale"}));
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("damaged"));
}

QTEST_GUILESS_MAIN(tst_RoundTrip)
#include "tst_roundtrip.moc"
