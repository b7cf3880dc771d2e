// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/journal.h"
#include "storage/ops/oplock.h"

#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <sys/file.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

// What stands beside a data directory: names, lock, journal text.
class tst_OpLock : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lock_isExclusiveAndLeavesNoFile();
    void lock_respectsAReaderOfTheDirectory();
    void lock_doesNotFollowALink();
    void journal_keepsAnyBytesAndLargeInodes();
    void find_doesNotTakeAnErrorForAbsence();
    void beside_refusesTheRootAndNamesThatAreTooLong();
};

void tst_OpLock::lock_isExclusiveAndLeavesNoFile()
{
    DataDirBuilder dir;
    dir.file("data/x", "x");
    const auto beside = Beside::open(dir.path("data"));
    QVERIFY(beside);
    QVERIFY(OperationLock::checkFree(*beside));
    QCOMPARE(dir.names(), QList<QByteArray>{"data"});
    {
        const auto first = OperationLock::acquire(*beside);
        QVERIFY(first);
        const auto second = OperationLock::acquire(*beside);
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::Locked);
        QCOMPARE(OperationLock::checkFree(*beside).error().code, ErrorCode::Locked);
    }
    QCOMPARE(dir.names(), QList<QByteArray>{"data"});
    dir.file(".data.strongroom-lock", "", 0600);
    QVERIFY2(OperationLock::acquire(*beside), "a leftover lock file of a dead process means nothing");
    QCOMPARE(dir.names(), QList<QByteArray>{"data"});
}

void tst_OpLock::lock_respectsAReaderOfTheDirectory()
{
    DataDirBuilder dir;
    dir.file("data/x", "x");
    const auto beside = Beside::open(dir.path("data"));
    QVERIFY(beside);
    auto reader = openDirectory(dir.path("data"));
    QVERIFY(reader);
    QCOMPARE(::flock(reader->get(), LOCK_SH | LOCK_NB), 0);
    const auto lock = OperationLock::acquire(*beside);
    QVERIFY(!lock);
    QCOMPARE(lock.error().code, ErrorCode::Locked);
    QCOMPARE(dir.names(), QList<QByteArray>{"data"});
    reader->reset();
    QVERIFY(OperationLock::acquire(*beside));
}

void tst_OpLock::lock_doesNotFollowALink()
{
    DataDirBuilder dir;
    dir.file("data/x", "x").file("victim", "v", 0600).symlink(".data.strongroom-lock", "victim");
    const auto beside = Beside::open(dir.path("data"));
    QVERIFY(beside);
    const auto lock = OperationLock::acquire(*beside);
    QVERIFY(!lock);
    QCOMPARE(lock.error().code, ErrorCode::LinkInPath);
    QCOMPARE(dir.read("victim"), QByteArray("v"));
}

void tst_OpLock::journal_keepsAnyBytesAndLargeInodes()
{
    Journal journal;
    journal.operation = Operation::Undo;
    journal.stage = ".caf\xe9.strongroom-safety-3";
    journal.stageIsSafety = true;
    journal.entries = {{RelPath::literal("a\nb/\xff\xfe"), 18446744073709551615ull, std::nullopt},
                       {RelPath(), std::nullopt, 9007199254740993ull}};
    const auto read = parseJournal(writeJournal(journal));
    QVERIFY(read);
    QCOMPARE(read->operation, Operation::Undo);
    QCOMPARE(read->stage, journal.stage);
    QVERIFY(read->stageIsSafety);
    QCOMPARE(read->entries.size(), 2);
    QCOMPARE(read->entries.at(0).target, journal.entries.at(0).target);
    QCOMPARE(*read->entries.at(0).newInode, 18446744073709551615ull);
    QVERIFY(!read->entries.at(0).oldInode);
    QCOMPARE(*read->entries.at(1).oldInode, 9007199254740993ull);
    for (const char *bad : {"", "[]", "{}", R"({"format":"strongroom-journal","version":2})",
                            R"({"format":"strongroom-journal","version":1,"operation":"restore","stage":"../x","entries":[]})",
                            R"({"format":"strongroom-journal","version":1,"operation":"restore","stage":"s","entries":[{"target":"../x","new":"1","old":null}]})"}) {
        QVERIFY2(!parseJournal(bad), bad);
    }
}

// Recovery deletes what it believes to be nobody's: not being able to look is not "nothing there".
void tst_OpLock::find_doesNotTakeAnErrorForAbsence()
{
    DataDirBuilder dir;
    dir.file("data/x", "x");
    const auto beside = Beside::open(dir.path("data"));
    QVERIFY(beside);
    const auto absent = beside->find("nothing");
    QVERIFY(absent && !*absent);
    const auto tooLong = beside->find(QByteArray(300, 'n'));
    QVERIFY(!tooLong);
    const auto noFolder = findAt(-1, "x");
    QVERIFY(!noFolder);
}

void tst_OpLock::beside_refusesTheRootAndNamesThatAreTooLong()
{
    QCOMPARE(Beside::open("/").error().code, ErrorCode::BadPath);
    DataDirBuilder dir;
    QCOMPARE(Beside::open(dir.path(QByteArray(230, 'x'))).error().code, ErrorCode::BadPath);
    QVERIFY(Beside::open(dir.path(QByteArray(200, 'x'))));
    QCOMPARE(Beside::open(dir.path("no/parent")).error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(tst_OpLock)
#include "tst_oplock.moc"
