// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/composevolumesfinder.h"
#include "storage/layouts/registry.h"

#include "storage/datadirectory.h"
#include "storage/formats/pgfiles.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>
#include <QtEndian>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_ComposeVolumes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void declaredVolumes_readBothStyles();
    void declaredVolumes_matchNamesWithVariablesByTheirEnd();
    void backupNames_areTheScriptsOwn();
    void probe_refusesOrdinaryFolders_data();
    void probe_refusesOrdinaryFolders();
    void scan_listsEveryVolumeWithItsClass();
    void scan_takesTheContentsWordOverTheName();
    void scan_tellsMissingFromEmpty();
    void scan_marksABrokenControlFile();
    void scan_marksAVolumeInUse();
    void scan_neverFollowsLogLinks();
    void lastBackup_isTheNewestThatCoversTheVolume();
    void open_takesASingleVolume();
    void open_findsBoundFoldersBelowData();
    void check_findsWhatWasPlanted_data();
    void check_findsWhatWasPlanted();
    void captures_leaveUploadsAlone();
    void sample_listsSixVolumesWithoutFindings_data();
    void sample_listsSixVolumesWithoutFindings();
};

namespace {

const QByteArray kPlace = "var/lib/docker/volumes/";

QByteArray controlImage(quint32 state)
{
    QByteArray image(PgControl::kFileSize, '\0');
    qToLittleEndian<quint64>(7ULL, image.data());
    qToLittleEndian<quint32>(1300, image.data() + 8);
    qToLittleEndian<quint32>(state, image.data() + 16);
    qToLittleEndian<quint32>(crc32c(QByteArrayView(image).first(288)), image.data() + 288);
    return image;
}

void plantCluster(DataDirBuilder &dir, const QByteArray &at, quint32 state = 1)
{
    dir.file(at + "/PG_VERSION", "15\n").file(at + "/global/pg_control", controlImage(state)).dir(at + "/base");
}

void plantRedis(DataDirBuilder &dir, const QByteArray &at)
{
    dir.file(at + "/appendonlydir/appendonly.aof.manifest", "file a.base.rdb seq 1 type b\nfile a.incr.aof seq 1 type i\n")
        .file(at + "/appendonlydir/a.base.rdb", "REDIS0010")
        .file(at + "/appendonlydir/a.incr.aof", "*1\r\n$4\r\nPING\r\n");
}

void plantStack(DataDirBuilder &dir)
{
    plantCluster(dir, kPlace + "app-postgres-data/_data");
    plantRedis(dir, kPlace + "app-redis-data/_data");
    dir.file(kPlace + "app-backend-media/_data/a.png", "12345")
        .file(kPlace + "app-backend-static/_data/staticfiles.json", "{}")
        .file(kPlace + "app-frontend-node-modules/_data/.package-lock.json", "{}")
        .symlink(kPlace + "app-frontend-node-modules/_data/.bin/gone", "../gone/bin.js")
        .symlink(kPlace + "app-proxy-logs/_data/access.log", "/dev/stdout")
        .symlink(kPlace + "app-proxy-logs/_data/error.log", "/dev/stderr");
}

struct Scanned {
    QHash<QString, Item> items;
    QList<Finding> findings;
    [[nodiscard]] QStringList codes() const
    {
        QStringList codes;
        for (const Finding &f : findings)
            codes.append(f.code);
        codes.sort();
        return codes;
    }
};

Scanned scanned(const QByteArray &path)
{
    Scanned out;
    Monitor monitor;
    const auto directory = DataDirectory::open(path, monitor);
    if (!directory)
        qFatal("cannot open");
    ChunkBuilder builder([&out](const ChunkPtr &chunk) {
        for (int row = 0; row < chunk->size(); ++row)
            out.items.insert(chunk->item(row).id, chunk->item(row));
    });
    const auto done = (*directory)->scan(builder, [&out](const Finding &f) { out.findings.append(f); }, monitor);
    if (!done)
        qFatal("scan failed");
    return out;
}

QStringList checked(const QByteArray &path)
{
    const auto tree = DirTree::open(path);
    Monitor monitor;
    QStringList codes;
    const auto done = layoutById(u"compose-volumes")->check(**tree, [&codes](const Finding &f) { codes.append(f.code); }, monitor);
    if (!done)
        qFatal("check failed");
    codes.sort();
    return codes;
}

QString factOf(const ItemDetails &details, const QString &key)
{
    for (const Fact &fact : details.facts) {
        if (fact.key == key)
            return fact.value;
    }
    return {};
}

}  // namespace

void tst_ComposeVolumes::declaredVolumes_readBothStyles()
{
    const auto declared = compose::parseDeclaredVolumes(
        "services:\n  db:\n    volumes:\n      - x:/y\nvolumes:\n"
        "  postgres_data: {name: app-postgres-data}\n"
        "  redis_data:\n    driver: local\n    name: \"app-redis-data\" # kept\n"
        "  \"media\":\n"
        "  logs: {driver: local, name: '${NAME:-app}-proxy-logs'}\n"
        "networks:\n  other:\n    name: not-a-volume\n");
    QCOMPARE(declared.size(), 4);
    QCOMPARE(declared[0].key, QByteArray("postgres_data"));
    QCOMPARE(declared[0].name, QByteArray("app-postgres-data"));
    QCOMPARE(declared[1].name, QByteArray("app-redis-data"));
    QCOMPARE(declared[2].key, QByteArray("media"));
    QVERIFY(declared[2].name.isEmpty());
    QCOMPARE(declared[3].name, QByteArray("${NAME:-app}-proxy-logs"));
    QVERIFY(compose::parseDeclaredVolumes("").isEmpty());
    QVERIFY(compose::parseDeclaredVolumes("volumes: [a, b]\n  x: y\n").isEmpty());
    QVERIFY(compose::parseDeclaredVolumes(QByteArray(100000, '{')).isEmpty());
}

void tst_ComposeVolumes::declaredVolumes_matchNamesWithVariablesByTheirEnd()
{
    const compose::DeclaredVolume variable{"pg", "${COMPOSE_PROJECT_NAME:-x}-postgres-data", 1};
    QVERIFY(variable.matches("shop-postgres-data"));
    QVERIFY(!variable.matches("shop-redis-data"));
    const compose::DeclaredVolume derived{"pg_data", "", 1};
    QVERIFY(derived.matches("shop_pg_data"));
    QVERIFY(derived.matches("pg_data"));
    QVERIFY(!derived.matches("shoppg_data"));
    const compose::DeclaredVolume plain{"pg", "app-pg", 1};
    QVERIFY(plain.matches("app-pg"));
    QVERIFY(!plain.matches("my-app-pg"));
}

void tst_ComposeVolumes::backupNames_areTheScriptsOwn()
{
    const auto full = compose::parseBackupName("full_backup_20251025_143022.tar.gz");
    QVERIFY(full);
    QCOMPARE(full->kind, compose::DumpKind::Full);
    QCOMPARE(full->stamp, QByteArray("20251025_143022"));
    QCOMPARE(full->time, QDateTime(QDate(2025, 10, 25), QTime(14, 30, 22)).toUTC());
    QVERIFY(!compose::parseBackupName("full_backup_20251325_143022.tar.gz"));
    QVERIFY(!compose::parseBackupName("full_backup_20251025_143022.tar"));
    QVERIFY(!compose::parseBackupName("full_backup_.tar.gz"));
    QCOMPARE(compose::parseBackupName("db_backup_20251025_143022.sql")->kind, compose::DumpKind::Database);
}

void tst_ComposeVolumes::probe_refusesOrdinaryFolders_data()
{
    QTest::addColumn<QByteArrayList>("files");
    QTest::newRow("empty") << QByteArrayList{};
    QTest::newRow("logs and media") << QByteArrayList{"logs/a.log", "media/a.png", "static/a.css"};
    QTest::newRow("a web project") << QByteArrayList{"node_modules/.package-lock.json", "package.json", "static/staticfiles.json"};
    QTest::newRow("its name only") << QByteArrayList{"var/lib/docker/volumes/readme"};
    QTest::newRow("a folder called volumes") << QByteArrayList{"volumes/logs/a.log", "volumes/media/x"};
    QTest::newRow("rotating snapshots") << QByteArrayList{"backups/snapshot_20250101_000000.pkl"};
    QTest::newRow("some other stack") << QByteArrayList{"docker-compose.yml", "data/x"};
}

void tst_ComposeVolumes::probe_refusesOrdinaryFolders()
{
    QFETCH(QByteArrayList, files);
    DataDirBuilder dir;
    for (const QByteArray &file : files)
        dir.file(file, file.endsWith(".yml") ? "services:\n  a:\n    image: b\nvolumes:\n  data:\n" : "x");
    const auto tree = DirTree::open(dir.path());
    QCOMPARE(layoutById(u"compose-volumes")->probe(**tree).score, 0);
}

void tst_ComposeVolumes::scan_listsEveryVolumeWithItsClass()
{
    DataDirBuilder dir;
    plantStack(dir);
    dir.file(kPlace + "backingFsBlockDev", "").file(kPlace + "metadata.db", "x").file(kPlace + "other/_data/x", "y");
    const Scanned s = scanned(dir.path());
    QCOMPARE(s.items.size(), 7);
    QCOMPARE(s.codes(), QStringList());
    const auto classOf = [&s](const char *id) { return s.items.value(QString::fromLatin1(id)).volumeClass; };
    QCOMPARE(classOf("app-postgres-data"), VolumeClass::Critical);
    QCOMPARE(classOf("app-redis-data"), VolumeClass::Important);
    QCOMPARE(classOf("app-backend-media"), VolumeClass::Critical);
    QCOMPARE(classOf("app-backend-static"), VolumeClass::Regenerable);
    QCOMPARE(classOf("app-frontend-node-modules"), VolumeClass::Regenerable);
    QCOMPARE(classOf("app-proxy-logs"), VolumeClass::Optional);
    QCOMPARE(classOf("other"), VolumeClass::None);
    const Item media = s.items.value(QStringLiteral("app-backend-media"));
    QCOMPARE(media.bytes, 5);
    QCOMPARE(media.files, Count(1));
    QCOMPARE(media.path, QStringLiteral("var/lib/docker/volumes/app-backend-media"));
    QVERIFY(!media.lastBackup.isValid());
    QVERIFY(media.modified.isValid());
}

void tst_ComposeVolumes::scan_takesTheContentsWordOverTheName()
{
    DataDirBuilder dir;
    plantCluster(dir, "shop_redis_data/_data");
    plantCluster(dir, "whatever");
    plantRedis(dir, "x-postgres-data");
    dir.file("project-notes/readme", "no volume");
    const Scanned s = scanned(dir.path());
    QCOMPARE(s.items.size(), 3);
    QCOMPARE(s.items.value(QStringLiteral("shop_redis_data")).volumeClass, VolumeClass::Critical);
    QCOMPARE(s.items.value(QStringLiteral("whatever")).volumeClass, VolumeClass::Critical);
    QCOMPARE(s.items.value(QStringLiteral("x-postgres-data")).volumeClass, VolumeClass::Important);
}

void tst_ComposeVolumes::scan_tellsMissingFromEmpty()
{
    DataDirBuilder dir;
    plantCluster(dir, kPlace + "app-postgres-data/_data");
    dir.dir(kPlace + "app-redis-data/_data")
        .file("project/docker-compose.yml", "volumes:\n  p: {name: app-postgres-data}\n  r: {name: app-redis-data}\n"
                                            "  m: {name: app-backend-media}\n");
    const Scanned s = scanned(dir.path());
    QCOMPARE(s.items.size(), 2);
    QCOMPARE(s.items.value(QStringLiteral("app-redis-data")).files, Count(0));
    QCOMPARE(s.codes(), QStringList{QStringLiteral("volume-missing")});
    QCOMPARE(s.findings.first().severity, Severity::Note);
    QCOMPARE(s.findings.first().path, RelPath::literal("project/docker-compose.yml"));
}

void tst_ComposeVolumes::scan_marksABrokenControlFile()
{
    DataDirBuilder dir;
    plantStack(dir);
    QByteArray image = controlImage(1);
    image[100] = 'x';
    dir.file(kPlace + "app-postgres-data/_data/global/pg_control", image);
    const Scanned s = scanned(dir.path());
    QCOMPARE(s.items.size(), 6);
    QCOMPARE(s.items.value(QStringLiteral("app-postgres-data")).state, ItemState::Damaged);
    QCOMPARE(s.codes(), QStringList{QStringLiteral("control-file-corrupt")});
    QCOMPARE(s.findings.first().path, RelPath::literal(QByteArray(kPlace + "app-postgres-data/_data/global/pg_control")));
}

void tst_ComposeVolumes::scan_marksAVolumeInUse()
{
    DataDirBuilder dir;
    plantCluster(dir, kPlace + "app-postgres-data/_data", 6);
    dir.file(kPlace + "app-postgres-data/_data/postmaster.pid", "1\n/x\n1761400000\n5432\n");
    QCOMPARE(scanned(dir.path()).items.value(QStringLiteral("app-postgres-data")).state, ItemState::Locked);
}

void tst_ComposeVolumes::scan_neverFollowsLogLinks()
{
    DataDirBuilder dir;
    plantStack(dir);
    dir.file("outside/secret", QByteArray(5000, 's')).symlink(kPlace + "app-proxy-logs/_data/away", dir.path("outside"))
        .symlink(kPlace + "linked-postgres-data", dir.path("outside"));
    const Scanned s = scanned(dir.path());
    QCOMPARE(s.items.value(QStringLiteral("app-proxy-logs")).files, Count(0));
    QCOMPARE(s.items.value(QStringLiteral("app-proxy-logs")).bytes, 0);
    QVERIFY(!s.items.contains(QStringLiteral("linked-postgres-data")));
}

void tst_ComposeVolumes::lastBackup_isTheNewestThatCoversTheVolume()
{
    DataDirBuilder dir;
    plantStack(dir);
    dir.file("project/backups/full_backup_20251024_020000.tar.gz", "x")
        .file("project/backups/full_backup_20251025_020000.tar.gz", "x")
        .file("project/backups/full_backup_20251026_020000.tar.gz", "")                // made nothing
        .file("project/backups/db_backup_20251025_090000.sql", "x")                    // a dump alone
        .file("project/backups/db_backup_20251027_090000.sql", "x")                    // an interrupted run
        .file("project/backups/media_backup_20251027_090000.tar.gz", "x");
    const Scanned s = scanned(dir.path());
    const auto last = [&s](const char *id) { return s.items.value(QString::fromLatin1(id)).lastBackup; };
    const QDateTime full = QDateTime(QDate(2025, 10, 25), QTime(2, 0)).toUTC();
    QCOMPARE(last("app-postgres-data"), QDateTime(QDate(2025, 10, 25), QTime(9, 0)).toUTC());
    QCOMPARE(last("app-backend-media"), full);
    QCOMPARE(last("app-backend-static"), full);
    QVERIFY(!last("app-redis-data").isValid());
    QVERIFY(!last("app-proxy-logs").isValid());
}

void tst_ComposeVolumes::open_takesASingleVolume()
{
    DataDirBuilder dir;
    plantCluster(dir, "my-db/_data");
    const Scanned s = scanned(dir.path("my-db"));
    QCOMPARE(s.items.size(), 1);
    QVERIFY(s.items.contains(QStringLiteral("my-db")));
    Monitor monitor;
    const auto directory = DataDirectory::open(dir.path("my-db/_data"), monitor);
    QCOMPARE((*directory)->primary().id, QStringLiteral("compose-volumes"));
    const auto details = (*directory)->details({ItemKind::Volume, QStringLiteral("_data")}, monitor);
    QVERIFY(details);
    QCOMPARE(factOf(*details, QStringLiteral("postgresql version")), QStringLiteral("15"));
    QVERIFY(details->parts.first().path.isRoot());
}

void tst_ComposeVolumes::open_findsBoundFoldersBelowData()
{
    DataDirBuilder dir;
    plantCluster(dir, "data/postgres");
    plantRedis(dir, "data/redis");
    dir.file("data/uploads/a", "x").file("docker-compose.yml", "services: {}\n");
    const Scanned s = scanned(dir.path());
    QCOMPARE(s.items.size(), 2);
    QCOMPARE(s.items.value(QStringLiteral("postgres")).path, QStringLiteral("data/postgres"));
    QCOMPARE(s.items.value(QStringLiteral("redis")).volumeClass, VolumeClass::Important);
}

void tst_ComposeVolumes::check_findsWhatWasPlanted_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("code");
    const auto row = [](const char *name, const QByteArray &path, const QByteArray &content, const char *code) {
        QTest::newRow(name) << path << content << QString::fromLatin1(code);
    };
    const QByteArray pg = kPlace + "app-postgres-data/_data/";
    const QByteArray redis = kPlace + "app-redis-data/_data/";
    row("control file", pg + "global/pg_control", QByteArray(8192, 'x'), "control-file-corrupt");
    row("version", pg + "PG_VERSION", "", "control-file-corrupt");
    row("stale pid", pg + "postmaster.pid", "1\n", "stale-lock");
    row("manifest", redis + "appendonlydir/appendonly.aof.manifest", "nonsense\n", "control-file-corrupt");
    row("torn log", redis + "appendonlydir/a.incr.aof", "*1\r\n$4\r\nPI", "log-file-truncated");
    row("bad log", redis + "appendonlydir/a.incr.aof", "xxxx", "log-file-truncated");
    row("bad base", redis + "appendonlydir/a.base.rdb", "xxxxxxxxx", "log-file-truncated");
    row("bad dump", redis + "dump.rdb", "xxxxxxxxx", "log-file-truncated");
    row("temporary", redis + "temp-12.rdb", "REDIS0010", "stale-temporary");
    row("empty dump", "project/backups/db_backup_20251025_090000.sql", "", "dump-empty");
    row("cut dump", "project/backups/db_backup_20251025_090000.sql", "-- PostgreSQL database dump\n", "dump-truncated");
    row("empty archive", "project/backups/full_backup_20251025_090000.tar.gz", "", "empty-file");
    row("interrupted", "project/backups/media_backup_20251025_090000.tar.gz", "x", "interrupted-backup");
}

void tst_ComposeVolumes::check_findsWhatWasPlanted()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, content);
    QFETCH(QString, code);
    DataDirBuilder dir;
    plantStack(dir);
    dir.file("project/docker-compose.yml", "volumes:\n  p: {name: app-postgres-data}\n")
        .file("project/backups/full_backup_20251024_020000.tar.gz", "x");
    QCOMPARE(checked(dir.path()), QStringList());
    dir.file(path, content);
    QCOMPARE(checked(dir.path()), QStringList{code});
}

void tst_ComposeVolumes::captures_leaveUploadsAlone()
{
    const LayoutIdentity &identity = layoutById(u"compose-volumes")->identity();
    const auto capture = [&](const QByteArray &path) { return captureFor(identity, RelPath::literal(path)); };
    QCOMPARE(capture(kPlace + "app-postgres-data/_data/postmaster.pid"), Capture::Runtime);
    QCOMPARE(capture("app-postgres-data/postmaster.pid"), Capture::Runtime);
    QCOMPARE(capture(kPlace + "app-redis-data/_data/temp-12.rdb"), Capture::Runtime);
    QCOMPARE(capture(kPlace + "app-redis-data/_data/appendonlydir/temp_appendonly.aof.manifest"), Capture::Runtime);
    QCOMPARE(capture(kPlace + "app-backend-media/_data/temp-12.rdb"), Capture::Plain);
    QCOMPARE(capture(kPlace + "app-backend-media/_data/talk.sock"), Capture::Plain);
    QCOMPARE(capture(kPlace + "app-redis-data/_data/dump.rdb"), Capture::Plain);
}

void tst_ComposeVolumes::sample_listsSixVolumesWithoutFindings_data()
{
    QTest::addColumn<QByteArray>("below");
    QTest::addColumn<bool>("withProject");
    QTest::newRow("top") << QByteArray("compose") << true;
    QTest::newRow("volumes") << QByteArray("compose/var/lib/docker/volumes") << false;
    QTest::newRow("var/lib/docker") << QByteArray("compose/var/lib/docker") << false;
}

void tst_ComposeVolumes::sample_listsSixVolumesWithoutFindings()
{
    QFETCH(QByteArray, below);
    QFETCH(bool, withProject);
    DataDirBuilder dir;
    if (!unpackSample(QStringLiteral("compose"), dir.path()))
        QSKIP("no samples beside the checkout");
    qInfo("1 sample used");
    const Scanned s = scanned(dir.path(below));
    QCOMPARE(s.items.size(), 6);
    QVERIFY(s.findings.isEmpty());
    QVERIFY(checked(dir.path(below)).isEmpty());
    const Item media = s.items.value(QStringLiteral("app-backend-media"));
    QCOMPARE(media.lastBackup, withProject ? QDateTime(QDate(2025, 10, 25), QTime(14, 30, 22)).toUTC() : QDateTime());
    const Ran find = run(QStringLiteral("find"), {QString::fromUtf8(dir.path(below)), QStringLiteral("-path"),
                                                  QStringLiteral("*app-postgres-data*"), QStringLiteral("-type"), QStringLiteral("f")});
    QCOMPARE(s.items.value(QStringLiteral("app-postgres-data")).files, Count(find.out.count('\n')));
}

QTEST_GUILESS_MAIN(tst_ComposeVolumes)
#include "tst_composevolumes.moc"
