// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backup.h"

#include "storage/archive/inspect.h"
#include "storage/fd.h"
#include "tests/support/datadirbuilder.h"

#include <QCryptographicHash>
#include <QDir>
#include <QRandomGenerator>
#include <QtTest>

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

const QDateTime kNow(QDate(2026, 11, 19), QTime(10, 11, 12), Qt::UTC);

BackupRequest requestFor(const DataDirBuilder &builder, const QByteArray &name = "data", const QByteArray &folder = "backups")
{
    BackupRequest request;
    request.directory = builder.path(name);
    request.folder = builder.path(folder);
    request.now = kNow;
    request.localNow = QDateTime(kNow.date(), kNow.time());
    request.host = QStringLiteral("testhost");
    return request;
}

Report backUp(const BackupRequest &request)
{
    Monitor monitor;
    const auto plan = planBackup(request, monitor);
    return plan ? runBackup(request, *plan, monitor) : Report::failed(Operation::Backup, plan.error());
}

QByteArray why(const Report &report)
{
    QByteArray text = outcomeWord(report.outcome).toUtf8() + ' ' + QByteArray::number(report.warnings.size()) + " warnings ";
    if (report.error)
        text += codeWord(report.error->code).toUtf8() + ' ' + report.error->args.join(u' ').toUtf8() + ' ' + report.error->path;
    for (const PlanWarning &warning : report.warnings)
        text += "; " + warning.code.toUtf8() + ' ' + warning.path;
    return text;
}

Manifest manifestOf(const QByteArray &archive)
{
    Monitor monitor;
    const auto file = ArchiveFile::open(archive);
    const auto manifest = file ? peekManifest(*file, monitor) : std::unexpected(file.error());
    if (!manifest || !*manifest)
        qFatal("no manifest in %s", archive.constData());
    return **manifest;
}

/// Lines of a fingerprint that concern nothing the manifest excludes.
QByteArray withoutExcluded(const QByteArray &fingerprint, const Manifest &manifest)
{
    QByteArray kept;
    for (const QByteArray &line : fingerprint.split('\n')) {
        const bool excluded = std::any_of(manifest.excluded.cbegin(), manifest.excluded.cend(), [&](const ExcludedEntry &entry) {
            const QByteArray path = entry.path.mid(entry.path.indexOf('/') + 1);
            return line.endsWith(QByteArray(' ' + path)) || line.contains(QByteArray(' ' + path + '/'));
        });
        if (!excluded)
            kept += line + '\n';
    }
    return kept;
}

QByteArray noise(qsizetype size, quint32 seed = 1)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator random(seed);
    for (qsizetype i = 0; i + 4 <= size; i += 4) {
        const quint32 word = random.generate();
        memcpy(bytes.data() + i, &word, 4);
    }
    return bytes;
}

/// A tree with everything that makes archives differ.
void plantOddTree(DataDirBuilder &builder)
{
    const qint64 ns = 1795150157314751123;
    builder.dir("backups", 0700)
        .file("data/plain.txt", "text\n", 0644, ns)
        .file("data/empty", "", 0600, 0)
        .file("data/before 1970", "old", 0640, -1'500'000'001)
        .file("data/caf\xe9 \xff/\n newline\t\\", "bytes", 0600, ns + 1)
        .file("data/" + QByteArray(200, 'l') + '/' + QByteArray(255, 'n'), "long", 0600, ns)
        .file("data/setuid", "#!", 04755, ns)
        .file("data/a/b/c/d/deep.json", "{\"deep\": true}", 0600, ns)
        .file("data/big.bin", noise((5 << 20) + 123), 0644, ns)
        .file("data/medium.bin", noise((1 << 20) + 1), 0644, ns)
        .file("data/hard1", "linked", 0644, ns)
        .hardlink("data/hard2", "data/hard1")
        .hardlink("data/a/hard3", "data/hard1")
        .symlink("data/inside", "a/b")
        .symlink("data/dangling", "nowhere")
        .symlink("data/outward", "/dev/stdout")
        .symlink("data/long link", QByteArray("../").repeated(60) + "x")
        .dir("data/empty folder", 01777)
        .dir("data/a", 0711);
}

struct Format {
    const char *name;
    ArchiveFormat format;
};
constexpr Format kFormats[] = {{"tar.gz", ArchiveFormat::TarGzip}, {"tar.zst", ArchiveFormat::TarZstd}, {"tar", ArchiveFormat::Tar}};

}  // namespace

class tst_Backup : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void backup_comesBackThroughTarAsItWas_data();
    void backup_comesBackThroughTarAsItWas();
    void backup_ofEverySampleComesBackAsItWas();
    void backup_isCheckedBySha256sumAndPython();
    void backup_saysTheSameToTheJudgeAndInItsReport();
    void backup_isTheSameWithOneJobAndWithMany();
    void backup_touchesNothingInTheDataDirectory();
    void plan_listsTopEntriesAndReasonsForWhatItSkips();
    void backup_leavesOutWhatWasSwitchedOff();
    void backup_ofOneVolumeHoldsNothingElse();
    void plan_refuses_data();
    void plan_refuses();
    void plan_refusesScopesThatDoNotExist();
    void names_followTheGuidesAndNeverCollide();
    void sequence_growsWithEveryBackupOfOneSource();
    void manifest_tellsWhatWasAsked();
};

void tst_Backup::backup_comesBackThroughTarAsItWas_data()
{
    QTest::addColumn<int>("format");
    QTest::addColumn<int>("jobs");
    for (const Format &format : kFormats) {
        for (const int jobs : {1, 3})
            QTest::addRow("%s, %d jobs", format.name, jobs) << int(format.format) << jobs;
    }
}

/// Times in whole seconds: the rest is in the manifest, of which tar knows nothing.
QByteArray inSeconds(const QByteArray &fingerprint)
{
    static const QRegularExpression fraction(QStringLiteral("\\b(\\d{10})\\d{9}\\b"));
    return QString::fromLatin1(fingerprint).replace(fraction, QStringLiteral("\\1")).toLatin1();
}

void tst_Backup::backup_comesBackThroughTarAsItWas()
{
    QFETCH(int, format);
    QFETCH(int, jobs);
    DataDirBuilder builder;
    plantOddTree(builder);
    BackupRequest request = requestFor(builder);
    request.format = ArchiveFormat(format);
    request.jobs = jobs;
    const Report report = backUp(request);
    QVERIFY2(report.outcome == Outcome::Succeeded, why(report).constData());
    QVERIFY(report.verified);
    QCOMPARE(report.consistency, QStringLiteral("stable"));

    builder.dir("out");
    const Ran tar = run(QStringLiteral("tar"), {QStringLiteral("-xpf"), QFile::decodeName(report.archive)}, builder.path("out"));
    QCOMPARE(tar.err, QByteArray());
    QCOMPARE(tar.exitCode, 0);
    const bool owners = ::geteuid() == 0;
    QCOMPARE(inSeconds(treeFingerprint(builder.path("out/data"), owners)), inSeconds(treeFingerprint(builder.path("data"), owners)));
    QCOMPARE(builder.names("out"), QList<QByteArray>({".strongroom", "data"}));
}

void tst_Backup::backup_ofEverySampleComesBackAsItWas()
{
    int used = 0;
    for (const QString &sample : sampleNames()) {
        DataDirBuilder builder;
        builder.dir("in").dir("out").dir("backups");
        QVERIFY(unpackSample(sample, builder.path("in")));
        const QByteArray name = builder.names("in").value(0);
        const Report report = backUp(requestFor(builder, "in/" + name));
        QVERIFY2(report.outcome == Outcome::Succeeded, QByteArray(sample.toUtf8() + ": " + why(report)).constData());
        QCOMPARE(run(QStringLiteral("tar"), {QStringLiteral("-xpzf"), QFile::decodeName(report.archive)}, builder.path("out")).err,
                 QByteArray());
        const Manifest manifest = manifestOf(report.archive);
        for (const ExcludedEntry &excluded : manifest.excluded)
            QVERIFY2(excluded.reason == u"run-time-file" || excluded.reason == u"special-file", excluded.path.constData());
        const bool owners = ::geteuid() == 0;
        QCOMPARE(treeFingerprint(builder.path("out/" + name), owners),
                 withoutExcluded(treeFingerprint(builder.path("in/" + name), owners), manifest).trimmed() + '\n');
        const Ran sums = run(QStringLiteral("sha256sum"), {QStringLiteral("-c"), QStringLiteral("--quiet"),
                                                           QStringLiteral(".strongroom/SHA256SUMS")}, builder.path("out"));
        QVERIFY2(sums.exitCode == 0, sums.err.constData());
        ++used;
    }
    qInfo("%d samples backed up and compared", used);
}

void tst_Backup::backup_isCheckedBySha256sumAndPython()
{
    DataDirBuilder builder;
    plantOddTree(builder);
    const Report report = backUp(requestFor(builder));
    QVERIFY2(report.succeeded(), why(report).constData());
    builder.dir("out");
    QCOMPARE(run(QStringLiteral("tar"), {QStringLiteral("-xzf"), QFile::decodeName(report.archive)}, builder.path("out")).exitCode, 0);
    const Ran sums = run(QStringLiteral("sha256sum"), {QStringLiteral("-c"), QStringLiteral("--strict"),
                                                       QStringLiteral(".strongroom/SHA256SUMS")}, builder.path("out"));
    QVERIFY2(sums.exitCode == 0, sums.err.constData());
    QCOMPARE(sums.out.count(": OK"), 12);   // hard links by each of their names

    const QByteArray archive = report.archive.mid(report.archive.lastIndexOf('/') + 1);
    const Ran sidecar = run(QStringLiteral("sha256sum"), {QStringLiteral("-c"), QStringLiteral("--strict"),
                                                          QFile::decodeName(archive + ".sha256")}, builder.path("backups"));
    QCOMPARE(sidecar.out, QByteArray(archive + ": OK\n"));
    QCOMPARE(builder.read("backups/" + archive + ".sha256"), QByteArray(report.sha256Hex + "  " + archive + '\n'));
    const auto folder = openDirectory(builder.path("backups"));
    QCOMPARE(stampAt(folder->get(), archive)->mode, 0600u);
    QCOMPARE(stampAt(folder->get(), archive + ".sha256")->mode, 0600u);

    const Ran python = run(QStringLiteral("python3"),
                           {QStringLiteral("-c"), QStringLiteral("import sys,tarfile\n"
                                                                 "t=tarfile.open(sys.argv[1])\n"
                                                                 "n=t.getnames()\n"
                                                                 "print(len(n), n[0], n[-2], n[-1])"),
                            QFile::decodeName(report.archive)});
    QCOMPARE(python.out, QByteArray(QByteArray::number(report.members + 2) + " data .strongroom/SHA256SUMS .strongroom/manifest.json\n"));
}

void tst_Backup::backup_saysTheSameToTheJudgeAndInItsReport()
{
    DataDirBuilder builder;
    plantOddTree(builder);
    const Report report = backUp(requestFor(builder));
    QVERIFY2(report.succeeded(), why(report).constData());
    Monitor monitor;
    const auto archive = ArchiveFile::open(report.archive);
    QVERIFY(archive.has_value());
    const auto judgement = judgeArchive(*archive, Limits::production(), monitor);
    QVERIFY(judgement.has_value());
    QCOMPARE(judgement->verdict, Verdict::Verified);
    QCOMPARE(judgement->members.size(), report.members);
    QCOMPARE(judgement->archiveSha256Hex, report.sha256Hex);
    QCOMPARE(judgement->topFolder, QByteArray("data"));
    QCOMPARE(archive->size(), report.bytes);
    const Manifest manifest = manifestOf(report.archive);
    QCOMPARE(manifest.counts.value(QStringLiteral("files")), 12);
    QCOMPARE(manifest.counts.value(QStringLiteral("bytes")), judgement->bytes);
}

void tst_Backup::backup_isTheSameWithOneJobAndWithMany()
{
    DataDirBuilder builder;
    plantOddTree(builder);
    builder.dir("one").dir("many");
    BackupRequest one = requestFor(builder, "data", "one");
    one.jobs = 1;
    BackupRequest many = requestFor(builder, "data", "many");
    many.jobs = 4;
    const Report first = backUp(one);
    const Report second = backUp(many);
    QVERIFY2(first.succeeded() && second.succeeded(), why(first).constData());
    QCOMPARE(writeManifest(manifestOf(first.archive)), writeManifest(manifestOf(second.archive)));
    QCOMPARE(first.bytes, second.bytes);
    QCOMPARE(first.sha256Hex, second.sha256Hex);
}

void tst_Backup::backup_touchesNothingInTheDataDirectory()
{
    DataDirBuilder builder;
    plantOddTree(builder);
    builder.file("data/.prune_size.lock", "");
    const QByteArray before = treeFingerprint(builder.path("data"), true);
    const Report report = backUp(requestFor(builder));
    QVERIFY2(report.succeeded(), why(report).constData());
    QVERIFY(treeFingerprint(builder.path("data"), true) == before);
    QCOMPARE(builder.names(), QList<QByteArray>({"backups", "data"}));
    QCOMPARE(builder.names("backups").size(), 2);
}

void tst_Backup::plan_listsTopEntriesAndReasonsForWhatItSkips()
{
    DataDirBuilder builder;
    builder.file("data/sub/a", "12345").file("data/sub/b", "123").file("data/top", "1").hardlink("data/sub/c", "data/sub/a")
        .symlink("data/link", "top").fifo("data/pipe").file("data/sub/.data.strongroom-lock", "").dir("data/.data.strongroom-stage/x")
        .file("data/old.tar.gz.partial", "x").dir("data/backups").file("data/backups/earlier.tar.gz", "abc");
    Monitor monitor;
    const auto plan = planBackup(requestFor(builder, "data", "data/backups"), monitor);
    QVERIFY(plan.has_value());
    QHash<QByteArray, QString> skipped;
    QHash<QByteArray, std::pair<qint64, qint64>> taken;
    for (const Step &step : plan->steps) {
        if (step.verb == Verb::Skip)
            skipped.insert(step.part.bytes(), step.reason);
        else
            taken.insert(step.part.bytes(), {step.files, step.bytes});
    }
    const QHash<QByteArray, QString> expectedSkips = {
        {"pipe", QStringLiteral("special-file")}, {"sub/.data.strongroom-lock", QStringLiteral("own-leftover")},
        {".data.strongroom-stage", QStringLiteral("own-leftover")}, {"old.tar.gz.partial", QStringLiteral("run-time-file")},
        {"backups", QStringLiteral("backup-folder")}};
    QCOMPARE(skipped, expectedSkips);
    const QHash<QByteArray, std::pair<qint64, qint64>> expectedTaken = {{"sub", {3, 8}}, {"top", {1, 1}}, {"link", {1, 0}}};
    QCOMPARE(taken, expectedTaken);
    QCOMPARE(plan->totals()[size_t(Verb::Archive)].bytes, 9);
    QCOMPARE(plan->archive, builder.path("data/backups/data_everything_backup_20261119_101112.tar.gz"));

    const Report report = runBackup(requestFor(builder, "data", "data/backups"), *plan, monitor);
    QVERIFY2(report.outcome == Outcome::Succeeded, why(report).constData());
    QHash<QByteArray, QString> excluded;
    for (const ExcludedEntry &entry : manifestOf(report.archive).excluded)
        excluded.insert(entry.path.mid(5), entry.reason);
    QCOMPARE(excluded, expectedSkips);
}

void tst_Backup::backup_leavesOutWhatWasSwitchedOff()
{
    DataDirBuilder builder;
    builder.file("data/keep/a", "1").file("data/drop/b", "2").dir("backups");
    const BackupRequest request = requestFor(builder);
    Monitor monitor;
    auto plan = planBackup(request, monitor);
    QVERIFY(plan.has_value());
    for (Step &step : plan->steps)
        step.enabled = step.part.bytes() != "drop";
    const Report report = runBackup(request, *plan, monitor);
    QVERIFY2(report.outcome == Outcome::Succeeded, why(report).constData());
    const Manifest manifest = manifestOf(report.archive);
    QCOMPARE(manifest.entries.size(), 3);
    QCOMPARE(manifest.excluded.size(), 1);
    QCOMPARE(manifest.excluded.first().reason, QStringLiteral("not-selected"));
}

void tst_Backup::backup_ofOneVolumeHoldsNothingElse()
{
    DataDirBuilder builder;
    builder.file("data/logs/a.log", "1").file("data/cache/b", "2").file("data/logs/sub/c", "3").file("data/loose", "4").dir("backups");
    BackupRequest request = requestFor(builder);
    request.scope = {QStringLiteral("volume:logs")};
    const Report report = backUp(request);
    QVERIFY2(report.outcome == Outcome::Succeeded, why(report).constData());
    QCOMPARE(report.archive, builder.path("backups/data_volume-logs_backup_20261119_101112.tar.gz"));
    const Manifest manifest = manifestOf(report.archive);
    QCOMPARE(manifest.scope, request.scope);
    QList<QByteArray> paths;
    for (const Member &entry : manifest.entries)
        paths.append(entry.path.bytes());
    QCOMPARE(paths, QList<QByteArray>({"data", "data/logs", "data/logs/a.log", "data/logs/sub", "data/logs/sub/c"}));
    QCOMPARE(manifest.counts.value(QStringLiteral("files")), 2);
    QCOMPARE(manifest.counts.value(QStringLiteral("volumes")), 1);
}

void tst_Backup::plan_refuses_data()
{
    QTest::addColumn<QByteArray>("directory");
    QTest::addColumn<QByteArray>("folder");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("code");
    const auto row = [](const char *what, const QByteArray &directory, const QByteArray &folder, const QString &name, ErrorCode code) {
        QTest::newRow(what) << directory << folder << name << int(code);
    };
    row("no directory", "gone", "backups", {}, ErrorCode::NotFound);
    row("directory is a file", "file", "backups", {}, ErrorCode::NotADirectory);
    row("no folder", "data", "gone", {}, ErrorCode::NotFound);
    row("folder is the directory", "data", "data", {}, ErrorCode::BadPath);
    row("our own folder's name", ".strongroom", "backups", {}, ErrorCode::BadName);
    row("name taken", "data", "backups", QStringLiteral("taken.tar.gz"), ErrorCode::AlreadyExists);
    row("name taken without ending", "data", "backups", QStringLiteral("taken"), ErrorCode::AlreadyExists);
    row("name climbs", "data", "backups", QStringLiteral("../x"), ErrorCode::BadName);
    row("name too long", "data", "backups", QString(250, u'x'), ErrorCode::BadName);
}

void tst_Backup::plan_refuses()
{
    QFETCH(QByteArray, directory);
    QFETCH(QByteArray, folder);
    QFETCH(QString, name);
    QFETCH(int, code);
    DataDirBuilder builder;
    builder.file("data/a", "1").file(".strongroom/a", "1").file("file", "1").file("backups/taken.tar.gz", "x");
    BackupRequest request = requestFor(builder, directory, folder);
    request.name = name;
    Monitor monitor;
    const auto plan = planBackup(request, monitor);
    QVERIFY(!plan);
    QCOMPARE(int(plan.error().code), code);
    QCOMPARE(builder.names("backups"), QList<QByteArray>({"taken.tar.gz"}));
}

void tst_Backup::plan_refusesScopesThatDoNotExist()
{
    DataDirBuilder builder;
    builder.file("data/logs/a", "1").dir("backups");
    BackupRequest request = requestFor(builder);
    Monitor monitor;
    for (const QStringList &scope : {QStringList{}, QStringList{QStringLiteral("volume:gone")}, QStringList{QStringLiteral("nonsense")},
                                     QStringList{QStringLiteral("everything"), QStringLiteral("volume:gone")}}) {
        request.scope = scope;
        const auto plan = planBackup(request, monitor);
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::ScopeUnknown);
    }
}

void tst_Backup::names_followTheGuidesAndNeverCollide()
{
    DataDirBuilder builder;
    builder.file("my caf\xe9/a", "1").dir("backups").file("stack/var/lib/docker/volumes/app-postgres-data/_data/PG_VERSION", "15\n");
    const BackupRequest request = requestFor(builder, "my caf\xe9");
    const QByteArray base = builder.path("backups/my_caf__everything_backup_20261119_101112");
    QCOMPARE(backUp(request).archive, base + ".tar.gz");
    QCOMPARE(backUp(request).archive, base + "-2.tar.gz");
    builder.remove("backups/my_caf__everything_backup_20261119_101112.tar.gz");   // its sidecar still speaks for the name
    QCOMPARE(backUp(request).archive, base + "-3.tar.gz");
    BackupRequest named = request;
    named.name = QStringLiteral("before the upgrade");
    named.format = ArchiveFormat::TarZstd;
    QCOMPARE(backUp(named).archive, builder.path("backups/before the upgrade.tar.zst"));
    QCOMPARE(backUp(requestFor(builder, "stack")).archive, builder.path("backups/full_backup_20261119_101112.tar.gz"));
}

void tst_Backup::sequence_growsWithEveryBackupOfOneSource()
{
    DataDirBuilder builder;
    builder.file("data/a", "1").file("other/a", "1").dir("backups").file("backups/foreign.tar.gz", "no archive");
    QCOMPARE(manifestOf(backUp(requestFor(builder)).archive).sequence, 1);
    QCOMPARE(manifestOf(backUp(requestFor(builder)).archive).sequence, 2);
    QCOMPARE(manifestOf(backUp(requestFor(builder, "other")).archive).sequence, 1);
    QCOMPARE(manifestOf(backUp(requestFor(builder)).archive).sequence, 3);
}

void tst_Backup::manifest_tellsWhatWasAsked()
{
    DataDirBuilder builder;
    builder.file("data/a", "1").dir("backups");
    BackupRequest request = requestFor(builder);
    request.note = QStringLiteral("before the \"upgrade\"");
    request.pin = true;
    const Manifest manifest = manifestOf(backUp(request).archive);
    QCOMPARE(manifest.kind, QStringLiteral("plain-directory"));
    QCOMPARE(manifest.created, kNow);
    QCOMPARE(manifest.sourceHost, request.host);
    QCOMPARE(manifest.sourcePath, request.directory);
    QCOMPARE(manifest.scope, request.scope);
    QCOMPARE(manifest.note, request.note);
    QVERIFY(manifest.pinned);
    QVERIFY(!manifest.sumsSha256Hex.isEmpty());
    QVERIFY(manifest.tool.startsWith(QStringLiteral("strongroom ")));
}

QTEST_GUILESS_MAIN(tst_Backup)
#include "tst_backup.moc"
