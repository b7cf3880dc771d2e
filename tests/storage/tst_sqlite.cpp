// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/sqlite.h"

#include "storage/dirtree.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/sqlitebuilder.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QtEndian>
#include <QtTest>

#include <atomic>
#include <thread>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

/// A tree without local paths, as an archive's is.
class MemoryTree final : public Tree {
public:
    explicit MemoryTree(const Tree &base) : m_base(base) {}
    QString displayName() const override { return m_base.displayName(); }
    QByteArray name() const override { return m_base.name(); }
    Result<FileStamp> stamp(const RelPath &path) const override { return m_base.stamp(path); }
    Result<QList<TreeEntry>> list(const RelPath &dir) const override { return m_base.list(dir); }
    Result<std::unique_ptr<TreeFile>> open(const RelPath &path) const override { return m_base.open(path); }
    std::optional<QByteArray> localPath(const RelPath &) const override { return std::nullopt; }

private:
    const Tree &m_base;
};

const RelPath kDb = RelPath::literal("db.sqlite");

}  // namespace

class tst_Sqlite : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void header_knowsADatabaseByItsHead();
    void open_readsWithoutTouching_data();
    void open_readsWithoutTouching();
    void open_refusesWhatIsNoDatabase();
    void open_refusesAJournalThatNamesAnother();
    void open_saysInUseWhileSomeoneWrites();
    void open_neverRunsForeignViews();
    void copy_isWholeAndReadByTheShell_data();
    void copy_isWholeAndReadByTheShell();
    void copy_ofALiveDatabaseIsConsistent();
    void copy_leavesNothingWhenItFails();

private:
    /// Files of the temporary place that a look must not leave behind.
    static QStringList leftovers();
    DataDirBuilder *m_builder = nullptr;
    std::unique_ptr<DirTree> m_tree;
    QStringList m_leftBefore;
};

QStringList tst_Sqlite::leftovers()
{
    return QDir(QDir::tempPath()).entryList({QStringLiteral("strongroom-db-*")}, QDir::AllEntries | QDir::Hidden);
}

void tst_Sqlite::init()
{
    m_builder = new DataDirBuilder;
    m_builder->dir("data").dir("copies");
    m_tree = *DirTree::open(m_builder->path("data"));
    // Private copies go where TMPDIR says: a place of this test alone.
    m_builder->dir("tmp");
    qputenv("TMPDIR", m_builder->path("tmp"));
    m_leftBefore = leftovers();
}

void tst_Sqlite::cleanup()
{
    QCOMPARE(leftovers(), m_leftBefore);
    qunsetenv("TMPDIR");
    m_tree.reset();
    delete m_builder;
}

void tst_Sqlite::header_knowsADatabaseByItsHead()
{
    runSql(m_builder->path("data/db.sqlite"), "CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    const QByteArray whole = m_builder->read("data/db.sqlite");
    const auto header = parseSqliteHeader(whole.first(100));
    QVERIFY(header);
    QCOMPARE(header->pageSize, 4096);
    QCOMPARE(header->expectedBytes(), whole.size());
    QVERIFY(!header->wal);
    QVERIFY(!parseSqliteHeader(whole.first(99)));
    QVERIFY(!parseSqliteHeader(QByteArray(100, '\0')));
    QByteArray odd = whole.first(100);
    odd[16] = 3;
    QVERIFY(!parseSqliteHeader(odd));
}

/// Copies what a running application has on disk right now: what a kill leaves.
static void freeze(DataDirBuilder &builder, const QByteArray &from, const QByteArray &to, bool shm)
{
    for (const char *suffix : {"", "-journal", "-wal", "-shm"}) {
        if (builder.exists(from + suffix) && (shm || QByteArray(suffix) != "-shm"))
            builder.file(to + suffix, builder.read(from + suffix));
    }
}

void tst_Sqlite::open_readsWithoutTouching_data()
{
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<bool>("archive");
    QTest::addColumn<int>("rows");
    QTest::addColumn<bool>("privately");
    QTest::newRow("at rest") << QByteArray("rest") << false << 2 << false;
    QTest::newRow("in an archive") << QByteArray("rest") << true << 2 << false;
    QTest::newRow("WAL at rest") << QByteArray("wal-rest") << false << 2 << true;
    QTest::newRow("WAL at rest in an archive") << QByteArray("wal-rest") << true << 2 << false;
    QTest::newRow("WAL left by a kill") << QByteArray("wal") << false << 3 << true;
    QTest::newRow("WAL and shm left by a kill") << QByteArray("wal-shm") << false << 3 << true;
    QTest::newRow("hot journal") << QByteArray("hot") << false << 2 << true;
}

void tst_Sqlite::open_readsWithoutTouching()
{
    QFETCH(QByteArray, state);
    QFETCH(bool, archive);
    QFETCH(int, rows);
    QFETCH(bool, privately);
    const QByteArray live = "copies/live.sqlite";
    {
        LiveDatabase app(m_builder->path(live));
        if (state.startsWith("wal"))
            app.run("PRAGMA journal_mode=WAL");
        app.run("CREATE TABLE t(a, b); INSERT INTO t VALUES(1, 'one'), (2, 'two'); PRAGMA wal_checkpoint");
        if (state == "wal" || state == "wal-shm")
            app.run("INSERT INTO t VALUES(3, 'three')");
        if (state == "hot") {
            // A transaction that has spilled into the database file already.
            app.run("PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN IMMEDIATE; DELETE FROM t;"
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 2000)"
                    " INSERT INTO t SELECT i, hex(randomblob(200)) FROM n");
        }
        if (state != "rest" && state != "wal-rest")
            freeze(*m_builder, live, "data/db.sqlite", state == "wal-shm");
    }
    if (state == "rest" || state == "wal-rest")
        freeze(*m_builder, live, "data/db.sqlite", false);
    const SqliteNeighbours neighbours = sqliteNeighbours(*m_tree, kDb);
    QCOMPARE(neighbours.journal, state == "hot");
    QCOMPARE(neighbours.wal, state == "wal" || state == "wal-shm");
    QCOMPARE(neighbours.shm, state == "wal-shm");

    const QByteArray before = treeFingerprint(m_builder->path("data"), true);
    {
        Monitor monitor;
        const MemoryTree memory(*m_tree);
        const auto db = SqliteDatabase::open(archive ? static_cast<const Tree &>(memory) : *m_tree, kDb, monitor);
        QVERIFY2(db, db ? "" : qPrintable(describe(db.error()).oneLine()));
        QCOMPARE(db->isPrivateCopy(), privately);
        QCOMPARE(db->number("SELECT count(*) FROM t").value_or(-1), rows);
        QCOMPARE(db->tables().value_or(QStringList()), QStringList{QStringLiteral("t")});
        QCOMPARE(db->columns(QStringLiteral("t")).value_or(QStringList()), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
        QCOMPARE(db->quickCheck().value_or(QStringList{QStringLiteral("failed")}), QStringList());
        auto statement = db->prepare("SELECT b FROM t WHERE a = ?1");
        QVERIFY(statement);
        QVERIFY(statement->bind(1, 2));
        QVERIFY(statement->step().value_or(false));
        QCOMPARE(statement->text(0), QStringLiteral("two"));
        const auto write = db->number("DELETE FROM t");
        if (!privately)
            QVERIFY(!write);
        QCOMPARE(treeFingerprint(m_builder->path("data"), true), before);
    }
    QCOMPARE(treeFingerprint(m_builder->path("data"), true), before);
}

void tst_Sqlite::open_refusesWhatIsNoDatabase()
{
    Monitor monitor;
    const auto errorOf = [&] {
        const auto db = SqliteDatabase::open(*m_tree, kDb, monitor);
        return db ? ErrorCode::Internal : db.error().code;
    };
    QCOMPARE(errorOf(), ErrorCode::NotFound);
    m_builder->file("data/db.sqlite", "");
    QCOMPARE(errorOf(), ErrorCode::DatabaseUnreadable);
    m_builder->file("data/db.sqlite", QByteArray(8192, 'x'));
    QCOMPARE(errorOf(), ErrorCode::DatabaseUnreadable);
    m_builder->remove("data/db.sqlite").symlink("data/db.sqlite", "/etc/passwd");
    QVERIFY(errorOf() != ErrorCode::Internal);
    m_builder->remove("data/db.sqlite").dir("data/db.sqlite");
    QCOMPARE(errorOf(), ErrorCode::NotAFile);
}

void tst_Sqlite::open_refusesAJournalThatNamesAnother()
{
    // What SQLite would do with it: delete the file that the journal's tail names (invariant S3).
    const QByteArray live = "copies/live.sqlite";
    {
        LiveDatabase app(m_builder->path(live));
        app.run("CREATE TABLE t(a, b); PRAGMA cache_size=1; BEGIN IMMEDIATE;"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 2000)"
                " INSERT INTO t SELECT i, hex(randomblob(200)) FROM n");
        freeze(*m_builder, live, "data/db.sqlite", false);
    }
    m_builder->file("victim", "precious\n");
    const QByteArray victim = m_builder->path("victim");
    quint32 sum = 0;
    for (const char c : victim)
        sum += quint32(c);
    QByteArray tail(4, '\0');
    qToBigEndian<quint32>(1, tail.data());
    tail += victim;
    QByteArray numbers(8, '\0');
    qToBigEndian<quint32>(quint32(victim.size()), numbers.data());
    qToBigEndian<quint32>(sum, numbers.data() + 4);
    tail += numbers + QByteArray("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
    m_builder->file("data/db.sqlite-journal", m_builder->read("data/db.sqlite-journal") + tail);
    Monitor monitor;
    const auto db = SqliteDatabase::open(*m_tree, kDb, monitor);
    QVERIFY(!db);
    QCOMPARE(db.error().code, ErrorCode::DatabaseUnreadable);
    const auto copy = copyDatabase(*m_tree, kDb, m_builder->path("copies/out"), monitor);
    QVERIFY(!copy);
    QCOMPARE(m_builder->read("victim"), QByteArray("precious\n"));
}

void tst_Sqlite::open_saysInUseWhileSomeoneWrites()
{
    LiveDatabase app(m_builder->path("data/db.sqlite"));
    app.run("CREATE TABLE t(a); BEGIN EXCLUSIVE; INSERT INTO t VALUES(1)");
    Monitor monitor;
    const auto db = SqliteDatabase::open(*m_tree, kDb, monitor);
    QVERIFY(!db);
    QCOMPARE(db.error().code, ErrorCode::InUse);
    app.run("COMMIT");
    QVERIFY(SqliteDatabase::open(*m_tree, kDb, monitor));
}

void tst_Sqlite::open_neverRunsForeignViews()
{
    runSql(m_builder->path("data/db.sqlite"),
           "CREATE TABLE t(a); CREATE VIEW users AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT * FROM n;"
           "CREATE VIRTUAL TABLE v USING fts5(x)");
    Monitor monitor;
    const auto db = SqliteDatabase::open(*m_tree, kDb, monitor);
    QVERIFY(db);
    const QStringList tables = db->tables().value_or(QStringList());
    QVERIFY(tables.contains(QStringLiteral("t")));
    QVERIFY(!tables.contains(QStringLiteral("users")));
    QVERIFY(!tables.contains(QStringLiteral("v")));
    QVERIFY(!db->number("SELECT count(*) FROM users"));
    monitor.requestStop();
    const auto endless = db->number("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n");
    QVERIFY(!endless);
    QCOMPARE(endless.error().code, ErrorCode::Cancelled);
}

void tst_Sqlite::copy_isWholeAndReadByTheShell_data()
{
    QTest::addColumn<bool>("wal");
    QTest::addColumn<bool>("open");
    QTest::newRow("at rest") << false << false;
    QTest::newRow("open elsewhere") << false << true;
    QTest::newRow("WAL at rest") << true << false;
    QTest::newRow("WAL open elsewhere") << true << true;
}

void tst_Sqlite::copy_isWholeAndReadByTheShell()
{
    QFETCH(bool, wal);
    QFETCH(bool, open);
    auto app = std::make_unique<LiveDatabase>(m_builder->path("data/db.sqlite"));
    app->run(wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=DELETE");
    app->run("CREATE TABLE t(a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000)"
             " INSERT INTO t SELECT i, hex(randomblob(100)) FROM n");
    if (!open)
        app.reset();
    const QByteArray before = treeFingerprint(m_builder->path("data"), true);
    Monitor monitor;
    const QByteArray to = m_builder->path("copies/out%20?#.sqlite");
    const auto copy = copyDatabase(*m_tree, kDb, to, monitor);
    QVERIFY2(copy, copy ? "" : qPrintable(describe(copy.error()).oneLine()));
    QCOMPARE(copy->recovered, wal && !open);
    QCOMPARE(m_builder->names("copies"), QList<QByteArray>{"out%20?#.sqlite"});
    QCOMPARE(copy->bytes, QFile(QFile::decodeName(to)).size());
    QCOMPARE(monitor.sample().bytesDone, copy->bytes);
    const auto copies = DirTree::open(m_builder->path("copies"));
    QVERIFY(copies);
    QCOMPARE((*copies)->stamp(RelPath::literal("out%20?#.sqlite"))->mode, 0600u);
    if (!(wal && open))
        QCOMPARE(treeFingerprint(m_builder->path("data"), true), before);
    QCOMPARE(querySql(to, "SELECT count(*), max(a) FROM t; PRAGMA integrity_check"), (QByteArrayList{"5000|5000", "ok"}));
    const QString shell = QStandardPaths::findExecutable(QStringLiteral("sqlite3"));
    if (shell.isEmpty()) {
        qInfo("no sqlite3 shell to cross-check with");
    } else {
        const Ran ran = run(shell, {QFile::decodeName(to), QStringLiteral("SELECT sum(a) FROM t")});
        QCOMPARE(ran.out, QByteArray("12502500\n"));
    }
    const auto again = copyDatabase(*m_tree, kDb, to, monitor);
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::AlreadyExists);
}

void tst_Sqlite::copy_ofALiveDatabaseIsConsistent()
{
    // Two rows, first and last in the file, always sum up to 100; a writer moves amounts between them while
    // copies are taken, and a reader of ours opens and closes the file, which drops SQLite's locks.
    runSql(m_builder->path("data/db.sqlite"), "CREATE TABLE a(n); INSERT INTO a VALUES(50); CREATE TABLE f(x);"
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 3000) INSERT INTO f SELECT hex(randomblob(500)) FROM n;"
           "CREATE TABLE z(n); INSERT INTO z VALUES(50)");
    QProcess writer;
    const QString shell = QStandardPaths::findExecutable(QStringLiteral("python3"));
    if (shell.isEmpty())
        QSKIP("no python3 to write with");
    writer.start(shell, {QStringLiteral("-c"), QStringLiteral(
        "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],timeout=20,isolation_level=None)\nprint('go',flush=True)\n"
        "while True:\n c.execute('BEGIN IMMEDIATE')\n c.execute('UPDATE a SET n=n-1')\n"
        " c.execute('UPDATE z SET n=n+1')\n c.execute('COMMIT')\n"), QFile::decodeName(m_builder->path("data/db.sqlite"))});
    QVERIFY(writer.waitForStarted() && writer.waitForReadyRead());
    std::atomic<bool> over = false;
    std::thread looker([&] {
        while (!over)
            (void)m_tree->readHead(kDb, 100);
    });
    int copies = 0;
    for (int i = 0; i < 8; ++i) {
        const QByteArray to = m_builder->path("copies/c" + QByteArray::number(i));
        Monitor monitor;
        const auto copy = copyDatabase(*m_tree, kDb, to, monitor);
        // Refusing is honest; a copy that is there must be true.
        if (!copy) {
            if (copy.error().code != ErrorCode::Changed && copy.error().code != ErrorCode::DatabaseUnreadable)
                break;
            continue;
        }
        ++copies;
        if (querySql(to, "SELECT (SELECT n FROM a) + (SELECT n FROM z)") != QByteArrayList{"100"})
            copies = -100;
    }
    over = true;
    looker.join();
    writer.kill();
    writer.waitForFinished();
    qInfo("%d of 8 copies taken", copies);
    QVERIFY(copies > 0);
}

void tst_Sqlite::copy_leavesNothingWhenItFails()
{
    Monitor monitor;
    const QByteArray to = m_builder->path("copies/out");
    m_builder->file("data/db.sqlite", QByteArray(8192, 'x'));
    QCOMPARE(copyDatabase(*m_tree, kDb, to, monitor).error().code, ErrorCode::DatabaseUnreadable);
    QCOMPARE(m_builder->names("copies"), QList<QByteArray>());
    // Pages of rubbish behind a good head.
    m_builder->remove("data/db.sqlite");
    runSql(m_builder->path("data/db.sqlite"), "CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 9000)"
                                              " INSERT INTO t SELECT hex(randomblob(50)) FROM n");
    QByteArray bytes = m_builder->read("data/db.sqlite");
    bytes.replace(8192, 4096, QByteArray(4096, 'x'));
    m_builder->file("data/db.sqlite", bytes);
    QCOMPARE(copyDatabase(*m_tree, kDb, to, monitor).error().code, ErrorCode::DatabaseUnreadable);
    QCOMPARE(m_builder->names("copies"), QList<QByteArray>());
    monitor.requestStop();
    QCOMPARE(copyDatabase(*m_tree, kDb, to, monitor).error().code, ErrorCode::Cancelled);
    QCOMPARE(m_builder->names("copies"), QList<QByteArray>());
}

QTEST_GUILESS_MAIN(tst_Sqlite)
#include "tst_sqlite.moc"
