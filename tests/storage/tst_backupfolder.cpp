// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/registry.h"
#include "storage/ops/backupfolder.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/ownarchive.h"

#include <QtTest>

#include <sys/stat.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

QList<BackupInfo> list(const QByteArray &folder, const VerificationLog &log = VerificationLog({}))
{
    Monitor monitor;
    auto archives = listArchives(folder, log, monitor);
    if (!archives)
        qFatal("%s", qPrintable(describe(archives.error()).oneLine()));
    return *std::move(archives);
}

QList<QByteArray> names(const QList<BackupInfo> &archives)
{
    QList<QByteArray> names;
    for (const BackupInfo &info : archives)
        names.append(info.path.mid(info.path.lastIndexOf('/') + 1));
    return names;
}

BackupInfo named(const QList<BackupInfo> &archives, const QByteArray &name)
{
    for (const BackupInfo &info : archives) {
        if (info.path.endsWith(QByteArray('/' + name)))
            return info;
    }
    qFatal("%s is not listed", name.constData());
}

QDateTime local(int year, int month, int day, int hour = 0, int minute = 0, int second = 0)
{
    return QDateTime(QDate(year, month, day), QTime(hour, minute, second), Qt::LocalTime).toUTC();
}

FileStamp stampOfPath(const QByteArray &path)
{
    struct stat st;
    if (::stat(path.constData(), &st) != 0)
        qFatal("stat");
    return FileStamp::fromStat(st);
}

const QDateTime kNow(QDate(2026, 3, 1), QTime(12, 0), Qt::UTC);

}  // namespace

class tst_BackupFolder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void list_takesWhatOurManifestSays();
    void list_takesTheStampInTheNameElseTheFilesTime();
    void list_knowsKindsByContent_data();
    void list_knowsKindsByContent();
    void list_leavesOutWhatIsNoBackup();
    void list_showsUnfinishedOnes();
    void list_knowsTheSamples();
    void list_tellsEqualNamesApartByContent();
    void list_remembersVerificationsOfUnchangedFiles();
    void list_failsForAMissingFolder();
    void describe_takesOneFile();
    void log_survivesRestartsAndNonsense();
    void log_isOnlyACache();
    void log_staysSmall();
};

void tst_BackupFolder::list_takesWhatOurManifestSays()
{
    DataDirBuilder dir;
    OwnArchiveSpec spec;
    spec.manifest.kind = QStringLiteral("entity-rag");
    spec.manifest.created = QDateTime(QDate(2026, 2, 1), QTime(3, 4, 5), Qt::UTC);
    spec.manifest.scope = {QStringLiteral("entities")};
    spec.manifest.sourcePath = "/srv/rag/data";
    spec.manifest.note = QStringLiteral("before upgrade");
    spec.manifest.sequence = 12;
    spec.manifest.pinned = true;
    writeOwnArchive(dir.path("data_entities_backup_20260101_000000.tar.gz"), spec);
    spec.format = ArchiveFormat::TarZstd;
    spec.manifest.sequence = 13;
    writeOwnArchive(dir.path("b.tar.zst"), spec);
    const auto archives = list(dir.path());
    QCOMPARE(names(archives), (QList<QByteArray>{"b.tar.zst", "data_entities_backup_20260101_000000.tar.gz"}));
    const BackupInfo &info = archives.last();
    QCOMPARE(info.kind, QStringLiteral("tar.gz"));
    QVERIFY(info.manifest);
    QCOMPARE(info.created, spec.manifest.created);
    QCOMPARE(info.layout, QStringLiteral("entity-rag"));
    QCOMPARE(info.scope, spec.manifest.scope);
    QCOMPARE(info.source, QByteArray("/srv/rag/data"));
    QCOMPARE(info.note, QStringLiteral("before upgrade"));
    QCOMPARE(info.sequence, 12);
    QVERIFY(info.pinned);
    QVERIFY(!info.verified);
    QVERIFY(!info.verdict);
    QCOMPARE(info.bytes, stampOfPath(info.path).size);
}

void tst_BackupFolder::list_takesTheStampInTheNameElseTheFilesTime()
{
    const qint64 mtime = 1'700'000'000'000'000'000;
    const QByteArray tar = TarBuilder().file("x/a").end().gz();
    DataDirBuilder dir;
    for (const char *name : {"full_backup_20251025_143022.tar.gz", "backup-20260106.tar.gz", "20261399.tar.gz", "x-123456789.tar.gz",
                             "plain.tar.gz", "2_20250102_250000_20250304-050607.tar.gz"})
        dir.file(name, tar, 0644, mtime);
    const auto archives = list(dir.path());
    QCOMPARE(named(archives, "full_backup_20251025_143022.tar.gz").created, local(2025, 10, 25, 14, 30, 22));
    QCOMPARE(named(archives, "backup-20260106.tar.gz").created, local(2026, 1, 6));
    QCOMPARE(named(archives, "2_20250102_250000_20250304-050607.tar.gz").created, local(2025, 3, 4, 5, 6, 7));
    for (const char *name : {"20261399.tar.gz", "x-123456789.tar.gz", "plain.tar.gz"})
        QCOMPARE(named(archives, name).created.toSecsSinceEpoch(), 1'700'000'000);
    for (qsizetype i = 1; i < archives.size(); ++i)
        QVERIFY(archives[i - 1].created >= archives[i].created);
}

void tst_BackupFolder::list_knowsKindsByContent_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("kind");
    const QByteArray tar = TarBuilder().file("x/a").end().bytes();
    const auto row = [](const QByteArray &name, const QByteArray &content, const char *kind) {
        QTest::newRow(name.constData()) << name << content << QString::fromLatin1(kind);
    };
    row("a.tar", tar, "tar");
    row("a.tar.gz", gzip(tar), "tar.gz");
    row("misnamed.zip", gzip(tar), "tar.gz");
    row("a.zip", zip({RawZipEntry{.name = "x/a", .content = "x"}}), "zip");
    row("a.7z", "7z\xbc\xaf\x27\x1c", "7z");
    row("db_backup_20250101_000000.sql", "--\n-- PostgreSQL database dump\n--\n", "sql-dump");
    row("app.dump", "PGDMP\x01\x0e", "sql-dump");
    row("manual_backup_20250101_000000.pkl", QByteArray("\x80\x04\x95\0\0\0\0\0\0\0\0}.", 13), "pickle");
    row("database.sqlite", QByteArray("SQLite format 3\0", 16), "sqlite");
    row("backups_encrypted.tar.gz.enc", "Salted__12345678", "encrypted");
    row("backup-secrets.env", "JWT_SECRET=a\nENCRYPTION_KEY=b\n", "secrets");
    row("failed.sql", "", "unknown");
    row("refused.tar.gz", "<!DOCTYPE html><html>no</html>", "unknown");
}

void tst_BackupFolder::list_knowsKindsByContent()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, kind);
    DataDirBuilder dir;
    dir.file(name, content);
    const auto archives = list(dir.path());
    QCOMPARE(archives.size(), 1);
    QCOMPARE(archives.first().kind, kind);
    QCOMPARE(archives.first().encrypted, kind == u"encrypted");
    QVERIFY(!archives.first().manifest);
    QVERIFY(!archives.first().partial);
}

void tst_BackupFolder::list_leavesOutWhatIsNoBackup()
{
    const QByteArray tar = TarBuilder().file("x/a").end().gz();
    DataDirBuilder dir;
    dir.file("a.tar.gz", tar).file("a.tar.gz.sha256", "x").file("README.txt", "hello").file("manifest.json", "{}").file("photo.png", "\x89PNG\r\n\x1a\n");
    dir.file("notes.env.txt", "hello there\n").symlink("latest.tar.gz", "a.tar.gz").fifo("pipe.tar.gz").file("below/b.tar.gz", tar);
    dir.file(".lock", "");
    QCOMPARE(names(list(dir.path())), QList<QByteArray>{"a.tar.gz"});
}

void tst_BackupFolder::list_showsUnfinishedOnes()
{
    DataDirBuilder dir;
    dir.file("full_backup_20260101_010101.tar.gz.partial", TarBuilder().file("x/a").end().gz().chopped(20));
    dir.file("b.tar.zst.partial", "");
    const auto archives = list(dir.path());
    QCOMPARE(archives.size(), 2);
    const BackupInfo info = named(archives, "full_backup_20260101_010101.tar.gz.partial");
    QVERIFY(info.partial);
    QCOMPARE(info.kind, QStringLiteral("tar.gz"));
    QCOMPARE(info.created, local(2026, 1, 1, 1, 1, 1));
    QVERIFY(named(archives, "b.tar.zst.partial").partial);
}

void tst_BackupFolder::list_knowsTheSamples()
{
    const struct {
        const char *sample, *name, *kind, *layout, *scope;
        QDateTime created;
    } rows[] = {
        {"doco", "doco/archives/doco_data_backup_20251126.tar.gz", "tar.gz", "document-sessions", "everything", local(2025, 11, 26)},
        {"doco", "doco/archives/doco_sessions_backup_20251126.tar.gz", "tar.gz", "document-sessions", "sessions", local(2025, 11, 26)},
        {"doco-guide", "doco-guide/archives/doco_data_backup_20251126.tar.gz", "tar.gz", "document-sessions", "everything", local(2025, 11, 26)},
        {"pwa", "pwa/archives/backup-secrets.env", "secrets", "sqlite-app", "secrets", {}},
        {"pwa", "pwa/archives/backup-20260116.tar.gz", "tar.gz", "sqlite-app", "", local(2026, 1, 16)},
        {"rag", "rag/archives/backup-20260106.tar.gz", "tar.gz", "entity-rag", "", local(2026, 1, 6)},
        {"rag-guide", "rag-guide/archives/data_20260106_020000.tar.gz", "tar.gz", "entity-rag", "", local(2026, 1, 6, 2)},
        {"rag-guide", "rag-guide/archives/entity-company_123-20260106.tar.gz", "tar.gz", "entity-rag", "entity:company_123", local(2026, 1, 6)},
        {"blender", "blender/archives/backups_encrypted.tar.gz.enc", "encrypted", "scene-snapshots", "", {}},
        {"blender", "blender/archives/blender-server-backup-20250112.tar.gz", "tar.gz", "scene-snapshots", "everything", local(2025, 1, 12)},
        {"blender", "blender/server/data/manual_backup_20250112_141825.pkl", "pickle", "scene-snapshots", "", local(2025, 1, 12, 14, 18, 25)},
        {"compose", "compose/project/backups/full_backup_20251025_143022.tar.gz", "tar.gz", "compose-volumes", "everything", local(2025, 10, 25, 14, 30, 22)},
        {"compose", "compose/project/backups/db_backup_20251025_090500.sql", "sql-dump", "compose-volumes", "database", local(2025, 10, 25, 9, 5)},
    };
    int known = 0;
    for (const auto &row : rows) {
        DataDirBuilder dir;
        if (!unpackSample(QLatin1String(row.sample), dir.path()))
            QSKIP("no samples");
        const QByteArray path = dir.path(row.name);
        const BackupInfo info = named(list(path.left(path.lastIndexOf('/'))), path.mid(path.lastIndexOf('/') + 1));
        QCOMPARE(info.kind, QString::fromLatin1(row.kind));
        QCOMPARE(info.scope.join(u','), QString::fromLatin1(row.scope));
        if (row.created.isValid())
            QCOMPARE(info.created, row.created);
        if (layoutById(QString::fromLatin1(row.layout)))
            QVERIFY2(info.layout == QLatin1String(row.layout), qPrintable(QLatin1String(row.name) + u": " + info.layout));
        ++known;
    }
    qInfo("%d backups of the samples", known);
}

void tst_BackupFolder::list_tellsEqualNamesApartByContent()
{
    DataDirBuilder dir;
    if (!unpackSample(QStringLiteral("rag"), dir.path()) || !unpackSample(QStringLiteral("pwa"), dir.path()))
        QSKIP("no samples");
    QCOMPARE(named(list(dir.path("rag/archives")), "backup-20260106.tar.gz").layout, QStringLiteral("entity-rag"));
    QCOMPARE(named(list(dir.path("pwa/archives")), "backup-20260116.tar.gz").layout, QStringLiteral("sqlite-app"));
}

void tst_BackupFolder::list_remembersVerificationsOfUnchangedFiles()
{
    DataDirBuilder dir;
    dir.file("a.tar.gz", TarBuilder().file("x/a").end().gz()).file("b.tar.gz", TarBuilder().file("x/b").end().gz());
    VerificationLog log(dir.path("state/log/verified.jsonl"));
    log.record(stampOfPath(dir.path("a.tar.gz")), {kNow, Verdict::Readable});
    log.record(stampOfPath(dir.path("b.tar.gz")), {kNow, Verdict::Damaged});
    auto archives = list(dir.path(), log);
    QVERIFY(named(archives, "a.tar.gz").verified);
    QCOMPARE(named(archives, "a.tar.gz").verifiedAt, kNow);
    QCOMPARE(named(archives, "a.tar.gz").verdict, Verdict::Readable);
    QVERIFY(!named(archives, "b.tar.gz").verified);
    QCOMPARE(named(archives, "b.tar.gz").verdict, Verdict::Damaged);
    dir.file("a.tar.gz", TarBuilder().file("x/changed").end().gz(), 0644, 1'600'000'000'000'000'000);
    archives = list(dir.path(), log);
    QVERIFY(!named(archives, "a.tar.gz").verified);
    QVERIFY(!named(archives, "a.tar.gz").verdict);
}

void tst_BackupFolder::list_failsForAMissingFolder()
{
    DataDirBuilder dir;
    dir.file("file", "x");
    Monitor monitor;
    QCOMPARE(listArchives(dir.path("none"), VerificationLog({}), monitor).error().code, ErrorCode::NotFound);
    QCOMPARE(listArchives(dir.path("file"), VerificationLog({}), monitor).error().code, ErrorCode::NotADirectory);
    monitor.requestStop();
    QCOMPARE(listArchives(dir.path(), VerificationLog({}), monitor).error().code, ErrorCode::Cancelled);
}

void tst_BackupFolder::describe_takesOneFile()
{
    DataDirBuilder dir;
    writeOwnArchive(dir.path("x.tar.gz"), {});
    dir.file("README.txt", "hello");
    Monitor monitor;
    const auto info = describeArchive(dir.path("x.tar.gz"), VerificationLog({}), monitor);
    QVERIFY(info);
    QVERIFY(info->manifest);
    QCOMPARE(info->path, dir.path("x.tar.gz"));
    const auto other = describeArchive(dir.path("README.txt"), VerificationLog({}), monitor);
    QVERIFY(other);
    QCOMPARE(other->kind, QStringLiteral("unknown"));
    QCOMPARE(describeArchive(dir.path("none"), VerificationLog({}), monitor).error().code, ErrorCode::NotFound);
}

void tst_BackupFolder::log_survivesRestartsAndNonsense()
{
    DataDirBuilder dir;
    dir.file("a", "a").file("b", "b");
    const QByteArray path = dir.path("state/verified.jsonl");
    {
        VerificationLog log(path);
        log.record(stampOfPath(dir.path("a")), {kNow, Verdict::Damaged});
        log.record(stampOfPath(dir.path("a")), {kNow.addSecs(60), Verdict::Verified});
    }
    struct stat st;
    QCOMPARE(::stat(path.constData(), &st), 0);
    QCOMPARE(st.st_mode & 07777u, 0600u);
    QCOMPARE(::stat(dir.path("state").constData(), &st), 0);
    QCOMPARE(st.st_mode & 07777u, 0700u);
    dir.file("state/verified.jsonl", "nonsense\n{}\n{\"file\":1}\n" + dir.read("state/verified.jsonl") + "{\"file\":\"cut");
    const VerificationLog log(path);
    const auto entry = log.find(stampOfPath(dir.path("a")));
    QVERIFY(entry);
    QCOMPARE(entry->verdict, Verdict::Verified);
    QCOMPARE(entry->when, kNow.addSecs(60));
    QVERIFY(!log.find(stampOfPath(dir.path("b"))));
}

void tst_BackupFolder::log_isOnlyACache()
{
    DataDirBuilder dir;
    dir.file("a", "a").file("in-the-way", "");
    // A log that can be kept nowhere still works for as long as it lives.
    VerificationLog nowhere({});
    VerificationLog blocked(dir.path("in-the-way/log"));
    for (VerificationLog *log : {&nowhere, &blocked}) {
        log->record(stampOfPath(dir.path("a")), {kNow, Verdict::Verified});
        QVERIFY(log->find(stampOfPath(dir.path("a"))));
    }
    QCOMPARE(dir.names(), (QList<QByteArray>{"a", "in-the-way"}));
}

void tst_BackupFolder::log_staysSmall()
{
    DataDirBuilder dir;
    dir.file("a", "a");
    const QByteArray path = dir.path("verified.jsonl");
    VerificationLog log(path);
    for (int i = 0; i < 2'500; ++i)
        log.record(stampOfPath(dir.path("a")), {kNow.addSecs(i), Verdict::Readable});
    QVERIFY(dir.read("verified.jsonl").count('\n') <= 1'002);
    QCOMPARE(VerificationLog(path).find(stampOfPath(dir.path("a")))->when, kNow.addSecs(2'499));
    QCOMPARE(dir.names(), (QList<QByteArray>{"a", "verified.jsonl"}));
}

QTEST_GUILESS_MAIN(tst_BackupFolder)
#include "tst_backupfolder.moc"
