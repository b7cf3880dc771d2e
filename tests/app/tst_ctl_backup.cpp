// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctlrunner.h"

#include <QtTest>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace strongroom::tests;

// Backups seen from outside: what other tools make of them, and what is said where data had to stay out.

namespace {

Answer backUp(const DataDirBuilder &dir, const QStringList &options = {})
{
    return ctl(QStringList{QStringLiteral("backup"), q(dir.path("data")), QStringLiteral("--to"), q(dir.path("backups")), QStringLiteral("--yes")} + options);
}

/// A chain of folders too long for any path, made and removed step by step as no tool would otherwise.
void digDeep(const QByteArray &at, int levels)
{
    int fd = ::open(at.constData(), O_RDONLY | O_DIRECTORY);
    const QByteArray name(100, 'd');
    for (int i = 0; i < levels; ++i) {
        if (mkdirat(fd, name.constData(), 0755) != 0)
            qFatal("mkdirat: %d", errno);
        const int next = openat(fd, name.constData(), O_RDONLY | O_DIRECTORY);
        ::close(fd);
        fd = next;
    }
    ::close(fd);
}

}  // namespace

class tst_CtlBackup : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sidecar_isReadBySha256sum_data();
    void sidecar_isReadBySha256sum();
    void tooDeep_isLeftOutAndSaid();
    void volumeScope_comesBackAlone();
    void recover_removesOurPartialsAfterSayingSo();
    void contents_ofAVerifiedArchiveNeedNotReadIt();

private:
    OwnHome m_home;
};

void tst_CtlBackup::sidecar_isReadBySha256sum_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("plain") << QStringLiteral("plain.tar.gz");
    QTest::newRow("newline") << QStringLiteral("two\nlines.tar.gz");
    QTest::newRow("backslash") << QStringLiteral("back\\slash.tar.gz");
    QTest::newRow("return") << QStringLiteral("re\rturn.tar.gz");
    QTest::newRow("dash") << QStringLiteral("-dash.tar.gz");
    QTest::newRow("umlaut") << QStringLiteral("ü.tar.gz");
}

void tst_CtlBackup::sidecar_isReadBySha256sum()
{
    QFETCH(QString, name);
    DataDirBuilder dir;
    dir.file("data/a", "1").dir("backups");
    QCOMPARE(backUp(dir, {QStringLiteral("--name=") + name}).status, 0);
    const Ran sums = run(QStringLiteral("sha256sum"), {QStringLiteral("-c"), QStringLiteral("--"), name + QStringLiteral(".sha256")}, dir.path("backups"));
    QVERIFY2(sums.exitCode == 0, sums.err.constData());
    const Answer verified = ctl({QStringLiteral("verify"), q(dir.path("backups/")) + name});
    QCOMPARE(verified.status, 0);
    QCOMPARE(verified.value("verdict").toString(), QStringLiteral("verified"));
}

void tst_CtlBackup::tooDeep_isLeftOutAndSaid()
{
    DataDirBuilder dir;
    dir.file("data/a", "1").dir("data/deep").dir("backups");
    digDeep(dir.path("data/deep"), 60);
    const Answer answer = backUp(dir);
    QCOMPARE(answer.status, 3);
    QCOMPARE(answer.value("consistency").toString(), QStringLiteral("partial"));
    const QJsonArray warnings = answer.value("warnings").toArray();
    QCOMPARE(warnings.size(), 1);
    QCOMPARE(warnings.first().toObject().value(QStringLiteral("code")).toString(), QStringLiteral("path-too-long"));
    const Answer verified = ctl({QStringLiteral("verify"), answer.value("archive").toString()});
    QCOMPARE(verified.value("verdict").toString(), QStringLiteral("verified"));
    QCOMPARE(run(QStringLiteral("rm"), {QStringLiteral("-rf"), q(dir.path("data/deep"))}).exitCode, 0);
}

void tst_CtlBackup::volumeScope_comesBackAlone()
{
    DataDirBuilder dir;
    dir.file("data/one/x", "1").file("data/two/y", "2").dir("backups");
    const QByteArray one = treeFingerprint(dir.path("data/one"));
    const Answer backup = backUp(dir, {QStringLiteral("--scope"), QStringLiteral("volume:one")});
    QCOMPARE(backup.status, 0);
    dir.file("data/one/x", "spoiled").file("data/two/y", "newer");
    const Answer restored = ctl({QStringLiteral("restore"), backup.value("archive").toString(), QStringLiteral("--into"), q(dir.path("data")), QStringLiteral("--yes")});
    QVERIFY2(restored.status == 0 || restored.status == 3, restored.said().constData());
    QCOMPARE(treeFingerprint(dir.path("data/one")), one);
    QCOMPARE(dir.read("data/two/y"), QByteArray("newer"));
}

void tst_CtlBackup::recover_removesOurPartialsAfterSayingSo()
{
    DataDirBuilder dir;
    dir.file("backups/dead.tar.gz.partial", "half", 0600).file("backups/download.tar.gz.partial", "theirs", 0644);
    const QByteArray before = treeFingerprint(dir.path("backups"));
    const QStringList words = {QStringLiteral("recover"), q(dir.path("backups"))};
    const Answer plan = ctl(words + QStringList{QStringLiteral("--dry-run")});
    QCOMPARE(plan.status, 0);
    QCOMPARE(plan.value("plan").toObject().value(QStringLiteral("unfinished")).toArray(), QJsonArray{q(dir.path("backups/dead.tar.gz.partial"))});
    QCOMPARE(treeFingerprint(dir.path("backups")), before);
    const Answer done = ctl(words + QStringList{QStringLiteral("--yes")});
    QCOMPARE(done.status, 0);
    QCOMPARE(done.value("recovered").toArray().size(), 1);
    QCOMPARE(dir.names("backups"), QList<QByteArray>{"download.tar.gz.partial"});
}

/// A backup is verified when it gets its name, so its index answers; a copy of it is another file, which is read first.
void tst_CtlBackup::contents_ofAVerifiedArchiveNeedNotReadIt()
{
    DataDirBuilder dir;
    dir.file("data/sessions/550e8400-e29b-41d4-a716-446655440000.json", "{}").file("data/b", QByteArray(3 << 20, 'b')).symlink("data/l", "b");
    dir.dir("backups");
    const Answer backup = backUp(dir);
    QCOMPARE(backup.status, 0);
    const QString archive = backup.json.value(QStringLiteral("archive")).toString();
    const QString copy = q(dir.path("copy.tar.gz"));
    QVERIFY(QFile::copy(archive, copy));
    const auto membersOf = [](const QString &path) {
        const Answer answer = ctl({QStringLiteral("contents"), path});
        return answer.status == 0 ? answer.json.value(QStringLiteral("members")).toArray() : QJsonArray();
    };
    const QJsonArray members = membersOf(archive);
    QCOMPARE(members.size(), 5);
    QCOMPARE(membersOf(copy), members);

    // What became of it since is seen by its time, and what an inspection found is remembered.
    QFile file(archive);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(1200));
    QVERIFY(file.putChar('!'));
    file.close();
    for (const char *command : {"contents", "verify", "contents"})
        QCOMPARE(ctl({QLatin1String(command), archive}).status, 4);
}

QTEST_GUILESS_MAIN(tst_CtlBackup)
#include "tst_ctl_backup.moc"
