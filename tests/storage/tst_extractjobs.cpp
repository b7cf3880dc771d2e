// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/extract.h"

#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

// Extraction by several writers is the same as by one: tree, counts, errors.

namespace {

struct Entry {
    Member member;
    QByteArray content;
};

Entry entry(MemberType type, const QByteArray &path, quint32 mode, const QByteArray &content = {}, const QByteArray &link = {})
{
    Entry e;
    e.member.path = *RelPath::parse(path);
    e.member.type = type;
    e.member.mode = mode;
    e.member.uid = ::geteuid();
    e.member.gid = ::getegid();
    e.member.mtimeNs = 1'700'000'000'000'000'000 + 1'000'000 * path.size();
    e.member.link = link;
    e.member.size = content.size();
    if (type == MemberType::File)
        e.member.sha256 = Sha256Hasher::of(content);
    e.content = content;
    return e;
}

QByteArray fileName(int folder, int file)
{
    return "data/session_" + QByteArray::number(folder) + "/file_" + QByteArray::number(file);
}

/// Enough for many batches; large files and empty ones, links, closed folders in between.
QList<Entry> manyEntries()
{
    QList<Entry> all{entry(MemberType::Directory, "data", 0750)};
    for (int folder = 0; folder < 100; ++folder) {
        all.append(entry(MemberType::Directory, "data/session_" + QByteArray::number(folder), folder % 7 ? 0755 : 0500));
        for (int file = 0; file < 4; ++file) {
            const qsizetype size = folder % 50 == 13 && file == 2 ? 700'000 : (folder * 37 + file * 611) % 3000;
            all.append(entry(MemberType::File, fileName(folder, file), file == 3 ? 0600 : 0440 + folder % 8, QByteArray(size, char('a' + file))));
        }
        if (folder % 20 == 5) {
            all.append(entry(MemberType::Hardlink, fileName(folder, 8), 0644, {}, fileName(folder, 1)));
            all.append(entry(MemberType::Symlink, fileName(folder, 9), 0777, {}, "file_0"));
        }
    }
    return all;
}

struct Extraction {
    DataDirBuilder dir;
    Monitor monitor;
    Fd root;
    QList<Member> judged;
    ExtractOptions options;
    std::unique_ptr<ExtractSink> sink;

    Extraction(int jobs, const QList<Entry> &judgedAs)
    {
        dir.dir("stage", 0700);
        root = *openDirectory(dir.path("stage"));
        for (const Entry &e : judgedAs)
            judged.append(e.member);
        options.place = [](const RelPath &path) { return std::optional(path); };
        options.judged = &judged;
        options.trusted = true;
        options.jobs = jobs;
    }
    /// The error of the feeding, if there is one.
    Result<void> feed(const QList<Entry> &entries)
    {
        sink = std::make_unique<ExtractSink>(root.get(), options, monitor);
        for (const Entry &e : entries) {
            STRONGROOM_CHECK(sink->begin(e.member));
            for (qsizetype at = 0; at < e.content.size(); at += 100'000)
                STRONGROOM_CHECK(sink->data(QByteArrayView(e.content).sliced(at, std::min<qsizetype>(100'000, e.content.size() - at))));
            STRONGROOM_CHECK(sink->end(e.member));
        }
        return {};
    }
    Result<void> run(const QList<Entry> &entries)
    {
        const auto fed = feed(entries);
        return sink->finish(fed);
    }
    QByteArray tree() const { return treeFingerprint(dir.path("stage"), true); }
};

}  // namespace

class tst_ExtractJobs : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void jobs_makeNoDifferenceToTheTree();
    void jobs_makeNoDifferenceToTheFirstError_data();
    void jobs_makeNoDifferenceToTheFirstError();
    void error_ofAnEarlierFileComesBeforeThatOfThePass();
    void error_endsTheFeeding();
    void stop_reachesTheWriters();
    void sink_mayGoAwayUnfinished();
    void writers_thatCannotBeStartedAreDoneWithout();
    void file_isNotMadeWhenItsHashDiffers();
    void mode_isRightUnderAnyUmask();
    void owner_isRightWhereFoldersHandDownTheirGroup();
};

void tst_ExtractJobs::jobs_makeNoDifferenceToTheTree()
{
    const QList<Entry> entries = manyEntries();
    Extraction one(1, entries);
    QVERIFY(one.run(entries));
    const QByteArray expected = one.tree();
    QVERIFY(expected.count('\n') > 500);
    for (const int jobs : {0, 3, 100}) {
        Extraction many(jobs, entries);
        QVERIFY(many.run(entries));
        QCOMPARE(many.tree(), expected);
        const ExtractCounts &a = one.sink->counts();
        const ExtractCounts &b = many.sink->counts();
        QCOMPARE(b.files, a.files);
        QCOMPARE(b.directories, a.directories);
        QCOMPARE(b.symlinks, a.symlinks);
        QCOMPARE(b.bytes, a.bytes);
        QCOMPARE(b.bytesByName, a.bytesByName);
        QCOMPARE(b.ownersRefused, 0);
    }
}

void tst_ExtractJobs::jobs_makeNoDifferenceToTheFirstError_data()
{
    QTest::addColumn<QByteArray>("second");
    QTest::newRow("another small file") << fileName(97, 0);
    QTest::newRow("the next batch") << fileName(60, 1);
    QTest::newRow("a large file") << fileName(63, 2);
    QTest::newRow("a folder") << QByteArray("data/session_64");
    QTest::newRow("a hard link") << fileName(65, 8);
}

void tst_ExtractJobs::jobs_makeNoDifferenceToTheFirstError()
{
    QFETCH(QByteArray, second);
    const QByteArray first = fileName(40, 1);
    QList<Entry> entries = manyEntries();
    entries.removeIf([&](const Entry &e) {
        const QByteArray below = e.member.path.bytes() + '/';
        return first.startsWith(below) || second.startsWith(below);
    });
    for (const int jobs : {1, 2, 4, 8}) {
        Extraction many(jobs, entries);
        // The names are taken, so each of the two fails on its own.
        many.dir.file("stage/" + first, "taken").file("stage/" + second, "taken");
        const auto done = many.run(entries);
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::AlreadyExists);
        QCOMPARE(done.error().path, first);
        // All that came before it is there, whoever wrote it.
        QVERIFY(many.dir.names("stage/data/session_39").contains("file_3"));
        QVERIFY(many.dir.names("stage/data/session_40").contains("file_0"));
    }
}

void tst_ExtractJobs::error_ofAnEarlierFileComesBeforeThatOfThePass()
{
    const QList<Entry> entries{entry(MemberType::File, "a", 0600, "a"), entry(MemberType::File, "b", 0600, "b")};
    for (const bool taken : {false, true}) {
        Extraction many(3, entries);
        if (taken)
            many.dir.file("stage/b", "taken");
        QVERIFY(many.feed(entries));
        const auto done = many.sink->finish(fail(ErrorCode::ArchiveDamaged));
        QVERIFY(!done);
        QCOMPARE(done.error().code, taken ? ErrorCode::AlreadyExists : ErrorCode::ArchiveDamaged);
    }
}

void tst_ExtractJobs::error_endsTheFeeding()
{
    const QList<Entry> entries = manyEntries();
    Extraction many(2, entries);
    many.dir.file("stage/data", "in the way of everything");
    const auto fed = many.feed(entries);
    QVERIFY(!fed);
    QVERIFY(!many.sink->finish(fed));
    QCOMPARE(many.dir.names("stage"), QList<QByteArray>{"data"});
}

void tst_ExtractJobs::stop_reachesTheWriters()
{
    const QList<Entry> entries = manyEntries();
    for (const int jobs : {1, 3}) {
        Extraction many(jobs, entries);
        many.options.place = [&many](const RelPath &path) {
            if (path.bytes() == fileName(75, 0))
                many.monitor.requestStop();
            return std::optional(path);
        };
        const auto done = many.run(entries);
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Cancelled);
        QVERIFY(!many.dir.names("stage/data").contains("session_76"));
    }
}

void tst_ExtractJobs::sink_mayGoAwayUnfinished()
{
    const QList<Entry> entries = manyEntries();
    for (int round = 0; round < 4; ++round) {
        Extraction many(4, entries);
        QVERIFY(many.feed(entries));
        many.sink.reset();
        QVERIFY(many.dir.names("stage/data").contains("session_99"));
    }
}

void tst_ExtractJobs::writers_thatCannotBeStartedAreDoneWithout()
{
    if (::geteuid() != 0)
        QSKIP("needs root to become somebody who may have no threads");
    const QList<Entry> entries = manyEntries();
    Extraction many(3, entries);
    many.options.trusted = false;
    QCOMPARE(::fchmod(many.root.get(), 0777), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none = {0, 0};
        if (::setgid(65534) != 0 || ::setuid(65534) != 0 || ::setrlimit(RLIMIT_NPROC, &none) != 0)
            ::_exit(100);
        ::_exit(many.run(entries) && many.sink->counts().files == 405 ? 0 : 101);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFEXITED(status));
    QCOMPARE(WEXITSTATUS(status), 0);
}

void tst_ExtractJobs::file_isNotMadeWhenItsHashDiffers()
{
    for (const int jobs : {1, 3}) {
        QList<Entry> entries{entry(MemberType::File, "a", 0600, "good"), entry(MemberType::File, "b", 0600, "good"), entry(MemberType::File, "c", 0600, "good")};
        Extraction many(jobs, entries);
        entries[1].content = "evil";
        const auto done = many.run(entries);
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Changed);
        QCOMPARE(done.error().path, QByteArray("b"));
        QCOMPARE(many.dir.names("stage"), QList<QByteArray>{"a"});
    }
}

void tst_ExtractJobs::mode_isRightUnderAnyUmask()
{
    const QList<Entry> entries{entry(MemberType::File, "a", 0600, "a"), entry(MemberType::File, "b", 0400, "b"), entry(MemberType::File, "c", 0666, "c")};
    Extraction many(1, entries);
    const mode_t before = ::umask(0277);
    const auto done = many.run(entries);
    ::umask(before);
    QVERIFY(done);
    struct stat st = {};
    for (const auto &[name, mode] : {std::pair("a", 0600u), std::pair("b", 0400u), std::pair("c", 0666u)}) {
        QCOMPARE(::stat(many.dir.path(QByteArray("stage/") + name).constData(), &st), 0);
        QCOMPARE(st.st_mode & 07777, mode);
    }
}

void tst_ExtractJobs::owner_isRightWhereFoldersHandDownTheirGroup()
{
    if (::geteuid() != 0)
        QSKIP("needs root to give a folder away");
    QList<Entry> entries{entry(MemberType::Directory, "d", 0755), entry(MemberType::File, "d/ours", 0600, "x"), entry(MemberType::File, "d/theirs", 0600, "x"),
                         entry(MemberType::File, "d/of the folder", 0600, "x")};
    entries[2].member.uid = 12345;
    entries[3].member.gid = 54321;
    Extraction many(1, entries);
    QCOMPARE(::chown(many.dir.path("stage").constData(), 0, 54321), 0);
    QCOMPARE(::chmod(many.dir.path("stage").constData(), 02700), 0);
    QVERIFY(many.run(entries));
    for (const Entry &e : std::as_const(entries)) {
        struct stat st = {};
        QCOMPARE(::stat(many.dir.path("stage/" + e.member.path.bytes()).constData(), &st), 0);
        QCOMPARE(st.st_uid, e.member.uid);
        QCOMPARE(st.st_gid, e.member.gid);
        QCOMPARE(st.st_mode & 07777, e.member.mode);
    }
}

QTEST_GUILESS_MAIN(tst_ExtractJobs)
#include "tst_extractjobs.moc"
