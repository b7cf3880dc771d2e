// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/demo.h"

#include "storage/datadirectory.h"
#include "storage/layouts/registry.h"
#include "tests/support/datadirbuilder.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonDocument>
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
    if (!layoutById(layout))
        QSKIP("this layout is not in the registry");
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
    const auto written = writeTo(dir.path("demo"), 3000);
    qInfo("3000 sessions in each of two variants: %lld ms", timer.elapsed());
    QCOMPARE(dir.names("demo/document-sessions/sessions").size(), 3000);
    qsizetype folders = 0;
    for (const QByteArray &name : dir.names("demo/document-sessions-folders/storage"))
        folders += name.startsWith("session_") ? 1 : 0;
    QCOMPARE(folders, 3000);
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
    QCOMPARE(mode("document-sessions-folders/auth/tokens.json"), 0600u);
    QCOMPARE(mode("compose-volumes/var/lib/docker/volumes/app-postgres-data/_data/PG_VERSION"), 0600u);
}

QTEST_GUILESS_MAIN(tst_Demo)
#include "tst_demo.moc"
