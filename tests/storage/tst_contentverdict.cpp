// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The whole verdict on archives made here: cases of what the hostile set does to content, the honest ones beside
// them, the rule of trust, and the limits.

#include "storage/archive/trailer.h"
#include "storage/formats/redisscan.h"
#include "storage/ops/inspection.h"
#include "storage/verdict/contentcheck.h"
#include "tests/storage/picklebytes.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/sqlitebuilder.h"

#include <QCryptographicHash>
#include <QSet>
#include <QtEndian>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

const QByteArray kUuid = "550e8400-e29b-41d4-a716-446655440000";
const QByteArray kSecrets = "JWT_SECRET=" + QByteArray(64, 'a') + "\nJWT_REFRESH_SECRET=" + QByteArray(64, 'b') + "\nENCRYPTION_KEY="
    + QByteArray(32, 'c') + "\n";
const QByteArray kSqlHead = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n";
const QByteArray kSqlTail = "\n--\n-- PostgreSQL database dump complete\n--\n";

/// The words of the categories that the set has, so that the table below can be held against them.
const QSet<QByteArray> kGroups = {"path", "link", "node", "dup", "name", "hdr", "eof", "pax", "gnu-long", "sparse", "gz", "bomb", "zip",
                                  "kind", "man", "pkl", "json", "db", "env", "sql", "pgdmp", "redis", "nested"};

Judgement inspected(const DataDirBuilder &dir, const QByteArray &name, const Limits &limits = Limits::production())
{
    Monitor monitor;
    const auto archive = ArchiveFile::open(dir.path(name));
    if (!archive)
        qFatal("cannot open %s", name.constData());
    auto judgement = inspectArchive(*archive, limits, monitor);
    if (!judgement)
        qFatal("no judgement: %s", qPrintable(describe(judgement.error()).oneLine()));
    return *std::move(judgement);
}

Judgement inspected(const QByteArray &archive, const Limits &limits = Limits::production())
{
    DataDirBuilder dir;
    dir.file("a.bin", archive);
    return inspected(dir, "a.bin", limits);
}

QString said(const Judgement &judgement)
{
    QStringList all = {verdictWord(judgement.verdict)};
    for (const Problem &problem : judgement.problems)
        all.append(problem.message);
    return all.join(u" | ");
}

QByteArray one(const QByteArray &name, const QByteArray &content)
{
    return TarBuilder().file(name, content, 0600).end().gz();
}

/// Bytes of a database made by `sql`.
QByteArray database(const QByteArray &sql)
{
    DataDirBuilder dir;
    runSql(dir.path("d"), sql);
    return dir.read("d");
}

QByteArray usersDatabase()
{
    return database("CREATE TABLE users(id INTEGER PRIMARY KEY, username TEXT); INSERT INTO users VALUES(1, 'admin');");
}

QByteArray app(const QByteArray &db, const QByteArray &secrets)
{
    TarBuilder tar;
    tar.file("data/database.sqlite", db);
    if (!secrets.isEmpty())
        tar.file("data/secrets.env", secrets, 0600);
    return tar.end().gz();
}

QByteArray scene(const QByteArray &pickle)
{
    return TarBuilder().file("data/session_snapshot.pkl", pickle).file("data/session_metadata.json", "{}").end().gz();
}

QByteArray entities(const QByteArray &json)
{
    return one("data/api_storage/entities.json", json);
}

QByteArray dump(const QByteArray &sql)
{
    return one("db_backup_20251025_143022.sql", sql);
}

QByteArray sessions(const QByteArray &extra = {})
{
    return TarBuilder().file("data/storage/session_" + kUuid + "/metadata.json", "{\"session_id\":\"" + kUuid + "\",\"template_id\":\"t\"}")
        .file("data/auth/tokens.json", "{}").raw(extra).end().gz();
}

/// An RDB file of nothing with the right checksum.
QByteArray rdb()
{
    const QByteArray body("REDIS0011\xfa\x09redis-ver\x05" "7.0.1\xff", 27);
    QByteArray sum(8, '\0');
    qToLittleEndian(crc64Redis(0, body), sum.data());
    return body + sum;
}

QByteArray resp(const QList<QByteArray> &words)
{
    QByteArray out = "*" + QByteArray::number(words.size()) + "\r\n";
    for (const QByteArray &word : words)
        out += "$" + QByteArray::number(word.size()) + "\r\n" + word + "\r\n";
    return out;
}

/// A custom dump with one table and its data.
QByteArray pgDump(const QByteArray &definition = "CREATE TABLE public.t (a integer);\n", char minor = 14)
{
    const auto number = [](qint64 n) {
        QByteArray out(5, '\0');
        out[0] = n < 0 ? 1 : 0;
        qToLittleEndian(quint32(qAbs(n)), out.data() + 1);
        return out;
    };
    const auto text = [&number](const QByteArray &t) -> QByteArray { return number(t.size()) + t; };
    QByteArray out = QByteArray("PGDMP\x01", 6) + minor + QByteArray("\x00\x04\x08\x01", 4) + number(-1);
    for (int i = 0; i < 7; ++i)
        out += number(i);
    out += text("backend_db") + text("15.4") + text("15.4") + number(1);
    out += number(7) + number(1) + text("1259") + text("16384") + text("t") + text("TABLE DATA") + number(3);
    out += text(definition) + text("DROP TABLE public.t;\n") + text("COPY public.t (a) FROM stdin;\n");
    out += text("public") + text("") + text("heap") + text("postgres") + text("false") + number(-1);
    out += QByteArray(1, 2) + QByteArray(8, '\0');
    return out + QByteArray(1, 1) + number(7) + number(4) + "1\n2\n" + number(0);
}

/// An archive of ours in shape: manifest with hashes, everything as promised.
QByteArray vouchedFor(const QList<std::pair<QByteArray, QByteArray>> &files, const QByteArray &kind)
{
    TarBuilder tar;
    QByteArrayList entries;
    for (const auto &[name, content] : files) {
        tar.file(name, content, 0600);
        entries.append(R"({"path":")" + name + R"(","type":"file","size":)" + QByteArray::number(content.size()) + R"(,"sha256":")"
                       + QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex() + R"(","mode":384})");
    }
    tar.file(".strongroom/manifest.json", R"({"format":"strongroom-backup","version":1,"kind":")" + kind
                                              + R"(","created_utc":"2025-01-01T00:00:00Z","entries":[)" + entries.join(',') + "]}", 0600);
    return tar.end().gz();
}

}  // namespace

class tst_ContentVerdict : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFamily_getsItsVerdict_data();
    void everyFamily_getsItsVerdict();
    void damagedFiles_areNotesWhereAManifestVouches();
    void foreignNotes_doNotChangeTheVerdict_data();
    void foreignNotes_doNotChangeTheVerdict();
    void findings_ofALayoutThatIsNotThere_areDropped_data();
    void findings_ofALayoutThatIsNotThere_areDropped();
    void junkElsewhere_doesNotCrowdOutWhatCounts();
    void secondName_doesNotHideContent();
    void announcedArchive_mustHaveItsManifest();
    void honestArchives_passTheStandardLimits();
    void largeFiles_areSpooledOutOfMemory();
    void oneFile_isCheckedOnItsOwn_data();
    void oneFile_isCheckedOnItsOwn();
    void stop_endsTheInspection();
};

void tst_ContentVerdict::everyFamily_getsItsVerdict_data()
{
    QTest::addColumn<QByteArray>("archive");
    QTest::addColumn<Verdict>("verdict");
    QSet<QByteArray> groups;
    const auto row = [&groups](const QByteArray &name, const QByteArray &archive, Verdict verdict) {
        groups.insert(name.left(name.indexOf(':')));
        QTest::newRow(name.constData()) << archive << verdict;
    };
    const auto good = [] { return TarBuilder().dir("data/").file("data/a", "a"); };
    const QByteArray healthy = good().end().gz();
    constexpr Verdict ok = Verdict::Readable;
    constexpr Verdict damaged = Verdict::Damaged;
    constexpr Verdict hostile = Verdict::Hostile;

    // The container.
    row("path: climbs", good().file("../x", "x").end().gz(), hostile);
    row("link: leaves", good().symlink("data/l", "/etc/passwd").end().gz(), hostile);
    row("link: inside", good().symlink("data/l", "a").end().gz(), ok);
    row("node: device", good().entry({.type = '3', .name = "data/d"}).end().gz(), hostile);
    row("node: fifo", good().entry({.type = '6', .name = "data/p"}).end().gz(), ok);
    row("dup: path twice", good().file("data/a", "b").end().gz(), hostile);
    row("name: in a structured area", sessions(TarBuilder().file("data/storage/a\nb", "x").bytes()), hostile);
    row("name: among uploads", sessions(TarBuilder().file("data/uploads/a\nb", "x").bytes()), ok);
    row("hdr: negative size", good().entry({.name = "data/n", .sizeField = QByteArray(12, '\xff')}).end().gz(), hostile);
    row("eof: entries behind the end", good().end().file("data/hidden", "x").end().gz(), hostile);
    row("pax: two sizes", good().pax({{"size", "600"}}).file("data/s", "x").end().gz(), hostile);
    row("gnu-long: no end", good().entry({.type = 'L', .name = "././@LongLink", .content = QByteArray(200, 'x')}).end().gz(), hostile);
    row("sparse: old GNU type", good().entry({.type = 'S', .name = "data/s"}).end().gz(), hostile);
    row("gz: cut", healthy.chopped(9), damaged);
    row("gz: members of nothing", gzip({}).repeated(20'000) + healthy, hostile);
    row("kind: a page of HTML", "<!DOCTYPE html><html></html>", damaged);
    row("zip: wrong checksum", zip({{.name = "data/a", .content = "a", .crcOff = 1}}), damaged);
    row("zip: honest", zip({{.name = "data/a", .content = "a"}}), ok);
    row("man: another kind", vouchedFor({{"data/storage/session_" + kUuid + "/metadata.json", "{}"}}, "sqlite-app"), hostile);
    row("man: honest", vouchedFor({{"data/a", "a"}}, "plain-directory"), Verdict::Verified);

    // Bombs, under the limits that everybody gets.
    row("bomb: zeros in gzip", good().file("data/zeros", QByteArray(qsizetype(80) << 20, '\0')).end().gz(), hostile);
    row("bomb: zeros behind the end", good().end().gz() + gzip(QByteArray(qsizetype(80) << 20, '\0')), hostile);
    row("bomb: zeros in zip", zip({{.name = "data/ok", .content = "ok"}, {.name = "data/z", .content = QByteArray(qsizetype(80) << 20, '\0')}}), hostile);
    {
        TarBuilder many;
        for (int i = 0; i < 25'000; ++i)
            many.file("data/uploads/" + QByteArray::number(i), {});
        row("bomb: names of nothing", many.end().gz(), hostile);
    }

    // Pickles.
    row("pkl: honest", scene(pkl::snapshot(1.7e9, "shutdown", 2)), ok);
    row("pkl: runs a program", scene("cos\nsystem\n(S'id'\ntR."), hostile);
    row("pkl: a second one behind it", scene(QByteArray("\x80\x04}.", 4) + "cos\nsystem\n(S'id'\ntR."), hostile);
    row("pkl: empty", scene({}), damaged);
    row("pkl: cut", scene(pkl::snapshot(1.7e9, "shutdown", 2).chopped(5)), damaged);
    row("pkl: no dictionary", scene(QByteArray("\x80\x02]q\x00.", 6)), damaged);

    // JSON.
    row("json: honest", entities(R"({"c":{"entity_id":"c","documents":[{"file_path":"data/uploads/c/x.pdf"}]}})"), ok);
    row("json: a container's own path", entities(R"({"c":{"entity_id":"c","documents":[{"file_path":"/app/data/uploads/c/x.pdf"}]}})"), ok);
    row("json: cut", entities(R"({"c":{"entity_)"), damaged);
    row("json: array", entities("[]"), damaged);
    row("json: key twice", entities(R"({"a":{"x":1,"\u0078":2}})"), damaged);
    row("json: deep", entities(QByteArray(70, '[') + QByteArray(70, ']')), damaged);
    row("json: byte order mark", entities("\xef\xbb\xbf{}"), damaged);
    row("json: path outside", entities(R"({"c":{"documents":[{"file_path":"/etc/passwd"}]}})"), hostile);
    row("json: path that climbs", entities(R"({"c":{"documents":[{"file_path":"data/uploads/../../x"}]}})"), hostile);
    row("json: id is a path", entities(R"({"../../x":{}})"), hostile);
    row("json: other session inside", one("data/storage/session_" + kUuid + "/metadata.json", R"({"session_id":"00000000-0000-4000-8000-000000000000"})"), damaged);
    row("json: folder that is no session", one("data/storage/session_x/metadata.json", "{}"), hostile);

    // Databases and keys.
    const QByteArray users = usersDatabase();
    row("db: honest", app(users, kSecrets), ok);
    row("db: empty", app({}, kSecrets), damaged);
    row("db: cut", app(users.chopped(4096), kSecrets), damaged);
    QByteArray flipped = users;
    flipped[4096] = char(flipped[4096] ^ 0xff);
    row("db: flipped page", app(flipped, kSecrets), damaged);
    row("db: trigger", app(database("CREATE TABLE users(id INTEGER); CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT load_extension('x'); END;"), kSecrets), hostile);
    row("db: view", app(database("CREATE TABLE users(id INTEGER); CREATE VIEW v AS SELECT 1;"), kSecrets), hostile);
    row("db: another application's", app(database("CREATE TABLE other(x);"), kSecrets), damaged);
    row("db: without its keys", app(users, {}), damaged);
    row("db: journal of nobody", TarBuilder().file("data/database.sqlite", users).file("data/database.sqlite-journal", "j")
                                     .file("data/secrets.env", kSecrets).end().gz(), damaged);
    row("db: of an application that is not known", app(database("CREATE TABLE users(id); CREATE TABLE jobs(x); CREATE VIEW v AS SELECT 1;"), {}), ok);
    row("env: key missing", app(users, QByteArray(kSecrets).replace("ENCRYPTION_KEY", "OTHER")), damaged);
    row("env: key twice", app(users, kSecrets + "ENCRYPTION_KEY=" + QByteArray(32, 'd') + "\n"), damaged);
    row("env: command in a value", app(users, kSecrets + "X=$(touch x)\n"), hostile);
    row("env: NUL", app(users, kSecrets + QByteArray(2, '\0')), damaged);

    // Dumps.
    row("sql: honest", dump(kSqlHead + "CREATE TABLE t (a integer);\nCOPY public.t (a) FROM stdin;\n1\n\\N\n\\.\n" + kSqlTail), ok);
    row("sql: restricted", dump("--\n-- PostgreSQL database dump\n--\n\n\\restrict AbC\n\nCREATE TABLE t (a integer);\n" + kSqlTail + "\n\\unrestrict AbC\n"), ok);
    row("sql: shell", dump(kSqlHead + "\\! touch x\n" + kSqlTail), hostile);
    row("sql: program", dump(kSqlHead + "COPY (SELECT 1) TO PROGRAM 'x';\n" + kSqlTail), hostile);
    row("sql: superuser", dump(kSqlHead + "ALTER ROLE x SUPERUSER;\n" + kSqlTail), hostile);
    row("sql: cut", dump(kSqlHead + "COPY public.t (a) FROM stdin;\n1\n2"), damaged);
    row("sql: empty", dump({}), damaged);
    row("sql: error text", dump("pg_dump: error: connection failed\n"), damaged);
    row("sql: gzip", dump(gzip(kSqlHead)), damaged);
    row("sql: other people's scripts", TarBuilder().file("p/seed.sql", "\\connect x\n").file("p/m/1.sql", {}).end().gz(), ok);
    row("sql: announced under another name", one("nightly.sql", kSqlHead + "\\! x\n" + kSqlTail), hostile);
    row("pgdmp: honest", one("db.dump", pgDump()), ok);
    row("pgdmp: cut in the head", one("db.dump", pgDump().left(60)), damaged);
    row("pgdmp: cut in the data", one("db.dump", pgDump().chopped(7)), damaged);
    row("pgdmp: without the data", one("db.dump", pgDump().chopped(19)), damaged);
    row("pgdmp: version", one("db.dump", pgDump("SELECT 1;", char(0xff))), damaged);
    row("pgdmp: program in the table of contents", one("db.dump", pgDump("COPY t TO PROGRAM 'x';\n")), hostile);
    row("redis: honest", TarBuilder().file("redis/dump.rdb", rdb()).file("redis/appendonly.aof", resp({"SET", "a", "b"})).end().gz(), ok);
    row("redis: wrong magic", one("redis/dump.rdb", "REDIX0011\xff" + QByteArray(8, '\0')), damaged);
    QByteArray wrongSum = rdb();
    wrongSum[12] = char(wrongSum[12] ^ 1);
    row("redis: wrong checksum", one("redis/dump.rdb", wrongSum), damaged);
    row("redis: module", one("redis/appendonlydir/appendonly.aof.1.incr.aof", resp({"MODULE", "LOAD", "x.so"})), hostile);
    row("redis: flushed", one("redis/appendonly.aof", resp({"SET", "a", "b"}) + resp({"FLUSHALL"})), damaged);
    row("redis: cut", one("redis/appendonly.aof", resp({"SET", "a", "b"}).chopped(3)), damaged);

    // One level of archives within.
    const auto nested = [](const QByteArray &inner) { return TarBuilder().file("db_backup_1.sql", "-- PostgreSQL database dump\n").file("media_backup_1.tar.gz", inner).end().gz(); };
    row("nested: honest", nested(TarBuilder().file("./a", "a").end().gz()), ok);
    row("nested: climbs", nested(TarBuilder().file("../a", "a").end().gz()), hostile);
    row("nested: cut", nested(TarBuilder().file("./a", "a").end().gz().chopped(9)), damaged);
    row("nested: deeper ones are files", nested(TarBuilder().file("b.tar.gz", TarBuilder().file("../c", "c").end().gz()).end().gz()), ok);
    row("nested: an upload may be called so", TarBuilder().file("p/uploads/media_backup_1.tar.gz", "x").file("p/b", "b").end().gz(), ok);

    QCOMPARE((kGroups - groups).values(), QList<QByteArray>());
}

void tst_ContentVerdict::everyFamily_getsItsVerdict()
{
    QFETCH(QByteArray, archive);
    QFETCH(Verdict, verdict);
    const Judgement judgement = inspected(archive);
    QVERIFY2(judgement.verdict == verdict, qPrintable(said(judgement)));
    QCOMPARE(judgement.problems.isEmpty(), judgement.isUsable());
    if (!judgement.isUsable())
        QVERIFY(!describe(judgement.refusal("/a.tar.gz")).oneLine().isEmpty());
}

void tst_ContentVerdict::damagedFiles_areNotesWhereAManifestVouches()
{
    const Judgement judgement = inspected(vouchedFor({{"data/sessions/" + kUuid + ".json", "{\"session_id\":"},
                                                      {"data/storage/session_" + kUuid + "/metadata.json", "[]"}}, "document-sessions"));
    QCOMPARE(judgement.verdict, Verdict::Verified);
    QCOMPARE(judgement.problems.size(), 0);
    QCOMPARE(judgement.notes.size(), 2);
    QVERIFY(judgement.notes.first().member.startsWith("data/"));
}

void tst_ContentVerdict::foreignNotes_doNotChangeTheVerdict_data()
{
    QTest::addColumn<QByteArray>("archive");
    QTest::newRow("not a number") << entities(R"({"a":NaN})");
    QTest::newRow("half a surrogate pair") << entities(R"({"a":"\ud800"})");
    QTest::newRow("other line ends") << app(usersDatabase(), QByteArray(kSecrets).replace('\n', "\r\n"));
    QTest::newRow("only a heading") << dump("-- PostgreSQL database dump\n");
}

void tst_ContentVerdict::foreignNotes_doNotChangeTheVerdict()
{
    QFETCH(QByteArray, archive);
    const Judgement judgement = inspected(archive);
    QVERIFY2(judgement.verdict == Verdict::Readable, qPrintable(said(judgement)));
    QCOMPARE(judgement.notes.size(), 1);
    QVERIFY(!judgement.notes.first().member.isEmpty());
}

void tst_ContentVerdict::findings_ofALayoutThatIsNotThere_areDropped_data()
{
    QTest::addColumn<QByteArray>("archive");
    // Names that a layout would know, where nothing else speaks of that layout.
    QTest::newRow("sessions without ids") << one("p/sessions/notes.json", "no JSON");
    QTest::newRow("tokens") << one("p/auth/tokens.json", "[");
    QTest::newRow("some pickle") << one("p/model.pkl", "cos\nsystem\n(S'id'\ntR.");
    QTest::newRow("not at its place") << one("p/x/y/api_storage/entities.json", "[");
    QTest::newRow("top folders beside each other") << TarBuilder().file("a/api_storage/entities.json", "[").file("b/x", "x").end().gz();
}

void tst_ContentVerdict::findings_ofALayoutThatIsNotThere_areDropped()
{
    QFETCH(QByteArray, archive);
    const Judgement judgement = inspected(archive);
    QVERIFY2(judgement.verdict == Verdict::Readable, qPrintable(said(judgement)));
    QCOMPARE(judgement.notes.size(), 0);
}

void tst_ContentVerdict::junkElsewhere_doesNotCrowdOutWhatCounts()
{
    TarBuilder tar;
    for (int i = 0; i < 200; ++i)
        tar.file("data/sessions/" + QByteArray::number(i) + ".json", "[");
    tar.file("data/session_snapshot.pkl", "cos\nsystem\n(S'id'\ntR.");
    const Judgement judgement = inspected(tar.end().gz());
    QCOMPARE(judgement.verdict, Verdict::Hostile);
    QVERIFY(judgement.problems.size() <= 20);
    QCOMPARE(judgement.problems.first().member, QByteArray("data/session_snapshot.pkl"));
}

void tst_ContentVerdict::secondName_doesNotHideContent()
{
    const QByteArray evil = "cos\nsystem\n(S'id'\ntR.";
    const Judgement hidden = inspected(TarBuilder().file("data/uploads/x", evil).hardlink("data/session_snapshot.pkl", "data/uploads/x").end().gz());
    QVERIFY2(hidden.verdict == Verdict::Hostile, qPrintable(said(hidden)));
    const QByteArray fine = pkl::snapshot(1.7e9, "shutdown", 1);
    const Judgement honest = inspected(TarBuilder().file("data/backups/snapshot_20250101_000000.pkl", fine)
                                           .hardlink("data/session_snapshot.pkl", "data/backups/snapshot_20250101_000000.pkl").end().gz());
    QVERIFY2(honest.verdict == Verdict::Readable, qPrintable(said(honest)));
}

void tst_ContentVerdict::announcedArchive_mustHaveItsManifest()
{
    // A forged trailer buys wider limits, and a refusal.
    const QByteArray tar = TarBuilder().file("data/a", "a").end().gz();
    const Judgement judgement = inspected(tar + encodeTrailer({0, 20, 0, 0}, ArchiveFormat::TarGzip));
    QVERIFY2(judgement.verdict == Verdict::Damaged, qPrintable(said(judgement)));
}

void tst_ContentVerdict::honestArchives_passTheStandardLimits()
{
    // Pieces of nothing are the exception, pieces are not.
    QByteArray members;
    const QByteArray tar = TarBuilder().file("data/a", QByteArray(100'000, 'a')).end().bytes();
    for (qsizetype at = 0; at < tar.size(); at += 16)
        members += gzip(tar.mid(at, 16));
    QVERIFY2(inspected(members).isUsable(), qPrintable(said(inspected(members))));

    TarBuilder full;   // a tenth of it has content
    for (int i = 0; i < 22'000; ++i)
        full.file("data/uploads/" + QByteArray::number(i), i % 10 ? QByteArray() : QByteArray("x"));
    const QByteArray archive = full.end().gz();
    QVERIFY2(inspected(archive).isUsable(), qPrintable(said(inspected(archive))));
    QCOMPARE(inspected(archive, Limits::strict()).verdict, Verdict::Hostile);

    const QByteArray zeros = TarBuilder().file("data/z", QByteArray(qsizetype(40) << 20, '\0')).end().gz();
    QVERIFY2(inspected(zeros).isUsable(), "what stays below the floor costs nobody anything");
    QCOMPARE(inspected(zeros, Limits::strict()).verdict, Verdict::Hostile);
}

void tst_ContentVerdict::largeFiles_areSpooledOutOfMemory()
{
    // Twice what is kept in memory, whole and with the last page broken.
    QByteArray sql = "CREATE TABLE users(id INTEGER PRIMARY KEY, username TEXT);"
                     "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 4300)"
                     " INSERT INTO users SELECT i, hex(zeroblob(2000)) FROM n;";
    const QByteArray whole = database(sql);
    QVERIFY(whole.size() > 2 * Scratch::kInMemory);
    DataDirBuilder dir;
    dir.dir("tmp");
    const QByteArray before = qgetenv("TMPDIR");
    qputenv("TMPDIR", dir.path("tmp"));
    const auto restored = qScopeGuard([&before] { before.isNull() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", before); });
    QVERIFY2(inspected(app(whole, kSecrets)).isUsable(), qPrintable(said(inspected(app(whole, kSecrets)))));
    QByteArray broken = whole;
    broken[whole.size() / 4096 / 2 * 4096] = '\x77';
    QVERIFY(!inspected(app(broken, kSecrets)).isUsable());
    QCOMPARE(dir.names("tmp"), QList<QByteArray>());
}

void tst_ContentVerdict::oneFile_isCheckedOnItsOwn_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<Verdict>("verdict");
    const auto row = [](const char *tag, const QByteArray &name, const QByteArray &content, Verdict verdict) {
        QTest::newRow(tag) << name << content << verdict;
    };
    row("dump", "x.sql", kSqlHead + "SELECT 1;\n" + kSqlTail, Verdict::Readable);
    row("dump with a command", "x.sql", kSqlHead + "\\! x\n" + kSqlTail, Verdict::Hostile);
    row("dump cut", "x.sql", kSqlHead + "SELECT 1;\n", Verdict::Damaged);
    row("dump of another program", "x.sql", "-- MySQL dump 10.13\nCREATE TABLE x(y int);\n", Verdict::Readable);
    row("custom dump under any name", "x", pgDump(), Verdict::Readable);
    row("custom dump cut", "x", pgDump().chopped(4), Verdict::Damaged);
    row("database under any name", "x.db", database("CREATE TABLE users(x);"), Verdict::Readable);
    row("database cut", "database.sqlite", database("CREATE TABLE users(x); CREATE TABLE t(x);").chopped(4096), Verdict::Damaged);
    row("database with code", "database.sqlite",
        database("CREATE TABLE users(x); CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users; END;"), Verdict::Hostile);
    row("database of somebody else", "x.db", database("CREATE TABLE t(x);"), Verdict::Damaged);
    row("keys", "backup-secrets.env", kSecrets, Verdict::Readable);
    row("keys of which one is missing, under any name", "x", kSecrets.left(kSecrets.lastIndexOf('\n', -2) + 1), Verdict::Damaged);
    row("keys that run something", "secrets.env", kSecrets + "X=$(id)\n", Verdict::Hostile);
    row("keys of another application", ".env", "POSTGRES_PASSWORD=abc\nDEBUG=0\n", Verdict::Readable);
    row("snapshot", "mine.pkl", pkl::snapshot(1.7e9, "shutdown", 1), Verdict::Readable);
    row("evil snapshot", "mine.pkl", "\x80\x02" "cos\nsystem\nX\x02\0\0\0idR.", Verdict::Hostile);
    row("snapshot cut", "mine.pkl", pkl::snapshot(1.7e9, "shutdown", 1).chopped(5), Verdict::Damaged);
    row("store", "tokens.json", "{}", Verdict::Readable);
    row("store cut", "tokens.json", "{\"a\": {", Verdict::Damaged);
    row("store that leads elsewhere", "entities.json", R"({"a": {"entity_dir": "/etc"}})", Verdict::Hostile);
    row("JSON of anybody", "x.json", "[1, 2]", Verdict::Readable);
    row("Redis", "old.rdb", rdb(), Verdict::Readable);
    row("Redis cut", "old.rdb", rdb().chopped(3), Verdict::Damaged);
}

void tst_ContentVerdict::oneFile_isCheckedOnItsOwn()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, content);
    DataDirBuilder dir;
    dir.file(name, content);
    const auto file = ArchiveFile::open(dir.path(name));
    QVERIFY(file);
    QCOMPARE(file->kind().format, ArchiveFormat::LoneFile);
    Monitor monitor;
    const auto judgement = inspectArchive(*file, Limits::production(), monitor);
    QVERIFY(judgement);
    QFETCH(Verdict, verdict);
    QVERIFY2(judgement->verdict == verdict, qPrintable(verdictWord(judgement->verdict) + u' ' + said(*judgement)));
}

void tst_ContentVerdict::stop_endsTheInspection()
{
    DataDirBuilder dir;
    dir.file("a.bin", scene(pkl::snapshot(1.7e9, "shutdown", 1)));
    Monitor monitor;
    monitor.requestStop();
    const auto archive = ArchiveFile::open(dir.path("a.bin"));
    QVERIFY(archive);
    const auto judgement = inspectArchive(*archive, Limits::production(), monitor);
    QVERIFY(!judgement);
    QCOMPARE(judgement.error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(tst_ContentVerdict)
#include "tst_contentverdict.moc"
