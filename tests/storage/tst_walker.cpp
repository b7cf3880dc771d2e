// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/walker.h"

#include "storage/dirtree.h"
#include "storage/treeops.h"
#include "tests/support/asnobody.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_Walker : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void walk_visitsFoldersFirstAndNamesInByteOrder();
    void walk_seesEveryTypeAndFollowsNothing();
    void walk_keepsNamesOfAnyBytes();
    void walk_goesThreeThousandLevelsDown();
    void walk_skipsAndStopsWhenTold();
    void walk_endsWhenCancelled();
    void walk_tellsWhatItCannotRead();
    void walk_tellsWhatVanished();
    void walk_endsWhenTheGroundMoves();
    void walk_startsBelowAndNeverAtALink();
    void namesIn_leavesTheDescriptorWhereItWas();
};

namespace {

Fd rootOf(const DataDirBuilder &dir)
{
    auto fd = openDirectory(dir.path());
    if (!fd)
        qFatal("cannot open the folder");
    return *std::move(fd);
}

/// Makes `depth` nested folders called `name` (no path of that length can be given to the system).
void nest(int rootFd, const QByteArray &name, int depth)
{
    Fd at(::openat(rootFd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; i < depth; ++i) {
        if (::mkdirat(at.get(), name.constData(), 0755) != 0)
            qFatal("mkdirat: %d", errno);
        at = Fd(::openat(at.get(), name.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    const Fd file(::openat(at.get(), "bottom", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!file.isValid())
        qFatal("bottom: %d", errno);
}

}  // namespace

void tst_Walker::walk_visitsFoldersFirstAndNamesInByteOrder()
{
    DataDirBuilder dir;
    dir.file("b/x", "1").file("a.txt", "2").file("a/z", "3").file("B", "4").dir("c").file("\xff", "5");
    const Fd root = rootOf(dir);
    QList<QByteArray> seen;
    Monitor monitor;
    const auto done = walk(root.get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        seen.append(entry.path.bytes());
        return WalkNext::Continue;
    });
    QVERIFY(done);
    QCOMPARE(seen, (QList<QByteArray>{"B", "a", "a/z", "a.txt", "b", "b/x", "c", "\xff"}));
}

void tst_Walker::walk_seesEveryTypeAndFollowsNothing()
{
    DataDirBuilder dir;
    dir.file("inside/file", "12345").fifo("pipe").symlink("to-folder", "inside").symlink("to-root", "/").symlink("loop", "loop")
        .symlink("broken", "nowhere").hardlink("twin", "inside/file");
    const Fd root = rootOf(dir);
    QHash<QByteArray, WalkEntry> seen;
    Monitor monitor;
    QVERIFY(walk(root.get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        seen.insert(entry.path.bytes(), entry);
        return WalkNext::Continue;
    }));
    QCOMPARE(seen.size(), 8);
    QCOMPARE(seen.value("pipe").stamp.type, FileType::Fifo);
    QCOMPARE(seen.value("to-folder").linkTarget, QByteArray("inside"));
    QCOMPARE(seen.value("to-root").linkTarget, QByteArray("/"));
    QCOMPARE(seen.value("loop").stamp.type, FileType::Symlink);
    QCOMPARE(seen.value("twin").stamp.inode, seen.value("inside/file").stamp.inode);
    QCOMPARE(seen.value("twin").stamp.links, 2u);
    QCOMPARE(seen.value("inside/file").stamp.size, 5);
}

void tst_Walker::walk_keepsNamesOfAnyBytes()
{
    DataDirBuilder dir;
    const QByteArray odd = "a\nb\x01 \xe9\xff'\"\\";
    dir.file(odd + '/' + QByteArray(255, 'n'), "x");
    const Fd root = rootOf(dir);
    QList<QByteArray> seen;
    Monitor monitor;
    QVERIFY(walk(root.get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        seen.append(entry.path.name());
        return WalkNext::Continue;
    }));
    QCOMPARE(seen, (QList<QByteArray>{odd, QByteArray(255, 'n')}));
}

void tst_Walker::walk_goesThreeThousandLevelsDown()
{
    constexpr int kDepth = 3000;
    DataDirBuilder dir;
    const Fd root = rootOf(dir);
    const QByteArray name(40, 'd');   // paths of 120 KB, far beyond what one system call takes
    nest(root.get(), name, kDepth);
    dir.file("z-after", "still found");
    int folders = 0;
    int deepest = 0;
    QList<QByteArray> files;
    Monitor monitor;
    QVERIFY(walk(root.get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        folders += entry.stamp.isDirectory() ? 1 : 0;
        deepest = std::max(deepest, entry.path.depth());
        if (entry.stamp.isFile())
            files.append(entry.path.name());
        return WalkNext::Continue;
    }));
    QCOMPARE(folders, kDepth);
    QCOMPARE(deepest, kDepth + 1);
    QCOMPARE(files, (QList<QByteArray>{"bottom", "z-after"}));

    // The same tree through the other doors of the storage core.
    const auto size = computeSize(root.get(), {}, monitor);
    QVERIFY(size);
    QCOMPARE(size->directories, kDepth);
    QByteArray deep = name;
    for (int i = 1; i < kDepth; ++i)
        deep += '/' + name;
    const auto bottom = stampBelow(root.get(), RelPath::literal(QByteArray(deep + "/bottom")));
    QVERIFY(bottom && bottom->isFile());
    QVERIFY(removeTree(root.get(), name));
    QCOMPARE(dir.names(), QList<QByteArray>{"z-after"});
}

void tst_Walker::walk_skipsAndStopsWhenTold()
{
    DataDirBuilder dir;
    dir.file("a/1", "x").file("b/1", "x").file("c/1", "x");
    const Fd root = rootOf(dir);
    QList<QByteArray> seen;
    Monitor monitor;
    QVERIFY(walk(root.get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        seen.append(entry.path.bytes());
        return entry.path.bytes() == "a" ? WalkNext::SkipChildren : entry.path.bytes() == "b/1" ? WalkNext::Stop : WalkNext::Continue;
    }));
    QCOMPARE(seen, (QList<QByteArray>{"a", "b", "b/1"}));
}

void tst_Walker::walk_endsWhenCancelled()
{
    DataDirBuilder dir;
    dir.file("a", "").file("b", "").file("c", "");
    const Fd root = rootOf(dir);
    int visits = 0;
    Monitor monitor;
    const auto done = walk(root.get(), {}, {}, monitor, [&](const WalkEntry &) {
        ++visits;
        monitor.requestStop();
        return WalkNext::Continue;
    });
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Cancelled);
    QCOMPARE(visits, 1);
}

void tst_Walker::walk_tellsWhatItCannotRead()
{
    DataDirBuilder dir;
    dir.file("closed/secret", "x").file("open/file", "x").file("listed/secret", "x");
    dir.dir("closed", 0000).dir("listed", 0444);
    const AsNobody nobody(dir.path());
    QVERIFY(nobody.ok());
    QHash<QByteArray, int> errors;
    int files = 0;
    {
        const Fd root = rootOf(dir);
        Monitor monitor;
        QVERIFY(walk(root.get(), {}, {}, monitor, [&](const WalkEntry &entry) {
            if (entry.error) {
                ++errors[entry.path.bytes()];
                if (entry.error->code != ErrorCode::PermissionDenied)
                    errors["wrong code"] = 1;
            } else if (entry.stamp.isFile()) {
                ++files;
            }
            return WalkNext::Continue;
        }));
    }
    if (geteuid() == 65534)
        QCOMPARE(errors, (QHash<QByteArray, int>{{"closed", 1}, {"listed", 1}}));
    QCOMPARE(files, 1);
}

void tst_Walker::walk_tellsWhatVanished()
{
    DataDirBuilder dir;
    dir.file("a", "").file("b", "").file("c/x", "");
    const Fd root = rootOf(dir);
    QHash<QByteArray, ErrorCode> errors;
    Monitor monitor;
    QVERIFY(walk(root.get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        if (entry.path.bytes() == "a")
            dir.remove("b");
        if (entry.path.bytes() == "c" && !entry.error)
            dir.remove("c");
        if (entry.error)
            errors.insert(entry.path.bytes(), entry.error->code);
        return WalkNext::Continue;
    }));
    QCOMPARE(errors.size(), 2);
    QCOMPARE(errors.value("b"), ErrorCode::Vanished);
    QCOMPARE(errors.value("c"), ErrorCode::NotFound);
}

void tst_Walker::walk_endsWhenTheGroundMoves()
{
    // A deep folder is moved away while the walk is below it: going on through ".." would list foreign names.
    constexpr int kDepth = 200;
    DataDirBuilder dir;
    const Fd root = rootOf(dir);
    nest(root.get(), "d", kDepth);
    dir.file("elsewhere/foreign", "x");
    QList<QByteArray> seen;
    Monitor monitor;
    const auto done = walk(root.get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        if (entry.path.depth() == kDepth + 1) {
            // The folder at depth 60 is closed by now; only its ".." leads back.
            const QByteArray from = dir.path(QByteArray("d/").repeated(61).chopped(1));
            if (::rename(from.constData(), dir.path("elsewhere/moved").constData()) != 0)
                qFatal("rename: %d", errno);
        }
        seen.append(entry.path.bytes());
        return WalkNext::Continue;
    });
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Changed);
    QVERIFY(!seen.contains("foreign"));
}

void tst_Walker::walk_startsBelowAndNeverAtALink()
{
    DataDirBuilder dir;
    dir.file("a/b/c", "x").symlink("link", "a").symlink("a/up", "..");
    const Fd root = rootOf(dir);
    Monitor monitor;
    QList<QByteArray> seen;
    const auto visit = [&seen](const WalkEntry &entry) {
        seen.append(entry.path.bytes());
        return WalkNext::Continue;
    };
    QVERIFY(walk(root.get(), RelPath::literal("a/b"), {}, monitor, visit));
    QCOMPARE(seen, QList<QByteArray>{"a/b/c"});
    QVERIFY(!walk(root.get(), RelPath::literal("link"), {}, monitor, visit));
    QCOMPARE(walk(root.get(), RelPath::literal("link/b"), {}, monitor, visit).error().code, ErrorCode::LinkInPath);
    QCOMPARE(walk(root.get(), RelPath::literal("gone"), {}, monitor, visit).error().code, ErrorCode::NotFound);
    QCOMPARE(walk(root.get(), RelPath::literal("a/b/c"), {}, monitor, visit).error().code, ErrorCode::NotADirectory);
    QCOMPARE(seen.size(), 1);
}

void tst_Walker::namesIn_leavesTheDescriptorWhereItWas()
{
    DataDirBuilder dir;
    for (int i = 0; i < 3000; ++i)
        dir.file("f" + QByteArray::number(i), "");
    const Fd root = rootOf(dir);
    const auto first = namesIn(root.get(), {});
    const auto second = namesIn(root.get(), {});
    QVERIFY(first && second);
    QCOMPARE(first->size(), 3000);
    QCOMPARE(*first, *second);
    QVERIFY(std::is_sorted(first->begin(), first->end()));
}

QTEST_GUILESS_MAIN(tst_Walker)
#include "tst_walker.moc"
