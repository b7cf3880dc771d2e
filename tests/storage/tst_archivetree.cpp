// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/archivetree.h"
#include "storage/datadirectory.h"
#include "storage/dirtree.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

std::unique_ptr<Tree> treeOf(const QByteArray &path, qint64 keepBytes = 1 << 20, qint64 keepTotal = 1 << 26)
{
    Monitor monitor;
    const auto archive = ArchiveFile::open(path);
    if (!archive)
        qFatal("cannot open");
    auto tree = readArchiveTree(*archive, Limits::production(), keepBytes, keepTotal, monitor);
    if (!tree)
        qFatal("%s", qPrintable(describe(tree.error()).oneLine()));
    return *std::move(tree);
}

/// One line an entry: what any Tree says of it that does not depend on where it lies.
QByteArray listing(const Tree &tree)
{
    QByteArray text;
    Monitor monitor;
    const auto walked = tree.walk({}, monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *error) {
        text += path.bytes() + ' ' + fileTypeWord(entry.stamp.type).toLatin1() + ' ' + QByteArray::number(entry.stamp.mode, 8)
            + ' ' + entry.linkTarget;
        if (entry.stamp.isFile())
            text += QByteArray::number(entry.stamp.size) + ' ' + tree.readAll(path, 1 << 22).value_or("unreadable").toHex();
        text += error ? " error\n" : "\n";
        return true;
    });
    return walked ? text : "walk failed";
}

}  // namespace

class tst_ArchiveTree : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tree_isWhatTheDirectoryWas();
    void tree_beginsAtTheTopFolderAndLeavesOursOut();
    void read_givesHeadsOfLargeFilesAndNoMore();
    void read_keepsWithinTheTotal();
    void open_refusesWhatIsNoFile();
    void treeOfMembers_hasNamesButNoContent();
    void layouts_areRecognisedInTheSamplesArchivesAsOnDisk();
};

void tst_ArchiveTree::tree_isWhatTheDirectoryWas()
{
    DataDirBuilder dir;
    dir.file("data/a.json", "{}").file("data/sub/deep/b", "b", 0600).dir("data/void", 0700).file("data/empty", "");
    dir.file("data/a", "x").file("data/a b", "y").symlink("data/link", "a").hardlink("data/twin", "data/a.json");
    QCOMPARE(run(QStringLiteral("tar"), {QStringLiteral("-czf"), QStringLiteral("x.tar.gz"), QStringLiteral("data")}, dir.path()).exitCode, 0);
    const auto onDisk = DirTree::open(dir.path("data"));
    QVERIFY(onDisk);
    const auto inside = treeOf(dir.path("x.tar.gz"));
    QCOMPARE(inside->name(), QByteArray("data"));
    QCOMPARE(listing(*inside), listing(**onDisk));
    QVERIFY(!inside->localPath({}));
}

void tst_ArchiveTree::tree_beginsAtTheTopFolderAndLeavesOursOut()
{
    DataDirBuilder dir;
    dir.file("a.tar", TarBuilder().file("data/x/a", "1").file(".strongroom/note", "n").end().bytes());
    dir.file("b.tar", TarBuilder().file("a", "1").file("b/c", "2").end().bytes());
    QCOMPARE(listing(*treeOf(dir.path("a.tar"))), QByteArray("x directory 755 \nx/a file 644 1 31\n"));
    const auto flat = treeOf(dir.path("b.tar"));
    QCOMPARE(flat->name(), QByteArray());
    QCOMPARE(flat->readAll(RelPath::literal("b/c"), 10).value_or("?"), QByteArray("2"));
}

void tst_ArchiveTree::read_givesHeadsOfLargeFilesAndNoMore()
{
    const QByteArray large = "SQLite format 3" + QByteArray(1, '\0') + QByteArray(100'000, 'p');
    DataDirBuilder dir;
    dir.file("a.tar", TarBuilder().file("data/db", large).file("data/small", "s").end().bytes());
    const auto tree = treeOf(dir.path("a.tar"), 8192);
    const RelPath db = RelPath::literal("db");
    QCOMPARE(tree->stamp(db)->size, large.size());
    QCOMPARE(tree->readHead(db, 100).value_or("?"), large.left(100));
    QCOMPARE(tree->readAll(db, 1 << 20).error().code, ErrorCode::LimitExceeded);
    QCOMPARE(tree->readAll(RelPath::literal("small"), 10).value_or("?"), QByteArray("s"));
}

void tst_ArchiveTree::read_keepsWithinTheTotal()
{
    TarBuilder tar;
    for (int i = 0; i < 10; ++i)
        tar.file("data/" + QByteArray::number(i), QByteArray(1000, char('0' + i)));
    DataDirBuilder dir;
    dir.file("a.tar", tar.end().bytes());
    const auto tree = treeOf(dir.path("a.tar"), 1000, 3500);
    for (int i = 0; i < 10; ++i) {
        const auto content = tree->readAll(RelPath::literal(QByteArray::number(i)), 1000);
        if (i < 3)
            QCOMPARE(content.value_or("?"), QByteArray(1000, char('0' + i)));
        else
            QCOMPARE(content.error().code, ErrorCode::LimitExceeded);
    }
}

void tst_ArchiveTree::open_refusesWhatIsNoFile()
{
    DataDirBuilder dir;
    dir.file("a.tar", TarBuilder().file("data/a").symlink("data/l", "a").end().bytes());
    const auto tree = treeOf(dir.path("a.tar"));
    QCOMPARE(tree->open(RelPath::literal("l")).error().code, ErrorCode::NotAFile);
    QCOMPARE(tree->open({}).error().code, ErrorCode::NotAFile);
    QCOMPARE(tree->open(RelPath::literal("none")).error().code, ErrorCode::NotFound);
    QCOMPARE(tree->list(RelPath::literal("a")).error().code, ErrorCode::NotADirectory);
}

void tst_ArchiveTree::treeOfMembers_hasNamesButNoContent()
{
    Member member;
    member.path = RelPath::literal("data/x/file");
    member.size = 5;
    const auto tree = treeOfMembers({member}, "data", QStringLiteral("x.tar"));
    QVERIFY(tree->hasFile(RelPath::literal("x/file")));
    QVERIFY(tree->hasDirectory(RelPath::literal("x")));
    QCOMPARE(tree->readAll(RelPath::literal("x/file"), 10).error().code, ErrorCode::LimitExceeded);
    QCOMPARE(tree->displayName(), QStringLiteral("x.tar"));
}

void tst_ArchiveTree::layouts_areRecognisedInTheSamplesArchivesAsOnDisk()
{
    // The guides' whole-directory backups, beside the directory they were made of.
    const struct {
        const char *sample, *archive, *directory;
    } rows[] = {{"doco", "doco/archives/doco_data_backup_20251126.tar.gz", "doco/data"},
                {"rag", "rag/archives/backup-20260106.tar.gz", "rag/data"},
                {"rag-guide", "rag-guide/archives/backup-20260106.tar.gz", "rag-guide/data"}};
    int compared = 0;
    for (const auto &row : rows) {
        DataDirBuilder dir;
        if (!unpackSample(QLatin1String(row.sample), dir.path()) || !dir.exists(row.directory))
            continue;
        Monitor monitor;
        const auto directory = DirTree::open(dir.path(row.directory));
        QVERIFY(directory);
        const auto inside = treeOf(dir.path(row.archive));
        const auto found = detectLayouts(*inside, monitor);
        const auto expected = detectLayouts(**directory, monitor);
        QVERIFY(found && expected);
        QCOMPARE(found->size(), expected->size());
        for (qsizetype i = 0; i < found->size(); ++i) {
            QCOMPARE(found->at(i).id, expected->at(i).id);
            QCOMPARE(found->at(i).variant, expected->at(i).variant);
        }
        ++compared;
    }
    qInfo("%d archives compared with their directories", compared);
    if (compared == 0)
        QSKIP("no samples");
}

QTEST_GUILESS_MAIN(tst_ArchiveTree)
#include "tst_archivetree.moc"
