// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/pgdump.h"
#include "storage/formats/redisscan.h"
#include "storage/formats/sqldump.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

// Dumps are programs: what the scanners must see however it is written, and what they must not take for it.

namespace {

const QByteArray kHead = "--\n-- PostgreSQL database dump\n--\n\n";
const QByteArray kTail = "\n--\n-- PostgreSQL database dump complete\n--\n";

SqlDumpReport scan(const QByteArray &sql, qsizetype block = 0)
{
    SqlDumpScanner scanner;
    for (qsizetype at = 0; at < sql.size(); at += block ? block : sql.size())
        scanner.feed(sql.mid(at, block ? block : sql.size()));
    return scanner.finish();
}

}  // namespace

class tst_Dumps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sql_offencesAreSeen_data();
    void sql_offencesAreSeen();
    void sql_honestThingsAreNone_data();
    void sql_honestThingsAreNone();
    void sql_everyCutIsIncomplete();
    void sql_realDumpsAreWhole();
    void rdb_checksumIsThatOfRedis();
    void rdb_realSnapshotsAreWhole();
    void rdb_everyFlipIsSeen();
    void aof_blocksOfAnySizeSayTheSame();
};

void tst_Dumps::sql_offencesAreSeen_data()
{
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &body) { QTest::newRow(name) << body; };
    row("command", "\\! x\n");
    row("command behind a statement", "SELECT 1; \\! x\n");
    row("command inside a statement", "SELECT 1\n\\! x\n;\n");
    row("command inside brackets", "SELECT (1\n;COPY t FROM stdin;\n\\! x\n\\.\n);\n");
    row("command where data should be", "COPY t FROM stdin;\n\\! x\n\\.\n");
    row("command behind the end of the data", "COPY t FROM stdin;\n1\n\\.\n\\! x\n");
    row("something behind the end mark", "COPY t FROM stdin;\n1\n\\. x\n");
    row("statement behind COPY in its line", "COPY t FROM stdin; COPY t TO PROGRAM 'x';\n\\.\n");
    row("end of data without data", "\\.\n");
    row("restrict twice", "\\restrict a\n\\restrict b\n\\unrestrict b\n");
    row("unrestrict with another word", "\\restrict a\n\\unrestrict b\n");
    row("restrict in a statement", "SELECT \\restrict a\n1;\\unrestrict a\n");
    row("program", "COPY t TO PROGRAM 'x';\n");
    row("program over lines", "copy /* c */ t\n-- c\nfrom\tprogram 'x';\n");
    row("file of the server", "COPY t FROM '/etc/passwd';\n");
    row("superuser", "CREATE USER x WITH LOGIN SUPERUSER;\n");
    row("server's files", "GRANT pg_read_server_files TO x;\n");
    row("server's programs, in quotes", "GRANT \"pg_execute_server_program\" TO x;\n");
    row("untrusted language", "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$x$$;\n");
    row("library", "CREATE OR REPLACE FUNCTION f() RETURNS int AS 'x.so' LANGUAGE c;\n");
    row("settings of the server", "ALTER SYSTEM SET archive_command = 'x';\n");
    row("block of code", "DO $$ BEGIN EXECUTE 'x'; END $$;\n");
    row("import", "SELECT lo_import('/etc/passwd');\n");
    row("other quotes", "SET standard_conforming_strings = off;\n");
    row("other quotes, as a call", "SELECT set_config('standard_conforming_strings', 'off', false);\n");
    row("other encoding", "SET client_encoding = 'SJIS';\n");
    row("escaped quote, doubled quote", "SELECT E'x''\\''\n\\! x\n;\n");
    row("quotes that are joined", "SELECT E'x'\n'\\'' \\! x\n;\n");
    row("quote with an unreasonable name", "SELECT $" + QByteArray(200, 'a') + "$ ' $" + QByteArray(200, 'a') + "$;\n\\! x\n");
    row("COPY in a body that old programs cut up", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; COPY t FROM stdin;\n1\n\\.\nEND;\n");
    row("comment that ends", "/* /* */ \\! x */ \\! x\n");
}

void tst_Dumps::sql_offencesAreSeen()
{
    QFETCH(QByteArray, body);
    const QByteArray sql = kHead + body + kTail;
    for (const qsizetype block : {qsizetype(0), qsizetype(1), qsizetype(7)}) {
        const SqlDumpReport report = scan(sql, block);
        QVERIFY(!report.offences.isEmpty());
        QVERIFY(report.announced);
    }
}

void tst_Dumps::sql_honestThingsAreNone_data()
{
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &body) { QTest::newRow(name) << body; };
    row("nothing", "SELECT 1;\n");
    row("data with every escape", "COPY public.t (a, b) FROM stdin;\n\\N\t\\\\!\n\\\\.\t\\b\\f\\n\\r\\t\\v\n\\.\n");
    row("data that looks like SQL", "COPY t FROM stdin;\nCOPY t TO PROGRAM 'x';\n'\n--\n\\.\nSELECT 1;\n");
    row("two tables", "COPY t FROM stdin;\n\\.\nCOPY u FROM stdin WITH CSV;\na\n\\.\n");
    row("command in quotes", "INSERT INTO t VALUES ('\\! x', E'\\\\! \\' x', \"\\! x\");\n");
    row("command in a body", "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $_$ BEGIN\n\\! x\n$$ ' ; END $_$;\n");
    row("command in comments", "-- \\! x\n/* \\! x /* ' */ */ SELECT 1;\n");
    row("words as names", "CREATE TABLE program (superuser text, \"from\" int);\nALTER TABLE public.program OWNER TO postgres;\n");
    row("words in a query", "CREATE VIEW v AS SELECT a FROM copy WHERE b = 'program';\n");
    row("not a superuser", "CREATE ROLE x NOSUPERUSER;\n");
    row("usual settings", "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nSELECT pg_catalog.set_config('search_path', '', false);\n");
    row("body of statements", "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;\nSELECT 1;\n");
    row("parameters", "SELECT $1, $2;\n");
    row("large objects", "SELECT pg_catalog.lo_open(pg_catalog.lo_create('1'), 131072);\n");
}

void tst_Dumps::sql_honestThingsAreNone()
{
    QFETCH(QByteArray, body);
    const QByteArray sql = kHead + body + kTail;
    for (const qsizetype block : {qsizetype(0), qsizetype(1), qsizetype(7)}) {
        const SqlDumpReport report = scan(sql, block);
        QVERIFY2(report.offences.isEmpty(), report.offences.isEmpty() ? "" : qPrintable(report.offences.first().what));
        QVERIFY(report.complete);
        QVERIFY(!report.open);
    }
}

void tst_Dumps::sql_everyCutIsIncomplete()
{
    const QByteArray sql = kHead + "CREATE TABLE t (a text);\nCOPY t FROM stdin;\n1\n\\.\nINSERT INTO t VALUES ('x');\n" + kTail;
    const qsizetype firstStatement = sql.indexOf("CREATE") + 6;
    const qsizetype lastWord = sql.indexOf("complete") + 8;
    for (qsizetype n = firstStatement; n < sql.size(); ++n) {
        const SqlDumpReport report = scan(sql.left(n));
        QCOMPARE(report.statements && report.complete && !report.open, n >= lastWord);
    }
}

void tst_Dumps::sql_realDumpsAreWhole()
{
    DataDirBuilder dir;
    if (!unpackSample(QStringLiteral("compose"), dir.path()))
        QSKIP("no samples beside the checkout");
    const QByteArray folder = "compose/project/backups";
    int dumps = 0;
    for (const QByteArray &name : dir.names(folder)) {
        if (!name.endsWith(".sql"))
            continue;
        const SqlDumpReport report = scan(dir.read(folder + '/' + name), 4096);
        QVERIFY2(report.announced && report.complete && report.offences.isEmpty() && !report.open, name.constData());
        ++dumps;
    }
    QVERIFY(dumps > 0);
}

void tst_Dumps::rdb_checksumIsThatOfRedis()
{
    QCOMPARE(crc64Redis(0, "123456789"), quint64(0xe9c6d914c4b8d9ca));   // from crc64.c
    QCOMPARE(crc64Redis(crc64Redis(0, "1234"), "56789"), quint64(0xe9c6d914c4b8d9ca));
}

void tst_Dumps::rdb_realSnapshotsAreWhole()
{
    DataDirBuilder dir;
    if (!unpackSample(QStringLiteral("compose"), dir.path()))
        QSKIP("no samples beside the checkout");
    const QByteArray volume = "compose/var/lib/docker/volumes/app-redis-data/_data";
    const QByteArray snapshot = dir.read(volume + "/dump.rdb");
    QVERIFY(!snapshot.isEmpty());
    for (const qsizetype block : {qsizetype(1), qsizetype(5), snapshot.size()}) {
        RdbScanner scanner;
        for (qsizetype at = 0; at < snapshot.size(); at += block)
            scanner.feed(snapshot.mid(at, block));
        const RdbReport report = scanner.finish();
        QVERIFY(report.isRdb && report.ends && report.checksumOk && report.hasChecksum);
    }
}

void tst_Dumps::rdb_everyFlipIsSeen()
{
    QByteArray whole("REDIS0011\xfe\x00\xff", 12);
    const quint64 sum = qToLittleEndian(crc64Redis(0, whole));
    whole += QByteArray(reinterpret_cast<const char *>(&sum), 8);
    for (qsizetype i = 0; i < whole.size() * 8; ++i) {
        QByteArray flipped = whole;
        flipped[i / 8] = char(flipped[i / 8] ^ (1 << i % 8));
        RdbScanner scanner;
        scanner.feed(flipped);
        const RdbReport report = scanner.finish();
        QVERIFY(!(report.isRdb && report.checksumOk && report.version == 11));
    }
}

void tst_Dumps::aof_blocksOfAnySizeSayTheSame()
{
    const QByteArray log = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n#TS:1700000000\r\n*3\r\n$3\r\nset\r\n$1\r\na\r\n$5\r\nhello\r\n*1\r\n$8\r\nFLUSHALL\r\n";
    for (const qsizetype block : {qsizetype(1), qsizetype(3), log.size()}) {
        AofScanner scanner;
        for (qsizetype at = 0; at < log.size(); at += block)
            scanner.feed(log.mid(at, block));
        const AofReport report = scanner.finish();
        QCOMPARE(report.commands, qint64(3));
        QCOMPARE(report.bytes, qint64(log.size()));
        QCOMPARE(report.goodBytes, qint64(log.size()));
        QCOMPARE(report.forbidden, QByteArray());
        QVERIFY(!report.torn && !report.damaged && report.endsInFlush);
        QCOMPARE(report.lastCommandAt, qint64(log.lastIndexOf("*1")));
    }
    for (qsizetype n = 1; n < log.size(); ++n) {
        AofScanner scanner;
        scanner.feed(log.left(n));
        const AofReport report = scanner.finish();
        QVERIFY(!report.damaged);
        QCOMPARE(report.torn, report.goodBytes != n);
    }
}

QTEST_GUILESS_MAIN(tst_Dumps)
#include "tst_dumps.moc"
