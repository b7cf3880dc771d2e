// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dirtree.h"

#include "tests/support/asnobody.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_Tree : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void absolutePath_isMadeByName_data();
    void absolutePath_isMadeByName();
    void open_followsTheOperatorsOwnLink();
    void open_refuses_data();
    void open_refuses();
    void list_isOneLevelInByteOrder();
    void list_ofNamesThatCannotBeLookedAtFails();
    void read_neverGoesThroughALink();
    void read_takesRegularFilesOnly();
    void read_endsWhereTheFileDoes();
    void readAll_holdsItsLimit();
    void readHead_givesWhatThereIs();
    void tree_staysTheOneThatWasOpened();
    void subTree_isATreeOfItsOwn();
    void subTree_cannotClimb();
    void walk_generalRoadSeesTheSameAsTheQuickOne();
};

namespace {

std::unique_ptr<DirTree> open(const DataDirBuilder &dir, const QByteArray &below = {})
{
    auto tree = DirTree::open(dir.path(below));
    if (!tree)
        qFatal("cannot open");
    return *std::move(tree);
}

/// Hides a tree's own walk, so that the one of the base class runs.
class SlowTree final : public Tree {
public:
    explicit SlowTree(const Tree &tree) : m_tree(tree) {}
    QString displayName() const override { return m_tree.displayName(); }
    QByteArray name() const override { return m_tree.name(); }
    Result<FileStamp> stamp(const RelPath &path) const override { return m_tree.stamp(path); }
    Result<QList<TreeEntry>> list(const RelPath &dir) const override { return m_tree.list(dir); }
    Result<std::unique_ptr<TreeFile>> open(const RelPath &path) const override { return m_tree.open(path); }
    std::optional<QByteArray> localPath(const RelPath &) const override { return std::nullopt; }

private:
    const Tree &m_tree;
};

QList<QByteArray> walked(const Tree &tree, const RelPath &from = {})
{
    QList<QByteArray> seen;
    Monitor monitor;
    const auto done = tree.walk(from, monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *error) {
        seen.append(path.bytes() + (error ? "!" : "") + (entry.linkTarget.isEmpty() ? QByteArray() : QByteArray(" -> " + entry.linkTarget)));
        return entry.name != "skipped";
    });
    return done ? seen : QList<QByteArray>{"failed"};
}

}  // namespace

void tst_Tree::absolutePath_isMadeByName_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("absolute");
    QTest::newRow("plain") << QByteArray("/a/b") << QByteArray("/a/b");
    QTest::newRow("trailing") << QByteArray("/a/b/") << QByteArray("/a/b");
    QTest::newRow("doubled") << QByteArray("//a///b") << QByteArray("/a/b");
    QTest::newRow("dots") << QByteArray("/a/./b/../c") << QByteArray("/a/c");
    QTest::newRow("above the root") << QByteArray("/../../a") << QByteArray("/a");
    QTest::newRow("root") << QByteArray("/") << QByteArray("/");
    QTest::newRow("bytes") << QByteArray("/\xff\n") << QByteArray("/\xff\n");
}

void tst_Tree::absolutePath_isMadeByName()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, absolute);
    QCOMPARE(absolutePath(path), absolute);
}

void tst_Tree::open_followsTheOperatorsOwnLink()
{
    DataDirBuilder dir;
    dir.file("real/x", "1").symlink("link", "real");
    const auto tree = open(dir, "link");
    QVERIFY(tree->hasFile(RelPath::literal("x")));
    QCOMPARE(tree->name(), QByteArray("link"));
}

void tst_Tree::open_refuses_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("code");
    QTest::newRow("absent") << QByteArray("absent") << int(ErrorCode::NotFound);
    QTest::newRow("file") << QByteArray("file") << int(ErrorCode::NotADirectory);
    QTest::newRow("pipe") << QByteArray("pipe") << int(ErrorCode::NotADirectory);
    QTest::newRow("broken link") << QByteArray("broken") << int(ErrorCode::NotFound);
    QTest::newRow("nul") << QByteArray("a\0b", 3) << int(ErrorCode::BadPath);
    QTest::newRow("closed") << QByteArray("closed") << int(ErrorCode::PermissionDenied);
}

void tst_Tree::open_refuses()
{
    QFETCH(QByteArray, name);
    QFETCH(int, code);
    DataDirBuilder dir;
    dir.file("file", "").fifo("pipe").symlink("broken", "nowhere").dir("closed", 0);
    const AsNobody nobody(dir.path());
    const auto tree = DirTree::open(dir.path(name));
    QVERIFY(!tree);
    QCOMPARE(int(tree.error().code), code);
}

// It may be read but not searched: an empty list would pass for an empty folder.
void tst_Tree::list_ofNamesThatCannotBeLookedAtFails()
{
    DataDirBuilder dir;
    dir.file("readable/a", "1").dir("readable", 0744);
    const AsNobody nobody(dir.path());
    if (::geteuid() != 65534)
        QSKIP("needs root to become somebody else");
    const auto tree = DirTree::open(dir.path());
    QVERIFY(tree);
    const auto entries = (*tree)->list(RelPath::literal("readable"));
    QVERIFY(!entries);
    QCOMPARE(entries.error().code, ErrorCode::PermissionDenied);
    QVERIFY2(RelPath::parse(entries.error().path).value_or(RelPath()).isWithin(RelPath::literal("readable")), entries.error().path.constData());
}

void tst_Tree::list_isOneLevelInByteOrder()
{
    DataDirBuilder dir;
    dir.file("b", "22").file("a/deep", "").symlink("c", "b").file("A", "");
    const auto tree = open(dir);
    const auto entries = tree->list({});
    QVERIFY(entries);
    QList<QByteArray> names;
    for (const TreeEntry &entry : *entries)
        names.append(entry.name);
    QCOMPARE(names, (QList<QByteArray>{"A", "a", "b", "c"}));
    QCOMPARE(entries->at(2).stamp.size, 2);
    QCOMPARE(entries->at(3).linkTarget, QByteArray("b"));
    QCOMPARE(tree->list(RelPath::literal("b")).error().code, ErrorCode::NotADirectory);
    QVERIFY(!tree->list(RelPath::literal("c")));
    QCOMPARE(tree->list(RelPath::literal("x")).error().code, ErrorCode::NotFound);
}

void tst_Tree::read_neverGoesThroughALink()
{
    DataDirBuilder dir;
    dir.file("data/real", "inside").file("outside/secret", "s").symlink("data/last", "real").symlink("data/up", "../outside");
    const auto tree = open(dir, "data");
    QCOMPARE(*tree->readAll(RelPath::literal("real"), 100), QByteArray("inside"));
    QCOMPARE(tree->readAll(RelPath::literal("last"), 100).error().code, ErrorCode::LinkInPath);
    QCOMPARE(tree->readAll(RelPath::literal("up/secret"), 100).error().code, ErrorCode::LinkInPath);
    QVERIFY(!tree->hasFile(RelPath::literal("last")));
    QVERIFY(!tree->hasFile(RelPath::literal("up/secret")));
    QVERIFY(!tree->hasDirectory(RelPath::literal("up")));
    QVERIFY(tree->stamp(RelPath::literal("last"))->isSymlink());
}

void tst_Tree::read_takesRegularFilesOnly()
{
    DataDirBuilder dir;
    dir.dir("folder").fifo("pipe");
    const auto tree = open(dir);
    QCOMPARE(tree->readAll(RelPath::literal("folder"), 100).error().code, ErrorCode::NotAFile);
    QCOMPARE(tree->readAll(RelPath::literal("pipe"), 100).error().code, ErrorCode::NotAFile);   // and does not hang
    QCOMPARE(tree->readAll(RelPath::literal("none"), 100).error().code, ErrorCode::NotFound);
    QCOMPARE(tree->readAll({}, 100).error().code, ErrorCode::NotAFile);
}

void tst_Tree::read_endsWhereTheFileDoes()
{
    DataDirBuilder dir;
    dir.file("grows", "0123456789").file("shrinks", "0123456789").file("whole", "0123456789");
    const auto tree = open(dir);
    char buffer[64];
    const auto read = [&buffer](TreeFile &file, qint64 size) {
        const auto n = file.read(buffer, size);
        return n ? QByteArray(buffer, *n) : QByteArray("failed");
    };
    const auto whole = *tree->open(RelPath::literal("whole"));
    QCOMPARE(read(*whole, 10), QByteArray("0123456789"));
    QCOMPARE(read(*whole, 64), QByteArray());
    QCOMPARE(read(*whole, 64), QByteArray());

    const auto grows = *tree->open(RelPath::literal("grows"));
    QCOMPARE(read(*grows, 4), QByteArray("0123"));
    QFile more(QFile::decodeName(dir.path("grows")));
    QVERIFY(more.open(QIODevice::Append) && more.write("abc") == 3 && more.flush());
    QCOMPARE(read(*grows, 64), QByteArray("456789abc"));
    QCOMPARE(read(*grows, 64), QByteArray());

    const auto shrinks = *tree->open(RelPath::literal("shrinks"));
    std::filesystem::resize_file(dir.path("shrinks").toStdString(), 5);
    QCOMPARE(read(*shrinks, 64), QByteArray("01234"));
    QCOMPARE(read(*shrinks, 64), QByteArray());
}

void tst_Tree::readAll_holdsItsLimit()
{
    DataDirBuilder dir;
    dir.file("ten", "0123456789").file("none", "");
    const auto tree = open(dir);
    QCOMPARE(*tree->readAll(RelPath::literal("ten"), 10), QByteArray("0123456789"));
    QCOMPARE(tree->readAll(RelPath::literal("ten"), 9).error().code, ErrorCode::LimitExceeded);
    QCOMPARE(*tree->readAll(RelPath::literal("none"), 0), QByteArray());
    // Files that say 0 and hold something: the limit counts what is read.
    const auto proc = DirTree::open("/proc/self");
    QVERIFY(proc);
    QVERIFY((*proc)->readAll(RelPath::literal("status"), 1 << 20)->size() > 100);
    QCOMPARE((*proc)->readAll(RelPath::literal("status"), 100).error().code, ErrorCode::LimitExceeded);
}

void tst_Tree::readHead_givesWhatThereIs()
{
    DataDirBuilder dir;
    dir.file("ten", "0123456789");
    const auto tree = open(dir);
    QCOMPARE(*tree->readHead(RelPath::literal("ten"), 4), QByteArray("0123"));
    QCOMPARE(*tree->readHead(RelPath::literal("ten"), 40), QByteArray("0123456789"));
    QCOMPARE(*tree->readHead(RelPath::literal("ten"), 0), QByteArray());
}

void tst_Tree::tree_staysTheOneThatWasOpened()
{
    DataDirBuilder dir;
    dir.file("data/x", "old").file("new/x", "new");
    const auto tree = open(dir, "data");
    QCOMPARE(::rename(dir.path("data").constData(), dir.path("aside").constData()), 0);
    QCOMPARE(::rename(dir.path("new").constData(), dir.path("data").constData()), 0);
    QCOMPARE(*tree->readAll(RelPath::literal("x"), 100), QByteArray("old"));
    const auto local = tree->localPath(RelPath::literal("x"));
    QVERIFY(local);
    const std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(local->constData(), "r"), fclose);
    QVERIFY(file);
    char text[3];
    QCOMPARE(fread(text, 1, 3, file.get()), size_t(3));
    QCOMPARE(QByteArray(text, 3), QByteArray("old"));
}

void tst_Tree::subTree_isATreeOfItsOwn()
{
    DataDirBuilder dir;
    dir.file("a/b/c/file", "x").file("a/other", "y");
    const auto tree = open(dir);
    const SubTree sub(*tree, RelPath::literal("a/b"));
    const SubTree deeper(sub, RelPath::literal("c"));
    QCOMPARE(sub.name(), QByteArray("b"));
    QVERIFY(sub.displayName().endsWith(QStringLiteral("/a/b")));
    QVERIFY(sub.hasFile(RelPath::literal("c/file")));
    QVERIFY(deeper.hasFile(RelPath::literal("file")));
    QCOMPARE(walked(sub), (QList<QByteArray>{"c", "c/file"}));
    QCOMPARE(walked(sub, RelPath::literal("c")), QList<QByteArray>{"c/file"});
    QCOMPARE(walked(deeper), QList<QByteArray>{"file"});
    QVERIFY(sub.stamp({})->isDirectory());
    const SubTree same(*tree, {});
    QCOMPARE(walked(same), walked(*tree));
    QCOMPARE(same.name(), tree->name());
}

void tst_Tree::subTree_cannotClimb()
{
    DataDirBuilder dir;
    dir.file("a/x", "1").file("secret", "2").symlink("a/up", "..");
    const auto tree = open(dir);
    const SubTree sub(*tree, RelPath::literal("a"));
    QVERIFY(!RelPath::parse("../secret"));
    QVERIFY(!sub.hasFile(RelPath::literal("secret")));
    QVERIFY(!sub.open(RelPath::literal("up/secret")));
}

void tst_Tree::walk_generalRoadSeesTheSameAsTheQuickOne()
{
    DataDirBuilder dir;
    dir.file("a/1", "").file("a/b/2", "").file("skipped/3", "").symlink("link", "a").fifo("pipe").dir("empty").file("z", "");
    dir.file("closed/x", "");
    dir.dir("closed", 0);
    const AsNobody nobody(dir.path());
    const auto tree = open(dir);
    const QList<QByteArray> quick = walked(*tree);
    QCOMPARE(walked(SlowTree(*tree)), quick);
    QVERIFY(quick.contains("a/b/2"));
    QVERIFY(quick.contains("link -> a"));
    QVERIFY(quick.contains("closed!"));
    QVERIFY(!quick.contains("skipped/3"));
    Monitor monitor;
    monitor.requestStop();
    const auto visit = [](const RelPath &, const TreeEntry &, const Error *) { return true; };
    QCOMPARE(SlowTree(*tree).walk({}, monitor, visit).error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(tst_Tree)
#include "tst_tree.moc"
