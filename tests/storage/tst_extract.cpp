// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/extract.h"

#include "tests/support/datadirbuilder.h"

#include <QCryptographicHash>
#include <QtTest>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

constexpr qint64 kTime = 1'700'000'000'123'456'789;

Member entry(MemberType type, const QByteArray &path, quint32 mode = 0644, const QByteArray &link = {})
{
    Member m;
    m.path = *RelPath::parse(path);
    m.type = type;
    m.mode = mode;
    m.mtimeNs = kTime;
    m.link = link;
    m.uid = 12345;
    m.gid = 54321;
    return m;
}

// A folder to extract into, and a reader played by hand.
struct Feeder {
    DataDirBuilder dir;
    Monitor monitor;
    Fd root;
    ExtractOptions options;
    std::unique_ptr<ExtractSink> sink;
    QList<Member> judged;

    Feeder()
    {
        dir.dir("stage", 0700);
        root = *openDirectory(dir.path("stage"));
        options.place = [](const RelPath &path) { return std::optional(path); };
    }
    ExtractSink &to()
    {
        if (!sink)
            sink = std::make_unique<ExtractSink>(root.get(), options, monitor);
        return *sink;
    }
    static Member hashed(Member m, const QByteArray &content)
    {
        const QByteArray hash = QCryptographicHash::hash(content, QCryptographicHash::Sha256);
        m.size = content.size();
        m.sha256.emplace();
        std::copy(hash.begin(), hash.end(), reinterpret_cast<char *>(m.sha256->data()));
        return m;
    }
    Result<void> feed(Member m, const QByteArray &content = {})
    {
        const Member whole = m.type == MemberType::File ? hashed(m, content) : m;
        Member first = whole;
        first.sha256.reset();
        STRONGROOM_CHECK(to().begin(first));
        for (qsizetype at = 0; at < content.size(); at += 7)
            STRONGROOM_CHECK(to().data(QByteArrayView(content).sliced(at, std::min<qsizetype>(7, content.size() - at))));
        return to().end(whole);
    }
    struct stat statOf(const QByteArray &path) const
    {
        struct stat st = {};
        if (::lstat(dir.path("stage/" + path).constData(), &st) != 0)
            qFatal("no %s", path.constData());
        return st;
    }
};

}  // namespace

class tst_Extract : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void extract_writesContentModesAndTimes();
    void extract_makesFoldersNobodyAnnounced();
    void extract_takesAFolderAnnouncedAfterItsContent();
    void extract_neverRestoresSpecialBitsOfFiles();
    void extract_restoresOwnersOnlyWhenTrusted();
    void extract_countsOwnersItMayNotSet();
    void extract_linksHardLinksWhenTrustedAndCopiesThemOtherwise();
    void extract_writesAHardLinkWhoseTargetIsLeftOut();
    void extract_makesSymlinksLastAndNeverWritesThroughOne();
    void extract_refusesToWriteThroughAPlantedLink();
    void extract_refusesTwoMembersOfOneName();
    void extract_refusesWhatDiffersFromTheJudgement_data();
    void extract_refusesWhatDiffersFromTheJudgement();
    void extract_leavesOutWhatHasNoPlace();
    void extract_stopsWhenAsked();
    void extract_keepsAnyBytesInNames();
    void extract_survivesFoldersOfModeZeroAndDepth();
};

void tst_Extract::extract_writesContentModesAndTimes()
{
    Feeder f;
    const QByteArray content(100'000, 'x');
    QVERIFY(f.feed(entry(MemberType::Directory, "data", 0750)));
    QVERIFY(f.feed(entry(MemberType::File, "data/a", 0640), content));
    QVERIFY(f.feed(entry(MemberType::File, "data/empty", 0400)));
    QVERIFY(f.to().finish());
    QCOMPARE(f.dir.read("stage/data/a"), content);
    QCOMPARE(f.statOf("data/a").st_mode & 07777, 0640u);
    QCOMPARE(f.statOf("data/empty").st_mode & 07777, 0400u);
    QCOMPARE(f.statOf("data").st_mode & 07777, 0750u);
    for (const char *path : {"data", "data/a", "data/empty"})
        QCOMPARE(FileStamp::fromStat(f.statOf(path)).mtimeNs, kTime);
    QCOMPARE(f.to().counts().files, 2);
    QCOMPARE(f.to().counts().bytes, 100'000);
    QCOMPARE(f.to().counts().directories, 1);
}

void tst_Extract::extract_makesFoldersNobodyAnnounced()
{
    Feeder f;
    QVERIFY(f.feed(entry(MemberType::File, "a/b/c"), "x"));
    QVERIFY(f.to().finish());
    QCOMPARE(f.dir.read("stage/a/b/c"), QByteArray("x"));
    QCOMPARE(f.statOf("a/b").st_mode & 07777, 0755u);
}

void tst_Extract::extract_takesAFolderAnnouncedAfterItsContent()
{
    Feeder f;
    QVERIFY(f.feed(entry(MemberType::File, "a/b"), "x"));
    QVERIFY(f.feed(entry(MemberType::Directory, "a", 0711)));
    QVERIFY(f.to().finish());
    QCOMPARE(f.statOf("a").st_mode & 07777, 0711u);
    QCOMPARE(FileStamp::fromStat(f.statOf("a")).mtimeNs, kTime);
}

void tst_Extract::extract_neverRestoresSpecialBitsOfFiles()
{
    for (const bool trusted : {false, true}) {
        Feeder f;
        f.options.trusted = trusted;
        QVERIFY(f.feed(entry(MemberType::File, "x", 06755), "#!"));
        QVERIFY(f.feed(entry(MemberType::Directory, "drop", 01777)));
        QVERIFY(f.to().finish());
        QCOMPARE(f.statOf("x").st_mode & 07777, 0755u);
        QCOMPARE(f.statOf("drop").st_mode & 07777, trusted ? 01777u : 0777u);
    }
}

void tst_Extract::extract_restoresOwnersOnlyWhenTrusted()
{
    if (::geteuid() != 0)
        QSKIP("needs root to give files away");
    for (const bool trusted : {false, true}) {
        Feeder f;
        f.options.trusted = trusted;
        QVERIFY(f.feed(entry(MemberType::Directory, "d", 0755)));
        QVERIFY(f.feed(entry(MemberType::File, "d/x"), "x"));
        QVERIFY(f.feed(entry(MemberType::Symlink, "d/l", 0777, "x")));
        QVERIFY(f.to().finish());
        for (const char *path : {"d", "d/x", "d/l"}) {
            QCOMPARE(f.statOf(path).st_uid, trusted ? 12345u : ::geteuid());
            QCOMPARE(f.statOf(path).st_gid, trusted ? 54321u : ::getegid());
        }
        QCOMPARE(f.to().counts().ownersRefused, 0);
    }
}

void tst_Extract::extract_countsOwnersItMayNotSet()
{
    if (::geteuid() != 0)
        QSKIP("needs root to become somebody else");
    DataDirBuilder shared;
    shared.dir("stage", 0777);
    (void)::chmod(shared.path().constData(), 0755);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setgid(65534) != 0 || ::setuid(65534) != 0)
            ::_exit(100);
        Monitor monitor;
        const auto root = openDirectory(shared.path("stage"));
        ExtractOptions options;
        options.trusted = true;
        options.place = [](const RelPath &path) { return std::optional(path); };
        ExtractSink sink(root->get(), options, monitor);
        const Member file = Feeder::hashed(entry(MemberType::File, "x"), "x");
        const Member link = entry(MemberType::Symlink, "l", 0777, "x");
        const bool ok = sink.begin(file) && sink.data("x") && sink.end(file) && sink.begin(link) && sink.end(link) && sink.finish();
        ::_exit(ok ? int(sink.counts().ownersRefused) : 101);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(WEXITSTATUS(status), 2);
    QCOMPARE(shared.read("stage/x"), QByteArray("x"));
}

void tst_Extract::extract_linksHardLinksWhenTrustedAndCopiesThemOtherwise()
{
    for (const bool trusted : {false, true}) {
        Feeder f;
        f.options.trusted = trusted;
        QVERIFY(f.feed(entry(MemberType::File, "a/one", 0600), "content"));
        QVERIFY(f.feed(entry(MemberType::Hardlink, "b/two", 0640, "a/one")));
        QVERIFY(f.to().finish());
        QCOMPARE(f.dir.read("stage/b/two"), QByteArray("content"));
        QCOMPARE(f.statOf("a/one").st_ino == f.statOf("b/two").st_ino, trusted);
        QCOMPARE(f.statOf("b/two").st_mode & 07777, trusted ? 0600u : 0640u);
        QCOMPARE(FileStamp::fromStat(f.statOf("b/two")).mtimeNs, kTime);
        QCOMPARE(f.to().counts().files, 2);
    }
}

void tst_Extract::extract_writesAHardLinkWhoseTargetIsLeftOut()
{
    Feeder f;
    f.options.trusted = true;
    f.options.place = [](const RelPath &path) -> std::optional<RelPath> {
        // "out" is out of scope, but the content of the link "in/l" stands there only.
        return path == RelPath::literal("out/x") || path == RelPath::literal("in/l") ? std::optional(RelPath::literal("in/l"))
                                                                                    : std::nullopt;
    };
    QVERIFY(f.feed(entry(MemberType::File, "out/x"), "content"));
    QVERIFY(f.feed(entry(MemberType::Hardlink, "in/l", 0644, "out/x")));
    QVERIFY(f.to().finish());
    QCOMPARE(f.dir.names("stage"), QList<QByteArray>{"in"});
    QCOMPARE(f.dir.read("stage/in/l"), QByteArray("content"));
}

void tst_Extract::extract_makesSymlinksLastAndNeverWritesThroughOne()
{
    Feeder f;
    f.dir.file("victim", "untouched").dir("outside");
    QVERIFY(f.feed(entry(MemberType::Symlink, "l", 0777, "../outside")));
    // The link does not exist yet: this makes a folder "l", and the link finds its name taken.
    QVERIFY(f.feed(entry(MemberType::File, "l/x"), "escaped?"));
    const auto finished = f.to().finish();
    QVERIFY(!finished);
    QCOMPARE(finished.error().code, ErrorCode::AlreadyExists);
    QCOMPARE(f.dir.names("outside"), QList<QByteArray>());

    Feeder good;
    QVERIFY(good.feed(entry(MemberType::Symlink, "dir/l", 0777, "to/nowhere")));
    QVERIFY(good.to().finish());
    char target[64] = {};
    QCOMPARE(::readlink(good.dir.path("stage/dir/l").constData(), target, sizeof target), 10);
    QCOMPARE(QByteArray(target), QByteArray("to/nowhere"));
    QCOMPARE(FileStamp::fromStat(good.statOf("dir/l")).mtimeNs, kTime);
}

void tst_Extract::extract_refusesToWriteThroughAPlantedLink()
{
    Feeder f;
    f.dir.dir("outside").file("victim", "untouched").symlink("stage/l", "../outside").symlink("stage/f", "../victim");
    const auto through = f.feed(entry(MemberType::File, "l/x"), "escaped");
    QVERIFY(!through);
    QCOMPARE(f.dir.names("outside"), QList<QByteArray>());
    const auto over = f.feed(entry(MemberType::File, "f"), "escaped");
    QVERIFY(!over);
    QCOMPARE(over.error().code, ErrorCode::AlreadyExists);
    QCOMPARE(f.dir.read("victim"), QByteArray("untouched"));
    QVERIFY(!f.to().finish());

    Feeder linked;
    linked.dir.file("victim", "untouched").symlink("stage/f", "../victim");
    QVERIFY(linked.feed(entry(MemberType::Hardlink, "h", 0644, "f")));
    QVERIFY(!linked.to().finish());
    QCOMPARE(linked.dir.names("stage"), QList<QByteArray>{"f"});
}

void tst_Extract::extract_refusesTwoMembersOfOneName()
{
    Feeder f;
    QVERIFY(f.feed(entry(MemberType::File, "x"), "first"));
    const auto second = f.feed(entry(MemberType::File, "x"), "second");
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::AlreadyExists);
    QCOMPARE(f.dir.read("stage/x"), QByteArray("first"));
    const auto third = f.feed(entry(MemberType::File, "y"), "third");
    QVERIFY(!third);
    QCOMPARE(third.error().path, QByteArray("x"));
    QCOMPARE(f.dir.names("stage"), QList<QByteArray>{"x"});

    // A folder announced twice is common and harmless; the first one counts.
    Feeder folders;
    QVERIFY(folders.feed(entry(MemberType::Directory, "d", 0750)));
    QVERIFY(folders.feed(entry(MemberType::Directory, "d", 0777)));
    QVERIFY(folders.to().finish());
    QCOMPARE(folders.statOf("d").st_mode & 07777, 0750u);
}

void tst_Extract::extract_refusesWhatDiffersFromTheJudgement_data()
{
    QTest::addColumn<QByteArray>("row");
    for (const char *row : {"content", "length", "mode", "time", "name", "one more", "one less", "nothing"})
        QTest::newRow(row) << QByteArray(row);
}

void tst_Extract::extract_refusesWhatDiffersFromTheJudgement()
{
    QFETCH(QByteArray, row);
    Feeder f;
    f.judged = {Feeder::hashed(entry(MemberType::File, "a"), "content"), Feeder::hashed(entry(MemberType::File, "b"), "other")};
    f.options.judged = &f.judged;
    QVERIFY(f.feed(entry(MemberType::File, ".strongroom/manifest.json"), "{}"));
    QVERIFY(f.feed(entry(MemberType::File, "a"), "content"));
    Member b = entry(MemberType::File, row == "name" ? "c" : "b", row == "mode" ? 0600 : 0644);
    b.mtimeNs += row == "time";
    const QByteArray content = row == "content" ? "0ther" : row == "length" ? "othe" : "other";
    Result<void> done = row == "one less" ? Result<void>() : f.feed(b, content);
    if (done && row == "one more")
        done = f.feed(entry(MemberType::File, "z"), "z");
    if (done)
        done = f.to().finish();
    if (row == "nothing") {
        QVERIFY(done);
        QCOMPARE(f.dir.names("stage"), (QList<QByteArray>{"a", "b"}));
    } else {
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Changed);
    }
}

void tst_Extract::extract_leavesOutWhatHasNoPlace()
{
    Feeder f;
    f.options.place = [](const RelPath &path) {
        return path.isWithin(RelPath::literal("data/keep")) ? std::optional(path.relativeTo(RelPath::literal("data"))) : std::nullopt;
    };
    QVERIFY(f.feed(entry(MemberType::Directory, "data")));
    QVERIFY(f.feed(entry(MemberType::File, "data/skip"), "no"));
    QVERIFY(f.feed(entry(MemberType::File, "data/keep"), "yes"));
    QVERIFY(f.feed(entry(MemberType::Fifo, "data/keep/fifo")));
    QVERIFY(f.feed(entry(MemberType::File, ".strongroom/SHA256SUMS"), "sums"));
    QVERIFY(f.to().finish());
    QCOMPARE(f.dir.names("stage"), QList<QByteArray>{"keep"});
    QCOMPARE(f.to().counts().leftOut, 3);
}

void tst_Extract::extract_stopsWhenAsked()
{
    Feeder f;
    QVERIFY(f.feed(entry(MemberType::File, "a"), "a"));
    f.monitor.requestStop();
    const auto stopped = f.feed(entry(MemberType::File, "b"), "b");
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QCOMPARE(f.dir.names("stage"), QList<QByteArray>{"a"});
}

void tst_Extract::extract_keepsAnyBytesInNames()
{
    Feeder f;
    const QByteArray odd = "caf\xe9 \n\x1b[31m/" + QByteArray(255, '\xff');
    QVERIFY(f.feed(entry(MemberType::File, odd), "x"));
    QVERIFY(f.to().finish());
    QCOMPARE(f.dir.read("stage/" + odd), QByteArray("x"));
}

void tst_Extract::extract_survivesFoldersOfModeZeroAndDepth()
{
    Feeder f;
    QByteArray deep = "d";
    for (int i = 0; i < 200; ++i) {
        QVERIFY(f.feed(entry(MemberType::Directory, deep, i == 100 ? 0 : 0700)));
        deep += "/d";
    }
    QVERIFY(f.feed(entry(MemberType::File, deep), "bottom"));
    QVERIFY(f.to().finish());
    QCOMPARE(f.to().counts().directories, 200);
    QByteArray closed = "d";
    for (int i = 0; i < 100; ++i)
        closed += "/d";
    QCOMPARE(f.statOf(closed).st_mode & 07777, 0u);
    (void)::chmod(f.dir.path("stage/" + closed).constData(), 0700);
}

QTEST_GUILESS_MAIN(tst_Extract)
#include "tst_extract.moc"
