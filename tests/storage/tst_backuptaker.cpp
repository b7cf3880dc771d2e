// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backuptaker.h"

#include "tests/support/callhooks.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/sqlitebuilder.h"

#include <QJsonDocument>
#include <QtTest>

#include <atomic>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

/// A data directory `data`, a work place in `backups`, and a taker between them.
class Bench {
public:
    Bench()
    {
        builder.dir("data").dir("backups");
        tree = *DirTree::open(builder.path("data"));
        folder = *openDirectory(builder.path("backups"));
        work.emplace(folder.get(), builder.path("backups"), "a.tar.gz.partial");
    }

    Result<TakenFile> take(const QByteArray &name, Capture capture = Capture::Plain)
    {
        return taker().take(place(name), capture);
    }
    FilePlace place(const QByteArray &name)
    {
        const auto stamp = stampAt(tree->rootFd(), name);
        return {tree->rootFd(), RelPath::literal(name), stamp ? stamp->size : 0};
    }
    /// `now` long past, so that every file counts as just written.
    FileTaker taker() { return FileTaker(*tree, *work, QDateTime::fromMSecsSinceEpoch(0, Qt::UTC), monitor); }

    DataDirBuilder builder;
    std::unique_ptr<DirTree> tree;
    Fd folder;
    std::optional<BackupWork> work;
    Monitor monitor;
};

QByteArray contentOf(const TakenFile &taken)
{
    QByteArray bytes(taken.size, Qt::Uninitialized);
    if (taken.size > 0 && taken.content->readAt(bytes.data(), bytes.size(), 0) != bytes.size())
        qFatal("content is short");
    return bytes;
}

QStringList codes(const TakenFile &taken)
{
    QStringList words;
    for (const PlanWarning &warning : taken.warnings)
        words.append(warning.code);
    return words;
}

/// Rows of a query on a taken database.
QByteArrayList query(Bench &bench, const TakenFile &taken, const QByteArray &sql)
{
    bench.builder.file("taken.sqlite", contentOf(taken));
    return querySql(bench.builder.path("taken.sqlite"), sql);
}

}  // namespace

class tst_BackupTaker : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void take_givesContentAndStamp_data();
    void take_givesContentAndStamp();
    void take_saysWhyAFileCannotBeHad();
    void take_neverCallsTornJsonWhole();
    void take_copiesARestingDatabaseByteForByte();
    void take_holdsACommittedStateOfALiveDatabase_data();
    void take_holdsACommittedStateOfALiveDatabase();
    void take_keepsADamagedDatabaseAsItLies();
    void take_saysWhenAFileIsHalfWritten_data();
    void take_saysWhenAFileIsHalfWritten();
    void take_waitsForAFileThatWasJustEmptied();
    void takePair_copiesADatabaseWithItsLog_data();
    void takePair_copiesADatabaseWithItsLog();
    void takePair_givesBothOrNeither();
    void takePair_takesBothAgainWhenOneChanges();
    void takePair_neverMixesTwoVersions();
};

void tst_BackupTaker::take_givesContentAndStamp_data()
{
    QTest::addColumn<qint64>("size");
    for (const qint64 size : {qint64(0), qint64(1), qint64(4) << 20, (qint64(4) << 20) + 1})
        QTest::addRow("%lld bytes", qlonglong(size)) << size;
}

void tst_BackupTaker::take_givesContentAndStamp()
{
    QFETCH(qint64, size);
    Bench bench;
    const QByteArray text = '"' + QByteArray(std::max<qint64>(size - 2, 0), 'x') + '"';
    const QByteArray content = size < 2 ? QByteArray(size, '1') : text;
    bench.builder.file("data/f", content, 0640, 1795150157314751123);
    const FileTaker taker = bench.taker();
    for (const Capture capture : {Capture::Plain, Capture::Json}) {
        const auto taken = bench.take("f", capture);
        QVERIFY(taken.has_value());
        QCOMPARE(taken->size, size);
        QCOMPARE(taken->stamp.mtimeNs, 1795150157314751123);
        QCOMPARE(taken->stamp.mode, 0640u);
        QVERIFY(contentOf(*taken) == content);
        QVERIFY(taker.wasSteady(*taken));
        QCOMPARE(codes(*taken), size == 0 && capture == Capture::Json ? QStringList({QStringLiteral("json-invalid")}) : QStringList());
    }
    const auto live = bench.take("f");
    bench.builder.file("data/f", content + 'y');
    QVERIFY(taker.wasSteady(*live) == (live->live == nullptr));
    const auto aside = bench.taker().takeAside(bench.place("f"), Capture::Plain);
    QVERIFY(aside.has_value() && !aside->live);
    QVERIFY(contentOf(*aside) == content + 'y');
}

void tst_BackupTaker::take_saysWhyAFileCannotBeHad()
{
    Bench bench;
    bench.builder.fifo("data/pipe").symlink("data/link", "pipe").dir("data/dir");
    const auto code = [&](const QByteArray &name) { return bench.take(name).error().code; };
    QCOMPARE(code("gone"), ErrorCode::Vanished);
    QCOMPARE(code("pipe"), ErrorCode::NotAFile);
    QCOMPARE(code("link"), ErrorCode::LinkInPath);
    QCOMPARE(code("dir"), ErrorCode::NotAFile);
    QCOMPARE(bench.take("gone").error().path, QByteArray("gone"));
    QVERIFY(!FileTaker::isFatal(bench.take("gone").error()));
}

void tst_BackupTaker::take_neverCallsTornJsonWhole()
{
    // As applications do it: truncate, write in two pieces.
    Bench bench;
    const QByteArray half = "{\"fragments\": [" + QByteArray("1, ").repeated(20'000);
    bench.builder.file("data/s.json", half + "2]}");
    std::atomic<bool> over = false;
    std::thread application([&] {
        const QByteArray path = bench.builder.path("data/s.json");
        int version = 0;
        while (!over) {
            const Fd fd(::open(path.constData(), O_WRONLY | O_TRUNC | O_CLOEXEC));
            (void)writeFully(fd.get(), half.constData(), half.size(), {});
            std::this_thread::yield();
            (void)writeFully(fd.get(), "2]}", 3, {});
            // Sometimes it has nothing to say for a while; what never holds still cannot be had whole.
            if (++version % 4 == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(40));
        }
    });
    int whole = 0;
    constexpr int kTakes = 60;
    for (int i = 0; i < kTakes; ++i) {
        const auto taken = bench.take("s.json", Capture::Json);
        if (!taken)
            qFatal("take failed");
        const QByteArray content = contentOf(*taken);
        const bool valid = content == half + "2]}";
        if (taken->warnings.isEmpty()) {
            QVERIFY2(valid || (over = true, application.join(), false), content.right(20).constData());
            ++whole;
        }
    }
    over = true;
    application.join();
    QVERIFY(whole > 0);
    qInfo("%d of %d takes whole, none torn", whole, kTakes);
}

void tst_BackupTaker::take_copiesARestingDatabaseByteForByte()
{
    Bench bench;
    const QByteArray path = bench.builder.path("data/db.sqlite");
    runSql(path, "CREATE TABLE t(a); INSERT INTO t VALUES(1); CREATE TABLE u(b); DROP TABLE u;");
    bench.builder.file("data/empty.sqlite", "");
    const auto taken = bench.take("db.sqlite", Capture::Sqlite);
    QVERIFY(taken.has_value());
    QVERIFY(contentOf(*taken) == bench.builder.read("data/db.sqlite"));
    QVERIFY(taken->steady && taken->warnings.isEmpty());
    QCOMPARE(bench.builder.names("data"), QList<QByteArray>({"db.sqlite", "empty.sqlite"}));
    QCOMPARE(bench.take("empty.sqlite", Capture::Sqlite)->size, 0);
    // The lock is let go with the content.
    runSql(path, "INSERT INTO t VALUES(2);");
}

void tst_BackupTaker::take_holdsACommittedStateOfALiveDatabase_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::newRow("rollback journal") << QByteArray("DELETE");
    QTest::newRow("write-ahead log") << QByteArray("WAL");
}

void tst_BackupTaker::take_holdsACommittedStateOfALiveDatabase()
{
    QFETCH(QByteArray, mode);
    Bench bench;
    LiveDatabase application(bench.builder.path("data/db.sqlite"));
    application.run("PRAGMA journal_mode=" + mode);
    application.run("CREATE TABLE t(a); INSERT INTO t VALUES('committed');");
    application.run("BEGIN IMMEDIATE; INSERT INTO t VALUES('pending');");
    const auto taken = bench.take("db.sqlite", Capture::Sqlite);
    QVERIFY2(taken, taken ? "" : qPrintable(codeWord(taken.error().code)));
    QVERIFY(taken->steady && taken->warnings.isEmpty());
    QCOMPARE(query(bench, *taken, "SELECT a FROM t"), QByteArrayList({"committed"}));
    QCOMPARE(query(bench, *taken, "PRAGMA integrity_check"), QByteArrayList({"ok"}));
    application.run("COMMIT");
    bench.work.reset();
    QCOMPARE(bench.builder.names("backups"), QList<QByteArray>());
}

void tst_BackupTaker::take_keepsADamagedDatabaseAsItLies()
{
    Bench bench;
    const QByteArray path = bench.builder.path("data/db.sqlite");
    runSql(path, "CREATE TABLE t(a); INSERT INTO t VALUES(zeroblob(100000));");
    const QByteArray whole = bench.builder.read("data/db.sqlite");
    const QByteArray cut = whole.left(whole.size() / 2);
    // In use by its looks, so that the file alone is not all there is.
    bench.builder.file("data/db.sqlite", cut).file("data/db.sqlite-journal", "remains");
    const auto taken = bench.take("db.sqlite", Capture::Sqlite);
    QVERIFY(taken.has_value());
    QVERIFY(!taken->steady);
    QCOMPARE(codes(*taken), QStringList({QStringLiteral("database-unreadable")}));
    QVERIFY(contentOf(*taken) == cut);
    bench.work.reset();
    QCOMPARE(bench.builder.names("backups"), QList<QByteArray>());
    QCOMPARE(bench.builder.names("data"), QList<QByteArray>({"db.sqlite", "db.sqlite-journal"}));
}

void tst_BackupTaker::take_saysWhenAFileIsHalfWritten_data()
{
    QTest::addColumn<int>("capture");
    QTest::addColumn<QByteArray>("whole");
    QTest::addColumn<QString>("code");
    QTest::newRow("JSON") << int(Capture::Json) << QByteArray("{\"a\": [1, 2, 3]}") << QStringLiteral("json-invalid");
    QTest::newRow("pickle") << int(Capture::Pickle) << QByteArray("\x80\x04}\x94\x8c\x01" "a\x94K\x01s.", 12)
                            << QStringLiteral("pickle-truncated");
    QByteArray vectors("IxF2", 4);
    const auto add = [&vectors](auto value) { vectors.append(reinterpret_cast<const char *>(&value), sizeof value); };
    add(qint32(2));      // dimension
    add(qint64(3));      // vectors
    add(qint64(0));
    add(qint64(0));
    add(quint8(1));      // trained
    add(qint32(1));      // metric
    add(quint64(6));     // floats
    vectors.append(6 * 4, 'v');
    QTest::newRow("vectors") << int(Capture::Vectors) << vectors << QStringLiteral("vector-file-truncated");
}

void tst_BackupTaker::take_saysWhenAFileIsHalfWritten()
{
    QFETCH(int, capture);
    QFETCH(QByteArray, whole);
    QFETCH(QString, code);
    Bench bench;
    bench.builder.file("data/f", whole);
    const auto sound = bench.take("f", Capture(capture));
    QVERIFY(sound && sound->steady);
    QCOMPARE(codes(*sound), QStringList());
    for (const qsizetype cut : {qsizetype(0), whole.size() / 2, whole.size() - 1}) {
        bench.builder.file("data/f", whole.first(cut));
        const auto torn = bench.take("f", Capture(capture));
        QVERIFY(torn);
        QVERIFY(!torn->steady);
        QCOMPARE(codes(*torn), QStringList({code}));
        QCOMPARE(contentOf(*torn), whole.first(cut));
    }
}

// What most applications do first; the backup comes in between.
void tst_BackupTaker::take_waitsForAFileThatWasJustEmptied()
{
    Bench bench;
    bench.builder.file("data/f", "");
    Result<TakenFile> taken = fail(ErrorCode::Internal);
    int looks = 0;
    {
        const CallHooks hooks([&](Call &call) {
            // The application goes on before the second look.
            if (call.kind == CallKind::Open && QByteArray(call.name) == "f" && ++looks == 2)
                bench.builder.file("data/f", "written");
        }, {});
        taken = bench.take("f");
    }
    QVERIFY(looks >= 2);
    QVERIFY(taken && taken->steady);
    QCOMPARE(contentOf(*taken), QByteArray("written"));
    // One that stays empty is taken as it is.
    bench.builder.file("data/empty", "");
    const auto empty = bench.take("empty");
    QVERIFY(empty && empty->steady && empty->warnings.isEmpty() && empty->size == 0);
}

void tst_BackupTaker::takePair_copiesADatabaseWithItsLog_data()
{
    QTest::addColumn<bool>("databaseFirst");
    QTest::newRow("database first") << true;
    QTest::newRow("database second") << false;
}

// What is committed stands in the log alone until SQLite moves it; the bare file is an older state.
void tst_BackupTaker::takePair_copiesADatabaseWithItsLog()
{
    QFETCH(bool, databaseFirst);
    Bench bench;
    LiveDatabase live(bench.builder.path("data/db.sqlite"));
    live.run("PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(42);");
    bench.builder.file("data/secrets.env", "KEY=value\n");
    const FilePlace database = bench.place("db.sqlite");
    const FilePlace secrets = bench.place("secrets.env");
    auto pair = databaseFirst ? bench.taker().takePair(database, Capture::Sqlite, secrets, Capture::KeyValues)
                              : bench.taker().takePair(secrets, Capture::KeyValues, database, Capture::Sqlite);
    QVERIFY(pair.has_value());
    if (!databaseFirst)
        std::swap(pair->first, pair->second);
    QVERIFY(pair->first.steady && pair->second.steady);
    QCOMPARE(contentOf(pair->second), QByteArray("KEY=value\n"));
    QCOMPARE(query(bench, pair->first, "SELECT a FROM t"), QByteArrayList({"42"}));
}

void tst_BackupTaker::takePair_givesBothOrNeither()
{
    Bench bench;
    bench.builder.file("data/index.faiss", "vectors").file("data/index.pkl", "names");
    const auto pair = bench.taker().takePair(bench.place("index.faiss"), Capture::Plain, bench.place("index.pkl"), Capture::Plain);
    QVERIFY(pair.has_value());
    QCOMPARE(contentOf(pair->first), QByteArray("vectors"));
    QCOMPARE(contentOf(pair->second), QByteArray("names"));
    QVERIFY(pair->first.steady && pair->second.steady);
    bench.builder.remove("data/index.pkl");
    const auto one = bench.taker().takePair(bench.place("index.faiss"), Capture::Plain, bench.place("index.pkl"), Capture::Plain);
    QVERIFY(!one);
    QCOMPARE(one.error().code, ErrorCode::Vanished);
    QCOMPARE(one.error().path, QByteArray("index.pkl"));
}

void tst_BackupTaker::takePair_takesBothAgainWhenOneChanges()
{
    // The application writes both, one after the other, without a pause between two versions: a pair that is
    // called steady was there for the time it took to read it. In JSON, so that half a file can be told.
    Bench bench;
    const auto text = [](int version) { return QByteArray("[" + QByteArray::number(version) + "]"); };
    const auto versionOf = [](const TakenFile &taken) { return contentOf(taken).mid(1).chopped(1).toInt(); };
    bench.builder.file("data/index.faiss", text(0)).file("data/index.pkl", text(0));
    const auto take = [&] {
        return bench.taker().takePair(bench.place("index.faiss"), Capture::Json, bench.place("index.pkl"), Capture::Json);
    };
    std::atomic<bool> over = false;
    std::thread application([&] {
        for (int version = 1; !over; ++version) {
            for (const char *name : {"data/index.faiss", "data/index.pkl"})
                bench.builder.file(name, text(version));
            if (version % 8 == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(60));
        }
    });
    int steady = 0;
    for (int i = 0; i < 10; ++i) {
        const auto pair = take();
        if (!pair)
            qFatal("takePair failed");
        if (!pair->first.steady || !pair->second.steady)
            continue;
        ++steady;
        const int distance = versionOf(pair->first) - versionOf(pair->second);
        QVERIFY2((distance >= 0 && distance <= 1) || (over = true, application.join(), false), QByteArray::number(distance).constData());
    }
    over = true;
    application.join();
    qInfo("%d of 10 pairs steady", steady);
    // Left alone it is steady, and both are of the last version.
    const auto rest = take();
    QVERIFY(rest && rest->first.steady && rest->second.steady);
    QCOMPARE(contentOf(rest->first), contentOf(rest->second));
}

void tst_BackupTaker::takePair_neverMixesTwoVersions()
{
    Bench bench;
    bench.builder.file("data/index.faiss", "1").file("data/index.pkl", "1");
    int looks = 0;
    const CallHooks hooks([&](Call &call) {
        // After the first was read and before the second is: both are new.
        if (call.kind == CallKind::Open && QByteArray(call.name) == "index.pkl" && ++looks == 1)
            bench.builder.file("data/index.faiss", "2").file("data/index.pkl", "2");
    }, {});
    const auto pair = bench.taker().takePair(bench.place("index.faiss"), Capture::Plain, bench.place("index.pkl"), Capture::Plain);
    QVERIFY(pair && pair->first.steady && pair->second.steady);
    QCOMPARE(contentOf(pair->first), QByteArray("2"));
    QCOMPARE(contentOf(pair->second), QByteArray("2"));
}

QTEST_GUILESS_MAIN(tst_BackupTaker)
#include "tst_backuptaker.moc"
