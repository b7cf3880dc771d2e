// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ratemeter.h"

#include <QTest>

using namespace strongroom::models;
using namespace std::chrono_literals;

class tst_RateMeter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void speed_isUnknownUntilTwoSamplesApart()
    {
        RateMeter meter;
        QVERIFY(!meter.perSecond());
        meter.sample(0ms, 0);
        QVERIFY(!meter.perSecond());
        meter.sample(100ms, 1000);
        QVERIFY(!meter.perSecond());
        meter.sample(1000ms, 1000);
        QVERIFY(meter.perSecond());
        QCOMPARE(*meter.perSecond(), 1000.0);
    }

    void speed_followsAChangeSmoothly()
    {
        RateMeter meter;
        qint64 done = 0;
        for (int i = 0; i <= 100; ++i)
            meter.sample(i * 100ms, done = i * 100000LL);   // 1,000,000 a second
        QVERIFY(qAbs(*meter.perSecond() - 1e6) < 1);
        meter.sample(10200ms, done += 20000);                // 100,000 a second from here
        QVERIFY(*meter.perSecond() > 0.9e6);
        for (int i = 1; i <= 100; ++i)
            meter.sample(10200ms + i * 200ms, done += 20000);
        QVERIFY(*meter.perSecond() < 0.11e6);
    }

    void remaining_isNotGuessedInTheFirstFiveSeconds()
    {
        RateMeter meter;
        for (int i = 0; i < 25; ++i)
            meter.sample(i * 200ms, i * 200);
        QVERIFY(!meter.remaining(100000));
        meter.sample(5000ms, 5000);
        QVERIFY(meter.remaining(100000));
        QCOMPARE(meter.remaining(10000)->count(), 5);
        QCOMPARE(meter.remaining(0), std::nullopt);
    }

    void remaining_isRounded()
    {
        RateMeter meter;
        meter.sample(0ms, 0);
        meter.sample(10s, 10000);
        QCOMPARE(meter.remaining(10000 + 61500)->count(), 65);      // below ten minutes: 5 s
        QCOMPARE(meter.remaining(10000 + 3601000)->count(), 3660);  // above: a minute
    }

    void remaining_isUnknownWhileNothingMoves()
    {
        RateMeter meter;
        meter.sample(0ms, 0);
        meter.sample(10s, 0);
        QVERIFY(!meter.remaining(1000));
    }

    void reset_forgetsThePhaseBefore()
    {
        RateMeter meter;
        meter.sample(0ms, 0);
        meter.sample(10s, 1000);
        meter.reset();
        QVERIFY(!meter.perSecond());
        QVERIFY(!meter.remaining(100000));
    }

    void counterThatGoesBack_startsAnew()
    {
        RateMeter meter;
        meter.sample(0ms, 0);
        meter.sample(1s, 1000000);
        meter.sample(2s, 10);
        QVERIFY(!meter.perSecond());
        meter.sample(3s, 1010);
        QCOMPARE(*meter.perSecond(), 1000.0);
    }
};

QTEST_GUILESS_MAIN(tst_RateMeter)
#include "tst_ratemeter.moc"
