// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/redisfiles.h"

#include "storage/dirtree.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_RedisFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rdb_isKnownByItsHead();
    void manifest_readsEveryLineInOrder();
    void manifest_refuses_data();
    void manifest_refuses();
    void tail_countsWholeCommandsAndSeesATornOne();
    void tail_seesForeignBytes();
    void tail_keepsItsPlaceAcrossBlocks();
    void data_listsWhatTheManifestMisses();
    void temporary_namesAreRedisOnes();
    void sample_isWhole();
};

namespace {

const QByteArray kSet = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n";

AofTail tailOf(const QByteArray &content)
{
    DataDirBuilder dir;
    dir.file("a.aof", content);
    const auto tree = DirTree::open(dir.path());
    Monitor monitor;
    return *readAofTail(**tree, RelPath::literal("a.aof"), monitor);
}

}  // namespace

void tst_RedisFiles::rdb_isKnownByItsHead()
{
    QCOMPARE(rdbVersion("REDIS0010\xfa"), std::optional<int>(10));
    QVERIFY(!rdbVersion("REDIS001"));
    QVERIFY(!rdbVersion("REDISxxxx"));
    QVERIFY(!rdbVersion("redis0010"));
    QCOMPARE(rdbServerVersion("REDIS0010\xfa\x09redis-ver\x06" "7.0.15\xfa"), QStringLiteral("7.0.15"));
    QVERIFY(rdbServerVersion("REDIS0010\xfa\x09redis-ver\x06" "7.0").isEmpty());   // cut off
    QVERIFY(rdbServerVersion("REDIS0010\xfa\x09redis-ver").isEmpty());
}

void tst_RedisFiles::manifest_readsEveryLineInOrder()
{
    const auto entries = parseAofManifest("# comment\nfile appendonly.aof.2.base.rdb seq 2 type b\n"
                                          "file appendonly.aof.1.incr.aof seq 1 type h\r\n"
                                          "file appendonly.aof.2.incr.aof seq 2 type i startoffset 5\n\n");
    QVERIFY(entries);
    QCOMPARE(entries->size(), 3);
    QCOMPARE(entries->at(0).name, QByteArray("appendonly.aof.2.base.rdb"));
    QCOMPARE(entries->at(0).type, AofEntry::Type::Base);
    QCOMPARE(entries->at(1).type, AofEntry::Type::History);
    QCOMPARE(entries->at(2).type, AofEntry::Type::Increment);
    QCOMPARE(entries->at(2).sequence, 2);
}

void tst_RedisFiles::manifest_refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("comments only") << QByteArray("# x\n");
    QTest::newRow("climbing") << QByteArray("file ../../etc/passwd seq 1 type i\n");
    QTest::newRow("absolute") << QByteArray("file /etc/passwd seq 1 type i\n");
    QTest::newRow("folder") << QByteArray("file a/b seq 1 type i\n");
    QTest::newRow("type") << QByteArray("file a seq 1 type x\n");
    QTest::newRow("sequence") << QByteArray("file a seq one type i\n");
    QTest::newRow("short") << QByteArray("file a seq 1\n");
    QTest::newRow("binary") << QByteArray("\0\0\0\0", 4);
}

void tst_RedisFiles::manifest_refuses()
{
    QFETCH(QByteArray, text);
    const auto entries = parseAofManifest(text);
    QVERIFY(!entries);
    QCOMPARE(entries.error().code, ErrorCode::DatabaseUnreadable);
}

void tst_RedisFiles::tail_countsWholeCommandsAndSeesATornOne()
{
    const QByteArray whole = kSet + "#TS:1700000000\r\n" + kSet;
    const AofTail good = tailOf(whole);
    QCOMPARE(good.commands, 2);
    QVERIFY(!good.torn && !good.damaged);
    QCOMPARE(good.goodBytes, whole.size());
    // Every cut inside the last command is torn, and says where the good part ends.
    for (qsizetype cut = 1; cut < kSet.size(); ++cut) {
        const AofTail torn = tailOf(QByteArray(kSet + kSet).left(kSet.size() + cut));
        QVERIFY2(torn.torn && !torn.damaged, QByteArray::number(cut).constData());
        QCOMPARE(torn.commands, 1);
        QCOMPARE(torn.goodBytes, kSet.size());
    }
    QVERIFY(!tailOf({}).torn);
}

void tst_RedisFiles::tail_seesForeignBytes()
{
    const AofTail bad = tailOf(kSet + "garbage" + kSet);
    QVERIFY(bad.damaged && !bad.torn);
    QCOMPARE(bad.goodBytes, kSet.size());
    QVERIFY(tailOf("*3\r\n$99999999999\r\n").damaged);
    QVERIFY(tailOf("*0\r\n").damaged);
    QVERIFY(tailOf("*1\r\n$3\r\nSETx\n").damaged);
    QVERIFY(tailOf("REDIS0010").damaged);
}

void tst_RedisFiles::tail_keepsItsPlaceAcrossBlocks()
{
    // Lengths around the size of a block, so that every border falls into every state.
    QByteArray log;
    for (int i = 0; i < 20; ++i) {
        const QByteArray value(256 * 1024 - 60 + i * 7, 'v');
        log += "*2\r\n$4\r\nECHO\r\n$" + QByteArray::number(value.size()) + "\r\n" + value + "\r\n";
    }
    const AofTail tail = tailOf(log);
    QCOMPARE(tail.commands, 20);
    QVERIFY(!tail.torn && !tail.damaged);
    QCOMPARE(tail.goodBytes, log.size());
}

void tst_RedisFiles::data_listsWhatTheManifestMisses()
{
    DataDirBuilder dir;
    dir.file("appendonlydir/appendonly.aof.manifest",
             "file a.base.rdb seq 1 type b\nfile a.1.incr.aof seq 1 type i\nfile old.aof seq 0 type h\n")
        .file("appendonlydir/a.base.rdb", "NOT AN RDB")
        .file("dump.rdb", "garbage");
    const auto tree = DirTree::open(dir.path());
    const auto data = readRedisData(**tree, {});
    QVERIFY(data);
    QCOMPARE(data->missing, QList<QByteArray>{"a.1.incr.aof"});
    QVERIFY(data->baseDamaged);
    QVERIFY(data->hasDump && !data->dumpVersion);
    QVERIFY(!readRedisData(**tree, RelPath::literal("appendonlydir")));
}

void tst_RedisFiles::temporary_namesAreRedisOnes()
{
    QVERIFY(isRedisTemporary("temp-rewriteaof-17.aof"));
    QVERIFY(isRedisTemporary("temp-21.rdb"));
    QVERIFY(isRedisTemporary("temp_manifest.1"));
    QVERIFY(!isRedisTemporary("dump.rdb"));
    QVERIFY(!isRedisTemporary("appendonly.aof.1.incr.aof"));
}

void tst_RedisFiles::sample_isWhole()
{
    DataDirBuilder dir;
    if (!unpackSample(QStringLiteral("compose"), dir.path()))
        QSKIP("no samples beside the checkout");
    const auto tree = DirTree::open(dir.path());
    const RelPath volume = RelPath::literal("compose/var/lib/docker/volumes/app-redis-data/_data");
    const auto data = readRedisData(**tree, volume);
    QVERIFY(data && data->hasAof && data->hasDump);
    QCOMPARE(data->entries.size(), 2);
    QVERIFY(data->missing.isEmpty() && !data->baseDamaged && !data->manifestError);
    QCOMPARE(data->serverVersion, QStringLiteral("7.0.15"));
    Monitor monitor;
    const auto tail = readAofTail(**tree, volume.joined(RelPath::literal("appendonlydir/appendonly.aof.2.incr.aof")), monitor);
    QVERIFY(tail && !tail->torn && !tail->damaged);
    QCOMPARE(tail->commands, 4);
}

QTEST_GUILESS_MAIN(tst_RedisFiles)
#include "tst_redisfiles.moc"
