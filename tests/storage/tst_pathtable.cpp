// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// PathTable against QHash, over names that come twice, are prefixes of each other, or empty.

#include "storage/pathtable.h"

#include <QHash>
#include <QRandomGenerator>
#include <QtTest>

using namespace strongroom::storage;

class tst_PathTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void table_answersAsAHashWould_data();
    void table_answersAsAHashWould();
    void emptyTable_findsNothing();
    void entries_standInTheOrderTheyCameIn();
    void longPaths_areKeptWhole();
};

void tst_PathTable::table_answersAsAHashWould_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("reserved");
    for (const int count : {1, 31, 32, 33, 64, 65, 1000, 50'000}) {
        QTest::addRow("%d", count) << count << 0;
        QTest::addRow("%d, reserved", count) << count << count;
    }
}

void tst_PathTable::table_answersAsAHashWould()
{
    QFETCH(int, count);
    QFETCH(int, reserved);
    PathTable<int> table;
    table.reserve(reserved);
    QHash<QByteArray, int> hash;
    QRandomGenerator random(5);
    for (int i = 0; i < count; ++i) {
        const QByteArray path = "data/" + QByteArray::number(random.bounded(count)) + QByteArray(int(random.bounded(3)), '/');
        const auto [value, isNew] = table.insert(path, i);
        QCOMPARE(isNew, !hash.contains(path));
        if (isNew)
            hash.insert(path, i);
        QCOMPARE(*value, hash.value(path));
    }
    QCOMPARE(table.size(), hash.size());
    for (auto it = hash.cbegin(); it != hash.cend(); ++it) {
        QVERIFY(table.find(it.key()));
        QCOMPARE(*table.find(it.key()), it.value());
        QCOMPARE(table.entries()[size_t(table.indexOf(it.key()))].path().toByteArray(), it.key());
        QVERIFY(!table.contains(QByteArray(it.key() + 'x')));
    }
}

void tst_PathTable::emptyTable_findsNothing()
{
    PathTable<int> table;
    QVERIFY(!table.find("a"));
    QVERIFY(!table.contains({}));
    QCOMPARE(table.indexOf("a"), -1);
    QVERIFY(table.insert({}, 3).second);
    QVERIFY(!table.insert("", 4).second);
    QCOMPARE(*table.find({}), 3);
    QVERIFY(!table.find("a"));
}

void tst_PathTable::entries_standInTheOrderTheyCameIn()
{
    PathTable<int> table;
    for (int i = 0; i < 500; ++i) {
        (void)table.insert(QByteArray::number(i * 7 % 500), i);
        *table.insert(QByteArray::number(i * 7 % 500), 0).first = -i;
    }
    for (int i = 0; i < 500; ++i) {
        QCOMPARE(table.entries()[size_t(i)].path().toByteArray(), QByteArray::number(i * 7 % 500));
        QCOMPARE(table.entries()[size_t(i)].value, -i);
    }
}

void tst_PathTable::longPaths_areKeptWhole()
{
    PathTable<int> table;
    for (int i = 0; i < 20; ++i) {
        QByteArray path(i * 10'000, 'p');   // some larger than what is reserved at once
        QVERIFY(table.insert(path, i).second);
        path.fill('q');   // it has its own
    }
    for (int i = 0; i < 20; ++i)
        QCOMPARE(*table.find(QByteArray(i * 10'000, 'p')), i);
}

QTEST_GUILESS_MAIN(tst_PathTable)
#include "tst_pathtable.moc"
