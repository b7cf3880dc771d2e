// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/takeahead.h"

#include "storage/fd.h"
#include "storage/walker.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <dirent.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

/// Long after every file here was written, so that only JSON is looked into.
QDateTime muchLater()
{
    return QDateTime::currentDateTimeUtc().addDays(1);
}

MetEntry metOf(const WalkEntry &entry, Capture capture = Capture::Plain)
{
    MetEntry met;
    met.walked = entry;
    met.decision.capture = capture;
    met.isCalm = !entry.error && entry.stamp.isFile() && TakeAhead::isSmall(entry.stamp.size);
    return met;
}

/// What became of one entry.
struct Turned {
    QByteArray path;
    bool isCalm = false;
    QByteArray bytes;
};

Turned turnedOf(const MetEntry &met, ContentSource *ahead)
{
    Turned turned{met.walked.path.bytes(), met.isCalm, {}};
    if (met.isCalm) {
        turned.bytes.resize(met.walked.stamp.size);
        if (ahead->readAt(turned.bytes.data(), turned.bytes.size(), met.offset) != turned.bytes.size())
            qFatal("content is short");
    }
    return turned;
}

/// Takes everything in `folder`; `meanwhile` comes for each entry between the walk and the reading.
QList<Turned> takeAll(const DataDirBuilder &builder, const QByteArray &folder, Crew &crew, Capture capture = Capture::Plain,
                      const std::function<void(const WalkEntry &)> &meanwhile = {})
{
    Monitor monitor;
    QList<Turned> turns;
    TakeAhead ahead(crew, muchLater(), monitor, [&](const MetEntry &met, const std::shared_ptr<ContentSource> &content) {
        turns.append(turnedOf(met, content.get()));
        return Result<void>();
    });
    const auto root = openDirectory(builder.path(folder));
    if (!root)
        qFatal("cannot open the folder");
    const auto walked = walk(root->get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        if (meanwhile)
            meanwhile(entry);
        return ahead.add(metOf(entry, capture)) ? WalkNext::Continue : WalkNext::Stop;
    });
    if (!walked || !ahead.catchUp())
        qFatal("walk or turns failed");
    return turns;
}

/// Files that were there before the tick in which they are read.
void settle()
{
    const qint64 now = fileClockNs();
    QTRY_VERIFY(fileClockNs() > now);
}

int openDescriptors()
{
    int n = 0;
    DIR *dir = ::opendir("/proc/self/fd");
    while (::readdir(dir))
        ++n;
    ::closedir(dir);
    return n;
}

}  // namespace

class tst_TakeAhead : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void turns_comeInOrderWithTheirContents_data();
    void turns_comeInOrderWithTheirContents();
    void turn_isLeftWhatDidNotStandStill_data();
    void turn_isLeftWhatDidNotStandStill();
    void turn_isLeftWhatDoesNotLookWhole();
    void add_endsWithTheErrorOfATurn_data();
    void add_endsWithTheErrorOfATurn();
    void add_endsWhenCancelled_data();
    void add_endsWhenCancelled();
    void add_holdsFewFoldersOpen();
};

void tst_TakeAhead::turns_comeInOrderWithTheirContents_data()
{
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 5})
        QTest::addRow("%d threads", threads) << threads;
}

void tst_TakeAhead::turns_comeInOrderWithTheirContents()
{
    QFETCH(int, threads);
    DataDirBuilder builder;
    QHash<QByteArray, QByteArray> contents;
    for (int i = 0; i < 120; ++i) {
        const QByteArray dir = "s" + QByteArray::number(i);
        for (const QByteArray name : {"/a", "/b", "/empty"}) {
            const QByteArray content = name == "/empty" ? QByteArray("") : QByteArray(dir + name).repeated(1 + i * i % 700);
            builder.file("data/" + dir + name, content);
            contents.insert(dir + name, content);
        }
    }
    for (int i = 0; i < 300; ++i) {   // more than one batch of one folder
        builder.file("data/many/" + QByteArray::number(i), QByteArray::number(i));
        contents.insert("many/" + QByteArray::number(i), QByteArray::number(i));
    }
    builder.file("data/large", QByteArray(5 << 20, 'x')).file("data/edge", QByteArray(1 << 20, 'y')).symlink("data/link", "edge");
    contents.insert("edge", QByteArray(1 << 20, 'y'));
    settle();

    QByteArrayList order;
    Monitor monitor;
    const auto root = openDirectory(builder.path("data"));
    QVERIFY(root && walk(root->get(), {}, {}, monitor, [&](const WalkEntry &entry) {
        order.append(entry.path.bytes());
        return WalkNext::Continue;
    }));
    Crew crew(threads);
    const QList<Turned> turns = takeAll(builder, "data", crew);
    QCOMPARE(turns.size(), order.size());
    for (qsizetype i = 0; i < turns.size(); ++i) {
        QCOMPARE(turns.at(i).path, order.at(i));
        QCOMPARE(turns.at(i).isCalm, contents.contains(turns.at(i).path));
        QVERIFY2(turns.at(i).bytes == contents.value(turns.at(i).path), turns.at(i).path.constData());
    }
}

void tst_TakeAhead::turn_isLeftWhatDidNotStandStill_data()
{
    turns_comeInOrderWithTheirContents_data();
}

void tst_TakeAhead::turn_isLeftWhatDidNotStandStill()
{
    QFETCH(int, threads);
    DataDirBuilder builder;
    for (const QByteArray name : {"as-it-was", "gone", "grown", "linked", "now-a-link", "now-a-pipe", "replaced", "rewritten", "shrunk"})
        builder.file("data/" + name, "content");
    builder.file("other", "content");
    settle();
    Crew crew(threads);
    const QList<Turned> turns = takeAll(builder, "data", crew, Capture::Plain, [&](const WalkEntry &entry) {
        const QByteArray path = "data/" + entry.path.bytes();
        if (path == "data/gone")
            builder.remove(path);
        else if (path == "data/grown")
            builder.file(path, "content and more");
        else if (path == "data/linked")
            builder.hardlink("second", path);
        else if (path == "data/now-a-link")
            builder.remove(path).symlink(path, "../other");
        else if (path == "data/now-a-pipe")
            builder.remove(path).fifo(path);
        else if (path == "data/replaced")
            builder.remove(path).file(path, "content");
        else if (path == "data/rewritten")
            builder.file(path, "CONTENT");
        else if (path == "data/shrunk")
            builder.file(path, "con");
    });
    QCOMPARE(turns.size(), 9);
    for (const Turned &turned : turns)
        QVERIFY2(turned.isCalm == (turned.path == "as-it-was"), turned.path.constData());
}

void tst_TakeAhead::turn_isLeftWhatDoesNotLookWhole()
{
    DataDirBuilder builder;
    builder.file("data/empty", "").file("data/torn", "{\"a\": [1,").file("data/whole", "{\"a\": [1, 2]}");
    settle();
    Crew crew(2);
    const QList<Turned> turns = takeAll(builder, "data", crew, Capture::Json);
    QCOMPARE(turns.size(), 3);
    QVERIFY(!turns.at(0).isCalm && !turns.at(1).isCalm);
    QVERIFY(turns.at(2).isCalm);
    for (const Turned &turned : takeAll(builder, "data", crew))
        QVERIFY(turned.isCalm);
}

void tst_TakeAhead::add_endsWithTheErrorOfATurn_data()
{
    turns_comeInOrderWithTheirContents_data();
}

void tst_TakeAhead::add_endsWithTheErrorOfATurn()
{
    QFETCH(int, threads);
    DataDirBuilder builder;
    builder.file("data/f", "x");
    const auto root = openDirectory(builder.path("data"));
    Monitor monitor;
    Crew crew(threads);
    int turns = 0;
    TakeAhead ahead(crew, muchLater(), monitor, [&](const MetEntry &, const std::shared_ptr<ContentSource> &) -> Result<void> {
        if (++turns == 5)
            return fail(ErrorCode::DiskFull);
        return {};
    });
    WalkEntry entry;
    QVERIFY(walk(root->get(), {}, {}, monitor, [&](const WalkEntry &met) { entry = met; return WalkNext::Stop; }));
    Result<void> added;
    for (int i = 0; i < 100'000 && added; ++i)
        added = ahead.add(metOf(entry));
    QVERIFY(!added);
    QCOMPARE(added.error().code, ErrorCode::DiskFull);
    QCOMPARE(turns, 5);
}

void tst_TakeAhead::add_endsWhenCancelled_data()
{
    turns_comeInOrderWithTheirContents_data();
}

void tst_TakeAhead::add_endsWhenCancelled()
{
    QFETCH(int, threads);
    DataDirBuilder builder;
    builder.file("data/f", "x");
    const auto root = openDirectory(builder.path("data"));
    Monitor monitor;
    Crew crew(threads);
    int turns = 0;
    TakeAhead ahead(crew, muchLater(), monitor, [&](const MetEntry &, const std::shared_ptr<ContentSource> &) {
        if (++turns == 3)
            monitor.requestStop();
        return Result<void>();
    });
    WalkEntry entry;
    QVERIFY(walk(root->get(), {}, {}, monitor, [&](const WalkEntry &met) { entry = met; return WalkNext::Stop; }));
    Result<void> added;
    for (int i = 0; i < 100'000 && added; ++i)
        added = ahead.add(metOf(entry));
    QVERIFY(!added);
    QCOMPARE(added.error().code, ErrorCode::Cancelled);
    QCOMPARE(turns, 3);
}

void tst_TakeAhead::add_holdsFewFoldersOpen()
{
    DataDirBuilder builder;
    for (int i = 0; i < 2000; ++i)
        builder.file("data/" + QByteArray::number(i) + "/f", "x");
    const int before = openDescriptors();
    Crew crew(3);
    int most = 0;
    (void)takeAll(builder, "data", crew, Capture::Plain, [&](const WalkEntry &) { most = std::max(most, openDescriptors()); });
    QVERIFY2(most - before < 160, QByteArray::number(most - before).constData());
    QCOMPARE(openDescriptors(), before);
}

QTEST_GUILESS_MAIN(tst_TakeAhead)
#include "tst_takeahead.moc"
