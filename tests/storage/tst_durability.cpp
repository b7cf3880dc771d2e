// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What must be on the disk before something else happens: kept as a ledger of what was written and not yet synced.
// A power cut shows the same, where the machine allows to simulate one; this works everywhere.

#include "storage/ops/backup.h"
#include "storage/ops/restoredata.h"
#include "storage/ops/safety.h"
#include "storage/ops/transaction.h"
#include "tests/support/callhooks.h"
#include "tests/support/ownarchive.h"
#include "tests/support/restoreplace.h"

#include <QtTest>

#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

using Inode = std::pair<dev_t, ino_t>;
const QDateTime kNow(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);

std::optional<Inode> inodeOf(int fd, const char *name = nullptr)
{
    struct stat st;
    if ((name ? ::fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) : ::fstat(fd, &st)) != 0)
        return std::nullopt;
    return Inode{st.st_dev, st.st_ino};
}

/// What would be lost if the power went now, and when it mattered.
class Ledger {
public:
    Ledger()
        : m_hooks([this](Call &call) { before(call); }, [this](const Call &call, long result) { after(call, result); })
    {
    }
    [[nodiscard]] int unsyncedFolders() const { return int(m_folders.size()); }

    QStringList offences;
    int exchanges = 0;
    int namings = 0;
    int drops = 0;

private:
    void before(Call &call)
    {
        if (call.kind == CallKind::Exchange) {
            ++exchanges;
            expectClean("exchange");
        } else if (call.kind == CallKind::Rename && QByteArray(call.name) == call.toName + QByteArray(".partial")) {
            ++namings;
            const auto named = inodeOf(call.fd, call.name);
            if (named && m_files.contains(*named))
                offences.append(QStringLiteral("%1 is named before it is synced").arg(QLatin1String(call.toName)));
        } else if (call.kind == CallKind::Unlink && QByteArray(call.name).endsWith(".strongroom-journal")) {
            ++drops;
            expectClean("end of the journal");
        }
    }

    void after(const Call &call, long result)
    {
        if (result < 0)
            return;
        switch (call.kind) {
        case CallKind::Write:
            if (struct stat st; ::fstat(call.fd, &st) == 0 && S_ISREG(st.st_mode))
                m_files.insert({st.st_dev, st.st_ino});
            break;
        case CallKind::Open:
            // A lock file means nothing after a power cut.
            if ((call.flags & O_CREAT) && !QByteArray(call.name).endsWith(".strongroom-lock"))
                touchFolder(call.fd);
            break;
        case CallKind::MakeFolder:
        case CallKind::MakeLink:
            touchFolder(call.fd);
            break;
        case CallKind::Rename:
        case CallKind::Exchange:
            touchFolder(call.fd);
            touchFolder(call.toFd);
            break;
        case CallKind::Sync:
            if (const auto inode = inodeOf(call.fd)) {
                m_files.erase(*inode);
                m_folders.erase(*inode);
            }
            break;
        case CallKind::SyncAll:
            m_files.clear();
            m_folders.clear();
            break;
        default:
            break;
        }
    }

    void touchFolder(int fd)
    {
        if (const auto inode = inodeOf(fd))
            m_folders.insert(*inode);
    }

    void expectClean(const char *what)
    {
        if (!m_files.empty() || !m_folders.empty())
            offences.append(QStringLiteral("%1 with %2 files and %3 folders not synced").arg(QLatin1String(what)).arg(m_files.size()).arg(m_folders.size()));
    }

    std::set<Inode> m_files;
    std::set<Inode> m_folders;
    CallHooks m_hooks;
};

BackupRequest backupRequest(const DataDirBuilder &dir)
{
    BackupRequest request;
    request.directory = dir.path("data");
    request.folder = dir.path("backups");
    request.now = kNow;
    request.localNow = kNow;
    request.jobs = 1;
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
    return report.error ? codeWord(report.error->code).toUtf8() + ' ' + report.error->path : outcomeWord(report.outcome).toUtf8();
}

}  // namespace

class tst_Durability : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void backup_isSyncedBeforeItGetsItsName();
    void backup_isReadBackBeforeItGetsItsName_data();
    void backup_isReadBackBeforeItGetsItsName();
    void restore_isSyncedBeforeTheExchange_data();
    void restore_isSyncedBeforeTheExchange();
    void undo_isSyncedBeforeTheExchange();
    void recovery_isSyncedBeforeTheJournalGoes();
};

void tst_Durability::backup_isSyncedBeforeItGetsItsName()
{
    DataDirBuilder dir;
    dir.dir("backups").file("data/a", "a").file("data/b/c", QByteArray(100'000, 'c'));
    const Ledger ledger;
    const Report report = backUp(backupRequest(dir));
    QVERIFY2(report.outcome == Outcome::Succeeded, why(report).constData());
    QCOMPARE(ledger.offences, QStringList());
    QCOMPARE(ledger.namings, 2);   // the archive and its sidecar
    QCOMPARE(ledger.unsyncedFolders(), 0);
}

void tst_Durability::backup_isReadBackBeforeItGetsItsName_data()
{
    QTest::addColumn<int>("bit");
    for (const int bit : {0, 3, 7})
        QTest::addRow("bit %d", bit) << bit;
}

// A disk that says yes and keeps something else.
void tst_Durability::backup_isReadBackBeforeItGetsItsName()
{
    QFETCH(int, bit);
    DataDirBuilder dir;
    dir.dir("backups").file("data/a", "a").file("data/b/c", QByteArray(100'000, 'c'));
    int flipped = 0;
    Report report;
    {
        const CallHooks hooks([&](Call &call) {
            if (call.kind != CallKind::Write || call.size < 200 || flipped > 0)
                return;
            call.data[call.size / 2] = char(call.data[call.size / 2] ^ (1 << bit));
            ++flipped;
        }, {});
        report = backUp(backupRequest(dir));
    }
    QCOMPARE(flipped, 1);
    QVERIFY2(report.outcome == Outcome::Failed, why(report).constData());
    QVERIFY(!report.verified);
    QCOMPARE(dir.names("backups"), QList<QByteArray>());
}

void tst_Durability::restore_isSyncedBeforeTheExchange_data()
{
    QTest::addColumn<QByteArrayList>("members");
    QTest::newRow("everything") << QByteArrayList{"data"};
    QTest::newRow("a part") << QByteArrayList{"data/part"};
}

void tst_Durability::restore_isSyncedBeforeTheExchange()
{
    QFETCH(QByteArrayList, members);
    Place p;
    p.dir.file("live/data/part/old", "old").file("live/data/x", "x").file("src/data/part/new", "new")
        .file("src/data/y/z", QByteArray(100'000, 'z'));
    QStringList words;
    for (const QByteArray &member : members)
        words.append(decoded(member));
    const QByteArray archive = p.tar("a.tar.gz", words);
    const Ledger ledger;
    const Report report = p.restore(p.request(archive));
    QVERIFY2(report.outcome == Outcome::Succeeded, why(report).constData());
    QCOMPARE(ledger.offences, QStringList());
    QVERIFY(ledger.exchanges >= 1);
    QCOMPARE(ledger.drops, 1);
    QCOMPARE(ledger.unsyncedFolders(), 0);
}

void tst_Durability::undo_isSyncedBeforeTheExchange()
{
    Place p;
    p.dir.file("live/data/x", "x").file("src/data/y", "y");
    QCOMPARE(p.restore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")}))).outcome, Outcome::Succeeded);
    const auto plan = planUndo(p.dir.path("live/data"), p.monitor);
    QVERIFY(plan);
    const Ledger ledger;
    QCOMPARE(runUndo(p.dir.path("live/data"), *plan, kNow, p.monitor).outcome, Outcome::Succeeded);
    QCOMPARE(ledger.offences, QStringList());
    QCOMPARE(ledger.exchanges, 1);
    QCOMPARE(ledger.drops, 1);
    QCOMPARE(ledger.unsyncedFolders(), 0);
}

// After a crash at any step: what recovery moved is on the disk before the journal, its only memory, goes.
void tst_Durability::recovery_isSyncedBeforeTheJournalGoes()
{
    int drops = 0;
    bool through = false;
    for (int n = 0; !through; ++n) {
        Place p;
        p.dir.file("live/data/x", "x").file("src/data/y", "y");
        const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
        const pid_t child = ::fork();
        if (child == 0) {
            RestoreRequest request = p.request(archive);
            auto prepared = prepareRestore(request, p.monitor);
            int count = 0;
            if (!prepared)
                ::_exit(2);
            prepared->data().transaction.beforeStep = [&count, n](const char *) -> std::optional<Error> {
                if (count++ == n)
                    ::_exit(1);
                return std::nullopt;
            };
            (void)runRestore(*prepared, p.monitor);
            ::_exit(0);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        through = WEXITSTATUS(status) == 0;
        const Ledger ledger;
        QVERIFY(recover(p.dir.path("live/data"), p.monitor));
        QCOMPARE(ledger.offences, QStringList());
        drops += ledger.drops;
    }
    QVERIFY(drops >= 4);
}

QTEST_GUILESS_MAIN(tst_Durability)
#include "tst_durability.moc"
