// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/compare.h"

#include "tests/support/restoreplace.h"

#include <QtTest>

#include <sys/stat.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

QStringList shown(const QList<Difference> &list)
{
    QStringList out;
    for (const Difference &d : list) {
        const QString what = d.id.isEmpty() ? displayBytes(d.path) : d.id;
        out.append(d.kind + u' ' + what + (d.detail.isEmpty() ? QString() : u": "_qs + d.detail));
    }
    return out;
}

QStringList pathsOnly(const QList<Difference> &list)
{
    QList<Difference> paths = list;
    paths.removeIf([](const Difference &d) { return !d.id.isEmpty(); });
    return shown(paths);
}

}  // namespace

class tst_Compare : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void compare_directories();
    void compare_ignoresTimesAndOwners();
    void compare_anArchiveWithItsSourceFindsNothing_data();
    void compare_anArchiveWithItsSourceFindsNothing();
    void compare_twoArchives();
    void compare_namesTheItemsOfSamples();
    void compare_refusesABadArchive();
    void compare_saysWhenAPathIsMissing();
    void compare_stopsWhenAsked();
};

void tst_Compare::compare_directories()
{
    Place p;
    p.dir.file("live/a/same", "x").file("live/a/size", "1").file("live/a/content", "aaa").file("live/a/mode", "m", 0600).file("live/a/gone/x", "g")
        .file("live/a/type", "t").symlink("live/a/link", "one");
    p.dir.file("live/b/same", "x").file("live/b/size", "22").file("live/b/content", "bbb").file("live/b/mode", "m", 0644).file("live/b/new", "n")
        .dir("live/b/type").symlink("live/b/link", "two");
    const auto result = compareData(p.dir.path("live/a"), p.dir.path("live/b"), Limits::production(), p.monitor);
    QVERIFY(result);
    QCOMPARE(pathsOnly(result->removed), (QStringList{QStringLiteral("directory gone"), QStringLiteral("file gone/x")}));
    QCOMPARE(pathsOnly(result->added), QStringList{QStringLiteral("file new")});
    QCOMPARE(pathsOnly(result->changed),
             (QStringList{QStringLiteral("file content: content"), QStringLiteral("symlink link: link target"), QStringLiteral("file mode: mode"),
                          QStringLiteral("file size: size"), QStringLiteral("directory type: type")}));
}

void tst_Compare::compare_ignoresTimesAndOwners()
{
    Place p;
    p.dir.file("live/a/x", "x", 0644, 1).file("live/b/x", "x", 0644, 2'000'000'000'000'000'000);
    const auto result = compareData(p.dir.path("live/a"), p.dir.path("live/b"), Limits::production(), p.monitor);
    QVERIFY(result);
    QVERIFY(result->isEmpty());
}

void tst_Compare::compare_anArchiveWithItsSourceFindsNothing_data()
{
    QTest::addColumn<QStringList>("members");
    QTest::newRow("folder") << QStringList{QStringLiteral("data")};
    QTest::newRow("dotted folder") << QStringList{QStringLiteral("./data")};
    QTest::newRow("inside") << QStringList{QStringLiteral("-C"), QStringLiteral("data"), QStringLiteral(".")};
}

void tst_Compare::compare_anArchiveWithItsSourceFindsNothing()
{
    QFETCH(QStringList, members);
    Place p;
    p.dir.file("src/data/a", "a", 0640).file("src/data/sub/b", "b").symlink("src/data/l", "a").hardlink("src/data/z", "src/data/a");
    const QByteArray archive = p.tar("a.tar.gz", members);
    const auto forth = compareData(archive, p.dir.path("src/data"), Limits::production(), p.monitor);
    QVERIFY(forth);
    QVERIFY2(forth->isEmpty(), qPrintable((shown(forth->added) + shown(forth->removed) + shown(forth->changed)).join(u'|')));
    p.dir.file("src/data/a", "A", 0640).file("src/data/c", "c");
    const auto back = compareData(p.dir.path("src/data"), archive, Limits::production(), p.monitor);
    QVERIFY(back);
    QCOMPARE(pathsOnly(back->changed), (QStringList{QStringLiteral("file a: content"), QStringLiteral("file z: content")}));
    QCOMPARE(pathsOnly(back->removed), QStringList{QStringLiteral("file c")});
}

void tst_Compare::compare_twoArchives()
{
    Place p;
    p.dir.file("src/data/a", "one");
    const QByteArray first = p.tar("1.tar.gz", {QStringLiteral("data")});
    p.dir.file("src/data/a", "two").file("src/data/sub/b", "b");
    const QByteArray second = p.tar("2.tar.gz", {QStringLiteral("data")});
    const auto result = compareData(first, second, Limits::production(), p.monitor);
    QVERIFY(result);
    QCOMPARE(pathsOnly(result->changed), QStringList{QStringLiteral("file a: content")});
    QCOMPARE(pathsOnly(result->added), (QStringList{QStringLiteral("directory sub"), QStringLiteral("file sub/b")}));
    QVERIFY(result->removed.isEmpty());
    QVERIFY(compareData(first, first, Limits::production(), p.monitor)->isEmpty());
}

void tst_Compare::compare_namesTheItemsOfSamples()
{
    Place p;
    if (!unpackSample(QStringLiteral("doco"), p.dir.path("live")))
        QSKIP("no samples beside the checkout");
    const QByteArray archive = p.dir.path("live/doco/archives/doco_data_backup_20251126.tar.gz");
    const auto same = compareData(archive, p.dir.path("live/doco/data"), Limits::production(), p.monitor);
    QVERIFY(same);
    QVERIFY2(same->isEmpty(), qPrintable((shown(same->added) + shown(same->removed) + shown(same->changed)).join(u'|')));

    const QByteArray gone = "fdc9c976-2820-47b2-bef2-2adf2eccdfee";
    const QByteArray touched = "83a97d48-bc6a-405d-b5f1-9c5b0ec3e587";
    p.dir.remove("live/doco/data/sessions/" + gone + ".json");
    const QByteArray file = "live/doco/data/sessions/" + touched + ".json";
    p.dir.file(file, p.dir.read(file) + "\n");
    const auto result = compareData(archive, p.dir.path("live/doco/data"), Limits::production(), p.monitor);
    QVERIFY(result);
    QVERIFY(pathsOnly(result->removed).contains(u"file sessions/"_qs + QString::fromLatin1(gone) + u".json"_qs));
    QVERIFY2(shown(result->removed).contains(u"session "_qs + QString::fromLatin1(gone)), qPrintable(shown(result->removed).join(u'|')));
    QVERIFY2(shown(result->changed).contains(u"session "_qs + QString::fromLatin1(touched) + u": content"_qs), qPrintable(shown(result->changed).join(u'|')));
    qInfo("1 sample compared");
}

void tst_Compare::compare_refusesABadArchive()
{
    Place p;
    p.dir.file("src/data/a", QByteArray(100'000, 'x'));
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    p.dir.file("cut.tar.gz", p.dir.read("a.tar.gz").chopped(30)).file("text.txt", "no archive");
    const auto cut = compareData(p.dir.path("cut.tar.gz"), p.dir.path("src/data"), Limits::production(), p.monitor);
    QVERIFY(!cut);
    QVERIFY(cut.error().isRefusal());
    QVERIFY(!compareData(p.dir.path("src/data"), p.dir.path("text.txt"), Limits::production(), p.monitor));
}

void tst_Compare::compare_saysWhenAPathIsMissing()
{
    Place p;
    QCOMPARE(compareData(p.dir.path("src"), p.dir.path("none"), Limits::production(), p.monitor).error().code, ErrorCode::NotFound);
}

void tst_Compare::compare_stopsWhenAsked()
{
    Place p;
    p.dir.file("live/a/x", "x").file("live/b/x", "y");
    p.monitor.requestStop();
    QCOMPARE(compareData(p.dir.path("live/a"), p.dir.path("live/b"), Limits::production(), p.monitor).error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(tst_Compare)
#include "tst_compare.moc"
