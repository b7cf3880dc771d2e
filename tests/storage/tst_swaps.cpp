// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Somebody swaps a folder for a link to elsewhere (or a file for a pipe) between two system calls of ours. Here
// every such moment is tried in turn, which no race of processes can promise; the races themselves are in
// tests/faults.

#include "storage/archive/inspect.h"
#include "storage/ops/backup.h"
#include "storage/ops/safety.h"
#include "storage/treeops.h"
#include "tests/support/callhooks.h"
#include "tests/support/restoreplace.h"

#include <QtTest>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

const QDateTime kNow(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);
constexpr char kMark[] = "BYTES-OF-THE-CANARY";

/// Swaps two names in front of the n-th call of ours that names something, and back in front of the next one
/// when `once`.
class Swapper {
public:
    Swapper(QByteArray a, QByteArray b, int at, bool once)
        : m_a(std::move(a)), m_b(std::move(b)), m_at(at), m_once(once), m_hooks([this](Call &call) { before(call); }, {})
    {
    }
    ~Swapper()
    {
        // Put things where they were, so that what is looked at afterwards is what we did to them.
        if (m_swapped)
            (void)swap();
    }
    /// False when the operation made fewer calls than that, or the names never stood there together.
    [[nodiscard]] bool happened() const { return m_happened; }
    [[nodiscard]] bool wasReached() const { return m_count > m_at; }

private:
    void before(const Call &call)
    {
        if (!call.name && call.kind != CallKind::List)
            return;
        const int now = m_count++;
        if (now == m_at || (m_swapped && m_once && now == m_at + 1))
            m_happened |= swap();
    }
    bool swap()
    {
        if (::syscall(SYS_renameat2, AT_FDCWD, m_a.constData(), AT_FDCWD, m_b.constData(), RENAME_EXCHANGE) != 0)
            return false;
        m_swapped = !m_swapped;
        return true;
    }

    QByteArray m_a, m_b;
    int m_at;
    bool m_once;
    int m_count = 0;
    bool m_swapped = false;
    bool m_happened = false;
    CallHooks m_hooks;
};

/// A folder of somebody else's, and a way to see that it was neither read nor written.
void plantCanary(DataDirBuilder &dir)
{
    dir.file("canary/one.json", kMark).file("canary/deep/two", kMark).file("canary/only-here", kMark).file("canary.file", kMark);
}

QByteArray canaryState(const DataDirBuilder &dir)
{
    return treeFingerprint(dir.path("canary"), true) + dir.read("canary.file");
}

bool cannotExchange(const DataDirBuilder &dir)
{
    const Fd fd(::open(dir.path().constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DataDirBuilder probe;
    probe.file("a", "").file("b", "");
    const auto root = openDirectory(probe.path());
    const auto swapped = renameExchange(root->get(), "a", root->get(), "b");
    return !swapped && swapped.error().code == ErrorCode::NotSupported;
}

}  // namespace

class tst_Swaps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void backup_neverReadsWhatALinkWasSwappedInFor_data();
    void backup_neverReadsWhatALinkWasSwappedInFor();
    void removal_neverLeavesTheTree_data();
    void removal_neverLeavesTheTree();
    void restore_neverWritesElsewhere_data();
    void restore_neverWritesElsewhere();
    void undo_neverWritesElsewhere_data();
    void undo_neverWritesElsewhere();
};

void tst_Swaps::initTestCase()
{
    if (::access("/dev/shm", W_OK) == 0)
        qputenv("TMPDIR", "/dev/shm");
    const DataDirBuilder dir;
    if (cannotExchange(dir))
        QSKIP("this file system cannot exchange names");
}

void tst_Swaps::backup_neverReadsWhatALinkWasSwappedInFor_data()
{
    QTest::addColumn<QByteArray>("victim");
    QTest::addColumn<QByteArray>("stranger");
    QTest::addColumn<bool>("once");
    for (const bool once : {false, true}) {
        const char *how = once ? "for a moment" : "for good";
        QTest::addRow("folder for a link, %s", how) << QByteArray("data/sub") << QByteArray("link-to-folder") << once;
        QTest::addRow("inner folder for a link, %s", how) << QByteArray("data/sub/deep") << QByteArray("link-to-folder") << once;
        QTest::addRow("file for a link, %s", how) << QByteArray("data/sub/one.json") << QByteArray("link-to-file") << once;
        QTest::addRow("file for a pipe, %s", how) << QByteArray("data/sub/one.json") << QByteArray("pipe") << once;
        QTest::addRow("database for a link, %s", how) << QByteArray("data/z.sqlite") << QByteArray("link-to-file") << once;
    }
}

void tst_Swaps::backup_neverReadsWhatALinkWasSwappedInFor()
{
    QFETCH(QByteArray, victim);
    QFETCH(QByteArray, stranger);
    QFETCH(bool, once);
    int swaps = 0;
    int archives = 0;
    for (int n = 0;; ++n) {
        DataDirBuilder dir;
        plantCanary(dir);
        dir.dir("backups").file("data/sub/one.json", "{}").file("data/sub/deep/two", "2").file("data/z.sqlite", "no database")
            .symlink("link-to-folder", dir.path("canary")).symlink("link-to-file", dir.path("canary.file")).fifo("pipe");
        const QByteArray canary = canaryState(dir);
        BackupRequest request;
        request.directory = dir.path("data");
        request.folder = dir.path("backups");
        request.now = kNow;
        request.localNow = kNow;
        request.jobs = 1;
        request.format = ArchiveFormat::Tar;
        Monitor monitor;
        const auto plan = planBackup(request, monitor);
        QVERIFY(plan);
        Report report;
        bool reached = false;
        {
            const Swapper swapper(dir.path(victim), dir.path(stranger), n, once);
            report = runBackup(request, *plan, monitor);
            swaps += swapper.happened();
            reached = swapper.wasReached();
        }
        QCOMPARE(canaryState(dir), canary);
        const QList<QByteArray> left = dir.names("backups");
        for (const QByteArray &name : left) {
            QVERIFY2(!name.contains(".partial"), name.constData());
            const QByteArray bytes = dir.read("backups/" + name);
            QVERIFY2(!bytes.contains(kMark), qPrintable(QStringLiteral("call %1").arg(n)));
            QVERIFY2(!bytes.contains("only-here"), qPrintable(QStringLiteral("call %1").arg(n)));
        }
        if (report.outcome == Outcome::Succeeded || report.outcome == Outcome::CompletedWithWarnings) {
            ++archives;
            const auto archive = ArchiveFile::open(report.archive);
            QVERIFY(archive);
            QCOMPARE(judgeArchive(*archive, Limits::production(), monitor)->verdict, Verdict::Verified);
        } else {
            QCOMPARE(left, QList<QByteArray>());
        }
        if (!reached)
            break;
    }
    QVERIFY(swaps >= 20);
    QVERIFY(archives >= 20);
    qInfo("%d moments, %d archives, none holds anything of the canary", swaps, archives);
}

void tst_Swaps::removal_neverLeavesTheTree_data()
{
    QTest::addColumn<QByteArray>("victim");
    QTest::addColumn<bool>("once");
    for (const bool once : {false, true}) {
        for (const char *victim : {"gone", "gone/sub", "gone/sub/deep"})
            QTest::addRow("%s, %s", victim, once ? "for a moment" : "for good") << QByteArray(victim) << once;
    }
}

void tst_Swaps::removal_neverLeavesTheTree()
{
    QFETCH(QByteArray, victim);
    QFETCH(bool, once);
    int swaps = 0;
    for (int n = 0;; ++n) {
        DataDirBuilder dir;
        plantCanary(dir);
        dir.file("gone/sub/one.json", "1").file("gone/sub/deep/two", "2").file("gone/z", "z").symlink("link", dir.path("canary"));
        const QByteArray canary = canaryState(dir);
        const auto root = openDirectory(dir.path());
        QVERIFY(root);
        const Swapper swapper(dir.path(victim), dir.path("link"), n, once);
        (void)removeTree(root->get(), "gone");
        swaps += swapper.happened();
        QVERIFY2(canaryState(dir) == canary, qPrintable(QStringLiteral("call %1").arg(n)));
        if (!swapper.wasReached())
            break;
    }
    QVERIFY(swaps >= 2);
}

void tst_Swaps::restore_neverWritesElsewhere_data()
{
    QTest::addColumn<QByteArray>("victim");
    QTest::addColumn<QString>("member");
    QTest::addColumn<bool>("once");
    for (const bool once : {false, true}) {
        const char *how = once ? "for a moment" : "for good";
        QTest::addRow("the target, %s", how) << QByteArray("live/data") << QStringLiteral("data") << once;
        QTest::addRow("above a part, %s", how) << QByteArray("live/data/sub") << QStringLiteral("data/sub/deep") << once;
        QTest::addRow("a part, %s", how) << QByteArray("live/data/sub/deep") << QStringLiteral("data/sub/deep") << once;
        QTest::addRow("a slot of the stage, %s", how) << QByteArray("live/.data.strongroom-stage/0") << QStringLiteral("data") << once;
        QTest::addRow("within the stage, %s", how) << QByteArray("live/.data.strongroom-stage/0/sub") << QStringLiteral("data") << once;
    }
}

void tst_Swaps::restore_neverWritesElsewhere()
{
    QFETCH(QByteArray, victim);
    QFETCH(QString, member);
    QFETCH(bool, once);
    int swaps = 0;
    for (int n = 0;; ++n) {
        Place p;
        plantCanary(p.dir);
        p.dir.file("src/data/sub/deep/two", "new").file("src/data/sub/one.json", "{}").file("live/data/sub/deep/two", "old").file("live/data/x", "x")
            .symlink("link", p.dir.path("canary"));
        const QByteArray archive = p.tar("a.tar.gz", {member});
        const QByteArray canary = canaryState(p.dir);
        auto prepared = prepareRestore(p.request(archive), p.monitor);
        QVERIFY(prepared);
        bool reached = false;
        {
            const Swapper swapper(p.dir.path(victim), p.dir.path("link"), n, once);
            (void)runRestore(*prepared, p.monitor);
            swaps += swapper.happened();
            reached = swapper.wasReached();
        }
        QVERIFY2(canaryState(p.dir) == canary, qPrintable(QStringLiteral("call %1").arg(n)));
        // Whatever became of it, a later start brings old or new, and not a mixture.
        (void)recover(p.dir.path("live/data"), p.monitor);
        QVERIFY2(canaryState(p.dir) == canary, qPrintable(QStringLiteral("recovery after call %1").arg(n)));
        if (!reached)
            break;
    }
    QVERIFY(swaps >= 4);
    qInfo("%d moments", swaps);
}

void tst_Swaps::undo_neverWritesElsewhere_data()
{
    QTest::addColumn<QByteArray>("victim");
    QTest::addColumn<bool>("once");
    for (const bool once : {false, true}) {
        for (const char *victim : {"live/data", "live/data/sub", "live/.data.strongroom-safety-0", "live/.data.strongroom-safety-0/0"})
            QTest::addRow("%s, %s", victim, once ? "for a moment" : "for good") << QByteArray(victim) << once;
    }
}

void tst_Swaps::undo_neverWritesElsewhere()
{
    QFETCH(QByteArray, victim);
    QFETCH(bool, once);
    int swaps = 0;
    for (int n = 0;; ++n) {
        Place p;
        plantCanary(p.dir);
        p.dir.file("src/data/sub/deep/two", "new").file("live/data/sub/deep/two", "old").symlink("link", p.dir.path("canary"));
        QCOMPARE(p.restore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")}))).outcome, Outcome::Succeeded);
        const QByteArray canary = canaryState(p.dir);
        const auto plan = planUndo(p.dir.path("live/data"), p.monitor);
        QVERIFY(plan);
        bool reached = false;
        {
            const Swapper swapper(p.dir.path(victim), p.dir.path("link"), n, once);
            (void)runUndo(p.dir.path("live/data"), *plan, kNow, p.monitor);
            swaps += swapper.happened();
            reached = swapper.wasReached();
        }
        QVERIFY2(canaryState(p.dir) == canary, qPrintable(QStringLiteral("call %1").arg(n)));
        (void)recover(p.dir.path("live/data"), p.monitor);
        QVERIFY2(canaryState(p.dir) == canary, qPrintable(QStringLiteral("recovery after call %1").arg(n)));
        if (!reached)
            break;
    }
    QVERIFY(swaps >= 4);
    qInfo("%d moments", swaps);
}

QTEST_GUILESS_MAIN(tst_Swaps)
#include "tst_swaps.moc"
