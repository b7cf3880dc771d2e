// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/treeops.h"

#include "storage/filestamp.h"
#include "tests/support/asnobody.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_TreeOps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void makeDirectories_makesPrivateOnesAndKeepsOthers();
    void makeDirectories_refusesWhatStandsThere();
    void removeTree_takesTheTreeAndNothingElse();
    void removeTree_unlinksLinksAndNeverFollows();
    void removeTree_opensClosedFolders();
    void removeTree_leavesTheFolderAboveAsItIs();
    void removeTree_absentIsSuccess();
    void renameNoReplace_neverOverwrites();
    void renameExchange_swapsBoth();
    void openBelow_refusesLinksOnTheWay();
    void computeSize_countsNamesByType();
    void freeSpace_isKnown();
    void writeFully_noticesAShortWrite();
};

namespace {

Fd rootOf(const DataDirBuilder &dir, const QByteArray &below = {})
{
    auto fd = openDirectory(dir.path(below));
    if (!fd)
        qFatal("cannot open the folder");
    return *std::move(fd);
}

unsigned modeOf(const DataDirBuilder &dir, const QByteArray &path)
{
    struct stat st;
    return ::lstat(dir.path(path).constData(), &st) == 0 ? st.st_mode & 07777 : ~0u;
}

}  // namespace

void tst_TreeOps::makeDirectories_makesPrivateOnesAndKeepsOthers()
{
    DataDirBuilder dir;
    dir.dir("a", 0755);
    const Fd root = rootOf(dir);
    QVERIFY(makeDirectories(root.get(), RelPath::literal("a/b/c")));
    QVERIFY(makeDirectories(root.get(), RelPath::literal("a/b/c")));
    QCOMPARE(modeOf(dir, "a"), 0755u);
    QCOMPARE(modeOf(dir, "a/b"), 0700u);
    QCOMPARE(modeOf(dir, "a/b/c"), 0700u);
    QVERIFY(makeDirectories(root.get(), {}));
}

void tst_TreeOps::makeDirectories_refusesWhatStandsThere()
{
    DataDirBuilder dir;
    dir.file("file", "x").dir("outside").symlink("link", "outside");
    const Fd root = rootOf(dir);
    QCOMPARE(makeDirectories(root.get(), RelPath::literal("file/b")).error().code, ErrorCode::AlreadyExists);
    QCOMPARE(makeDirectories(root.get(), RelPath::literal("link/b")).error().code, ErrorCode::AlreadyExists);
    QVERIFY(dir.names("outside").isEmpty());
    QCOMPARE(dir.read("file"), QByteArray("x"));
}

void tst_TreeOps::removeTree_takesTheTreeAndNothingElse()
{
    DataDirBuilder dir;
    dir.file("gone/a/b/c", "x").file("gone/\xff\n", "x").fifo("gone/pipe").file("kept/x", "x").hardlink("gone/twin", "kept/x");
    const Fd root = rootOf(dir);
    QVERIFY(removeTree(root.get(), "gone"));
    QCOMPARE(dir.names(), QList<QByteArray>{"kept"});
    QCOMPARE(dir.read("kept/x"), QByteArray("x"));
    dir.file("file", "x");
    QVERIFY(removeTree(root.get(), "file"));
    QVERIFY(!dir.exists("file"));
}

void tst_TreeOps::removeTree_unlinksLinksAndNeverFollows()
{
    DataDirBuilder dir;
    dir.file("kept/x", "x").symlink("gone/in", "../kept").symlink("gone/root", "/").symlink("link", "kept").dir("gone/d");
    const Fd root = rootOf(dir);
    QVERIFY(removeTree(root.get(), "gone"));
    QVERIFY(removeTree(root.get(), "link"));
    QCOMPARE(dir.names(), QList<QByteArray>{"kept"});
    QVERIFY(dir.exists("kept/x"));
}

void tst_TreeOps::removeTree_opensClosedFolders()
{
    DataDirBuilder dir;
    const AsNobody nobody(dir.path());
    dir.file("gone/closed/x", "x").file("gone/readonly/y", "y");
    dir.dir("gone/closed", 0000).dir("gone/readonly", 0555);
    const Fd root = rootOf(dir);
    QVERIFY(removeTree(root.get(), "gone"));
    QVERIFY(dir.names().isEmpty());
}

void tst_TreeOps::removeTree_leavesTheFolderAboveAsItIs()
{
    DataDirBuilder dir;
    const AsNobody nobody(dir.path());
    dir.file("parent/gone/x", "x");
    dir.dir("parent", 0555);
    const Fd parent = rootOf(dir, "parent");
    const auto removed = removeTree(parent.get(), "gone");
    QVERIFY(!removed);
    QCOMPARE(removed.error().code, ErrorCode::PermissionDenied);
    QCOMPARE(modeOf(dir, "parent"), 0555u);
    dir.dir("parent", 0755);
}

void tst_TreeOps::removeTree_absentIsSuccess()
{
    DataDirBuilder dir;
    const Fd root = rootOf(dir);
    QVERIFY(removeTree(root.get(), "never"));
}

void tst_TreeOps::renameNoReplace_neverOverwrites()
{
    DataDirBuilder dir;
    dir.file("a", "a").file("b", "b").dir("empty").symlink("link", "a");
    const Fd root = rootOf(dir);
    for (const QByteArray taken : {"b", "empty", "link"})
        QCOMPARE(renameNoReplace(root.get(), "a", root.get(), taken).error().code, ErrorCode::AlreadyExists);
    QCOMPARE(dir.read("b"), QByteArray("b"));
    QVERIFY(renameNoReplace(root.get(), "a", root.get(), "c"));
    QCOMPARE(dir.read("c"), QByteArray("a"));
    QVERIFY(!dir.exists("a"));
    QCOMPARE(renameNoReplace(root.get(), "none", root.get(), "d").error().code, ErrorCode::NotFound);
}

void tst_TreeOps::renameExchange_swapsBoth()
{
    DataDirBuilder dir;
    dir.file("old/x", "old").file("new/x", "new");
    const Fd root = rootOf(dir);
    const auto swapped = renameExchange(root.get(), "old", root.get(), "new");
    if (!swapped && swapped.error().code == ErrorCode::NotSupported)
        QSKIP("this file system cannot exchange");
    QVERIFY(swapped);
    QCOMPARE(dir.read("old/x"), QByteArray("new"));
    QCOMPARE(dir.read("new/x"), QByteArray("old"));
    QCOMPARE(renameExchange(root.get(), "old", root.get(), "none").error().code, ErrorCode::NotFound);
}

void tst_TreeOps::openBelow_refusesLinksOnTheWay()
{
    DataDirBuilder dir;
    dir.file("a/x", "x").symlink("l", "a").symlink("a/y", "x");
    // Once in one call, once step by step: a path longer than the system takes goes the second road.
    QByteArray deep = "a";
    for (int i = 0; i < 30; ++i) {
        deep += '/' + QByteArray(200, char('a' + i % 26));
        if (i < 15)
            dir.dir(deep);
    }
    const Fd root = rootOf(dir);
    QVERIFY(openBelow(root.get(), RelPath::literal("a/x"), O_RDONLY));
    QCOMPARE(openBelow(root.get(), RelPath::literal("l/x"), O_RDONLY).error().code, ErrorCode::LinkInPath);
    QCOMPARE(openBelow(root.get(), RelPath::literal("a/y"), O_RDONLY).error().code, ErrorCode::LinkInPath);
    QCOMPARE(openBelow(root.get(), RelPath::literal(deep), O_RDONLY).error().code, ErrorCode::NotFound);
    const QByteArray throughLink = "l" + deep.mid(1);
    const auto refused = openBelow(root.get(), RelPath::literal(throughLink), O_RDONLY);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::LinkInPath);
}

void tst_TreeOps::computeSize_countsNamesByType()
{
    DataDirBuilder dir;
    dir.file("t/a", "12345").hardlink("t/b", "t/a").symlink("t/l", "a").fifo("t/p").dir("t/d").file("t/d/c", "1");
    const Fd root = rootOf(dir);
    Monitor monitor;
    const auto size = computeSize(root.get(), RelPath::literal("t"), monitor);
    QVERIFY(size);
    QCOMPARE(size->bytes, 11);
    QCOMPARE(size->files, 3);
    QCOMPARE(size->directories, 1);
    QCOMPARE(size->others, 2);
    QCOMPARE(size->unreadable, 0);
    QCOMPARE(computeSize(root.get(), RelPath::literal("t/a"), monitor)->bytes, 5);
    QCOMPARE(computeSize(root.get(), RelPath::literal("none"), monitor).error().code, ErrorCode::NotFound);
    monitor.requestStop();
    QCOMPARE(computeSize(root.get(), RelPath::literal("t"), monitor).error().code, ErrorCode::Cancelled);
}

void tst_TreeOps::freeSpace_isKnown()
{
    DataDirBuilder dir;
    const Fd root = rootOf(dir);
    const auto space = freeSpace(root.get(), {});
    QVERIFY(space);
    QVERIFY(space->bytes >= 0);
    QVERIFY(space->inodes >= -1);
}

// At the limit of a file's size the kernel takes what fits and says so; the next call is the one that fails.
void tst_TreeOps::writeFully_noticesAShortWrite()
{
    constexpr qint64 kLimit = 64 * 1024;
    DataDirBuilder dir;
    const QByteArray path = dir.path("f");
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit = {kLimit, kLimit};
        const Fd fd(::open(path.constData(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0 || !fd.isValid())
            ::_exit(2);
        const QByteArray bytes(kLimit + 1000, 'x');
        ::_exit(writeFully(fd.get(), bytes.constData(), bytes.size(), "f") ? 0 : 1);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFEXITED(status));
    QCOMPARE(WEXITSTATUS(status), 1);
    QCOMPARE(dir.read("f").size(), kLimit);   // it was a short write, not a refused one
}

QTEST_GUILESS_MAIN(tst_TreeOps)
#include "tst_treeops.moc"
