// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/inorder.h"

#include <QtTest>

#include <atomic>
#include <memory>
#include <set>

using namespace strongroom::storage;

class tst_InOrder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void takes_whatWasMadeInItsOrder_data();
    void takes_whatWasMadeInItsOrder();
    void oneThread_isTheCallers();
    void error_endsItAndIsReturned_data();
    void error_endsItAndIsReturned();
    void makers_areAFewBatchesAheadAtMost();
};

static void threadRows()
{
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 3, 16})
        QTest::addRow("%d", threads) << threads;
}

void tst_InOrder::takes_whatWasMadeInItsOrder_data()
{
    threadRows();
}

void tst_InOrder::takes_whatWasMadeInItsOrder()
{
    QFETCH(int, threads);
    for (const qsizetype batches : {0, 1, 2, 7, 1000}) {
        qsizetype taken = 0;
        const auto caller = std::this_thread::get_id();
        const auto made = [](qsizetype n) {
            if (n % 5 == 0)
                std::this_thread::yield();
            return std::make_unique<qsizetype>(n);   // moved, never copied
        };
        const Result<void> done = inOrder(threads, batches, made, [&](std::unique_ptr<qsizetype> &&n) -> Result<void> {
            if (*n != taken || std::this_thread::get_id() != caller)
                return fail(ErrorCode::Changed);
            ++taken;
            return {};
        });
        QVERIFY(done);
        QCOMPARE(taken, batches);
    }
}

void tst_InOrder::oneThread_isTheCallers()
{
    const auto caller = std::this_thread::get_id();
    QList<int> acts;
    const auto make = [&](qsizetype n) {
        acts.append(std::this_thread::get_id() == caller ? int(n) : -1);
        return n;
    };
    QVERIFY(inOrder(1, 3, make, [&](qsizetype &&n) -> Result<void> {
        acts.append(int(n) + 100);
        return {};
    }));
    QCOMPARE(acts, QList<int>({0, 100, 1, 101, 2, 102}));
}

void tst_InOrder::error_endsItAndIsReturned_data()
{
    threadRows();
}

void tst_InOrder::error_endsItAndIsReturned()
{
    QFETCH(int, threads);
    std::atomic<int> made = 0;
    int taken = 0;
    const Result<void> done = inOrder(threads, 100'000, [&](qsizetype n) { ++made; return n; }, [&](qsizetype &&n) -> Result<void> {
        ++taken;
        return n == 9 ? Result<void>(fail(ErrorCode::Cancelled)) : Result<void>();
    });
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Cancelled);
    QCOMPARE(taken, 10);
    QVERIFY(made.load() >= 10 && made.load() < 1000);
}

void tst_InOrder::makers_areAFewBatchesAheadAtMost()
{
    std::atomic<int> made = 0;
    int taken = 0;
    int most = 0;
    QVERIFY(inOrder(3, 500, [&](qsizetype n) { ++made; return n; }, [&](qsizetype &&) -> Result<void> {
        most = std::max(most, made.load() - ++taken);
        return {};
    }));
    QCOMPARE(made.load(), 500);
    QVERIFY2(most <= 12 + 3, QByteArray::number(most).constData());
}

QTEST_GUILESS_MAIN(tst_InOrder)
#include "tst_inorder.moc"
