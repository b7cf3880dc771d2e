// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/demo.h"

#include "storage/datadirectory.h"
#include "storage/layouts/registry.h"
#include "tests/support/datadirbuilder.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_Demo : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void every_sampleIsRecognisedListedAndHealthy_data();
    void every_sampleIsRecognisedListedAndHealthy();
    void write_refusesAFolderThatIsNotEmpty();
    void write_isTheSameForTheSameInstant();
    void write_stopsWhenAsked();
    void sessions_asManyAsAsked();
    void json_parses();
    void secrets_areOurs();
    void pickles_areAcceptedByPython();
    void snapshot_isTheNewestBackup();
    void database_isSoundAndItsPasswordDecrypts();
    void vectors_matchTheChunks();
    void volumes_haveABackupThatUnpacks();

private:
    DataDirBuilder m_dir;
    QList<DemoDirectory> m_written;
};

namespace {

const QDateTime kNow = QDateTime(QDate(2026, 3, 14), QTime(9, 30), Qt::UTC);

QList<DemoDirectory> writeTo(const QByteArray &folder, int sessions = 0)
{
    Monitor monitor;
    const auto written = writeDemo(folder, {sessions, kNow}, monitor);
    if (!written)
        qFatal("writeDemo: %s", describe(written.error()).oneLine().toUtf8().constData());
    return *written;
}

struct Scanned {
    std::array<int, 4> counts = {};
    QList<Item> items;
    QStringList findings;
};

Scanned scanned(const DataDirectory &directory)
{
    Scanned out;
    Monitor monitor;
    ChunkBuilder builder([&out](const ChunkPtr &chunk) {
        out.counts[size_t(chunk->kind())] += chunk->size();
        for (int row = 0; row < chunk->size(); ++row)
            out.items.append(chunk->item(row));
    });
    const auto done = directory.scan(builder, [&out](const Finding &f) {
        out.findings.append(f.code + u' ' + f.path.display() + u' ' + f.message);
    }, monitor);
    if (!done)
        qFatal("scan failed");
    return out;
}

}  // namespace

void tst_Demo::initTestCase()
{
    m_written = writeTo(m_dir.path("demo"));
}

void tst_Demo::every_sampleIsRecognisedListedAndHealthy_data()
{
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QList<int>>("counts");   // sessions, entities, volumes, snapshots; -1 = at least one
    const QHash<QByteArray, QList<int>> counts = {
        {"document-sessions", {7, 0, 0, 0}},
        {"document-sessions-folders", {7, 0, 0, 0}},
        {"sqlite-app", {3, 0, 0, 0}},
        {"entity-rag", {4, 4, 0, 0}},
        {"entity-rag-guide", {3, 3, 0, 0}},
        {"scene-snapshots", {0, 0, 0, 12}},
        {"compose-volumes", {0, 0, 6, 0}},
        {"plain-directory", {0, 0, 4, 0}},
    };
    for (const DemoDirectory &directory : m_written) {
        const QByteArray name = directory.path.mid(directory.path.lastIndexOf('/') + 1);
        QTest::newRow(name.constData()) << directory.layout << directory.variant << directory.path << counts.value(name);
    }
}

void tst_Demo::every_sampleIsRecognisedListedAndHealthy()
{
    QFETCH(QString, layout);
    QFETCH(QString, variant);
    QFETCH(QByteArray, path);
    QFETCH(QList<int>, counts);
    QVERIFY(layoutById(layout));
    Monitor monitor;
    const auto directory = DataDirectory::open(path, monitor);
    QVERIFY(directory);
    QCOMPARE((*directory)->layouts().size(), 1);
    QCOMPARE((*directory)->primary().id, layout);
    QCOMPARE((*directory)->primary().variant, variant);
    QVERIFY((*directory)->primary().root.isRoot());
    QVERIFY(!(*directory)->ambiguous());

    const Scanned s = scanned(**directory);
    QCOMPARE(s.findings, QStringList());
    QCOMPARE(counts.size(), 4);
    for (int kind = 0; kind < 4; ++kind)
        QCOMPARE(s.counts[size_t(kind)], counts.at(kind));
    for (const Item &item : s.items) {
        QVERIFY2(item.state != ItemState::Damaged, qPrintable(item.id));
        QVERIFY2(!item.title.isEmpty(), qPrintable(item.id));
        QVERIFY2(!item.modified.isValid() || item.modified <= kNow, qPrintable(item.id));
        const auto details = (*directory)->details(item.itemId(), monitor);
        QVERIFY2(details && !details->parts.isEmpty(), qPrintable(item.id));
    }
    QStringList found;
    const auto checked = (*directory)->primary().layout->check((*directory)->tree(), [&found](const Finding &f) {
        found.append(f.code + u' ' + f.path.display() + u' ' + f.message);
    }, monitor);
    QVERIFY(checked);
    QCOMPARE(found, QStringList());
}

void tst_Demo::write_refusesAFolderThatIsNotEmpty()
{
    DataDirBuilder dir;
    dir.file("there/already", "mine");
    Monitor monitor;
    const auto refused = writeDemo(dir.path("there"), {0, kNow}, monitor);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::AlreadyExists);
    QCOMPARE(dir.names("there"), QList<QByteArray>{"already"});
    QCOMPARE(writeDemo(dir.path("no/parent"), {0, kNow}, monitor).error().code, ErrorCode::NotFound);
}

void tst_Demo::write_isTheSameForTheSameInstant()
{
    DataDirBuilder dir;
    dir.dir("again");   // an empty folder is taken as it is
    writeTo(dir.path("again"));
    QCOMPARE(treeFingerprint(dir.path("again")), treeFingerprint(m_dir.path("demo")));
}

void tst_Demo::write_stopsWhenAsked()
{
    DataDirBuilder dir;
    Monitor monitor;
    monitor.requestStop();
    const auto stopped = writeDemo(dir.path("demo"), {0, kNow}, monitor);
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

void tst_Demo::sessions_asManyAsAsked()
{
    DataDirBuilder dir;
    QElapsedTimer timer;
    timer.start();
    const auto written = writeTo(dir.path("demo"), 600);
    qInfo("600 sessions in each of two variants: %lld ms", timer.elapsed());
    QCOMPARE(dir.names("demo/document-sessions/sessions").size(), 600);
    qsizetype folders = 0;
    for (const QByteArray &name : dir.names("demo/document-sessions-folders/storage"))
        folders += name.startsWith("session_") ? 1 : 0;
    QCOMPARE(folders, 600);
    QVERIFY(!written.isEmpty());
}

void tst_Demo::json_parses()
{
    const Ran find = run(QStringLiteral("find"), {QString::fromUtf8(m_dir.path("demo")), QStringLiteral("-name"), QStringLiteral("*.json"),
                                                  QStringLiteral("-print0")});
    int count = 0;
    for (const QByteArray &path : find.out.split('\0')) {
        if (path.isEmpty())
            continue;
        QFile file(QFile::decodeName(path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonParseError error;
        QJsonDocument::fromJson(file.readAll(), &error);
        QVERIFY2(error.error == QJsonParseError::NoError, path.constData());
        ++count;
    }
    QVERIFY(count > 20);
}

void tst_Demo::secrets_areOurs()
{
    const auto mode = [&](const QByteArray &path) {
        const auto tree = DirTree::open(m_dir.path("demo"));
        const auto stamp = (*tree)->stamp(RelPath::literal(path));
        return stamp ? stamp->mode : 0u;
    };
    QCOMPARE(mode("document-sessions/auth/tokens.json"), 0600u);
    QCOMPARE(mode("sqlite-app/secrets.env"), 0600u);
    QCOMPARE(mode("document-sessions-folders/auth/tokens.json"), 0600u);
    QCOMPARE(mode("compose-volumes/var/lib/docker/volumes/app-postgres-data/_data/PG_VERSION"), 0600u);
}

void tst_Demo::pickles_areAcceptedByPython()
{
    // Disassembles only: pickletools never builds an object. optimize() also checks the memo.
    const QByteArray script =
        "import pickletools,sys,io\n"
        "n=0\n"
        "for p in sys.argv[1:]:\n"
        "    data=open(p,'rb').read(); out=io.StringIO(); pickletools.dis(data,out)\n"
        "    ops=list(pickletools.genops(data)); assert ops[-1][0].name=='STOP' and ops[-1][2]==len(data)-1, p\n"
        "    assert ops[1][0].name=='FRAME' and ops[1][1]==len(data)-11, p\n"
        "    n+=sum(1 for o,a,q in ops if o.name=='NEWOBJ')\n"
        "print(n)\n";
    const Ran find = run(QStringLiteral("find"), {QString::fromUtf8(m_dir.path("demo")), QStringLiteral("-name"), QStringLiteral("*.pkl")});
    QStringList arguments = {QStringLiteral("-c"), QString::fromUtf8(script)};
    for (const QByteArray &path : find.out.split('\n')) {
        if (!path.isEmpty())
            arguments.append(QString::fromUtf8(path));
    }
    QCOMPARE(arguments.size() - 2, 4 + 3 + 12);   // entities of two variants, snapshots
    const Ran python = run(QStringLiteral("python3"), arguments);
    if (python.exitCode == -1)
        QSKIP("no python3");
    QVERIFY2(python.exitCode == 0, python.err.constData());
    QVERIFY(python.out.trimmed().toInt() > 40);
}

void tst_Demo::snapshot_isTheNewestBackup()
{
    const QList<QByteArray> backups = m_dir.names("demo/scene-snapshots/backups");
    QCOMPARE(backups.size(), 10);
    const QByteArray current = m_dir.read("demo/scene-snapshots/session_snapshot.pkl");
    QCOMPARE(current, m_dir.read("demo/scene-snapshots/backups/" + backups.last()));
    QVERIFY(current != m_dir.read("demo/scene-snapshots/backups/" + backups.first()));
}

void tst_Demo::database_isSoundAndItsPasswordDecrypts()
{
    const QString database = QString::fromUtf8(m_dir.path("demo/sqlite-app/database.sqlite"));
    const Ran check = run(QStringLiteral("sqlite3"), {QStringLiteral("-readonly"), database,
        QStringLiteral("PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA page_size; SELECT count(*) FROM mail_messages; "
                       "SELECT password_encrypted FROM email_configs;")});
    if (check.exitCode == -1)
        QSKIP("no sqlite3");
    QCOMPARE(check.exitCode, 0);
    const QList<QByteArray> lines = check.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 4);
    QCOMPARE(lines.at(0), QByteArray("ok"));
    QCOMPARE(lines.at(1), QByteArray("4096"));
    QCOMPARE(lines.at(2), QByteArray("36"));

    QByteArray key;
    for (const QByteArray &line : m_dir.read("demo/sqlite-app/secrets.env").split('\n')) {
        if (line.startsWith("ENCRYPTION_KEY="))
            key = line.mid(15);
    }
    QCOMPARE(key.size(), 32);
    const QList<QByteArray> halves = lines.at(3).split(':');
    QCOMPARE(halves.size(), 2);
    const Ran openssl = run(QStringLiteral("openssl"), {QStringLiteral("enc"), QStringLiteral("-d"), QStringLiteral("-aes-256-cbc"),
        QStringLiteral("-K"), QString::fromLatin1(key.toHex()), QStringLiteral("-iv"), QString::fromLatin1(halves.at(0))},
        {}, QByteArray::fromHex(halves.at(1)));
    if (openssl.exitCode == -1)
        QSKIP("no openssl");
    QCOMPARE(openssl.exitCode, 0);
    QVERIFY(openssl.out.startsWith("correct horse"));
}

void tst_Demo::vectors_matchTheChunks()
{
    const QByteArray base = "demo/entity-rag-guide/entity_scoped/entities/";
    for (const QByteArray &entity : m_dir.names(base)) {
        const QByteArray index = m_dir.read(base + entity + "/vector_store/index.faiss");
        const auto chunks = QJsonDocument::fromJson(m_dir.read(base + entity + "/chunks.json")).object();
        QVERIFY(chunks.size() > 0);
        QCOMPARE(index.size(), 45 + qsizetype(chunks.size()) * 384 * 4);
        QCOMPARE(qint64(uchar(index.at(8))), qint64(chunks.size()));
    }
}

void tst_Demo::volumes_haveABackupThatUnpacks()
{
    Monitor monitor;
    const auto directory = DataDirectory::open(m_dir.path("demo/compose-volumes"), monitor);
    QVERIFY(directory);
    for (const Item &item : scanned(**directory).items) {
        const bool covered = item.id.contains(u"postgres") || item.id.contains(u"media") || item.id.contains(u"static");
        QCOMPARE(item.lastBackup.isValid(), covered);
        QVERIFY(!covered || item.lastBackup < kNow);
        QVERIFY2(item.modified.isValid() && item.modified < kNow, qPrintable(item.id));
    }
    int archives = 0;
    for (const QByteArray &name : m_dir.names("demo/compose-volumes/project/backups")) {
        if (!name.startsWith("full_backup_"))
            continue;
        ++archives;
        DataDirBuilder into;
        const QString archive = QString::fromUtf8(m_dir.path("demo/compose-volumes/project/backups/" + name));
        const QByteArray stamp = name.mid(12, 15);
        QCOMPARE(run(QStringLiteral("tar"), {QStringLiteral("-xzf"), archive}, into.path()).exitCode, 0);
        QCOMPARE(into.names(), (QList<QByteArray>{"db_backup_" + stamp + ".sql", "media_backup_" + stamp + ".tar.gz",
                                                  "static_backup_" + stamp + ".tar.gz"}));
        QCOMPARE(run(QStringLiteral("tar"), {QStringLiteral("-xzf"), QString::fromLatin1("media_backup_" + stamp + ".tar.gz")}, into.path()).exitCode, 0);
        QVERIFY(into.exists("profile_images/user1.png"));
    }
    QCOMPARE(archives, 2);
}

QTEST_GUILESS_MAIN(tst_Demo)
#include "tst_demo.moc"
