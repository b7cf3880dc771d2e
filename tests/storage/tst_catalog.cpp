// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/catalog.h"

#include <QtTest>

using namespace strongroom::storage;

class tst_Catalog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void item_comesBackAsItWas_data();
    void item_comesBackAsItWas();
    void unknown_staysUnknown();
    void builder_handsOutFullChunksAndTheRest();
    void builder_splitsLongTexts();
    void builder_handsOutWhatWaited();
    void table_findsRowsAcrossChunks();
    void table_copyKeepsItsRowsWhileTheOtherGrows();
    void columns_haveWordsAndTheWordsComeBack();
    void time_isReadAsItIsSpelt_data();
    void time_isReadAsItIsSpelt();
};

namespace {

Item sample(ItemKind kind)
{
    Item item;
    item.kind = kind;
    item.state = ItemState::Locked;
    item.id = QStringLiteral("id-Ü");
    item.title = QStringLiteral("Title — 株式");
    item.created = QDateTime(QDate(2025, 1, 2), QTime(3, 4, 5, 678), Qt::UTC);
    item.modified = QDateTime(QDate(1969, 12, 31), QTime(23, 59, 59), Qt::UTC);
    item.bytes = 1LL << 50;
    switch (kind) {
    case ItemKind::Session:
        item.fragments = 3;
        item.messages = 0;
        item.owner = QStringLiteral("group1");
        item.entity = QStringLiteral("company_123");
        break;
    case ItemKind::Entity:
        item.documents = 4;
        item.chunks = 104;
        item.vectors = 105;
        item.sessions = 2;
        break;
    case ItemKind::Volume:
        item.volumeClass = VolumeClass::Optional;
        item.files = 7;
        item.path = QStringLiteral("var/lib/x");
        item.lastBackup = QDateTime(QDate(2025, 10, 25), QTime(14, 30, 22), Qt::UTC);
        break;
    case ItemKind::Snapshot:
        item.reason = QStringLiteral("auto-save");
        item.nodes = 40;
        item.current = true;
        break;
    }
    return item;
}

QList<ChunkPtr> chunksOf(const QList<Item> &items)
{
    QList<ChunkPtr> chunks;
    ChunkBuilder builder([&chunks](ChunkPtr chunk) { chunks.append(std::move(chunk)); });
    for (const Item &item : items)
        builder.add(item);
    builder.flush();
    return chunks;
}

QList<Item> numbered(int count)
{
    QList<Item> items;
    for (int i = 0; i < count; ++i) {
        Item item;
        item.id = QString::number(i);
        items.append(item);
    }
    return items;
}

}  // namespace

void tst_Catalog::item_comesBackAsItWas_data()
{
    QTest::addColumn<int>("kind");
    for (const ItemKind kind : kAllItemKinds)
        QTest::newRow(qPrintable(kindWord(kind))) << int(kind);
}

void tst_Catalog::item_comesBackAsItWas()
{
    QFETCH(int, kind);
    const Item item = sample(ItemKind(kind));
    const QList<ChunkPtr> chunks = chunksOf({item});
    QCOMPARE(chunks.size(), 1);
    QCOMPARE(chunks.first()->kind(), item.kind);
    const Item back = chunks.first()->item(0);
    QCOMPARE(back.toJson(), item.toJson());
    QCOMPARE(back.created, item.created);
    QCOMPARE(back.modified, item.modified);
    QCOMPARE(back.owner, item.owner);
    QCOMPARE(back.entity, item.entity);
}

void tst_Catalog::unknown_staysUnknown()
{
    for (const ItemKind kind : kAllItemKinds) {
        Item item;
        item.kind = kind;
        item.id = QStringLiteral("x");
        const Item back = chunksOf({item}).first()->item(0);
        QVERIFY(!back.created.isValid() && !back.modified.isValid() && !back.lastBackup.isValid());
        QVERIFY(!back.fragments && !back.messages && !back.documents && !back.chunks && !back.vectors && !back.sessions);
        QVERIFY(!back.files && !back.nodes);
        QCOMPARE(back.toJson(), item.toJson());
    }
    // Zero is not unknown, and what does not fit is not wrapped around.
    Item volume;
    volume.kind = ItemKind::Volume;
    volume.files = 0;
    QCOMPARE(chunksOf({volume}).first()->item(0).files, Count(0));
    volume.files = 1LL << 40;
    QVERIFY(chunksOf({volume}).first()->item(0).files.value_or(-1) > 0);
}

void tst_Catalog::builder_handsOutFullChunksAndTheRest()
{
    QList<Item> items = numbered(Chunk::kMaxRows + 1);
    Item entity;
    entity.kind = ItemKind::Entity;
    entity.id = QStringLiteral("e");
    items.insert(5, entity);
    const QList<ChunkPtr> chunks = chunksOf(items);
    QHash<int, int> rows;
    for (const ChunkPtr &chunk : chunks) {
        QVERIFY(chunk->size() > 0 && chunk->size() <= Chunk::kMaxRows);
        rows[int(chunk->kind())] += chunk->size();
    }
    QCOMPARE(rows.value(int(ItemKind::Session)), Chunk::kMaxRows + 1);
    QCOMPARE(rows.value(int(ItemKind::Entity)), 1);
    QVERIFY(chunks.size() >= 3);
    const auto first = std::find_if(chunks.begin(), chunks.end(), [](const ChunkPtr &chunk) { return chunk->kind() == ItemKind::Session; });
    QVERIFY((*first)->size() <= 100);   // a screen is filled first
    QVERIFY(chunksOf({}).isEmpty());
}

void tst_Catalog::builder_splitsLongTexts()
{
    QList<Item> items = numbered(40);
    for (Item &item : items)
        item.title = QString(1'000'000, QLatin1Char('x'));
    const QList<ChunkPtr> chunks = chunksOf(items);
    QVERIFY(chunks.size() >= 2);
    ItemTable table;
    for (const ChunkPtr &chunk : chunks)
        table.append(chunk);
    QCOMPARE(table.size(), 40);
    QCOMPARE(table.item(39).title.size(), 1'000'000);
}

void tst_Catalog::builder_handsOutWhatWaited()
{
    int handedOut = 0;
    ChunkBuilder builder([&handedOut](const ChunkPtr &chunk) { handedOut += chunk->size(); });
    builder.add(numbered(1).first());
    builder.flushOld();
    QCOMPARE(handedOut, 0);
    QTRY_VERIFY_WITH_TIMEOUT((builder.flushOld(), handedOut == 1), 2000);
    builder.flushOld();
    builder.flush();
    QCOMPARE(handedOut, 1);
    QCOMPARE(builder.count(ItemKind::Session), 1);
}

void tst_Catalog::table_findsRowsAcrossChunks()
{
    ItemTable table;
    QVERIFY(table.isEmpty());
    QCOMPARE(table.find(u"0"), -1);
    for (const ChunkPtr &chunk : chunksOf(numbered(10'000)))
        table.append(chunk);
    QCOMPARE(table.size(), 10'000);
    for (const qint64 row : {0, 4095, 4096, 8191, 8192, 9999}) {
        QCOMPARE(table.item(row).id, QString::number(row));
        QCOMPARE(table.text(row, Column::Id), QByteArrayView(QByteArray::number(row)));
        QCOMPARE(table.find(QString::number(row)), row);
    }
    QCOMPARE(table.find(u"10000"), -1);
    QCOMPARE(table.text(0, Column::Path), QByteArrayView());
    QCOMPARE(table.number(0, Column::Fragments), -1);
}

void tst_Catalog::table_copyKeepsItsRowsWhileTheOtherGrows()
{
    ItemTable table;
    table.append(chunksOf(numbered(10)).first());
    const ItemTable copy = table;
    table.append(chunksOf(numbered(10)).first());
    QCOMPARE(copy.size(), 10);
    QCOMPARE(table.size(), 20);
    QCOMPARE(copy.item(9).id, table.item(9).id);
}

void tst_Catalog::columns_haveWordsAndTheWordsComeBack()
{
    for (const ItemKind kind : kAllItemKinds) {
        QVERIFY(!columnsFor(kind).isEmpty());
        for (const Column column : columnsFor(kind)) {
            QVERIFY(!columnWord(column).isEmpty());
            QCOMPARE(columnFromWord(columnWord(column)), std::optional(column));
            // What a table can show is a member of the item's JSON.
            QVERIFY2(sample(kind).toJson().contains(columnWord(column)), qPrintable(columnWord(column)));
        }
    }
    QVERIFY(!columnFromWord(u"no such"));
}

void tst_Catalog::time_isReadAsItIsSpelt_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("utc");
    const auto row = [](const char *text, const char *utc) { QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(utc); };
    row("2025-11-20T04:49:18", "2025-11-20T04:49:18Z");
    row("2025-11-20 04:49:18.526688", "2025-11-20T04:49:18.526Z");
    row("2025-11-20T04:49:18.5Z", "2025-11-20T04:49:18.500Z");
    row("2025-11-20T04:49:18+02:30", "2025-11-20T02:19:18Z");
    row("2024-02-29T23:59:59-00:30", "2024-03-01T00:29:59Z");
    for (const char *wrong : {"", "2025-11-20", "2025-11-20T04:49", "2025-02-29T00:00:00", "2025-11-20T24:00:00", "2025-11-20T04:60:00",
                              "2025/11/20T04:49:18", "2025-11-20T04.49.18", "2025-11-20x04:49:18", "+025-11-20T04:49:18", "20a5-11-20T04:49:18",
                              "2025-11-20T 4:49:18", "0000-11-20T04:49:18", "2025-11-20T04:49:18+0200", "2025-11-20T04:49:18 UTC"})
        row(wrong, "");
}

void tst_Catalog::time_isReadAsItIsSpelt()
{
    QFETCH(QString, text);
    QFETCH(QString, utc);
    QCOMPARE(isoUtc(parseTime(text)), utc);
}

QTEST_GUILESS_MAIN(tst_Catalog)
#include "tst_catalog.moc"
