// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Backups of directories that do not hold still, into folders that fill up, stopped half way. Each looks at
// the report, at the archive and at what is left in the folder.

#include "storage/ops/backup.h"

#include "storage/archive/inspect.h"
#include "storage/fd.h"
#include "storage/ops/safety.h"
#include "tests/support/datadirbuilder.h"

#include <QRandomGenerator>
#include <QScopeGuard>
#include <QtTest>

#include <atomic>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

constexpr qint64 kMiB = 1 << 20;

BackupRequest requestFor(const DataDirBuilder &builder)
{
    BackupRequest request;
    request.directory = builder.path("data");
    request.folder = builder.path("backups");
    request.now = QDateTime(QDate(2026, 11, 19), QTime(10, 11, 12), Qt::UTC);
    request.localNow = request.now;
    return request;
}

QByteArray noise(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator random(7);
    random.fillRange(reinterpret_cast<quint32 *>(bytes.data()), size / 4);
    return bytes;
}

/// Takes a packer its time: compresses, but not easily.
QByteArray toughText(qsizetype size)
{
    return noise(size / 4 * 3 + 3).toBase64().left(size);
}

/// Runs the backup with `meanwhile` called from another thread once `path` is being worked on; it returns
/// when the backup is over (`over` turns true) at the latest.
Report backUpWhile(const BackupRequest &request, const QByteArray &path, Monitor &monitor,
                   const std::function<void(const std::atomic<bool> &over)> &meanwhile)
{
    const auto plan = planBackup(request, monitor);
    if (!plan)
        return Report::failed(Operation::Backup, plan.error());
    std::atomic<bool> over = false;
    std::thread other([&] {
        while (!over) {
            const Progress progress = monitor.sample();
            if (progress.phase == Phase::Writing && progress.current == path) {
                meanwhile(over);
                return;
            }
        }
    });
    Report report = runBackup(request, *plan, monitor);
    over = true;
    other.join();
    return report;
}

Report backUp(const BackupRequest &request)
{
    Monitor monitor;
    const auto plan = planBackup(request, monitor);
    return plan ? runBackup(request, *plan, monitor) : Report::failed(Operation::Backup, plan.error());
}

Judgement judged(const QByteArray &path)
{
    Monitor monitor;
    const auto archive = ArchiveFile::open(path);
    const auto judgement = archive ? judgeArchive(*archive, Limits::production(), monitor) : std::unexpected(archive.error());
    if (!judgement)
        qFatal("cannot judge %s", path.constData());
    return *judgement;
}

QStringList codes(const Report &report)
{
    QStringList words;
    for (const PlanWarning &warning : report.warnings)
        words.append(warning.code + u' ' + QString::fromUtf8(warning.path));
    return words;
}

QStringList excludedOf(const Judgement &judgement)
{
    QStringList words;
    for (const ExcludedEntry &entry : judgement.manifest->excluded)
        words.append(entry.reason + u' ' + QString::fromUtf8(entry.path));
    return words;
}

const Member *memberOf(const Judgement &judgement, const QByteArray &path)
{
    for (const Member &member : judgement.members) {
        if (member.path.bytes() == path)
            return &member;
    }
    return nullptr;
}

}  // namespace

class tst_BackupTrouble : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void growingFile_isTakenAsItWasAtOneMoment();
    void shrinkingFile_neverLeavesAHole();
    void vanishingFile_isAWarning();
    void vanishingRunTimeFile_isEverydayLife();
    void unreadableThings_areNamedAndMakeItPartial();
    void cancel_leavesNothing_data();
    void cancel_leavesNothing();
    void fullDisk_leavesNothing_data();
    void fullDisk_leavesNothing();
    void preflight_refusesWhatCannotFit();
    void lockedDirectory_isRefused();
    void runningBackup_holdsTheDirectoryShared();
    void staleLeftovers_doNotStandInTheWay();
    void recovery_removesWhatADeadBackupLeftAndNothingElse();
    void livingPartial_isLeftAlone();
    void brokenJson_isTakenWithAWarning();
    void badLevel_leavesNothing();
};

void tst_BackupTrouble::growingFile_isTakenAsItWasAtOneMoment()
{
    // Whether it grows in each of the tries is up to the scheduler; what is taken is whole either way.
    int rounds = 0;
    bool sawChange = false;
    while (!sawChange && rounds++ < 8) {
        DataDirBuilder builder;
        const QByteArray start = toughText(24 * kMiB);
        builder.file("data/big.log", start).file("data/z", "1").dir("backups");
        Monitor monitor;
        const Report report = backUpWhile(requestFor(builder), "data/big.log", monitor, [&](const std::atomic<bool> &over) {
            const Fd fd(::open(builder.path("data/big.log").constData(), O_WRONLY | O_APPEND | O_CLOEXEC));
            while (!over)
                (void)writeFully(fd.get(), "appended line\n", 14, {});
        });
        QVERIFY(report.verified);
        const Judgement judgement = judged(report.archive);
        QCOMPARE(judgement.verdict, Verdict::Verified);
        const Member *member = memberOf(judgement, "data/big.log");
        QVERIFY(member && member->size >= start.size());
        const Ran out = run(QStringLiteral("tar"), {QStringLiteral("-xzOf"), QFile::decodeName(report.archive), QStringLiteral("data/big.log")});
        QCOMPARE(out.out.size(), member->size);
        QVERIFY(builder.read("data/big.log").startsWith(out.out));
        QVERIFY(memberOf(judgement, "data/z"));
        QCOMPARE(builder.names("backups").size(), 2);
        sawChange = report.outcome == Outcome::CompletedWithWarnings;
        QCOMPARE(codes(report), sawChange ? QStringList({QStringLiteral("changed big.log")}) : QStringList());
        QCOMPARE(report.consistency, sawChange ? QStringLiteral("partial") : QStringLiteral("stable"));
    }
    QVERIFY(sawChange);
}

void tst_BackupTrouble::shrinkingFile_neverLeavesAHole()
{
    DataDirBuilder builder;
    builder.file("data/big.bin", toughText(64 * kMiB)).file("data/z", "1").dir("backups");
    Monitor monitor;
    const Report report = backUpWhile(requestFor(builder), "data/big.bin", monitor, [&](const std::atomic<bool> &) {
        if (::truncate(builder.path("data/big.bin").constData(), 100) != 0)
            qFatal("truncate");
    });
    QVERIFY(report.succeeded());
    const Judgement judgement = judged(report.archive);
    QCOMPARE(judgement.verdict, Verdict::Verified);
    const Member *member = memberOf(judgement, "data/big.bin");
    QVERIFY(member);
    QCOMPARE(member->size, 100);   // read again after it stood still: no padding, no half
    QCOMPARE(report.consistency, QStringLiteral("stable"));
}

void tst_BackupTrouble::vanishingFile_isAWarning()
{
    DataDirBuilder builder;
    builder.file("data/big.bin", toughText(48 * kMiB)).file("data/gone", "1").file("data/sub/kept", "1").symlink("data/gonelink", "x")
        .dir("backups");
    Monitor monitor;
    const Report report = backUpWhile(requestFor(builder), "data/big.bin", monitor, [&](const std::atomic<bool> &) {
        builder.remove("data/gone").remove("data/gonelink");
    });
    QCOMPARE(report.outcome, Outcome::CompletedWithWarnings);
    QCOMPARE(codes(report), QStringList({QStringLiteral("vanished gone"), QStringLiteral("vanished gonelink")}));
    QCOMPARE(report.consistency, QStringLiteral("stable"));
    const Judgement judgement = judged(report.archive);
    QCOMPARE(judgement.verdict, Verdict::Verified);
    QVERIFY(!memberOf(judgement, "data/gone") && memberOf(judgement, "data/sub/kept"));
    QVERIFY(judgement.manifest->excluded.isEmpty());
}

// Locks, journals and temporaries come and go all the time and are left out anyway.
void tst_BackupTrouble::vanishingRunTimeFile_isEverydayLife()
{
    DataDirBuilder builder;
    builder.dir("backups").file("data/sessions/11111111-1111-4111-8111-111111111111.json",
                                R"({"session_id":"11111111-1111-4111-8111-111111111111","template_id":"t","fragments":[]})")
        .file("data/storage/metadata.json", "{}").file("data/storage/.big", toughText(48 * kMiB)).file("data/storage/.prune_size.lock", "pid=1");
    Monitor monitor;
    const Report report = backUpWhile(requestFor(builder), "data/storage/.big", monitor, [&](const std::atomic<bool> &) {
        builder.remove("data/storage/.prune_size.lock");
    });
    QCOMPARE(codes(report), QStringList());
    QCOMPARE(report.outcome, Outcome::Succeeded);
    QCOMPARE(judged(report.archive).verdict, Verdict::Verified);
}

void tst_BackupTrouble::unreadableThings_areNamedAndMakeItPartial()
{
    DataDirBuilder builder;
    builder.file("data/open", "1").file("data/closed", "2", 0000).file("data/shut/inside", "3").dir("data/shut", 0000)
        .dir("backups", 0777);
    const bool root = ::geteuid() == 0;
    if (root) {   // modes mean nothing to root: become nobody for as long as the backup runs
        QCOMPARE(::chmod(builder.path().constData(), 0755), 0);
        QCOMPARE(::seteuid(65534), 0);
    }
    const Report report = backUp(requestFor(builder));
    if (root)
        QCOMPARE(::seteuid(0), 0);
    QCOMPARE(::chmod(builder.path("data/shut").constData(), 0755), 0);
    QCOMPARE(report.outcome, Outcome::CompletedWithWarnings);
    QCOMPARE(report.consistency, QStringLiteral("partial"));
    QCOMPARE(codes(report), QStringList({QStringLiteral("unreadable closed"), QStringLiteral("unreadable shut")}));
    const Judgement judgement = judged(report.archive);
    QCOMPARE(judgement.verdict, Verdict::Verified);
    QCOMPARE(excludedOf(judgement), QStringList({QStringLiteral("unreadable data/closed"), QStringLiteral("unreadable data/shut")}));
    QVERIFY(memberOf(judgement, "data/open") && memberOf(judgement, "data/shut") && !memberOf(judgement, "data/closed"));
}

void tst_BackupTrouble::cancel_leavesNothing_data()
{
    QTest::addColumn<int>("jobs");
    QTest::addColumn<QByteArray>("at");
    for (const int jobs : {1, 3}) {
        QTest::addRow("%d jobs, at the first entry", jobs) << jobs << QByteArray("data");
        QTest::addRow("%d jobs, in a large file", jobs) << jobs << QByteArray("data/big.bin");
    }
}

void tst_BackupTrouble::cancel_leavesNothing()
{
    QFETCH(int, jobs);
    QFETCH(QByteArray, at);
    DataDirBuilder builder;
    builder.file("data/big.bin", toughText(64 * kMiB)).dir("backups");
    BackupRequest request = requestFor(builder);
    request.jobs = jobs;
    const QByteArray before = treeFingerprint(builder.path("data"));
    Monitor monitor;
    qint64 askedAtBytes = -1;
    Report report;
    if (at == "data") {
        const auto plan = planBackup(request, monitor);
        QVERIFY(plan.has_value());
        monitor.requestStop();
        report = runBackup(request, *plan, monitor);
    } else {
        report = backUpWhile(request, at, monitor, [&](const std::atomic<bool> &) {
            monitor.requestStop();
            askedAtBytes = monitor.sample().bytesDone;
        });
        // Told by work instead of by a clock: at most what was under way when it was asked.
        QVERIFY(monitor.sample().bytesDone - askedAtBytes < 16 * kMiB);
    }
    QCOMPARE(report.outcome, Outcome::Cancelled);
    QVERIFY(report.rolledBack && !report.verified);
    QCOMPARE(builder.names("backups"), QList<QByteArray>());
    QCOMPARE(treeFingerprint(builder.path("data")), before);
}

void tst_BackupTrouble::fullDisk_leavesNothing_data()
{
    QTest::addColumn<int>("jobs");
    QTest::newRow("1 job") << 1;
    QTest::newRow("3 jobs") << 3;
}

void tst_BackupTrouble::fullDisk_leavesNothing()
{
    QFETCH(int, jobs);
    DataDirBuilder builder;
    builder.dir("backups");
    if (::mount("tmpfs", builder.path("backups").constData(), "tmpfs", 0, "size=3m") != 0)
        QSKIP("needs the right to mount a small file system");
    const auto unmount = qScopeGuard([&] { ::umount2(builder.path("backups").constData(), MNT_DETACH); });
    for (int i = 0; i < 8; ++i)
        builder.file("data/f" + QByteArray::number(i), noise(kMiB - 4096));
    BackupRequest request = requestFor(builder);
    request.jobs = jobs;
    Monitor monitor;
    const auto plan = planBackup(request, monitor);
    QVERIFY(plan.has_value());
    QCOMPARE(plan->warnings.size(), 1);
    QCOMPARE(plan->warnings.first().code, QStringLiteral("low-space"));
    const Report report = runBackup(request, *plan, monitor);
    QCOMPARE(report.outcome, Outcome::Failed);
    QVERIFY(report.error && report.rolledBack);
    QCOMPARE(report.error->code, ErrorCode::DiskFull);
    QCOMPARE(report.error->path, plan->archive);
    QCOMPARE(builder.names("backups"), QList<QByteArray>());
}

void tst_BackupTrouble::preflight_refusesWhatCannotFit()
{
    DataDirBuilder builder;
    builder.dir("backups");
    if (::mount("tmpfs", builder.path("backups").constData(), "tmpfs", 0, "size=1m") != 0)
        QSKIP("needs the right to mount a small file system");
    const auto unmount = qScopeGuard([&] { ::umount2(builder.path("backups").constData(), MNT_DETACH); });
    builder.file("data/sparse", "");
    QCOMPARE(::truncate(builder.path("data/sparse").constData(), 20 * kMiB), 0);
    Monitor monitor;
    const auto plan = planBackup(requestFor(builder), monitor);
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::DiskFull);
    QCOMPARE(plan.error().path, builder.path("backups"));
}

void tst_BackupTrouble::lockedDirectory_isRefused()
{
    DataDirBuilder builder;
    builder.file("data/a", "1").dir("backups");
    const auto restore = openDirectory(builder.path("data"));
    QCOMPARE(::flock(restore->get(), LOCK_EX | LOCK_NB), 0);
    const Report report = backUp(requestFor(builder));
    QCOMPARE(report.outcome, Outcome::Failed);
    QCOMPARE(report.error->code, ErrorCode::Locked);
    QCOMPARE(report.error->path, builder.path("data"));
    QCOMPARE(builder.names("backups"), QList<QByteArray>());
}

void tst_BackupTrouble::runningBackup_holdsTheDirectoryShared()
{
    DataDirBuilder builder;
    builder.file("data/big.bin", toughText(24 * kMiB)).dir("backups");
    Monitor monitor;
    int exclusive = 0;
    int shared = -1;
    bool partialLocked = false;
    const Report report = backUpWhile(requestFor(builder), "data/big.bin", monitor, [&](const std::atomic<bool> &) {
        const auto directory = openDirectory(builder.path("data"));
        exclusive = ::flock(directory->get(), LOCK_EX | LOCK_NB);
        shared = ::flock(directory->get(), LOCK_SH | LOCK_NB);
        const QByteArray name = builder.names("backups").value(0);
        const Fd partial(::open(builder.path("backups/" + name).constData(), O_RDONLY | O_CLOEXEC));
        partialLocked = name.endsWith(".partial") && ::flock(partial.get(), LOCK_EX | LOCK_NB) != 0;
    });
    QVERIFY(report.succeeded());
    QCOMPARE(exclusive, -1);
    QCOMPARE(shared, 0);
    QVERIFY(partialLocked);
    const auto directory = openDirectory(builder.path("data"));
    QCOMPARE(::flock(directory->get(), LOCK_EX | LOCK_NB), 0);   // let go at the end
}

void tst_BackupTrouble::staleLeftovers_doNotStandInTheWay()
{
    DataDirBuilder builder;
    builder.file("data/a", "1").dir("backups").file("backups/mine.tar.gz.partial", "dead").dir("backups/mine.tar.gz.partial.d", 0700)
        .file("backups/mine.tar.gz.partial.d/0", "copy").dir("backups/foreign.partial.d", 0700);
    BackupRequest request = requestFor(builder);
    request.name = QStringLiteral("mine");
    const Report report = backUp(request);
    QCOMPARE(report.outcome, Outcome::Succeeded);
    QCOMPARE(builder.names("backups"), QList<QByteArray>({"foreign.partial.d", "mine.tar.gz", "mine.tar.gz.sha256"}));
}

void tst_BackupTrouble::recovery_removesWhatADeadBackupLeftAndNothingElse()
{
    DataDirBuilder builder;
    builder.file("backups/dead.tar.gz.partial", "x", 0600).file("backups/download.tar.gz.partial", "theirs").file("backups/dead.tar.gz.partial.d/0", "copy")
        .dir("backups/dead.tar.gz.partial.d", 0700).file("backups/living.tgz.partial", "y", 0600)
        .file("backups/living.tgz.partial.d/0", "copy").dir("backups/living.tgz.partial.d", 0700)
        .file("backups/foreign.tar.gz.partial.d/0", "open to all");
    const Fd other(::open(builder.path("backups/living.tgz.partial").constData(), O_RDWR | O_CLOEXEC));
    QCOMPARE(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
    Monitor monitor;
    const auto recovered = recoverBackupFolder(builder.path("backups"), monitor);
    QVERIFY(recovered.has_value());
    QCOMPARE(recovered->size(), 1);
    QCOMPARE(builder.names("backups"),
             QList<QByteArray>({"download.tar.gz.partial", "foreign.tar.gz.partial.d", "living.tgz.partial", "living.tgz.partial.d"}));
}

void tst_BackupTrouble::livingPartial_isLeftAlone()
{
    DataDirBuilder builder;
    builder.file("data/a", "1").dir("backups").file("backups/mine.tar.gz.partial", "alive").dir("backups/mine.tar.gz.partial.d", 0700);
    const Fd other(::open(builder.path("backups/mine.tar.gz.partial").constData(), O_RDWR | O_CLOEXEC));
    QCOMPARE(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
    BackupRequest request = requestFor(builder);
    request.name = QStringLiteral("mine");
    const Report report = backUp(request);
    QCOMPARE(report.outcome, Outcome::Failed);
    QCOMPARE(report.error->code, ErrorCode::Locked);
    QCOMPARE(builder.read("backups/mine.tar.gz.partial"), QByteArray("alive"));
    QVERIFY(builder.exists("backups/mine.tar.gz.partial.d"));
}

void tst_BackupTrouble::brokenJson_isTakenWithAWarning()
{
    DataDirBuilder builder;
    const qint64 longAgo = 1'000'000'000'000'000'000;
    const QByteArray id = "11111111-1111-4111-8111-111111111111";
    builder.file("docs/sessions/" + id + ".json", "{\"session_id\": \"" + id + "\", \"template_id\": \"news\", \"fragments\": []}")
        .file("docs/storage/metadata.json", "{}")
        .file("docs/sessions/22222222-2222-4222-8222-222222222222.json", "{\"cut", 0600, longAgo)
        .dir("backups");
    BackupRequest request = requestFor(builder);
    request.directory = builder.path("docs");
    const Report report = backUp(request);
    QCOMPARE(report.outcome, Outcome::CompletedWithWarnings);
    QCOMPARE(codes(report), QStringList({QStringLiteral("json-invalid sessions/22222222-2222-4222-8222-222222222222.json")}));
    QCOMPARE(report.consistency, QStringLiteral("stable"));
    QVERIFY(memberOf(judged(report.archive), "docs/sessions/22222222-2222-4222-8222-222222222222.json"));
}

void tst_BackupTrouble::badLevel_leavesNothing()
{
    DataDirBuilder builder;
    builder.file("data/a", "1").dir("backups");
    BackupRequest request = requestFor(builder);
    request.level = 99;
    const Report report = backUp(request);
    QCOMPARE(report.outcome, Outcome::Failed);
    QCOMPARE(report.error->code, ErrorCode::Usage);
    QCOMPARE(builder.names("backups"), QList<QByteArray>());
}

QTEST_GUILESS_MAIN(tst_BackupTrouble)
#include "tst_backuptrouble.moc"
