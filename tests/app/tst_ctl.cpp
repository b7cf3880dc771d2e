// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctlrunner.h"

#include <QProcess>
#include <QtTest>

using namespace strongroom::tests;

// The headless contract, black box: exit status, the one JSON object, the disk.

namespace {

/// Three sessions, one blob with its index, tokens: the smallest honest document-sessions directory.
void plantDocuments(DataDirBuilder &tree, const QByteArray &at)
{
    const QList<QByteArray> ids = {"11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222",
                                   "33333333-3333-4333-8333-333333333333"};
    for (const QByteArray &id : ids)
        tree.file(at + "/sessions/" + id + ".json",
                  "{\n  \"session_id\": \"" + id + "\",\n  \"template_id\": \"news\",\n  \"group\": \"public\",\n  \"alias\": \"a-" + id.left(2)
                      + "\",\n  \"global_parameters\": {},\n  \"fragments\": [],\n  \"created_at\": \"2025-11-20T04:49:18\",\n"
                        "  \"updated_at\": \"2025-11-20T04:49:19\"\n}",
                  0644, 1795150157314751123);
    tree.file(at + "/storage/metadata.json", "{}");
    tree.file(at + "/auth/tokens.json", "{}", 0600);
}

}  // namespace

class tst_Ctl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyCommand_answersFailureWithOneObject_data();
    void everyCommand_answersFailureWithOneObject();
    void usage_isStatusTwo_data();
    void usage_isStatusTwo();
    void inspect_saysLayoutCountsAndSize();
    void list_sortsFiltersAndLimits();
    void show_namesPartsAndMetadata();
    void backupVerifyRestoreUndo_bringEveryByteBack();
    void backup_dryRunChangesNothing();
    void restore_needsYesWhereLiveDataIsReplaced();
    void restore_asCopyLeavesTheOriginalAlone();
    void restore_refusesADamagedArchive();
    void verify_saysWhatAForeignFileIs();
    void archives_listOursWithManifestAndVerification();
    void contents_listMembersAndItems();
    void compare_findsOneChangedSession();
    void recover_withNothingLeftIsEmpty();
    void names_thatAreNotUtf8ComeBack();
    void demo_isRecognisedWholly();
    void text_isNotJsonAndQuietIsQuiet();

private:
    OwnHome m_home;
};

void tst_Ctl::everyCommand_answersFailureWithOneObject_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("status");
    const QString no = QStringLiteral("/nonexistent-strongroom");
    QTest::newRow("inspect") << QStringList{QStringLiteral("inspect"), no} << 1;
    QTest::newRow("list") << QStringList{QStringLiteral("list"), no, QStringLiteral("sessions")} << 1;
    QTest::newRow("show") << QStringList{QStringLiteral("show"), no, QStringLiteral("sessions"), QStringLiteral("x")} << 1;
    QTest::newRow("backup") << QStringList{QStringLiteral("backup"), no, QStringLiteral("--to"), no} << 1;
    QTest::newRow("archives") << QStringList{QStringLiteral("archives"), no} << 1;
    QTest::newRow("contents") << QStringList{QStringLiteral("contents"), no} << 1;
    QTest::newRow("verify") << QStringList{QStringLiteral("verify"), no} << 1;
    QTest::newRow("restore") << QStringList{QStringLiteral("restore"), no, QStringLiteral("--into"), no} << 1;
    QTest::newRow("undo") << QStringList{QStringLiteral("undo"), no, QStringLiteral("--yes")} << 1;
    QTest::newRow("compare") << QStringList{QStringLiteral("compare"), no, no} << 1;
}

void tst_Ctl::everyCommand_answersFailureWithOneObject()
{
    QFETCH(QStringList, words);
    QFETCH(int, status);
    const Answer answer = ctl(words);
    QCOMPARE(answer.status, status);
    QCOMPARE(answer.json.value(QStringLiteral("schema")).toString(), QStringLiteral("strongroom.%1/1").arg(words.first()));
    const QJsonObject error = answer.json.value(QStringLiteral("error")).toObject();
    QVERIFY(!error.value(QStringLiteral("code")).toString().isEmpty());
    QVERIFY(!error.value(QStringLiteral("message")).toString().isEmpty());
    QVERIFY(error.contains(QStringLiteral("path")));
    QVERIFY(error.contains(QStringLiteral("hint")));
    QCOMPARE(answer.out.count('\n'), 1);
}

void tst_Ctl::usage_isStatusTwo_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("nothing") << QStringList();
    QTest::newRow("unknown command") << QStringList{QStringLiteral("frobnicate")};
    QTest::newRow("missing argument") << QStringList{QStringLiteral("inspect")};
    QTest::newRow("too many") << QStringList{QStringLiteral("verify"), QStringLiteral("a"), QStringLiteral("b")};
    QTest::newRow("unknown option") << QStringList{QStringLiteral("inspect"), QStringLiteral("--bogus"), QStringLiteral("/")};
    QTest::newRow("unknown kind") << QStringList{QStringLiteral("list"), QStringLiteral("/"), QStringLiteral("things")};
    QTest::newRow("bad format") << QStringList{QStringLiteral("backup"), QStringLiteral("/"), QStringLiteral("--to"), QStringLiteral("/"), QStringLiteral("--format"), QStringLiteral("rar")};
    QTest::newRow("no target") << QStringList{QStringLiteral("restore"), QStringLiteral("x.tar.gz")};
    QTest::newRow("bad progress") << QStringList{QStringLiteral("--progress"), QStringLiteral("loud"), QStringLiteral("inspect"), QStringLiteral("/")};
}

void tst_Ctl::usage_isStatusTwo()
{
    QFETCH(QStringList, words);
    QCOMPARE(ctl(words).status, 2);
    const Answer text = ctl(words, false);
    QCOMPARE(text.status, 2);
}

void tst_Ctl::inspect_saysLayoutCountsAndSize()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    const QByteArray before = treeFingerprint(tree.path());
    const Answer answer = ctl({QStringLiteral("inspect"), q(tree.path("data"))});
    QCOMPARE(answer.status, 0);
    const QJsonArray layouts = answer.json.value(QStringLiteral("layouts")).toArray();
    QVERIFY(!layouts.isEmpty());
    QCOMPARE(layouts.at(0).toObject().value(QStringLiteral("id")).toString(), QStringLiteral("document-sessions"));
    QCOMPARE(layouts.at(0).toObject().value(QStringLiteral("variant")).toString(), QStringLiteral("files"));
    QVERIFY(!layouts.at(0).toObject().value(QStringLiteral("evidence")).toArray().isEmpty());
    QCOMPARE(answer.json.value(QStringLiteral("counts")).toObject().value(QStringLiteral("sessions")).toInt(), 3);
    QCOMPARE(answer.json.value(QStringLiteral("counts")).toObject().value(QStringLiteral("volumes")).toInt(), 0);
    QCOMPARE(answer.json.value(QStringLiteral("files")).toInt(), 5);
    QCOMPARE(treeFingerprint(tree.path()), before);
}

void tst_Ctl::list_sortsFiltersAndLimits()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    const QString dir = q(tree.path("data"));
    const Answer sorted = ctl({QStringLiteral("list"), dir, QStringLiteral("sessions"), QStringLiteral("--sort"), QStringLiteral("id:desc"), QStringLiteral("--limit"), QStringLiteral("2")});
    QCOMPARE(sorted.status, 0);
    QCOMPARE(sorted.json.value(QStringLiteral("kind")).toString(), QStringLiteral("sessions"));
    QCOMPARE(sorted.json.value(QStringLiteral("total")).toInt(), 3);
    const QJsonArray items = sorted.json.value(QStringLiteral("items")).toArray();
    QCOMPARE(items.size(), 2);
    QVERIFY(items.at(0).toObject().value(QStringLiteral("id")).toString().startsWith(u'3'));
    for (const char *member : {"id", "kind", "title", "created", "modified", "bytes", "state", "fragments", "owner"})
        QVERIFY2(items.at(0).toObject().contains(QLatin1String(member)), member);
    const Answer filtered = ctl({QStringLiteral("list"), dir, QStringLiteral("sessions"), QStringLiteral("--filter"), QStringLiteral("2222")});
    QCOMPARE(filtered.json.value(QStringLiteral("items")).toArray().size(), 1);
    const Answer none = ctl({QStringLiteral("list"), dir, QStringLiteral("volumes")});
    QCOMPARE(none.status, 0);
    QCOMPARE(none.json.value(QStringLiteral("total")).toInt(), 0);
}

void tst_Ctl::show_namesPartsAndMetadata()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    const Answer answer = ctl({QStringLiteral("show"), q(tree.path("data")), QStringLiteral("sessions"), QStringLiteral("11111111-1111-4111-8111-111111111111")});
    QCOMPARE(answer.status, 0);
    QCOMPARE(answer.json.value(QStringLiteral("item")).toObject().value(QStringLiteral("state")).toString(), QStringLiteral("ok"));
    const QJsonArray parts = answer.json.value(QStringLiteral("parts")).toArray();
    QCOMPARE(parts.size(), 1);
    QCOMPARE(parts.at(0).toObject().value(QStringLiteral("path")).toString(), QStringLiteral("sessions/11111111-1111-4111-8111-111111111111.json"));
    QVERIFY(answer.json.contains(QStringLiteral("relations")));
    QCOMPARE(answer.json.value(QStringLiteral("metadata")).toObject().value(QStringLiteral("template_id")).toString(), QStringLiteral("news"));
    QCOMPARE(ctl({QStringLiteral("show"), q(tree.path("data")), QStringLiteral("sessions"), QStringLiteral("nobody")}).status, 1);
}

void tst_Ctl::backupVerifyRestoreUndo_bringEveryByteBack()
{
    DataDirBuilder tree;
    plantDocuments(tree, "work/data");
    tree.dir("backups").dir("work/data/empty").symlink("work/data/link", "storage/metadata.json").hardlink("work/data/hard.json", "work/data/storage/metadata.json");
    const QByteArray before = treeFingerprint(tree.path("work/data"));

    const Answer backup = ctl({QStringLiteral("backup"), q(tree.path("work/data")), QStringLiteral("--to"), q(tree.path("backups")), QStringLiteral("--note"), QStringLiteral("before the change")});
    QVERIFY2(backup.status == 0, backup.said().constData());
    const QString archive = backup.json.value(QStringLiteral("archive")).toString();
    QVERIFY(archive.endsWith(QLatin1String(".tar.gz")));
    QVERIFY(backup.json.value(QStringLiteral("verified")).toBool());
    QCOMPARE(backup.json.value(QStringLiteral("sha256")).toString().size(), 64);
    QCOMPARE(backup.json.value(QStringLiteral("outcome")).toString(), QStringLiteral("succeeded"));
    QCOMPARE(tree.names("backups").size(), 2);
    QCOMPARE(int(QFile::permissions(archive) & 0x0fff), int(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser) & 0x0fff);

    const Answer verify = ctl({QStringLiteral("verify"), archive});
    QCOMPARE(verify.status, 0);
    QCOMPARE(verify.json.value(QStringLiteral("verdict")).toString(), QStringLiteral("verified"));
    QVERIFY(verify.json.value(QStringLiteral("problems")).toArray().isEmpty());

    tree.file("work/data/sessions/11111111-1111-4111-8111-111111111111.json", "{}").file("work/data/new.txt", "new");
    const QByteArray changed = treeFingerprint(tree.path("work/data"));
    const Answer plan = ctl({QStringLiteral("restore"), archive, QStringLiteral("--into"), q(tree.path("work/data")), QStringLiteral("--dry-run")});
    QCOMPARE(plan.status, 0);
    QVERIFY(plan.json.value(QStringLiteral("plan")).isObject());
    QCOMPARE(treeFingerprint(tree.path("work/data")), changed);

    const Answer restore = ctl({QStringLiteral("restore"), archive, QStringLiteral("--into"), q(tree.path("work/data")), QStringLiteral("--yes")});
    QVERIFY2(restore.status == 0, restore.said().constData());
    QCOMPARE(treeFingerprint(tree.path("work/data")), before);
    const QJsonObject report = restore.json.value(QStringLiteral("report")).toObject();
    QCOMPARE(report.value(QStringLiteral("replaced")).toInt(), 1);
    QCOMPARE(report.value(QStringLiteral("removed")).toInt(), 1);
    QVERIFY(!report.value(QStringLiteral("safety_copy")).toString().isEmpty());

    const Answer list = ctl({QStringLiteral("undo"), q(tree.path("work/data")), QStringLiteral("--list")});
    QCOMPARE(list.json.value(QStringLiteral("safety_copies")).toArray().size(), 1);
    QCOMPARE(ctl({QStringLiteral("undo"), q(tree.path("work/data"))}).status, 4);
    const Answer undo = ctl({QStringLiteral("undo"), q(tree.path("work/data")), QStringLiteral("--yes")});
    QVERIFY2(undo.status == 0, undo.said().constData());
    QCOMPARE(treeFingerprint(tree.path("work/data")), changed);
}

void tst_Ctl::backup_dryRunChangesNothing()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    tree.dir("backups");
    const Answer answer = ctl({QStringLiteral("backup"), q(tree.path("data")), QStringLiteral("--to"), q(tree.path("backups")), QStringLiteral("--dry-run")});
    QCOMPARE(answer.status, 0);
    QVERIFY(answer.json.value(QStringLiteral("plan")).isObject());
    QVERIFY(tree.names("backups").isEmpty());
}

void tst_Ctl::restore_needsYesWhereLiveDataIsReplaced()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    tree.dir("backups");
    const Answer backup = ctl({QStringLiteral("backup"), q(tree.path("data")), QStringLiteral("--to"), q(tree.path("backups"))});
    const QString archive = backup.json.value(QStringLiteral("archive")).toString();
    const QByteArray before = treeFingerprint(tree.path());
    const Answer refused = ctl({QStringLiteral("restore"), archive, QStringLiteral("--into"), q(tree.path("data"))});
    QCOMPARE(refused.status, 4);
    QCOMPARE(refused.json.value(QStringLiteral("error")).toObject().value(QStringLiteral("code")).toString(), QStringLiteral("confirmation-missing"));
    QCOMPARE(treeFingerprint(tree.path()), before);
    const Answer fresh = ctl({QStringLiteral("restore"), archive, QStringLiteral("--into"), q(tree.path("fresh"))});
    QVERIFY2(fresh.status == 0, fresh.said().constData());
    QCOMPARE(treeFingerprint(tree.path("fresh")), treeFingerprint(tree.path("data")));
    QCOMPARE(ctl({QStringLiteral("restore"), archive, QStringLiteral("--into"), q(tree.path("no/parent")), QStringLiteral("--yes")}).status, 1);
}

void tst_Ctl::restore_asCopyLeavesTheOriginalAlone()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    tree.dir("backups");
    const QString archive = ctl({QStringLiteral("backup"), q(tree.path("data")), QStringLiteral("--to"), q(tree.path("backups"))}).json.value(QStringLiteral("archive")).toString();
    tree.file("data/later.txt", "later");
    const QByteArray live = treeFingerprint(tree.path("data"));
    const Answer copy = ctl({QStringLiteral("restore"), archive, QStringLiteral("--into"), q(tree.path("data")), QStringLiteral("--as-copy"), QStringLiteral("--yes")});
    QVERIFY2(copy.status == 0, copy.said().constData());
    QCOMPARE(treeFingerprint(tree.path("data")), live);
    QCOMPARE(tree.names().size(), 3);
}

void tst_Ctl::restore_refusesADamagedArchive()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    tree.dir("backups");
    const QString archive = ctl({QStringLiteral("backup"), q(tree.path("data")), QStringLiteral("--to"), q(tree.path("backups"))}).json.value(QStringLiteral("archive")).toString();
    QByteArray bytes;
    {
        QFile file(archive);
        QVERIFY(file.open(QIODevice::ReadOnly));
        bytes = file.readAll();
    }
    tree.file("cut.tar.gz", bytes.first(bytes.size() / 2));
    QByteArray flipped = bytes;
    flipped[flipped.size() / 2] = char(flipped[flipped.size() / 2] ^ 0x10);
    tree.file("flipped.tar.gz", flipped);
    const QByteArray before = treeFingerprint(tree.path());
    for (const char *name : {"cut.tar.gz", "flipped.tar.gz"}) {
        const Answer verify = ctl({QStringLiteral("verify"), q(tree.path(name))});
        QCOMPARE(verify.status, 4);
        QCOMPARE(verify.json.value(QStringLiteral("verdict")).toString(), QStringLiteral("damaged"));
        QVERIFY(!verify.json.value(QStringLiteral("problems")).toArray().isEmpty());
        QCOMPARE(ctl({QStringLiteral("restore"), q(tree.path(name)), QStringLiteral("--into"), q(tree.path("data")), QStringLiteral("--yes")}).status, 4);
    }
    QCOMPARE(treeFingerprint(tree.path()), before);
}

void tst_Ctl::verify_saysWhatAForeignFileIs()
{
    DataDirBuilder tree;
    tree.file("page.tar.gz", "<!DOCTYPE html><html><body>502</body></html>").file("empty.tar.gz", "");
    for (const char *name : {"page.tar.gz", "empty.tar.gz"}) {
        const Answer answer = ctl({QStringLiteral("verify"), q(tree.path(name))});
        QCOMPARE(answer.status, 4);
        QCOMPARE(answer.json.value(QStringLiteral("verdict")).toString(), QStringLiteral("damaged"));
        const QJsonArray problems = answer.json.value(QStringLiteral("problems")).toArray();
        QVERIFY(!problems.isEmpty());
        QVERIFY(!problems.at(0).toObject().value(QStringLiteral("code")).toString().isEmpty());
    }
}

void tst_Ctl::archives_listOursWithManifestAndVerification()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    tree.dir("backups");
    QCOMPARE(ctl({QStringLiteral("backup"), q(tree.path("data")), QStringLiteral("--to"), q(tree.path("backups")), QStringLiteral("--pin")}).status, 0);
    QCOMPARE(run(QStringLiteral("tar"), {QStringLiteral("-czf"), q(tree.path("backups/backup-20260106.tar.gz")), QStringLiteral("data")}, tree.path()).exitCode, 0);
    const Answer answer = ctl({QStringLiteral("archives"), q(tree.path("backups"))});
    QCOMPARE(answer.status, 0);
    const QJsonArray archives = answer.json.value(QStringLiteral("archives")).toArray();
    QCOMPARE(archives.size(), 2);
    const QJsonObject ours = archives.at(0).toObject();
    QCOMPARE(ours.value(QStringLiteral("manifest")).toBool(), true);
    QCOMPARE(ours.value(QStringLiteral("verified")).toBool(), true);
    QCOMPARE(ours.value(QStringLiteral("pinned")).toBool(), true);
    QCOMPARE(ours.value(QStringLiteral("layout")).toString(), QStringLiteral("document-sessions"));
    const QJsonObject foreign = archives.at(1).toObject();
    QCOMPARE(foreign.value(QStringLiteral("manifest")).toBool(), false);
    QCOMPARE(foreign.value(QStringLiteral("verified")).toBool(), false);
}

void tst_Ctl::contents_listMembersAndItems()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    tree.dir("backups");
    const QString archive = ctl({QStringLiteral("backup"), q(tree.path("data")), QStringLiteral("--to"), q(tree.path("backups"))}).json.value(QStringLiteral("archive")).toString();
    const Answer answer = ctl({QStringLiteral("contents"), archive, QStringLiteral("--items")});
    QVERIFY2(answer.status == 0, answer.said().constData());
    QCOMPARE(answer.json.value(QStringLiteral("items")).toArray().size(), 3);
    bool found = false;
    for (const QJsonValue &value : answer.json.value(QStringLiteral("members")).toArray()) {
        const QJsonObject member = value.toObject();
        found = found || (member.value(QStringLiteral("path")).toString() == u"data/auth/tokens.json" && member.value(QStringLiteral("mode")).toString() == u"0600"
                          && member.value(QStringLiteral("sha256")).toString().size() == 64);
    }
    QVERIFY(found);
}

void tst_Ctl::compare_findsOneChangedSession()
{
    DataDirBuilder tree;
    plantDocuments(tree, "a");
    plantDocuments(tree, "b");
    QCOMPARE(ctl({QStringLiteral("compare"), q(tree.path("a")), q(tree.path("b"))}).status, 0);
    tree.remove("b/sessions/33333333-3333-4333-8333-333333333333.json").file("b/auth/tokens.json", "{ }", 0600);
    const Answer answer = ctl({QStringLiteral("compare"), q(tree.path("a")), q(tree.path("b"))});
    QCOMPARE(answer.status, 3);
    QVERIFY(answer.json.value(QStringLiteral("added")).toArray().isEmpty());
    bool session = false;
    for (const QJsonValue &value : answer.json.value(QStringLiteral("removed")).toArray())
        session = session || value.toObject().value(QStringLiteral("id")).toString().startsWith(QLatin1String("3333"));
    QVERIFY(session);
    QVERIFY(!answer.json.value(QStringLiteral("changed")).toArray().isEmpty());
}

void tst_Ctl::recover_withNothingLeftIsEmpty()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    const Answer answer = ctl({QStringLiteral("recover"), q(tree.path("data"))});
    QCOMPARE(answer.status, 0);
    QVERIFY(answer.json.value(QStringLiteral("recovered")).toArray().isEmpty());
}

void tst_Ctl::names_thatAreNotUtf8ComeBack()
{
    DataDirBuilder tree;
    tree.file("caf\xe9/f\xff.bin", "bytes").dir("backups").dir("out");
    const QByteArray dir = tree.path("caf\xe9");
    // QProcess would encode the name; a shell passes the bytes as they are.
    const Ran backup = run(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("exec \"$0\" --json backup \"$(printf 'caf\\351')\" --to backups"), QStringLiteral(STRONGROOM_CTL)}, tree.path());
    QVERIFY2(backup.exitCode == 0, backup.err.constData());
    const QString archive = QJsonDocument::fromJson(backup.out).object().value(QStringLiteral("archive")).toString();
    const QString path = archive.isEmpty() ? QString() : archive;
    QList<QByteArray> archives = tree.names("backups");
    QCOMPARE(archives.size(), 2);
    const Ran restore = run(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("exec \"$0\" --json restore backups/*.tar.gz --into out/x"), QStringLiteral(STRONGROOM_CTL)}, tree.path());
    QVERIFY2(restore.exitCode == 0, restore.err.constData());
    QCOMPARE(treeFingerprint(tree.path("out/x")), treeFingerprint(dir));
    const Ran contents = run(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("exec \"$0\" --json contents backups/*.tar.gz"), QStringLiteral(STRONGROOM_CTL)}, tree.path());
    bool base64 = false;
    for (const QJsonValue &value : QJsonDocument::fromJson(contents.out).object().value(QStringLiteral("members")).toArray())
        base64 = base64 || QByteArray::fromBase64(value.toObject().value(QStringLiteral("path")).toObject().value(QStringLiteral("base64")).toString().toLatin1()) == "caf\xe9/f\xff.bin";
    QVERIFY(base64);
}

void tst_Ctl::demo_isRecognisedWholly()
{
    DataDirBuilder tree;
    const Answer demo = ctl({QStringLiteral("demo"), q(tree.path("demo"))});
    QVERIFY2(demo.status == 0, demo.said().constData());
    const QJsonArray directories = demo.json.value(QStringLiteral("directories")).toArray();
    QVERIFY(directories.size() >= 6);
    for (const QJsonValue &value : directories) {
        const QJsonObject directory = value.toObject();
        const Answer inspect = ctl({QStringLiteral("inspect"), directory.value(QStringLiteral("path")).toString()});
        QCOMPARE(inspect.status, 0);
        QCOMPARE(inspect.json.value(QStringLiteral("layouts")).toArray().at(0).toObject().value(QStringLiteral("id")), directory.value(QStringLiteral("layout")));
        QCOMPARE(inspect.json.value(QStringLiteral("problems")).toInt(), 0);
    }
    QCOMPARE(ctl({QStringLiteral("demo"), q(tree.path("demo"))}).status, 1);
}

void tst_Ctl::text_isNotJsonAndQuietIsQuiet()
{
    DataDirBuilder tree;
    plantDocuments(tree, "data");
    const Answer text = ctl({QStringLiteral("inspect"), q(tree.path("data"))}, false);
    QCOMPARE(text.status, 0);
    QVERIFY(text.out.contains("document-sessions"));
    QVERIFY(!text.out.contains("\x1b["));
    const Answer quiet = ctl({QStringLiteral("--quiet"), QStringLiteral("inspect"), q(tree.path("data"))}, false);
    QCOMPARE(quiet.status, 0);
    QVERIFY(quiet.out.isEmpty());
}

QTEST_GUILESS_MAIN(tst_Ctl)
#include "tst_ctl.moc"
