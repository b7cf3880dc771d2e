// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The second backup: what it takes over from the first, what it reads again, and that nobody can tell from the archive.

#include "storage/archive/inspect.h"
#include "storage/ops/backup.h"
#include "storage/ops/reusetable.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/sqlitebuilder.h"

#include <QRandomGenerator>
#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

QByteArray noise(qsizetype size, quint32 seed)
{
    QRandomGenerator random(seed);
    std::vector<quint32> words(size_t(size) / sizeof(quint32) + 1);
    random.fillRange(words.data(), qsizetype(words.size()));
    return QByteArray(reinterpret_cast<const char *>(words.data()), size);
}

}  // namespace

class tst_BackupReuse : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void unchanged_isTakenOverWhole_data();
    void unchanged_isTakenOverWhole();
    void changed_isReadAgain_data();
    void changed_isReadAgain();
    void everything_isReadWhenAsked_data();
    void everything_isReadWhenAsked();
    void oneInSoMany_readsEverything();
    void archiveThatIsNotWhatItWas_isNotUsed_data();
    void archiveThatIsNotWhatItWas_isNotUsed();
    void archiveThatProvesWrong_costsASecondReading();
    void database_isNeverTakenOver();
    void unsteady_isNeverTakenOver();

private:
    BackupRequest request() const;
    Report backUp(const BackupRequest &request);
    /// The archive of `report`, unpacked by tar beside everything else, is the data directory.
    void compareWithTar(const Report &report);

    std::unique_ptr<DataDirBuilder> m_dir;
    int m_hours = 0;
};

void tst_BackupReuse::init()
{
    m_dir = std::make_unique<DataDirBuilder>();
    m_dir->dir("backups").dir("tables").dir("data/empty");
    for (int i = 0; i < 40; ++i)
        m_dir->file("data/small/d" + QByteArray::number(i) + "/f", noise(100'000, quint32(i)));
    m_dir->file("data/large", noise((3 << 20) + 17, 99)).symlink("data/link", "large").file("data/none", {});
    QVERIFY(::link(m_dir->path("data/none").constData(), m_dir->path("data/twin").constData()) == 0);
    m_hours = 0;
}

BackupRequest tst_BackupReuse::request() const
{
    BackupRequest request;
    request.directory = m_dir->path("data");
    request.folder = m_dir->path("backups");
    request.reuseTables = m_dir->path("tables");
    request.jobs = 2;
    return request;
}

Report tst_BackupReuse::backUp(const BackupRequest &wanted)
{
    BackupRequest request = wanted;
    request.now = QDateTime::currentDateTimeUtc().addSecs(3600 * ++m_hours);   // each its own name
    request.localNow = request.now;
    Monitor monitor;
    const auto plan = planBackup(request, monitor);
    return plan ? runBackup(request, *plan, monitor) : Report::failed(Operation::Backup, plan.error());
}

void tst_BackupReuse::compareWithTar(const Report &report)
{
    QVERIFY2(report.succeeded() && report.verified, qPrintable(report.error ? codeWord(report.error->code) : QString()));
    m_dir->dir("out" + QByteArray::number(m_hours));
    const QByteArray out = m_dir->path("out" + QByteArray::number(m_hours));
    QCOMPARE(run(QStringLiteral("tar"), {QStringLiteral("-xpf"), QFile::decodeName(report.archive)}, out).exitCode, 0);
    QCOMPARE(run(QStringLiteral("sha256sum"), {QStringLiteral("--quiet"), QStringLiteral("-c"), QStringLiteral(".strongroom/SHA256SUMS")}, out).exitCode, 0);
    QCOMPARE(run(QStringLiteral("diff"), {QStringLiteral("-r"), QStringLiteral("--no-dereference"), QStringLiteral("data"), QFile::decodeName(m_dir->path("data"))}, out).out, QByteArray());
}

void tst_BackupReuse::unchanged_isTakenOverWhole_data()
{
    QTest::addColumn<ArchiveFormat>("format");
    QTest::addColumn<int>("jobs");
    QTest::newRow("tar.gz") << ArchiveFormat::TarGzip << 2;
    QTest::newRow("tar.gz, one job") << ArchiveFormat::TarGzip << 1;
    QTest::newRow("tar.zst") << ArchiveFormat::TarZstd << 3;
}

void tst_BackupReuse::unchanged_isTakenOverWhole()
{
    QFETCH(ArchiveFormat, format);
    QFETCH(int, jobs);
    BackupRequest wanted = request();
    wanted.format = format;
    wanted.jobs = jobs;
    const Report first = backUp(wanted);
    QCOMPARE(first.takenOver, 0);
    compareWithTar(first);
    const Report second = backUp(wanted);
    compareWithTar(second);
    QCOMPARE(second.members, first.members);
    // All but the data directory itself and the two names of one file.
    QCOMPARE(second.takenOver, first.members - 3);
    // The same as one that read everything, but for what tells the two apart.
    wanted.reuseTables.clear();
    const Report third = backUp(wanted);
    QVERIFY(std::abs(third.bytes - second.bytes) < 64);   // dates pack differently
    Monitor monitor;
    const auto archive = ArchiveFile::open(second.archive);
    const auto other = ArchiveFile::open(third.archive);
    const auto taken = judgeArchive(*archive, Limits::production(), monitor);
    const auto read = judgeArchive(*other, Limits::production(), monitor);
    QVERIFY(taken && read);
    QCOMPARE(taken->members.size(), read->members.size());
    for (qsizetype i = 0; i < read->members.size(); ++i) {
        QCOMPARE(taken->members.at(i).path, read->members.at(i).path);
        QVERIFY(taken->members.at(i).sha256 == read->members.at(i).sha256);
        QCOMPARE(taken->members.at(i).mtimeNs, read->members.at(i).mtimeNs);
    }
}

void tst_BackupReuse::changed_isReadAgain_data()
{
    QTest::addColumn<std::function<void(DataDirBuilder &)>>("change");
    using Change = std::function<void(DataDirBuilder &)>;
    QTest::newRow("content") << Change([](DataDirBuilder &dir) { dir.file("data/small/d7/f", "new"); });
    QTest::newRow("content of a large file") << Change([](DataDirBuilder &dir) { dir.file("data/large", noise(2 << 20, 5)); });
    QTest::newRow("content, size and time kept") << Change([](DataDirBuilder &dir) {
        struct stat before = {};
        const QByteArray path = dir.path("data/small/d7/f");
        QVERIFY(::stat(path.constData(), &before) == 0);
        const int fd = ::open(path.constData(), O_WRONLY | O_CLOEXEC);
        QVERIFY(::pwrite(fd, "changed!", 8, 1000) == 8);
        const timespec times[2] = {before.st_atim, before.st_mtim};
        QVERIFY(::futimens(fd, times) == 0);
        ::close(fd);
    });
    QTest::newRow("another file of the same kind") << Change([](DataDirBuilder &dir) {
        dir.file("data/other", noise(100'000, 777));
        QVERIFY(::rename(dir.path("data/other").constData(), dir.path("data/small/d7/f").constData()) == 0);
    });
    QTest::newRow("mode") << Change([](DataDirBuilder &dir) { QVERIFY(::chmod(dir.path("data/small/d7/f").constData(), 0600) == 0); });
    QTest::newRow("a file more") << Change([](DataDirBuilder &dir) { dir.file("data/small/d7/g", "g"); });
    QTest::newRow("a file less") << Change([](DataDirBuilder &dir) { QVERIFY(::unlink(dir.path("data/small/d7/f").constData()) == 0); });
    QTest::newRow("a folder for a file") << Change([](DataDirBuilder &dir) {
        QVERIFY(::unlink(dir.path("data/small/d7/f").constData()) == 0);
        dir.file("data/small/d7/f/x", "x");
    });
    QTest::newRow("another target") << Change([](DataDirBuilder &dir) {
        QVERIFY(::unlink(dir.path("data/link").constData()) == 0);
        dir.symlink("data/link", "none");
    });
}

void tst_BackupReuse::changed_isReadAgain()
{
    QFETCH(std::function<void(DataDirBuilder &)>, change);
    QVERIFY(backUp(request()).succeeded());
    change(*m_dir);
    const Report report = backUp(request());
    compareWithTar(report);
    // What lies elsewhere is still taken over.
    QVERIFY(report.takenOver > 0);
    QVERIFY(report.takenOver < report.members - 3);
    const Report again = backUp(request());
    compareWithTar(again);
    QCOMPARE(again.takenOver, again.members - 3);
}

void tst_BackupReuse::everything_isReadWhenAsked_data()
{
    QTest::addColumn<std::function<void(BackupRequest &)>>("ask");
    using Ask = std::function<void(BackupRequest &)>;
    QTest::newRow("reread") << Ask([](BackupRequest &r) { r.reread = true; });
    QTest::newRow("no tables") << Ask([](BackupRequest &r) { r.reuseTables.clear(); });
    QTest::newRow("another format") << Ask([](BackupRequest &r) { r.format = ArchiveFormat::TarZstd; });
    QTest::newRow("another level") << Ask([](BackupRequest &r) { r.level = 1; });
}

void tst_BackupReuse::everything_isReadWhenAsked()
{
    QFETCH(std::function<void(BackupRequest &)>, ask);
    QVERIFY(backUp(request()).succeeded());
    BackupRequest wanted = request();
    ask(wanted);
    const Report report = backUp(wanted);
    compareWithTar(report);
    QCOMPARE(report.takenOver, 0);
}

void tst_BackupReuse::oneInSoMany_readsEverything()
{
    BackupRequest wanted = request();
    wanted.rereadEvery = 3;
    QList<bool> tookOver;
    for (int i = 0; i < 7; ++i) {
        const Report report = backUp(wanted);
        QVERIFY(report.succeeded());
        tookOver.append(report.takenOver > 0);
    }
    QCOMPARE(tookOver, QList<bool>({false, true, true, false, true, true, false}));
}

void tst_BackupReuse::archiveThatIsNotWhatItWas_isNotUsed_data()
{
    QTest::addColumn<std::function<void(const QByteArray &)>>("spoil");
    using Spoil = std::function<void(const QByteArray &)>;
    QTest::newRow("gone") << Spoil([](const QByteArray &archive) { QVERIFY(::unlink(archive.constData()) == 0); });
    QTest::newRow("written to") << Spoil([](const QByteArray &archive) {
        const int fd = ::open(archive.constData(), O_WRONLY | O_CLOEXEC);
        QVERIFY(::pwrite(fd, "!", 1, 5000) == 1);
        ::close(fd);
    });
    QTest::newRow("a link") << Spoil([](const QByteArray &archive) {
        const QByteArray aside = archive + ".aside";
        QVERIFY(::rename(archive.constData(), aside.constData()) == 0);
        QVERIFY(::symlink(aside.constData(), archive.constData()) == 0);
    });
}

void tst_BackupReuse::archiveThatIsNotWhatItWas_isNotUsed()
{
    QFETCH(std::function<void(const QByteArray &)>, spoil);
    const Report first = backUp(request());
    QVERIFY(first.succeeded());
    spoil(first.archive);
    const Report report = backUp(request());
    compareWithTar(report);
    QCOMPARE(report.takenOver, 0);
}

/// A disk that returns other bytes than it was given: nothing shows in the stamps.
void tst_BackupReuse::archiveThatProvesWrong_costsASecondReading()
{
    const Report first = backUp(request());
    const int fd = ::open(first.archive.constData(), O_WRONLY | O_CLOEXEC);
    QVERIFY(::pwrite(fd, "decayed", 7, 50'000) == 7);
    ::close(fd);
    // The table as it would be, had the archive been like this when it was verified.
    const ReuseKey key = {m_dir->path("data"), m_dir->path("backups"), ArchiveFormat::TarGzip, -1, "everything"};
    const QByteArray file = "tables/" + key.name();
    QByteArray table = m_dir->read(file);
    struct stat now = {};
    QVERIFY(::stat(first.archive.constData(), &now) == 0);
    const QByteArray name = first.archive.mid(first.archive.lastIndexOf('/') + 1);
    const qsizetype at = table.indexOf(name) + name.size();   // behind it: device, inode, size, two times
    const qint64 times[2] = {qint64(now.st_mtim.tv_sec) * 1'000'000'000 + now.st_mtim.tv_nsec,
                             qint64(now.st_ctim.tv_sec) * 1'000'000'000 + now.st_ctim.tv_nsec};
    table.replace(at + 24, 16, QByteArray(reinterpret_cast<const char *>(times), 16));
    m_dir->file(file, table);

    const Report report = backUp(request());
    compareWithTar(report);
    QCOMPARE(report.takenOver, 0);
    QCOMPARE(report.warnings.size(), 0);
    QCOMPARE(backUp(request()).takenOver, report.members - 3);
}

/// Nor what is taken together with it: its journal may hold what its stamp does not show.
void tst_BackupReuse::database_isNeverTakenOver()
{
    plantAppDatabase(m_dir->path("data/database.sqlite"), 3, "canary");
    m_dir->file("data/secrets.env", "ENCRYPTION_KEY=0123456789abcdef0123456789abcdef\nJWT_SECRET=0123456789abcdef0123456789abcdef\n", 0600);
    const Report first = backUp(request());
    QVERIFY(first.succeeded());
    const Report second = backUp(request());
    QVERIFY(second.succeeded());
    Monitor monitor;
    const auto archive = ArchiveFile::open(second.archive);
    const auto judgement = judgeArchive(*archive, Limits::production(), monitor);
    const bool hasDatabase = std::any_of(judgement->members.cbegin(), judgement->members.cend(),
                                         [](const Member &m) { return m.path.name() == "database.sqlite"; });
    QVERIFY(hasDatabase);
    QCOMPARE(second.takenOver, second.members - 5);
}

/// JSON that does not parse, written just now, may still be in the making.
void tst_BackupReuse::unsteady_isNeverTakenOver()
{
    const QByteArray uuid = "550e8400-e29b-41d4-a716-446655440000";
    m_dir->file("data/storage/metadata.json", "{\"" + uuid + "\": {\"template_id\": \"t\"}}");
    m_dir->file("data/storage/session_" + uuid + "/metadata.json", "{\"session_id\": \"" + uuid + "\", \"template_id\":");
    const Report first = backUp(request());
    QVERIFY(!first.warnings.isEmpty());
    const Report second = backUp(request());
    QVERIFY(second.takenOver < second.members - 3);
    QCOMPARE(second.warnings.size(), first.warnings.size());
}

QTEST_GUILESS_MAIN(tst_BackupReuse)
#include "tst_backupreuse.moc"
