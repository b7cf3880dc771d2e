// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/crew.h"

#include <QtTest>

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

using namespace strongroom::storage;

class tst_Crew : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void run_isTheCallerWhereThereIsOneThread();
    void run_beginsJobsInTheirOrder();
    void run_givesEachWorkerOneJobAtATime();
    void end_waitsForWhatWasBegunAndDropsTheRest();
};

void tst_Crew::run_isTheCallerWhereThereIsOneThread()
{
    for (const int threads : {-1, 0, 1}) {
        Crew crew(threads);
        QVERIFY(crew.isCallerAlone());
        QCOMPARE(crew.size(), 1);
        std::thread::id by;
        crew.run([&](int worker) {
            by = std::this_thread::get_id();
            QCOMPARE(worker, 0);
        });
        QVERIFY(by == std::this_thread::get_id());
    }
}

void tst_Crew::run_beginsJobsInTheirOrder()
{
    constexpr int kJobs = 1000;
    std::vector<int> order;
    std::mutex mutex;
    std::latch done(kJobs);
    std::latch gate(1);
    Crew crew(2);
    // One is kept busy, so that the other does all of them, one after the other.
    crew.run([&](int) { gate.wait(); });
    for (int i = 0; i < kJobs; ++i) {
        crew.run([&, i](int) {
            {
                const std::lock_guard lock(mutex);
                order.push_back(i);
            }
            done.count_down();
        });
    }
    done.wait();
    gate.count_down();
    std::vector<int> expected(kJobs);
    std::iota(expected.begin(), expected.end(), 0);
    QVERIFY(order == expected);
}

void tst_Crew::run_givesEachWorkerOneJobAtATime()
{
    constexpr int kJobs = 2000;
    std::latch done(kJobs);
    std::atomic<int> wrong = 0;
    Crew crew(4);
    QVERIFY(!crew.isCallerAlone());
    std::vector<std::atomic<bool>> busy(size_t(crew.size()));
    for (int i = 0; i < kJobs; ++i) {
        crew.run([&](int worker) {
            wrong += worker < 0 || worker >= crew.size() || busy[size_t(worker)].exchange(true);
            std::this_thread::yield();
            wrong += !busy[size_t(worker)].exchange(false);
            done.count_down();
        });
    }
    done.wait();
    QCOMPARE(wrong.load(), 0);
}

void tst_Crew::end_waitsForWhatWasBegunAndDropsTheRest()
{
    std::atomic<int> ended = 0;
    std::latch begun(2);
    std::latch gate(1);
    std::jthread opener;
    {
        Crew crew(2);
        for (int i = 0; i < 2; ++i) {
            crew.run([&](int) {
                begun.count_down();
                gate.wait();
                ++ended;
            });
        }
        begun.wait();
        // What a dropped job holds is let go of as well.
        const auto held = std::make_shared<int>(1);
        for (int i = 0; i < 100; ++i)
            crew.run([&ended, held](int) { ended += 1000; });
        opener = std::jthread([&gate, held]() mutable {
            while (held.use_count() > 2)   // this one and the crew's owner: the crew has dropped its jobs
                std::this_thread::yield();
            gate.count_down();
        });
    }
    QCOMPARE(ended.load(), 2);
}

QTEST_GUILESS_MAIN(tst_Crew)
#include "tst_crew.moc"
