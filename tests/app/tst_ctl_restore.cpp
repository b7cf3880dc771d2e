// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctlrunner.h"
#include "tests/support/archivebuilder.h"

#include <QtTest>

using namespace strongroom::tests;

// Restores seen from outside: which archives are taken for what, and how a refusal reads.

namespace {

Answer restore(const DataDirBuilder &dir, const QByteArray &archive, const QByteArray &into, const QStringList &options = {})
{
    return ctl(QStringList{QStringLiteral("restore"), q(dir.path(archive)), QStringLiteral("--into"), q(dir.path(into)), QStringLiteral("--yes")} + options);
}

/// A stack's volumes with just enough in them to be recognised.
void plantVolumes(DataDirBuilder &dir, const QByteArray &at)
{
    dir.file(at + "/app-postgres-data/_data/PG_VERSION", "15\n").dir(at + "/app-postgres-data/_data/base")
        .dir(at + "/app-postgres-data/_data/global").file(at + "/app-backend-media/_data/uploads/a.txt", "a")
        .file(at + "/app-redis-data/_data/dump.rdb", "REDIS0011");
}

QByteArray dumps()
{
    const QByteArray inner = TarBuilder().file("./a", "a").end().gz();
    return TarBuilder().file("db_backup_20251025_143022.sql", "-- PostgreSQL database dump\n")
        .file("media_backup_20251025_143022.tar.gz", inner).file("static_backup_20251025_143022.tar.gz", inner).end().gz();
}

}  // namespace

class tst_CtlRestore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void dumps_areNotLaidIntoVolumes();
    void volumeScope_isTakenOutOfAWholeArchive_data();
    void volumeScope_isTakenOutOfAWholeArchive();
    void oneFolderDeeper_isRefusedThoughItIsOurs();
    void onConflict_refusesWhereSomethingWouldBeLost();
    void badNames_areHostileForEveryCommand();
    void refusal_saysTheFactOnce_data();
    void refusal_saysTheFactOnce();
    void refusal_namesTheMember();
    void damagedForeignStream_isToldByUsAlone();

private:
    OwnHome m_home;
};

void tst_CtlRestore::dumps_areNotLaidIntoVolumes()
{
    DataDirBuilder dir;
    plantVolumes(dir, "volumes");
    dir.file("full_backup_20251025_143022.tar.gz", dumps());
    const QByteArray before = treeFingerprint(dir.path("volumes"));
    const Answer refused = restore(dir, "full_backup_20251025_143022.tar.gz", "volumes");
    QCOMPARE(refused.status, 4);
    QCOMPARE(refused.errorCode(), QStringLiteral("layout-mismatch"));
    QCOMPARE(treeFingerprint(dir.path("volumes")), before);

    // Nor into the data of any other application.
    dir.file("app/sessions/11111111-1111-4111-8111-111111111111.json", R"({"session_id":"11111111-1111-4111-8111-111111111111","template_id":"t","group":"g","fragments":[]})")
        .file("app/storage/metadata.json", "{}").file("app/auth/tokens.json", "{}");
    QCOMPARE(restore(dir, "full_backup_20251025_143022.tar.gz", "app").errorCode(), QStringLiteral("layout-mismatch"));

    QCOMPARE(restore(dir, "full_backup_20251025_143022.tar.gz", "volumes", {QStringLiteral("--as-copy")}).status, 0);
    QCOMPARE(restore(dir, "full_backup_20251025_143022.tar.gz", "unpacked").status, 0);
    QCOMPARE(dir.names("unpacked").size(), 3);
    QCOMPARE(treeFingerprint(dir.path("volumes")), before);
}

void tst_CtlRestore::volumeScope_isTakenOutOfAWholeArchive_data()
{
    QTest::addColumn<bool>("compose");
    QTest::newRow("plain directory") << false;
    QTest::newRow("compose volumes") << true;
}

void tst_CtlRestore::volumeScope_isTakenOutOfAWholeArchive()
{
    QFETCH(bool, compose);
    DataDirBuilder dir;
    dir.dir("backups");
    QByteArray one = "data/one";
    QByteArray two = "data/two";
    if (compose) {
        plantVolumes(dir, "data");
        one = "data/app-backend-media";
        two = "data/app-redis-data";
    }
    dir.file(one + "/x", "1").file(two + "/y", "2");
    const QByteArray before = treeFingerprint(dir.path(one));
    const Answer backup = ctl({QStringLiteral("backup"), q(dir.path("data")), QStringLiteral("--to"), q(dir.path("backups")), QStringLiteral("--name"), QStringLiteral("a.tar.gz")});
    QCOMPARE(backup.status, 0);
    dir.file(one + "/x", "spoiled").file(one + "/z", "new").file(two + "/y", "newer");
    const QString scope = QStringLiteral("volume:") + q(one.mid(5));
    const Answer restored = restore(dir, "backups/a.tar.gz", "data", {QStringLiteral("--scope"), scope});
    QVERIFY2(restored.status == 0 || restored.status == 3, restored.said().constData());
    QCOMPARE(treeFingerprint(dir.path(one)), before);
    QCOMPARE(dir.read(two + "/y"), QByteArray("newer"));
    QCOMPARE(restore(dir, "backups/a.tar.gz", "data", {QStringLiteral("--scope"), QStringLiteral("volume:nothing")}).status, 2);
}

// The backup of a project laid into the project's data folder would put data/data in the place of data.
void tst_CtlRestore::oneFolderDeeper_isRefusedThoughItIsOurs()
{
    DataDirBuilder dir;
    dir.file("project/data/sessions/11111111-1111-4111-8111-111111111111.json", R"({"session_id":"11111111-1111-4111-8111-111111111111","template_id":"t","group":"g","fragments":[]})")
        .file("project/data/storage/metadata.json", "{}").file("project/data/auth/tokens.json", "{}").file("project/README", "x").dir("backups");
    const Answer backup = ctl({QStringLiteral("backup"), q(dir.path("project")), QStringLiteral("--to"), q(dir.path("backups")), QStringLiteral("--name"), QStringLiteral("a.tar.gz")});
    QCOMPARE(backup.status, 0);
    const QByteArray before = treeFingerprint(dir.path("project"));
    const Answer refused = restore(dir, "backups/a.tar.gz", "project/data");
    QCOMPARE(refused.status, 4);
    QCOMPARE(refused.errorCode(), QStringLiteral("layout-mismatch"));
    QCOMPARE(treeFingerprint(dir.path("project")), before);
    QCOMPARE(restore(dir, "backups/a.tar.gz", "project").status, 0);
    QCOMPARE(treeFingerprint(dir.path("project")), before);
}

void tst_CtlRestore::onConflict_refusesWhereSomethingWouldBeLost()
{
    DataDirBuilder dir;
    dir.file("data/a", "1").dir("backups");
    QCOMPARE(ctl({QStringLiteral("backup"), q(dir.path("data")), QStringLiteral("--to"), q(dir.path("backups")), QStringLiteral("--name"), QStringLiteral("a.tar.gz")}).status, 0);
    const QStringList refuse = {QStringLiteral("--on-conflict"), QStringLiteral("refuse")};
    QCOMPARE(restore(dir, "backups/a.tar.gz", "data", refuse).status, 0);   // the same is there
    QCOMPARE(restore(dir, "backups/a.tar.gz", "elsewhere", refuse).status, 0);

    dir.file("data/a", "2");
    const QByteArray before = treeFingerprint(dir.path("data"));
    const Answer refused = restore(dir, "backups/a.tar.gz", "data", refuse);
    QCOMPARE(refused.status, 1);
    QCOMPARE(refused.errorCode(), QStringLiteral("already-exists"));
    QCOMPARE(treeFingerprint(dir.path("data")), before);
    QCOMPARE(restore(dir, "backups/a.tar.gz", "data", {QStringLiteral("--on-conflict"), QStringLiteral("keep")}).status, 1);
    QCOMPARE(restore(dir, "backups/a.tar.gz", "data", {QStringLiteral("--on-conflict"), QStringLiteral("maybe")}).status, 2);
    QCOMPARE(treeFingerprint(dir.path("data")), before);
    QCOMPARE(restore(dir, "backups/a.tar.gz", "data", {QStringLiteral("--on-conflict"), QStringLiteral("replace")}).status, 0);
    QCOMPARE(dir.read("data/a"), QByteArray("1"));
}

// The layout's say must not depend on which command looks.
void tst_CtlRestore::badNames_areHostileForEveryCommand()
{
    const QByteArray session = R"({"session_id":"11111111-1111-4111-8111-111111111111","template_id":"t","group":"g","fragments":[]})";
    DataDirBuilder dir;
    dir.file("a.tar.gz", TarBuilder().dir("data/").dir("data/sessions/")
                             .file("data/sessions/11111111-1111-4111-8111-111111111111.json", session)
                             .file("data/sessions/a\x1b[2J.json", session).dir("data/auth/").file("data/auth/tokens.json", "{}")
                             .dir("data/storage/").file("data/storage/metadata.json", "{}").end().gz());
    const Answer verified = ctl({QStringLiteral("verify"), q(dir.path("a.tar.gz"))});
    QCOMPARE(verified.status, 4);
    QCOMPARE(verified.value("verdict").toString(), QStringLiteral("hostile"));
    const Answer contents = ctl({QStringLiteral("contents"), q(dir.path("a.tar.gz"))});
    QCOMPARE(contents.status, 4);
    QCOMPARE(contents.errorCode(), QStringLiteral("odd-name"));
    QCOMPARE(restore(dir, "a.tar.gz", "data").errorCode(), QStringLiteral("odd-name"));
    QVERIFY(!dir.exists("data"));
}

void tst_CtlRestore::refusal_saysTheFactOnce_data()
{
    QTest::addColumn<QByteArray>("archive");
    const QByteArray whole = TarBuilder().file("data/a", QByteArray(5000, 'x')).end().gz();
    QTest::newRow("cut") << whole.left(whole.size() / 2);
    QByteArray flipped = whole;
    flipped[flipped.size() - 6] = char(flipped[flipped.size() - 6] ^ 1);
    QTest::newRow("flipped") << flipped;
    QTest::newRow("no archive") << QByteArray("<html>");
    QTest::newRow("hostile") << QByteArray(TarBuilder().entry({.type = 'S', .name = "data/a"}).end().gz());
}

void tst_CtlRestore::refusal_saysTheFactOnce()
{
    QFETCH(QByteArray, archive);
    DataDirBuilder dir;
    dir.file("a.tar.gz", archive);
    const Answer answer = restore(dir, "a.tar.gz", "data");
    QCOMPARE(answer.status, 4);
    QCOMPARE(answer.error().value(QStringLiteral("path")).toString(), q(dir.path("a.tar.gz")));
    QCOMPARE(answer.error().value(QStringLiteral("message")).toString().count(QStringLiteral("a.tar.gz")), 1);
}

void tst_CtlRestore::refusal_namesTheMember()
{
    DataDirBuilder dir;
    dir.file("a.tar.gz", TarBuilder().file("../climbs").end().gz());
    const Answer answer = restore(dir, "a.tar.gz", "data");
    QCOMPARE(answer.status, 4);
    QCOMPARE(answer.errorCode(), QStringLiteral("path-escapes"));
    QCOMPARE(answer.error().value(QStringLiteral("path")).toString(), QStringLiteral("../climbs"));
}

void tst_CtlRestore::damagedForeignStream_isToldByUsAlone()
{
    DataDirBuilder dir;
    dir.file("src/data/a", QByteArray(20000, 'x'));
    QCOMPARE(run(QStringLiteral("tar"), {QStringLiteral("-cjf"), q(dir.path("a.tar.bz2")), QStringLiteral("data")}, dir.path("src")).exitCode, 0);
    QByteArray bytes = dir.read("a.tar.bz2");
    bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 0x10);
    dir.file("a.tar.bz2", bytes);
    const Answer answer = ctl({QStringLiteral("verify"), q(dir.path("a.tar.bz2"))});
    QCOMPARE(answer.status, 4);
    QCOMPARE(answer.err, QByteArray());
}

QTEST_GUILESS_MAIN(tst_CtlRestore)
#include "tst_ctl_restore.moc"
