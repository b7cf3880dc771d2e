// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctlrunner.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/sevenzipbytes.h"
#include "tests/support/sqlitebuilder.h"

#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace strongroom::tests;

// What others made, from outside: encrypted archives, single files, and what has to be opened elsewhere first.

namespace {

const QByteArray kSecrets = "JWT_SECRET=" + QByteArray(48, 'a') + "\nJWT_REFRESH_SECRET=" + QByteArray(48, 'b') + "\nENCRYPTION_KEY="
    + QByteArray(32, 'c') + '\n';

Answer onArchive(const char *command, const DataDirBuilder &dir, const QByteArray &archive, const QStringList &options = {}, bool json = true)
{
    return ctl(QStringList{QString::fromLatin1(command), q(dir.path(archive))} + options, json);
}

void plantOrganiser(DataDirBuilder &dir)
{
    dir.dir("live").file("live/secrets.env", "JWT_SECRET=old\n", 0600);
    plantAppDatabase(dir.path("live/database.sqlite"), 2, "x");
}

}  // namespace

class tst_CtlForeign : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void passphrase_isAskedForWithStatusFour_data();
    void passphrase_isAskedForWithStatusFour();
    void passphrase_comesFromAFileOrADescriptor();
    void passphrase_ofAFileThatOthersReadIsNotTaken_data();
    void passphrase_ofAFileThatOthersReadIsNotTaken();
    void passphrase_isNowhereInWhatIsSaid();
    void sevenZip_isRestored();
    void sevenZip_isListedAsEncrypted();
    void loneFile_isPlannedAndRestored();
    void loneFile_isRefusedWithTheReason();
    void backupSet_isListedWithWhatIsInside();
    void wrongKind_saysWhatItIsAndWhatToDo_data();
    void wrongKind_saysWhatItIsAndWhatToDo();

private:
    OwnHome m_home;
};

void tst_CtlForeign::passphrase_isAskedForWithStatusFour_data()
{
    QTest::addColumn<QByteArray>("base64");
    QTest::newRow("content") << QByteArray(kLocked7z);
    QTest::newRow("content and names") << QByteArray(kSealed7z);
}

void tst_CtlForeign::passphrase_isAskedForWithStatusFour()
{
    QFETCH(QByteArray, base64);
    DataDirBuilder dir;
    dir.file("x.7z", QByteArray::fromBase64(base64)).file("wrong", "not this\n", 0600).dir("into");
    for (const char *command : {"verify", "contents"}) {
        const Answer none = onArchive(command, dir, "x.7z");
        QCOMPARE(none.status, 4);
        QCOMPARE(none.errorCode(), QStringLiteral("secret-unavailable"));
        const Answer wrong = onArchive(command, dir, "x.7z", {QStringLiteral("--passphrase-file"), q(dir.path("wrong"))});
        QCOMPARE(wrong.status, 4);
        QCOMPARE(wrong.errorCode(), QStringLiteral("wrong-passphrase"));
    }
    const QByteArray before = treeFingerprint(dir.path());
    const Answer restore = onArchive("restore", dir, "x.7z", {QStringLiteral("--into"), q(dir.path("into/data")), QStringLiteral("--yes")});
    QCOMPARE(restore.status, 4);
    QCOMPARE(restore.errorCode(), QStringLiteral("secret-unavailable"));
    QCOMPARE(treeFingerprint(dir.path()), before);
}

void tst_CtlForeign::passphrase_comesFromAFileOrADescriptor()
{
    DataDirBuilder dir;
    dir.file("x.7z", QByteArray::fromBase64(kSealed7z)).file("p", "geheim\n", 0600).file("bare", "geheim", 0400);
    for (const char *file : {"p", "bare"}) {
        const Answer answer = onArchive("verify", dir, "x.7z", {QStringLiteral("--passphrase-file"), q(dir.path(file))});
        QCOMPARE(answer.status, 0);
        QCOMPARE(answer.value("verdict").toString(), QStringLiteral("readable"));
        QCOMPARE(answer.value("members").toInt(), 5);
    }
    const Ran ran = run(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("exec \"$0\" --json verify x.7z --passphrase-fd 3 3<p"),
                                               QStringLiteral(STRONGROOM_CTL)}, dir.path());
    QCOMPARE(ran.exitCode, 0);
    const Answer both = onArchive("verify", dir, "x.7z", {QStringLiteral("--passphrase-file"), q(dir.path("p")), QStringLiteral("--passphrase-fd"),
                                                          QStringLiteral("0")});
    QCOMPARE(both.status, 2);
    QCOMPARE(onArchive("verify", dir, "x.7z", {QStringLiteral("--passphrase-fd"), QStringLiteral("x")}).status, 2);
    QCOMPARE(onArchive("verify", dir, "x.7z", {QStringLiteral("--passphrase-fd"), QStringLiteral("77")}).errorCode(),
             QStringLiteral("secret-unavailable"));
}

void tst_CtlForeign::passphrase_ofAFileThatOthersReadIsNotTaken_data()
{
    QTest::addColumn<QByteArray>("file");
    for (const char *name : {"open", "group", "link", "folder", "missing", "empty", "huge"})
        QTest::newRow(name) << QByteArray(name);
}

void tst_CtlForeign::passphrase_ofAFileThatOthersReadIsNotTaken()
{
    QFETCH(QByteArray, file);
    DataDirBuilder dir;
    dir.file("x.7z", QByteArray::fromBase64(kSealed7z)).file("p", "geheim\n", 0600);
    dir.file("open", "geheim\n", 0604).file("group", "geheim\n", 0620).symlink("link", "p").dir("folder").file("empty", "\n", 0600)
        .file("huge", QByteArray(100'000, 'x'), 0600);
    const Answer answer = onArchive("verify", dir, "x.7z", {QStringLiteral("--passphrase-file"), q(dir.path(file))});
    QCOMPARE(answer.status, 4);
    QCOMPARE(answer.errorCode(), QStringLiteral("secret-unavailable"));
}

void tst_CtlForeign::passphrase_isNowhereInWhatIsSaid()
{
    DataDirBuilder dir;
    dir.file("x.7z", QByteArray::fromBase64(kLocked7z)).file("p", "correct horse battery", 0600).dir("into");
    for (const bool json : {true, false}) {
        for (const char *command : {"verify", "contents", "restore"}) {
            QStringList options = {QStringLiteral("--passphrase-file"), q(dir.path("p"))};
            if (QByteArray(command) == "restore")
                options += {QStringLiteral("--into"), q(dir.path("into/data")), QStringLiteral("--dry-run")};
            const Answer answer = onArchive(command, dir, "x.7z", options, json);
            QCOMPARE(answer.status, 4);
            QVERIFY(!answer.said().contains("horse"));
        }
    }
}

void tst_CtlForeign::sevenZip_isRestored()
{
    DataDirBuilder dir;
    dir.file("x.7z", QByteArray::fromBase64(kLocked7z)).file("p", "geheim", 0600).dir("into");
    const Answer answer = onArchive("restore", dir, "x.7z", {QStringLiteral("--into"), q(dir.path("into/data")), QStringLiteral("--yes"),
                                                             QStringLiteral("--passphrase-file"), q(dir.path("p"))});
    QCOMPARE(answer.status, 0);
    QCOMPARE(dir.read("into/data/a.txt"), QByteArray("hello hello hello hello\n"));
    QCOMPARE(dir.read("into/data/auth/tokens.json"), QByteArray("{\"token\": \"abcdefgh\"}"));
    QCOMPARE(dir.names("into"), QList<QByteArray>{"data"});
}

void tst_CtlForeign::sevenZip_isListedAsEncrypted()
{
    DataDirBuilder dir;
    dir.file("locked.7z", QByteArray::fromBase64(kLocked7z)).file("sealed.7z", QByteArray::fromBase64(kSealed7z))
        .file("open.tar.gz", TarBuilder().file("data/a", "a").end().gz());
    const QJsonArray archives = ctl({QStringLiteral("archives"), q(dir.path())}).value("archives").toArray();
    QCOMPARE(archives.size(), 3);
    for (const QJsonValue &one : archives) {
        const QJsonObject o = one.toObject();
        QCOMPARE(o.value(QStringLiteral("encrypted")).toBool(), o.value(QStringLiteral("path")).toString().endsWith(u".7z"));
    }
}

void tst_CtlForeign::loneFile_isPlannedAndRestored()
{
    DataDirBuilder dir;
    plantOrganiser(dir);
    dir.file("backup-secrets.env", kSecrets, 0644);
    const Answer verified = onArchive("verify", dir, "backup-secrets.env");
    QCOMPARE(verified.status, 0);
    QCOMPARE(verified.value("verdict").toString(), QStringLiteral("readable"));
    const QByteArray before = treeFingerprint(dir.path());
    const QStringList into = {QStringLiteral("--into"), q(dir.path("live"))};
    const Answer plan = onArchive("restore", dir, "backup-secrets.env", into + QStringList{QStringLiteral("--dry-run")});
    QCOMPARE(plan.status, 0);
    QCOMPARE(treeFingerprint(dir.path()), before);
    const QJsonArray steps = plan.value("plan").toObject().value(QStringLiteral("steps")).toArray();
    QCOMPARE(steps.size(), 1);
    QVERIFY(plan.out.contains("half-of-a-pair"));
    QCOMPARE(onArchive("restore", dir, "backup-secrets.env", into).status, 4);   // not confirmed
    const Answer done = onArchive("restore", dir, "backup-secrets.env", into + QStringList{QStringLiteral("--yes")});
    QCOMPARE(done.status, 0);
    QCOMPARE(dir.read("live/secrets.env"), kSecrets);
    struct stat st = {};
    QCOMPARE(::stat(dir.path("live/secrets.env").constData(), &st), 0);
    QCOMPARE(st.st_mode & 07777, 0600u);
}

void tst_CtlForeign::loneFile_isRefusedWithTheReason()
{
    DataDirBuilder dir;
    plantOrganiser(dir);
    dir.file("dump.sql", "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n");
    const QByteArray before = treeFingerprint(dir.path());
    const Answer refused = onArchive("restore", dir, "dump.sql", {QStringLiteral("--into"), q(dir.path("live")), QStringLiteral("--yes")});
    QCOMPARE(refused.status, 4);
    QVERIFY2(refused.said().contains("psql"), refused.said().constData());
    QCOMPARE(treeFingerprint(dir.path()), before);
}

void tst_CtlForeign::backupSet_isListedWithWhatIsInside()
{
    DataDirBuilder dir;
    const QByteArray media = TarBuilder().dir("./").dir("./uploads/").file("./uploads/a.jpg", "picture").end().gz();
    const QByteArray dump = "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
    dir.file("full.tar.gz", TarBuilder().file("db_backup_20251025_143022.sql", dump).file("media_backup_20251025_143022.tar.gz", media)
                                .file("static_backup_20251025_143022.tar.gz", TarBuilder().dir("./").file("./app.css", "css").end().gz()).end().gz());
    const Answer answer = onArchive("contents", dir, "full.tar.gz");
    QCOMPARE(answer.status, 0);
    QCOMPARE(answer.value("members").toArray().size(), 3);
    const QJsonArray nested = answer.value("nested").toArray();
    QCOMPARE(nested.size(), 2);
    const QJsonObject first = nested.first().toObject();
    QCOMPARE(first.value(QStringLiteral("archive")).toString(), QStringLiteral("media_backup_20251025_143022.tar.gz"));
    QCOMPARE(first.value(QStringLiteral("verdict")).toString(), QStringLiteral("readable"));
    QStringList paths;
    for (const QJsonValue &member : first.value(QStringLiteral("members")).toArray())
        paths.append(member.toObject().value(QStringLiteral("path")).toString());
    QVERIFY2(paths.contains(QStringLiteral("uploads/a.jpg")), qPrintable(paths.join(u' ')));
    QVERIFY(onArchive("contents", dir, "full.tar.gz", {}, false).out.contains("media_backup_20251025_143022.tar.gz: uploads/a.jpg"));
    // An archive that only looks like one of them is listed flat.
    dir.file("other.tar.gz", TarBuilder().file("data/media_backup_20251025_143022.tar.gz", media).end().gz());
    QVERIFY(onArchive("contents", dir, "other.tar.gz").value("nested").isUndefined());
}

void tst_CtlForeign::wrongKind_saysWhatItIsAndWhatToDo_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("what");
    QTest::addColumn<QByteArray>("toDo");
    QTest::newRow("openssl") << "Salted__" + QByteArray(64, '\x9c') << QByteArray("OpenSSL-encrypted")
                             << QByteArray("openssl enc -d -aes-256-cbc -pbkdf2 -in");
    QTest::newRow("gpg") << QByteArray("\x8c\x0d\x04\x09\x03\x02") << QByteArray("GPG-encrypted") << QByteArray("gpg --output");
    QTest::newRow("age") << QByteArray("age-encryption.org/v1\n-> X25519 x\n") << QByteArray("age-encrypted") << QByteArray("age --decrypt");
    QTest::newRow("rar") << QByteArray("Rar!\x1a\x07\x01") << QByteArray("RAR archive") << QByteArray(".tar.gz");
    QTest::newRow("lzip") << QByteArray("LZIP\x01\x0c") << QByteArray("lzip file") << QByteArray("lzip -dk");
    QTest::newRow("empty") << QByteArray() << QByteArray("empty file") << QByteArray("another backup");
    QTest::newRow("html") << QByteArray("<!DOCTYPE html>\n<html>") << QByteArray("HTML page") << QByteArray("fetch the archive again");
    QTest::newRow("elf") << QByteArray("\x7f" "ELF\x02\x01\x01") << QByteArray("ELF program") << QByteArray("no backup");
}

void tst_CtlForeign::wrongKind_saysWhatItIsAndWhatToDo()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, what);
    QFETCH(QByteArray, toDo);
    DataDirBuilder dir;
    plantOrganiser(dir);
    dir.file("x.tar.gz", content);
    const Answer verify = onArchive("verify", dir, "x.tar.gz", {}, false);
    QCOMPARE(verify.status, 4);
    QVERIFY2(verify.said().contains(what) && verify.said().contains(toDo), verify.said().constData());
    const Answer restore = onArchive("restore", dir, "x.tar.gz", {QStringLiteral("--into"), q(dir.path("live")), QStringLiteral("--yes")}, false);
    QCOMPARE(restore.status, 4);
    QVERIFY2(restore.said().contains(what) && restore.said().contains(toDo), restore.said().constData());
}

QTEST_GUILESS_MAIN(tst_CtlForeign)
#include "tst_ctl_foreign.moc"
