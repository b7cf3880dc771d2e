// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctlrunner.h"

#include <QtTest>

using namespace strongroom::tests;

// What is said on the command line and what is said back, whatever the command.

class tst_CtlWords : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void version_isOneObjectToo();
    void help_isAskedForBehindTheCommand();
    void usage_saysOneSentenceAfterTheOther();
    void dotDot_isWhatTheShellMeans();
    void scope_errorNamesTheDirectory();
    void output_thatCannotBeWrittenIsAFailure();
    void output_closedStaysOutOfTheArchive();

private:
    OwnHome m_home;
};

void tst_CtlWords::version_isOneObjectToo()
{
    const Answer answer = ctl({QStringLiteral("--version")});
    QCOMPARE(answer.status, 0);
    QCOMPARE(answer.value("schema").toString(), QStringLiteral("strongroom.version/1"));
    QVERIFY(!answer.value("version").toString().isEmpty());
    QVERIFY(answer.value("worker").toString().startsWith(QLatin1String("no new privileges, resource limits")));
    QVERIFY(ctl({QStringLiteral("--version")}, false).out.startsWith("strongroomctl "));
}

void tst_CtlWords::help_isAskedForBehindTheCommand()
{
    const Answer asked = ctl({QStringLiteral("inspect"), QStringLiteral("-h")});
    QCOMPARE(asked.status, 0);
    QCOMPARE(asked.value("schema").toString(), QStringLiteral("strongroom.help/1"));
    // Behind "--" it is a name.
    DataDirBuilder dir;
    dir.dir("-h");
    const Answer named = ctl({QStringLiteral("inspect"), QStringLiteral("--"), QStringLiteral("-h")}, true, dir.path());
    QCOMPARE(named.value("schema").toString(), QStringLiteral("strongroom.inspect/1"));
}

void tst_CtlWords::usage_saysOneSentenceAfterTheOther()
{
    const Answer unknown = ctl({QStringLiteral("inspect"), QStringLiteral("--bogus"), QStringLiteral("/")});
    QCOMPARE(unknown.status, 2);
    QVERIFY(!unknown.error().value(QStringLiteral("message")).toString().contains(QStringLiteral("..")));
    QCOMPARE(ctl({QStringLiteral("inspect"), QStringLiteral("/"), QStringLiteral("--progress")}).status, 2);
}

// By name alone "link/.." would be the folder the link stands in, and a restore would replace another tree.
void tst_CtlWords::dotDot_isWhatTheShellMeans()
{
    DataDirBuilder dir;
    dir.file("far/data/theirs", "1").dir("far/away").file("near/data/ours", "2").symlink("near/link", "../far/away");
    const Answer seen = ctl({QStringLiteral("inspect"), QStringLiteral("link/../data")}, true, dir.path("near"));
    QCOMPARE(seen.status, 0);
    QCOMPARE(seen.value("directory").toString(), q(dir.path("far/data")));
    dir.dir("backups");
    const Answer backup = ctl({QStringLiteral("backup"), QStringLiteral("link/../data"), QStringLiteral("--to"), q(dir.path("backups"))}, true, dir.path("near"));
    QCOMPARE(backup.status, 0);
    QVERIFY(ctl({QStringLiteral("contents"), backup.value("archive").toString()}).out.contains("data/theirs"));
    const Answer plan = ctl({QStringLiteral("restore"), backup.value("archive").toString(), QStringLiteral("--into"), QStringLiteral("link/../data"), QStringLiteral("--dry-run")},
                            true, dir.path("near"));
    QCOMPARE(plan.status, 0);
    QVERIFY(!plan.out.contains("ours"));
}

void tst_CtlWords::scope_errorNamesTheDirectory()
{
    DataDirBuilder dir;
    dir.file("data/a/x", "1").dir("backups");
    const Answer answer = ctl({QStringLiteral("backup"), q(dir.path("data")), QStringLiteral("--to"), q(dir.path("backups")), QStringLiteral("--scope"), QStringLiteral("volume:b")});
    QCOMPARE(answer.status, 2);
    QCOMPARE(answer.errorCode(), QStringLiteral("scope-unknown"));
    QCOMPARE(answer.error().value(QStringLiteral("path")).toString(), q(dir.path("data")));
    QVERIFY(dir.names("backups").isEmpty());
}

void tst_CtlWords::output_thatCannotBeWrittenIsAFailure()
{
    const QString program = QStringLiteral(STRONGROOM_CTL);
    for (const QString &options : {QString(), QStringLiteral("--json")}) {
        const Ran full = run(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("\"$0\" $1 help >/dev/full"), program, options});
        QCOMPARE(full.exitCode, 1);
        QVERIFY(!full.err.isEmpty());
    }
}

// The archive would get the number of the closed stream, and the answer would be written into it.
void tst_CtlWords::output_closedStaysOutOfTheArchive()
{
    DataDirBuilder dir;
    dir.file("data/a", "1").dir("backups");
    const Ran ran = run(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("\"$0\" --json --progress json backup data --to backups --name a.tar.gz <&- >&- 2>&-"),
                                               QStringLiteral(STRONGROOM_CTL)}, dir.path());
    QCOMPARE(ran.exitCode, 0);
    QCOMPARE(ctl({QStringLiteral("verify"), q(dir.path("backups/a.tar.gz"))}).value("verdict").toString(), QStringLiteral("verified"));
}

QTEST_GUILESS_MAIN(tst_CtlWords)
#include "tst_ctl_words.moc"
