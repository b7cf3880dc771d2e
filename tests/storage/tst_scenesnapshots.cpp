// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/datadirectory.h"
#include "storage/layouts/registry.h"
#include "tests/storage/picklebytes.h"
#include "tests/support/datadirbuilder.h"

#include <QJsonDocument>
#include <QTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

struct Scanned {
    QList<Item> items;
    QList<Finding> findings;
    [[nodiscard]] Item item(const QString &id) const
    {
        for (const Item &i : items) {
            if (i.id == id)
                return i;
        }
        return {};
    }
    [[nodiscard]] QStringList codes() const
    {
        QStringList out;
        for (const Finding &f : findings)
            out.append(f.code);
        return out;
    }
};

const Layout &layout()
{
    return *layoutById(u"scene-snapshots");
}

Scanned scanned(const QByteArray &path)
{
    const auto tree = DirTree::open(path);
    Scanned out;
    ChunkBuilder builder([&](ChunkPtr chunk) {
        for (int row = 0; row < chunk->size(); ++row)
            out.items.append(chunk->item(row));
    });
    Monitor monitor;
    if (!layout().scan(**tree, builder, [&](Finding f) { out.findings.append(std::move(f)); }, monitor))
        qFatal("scan failed");
    builder.flush();
    return out;
}

QList<Finding> checked(const QByteArray &path)
{
    const auto tree = DirTree::open(path);
    QList<Finding> findings;
    Monitor monitor;
    if (!layout().check(**tree, [&](Finding f) { findings.append(std::move(f)); }, monitor))
        qFatal("check failed");
    return findings;
}

int score(const QByteArray &path)
{
    const auto tree = DirTree::open(path);
    return layout().probe(**tree).score;
}

ItemDetails detailsOf(const QByteArray &opened, const QString &id)
{
    Monitor monitor;
    const auto directory = DataDirectory::open(opened, monitor);
    const auto details = (*directory)->details({ItemKind::Snapshot, id}, monitor);
    if (!details)
        qFatal("no details of %s", qPrintable(id));
    return *details;
}

QString fact(const ItemDetails &details, const QString &key)
{
    for (const Fact &f : details.facts) {
        if (f.key == key)
            return f.value;
    }
    return {};
}

const QString kCurrentId = QStringLiteral("session_snapshot.pkl");

}  // namespace

class SceneSnapshotsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void probe_needsMoreThanANameAlone()
    {
        DataDirBuilder dir;
        dir.file("compose/backups/full_backup_20260106_020000.tar.gz", "x").file("compose/docker-dev.sh", "");
        dir.file("plain/notes.txt", "x").dir("plain/backups");
        dir.file("documents/storage/metadata.json", "{}").file("documents/backups/a.pkl", "x");
        dir.dir("unsaved/backups");
        for (const char *none : {"compose", "plain", "documents", ""})
            QCOMPARE(score(dir.path(none)), 0);
        const int unsaved = score(dir.path("unsaved"));
        QVERIFY(unsaved > 0 && unsaved < kSureScore);
        dir.file("rotated/backups/snapshot_20250112_143025.pkl", pkl::snapshot(1, "auto-save", 1));
        QVERIFY(score(dir.path("rotated")) >= kSureScore);
    }

    void neverSavedServer_hasNoItemsAndNoFindings()
    {
        DataDirBuilder dir;
        dir.dir("backups");
        const Scanned s = scanned(dir.path());
        QVERIFY(s.items.isEmpty());
        QVERIFY(s.findings.isEmpty());
        QVERIFY(checked(dir.path()).isEmpty());
    }

    void nodes_comeFromThePickleNotFromTheMetadata()
    {
        DataDirBuilder dir;
        dir.file("session_snapshot.pkl", pkl::snapshot(1736692345.125, "user_disconnect:Alice", 7));
        dir.file("session_metadata.json", R"({"timestamp": 5.0, "reason": "other", "node_count": 0, "user_count": 3})");
        const Item item = scanned(dir.path()).item(kCurrentId);
        QCOMPARE(item.nodes, Count(7));
        QCOMPARE(item.reason, QStringLiteral("user_disconnect:Alice"));
        QVERIFY(item.current);
        QCOMPARE(item.created, QDateTime::fromMSecsSinceEpoch(1736692345125, Qt::UTC));
        QVERIFY(checked(dir.path()).isEmpty());
    }

    void aWrongNodeCount_isANote()
    {
        DataDirBuilder dir;
        dir.file("session_snapshot.pkl", pkl::snapshot(1736692345, "periodic", 2));
        dir.file("session_metadata.json", R"({"timestamp": 1736692345.0, "reason": "periodic", "node_count": 3})");
        const QList<Finding> findings = checked(dir.path());
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings.first().code, QStringLiteral("count-mismatch"));
        QCOMPARE(findings.first().severity, Severity::Note);
    }

    void brokenSnapshots_areDamagedAndNamed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("code");
        QTest::addColumn<bool>("nodesKnown");
        const QByteArray good = pkl::snapshot(1736692345, "periodic", 3);
        QTest::newRow("empty") << QByteArray() << QStringLiteral("empty-file") << false;
        QTest::newRow("cut") << good.chopped(20) << QStringLiteral("pickle-truncated") << false;
        QTest::newRow("text") << QByteArray("this is no pickle") << QStringLiteral("pickle-not-a-pickle") << false;
        QTest::newRow("a list") << pkl::whole("]") << QStringLiteral("pickle-not-a-pickle") << true;
        QTest::newRow("os.system") << pkl::whole(pkl::dict({{pkl::text("graph"), pkl::global("os", "system") + pkl::text("id") + "\x85R"}}))
                                   << QStringLiteral("pickle-forbidden-global") << true;
        QTest::newRow("another class") << pkl::whole(pkl::dict({{pkl::text("graph"), pkl::object("collections", "OrderedDict", "N")}}))
                                       << QStringLiteral("pickle-forbidden-global") << true;
        QTest::newRow("second pickle") << good + pkl::whole("N") << QStringLiteral("pickle-trailing-bytes") << true;
    }
    void brokenSnapshots_areDamagedAndNamed()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, code);
        QFETCH(bool, nodesKnown);
        DataDirBuilder dir;
        dir.file("session_snapshot.pkl", bytes);
        dir.file("backups/snapshot_20250112_143025.pkl", pkl::snapshot(1, "auto-save", 1));
        const Scanned s = scanned(dir.path());
        QCOMPARE(s.items.size(), 2);
        QCOMPARE(s.item(kCurrentId).state, ItemState::Damaged);
        QCOMPARE(s.item(kCurrentId).nodes.has_value(), nodesKnown);
        QCOMPARE(s.item(QStringLiteral("backups/snapshot_20250112_143025.pkl")).state, ItemState::Ok);
        QCOMPARE(s.codes(), QStringList{code});
        QCOMPARE(s.findings.first().severity, Severity::Error);
        QCOMPARE(s.findings.first().path.bytes(), QByteArray("session_snapshot.pkl"));
        QCOMPARE(s.findings.first().item->id, kCurrentId);
        QCOMPARE(checked(dir.path()).size(), 1);
        QVERIFY(score(dir.path()) >= kSureScore);
    }

    void brokenMetadata_isFoundAndHarmless_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("code");
        QTest::newRow("cut") << QByteArray("{\"timestamp\": 1.0, \"rea") << QStringLiteral("json-invalid");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("empty-file");
        QTest::newRow("array") << QByteArray("[]") << QStringLiteral("json-wrong-type");
    }
    void brokenMetadata_isFoundAndHarmless()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, code);
        DataDirBuilder dir;
        dir.file("session_snapshot.pkl", pkl::snapshot(1736692345, "periodic", 3)).file("session_metadata.json", bytes);
        const Scanned s = scanned(dir.path());
        QCOMPARE(s.codes(), QStringList{code});
        QCOMPARE(s.findings.first().severity, Severity::Warning);
        QCOMPARE(s.item(kCurrentId).state, ItemState::Ok);
        QCOMPARE(s.item(kCurrentId).nodes, Count(3));
    }

    void metadataWithoutSnapshot_isAWarningOfTheCheck()
    {
        DataDirBuilder dir;
        dir.file("session_metadata.json", R"({"timestamp": 1.0, "reason": "periodic", "node_count": 0})");
        QVERIFY(scanned(dir.path()).items.isEmpty());
        QCOMPARE(checked(dir.path()).first().code, QStringLiteral("missing-file"));
        QVERIFY(score(dir.path()) >= kSureScore);
    }

    void timesAndReasons_fallBackInOrder()
    {
        DataDirBuilder dir;
        const qint64 mtime = qint64(1700000000) * 1'000'000'000;
        dir.file("session_snapshot.pkl", pkl::whole("}"), 0644, mtime);
        dir.file("session_metadata.json", R"({"timestamp": 1736692345.0, "reason": "shutdown", "node_count": 0})");
        dir.file("backups/snapshot_20250112_143025.pkl", pkl::whole("}"), 0644, mtime);
        const Scanned s = scanned(dir.path());
        QCOMPARE(s.item(kCurrentId).created, QDateTime::fromSecsSinceEpoch(1736692345, Qt::UTC));
        QCOMPARE(s.item(kCurrentId).reason, QStringLiteral("shutdown"));
        const Item backup = s.item(QStringLiteral("backups/snapshot_20250112_143025.pkl"));
        QCOMPARE(backup.created, QDateTime::fromSecsSinceEpoch(1700000000, Qt::UTC));
        QCOMPARE(backup.created, backup.modified);
        QVERIFY(backup.reason.isEmpty());
        QVERIFY(fact(detailsOf(dir.path(), kCurrentId), QStringLiteral("created from")).contains(u"session_metadata.json"));
    }

    void oddNamesAndOtherFiles_areTakenAsTheyAre()
    {
        DataDirBuilder dir;
        dir.file("session_snapshot.pkl", pkl::snapshot(1, "periodic", 1));
        dir.file("backups/snapshot_xyz.pkl", pkl::snapshot(2, "periodic", 1));
        dir.file("manual_backup_20250112_141825.pkl", pkl::snapshot(3, "periodic", 1));
        dir.file("export_2025_01_12_14-18-25.db", "\x1f\x8b").file("notes.txt", "x").dir("backups/snapshot_folder.pkl");
        dir.symlink("backups/snapshot_20250112_000000.pkl", "/etc/passwd").fifo("backups/snapshot_20250112_000001.pkl");
        const Scanned s = scanned(dir.path());
        QStringList ids;
        for (const Item &item : s.items)
            ids.append(item.id);
        QCOMPARE(ids, (QStringList{QStringLiteral("session_snapshot.pkl"), QStringLiteral("manual_backup_20250112_141825.pkl"),
                                   QStringLiteral("backups/snapshot_xyz.pkl")}));
    }

    void settings_areShownWithoutPasswords()
    {
        DataDirBuilder dir;
        dir.file("server/data/session_snapshot.pkl", pkl::snapshot(1, "periodic", 1));
        dir.file("server/.env", "ADMIN_PASSWORD=s3cret-admin-pw\nSERVER_PASSWORD=\nSAVE_INTERVAL=120\nMAX_BACKUPS=10\nLOG_LEVEL=INFO\n");
        for (const char *opened : {"", "server"}) {
            const ItemDetails details = detailsOf(dir.path(opened), kCurrentId);
            QCOMPARE(fact(details, QStringLiteral("SAVE_INTERVAL")), QStringLiteral("120"));
            QCOMPARE(fact(details, QStringLiteral("MAX_BACKUPS")), QStringLiteral("10"));
            QCOMPARE(fact(details, QStringLiteral("SERVER_PASSWORD")), QStringLiteral("not set"));
            QVERIFY(!fact(details, QStringLiteral("ADMIN_PASSWORD")).isEmpty());
            for (const Fact &f : details.facts)
                QVERIFY(!f.value.contains(u"s3cret"));
        }
        // Opened by itself, the folder above is not ours to read.
        QVERIFY(fact(detailsOf(dir.path("server/data"), kCurrentId), QStringLiteral("SAVE_INTERVAL")).isEmpty());
    }

    void hugeSnapshots_areListedFromTheirHead()
    {
        DataDirBuilder dir;
        QByteArray bytes = pkl::snapshot(1736692345, "auto-save", 3);
        // 65 MiB of mesh data under one more key of the outer dictionary.
        const qint32 blob = 65 << 20;
        QByteArray length(4, '\0');
        qToLittleEndian(blob, length.data());
        bytes.chop(2);
        bytes += pkl::text("mesh") + 'B' + length + QByteArray(blob, '\7') + "u.";
        dir.file("session_snapshot.pkl", bytes);
        const Item listed = scanned(dir.path()).item(kCurrentId);
        QCOMPARE(listed.state, ItemState::Ok);
        QVERIFY(!listed.nodes);
        QCOMPARE(listed.reason, QStringLiteral("auto-save"));
        QCOMPARE(listed.created, QDateTime::fromSecsSinceEpoch(1736692345, Qt::UTC));
        QCOMPARE(detailsOf(dir.path(), kCurrentId).item.nodes, Count(3));
        QVERIFY(checked(dir.path()).isEmpty());
    }

    void sample_hasFortyNodesAndNoSecrets()
    {
        DataDirBuilder dir;
        if (!unpackSample(QStringLiteral("blender"), dir.path()))
            QSKIP("no samples beside the checkout");
        Monitor monitor;
        const auto directory = DataDirectory::open(dir.path("blender"), monitor);
        QVERIFY(directory);
        QCOMPARE((*directory)->primary().id, QStringLiteral("scene-snapshots"));
        QCOMPARE((*directory)->primary().root.bytes(), QByteArray("server/data"));
        const Scanned s = scanned(dir.path("blender/server/data"));
        QCOMPARE(s.items.size(), 12);
        QCOMPARE(s.item(kCurrentId).nodes, Count(40));
        QCOMPARE(s.item(QStringLiteral("backups/snapshot_20250112_143225.pkl")).nodes, Count(40));
        QCOMPARE(s.item(kCurrentId).reason, QStringLiteral("user_disconnect:Alice"));
        for (const Item &item : s.items)
            QVERIFY(item.nodes.value_or(0) > 0 && item.state == ItemState::Ok);
        QVERIFY(s.findings.isEmpty());
        QVERIFY(checked(dir.path("blender/server/data")).isEmpty());
        const ItemDetails details = detailsOf(dir.path("blender"), kCurrentId);
        QCOMPARE(fact(details, QStringLiteral("MAX_BACKUPS")), QStringLiteral("10"));
        QByteArray all = QJsonDocument(details.metadata).toJson();
        for (const Fact &f : details.facts)
            all += f.key.toUtf8() + '=' + f.value.toUtf8() + '\n';
        QVERIFY(!all.contains("s4mple-Admin-Pw"));
        QVERIFY(!all.contains("studio-join-pw"));
        qInfo("1 sample, %d snapshots", int(s.items.size()));
    }
};

QTEST_GUILESS_MAIN(SceneSnapshotsTest)
#include "tst_scenesnapshots.moc"
