// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/query.h"

#include <QtTest>

#include <algorithm>

using namespace strongroom::storage;

class tst_Query : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sort_isNaturalAndIgnoresCase_data();
    void sort_isNaturalAndIgnoresCase();
    void sort_isAnOrderForAnyText();
    void sort_tiesKeepScanOrderBothWays();
    void sort_unknownIsLowest();
    void sort_byAColumnTheKindLacksKeepsScanOrder();
    void filter_findsInEveryTextColumnAndTheState_data();
    void filter_findsInEveryTextColumnAndTheState();
    void filter_thenSortNamesTheRightRows();
    void query_endsWhenCancelled();
    void query_ofNothingIsNothing();
};

namespace {

ItemTable tableOf(const QList<Item> &items)
{
    ItemTable table;
    ChunkBuilder builder([&table](ChunkPtr chunk) { table.append(std::move(chunk)); });
    for (const Item &item : items)
        builder.add(item);
    builder.flush();
    return table;
}

ItemTable titled(const QStringList &titles)
{
    QList<Item> items;
    for (const QString &title : titles) {
        Item item;
        item.id = QStringLiteral("-");
        item.title = title;
        items.append(item);
    }
    return tableOf(items);
}

std::vector<quint32> rowsOf(const ItemTable &table, const Query &query)
{
    Monitor monitor;
    const auto rows = runQuery(table, query, monitor);
    return rows ? *rows : std::vector<quint32>{9999};
}

QStringList titlesOf(const ItemTable &table, const Query &query)
{
    QStringList titles;
    for (const quint32 row : rowsOf(table, query))
        titles.append(table.item(row).title);
    return titles;
}

Query by(Column column, bool descending = false)
{
    Query query;
    query.sort = column;
    query.descending = descending;
    return query;
}

Query filtered(const QString &text)
{
    Query query;
    query.filter = text;
    query.keepScanOrder = true;
    return query;
}

}  // namespace

void tst_Query::sort_isNaturalAndIgnoresCase_data()
{
    QTest::addColumn<QStringList>("unsorted");
    QTest::addColumn<QStringList>("sorted");
    const auto row = [](const char *name, const QStringList &from, const QStringList &to) { QTest::newRow(name) << from << to; };
    row("numbers", {"a10", "a9", "a1"}, {"a1", "a9", "a10"});
    row("case", {"b", "A", "a1", "B2"}, {"A", "a1", "b", "B2"});
    row("huge numbers", {"x100000000000000000000000001", "x99999999999999999999999999"},
        {"x99999999999999999999999999", "x100000000000000000000000001"});
    row("leading zeros", {"s010", "s9", "s0002"}, {"s0002", "s9", "s010"});
    row("prefix first", {"ab", "a", "abc", ""}, {"", "a", "ab", "abc"});
    row("dates", {"snapshot_20250112_143225", "snapshot_20250112_141425"}, {"snapshot_20250112_141425", "snapshot_20250112_143225"});
    row("digits before letters", {"a", "1", "-"}, {"-", "1", "a"});
    row("other scripts last", {"株式", "zebra", "Übersicht"}, {"zebra", "Übersicht", "株式"});
}

void tst_Query::sort_isNaturalAndIgnoresCase()
{
    QFETCH(QStringList, unsorted);
    QFETCH(QStringList, sorted);
    QCOMPARE(titlesOf(titled(unsorted), by(Column::Title)), sorted);
    std::reverse(unsorted.begin(), unsorted.end());
    QCOMPARE(titlesOf(titled(unsorted), by(Column::Title)), sorted);
    std::reverse(sorted.begin(), sorted.end());
    QCOMPARE(titlesOf(titled(unsorted), by(Column::Title, true)), sorted);
}

void tst_Query::sort_isAnOrderForAnyText()
{
    // Every pair out of nasty texts is ordered the same way by two-row queries and in one big sort: an
    // inconsistent comparison would crash std::sort or show here.
    const QStringList nasty = {"", "0", "00", "0a", "00a", "a", "A", "a0", "a00", "a0b", "a00b", "1", "01", "1a", "10", "9", "a-1",
                               "a 1", "a_1", "a1", "a01", "a/1", "a:1", "é", "É", "\u00ff", "a\u0001"};
    const QStringList sorted = titlesOf(titled(nasty), by(Column::Title));
    QCOMPARE(sorted.size(), nasty.size());
    for (int i = 0; i < sorted.size(); ++i) {
        for (int j = i + 1; j < sorted.size(); ++j) {
            const QStringList pair = titlesOf(titled({sorted[i], sorted[j]}), by(Column::Title));
            QVERIFY2(pair.first() == sorted[i], qPrintable(sorted[i] + QStringLiteral(" < ") + sorted[j]));
        }
    }
}

void tst_Query::sort_tiesKeepScanOrderBothWays()
{
    QList<Item> items;
    for (int i = 0; i < 200; ++i) {
        Item item;
        item.title = QString::number(i);
        item.bytes = i % 2;
        items.append(item);
    }
    const ItemTable table = tableOf(items);
    for (const bool descending : {false, true}) {
        const auto rows = rowsOf(table, by(Column::Bytes, descending));
        QCOMPARE(rows.size(), size_t(200));
        QVERIFY(std::is_sorted(rows.begin(), rows.begin() + 100));
        QVERIFY(std::is_sorted(rows.begin() + 100, rows.end()));
        QCOMPARE(table.item(rows.front()).bytes, descending ? 1 : 0);
    }
}

void tst_Query::sort_unknownIsLowest()
{
    QList<Item> items(3);
    items[0].title = QStringLiteral("known");
    items[0].fragments = 0;
    items[0].modified = QDateTime(QDate(1950, 1, 1), QTime(0, 0), Qt::UTC);
    items[1].title = QStringLiteral("unknown");
    items[2].title = QStringLiteral("more");
    items[2].fragments = 5;
    items[2].modified = QDateTime(QDate(2025, 1, 1), QTime(0, 0), Qt::UTC);
    const ItemTable table = tableOf(items);
    const QStringList order = {"unknown", "known", "more"};
    QCOMPARE(titlesOf(table, by(Column::Fragments)), order);
    QCOMPARE(titlesOf(table, by(Column::Modified)), order);
    QCOMPARE(titlesOf(table, by(Column::Modified, true)).last(), QStringLiteral("unknown"));
}

void tst_Query::sort_byAColumnTheKindLacksKeepsScanOrder()
{
    const ItemTable table = titled({"b", "a", "c"});
    for (const Column column : {Column::Path, Column::Nodes, Column::Reason, Column::LastBackup, Column::Class})
        QCOMPARE(titlesOf(table, by(column)), (QStringList{"b", "a", "c"}));
}

void tst_Query::filter_findsInEveryTextColumnAndTheState_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<int>("hits");
    QTest::newRow("id") << QStringLiteral("SESSION-1") << 1;
    QTest::newRow("title, part of a word") << QStringLiteral("port") << 1;
    QTest::newRow("owner") << QStringLiteral("research") << 2;
    QTest::newRow("entity") << QStringLiteral("company_9") << 1;
    QTest::newRow("state") << QStringLiteral("damaged") << 1;
    QTest::newRow("beyond ASCII, other case") << QStringLiteral("übersicht") << 1;
    QTest::newRow("nothing") << QStringLiteral("xyzzy") << 0;
    QTest::newRow("longer than any text") << QString(500, QLatin1Char('r')) << 0;
    QTest::newRow("all") << QString() << 2;
    QTest::newRow("not across columns") << QStringLiteral("reportsession") << 0;
}

void tst_Query::filter_findsInEveryTextColumnAndTheState()
{
    QFETCH(QString, filter);
    QFETCH(int, hits);
    QList<Item> items(2);
    items[0].id = QStringLiteral("session-1");
    items[0].title = QStringLiteral("Q3 Report");
    items[0].owner = QStringLiteral("Research");
    items[0].state = ItemState::Damaged;
    items[1].id = QStringLiteral("session-2");
    items[1].title = QStringLiteral("Übersicht");
    items[1].owner = QStringLiteral("research");
    items[1].entity = QStringLiteral("company_9");
    QCOMPARE(rowsOf(tableOf(items), filtered(filter)).size(), size_t(hits));
}

void tst_Query::filter_thenSortNamesTheRightRows()
{
    QStringList titles;
    for (int i = 0; i < 9000; ++i)
        titles.append((i % 3 ? QStringLiteral("other ") : QStringLiteral("Match ")) + QString::number(9000 - i));
    const ItemTable table = titled(titles);
    Query query = by(Column::Title);
    query.filter = QStringLiteral("match");
    const auto rows = rowsOf(table, query);
    QCOMPARE(rows.size(), size_t(3000));
    QCOMPARE(table.item(rows.front()).title, QStringLiteral("Match 3"));
    QCOMPARE(table.item(rows.back()).title, QStringLiteral("Match 9000"));
}

void tst_Query::query_endsWhenCancelled()
{
    const ItemTable table = titled({"a", "b"});
    Monitor monitor;
    monitor.requestStop();
    for (const Query &query : {by(Column::Title), filtered(QStringLiteral("a")), filtered({})}) {
        const auto rows = runQuery(table, query, monitor);
        QVERIFY(!rows);
        QCOMPARE(rows.error().code, ErrorCode::Cancelled);
    }
}

void tst_Query::query_ofNothingIsNothing()
{
    QVERIFY(rowsOf({}, by(Column::Title)).empty());
    QVERIFY(rowsOf({}, filtered(QStringLiteral("x"))).empty());
}

QTEST_GUILESS_MAIN(tst_Query)
#include "tst_query.moc"
