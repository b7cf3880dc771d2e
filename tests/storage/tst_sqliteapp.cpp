// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is particular to layout sqlite-app, beyond the conformance suite.
#include "storage/datadirectory.h"
#include "storage/layouts/registry.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/sqlitebuilder.h"

#include <QJsonDocument>
#include <QStandardPaths>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

const Layout &layout()
{
    return *layoutById(u"sqlite-app");
}

QStringList codesOf(const Tree &tree, bool check, QList<Item> *items = nullptr)
{
    QStringList codes;
    const FindingSink sink = [&](const Finding &finding) { codes.append(finding.code); };
    ChunkBuilder builder([&](const ChunkPtr &chunk) {
        for (int row = 0; items && row < chunk->size(); ++row)
            items->append(chunk->item(row));
    });
    Monitor monitor;
    const auto done = check ? layout().check(tree, sink, monitor) : layout().scan(tree, builder, sink, monitor);
    builder.flush();
    if (!done)
        qFatal("%s", qPrintable(describe(done.error()).oneLine()));
    return codes;
}

QString fact(const ItemDetails &details, const char *key)
{
    for (const Fact &f : details.facts) {
        if (f.key == QLatin1String(key))
            return f.value;
    }
    return {};
}

}  // namespace

class tst_SqliteApp : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_builder = std::make_unique<DataDirBuilder>(); }
    void item_hasWhatTheRowSays();
    void details_countWhatElseIsInTheDatabase();
    void details_sayWhatHadRunOut();
    void sample_countsAreTheShells();
    void scan_seesWhatIsInAWalOnly();
    void scan_ofADatabaseInUseIsNoError();
    void scan_survivesStrangeSchemas_data();
    void scan_survivesStrangeSchemas();
    void check_findsJournalAndIncompleteSecrets();
    void probe_leavesOtherDatabasesAlone();
    void identity_keepsThePairTogether();

private:
    std::unique_ptr<DirTree> tree() { return *DirTree::open(m_builder->path()); }
    void plant(int sessions = 2) { plantAppDatabase(m_builder->path("database.sqlite"), sessions, "c0ffee5ec2e7badcab1e"); }
    std::unique_ptr<DataDirBuilder> m_builder;
};

void tst_SqliteApp::item_hasWhatTheRowSays()
{
    plant();
    QList<Item> items;
    QCOMPARE(codesOf(*tree(), false, &items), QStringList());
    QCOMPARE(items.size(), 2);
    const Item &item = items.first();
    QCOMPARE(item.id, QStringLiteral("1"));
    QCOMPARE(item.title, QStringLiteral("device-1"));
    QCOMPARE(item.owner, QStringLiteral("mara"));
    QCOMPARE(item.state, ItemState::Ok);
    QCOMPARE(item.messages, Count());
    QCOMPARE(isoUtc(item.created), QStringLiteral("2025-11-20T04:46:01Z"));
    QVERIFY(!item.modified.isValid());
    QCOMPARE(querySql(m_builder->path("database.sqlite"),
                      "SELECT length(device_id) + length(refresh_token) + length(expires_at) + length(created_at) FROM sessions WHERE id = 1"),
             QByteArrayList{QByteArray::number(item.bytes)});
}

void tst_SqliteApp::details_countWhatElseIsInTheDatabase()
{
    plant();
    Monitor monitor;
    const auto details = layout().parts(*tree(), {ItemKind::Session, QStringLiteral("2")}, monitor);
    QVERIFY(details);
    QCOMPARE(details->parts.size(), 1);
    QCOMPARE(details->parts.first().record, QStringLiteral("sessions:2"));
    QVERIFY(details->parts.first().shared);
    QCOMPARE(fact(*details, "users"), QStringLiteral("1"));
    QCOMPARE(fact(*details, "mail accounts"), QStringLiteral("1"));
    QCOMPARE(fact(*details, "contacts"), QStringLiteral("2"));
    QCOMPARE(fact(*details, "events"), QStringLiteral("1"));
    QCOMPARE(fact(*details, "messages"), QStringLiteral("1"));
    QCOMPARE(details->relations.value(0).title, QStringLiteral("mara"));
    const QByteArray shown = QJsonDocument(details->metadata).toJson();
    QVERIFY(!shown.contains("eyJ"));
    QVERIFY(shown.contains("refresh_token"));
    for (const char *id : {"3", "02", "2 ", "-1", "x", "2.0"}) {
        const auto none = layout().parts(*tree(), {ItemKind::Session, QString::fromLatin1(id)}, monitor);
        QVERIFY2(!none, id);
        QCOMPARE(none.error().code, ErrorCode::ItemUnknown);
    }
}

void tst_SqliteApp::details_sayWhatHadRunOut()
{
    plant(1);
    const QByteArray bytes = m_builder->read("database.sqlite");
    Monitor monitor;
    const ItemId id{ItemKind::Session, QStringLiteral("1")};
    const qint64 expiry = parseTime(u"2025-11-27T04:46:00.037Z").toMSecsSinceEpoch() * 1'000'000;
    m_builder->file("database.sqlite", bytes, 0644, expiry - 1'000'000'000);
    auto details = layout().parts(*tree(), id, monitor);
    QVERIFY(details);
    QCOMPARE(fact(*details, "expires"), QStringLiteral("2025-11-27T04:46:00.037Z"));
    QCOMPARE(fact(*details, "expired"), QString());
    m_builder->file("database.sqlite", bytes, 0644, expiry + 1'000'000'000);
    details = layout().parts(*tree(), id, monitor);
    QVERIFY(details);
    QVERIFY(!fact(*details, "expired").isEmpty());
}

void tst_SqliteApp::sample_countsAreTheShells()
{
    const QString shell = QStandardPaths::findExecutable(QStringLiteral("sqlite3"));
    if (shell.isEmpty() || !unpackSample(QStringLiteral("pwa"), m_builder->path()))
        QSKIP("no sample, or no sqlite3 shell");
    const QByteArray database = m_builder->path("pwa/data/database.sqlite");
    const auto ask = [&](const char *table) {
        const Ran ran = run(shell, {QStringLiteral("-readonly"), QFile::decodeName(database), QStringLiteral("SELECT count(*) FROM ") + QLatin1String(table)});
        return QString::fromLatin1(ran.out.trimmed());
    };
    const auto data = DirTree::open(m_builder->path("pwa/data"));
    QVERIFY(data);
    QList<Item> items;
    QCOMPARE(codesOf(**data, false, &items), QStringList());
    QCOMPARE(QString::number(items.size()), ask("sessions"));
    const QList<QByteArray> secrets = [&] {
        QList<QByteArray> values;
        for (const QByteArray &line : m_builder->read("pwa/data/secrets.env").split('\n')) {
            if (const qsizetype equals = line.indexOf('='); equals > 0 && !line.startsWith('#'))
                values.append(line.mid(equals + 1).trimmed());
        }
        for (const char *query : {"SELECT password_hash FROM users", "SELECT two_factor_secret FROM users", "SELECT refresh_token FROM sessions",
                                  "SELECT password_encrypted FROM email_configs"})
            values += querySql(database, query);
        values.removeAll(QByteArray());
        return values;
    }();
    QVERIFY(secrets.size() >= 6);
    for (const Item &item : items) {
        Monitor monitor;
        const auto details = layout().parts(**data, item.itemId(), monitor);
        QVERIFY(details);
        QCOMPARE(fact(*details, "users"), ask("users"));
        QCOMPARE(fact(*details, "mail accounts"), ask("email_configs"));
        QCOMPARE(fact(*details, "mail folders"), ask("mail_folders"));
        QCOMPARE(fact(*details, "messages"), ask("mail_messages"));
        QCOMPARE(fact(*details, "contacts"), ask("contacts"));
        QCOMPARE(fact(*details, "events"), ask("calendar_events"));
        QByteArray shown = QJsonDocument(details->metadata).toJson() + QJsonDocument(item.toJson()).toJson();
        for (const Fact &f : details->facts)
            shown += f.value.toUtf8() + '\n';
        for (const QByteArray &secret : secrets)
            QVERIFY(!shown.contains(secret));
    }
}

void tst_SqliteApp::scan_seesWhatIsInAWalOnly()
{
    plant(1);
    {
        LiveDatabase app(m_builder->path("database.sqlite"));
        app.run("PRAGMA journal_mode=WAL; INSERT INTO sessions VALUES (9, 1, 'late', 't', '2025-11-27T04:46:00.037Z', '2025-11-20 04:46:09')");
        DataDirBuilder killed;
        for (const char *name : {"database.sqlite", "database.sqlite-wal"})
            killed.file(name, m_builder->read(name));
        const QByteArray before = treeFingerprint(killed.path());
        const auto frozen = DirTree::open(killed.path());
        QVERIFY(frozen);
        QList<Item> items;
        QCOMPARE(codesOf(**frozen, false, &items), QStringList());
        QCOMPARE(items.size(), 2);
        QCOMPARE(items.last().title, QStringLiteral("late"));
        QCOMPARE(codesOf(**frozen, true), QStringList{QStringLiteral("wal-present")});
        QVERIFY(layout().probe(**frozen).score >= kSureScore);
        QCOMPARE(treeFingerprint(killed.path()), before);
    }
}

void tst_SqliteApp::scan_ofADatabaseInUseIsNoError()
{
    plant();
    LiveDatabase app(m_builder->path("database.sqlite"));
    app.run("BEGIN EXCLUSIVE; DELETE FROM sessions");
    QList<Item> items;
    QCOMPARE(codesOf(*tree(), false, &items), QStringList{QStringLiteral("in-use")});
    QCOMPARE(items.size(), 0);
    app.run("ROLLBACK");
    QCOMPARE(codesOf(*tree(), false, &items), QStringList());
    QCOMPARE(items.size(), 2);
}

void tst_SqliteApp::scan_survivesStrangeSchemas_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<int>("items");
    QTest::addColumn<bool>("finding");
    QTest::newRow("no sessions table") << QByteArray("DROP TABLE sessions") << 0 << true;
    QTest::newRow("sessions is a view") << QByteArray("DROP TABLE sessions; CREATE VIEW sessions AS WITH RECURSIVE n(i) AS"
                                                      " (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS id FROM n") << 0 << true;
    QTest::newRow("no such user") << QByteArray("UPDATE sessions SET user_id = 77") << 2 << false;
    QTest::newRow("blobs and nulls") << QByteArray("DROP TABLE sessions; CREATE TABLE sessions(id INTEGER PRIMARY KEY, user_id, device_id,"
                                                   " refresh_token, expires_at, created_at); INSERT INTO sessions VALUES"
                                                   " (1, 'x', x'ff00fe', NULL, 5, NULL), (2, NULL, NULL, NULL, NULL, NULL)") << 2 << false;
    QTest::newRow("huge name") << QByteArray("UPDATE sessions SET device_id = printf('%.*c', 5000000, 'x')") << 2 << false;
}

void tst_SqliteApp::scan_survivesStrangeSchemas()
{
    QFETCH(QByteArray, sql);
    QFETCH(int, items);
    QFETCH(bool, finding);
    plant();
    runSql(m_builder->path("database.sqlite"), sql);
    QList<Item> seen;
    QCOMPARE(!codesOf(*tree(), false, &seen).isEmpty(), finding);
    QCOMPARE(seen.size(), items);
    for (const Item &item : seen) {
        QVERIFY(!item.title.isEmpty() && item.title.size() <= 200);
        Monitor monitor;
        QVERIFY(layout().parts(*tree(), item.itemId(), monitor));
    }
}

void tst_SqliteApp::check_findsJournalAndIncompleteSecrets()
{
    plant();
    m_builder->file("secrets.env", "JWT_SECRET=abc\nENCRYPTION_KEY=\n", 0600);
    m_builder->file("database.sqlite-journal", "left");
    QStringList codes = codesOf(*tree(), true);
    codes.sort();
    QCOMPARE(codes, (QStringList{QStringLiteral("hot-journal"), QStringLiteral("secrets-incomplete")}));
}

void tst_SqliteApp::probe_leavesOtherDatabasesAlone()
{
    runSql(m_builder->path("database.sqlite"), "CREATE TABLE notes(a)");
    QCOMPARE(layout().probe(*tree()).score, 0);
    m_builder->remove("database.sqlite");
    plant();
    QVERIFY(layout().probe(*tree()).score >= 90);
    m_builder->remove("database.sqlite").symlink("database.sqlite", "/nowhere");
    QCOMPARE(layout().probe(*tree()).score, 0);
}

void tst_SqliteApp::identity_keepsThePairTogether()
{
    const LayoutIdentity &identity = layout().identity();
    QCOMPARE(captureFor(identity, RelPath::literal("database.sqlite")), Capture::Sqlite);
    QCOMPARE(captureFor(identity, RelPath::literal("database.sqlite-wal")), Capture::Runtime);
    QCOMPARE(captureFor(identity, RelPath::literal("secrets.env")), Capture::KeyValues);
    QCOMPARE(identity.pairs.size(), 1);
    QCOMPARE(identity.secretFiles.value(0).pattern, QByteArray("secrets.env"));
}

QTEST_GUILESS_MAIN(tst_SqliteApp)
#include "tst_sqliteapp.moc"
