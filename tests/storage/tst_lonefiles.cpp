// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/hasher.h"
#include "storage/ops/safety.h"
#include "tests/storage/layoutcases.h"
#include "tests/storage/picklebytes.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/restoreplace.h"
#include "tests/support/sqlitebuilder.h"

#include <QtTest>

#include <sys/stat.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

// One file that is no archive: what it is taken for, and where it goes.

namespace {

const LayoutCase &caseNamed(const char *name)
{
    static const QList<LayoutCase> cases = layoutCases();
    for (const LayoutCase &c : cases) {
        if (c.name == name)
            return c;
    }
    qFatal("no layout case %s", name);
}

const QByteArray kSecrets = "JWT_SECRET=" + QByteArray(48, 'a') + "\nJWT_REFRESH_SECRET=" + QByteArray(48, 'b') + "\nENCRYPTION_KEY="
    + QByteArray(32, 'c') + '\n';

/// A healthy tree of one layout, and a folder of its own for what is dropped on it.
struct Ground {
    DataDirBuilder dir;
    DataDirBuilder hand;
    Monitor monitor;

    explicit Ground(const char *layoutCase) { caseNamed(layoutCase).plant(dir); }

    RestoreRequest request(const QByteArray &file, const QByteArray &into) const
    {
        RestoreRequest r;
        r.archive = hand.path(file);
        r.into = dir.path(into);
        r.now = QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);
        r.localNow = r.now;
        return r;
    }
    Report restore(const QByteArray &file, const QByteArray &into)
    {
        auto prepared = prepareRestore(request(file, into), monitor);
        return prepared ? runRestore(*prepared, monitor) : Report::failed(Operation::Restore, prepared.error());
    }
};

quint32 modeOf(const QByteArray &path)
{
    struct stat st = {};
    return ::stat(path.constData(), &st) == 0 ? st.st_mode & 07777 : 0;
}

}  // namespace

class tst_LoneFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sniff_goesByContentOnly_data();
    void sniff_goesByContentOnly();
    void judge_seesOneMember();
    void restore_putsItInItsPlace_data();
    void restore_putsItInItsPlace();
    void restore_keepsSecretsToTheirOwner();
    void restore_takesTheJournalsOfTheOldDatabaseAway();
    void restore_takesThemAwayFromABrokenDatabaseToo();
    void plan_saysWhatBelongsTogether();
    void undo_putsTheOldFileBack();
    void restore_refusesWhatFitsNowhere_data();
    void restore_refusesWhatFitsNowhere();
    void restore_refusesWhatFitsTwice();
    void restore_needsADirectoryThatIsThere();
};

void tst_LoneFiles::sniff_goesByContentOnly_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *name, const QByteArray &content, LoneKind kind) { QTest::newRow(name) << content << int(kind); };
    row("sql", "--\n-- PostgreSQL database dump\n--\n", LoneKind::SqlDump);
    row("pg_dump -Fc", "PGDMP\x01\x0e", LoneKind::PostgresDump);
    row("sqlite", QByteArray("SQLite format 3\0", 16) + QByteArray(84, '\1'), LoneKind::Sqlite);
    row("redis", "REDIS0011\xfa", LoneKind::RedisSnapshot);
    row("pickle", pkl::snapshot(1.0, "shutdown", 1), LoneKind::Pickle);
    row("secrets", kSecrets, LoneKind::Dotenv);
    row("json", "{\"a\": {}}", LoneKind::Json);
    row("text", "dear diary\n", LoneKind::None);
    row("html", "<!DOCTYPE html><html>", LoneKind::None);
    row("openssl", "Salted__12345678", LoneKind::None);
}

void tst_LoneFiles::sniff_goesByContentOnly()
{
    QFETCH(QByteArray, content);
    QFETCH(int, kind);
    const SniffedKind sniffed = sniffKind(content);
    QCOMPARE(int(sniffed.lone), kind);
    QCOMPARE(sniffed.format, LoneKind(kind) == LoneKind::None ? ArchiveFormat::Unknown : ArchiveFormat::LoneFile);
    QVERIFY(!sniffed.isArchive());
    QVERIFY(!sniffed.word().isEmpty());
    QVERIFY(!sniffed.hint.isEmpty());
}

void tst_LoneFiles::judge_seesOneMember()
{
    DataDirBuilder dir;
    dir.file("any.name", kSecrets, 0640, 1'600'000'000'000'000'000);
    Monitor monitor;
    const auto file = ArchiveFile::open(dir.path("any.name"));
    QVERIFY(file);
    const auto judgement = judgeArchive(*file, Limits::production(), monitor);
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Readable);
    QCOMPARE(judgement->members.size(), 1);
    const Member &member = judgement->members.first();
    QCOMPARE(member.path.bytes(), QByteArray("any.name"));
    QCOMPARE(member.mode, 0640u);
    QCOMPARE(member.mtimeNs, 1'600'000'000'000'000'000);
    QCOMPARE(toHex(*member.sha256), toHex(Sha256Hasher::of(kSecrets)));
    QCOMPARE(judgement->archiveSha256Hex, toHex(Sha256Hasher::of(kSecrets)));
}

void tst_LoneFiles::restore_putsItInItsPlace_data()
{
    QTest::addColumn<QByteArray>("layoutCase");
    QTest::addColumn<QByteArray>("into");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("place");
    const auto row = [](const char *name, const QByteArray &layoutCase, const QByteArray &into, const QByteArray &file,
                        const QByteArray &content, const QByteArray &place) {
        QTest::newRow(name) << layoutCase << into << file << content << place;
    };
    row("secrets", "sqlite-app", "data", "backup-secrets.env", kSecrets, "data/secrets.env");
    row("snapshot, one folder up", "scene-snapshots", "server", "s", pkl::snapshot(5.0, "manual", 2), "server/data/session_snapshot.pkl");
    row("snapshot", "scene-snapshots", "server/data", "manual_backup_20260101_000000.pkl", pkl::snapshot(5.0, "manual", 2),
        "server/data/session_snapshot.pkl");
    row("snapshot's metadata", "scene-snapshots", "server/data", "session_metadata.json", "{\"reason\": \"x\"}", "server/data/session_metadata.json");
    row("tokens", "document-sessions/files", "data", "tokens.json", "{}", "data/auth/tokens.json");
    row("session", "document-sessions/files", "data", "83a97d48-bc6a-405d-b5f1-000000000000.json", "{\"session_id\": \"83a97d48-bc6a-405d-b5f1-000000000000\"}",
        "data/sessions/83a97d48-bc6a-405d-b5f1-000000000000.json");
    row("entities, released", "entity-rag/released", "data", "entities.json", "{}", "data/storage/entities.json");
    row("entities, guide", "entity-rag/guide", "data", "entities.json", "{}", "data/api_storage/entities.json/entities.json");
}

void tst_LoneFiles::restore_putsItInItsPlace()
{
    QFETCH(QByteArray, layoutCase);
    QFETCH(QByteArray, into);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, place);
    Ground ground(layoutCase.constData());
    ground.hand.file(name, content);
    const quint32 modeBefore = modeOf(ground.dir.path(place));
    ground.dir.file("neighbour", "n");
    const auto prepared = prepareRestore(ground.request(name, into), ground.monitor);
    QVERIFY2(prepared, prepared ? "" : qPrintable(describe(prepared.error()).oneLine()));
    QVERIFY(prepared->plan().replacesLiveData);
    QVERIFY(warns(prepared->plan().warnings, "partial"));
    QVERIFY(stepsOf(prepared->plan(), Verb::Remove).isEmpty());
    QByteArray others = treeFingerprint(ground.dir.path());
    const Report report = ground.restore(name, into);
    QVERIFY2(report.succeeded(), report.error ? qPrintable(describe(*report.error).oneLine()) : "");
    QCOMPARE(ground.dir.read(place), content);
    if (modeBefore != 0)
        QCOMPARE(modeOf(ground.dir.path(place)), modeBefore);
    QVERIFY(!report.safetyCopy.isEmpty());
    // Nothing but this one file is another one.
    const QList<QByteArray> before = others.split('\n');
    const QList<QByteArray> after = treeFingerprint(ground.dir.path()).split('\n');
    for (const QByteArray &line : before) {
        if (line.startsWith("file"))
            QVERIFY2(after.contains(line) || line.contains(place.mid(place.lastIndexOf('/') + 1)), line.constData());
    }
}

void tst_LoneFiles::restore_keepsSecretsToTheirOwner()
{
    Ground ground("sqlite-app");
    ground.dir.remove("data/secrets.env");
    ground.hand.file("secrets.txt", kSecrets, 0644);
    QVERIFY(ground.restore("secrets.txt", "data").succeeded());
    QCOMPARE(ground.dir.read("data/secrets.env"), kSecrets);
    QCOMPARE(modeOf(ground.dir.path("data/secrets.env")), 0600u);
}

void tst_LoneFiles::restore_takesTheJournalsOfTheOldDatabaseAway()
{
    Ground ground("sqlite-app");
    plantAppDatabase(ground.hand.path("copy.db"), 1, kCanary);
    ground.dir.file("data/database.sqlite-wal", "old").file("data/database.sqlite-journal", "old");
    const auto prepared = prepareRestore(ground.request("copy.db", "data"), ground.monitor);
    QVERIFY(prepared);
    QCOMPARE(stepsOf(prepared->plan(), Verb::Remove).size(), 2);
    QVERIFY(ground.restore("copy.db", "data").succeeded());
    QCOMPARE(ground.dir.read("data/database.sqlite"), ground.hand.read("copy.db"));
    QVERIFY(!ground.dir.exists("data/database.sqlite-wal"));
    QVERIFY(!ground.dir.exists("data/database.sqlite-journal"));
    QVERIFY(ground.dir.exists("data/secrets.env"));
}

void tst_LoneFiles::restore_takesThemAwayFromABrokenDatabaseToo()
{
    Ground ground("sqlite-app");
    plantAppDatabase(ground.hand.path("copy.db"), 1, kCanary);
    ground.dir.file("data/database.sqlite", QByteArray(8192, '\0')).file("data/database.sqlite-wal", "old");
    const Report report = ground.restore("copy.db", "data");
    QVERIFY2(report.succeeded(), report.error ? qPrintable(describe(*report.error).oneLine()) : "");
    QCOMPARE(ground.dir.read("data/database.sqlite"), ground.hand.read("copy.db"));
    QVERIFY(!ground.dir.exists("data/database.sqlite-wal"));
}

void tst_LoneFiles::plan_saysWhatBelongsTogether()
{
    Ground ground("sqlite-app");
    plantAppDatabase(ground.hand.path("copy.db"), 1, kCanary);
    ground.hand.file("secrets.env", kSecrets);
    for (const char *file : {"copy.db", "secrets.env"}) {
        const auto prepared = prepareRestore(ground.request(file, "data"), ground.monitor);
        QVERIFY(prepared);
        QVERIFY(warns(prepared->plan().warnings, "half-of-a-pair"));
    }
}

void tst_LoneFiles::undo_putsTheOldFileBack()
{
    Ground ground("sqlite-app");
    const QByteArray before = treeFingerprint(ground.dir.path("data"));
    plantAppDatabase(ground.hand.path("copy.db"), 1, kCanary);
    QVERIFY(ground.restore("copy.db", "data").succeeded());
    const auto plan = planUndo(ground.dir.path("data"), ground.monitor);
    QVERIFY(plan);
    QVERIFY(runUndo(ground.dir.path("data"), *plan, QDateTime(QDate(2026, 3, 5), QTime(1, 2, 3), Qt::UTC), ground.monitor).succeeded());
    QCOMPARE(ground.dir.read("data/database.sqlite").size(), ground.dir.read("data/database.sqlite").size());
    const QByteArray after = treeFingerprint(ground.dir.path("data"));
    // The times of the folders above are not brought back.
    QList<QByteArray> gone;
    const QList<QByteArray> lines = after.split('\n');
    for (const QByteArray &line : before.split('\n')) {
        if (!lines.contains(line) && !line.startsWith('d'))
            gone.append(line);
    }
    QCOMPARE(gone, QList<QByteArray>());
}

void tst_LoneFiles::restore_refusesWhatFitsNowhere_data()
{
    QTest::addColumn<QByteArray>("layoutCase");
    QTest::addColumn<QByteArray>("into");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("content");
    const auto row = [](const char *name, const QByteArray &layoutCase, const QByteArray &into, const QByteArray &file, const QByteArray &content) {
        QTest::newRow(name) << layoutCase << into << file << content;
    };
    row("sql dump", "sqlite-app", "data", "dump.sql", "-- PostgreSQL database dump\n");
    row("pg_dump -Fc", "sqlite-app", "data", "dump", "PGDMP\x01\x0e");
    row("redis elsewhere", "sqlite-app", "data", "dump.rdb", "REDIS0011");
    row("half a vector store", "entity-rag/released", "data", "index.pkl", pkl::docstore(2));
    row("secrets elsewhere", "document-sessions/files", "data", "secrets.env", kSecrets);
    row("a store of another name", "entity-rag/released", "data", "users.json", "{}");
}

void tst_LoneFiles::restore_refusesWhatFitsNowhere()
{
    QFETCH(QByteArray, layoutCase);
    QFETCH(QByteArray, into);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, content);
    Ground ground(layoutCase.constData());
    ground.hand.file(name, content);
    const QByteArray before = treeFingerprint(ground.dir.path(), true);
    const auto prepared = prepareRestore(ground.request(name, into), ground.monitor);
    QVERIFY(!prepared);
    QVERIFY(prepared.error().isRefusal());
    QVERIFY2(prepared.error().code == ErrorCode::LayoutMismatch || prepared.error().code == ErrorCode::ArchiveDamaged
                 || prepared.error().code == ErrorCode::ArchiveHostile, qPrintable(codeWord(prepared.error().code)));
    QCOMPARE(treeFingerprint(ground.dir.path(), true), before);
}

void tst_LoneFiles::restore_refusesWhatFitsTwice()
{
    Ground ground("entity-rag/released");
    caseNamed("entity-rag/guide").plant(ground.dir);   // both variants in one directory
    ground.hand.file("entities.json", "{}");
    const auto prepared = prepareRestore(ground.request("entities.json", "data"), ground.monitor);
    QVERIFY(!prepared);
    QCOMPARE(prepared.error().code, ErrorCode::LayoutMismatch);
}

void tst_LoneFiles::restore_needsADirectoryThatIsThere()
{
    Ground ground("sqlite-app");
    ground.hand.file("secrets.env", kSecrets);
    ground.dir.dir("elsewhere");
    for (const char *into : {"missing", "elsewhere"}) {
        const auto prepared = prepareRestore(ground.request("secrets.env", into), ground.monitor);
        QVERIFY(!prepared);
        QCOMPARE(prepared.error().code, ErrorCode::LayoutMismatch);
    }
    RestoreRequest copy = ground.request("secrets.env", "data");
    copy.asCopy = true;
    const auto prepared = prepareRestore(copy, ground.monitor);
    QVERIFY(!prepared);
    QCOMPARE(prepared.error().code, ErrorCode::LayoutMismatch);
}

QTEST_GUILESS_MAIN(tst_LoneFiles)
#include "tst_lonefiles.moc"
