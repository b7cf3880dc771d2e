// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Bytes unpacked by the caller and bytes unpacked ahead of it cannot be told apart: the same blocks, the same
// places, the same errors behind the same bytes. And whoever stops early leaves a source at rest.

#include "storage/archive/blockfeed.h"
#include "storage/sidethread.h"

#include <QRandomGenerator>
#include <QtTest>

#include <atomic>
#include <chrono>
#include <new>
#include <thread>

using namespace strongroom::storage;

namespace {

enum class End { Well, Error, NoMemory, Never };

/// Bytes that come in pieces of any size, and then what is said to come.
class Script final : public ByteSource {
public:
    Script(QByteArray bytes, End end, const Monitor *monitor = nullptr) : m_bytes(std::move(bytes)), m_end(end), m_monitor(monitor) {}
    Result<qint64> read(char *data, qint64 size) override
    {
        ++reads;
        const qint64 n = std::min({size, qint64(1 + m_pieces.bounded(100'000)), m_bytes.size() - m_at});
        if (n == 0) {
            if (m_end == End::Error)
                return failAt(ErrorCode::ArchiveDamaged, m_at, "scripted");
            if (m_end == End::NoMemory)
                throw std::bad_alloc();
            while (m_end == End::Never) {
                if (m_monitor->stopRequested())
                    return fail(ErrorCode::Cancelled);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        }
        memcpy(data, m_bytes.constData() + m_at, size_t(n));
        m_at += n;
        return n;
    }
    qint64 fileOffset() const override { return m_at; }

    std::atomic<int> reads = 0;

private:
    QByteArray m_bytes;
    End m_end;
    const Monitor *m_monitor;
    qint64 m_at = 0;
    QRandomGenerator m_pieces{7};
};

QByteArray someBytes(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator random(11);
    for (char &c : bytes)
        c = char(random.generate());
    return bytes;
}

/// Everything that can be seen of a feed, as text; what comes after the end twice.
QByteArray seenOf(BlockFeed &feed, QByteArray *all = nullptr)
{
    QByteArray seen;
    for (int ends = 0; ends < 3;) {
        const auto block = feed.next();
        if (!block) {
            seen += codeWord(block.error().code).toLatin1() + ' ' + block.error().args.join(u' ').toLatin1();
            ++ends;
        } else {
            if (block->isEmpty())
                ++ends;
            seen += QByteArray::number(block->size());
            if (all)
                all->append(*block);
        }
        seen += " @" + QByteArray::number(feed.fileOffset()) + '\n';
    }
    return seen;
}

}  // namespace

class tst_BlockFeed : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void feed_isTheSameHereAndAhead_data();
    void feed_isTheSameHereAndAhead();
    void memoryThatIsMissingAhead_isMissedByTheCaller();
    void feed_thatIsLeftEarly_leavesTheSourceAtRest();
    void feed_runsAFewBlocksAheadOnly();
    void stop_endsTheWaitForASourceThatHangs();
    void sideThread_doesOneTaskAfterTheOther();
    void oneJob_isNoThread();
};

void tst_BlockFeed::feed_isTheSameHereAndAhead_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<bool>("fails");
    for (const int size : {0, 1, 511, int(BlockFeed::kBlock) - 1, int(BlockFeed::kBlock), int(BlockFeed::kBlock) + 1,
                           int(3 * BlockFeed::kBlock), int(20 * BlockFeed::kBlock) + 77}) {
        for (const bool fails : {false, true})
            QTest::addRow("%d bytes, %s", size, fails ? "then an error" : "then the end") << size << fails;
    }
}

void tst_BlockFeed::feed_isTheSameHereAndAhead()
{
    QFETCH(int, size);
    QFETCH(bool, fails);
    const QByteArray bytes = someBytes(size);
    const auto side = SideThread::start();
    QVERIFY(side);
    Monitor monitor;
    QByteArray seen[2];
    for (const bool ahead : {false, true}) {
        Script source(bytes, fails ? End::Error : End::Well);
        QByteArray all;
        const auto feed = BlockFeed::open(source, ahead ? side.get() : nullptr, monitor);
        seen[ahead] = seenOf(*feed, &all);
        QVERIFY(all == bytes);
        QCOMPARE(seen[ahead].contains("scripted"), fails);
    }
    QCOMPARE(seen[1], seen[0]);
}

void tst_BlockFeed::memoryThatIsMissingAhead_isMissedByTheCaller()
{
    const auto side = SideThread::start();
    Monitor monitor;
    Script source(someBytes(10), End::NoMemory);
    const auto feed = BlockFeed::open(source, side.get(), monitor);
    QVERIFY_EXCEPTION_THROWN((void)seenOf(*feed), std::bad_alloc);
}

void tst_BlockFeed::feed_thatIsLeftEarly_leavesTheSourceAtRest()
{
    const auto side = SideThread::start();
    Monitor monitor;
    for (int taken = 0; taken < 12; ++taken) {
        Script source(someBytes(10 * BlockFeed::kBlock), End::Well);
        {
            const auto feed = BlockFeed::open(source, side.get(), monitor);
            for (int i = 0; i < taken; ++i)
                QVERIFY(feed->next());
        }
        const int reads = source.reads;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        QCOMPARE(int(source.reads), reads);
    }
}

void tst_BlockFeed::feed_runsAFewBlocksAheadOnly()
{
    const auto side = SideThread::start();
    Monitor monitor;
    Script source(someBytes(64 * BlockFeed::kBlock), End::Well);
    const auto feed = BlockFeed::open(source, side.get(), monitor);
    QVERIFY(feed->next());
    int before = -1;
    QTRY_VERIFY(source.reads == std::exchange(before, int(source.reads)));   // it came to a halt by itself
    QVERIFY(source.fileOffset() < 16 * BlockFeed::kBlock);
}

void tst_BlockFeed::stop_endsTheWaitForASourceThatHangs()
{
    const auto side = SideThread::start();
    Monitor monitor;
    Script source(someBytes(BlockFeed::kBlock), End::Never, &monitor);
    const auto feed = BlockFeed::open(source, side.get(), monitor);
    QVERIFY(feed->next());
    std::thread operatorOfIt([&monitor] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        monitor.requestStop();
    });
    const auto block = feed->next();
    operatorOfIt.join();
    QVERIFY(!block);
    QCOMPARE(block.error().code, ErrorCode::Cancelled);
}

void tst_BlockFeed::sideThread_doesOneTaskAfterTheOther()
{
    QByteArray order;
    const auto caller = std::this_thread::get_id();
    {
        const auto side = SideThread::start();
        for (char c = 'a'; c <= 'z'; ++c)
            side->run([&order, c, caller] { order.append(std::this_thread::get_id() == caller ? '!' : c); });
        side->wait();
        QCOMPARE(order, QByteArray("abcdefghijklmnopqrstuvwxyz"));
        side->run([&order] { order.clear(); });
    }
    QCOMPARE(order, QByteArray());   // what was begun is finished
}

void tst_BlockFeed::oneJob_isNoThread()
{
    QVERIFY(!SideThread::startFor(1));
    QVERIFY(SideThread::startFor(2));
    QCOMPARE(bool(SideThread::startFor(0)), std::thread::hardware_concurrency() > 1);
}

QTEST_GUILESS_MAIN(tst_BlockFeed)
#include "tst_blockfeed.moc"
