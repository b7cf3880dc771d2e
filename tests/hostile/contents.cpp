// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Containers without fault whose files are not what their application may be given back: pickles and dumps that run
// something, stores that it would take for empty, databases that are cut or another's, keys that are missing.

#include "tests/hostile/families.h"
#include "tests/storage/picklebytes.h"
#include "tests/support/sqlitebuilder.h"

namespace strongroom::tests {

namespace {

using Files = QList<std::pair<QByteArray, QByteArray>>;
using Build = std::function<QByteArray()>;

Build holding(const Files &files, unsigned mode = 0600)
{
    return [=] {
        TarBuilder tar;
        for (const auto &[path, content] : files)
            tar.file(path, content, mode);
        return tar.end().gz();
    };
}

/// As a restore leaves them: without the folder data/ that they are in.
Expected restored(const Files &files)
{
    Expected expected;
    for (const auto &[path, content] : files)
        expected.append({path.startsWith("data/") ? path.mid(5) : path, content});
    return expected;
}

QByteArray bigEndian(const QList<quint32> &numbers)
{
    QByteArray out;
    for (const quint32 number : numbers) {
        const quint32 big = qToBigEndian(number);
        out.append(reinterpret_cast<const char *>(&big), sizeof big);
    }
    return out;
}

QByteArray placed(QByteArray bytes, qsizetype at, const QByteArray &over)
{
    return bytes.replace(at, over.size(), over);
}

QList<FamilyCase> pickleCases()
{
    const auto files = [](const QByteArray &pickle) { return Files{{"data/session_snapshot.pkl", pickle}, {"data/session_metadata.json", "{}"}}; };
    const auto in = [=](const QByteArray &pickle) { return holding(files(pickle)); };
    const auto refused = [=](const char *family, const char *reason, const QByteArray &pickle) { return FamilyCase{family, Fate::Refused, reason, in(pickle)}; };
    const QByteArray good = pkl::snapshot(1'736'692'345.5, "manual", 3);
    const QByteArray call = pkl::text("true") + QByteArray("\x85R");
    const QByteArray endless = QByteArray(7, '\xff') + '\x7f';
    QByteArray doubling("\x80\x02]q\0", 5);
    for (char i = 0; i < 40; ++i)
        doubling += QByteArray("0(h") + i + 'h' + i + "lq" + char(i + 1);
    return {
        {"pkl-ok", Fate::Accepted, {}, in(good), restored(files(good))},
        refused("pkl-os-system", "names os.system.", "cos\nsystem\n(Vtrue\ntR."),
        refused("pkl-stack-global", "names posix.system.", pkl::whole(pkl::global("posix", "system") + call)),
        refused("pkl-memo-obfuscated", "names posix.system.", pkl::whole(pkl::text("posix") + pkl::text("system") + QByteArray("00h\0h\1\x93", 7) + call)),
        refused("pkl-builtins-exec", "names builtins.exec.", "cbuiltins\nexec\n(V1\ntR."),
        refused("pkl-getattr-chain", "names builtins.getattr, posixpath.os", "cbuiltins\ngetattr\n(cposixpath\nos\nVsystem\ntR(Vtrue\ntR."),
        refused("pkl-ext-registry", "names EXT1.", "\x80\x02\x82\x07."),
        refused("pkl-persid", "names PERSID.", "Pelsewhere\n."),
        refused("pkl-obj-inst", "names os.system.", "(Vtrue\nios\nsystem\n."),
        refused("pkl-build-setstate", "names collections.OrderedDict.",
                pkl::whole(pkl::dict({{pkl::text("graph"), pkl::object("collections", "OrderedDict", pkl::dict({{pkl::text("k"), "N"}}))}}))),
        refused("pkl-second-pickle", "goes on for 23 bytes after its end", good + "cos\nsystem\n(Vtrue\ntR.\n\n"),
        refused("pkl-truncated", "ends early: what begins at", good.chopped(60)),
        refused("pkl-empty", "session_snapshot.pkl is empty", {}),
        refused("pkl-frame-lie", "is damaged at byte 2", QByteArray("\x80\x04\x95") + endless + "}."),
        refused("pkl-binbytes8-huge", "ends early: what begins at byte 2", QByteArray("\x80\x04\x8e") + endless + "x."),
        // Never followed, so neither costs anything here: what is said is that the application writes no such thing.
        refused("pkl-memo-bomb", "does not hold a dictionary", doubling + '.'),
        refused("pkl-deep-tuple", "does not hold a dictionary", "\x80\x02N" + QByteArray(200'000, '\x85') + '.'),
    };
}

QList<FamilyCase> jsonCases()
{
    const auto files = [](const QByteArray &json) { return Files{{"data/api_storage/entities.json", json}}; };
    const auto refused = [=](const char *family, const char *reason, const QByteArray &json) { return FamilyCase{family, Fate::Refused, reason, holding(files(json))}; };
    const auto taken = [=](const char *family, const QByteArray &json) { return FamilyCase{family, Fate::Accepted, {}, holding(files(json)), restored(files(json))}; };
    const auto session = [](const QByteArray &folder, const QByteArray &json) { return holding({{"data/storage/" + folder + "/metadata.json", json}}); };
    return {
        taken("json-ok", R"({"acme":{"entity_id":"acme","documents":[]}})"),
        taken("json-nan", R"({"acme":{"entity_id":"acme","score":NaN,"most":-Infinity}})"),
        taken("json-lone-surrogate", R"({"acme":{"entity_id":"acme","name":"\udfff"}})"),
        refused("json-truncated", "ends early at line 1", R"({"acme":{"entity_id":"ac)"),
        refused("json-zero-bytes", "entities.json is empty", {}),
        refused("json-nul-filled", "is not JSON at line 1, column 1", QByteArray(4096, '\0')),
        refused("json-top-array", "does not hold an object", R"([{"entity_id":"acme"}])"),
        refused("json-deep", "nested too deeply", QByteArray(100'000, '[') + QByteArray(100'000, ']')),
        refused("json-dup-keys", "has a key twice", R"({"acme":{"n":1},"acme":{"n":2}})"),
        refused("json-utf16", "text that is not valid at line 1, column 1", QByteArray("\xff\xfe{\0}\0", 6)),
        refused("json-bom", "text that is not valid at line 1, column 1", "\xef\xbb\xbf{}"),
        refused("json-big-int", "a number with too many digits", R"({"n":)" + QByteArray(4'400, '7') + '}'),
        refused("json-entity-path", "names a file outside of the data directory: “/var/mail/root”", R"({"e":{"entity_id":"e","documents":[{"file_path":"/var/mail/root"}]}})"),
        refused("json-entity-id-climb", "has an id that is a path: “../../e”", R"({"../../e":{"entity_id":"../../e"}})"),
        {"json-session-id-mismatch", Fate::Refused, "which is not what it is called",
         session("session_550e8400-e29b-41d4-a716-446655440000", R"({"session_id":"550e8400-e29b-41d4-a716-446655440001","template_id":"t"})")},
        {"json-session-bad-uuid", Fate::Refused, "its name is no session's", session("session_yesterday", R"({"session_id":"yesterday"})")},
    };
}

QByteArray database(const QByteArray &sql)
{
    LiveDatabase live(":memory:");
    live.run("PRAGMA page_size=512;" + sql);
    return live.bytes();
}

QList<FamilyCase> databaseCases()
{
    const QByteArray users = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT);";
    const QByteArray good = database(users + "INSERT INTO users VALUES (1, 'mara');");   // its second page is that table
    const QByteArray key = "ENCRYPTION_KEY=" + QByteArray(32, 'e') + '\n';
    const QByteArray keys = "JWT_SECRET=" + QByteArray(64, 'j') + "\nJWT_REFRESH_SECRET=" + QByteArray(64, 'r') + '\n' + key;
    const auto files = [](const QByteArray &db, const QByteArray &env, const Files &more = {}) {
        return Files{{"data/database.sqlite", db}, {"data/secrets.env", env}} + more;
    };
    const auto refusedDb = [=](const char *family, const char *reason, const QByteArray &db) { return FamilyCase{family, Fate::Refused, reason, holding(files(db, keys))}; };
    const auto refusedEnv = [=](const char *family, const char *reason, const QByteArray &env) { return FamilyCase{family, Fate::Refused, reason, holding(files(good, env))}; };
    const auto beside = [=](const char *family, const char *reason, const QByteArray &suffix, const QByteArray &journal) {
        return FamilyCase{family, Fate::Refused, reason, holding(files(good, keys, {{"data/database.sqlite" + suffix, journal}}))};
    };
    const Files ofAnotherSystem = files(good, QByteArray(keys).replace("\n", "\r\n"));
    const QByteArray journalHead = QByteArray("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7") + bigEndian({1, 7, 2, 512, 512});
    return {
        {"db-ok", Fate::Accepted, {}, holding(files(good, keys)), restored(files(good, keys))},
        refusedDb("db-not-sqlite", "is no SQLite database", placed(good, 0, "SQLite format 4")),
        refusedDb("db-truncated", "is cut short: 400 bytes are missing", good.chopped(400)),
        refusedDb("db-zero", "database.sqlite is empty", {}),
        refusedDb("db-page-count-lie", "is cut short: 1099511626240 bytes are missing", placed(good, 28, bigEndian({0x7fffffff}))),
        refusedDb("db-root-page-flip", "cannot be read as a database", placed(good, 512, "\xf2")),
        refusedDb("db-freelist-loop", "freelist", placed(good, 32, bigEndian({2, 1}))),
        beside("db-foreign-journal", "database.sqlite-journal is left over", "-journal", journalHead.leftJustified(512, '\0') + bigEndian({2}) + QByteArray(516, '\0')),
        beside("db-foreign-wal", "database.sqlite-wal is left over", "-wal", bigEndian({0x377f0682, 3'007'000, 512, 0, 3, 4, 0, 0}) + QByteArray(24 + 512, '\0')),
        refusedDb("db-hostile-schema", "code that its application does not have: trigger promote",
                  database(users + "CREATE TRIGGER promote AFTER INSERT ON users BEGIN SELECT load_extension('x'); END;")),
        refusedDb("db-unknown-schema", "has no table “users”", database("CREATE TABLE recipes (name TEXT);")),
        {"db-without-secrets", Fate::Refused, "is there without data/secrets.env", holding({{"data/database.sqlite", good}})},
        refusedEnv("env-missing-key", "has no usable ENCRYPTION_KEY", keys.chopped(key.size())),
        refusedEnv("env-dup-key", "has the key ENCRYPTION_KEY twice", keys + QByteArray(key).replace('e', 'f')),
        {"env-crlf", Fate::Accepted, {}, holding(ofAnotherSystem), restored(ofAnotherSystem)},
        refusedEnv("env-shell", "would run a command if a shell read it, at EXTRA", keys + "EXTRA=$(true)\n"),
        refusedEnv("env-nul", "secrets.env is not text", keys + QByteArray(3, '\0')),
        {"env-0644", Fate::Accepted, {}, holding(files(good, keys), 0644), restored(files(good, keys))},
    };
}

QList<FamilyCase> serviceCases()
{
    const char name[] = "db_backup_20250102_030405.sql";
    const QByteArray head = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n";
    const QByteArray end = "\n--\n-- PostgreSQL database dump complete\n--\n";
    const QByteArray copied = "CREATE TABLE public.t (a integer, b text);\nCOPY public.t (a, b) FROM stdin;\n1\t\\N\n";
    const QByteArray restricted = QByteArray(head).replace("SET", "\\restrict q9\n\nSET") + end + "\n\\unrestrict q9\n";
    const auto dump = [=](const QByteArray &sql) { return Files{{name, sql}}; };
    const auto refused = [=](const char *family, const char *reason, const QByteArray &sql) { return FamilyCase{family, Fate::Refused, reason, holding(dump(sql))}; };
    const auto runs = [=](const char *family, const char *reason, const QByteArray &sql) { return refused(family, reason, head + sql + end); };
    const auto file = [](const char *family, const char *reason, const QByteArray &path, const QByteArray &content) {
        return FamilyCase{family, Fate::Refused, reason, holding({{path, content}})};
    };
    const auto command = [](const QByteArrayList &words) -> QByteArray {
        QByteArray resp = '*' + QByteArray::number(words.size()) + "\r\n";
        for (const QByteArray &word : words)
            resp += '$' + QByteArray::number(word.size()) + "\r\n" + word + "\r\n";
        return resp;
    };
    const QByteArray set = command({"SET", "colour", "green"});
    const auto packed = [](const QByteArray &path, const QByteArray &content) { return TarBuilder().file(path, content).end().gz(); };
    const auto withMedia = [=](const QByteArray &media) { return Files{{name, head + end}, {"media_backup_20250102_030405.tar.gz", media}}; };
    const Files threeDeep = withMedia(packed("a.tar.gz", packed("b.tar.gz", packed("c", "c"))));
    return {
        {"sql-ok", Fate::Accepted, {}, holding(dump(head + copied + "\\.\n" + end)), restored(dump(head + copied + "\\.\n" + end))},
        {"sql-ok-restrict", Fate::Accepted, {}, holding(dump(restricted)), restored(dump(restricted))},
        runs("sql-meta-shell", "gives psql the command \\! (line 7)", "\\! true\n"),
        runs("sql-copy-program", "runs a program on the server (line 7)", "COPY (SELECT 1) TO PROGRAM 'true';\n"),
        runs("sql-newline-object", "gives psql the command \\! (line 8)", "-- Name: t\n\\! true; Type: TABLE; Schema: public\n"),
        runs("sql-o-redirect", "gives psql the command \\o (line 7)", "\\o /tmp/x\nSELECT 1;\n\\o\n"),
        runs("sql-connect", "gives psql the command \\connect (line 7)", "\\connect other\nDROP TABLE t;\n"),
        runs("sql-alter-superuser", "makes a superuser (line 7)", "ALTER ROLE app WITH SUPERUSER;\n"),
        refused("sql-truncated", "ends early", head + copied + "2\tha"),
        refused("sql-empty", "is empty, so it is no dump", {}),
        refused("sql-error-text", "does not begin as a dump", "pg_dump: error: could not translate host name \"db\" to address\n"),
        refused("sql-gzip-inside", "is not text, so it is no plain dump", gzip(head + end)),
        file("pgdmp-truncated", "app.dump ends early", "app.dump", QByteArray("PGDMP\1\xe\0\4\x8\1", 11)),
        file("pgdmp-version", "a dump of format 200.1", "app.dump", QByteArray("PGDMP\xc8\1\0\4\x8\1", 11) + QByteArray(200, '\0')),
        file("redis-rdb-bad-magic", "is no snapshot of Redis", "redis/dump.rdb", QByteArray("REDOS0011\xff") + QByteArray(8, '\0')),
        file("redis-rdb-bad-crc", "its checksum is wrong", "redis/dump.rdb", QByteArray("REDIS0011\xfe\0\xff", 12) + QByteArray(8, '\x5a')),
        file("redis-aof-module", "do more than restore data: MODULE", "redis/appendonlydir/appendonly.aof.1.incr.aof", set + command({"MODULE", "LOAD", "/tmp/x.so"})),
        file("redis-aof-flushall", "ends with FLUSHALL", "redis/appendonly.aof", set + command({"FLUSHALL"})),
        file("redis-aof-truncated", "ends inside a command; Redis would cut off its last 28 bytes", "redis/appendonly.aof", set + set.chopped(8)),
        {"nested-inner-climb", Fate::Refused, "refused by itself: The path “../beside” is not allowed", holding(withMedia(packed("../beside", "b")))},
        {"nested-depth-3", Fate::Accepted, {}, holding(threeDeep), restored(threeDeep)},
    };
}

}  // namespace

QList<FamilyCase> contentFamilies()
{
    return pickleCases() + jsonCases() + databaseCases() + serviceCases();
}

}  // namespace strongroom::tests
