// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/manifest.h"

#include "tests/support/datadirbuilder.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

Sha256 hashOf(const QByteArray &content)
{
    Sha256 hash;
    const QByteArray bytes = QCryptographicHash::hash(content, QCryptographicHash::Sha256);
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

Member entry(const QByteArray &path, MemberType type = MemberType::File, const QByteArray &link = {})
{
    Member m;
    m.path = RelPath::literal(path);
    m.type = type;
    m.size = type == MemberType::File ? 3 : 0;
    m.mode = 04755;
    m.uid = 999;
    m.gid = 4'000'000'000;
    m.mtimeNs = 1795150157314751123;
    m.link = link;
    if (type == MemberType::File)
        m.sha256 = hashOf("abc");
    return m;
}

Manifest sample()
{
    Manifest m;
    m.kind = QStringLiteral("document-sessions");
    m.variant = QStringLiteral("files");
    m.created = QDateTime(QDate(2026, 11, 19), QTime(10, 11, 12), Qt::UTC);
    m.sequence = 7;
    m.tool = QStringLiteral("strongroom 0.1.0");
    m.sourceHost = QStringLiteral("host");
    m.sourcePath = "/srv/caf\xe9";
    m.scope = {QStringLiteral("everything")};
    m.consistency = QStringLiteral("stable");
    m.excluded = {{"data/.lock", QStringLiteral("run-time-file")}};
    m.counts = {{QStringLiteral("sessions"), 4}, {QStringLiteral("bytes"), 9'007'199'254'740'993}};
    m.note = QStringLiteral("before the \"upgrade\"\n\\ \u00e9 \u0001");
    m.pinned = true;
    m.entries = {entry("data", MemberType::Directory), entry("data/a \"b\" \\\n.json"), entry("data/caf\xe9"),
                 entry("data/link", MemberType::Symlink, "../caf\xe9"),
                 entry("data/hard", MemberType::Hardlink, "data/caf\xe9")};
    m.sumsSha256Hex = toHex(hashOf("sums"));
    return m;
}

/// A small manifest as JSON text, with one member replaced by `json` (or taken out when that is empty).
QByteArray with(const QByteArray &key, const QByteArray &json)
{
    static const QList<std::pair<QByteArray, QByteArray>> members = {
        {"format", "\"strongroom-backup\""}, {"version", "1"}, {"kind", "\"plain-directory\""},
        {"created_utc", "\"2026-01-02T03:04:05Z\""}, {"entries", "[]"}};
    QByteArray out;
    bool replaced = false;
    for (const auto &[name, value] : members) {
        replaced = replaced || name == key;
        const QByteArray &used = name == key ? json : value;
        if (!used.isEmpty())
            out += QByteArray(out.isEmpty() ? "{" : ",") + '"' + name + "\":" + used;
    }
    if (!replaced && !json.isEmpty())
        out += ",\"" + key + "\":" + json;
    return out + '}';
}

const QByteArray kHash(64, 'a');

}  // namespace

class tst_Manifest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void manifest_comesBackAsItWasWritten();
    void manifest_isJsonWithOneEntryALine();
    void manifest_carriesHashesOnlyWithoutSums();
    void parse_takesTheSmallestManifest();
    void parse_ignoresUnknownKeys();
    void parse_refusesNewerVersionsBeforeAnythingElse();
    void parse_refuses_data();
    void parse_refuses();
    void parse_readsManifestsOfOtherWriters();
    void sums_comeBackAsTheyWereWritten();
    void sums_areCheckedBySha256sum();
    void parseSums_refuses_data();
    void parseSums_refuses();
};

void tst_Manifest::manifest_comesBackAsItWasWritten()
{
    const Manifest written = sample();
    const auto read = parseManifest(writeManifest(written));
    QVERIFY2(read, read ? "" : qPrintable(read.error().args.join(u' ')));
    QCOMPARE(read->kind, written.kind);
    QCOMPARE(read->variant, written.variant);
    QCOMPARE(read->created, written.created);
    QCOMPARE(read->sequence, written.sequence);
    QCOMPARE(read->tool, written.tool);
    QCOMPARE(read->sourceHost, written.sourceHost);
    QCOMPARE(read->sourcePath, written.sourcePath);
    QCOMPARE(read->scope, written.scope);
    QCOMPARE(read->consistency, written.consistency);
    QCOMPARE(read->excluded.size(), 1);
    QCOMPARE(read->excluded.first().path, written.excluded.first().path);
    QCOMPARE(read->excluded.first().reason, written.excluded.first().reason);
    QCOMPARE(read->counts, written.counts);
    QCOMPARE(read->note, written.note);
    QCOMPARE(read->pinned, true);
    QCOMPARE(read->sumsSha256Hex, written.sumsSha256Hex);
    QCOMPARE(read->entries.size(), written.entries.size());
    for (qsizetype i = 0; i < written.entries.size(); ++i) {
        const Member &a = written.entries.at(i);
        const Member &b = read->entries.at(i);
        QCOMPARE(b.path, a.path);
        QCOMPARE(b.type, a.type);
        QCOMPARE(b.size, a.size);
        QCOMPARE(b.mode, a.mode);
        QCOMPARE(b.uid, a.uid);
        QCOMPARE(b.gid, a.gid);
        QCOMPARE(b.mtimeNs, a.mtimeNs);
        QCOMPARE(b.link, a.link);
        QVERIFY(!b.sha256);   // they stand in SHA256SUMS
    }
    QCOMPARE(writeManifest(sample()), writeManifest(written));
}

void tst_Manifest::manifest_isJsonWithOneEntryALine()
{
    const QByteArray text = writeManifest(sample());
    QJsonParseError error;
    const QJsonObject json = QJsonDocument::fromJson(text, &error).object();
    QCOMPARE(error.error, QJsonParseError::NoError);
    QCOMPARE(json.value(u"format").toString(), QStringLiteral("strongroom-backup"));
    QCOMPARE(json.value(u"created_utc").toString(), QStringLiteral("2026-11-19T10:11:12Z"));
    const QJsonArray entries = json.value(u"entries").toArray();
    QCOMPARE(entries.size(), 5);
    QCOMPARE(entries.at(0).toObject().value(u"type").toString(), QStringLiteral("directory"));
    QCOMPARE(entries.at(1).toObject().value(u"mtime_ns").toInteger(), 1795150157314751123);
    QCOMPARE(entries.at(2).toObject().value(u"path").toObject().value(u"base64").toString(),
             QString::fromLatin1(QByteArray("data/caf\xe9").toBase64()));
    for (const QByteArray &line : text.split('\n'))
        QVERIFY(line.count("\"path\"") <= 1);
    Manifest unpinned = sample();
    unpinned.pinned = false;
    QVERIFY(!writeManifest(unpinned).contains("pinned"));
}

void tst_Manifest::manifest_carriesHashesOnlyWithoutSums()
{
    Manifest manifest = sample();
    QVERIFY(!writeManifest(manifest).contains(toHex(hashOf("abc"))));
    manifest.sumsSha256Hex.clear();
    const auto read = parseManifest(writeManifest(manifest));
    QVERIFY(read.has_value());
    QCOMPARE(read->entries.at(1).sha256.value_or(Sha256()), hashOf("abc"));
    manifest.entries[1].sha256.reset();
    QCOMPARE(parseManifest(writeManifest(manifest)).error().code, ErrorCode::ManifestInvalid);
}

void tst_Manifest::parse_takesTheSmallestManifest()
{
    const auto read = parseManifest(with({}, {}));
    QVERIFY2(read, read ? "" : qPrintable(read.error().args.join(u' ')));
    QCOMPARE(read->kind, QStringLiteral("plain-directory"));
    const auto one = parseManifest(with("entries", "[{\"path\":\"d/f\",\"type\":\"file\",\"size\":1,\"sha256\":\""
                                                       + kHash.toUpper() + "\",\"mode\":35327}]"));
    QVERIFY(one.has_value());
    QCOMPARE(toHex(one->entries.first().sha256.value_or(Sha256())), kHash);
    QCOMPARE(one->entries.first().mode, 04777u);
}

void tst_Manifest::parse_ignoresUnknownKeys()
{
    QVERIFY(parseManifest(with("future", "{\"a\":[1,2,{\"b\":null}]}")).has_value());
    const QByteArray spaced = " \n" + with("entries", "[{\"path\":\"d\",\"type\":\"directory\",\"colour\":\"red\"}]") + "\n ";
    QVERIFY(parseManifest(spaced).has_value());
}

void tst_Manifest::parse_refusesNewerVersionsBeforeAnythingElse()
{
    const auto read = parseManifest("{\"format\":\"strongroom-backup\",\"version\":99,\"entries\":{}}");
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::ManifestVersion);
    QCOMPARE(read.error().args.first(), QStringLiteral("99"));
}

void tst_Manifest::parse_refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const QByteArray &text) { QTest::newRow(name) << text; };
    const auto file = [&](const QByteArray &path, const QByteArray &more) {
        return with("entries", "[{\"path\":" + path + ",\"type\":\"file\"," + more + "}]");
    };
    const QByteArray ok = "\"size\":1,\"sha256\":\"" + kHash + '"';
    QVERIFY(parseManifest(file("\"a\"", ok)).has_value());
    row("empty", "");
    row("array", "[]");
    row("pickle", "\x80\x04\x95");
    row("byte order mark", "\xef\xbb\xbf" + with({}, {}));
    row("two documents", with({}, {}) + "{}");
    row("cut", with({}, {}).chopped(1));
    row("deep", QByteArray(100000, '[') + QByteArray(100000, ']'));
    row("no format", with("format", {}));
    row("other format", with("format", "\"zip\""));
    row("no version", with("version", {}));
    row("version 0", with("version", "0"));
    row("version as text", with("version", "\"1\""));
    row("version twice", with("version", "99,\"version\":1"));
    row("version twice, escaped", with("version", "1,\"ver\\u0073ion\":1"));
    row("no kind", with("kind", {}));
    row("kind is a path", with("kind", "\"../../x\""));
    row("no time", with("created_utc", {}));
    row("bad time", with("created_utc", "\"yesterday\""));
    row("no entries", with("entries", {}));
    row("entries is an object", with("entries", "{}"));
    row("entry is a string", with("entries", "[\"a\"]"));
    row("scope is a string", with("scope", "\"everything\""));
    row("scope of numbers", with("scope", "[1]"));
    row("consistency", with("consistency", "\"fine\""));
    row("pinned is a number", with("pinned", "1"));
    row("negative count", with("counts", "{\"files\":-1}"));
    row("count of text", with("counts", "{\"files\":\"1\"}"));
    row("sequence", with("sequence", "1.5"));
    row("excluded climbs", with("excluded", "[{\"path\":\"../a\",\"reason\":\"x\"}]"));
    row("sums elsewhere", with("sums", "{\"path\":\"SUMS\",\"sha256\":\"" + kHash + "\"}"));
    row("sums without hash", with("sums", "{\"path\":\".strongroom/SHA256SUMS\"}"));
    row("source is text", with("source", "\"host\""));
    row("path missing", with("entries", "[{\"type\":\"file\"," + ok + "}]"));
    row("path climbs", file("\"../a\"", ok));
    row("path absolute", file("\"/a\"", ok));
    row("path with ./", file("\"./a\"", ok));
    row("path empty", file("\"\"", ok));
    row("path NUL", file("\"a\\u0000b\"", ok));
    row("path of half a surrogate pair", file("\"\\ud800\"", ok));
    row("path of our own", file("\".strongroom/manifest.json\"", ok));
    row("path base64 climbs", file("{\"base64\":\"Li4vYQ==\"}", ok));
    row("path base64 damaged", file("{\"base64\":\"!!!!\"}", ok));
    row("path base64 spelled otherwise", file("{\"base64\":\"YQ=\"}", ok));
    row("path base64 twice", file("{\"base64\":\"YQ==\",\"base64\":\"Yg==\"}", ok));
    row("path twice", with("entries", "[{\"path\":\"a\",\"type\":\"directory\"},{\"path\":\"a\",\"type\":\"directory\"}]"));
    row("path twice, base64", with("entries", "[{\"path\":\"a\",\"type\":\"directory\"},"
                                              "{\"path\":{\"base64\":\"YQ==\"},\"type\":\"directory\"}]"));
    row("type unknown", with("entries", "[{\"path\":\"a\",\"type\":\"fifo\"}]"));
    row("type missing", with("entries", "[{\"path\":\"a\"}]"));
    row("size missing", file("\"a\"", "\"sha256\":\"" + kHash + '"'));
    row("size negative", file("\"a\"", "\"size\":-1,\"sha256\":\"" + kHash + '"'));
    row("size 1e400", file("\"a\"", "\"size\":1e400,\"sha256\":\"" + kHash + '"'));
    row("size fraction", file("\"a\"", "\"size\":1.0000000001,\"sha256\":\"" + kHash + '"'));
    row("size 2^63", file("\"a\"", "\"size\":9223372036854775808,\"sha256\":\"" + kHash + '"'));
    row("size twice", file("\"a\"", "\"size\":2," + ok));
    row("size of a directory", with("entries", "[{\"path\":\"a\",\"type\":\"directory\",\"size\":1}]"));
    row("hash missing", file("\"a\"", "\"size\":1"));
    row("hash short", file("\"a\"", "\"size\":1,\"sha256\":\"" + kHash.left(32) + '"'));
    row("hash of letters", file("\"a\"", "\"size\":1,\"sha256\":\"" + QByteArray(64, 'g') + '"'));
    row("hash is a number", file("\"a\"", "\"size\":1,\"sha256\":5"));
    row("mode negative", file("\"a\"", ok + ",\"mode\":-1"));
    row("owner too large", file("\"a\"", ok + ",\"uid\":4294967296"));
    row("link missing", with("entries", "[{\"path\":\"a\",\"type\":\"symlink\"}]"));
    row("link empty", with("entries", "[{\"path\":\"a\",\"type\":\"symlink\",\"link\":\"\"}]"));
    row("hard link climbs", with("entries", "[{\"path\":\"a\",\"type\":\"hardlink\",\"link\":\"../b\"}]"));
}

void tst_Manifest::parse_refuses()
{
    QFETCH(QByteArray, text);
    const auto read = parseManifest(text);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::ManifestInvalid);
}

void tst_Manifest::parse_readsManifestsOfOtherWriters()
{
    // By the words of the contract: without sums, few keys.
    const auto read = parseManifest(
        "{\"created_utc\": \"2025-01-01T00:00:00Z\", \"entries\": [{\"mode\": 384, \"path\": \"data/storage/metadata.json\", "
        "\"sha256\": \"4d77bd33a8da8a1cb9c65ddc6c51771d3c14c32c9ba2f7ca1ba60f4ade9d54f2\", \"size\": 68, \"type\": \"file\"}], "
        "\"format\": \"strongroom-backup\", \"kind\": \"document-sessions\", \"version\": 1}");
    QVERIFY(read.has_value());
    QCOMPARE(read->entries.size(), 1);
    QCOMPARE(read->entries.first().mode, 0600u);
}

void tst_Manifest::sums_comeBackAsTheyWereWritten()
{
    QList<Member> entries = sample().entries;
    entries.last().sha256 = hashOf("abc");
    entries.append(entry("cr\r"));
    const auto read = parseSums(writeSums(entries));
    QVERIFY(read.has_value());
    QCOMPARE(read->size(), 4);
    for (const QByteArray &name : {QByteArray("data/a \"b\" \\\n.json"), QByteArray("data/caf\xe9"), QByteArray("data/hard"),
                                   QByteArray("cr\r")}) {
        QVERIFY(read->contains(name));
        QCOMPARE(*read->find(name), hashOf("abc"));
    }
    QVERIFY(parseSums("").has_value());
}

void tst_Manifest::sums_areCheckedBySha256sum()
{
    DataDirBuilder builder;
    QList<Member> entries;
    for (const QByteArray &name : {QByteArray("plain"), QByteArray("sub/with space"), QByteArray("back\\slash"),
                                   QByteArray("new\nline"), QByteArray("caf\xe9"), QByteArray("cr\r"), QByteArray("\\n")}) {
        builder.file(name, "abc");
        entries.append(entry(name));
    }
    const Ran ran = run(QStringLiteral("sha256sum"), {QStringLiteral("-c"), QStringLiteral("--strict"), QStringLiteral("-")},
                        builder.path(), writeSums(entries));
    QCOMPARE(ran.exitCode, 0);
    QCOMPARE(ran.out.count(": OK"), entries.size());
}

void tst_Manifest::parseSums_refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("short hash") << QByteArray(kHash.left(63) + "  a\n");
    QTest::newRow("no name") << QByteArray(kHash + "  \n");
    QTest::newRow("one blank") << QByteArray(kHash + " a\n");
    QTest::newRow("empty line") << QByteArray("\n" + kHash + "  a\n");
    QTest::newRow("climbs") << QByteArray(kHash + "  ../a\n");
    QTest::newRow("absolute") << QByteArray(kHash + "  /etc/passwd\n");
    QTest::newRow("twice") << QByteArray(kHash + "  a\n" + kHash + "  a\n");
    QTest::newRow("unknown escape") << QByteArray('\\' + kHash + "  a\\t\n");
    QTest::newRow("escape at the end") << QByteArray('\\' + kHash + "  a\\\n");
}

void tst_Manifest::parseSums_refuses()
{
    QFETCH(QByteArray, text);
    const auto sums = parseSums(text);
    QVERIFY(!sums);
    QCOMPARE(sums.error().code, ErrorCode::ManifestInvalid);
}

QTEST_GUILESS_MAIN(tst_Manifest)
#include "tst_manifest.moc"
