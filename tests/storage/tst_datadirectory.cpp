// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/datadirectory.h"

#include "storage/demo.h"
#include "storage/layouts/registry.h"
#include "tests/support/asnobody.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_DataDirectory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void open_refuses();
    void detect_emptyFolderIsAPlainOne();
    void detect_samplesFromTheTopAndFromTheirData_data();
    void detect_samplesFromTheTopAndFromTheirData();
    void detect_findsTheDataBelowItsParent_data();
    void detect_findsTheDataBelowItsParent();
    void detect_ignoresWhatTheFolderIsCalled();
    void detect_showsBothLayoutsOfAMixedFolder();
    void detect_upgradedHostShowsWhatBothVersionsLeft();
    void detect_showsBothPlacesOfOneLayout();
    void detect_plainOnlyWhereNothingElseIs();
    void detect_isNotFooledByNamesAlone_data();
    void detect_isNotFooledByNamesAlone();
    void detect_doesNotFollowALinkToData();
    void detect_endsWhenCancelled();
    void ambiguous_whenTwoAreCloseOrTheBestIsAGuess();
    void scan_rebasesFindingsAndParts();
    void count_isWhatScanLists();
    void details_ofUnknownItemsAreRefused();
    void constMembers_workFromSeveralThreads();

private:
    DataDirBuilder m_demo;
};

namespace {

std::shared_ptr<const DataDirectory> opened(const QByteArray &path)
{
    Monitor monitor;
    const auto directory = DataDirectory::open(path, monitor);
    if (!directory)
        qFatal("cannot open %s", path.constData());
    return *directory;
}

/// "id/variant@root" of every layout found.
QStringList found(const DataDirectory &directory)
{
    QStringList out;
    for (const DetectedLayout &detected : directory.layouts())
        out.append(detected.id + u'/' + detected.variant + u'@' + detected.root.display());
    return out;
}

void copyTree(const QByteArray &from, const QByteArray &to)
{
    const Ran cp = run(QStringLiteral("cp"), {QStringLiteral("-a"), QString::fromUtf8(from), QString::fromUtf8(to)});
    if (cp.exitCode != 0)
        qFatal("cp: %s", cp.err.constData());
}

const QByteArrayList kDemos = {"document-sessions", "document-sessions-folders", "sqlite-app", "entity-rag",
                               "entity-rag-guide", "scene-snapshots"};

}  // namespace

void tst_DataDirectory::initTestCase()
{
    Monitor monitor;
    const auto written = writeDemo(m_demo.path("demo"), {0, QDateTime(QDate(2026, 3, 14), QTime(9, 30), Qt::UTC)}, monitor);
    QVERIFY(written);
    QCOMPARE(written->size(), 8);
}

void tst_DataDirectory::open_refuses()
{
    DataDirBuilder dir;
    dir.file("file", "x").file("closed/x", "x");
    dir.dir("closed", 0);
    const AsNobody nobody(dir.path());
    Monitor monitor;
    QCOMPARE(DataDirectory::open(dir.path("none"), monitor).error().code, ErrorCode::NotFound);
    QCOMPARE(DataDirectory::open(dir.path("file"), monitor).error().code, ErrorCode::NotADirectory);
    QCOMPARE(DataDirectory::open(dir.path("closed"), monitor).error().code, ErrorCode::PermissionDenied);
}

void tst_DataDirectory::detect_emptyFolderIsAPlainOne()
{
    DataDirBuilder dir;
    const auto directory = opened(dir.path());
    QCOMPARE(found(*directory), QStringList{QStringLiteral("plain-directory/@")});
    QVERIFY(!directory->ambiguous());
    QCOMPARE(directory->kinds(), QList<ItemKind>{ItemKind::Volume});
    QVERIFY(!directory->title().isEmpty());
}

void tst_DataDirectory::detect_samplesFromTheTopAndFromTheirData_data()
{
    QTest::addColumn<QString>("sample");
    QTest::addColumn<QByteArray>("below");
    QTest::addColumn<QString>("first");
    const struct {
        const char *sample;
        const char *data;
        const char *layout;
    } samples[] = {
        {"doco", "data", "document-sessions/files"},   {"doco-guide", "data", "document-sessions/folders"},
        {"pwa", "data", "sqlite-app/"},                {"rag", "data", "entity-rag/released"},
        {"rag-guide", "data", "entity-rag/guide"},     {"blender", "server/data", "scene-snapshots/"},
    };
    const QStringList there = sampleNames();
    qInfo("%d samples used", int(there.size()));
    for (const auto &s : samples) {
        const QString sample = QString::fromLatin1(s.sample);
        if (!there.contains(sample))
            continue;
        const QString layout = QString::fromLatin1(s.layout);
        const QString data = QString::fromLatin1(s.data);
        QTest::addRow("%s from the top", s.sample) << sample << QByteArray() << layout + u'@' + data;
        QTest::addRow("%s at its data", s.sample) << sample << QByteArray(s.data) << layout + u'@';
    }
    if (there.contains(QStringLiteral("compose"))) {
        const QString compose = QStringLiteral("compose");
        QTest::addRow("compose from the top") << compose << QByteArray() << QStringLiteral("compose-volumes/@");
        QTest::addRow("compose at its volumes") << compose << QByteArray("var/lib/docker/volumes") << QStringLiteral("compose-volumes/@");
        QTest::addRow("compose at its project") << compose << QByteArray("project") << QStringLiteral("compose-volumes/@");
    }
    if (there.isEmpty())
        QTest::newRow("none") << QString() << QByteArray() << QString();
}

void tst_DataDirectory::detect_samplesFromTheTopAndFromTheirData()
{
    QFETCH(QString, sample);
    QFETCH(QByteArray, below);
    QFETCH(QString, first);
    if (sample.isEmpty())
        QSKIP("no samples beside the checkout");
    DataDirBuilder dir;
    QVERIFY(unpackSample(sample, dir.path()));
    const QByteArray top = sample.toUtf8();
    const auto directory = opened(dir.path(below.isEmpty() ? top : QByteArray(top + '/' + below)));
    QCOMPARE(found(*directory), QStringList{first});
    QVERIFY(directory->primary().score >= kSureScore);
    QVERIFY(!directory->primary().evidence.isEmpty());
    QVERIFY(!directory->ambiguous());
}

void tst_DataDirectory::detect_findsTheDataBelowItsParent_data()
{
    QTest::addColumn<QByteArray>("demo");
    QTest::addColumn<QByteArray>("data");
    for (const QByteArray &demo : kDemos) {
        QTest::addRow("%s in data", demo.constData()) << demo << QByteArray("data");
        QTest::addRow("%s in server/data", demo.constData()) << demo << QByteArray("server/data");
    }
}

void tst_DataDirectory::detect_findsTheDataBelowItsParent()
{
    QFETCH(QByteArray, demo);
    QFETCH(QByteArray, data);
    DataDirBuilder dir;
    dir.dir("app/server").file("app/README.md", "an application").file("app/logs/app.log", "x").dir("app/archives");
    copyTree(m_demo.path("demo/" + demo), dir.path("app/" + data));
    const auto direct = opened(m_demo.path("demo/" + demo));
    const auto directory = opened(dir.path("app"));
    QCOMPARE(directory->layouts().size(), 1);
    QCOMPARE(directory->primary().id, direct->primary().id);
    QCOMPARE(directory->primary().variant, direct->primary().variant);
    QCOMPARE(directory->primary().root.bytes(), data);
    QCOMPARE(directory->primary().score, direct->primary().score);
    QCOMPARE(directory->primary().evidence.size(), direct->primary().evidence.size());
}

void tst_DataDirectory::detect_ignoresWhatTheFolderIsCalled()
{
    // Every sample under the name of another one.
    for (qsizetype i = 0; i < kDemos.size(); ++i) {
        DataDirBuilder dir;
        const QByteArray &other = kDemos.at((i + 1) % kDemos.size());
        copyTree(m_demo.path("demo/" + kDemos.at(i)), dir.path(other));
        QCOMPARE(found(*opened(dir.path(other))), found(*opened(m_demo.path("demo/" + kDemos.at(i)))));
    }
}

void tst_DataDirectory::detect_showsBothLayoutsOfAMixedFolder()
{
    DataDirBuilder dir;
    copyTree(m_demo.path("demo/document-sessions"), dir.path("data"));
    copyTree(m_demo.path("demo/sqlite-app/database.sqlite"), dir.path("data/database.sqlite"));
    copyTree(m_demo.path("demo/sqlite-app/secrets.env"), dir.path("data/secrets.env"));
    const auto directory = opened(dir.path("data"));
    QStringList ids = found(*directory);
    ids.sort();
    QCOMPARE(ids, (QStringList{QStringLiteral("document-sessions/files@"), QStringLiteral("sqlite-app/@")}));
    for (qsizetype i = 1; i < directory->layouts().size(); ++i)
        QVERIFY(directory->layouts().at(i - 1).score >= directory->layouts().at(i).score);
    for (const DetectedLayout &detected : directory->layouts())
        QVERIFY(!detected.evidence.isEmpty());
    // The items of both are listed.
    int sessions = 0;
    ChunkBuilder builder([&sessions](const ChunkPtr &chunk) { sessions += chunk->kind() == ItemKind::Session ? chunk->size() : 0; });
    Monitor monitor;
    QVERIFY(directory->scan(builder, [](const Finding &) {}, monitor));
    QCOMPARE(sessions, 7 + 3);
}

void tst_DataDirectory::detect_upgradedHostShowsWhatBothVersionsLeft()
{
    DataDirBuilder dir;
    copyTree(m_demo.path("demo/entity-rag"), dir.path("data"));
    for (const QByteArray &part : m_demo.names("demo/entity-rag-guide")) {
        if (part != "entity_scoped")
            copyTree(m_demo.path("demo/entity-rag-guide/" + part), dir.path("data/" + part));
    }
    copyTree(m_demo.path("demo/entity-rag-guide/entity_scoped/entities"), dir.path("data/entity_scoped/entities"));
    const auto directory = opened(dir.path("data"));
    QCOMPARE(directory->primary().id, QStringLiteral("entity-rag"));
    QVERIFY(directory->primary().score >= kSureScore);
    const QString evidence = directory->primary().evidence.join(u'\n');
    QVERIFY2(evidence.contains(u"api_storage") && evidence.contains(u"storage/entities.json"), qPrintable(evidence));
    int entities = 0;
    ChunkBuilder builder([&entities](const ChunkPtr &chunk) { entities += chunk->kind() == ItemKind::Entity ? chunk->size() : 0; });
    Monitor monitor;
    QVERIFY(directory->scan(builder, [](const Finding &) {}, monitor));
    QVERIFY2(entities >= 4, "the released version's entities are listed");
}

void tst_DataDirectory::detect_showsBothPlacesOfOneLayout()
{
    DataDirBuilder dir;
    copyTree(m_demo.path("demo/scene-snapshots"), dir.path("host"));
    copyTree(m_demo.path("demo/scene-snapshots"), dir.path("host/data"));
    QStringList places = found(*opened(dir.path("host")));
    places.sort();
    QCOMPARE(places, (QStringList{QStringLiteral("scene-snapshots/@"), QStringLiteral("scene-snapshots/@data")}));
}

void tst_DataDirectory::detect_plainOnlyWhereNothingElseIs()
{
    for (const QByteArray &demo : kDemos) {
        const auto directory = opened(m_demo.path("demo/" + demo));
        for (const DetectedLayout &detected : directory->layouts())
            QVERIFY(detected.id != u"plain-directory");
    }
    // The folder that holds all samples is none of them.
    QCOMPARE(opened(m_demo.path("demo"))->primary().id, QStringLiteral("plain-directory"));
}

void tst_DataDirectory::detect_isNotFooledByNamesAlone_data()
{
    QTest::addColumn<QByteArrayList>("entries");   // a trailing slash makes a folder
    QTest::newRow("empty folders") << QByteArrayList{"sessions/", "storage/", "auth/", "docs/", "backups/x/", "entities/"};
    QTest::newRow("configuration called sessions") << QByteArrayList{"sessions/readme.json", "sessions/config.json"};
    QTest::newRow("text called database.sqlite") << QByteArrayList{"database.sqlite"};
    QTest::newRow("secrets of something") << QByteArrayList{"secrets.env", ".env"};
    QTest::newRow("leftover scope folder") << QByteArrayList{"entity_scoped/"};
    QTest::newRow("archives in backups") << QByteArrayList{"backups/site.tar.gz"};
}

void tst_DataDirectory::detect_isNotFooledByNamesAlone()
{
    QFETCH(QByteArrayList, entries);
    DataDirBuilder dir;
    for (const QByteArray &entry : entries) {
        if (entry.endsWith('/'))
            dir.dir(entry.chopped(1));
        else
            dir.file(entry, "{\"name\": \"something\"}");
    }
    const auto directory = opened(dir.path());
    if (directory->primary().id != u"plain-directory")
        QVERIFY2(directory->primary().score < kSureScore && directory->ambiguous(),
                 qPrintable(directory->primary().id + u": " + directory->primary().evidence.join(u';')));
}

void tst_DataDirectory::detect_doesNotFollowALinkToData()
{
    DataDirBuilder dir;
    copyTree(m_demo.path("demo/scene-snapshots"), dir.path("elsewhere"));
    dir.dir("host").symlink("host/data", "../elsewhere");
    QCOMPARE(found(*opened(dir.path("host"))), QStringList{QStringLiteral("plain-directory/@")});
}

void tst_DataDirectory::detect_endsWhenCancelled()
{
    DataDirBuilder dir;
    Monitor monitor;
    monitor.requestStop();
    const auto stopped = DataDirectory::open(dir.path(), monitor);
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

void tst_DataDirectory::ambiguous_whenTwoAreCloseOrTheBestIsAGuess()
{
    const auto detected = [](const char *id, int score, const char *root) {
        DetectedLayout layout;
        layout.id = QString::fromLatin1(id);
        layout.score = score;
        layout.root = RelPath::literal(root);
        return layout;
    };
    QVERIFY(isAmbiguous({}));
    QVERIFY(!isAmbiguous({detected("a", 100, "")}));
    QVERIFY(isAmbiguous({detected("a", kSureScore - 1, "")}));
    QVERIFY(isAmbiguous({detected("a", 95, ""), detected("b", 90, "")}));
    QVERIFY(!isAmbiguous({detected("a", 95, ""), detected("b", 90, "data")}));
    QVERIFY(!isAmbiguous({detected("a", 95, ""), detected("b", 70, "")}));
    QVERIFY(!isAmbiguous({detected("plain-directory", 10, "")}));
}

void tst_DataDirectory::scan_rebasesFindingsAndParts()
{
    DataDirBuilder dir;
    copyTree(m_demo.path("demo/document-sessions"), dir.path("data"));
    const QByteArray name = dir.names("data/sessions").first();
    dir.file("data/sessions/" + name, "{ cut off");
    const auto directory = opened(dir.path());
    QCOMPARE(directory->primary().root, RelPath::literal("data"));
    QList<Finding> findings;
    ChunkBuilder builder([](const ChunkPtr &) {});
    Monitor monitor;
    QVERIFY(directory->scan(builder, [&findings](const Finding &f) { findings.append(f); }, monitor));
    QVERIFY(!findings.isEmpty());
    for (const Finding &f : findings)
        QVERIFY2(f.path.isWithin(RelPath::literal("data")), f.path.bytes().constData());
    const QByteArray healthy = dir.names("data/sessions").last();
    const auto details = directory->details({ItemKind::Session, QString::fromLatin1(healthy.chopped(5))}, monitor);
    QVERIFY(details);
    QCOMPARE(details->parts.first().path, RelPath::literal(QByteArray("data/sessions/" + healthy)));
}

void tst_DataDirectory::count_isWhatScanLists()
{
    DataDirBuilder dir;
    copyTree(m_demo.path("demo/document-sessions"), dir.path("data"));
    const auto uuid = [](char c) -> QByteArray { return QByteArray(8, c) + "-0000-4000-8000-" + QByteArray(12, c); };
    dir.file("data/sessions/" + uuid('a') + ".json", "{ cut off").file("data/sessions/" + uuid('b') + ".json", {})
        .dir("data/sessions/" + uuid('c') + ".json").symlink("data/sessions/" + uuid('d') + ".json", "nowhere")
        .symlink("data/sessions/" + uuid('e') + ".json", uuid('a') + ".json").dir("data/storage/session_" + uuid('c'))
        .dir("data/storage/session_" + uuid('f')).file("data/storage/session_" + uuid('1'), "a file").file("data/sessions/other.txt", "x");
    const auto directory = opened(dir.path());
    Monitor monitor;
    ChunkBuilder builder([](const ChunkPtr &) {});
    QVERIFY(directory->scan(builder, [](const Finding &) {}, monitor));
    const auto counted = directory->count(monitor);
    QVERIFY(counted);
    QCOMPARE(counted->value(ItemKind::Session), builder.count(ItemKind::Session));
    QVERIFY2(counted->value(ItemKind::Session) > 4, QByteArray::number(counted->value(ItemKind::Session)).constData());
    monitor.requestStop();
    const auto stopped = directory->count(monitor);
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

void tst_DataDirectory::details_ofUnknownItemsAreRefused()
{
    const auto directory = opened(m_demo.path("demo/plain-directory"));
    Monitor monitor;
    for (const QString &id : {QStringLiteral("none"), QString(), QStringLiteral(".."), QStringLiteral("notes.txt"), QStringLiteral("Photos/2025")}) {
        const auto details = directory->details({ItemKind::Volume, id}, monitor);
        QVERIFY2(!details, qPrintable(id));
        QCOMPARE(details.error().code, ErrorCode::ItemUnknown);
    }
    QVERIFY(!directory->details({ItemKind::Session, QStringLiteral("Photos")}, monitor));
    QVERIFY(directory->details({ItemKind::Volume, QStringLiteral("Photos")}, monitor));
}

void tst_DataDirectory::constMembers_workFromSeveralThreads()
{
    const auto directory = opened(m_demo.path("demo/entity-rag"));
    std::array<std::unique_ptr<QThread>, 4> threads;
    std::array<int, 4> rows = {};
    for (size_t i = 0; i < threads.size(); ++i) {
        threads[i].reset(QThread::create([&directory, &row = rows[i]] {
            Monitor monitor;
            ChunkBuilder builder([&row](const ChunkPtr &chunk) { row += chunk->size(); });
            if (!directory->scan(builder, [](const Finding &) {}, monitor))
                row = -1;
        }));
        threads[i]->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait(60'000));
    for (const int row : rows)
        QCOMPARE(row, 8);
}

QTEST_GUILESS_MAIN(tst_DataDirectory)
#include "tst_datadirectory.moc"
