// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/atomicfile.h"

#include "tests/support/asnobody.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_AtomicFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commit_showsTheFileWhole();
    void uncommitted_leavesNothing();
    void commit_neverOverwritesUnlessTold();
    void create_keepsALeftoverUnlessTold();
    void create_isNotFooledByALink();
    void failure_leavesTheOldFile();
    void moved_commitsOnce();
};

namespace {

Fd rootOf(const DataDirBuilder &dir)
{
    auto fd = openDirectory(dir.path());
    if (!fd)
        qFatal("cannot open the folder");
    return *std::move(fd);
}

}  // namespace

void tst_AtomicFile::commit_showsTheFileWhole()
{
    DataDirBuilder dir;
    const Fd root = rootOf(dir);
    auto file = AtomicFile::create(root.get(), "a");
    QVERIFY(file);
    QVERIFY(file->write("one "));
    QVERIFY(file->write("two"));
    QCOMPARE(dir.names(), QList<QByteArray>{"a.partial"});
    QVERIFY(file->sync());
    QCOMPARE(dir.names(), QList<QByteArray>{"a.partial"});
    QVERIFY(file->commit());
    QCOMPARE(dir.names(), QList<QByteArray>{"a"});
    QCOMPARE(dir.read("a"), QByteArray("one two"));
    struct stat st;
    QCOMPARE(::lstat(dir.path("a").constData(), &st), 0);
    QCOMPARE(st.st_mode & 07777, 0600u);
}

void tst_AtomicFile::uncommitted_leavesNothing()
{
    DataDirBuilder dir;
    const Fd root = rootOf(dir);
    {
        auto file = AtomicFile::create(root.get(), "a");
        QVERIFY(file && file->write("x"));
    }
    QVERIFY(dir.names().isEmpty());
}

void tst_AtomicFile::commit_neverOverwritesUnlessTold()
{
    DataDirBuilder dir;
    dir.file("a", "old");
    const Fd root = rootOf(dir);
    {
        auto file = AtomicFile::create(root.get(), "a");
        QVERIFY(file && file->write("new"));
        const auto refused = file->commit();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::AlreadyExists);
    }
    QCOMPARE(dir.names(), QList<QByteArray>{"a"});
    QCOMPARE(dir.read("a"), QByteArray("old"));
    QVERIFY(writeFileAtomically(root.get(), "a", "new", true));
    QCOMPARE(dir.read("a"), QByteArray("new"));
    QCOMPARE(writeFileAtomically(root.get(), "a", "newer", false).error().code, ErrorCode::AlreadyExists);
    QCOMPARE(dir.names(), QList<QByteArray>{"a"});
}

void tst_AtomicFile::create_keepsALeftoverUnlessTold()
{
    DataDirBuilder dir;
    dir.file("a.partial", "left by a crash");
    const Fd root = rootOf(dir);
    const auto refused = AtomicFile::create(root.get(), "a");
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::AlreadyExists);
    QCOMPARE(dir.read("a.partial"), QByteArray("left by a crash"));
    QVERIFY(writeFileAtomically(root.get(), "a", "x", false));
    QCOMPARE(dir.names(), QList<QByteArray>{"a"});
}

void tst_AtomicFile::create_isNotFooledByALink()
{
    DataDirBuilder dir;
    dir.file("victim", "precious").symlink("a.partial", "victim").symlink("b", "victim");
    const Fd root = rootOf(dir);
    QVERIFY(!AtomicFile::create(root.get(), "a"));
    QVERIFY(writeFileAtomically(root.get(), "a", "x", true));
    QVERIFY(writeFileAtomically(root.get(), "b", "y", true));   // the link is replaced, not written through
    QCOMPARE(dir.read("victim"), QByteArray("precious"));
    QCOMPARE(dir.read("b"), QByteArray("y"));
}

void tst_AtomicFile::failure_leavesTheOldFile()
{
    // A full disk, as far as a process can make one for itself: no file may grow beyond 4096 bytes.
    DataDirBuilder dir;
    dir.file("a", "old");
    const Fd root = rootOf(dir);
    rlimit before;
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {4096, before.rlim_max};
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto failed = writeFileAtomically(root.get(), "a", QByteArray(100'000, 'n'), true);
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    QVERIFY(!failed);
    QCOMPARE(failed.error().sysErrno, EFBIG);
    QCOMPARE(dir.names(), QList<QByteArray>{"a"});
    QCOMPARE(dir.read("a"), QByteArray("old"));

    dir.dir("closed", 0555);
    const AsNobody nobody(dir.path());
    const auto closed = openDirectory(dir.path("closed"));
    QVERIFY(closed);
    QCOMPARE(writeFileAtomically(closed->get(), "x", "y", true).error().code, ErrorCode::PermissionDenied);
}

void tst_AtomicFile::moved_commitsOnce()
{
    DataDirBuilder dir;
    const Fd root = rootOf(dir);
    auto first = AtomicFile::create(root.get(), "a");
    QVERIFY(first);
    {
        AtomicFile second(*std::move(first));
        QVERIFY(second.write("x"));
        QVERIFY(second.commit());
    }
    QCOMPARE(dir.names(), QList<QByteArray>{"a"});
    QCOMPARE(dir.read("a"), QByteArray("x"));
}

QTEST_GUILESS_MAIN(tst_AtomicFile)
#include "tst_atomicfile.moc"
