// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/json.h"

#include "storage/dirtree.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_JsonStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void store_deliversEveryRecordWhateverTheWindow_data();
    void store_deliversEveryRecordWhateverTheWindow();
    void store_deliversTheRecordsBeforeAFault_data();
    void store_deliversTheRecordsBeforeAFault();
    void store_givesUpTheBytesOfAHugeRecordOnly();
    void store_stopsWhenToldAndCancels();
    void store_readsRecordsOfAnArray();
    void store_findsWantedMembersOnTheWay_data();
    void store_findsWantedMembersOnTheWay();
};

static QByteArray record(int i)
{
    return "{\"n\": " + QByteArray::number(i) + ", \"text\": \"" + QByteArray(i * 37 % 400, 'x') + "\\\"}\\\\\", \"m\": [" +
        QByteArray("{},").repeated(i % 5) + "1]}";
}

void tst_JsonStore::store_deliversEveryRecordWhateverTheWindow_data()
{
    QTest::addColumn<int>("window");
    for (const int window : {1, 4096, 5000, 65536, 1 << 20})
        QTest::newRow(QByteArray::number(window).constData()) << window;
}

void tst_JsonStore::store_deliversEveryRecordWhateverTheWindow()
{
    QFETCH(int, window);
    DataDirBuilder builder;
    QByteArray text = "{";
    QList<qint64> offsets;
    for (int i = 0; i < 500; ++i) {
        text += (i ? ",\n  \"k" : "\n \"k") + QByteArray::number(i) + "\": ";
        offsets.append(text.size());
        text += i == 250 ? "{\"n\": 250, \"text\": \"" + QByteArray(300000, 'y') + "\"}" : i == 251 ? QByteArray("42") : record(i);
    }
    text += "\n}\n";
    builder.file("store.json", text);
    const auto tree = DirTree::open(builder.path());
    QVERIFY(tree);
    Monitor monitor;
    int seen = 0;
    JsonStoreOptions options;
    options.window = window;
    const auto summary = readJsonStore(**tree, RelPath::literal("store.json"), options, monitor, [&](const JsonStoreRecord &r) {
        [&] {
            QCOMPARE(r.index, seen);
            QCOMPARE(r.rawKey, QByteArrayView(QByteArray("k" + QByteArray::number(seen))));
            QCOMPARE(r.offset, offsets[seen]);
            QCOMPARE(r.bytes, QByteArrayView(text).sliced(r.offset, r.length));
            QVERIFY(!validateJson(r.bytes));
            if (seen != 251)
                QCOMPARE(JsonFields(r.bytes, {"n"})[0].integer(), std::optional<qint64>(seen));
        }();
        ++seen;
        return !QTest::currentTestFailed();
    });
    QVERIFY(summary);
    QCOMPARE(seen, 500);
    QCOMPARE(summary->records, 500);
    QCOMPARE(summary->bytes, text.size());
    QCOMPARE(summary->topLevel, '{');
    QVERIFY(!summary->fault);
    QVERIFY(!summary->stopped);
    QCOMPARE(monitor.sample().bytesDone, text.size());
}

void tst_JsonStore::store_deliversTheRecordsBeforeAFault_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("records");
    QTest::addColumn<int>("offset");
    QTest::newRow("truncated in the second") << QByteArray("{\"a\": {\"x\": 1}, \"b\": {\"x\":") << 1 << 26;
    QTest::newRow("truncated after a comma") << QByteArray("{\"a\": {},") << 1 << 9;
    QTest::newRow("not closed") << QByteArray("{\"a\": {}, \"b\": {}") << 2 << 17;
    QTest::newRow("rubbish inside the second") << QByteArray("{\"a\": {}, \"b\": {x}, \"c\": {}}") << 1 << 16;
    QTest::newRow("empty") << QByteArray() << 0 << 0;
    QTest::newRow("zero bytes") << QByteArray(4096, '\0') << 0 << 0;
    QTest::newRow("text behind") << QByteArray("{\"a\": {}} tail") << 1 << 10;
}

void tst_JsonStore::store_deliversTheRecordsBeforeAFault()
{
    QFETCH(QByteArray, text);
    QFETCH(int, records);
    QFETCH(int, offset);
    DataDirBuilder builder;
    builder.file("s.json", text);
    const auto tree = DirTree::open(builder.path());
    QVERIFY(tree);
    Monitor monitor;
    int seen = 0;
    const auto summary = readJsonStore(**tree, RelPath::literal("s.json"), {}, monitor, [&](const JsonStoreRecord &) {
        ++seen;
        return true;
    });
    QVERIFY(summary);
    QCOMPARE(seen, records);
    QVERIFY(summary->fault);
    QCOMPARE(summary->fault->offset, offset);
}

void tst_JsonStore::store_givesUpTheBytesOfAHugeRecordOnly()
{
    DataDirBuilder builder;
    const QByteArray huge = "[\"" + QByteArray(1 << 20, 'z') + "\"]";
    const QByteArray text = "{\"a\": {}, \"huge\": " + huge + ", \"b\": {\"x\": 1}}";
    builder.file("s.json", text);
    const auto tree = DirTree::open(builder.path());
    QVERIFY(tree);
    Monitor monitor;
    JsonStoreOptions options;
    options.window = 64 * 1024;
    options.maxRecord = 128 * 1024;
    QStringList keys;
    const auto summary = readJsonStore(**tree, RelPath::literal("s.json"), options, monitor, [&](const JsonStoreRecord &r) {
        keys.append(r.key());
        if (r.key() == u"huge") {
            [&] {
                QVERIFY(r.tooLarge());
                QVERIFY(r.bytes.isEmpty());
                QCOMPARE(r.length, huge.size());
                QCOMPARE(r.offset, text.indexOf("[\"z"));
            }();
        } else if (r.tooLarge()) {
            keys.append(QStringLiteral("too large"));
        }
        return true;
    });
    QVERIFY(summary);
    QVERIFY(!summary->fault);
    QCOMPARE(keys, (QStringList{QStringLiteral("a"), QStringLiteral("huge"), QStringLiteral("b")}));
}

void tst_JsonStore::store_stopsWhenToldAndCancels()
{
    DataDirBuilder builder;
    builder.file("s.json", "{\"a\": 1, \"b\": 2, \"c\": 3}");
    const auto tree = DirTree::open(builder.path());
    QVERIFY(tree);
    Monitor monitor;
    const auto summary = readJsonStore(**tree, RelPath::literal("s.json"), {}, monitor,
                                       [](const JsonStoreRecord &r) { return r.rawKey != "b"; });
    QVERIFY(summary);
    QVERIFY(summary->stopped);
    QCOMPARE(summary->records, 2);
    monitor.requestStop();
    const auto cancelled = readJsonStore(**tree, RelPath::literal("s.json"), {}, monitor, [](const JsonStoreRecord &) { return true; });
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
    const auto absent = readJsonStore(**tree, RelPath::literal("t.json"), {}, monitor, [](const JsonStoreRecord &) { return true; });
    QVERIFY(!absent);
    QCOMPARE(absent.error().code, ErrorCode::NotFound);
}

void tst_JsonStore::store_readsRecordsOfAnArray()
{
    DataDirBuilder builder;
    builder.file("s.json", "[{\"a\":1}, \"t\", [], 5]");
    const auto tree = DirTree::open(builder.path());
    QVERIFY(tree);
    Monitor monitor;
    QByteArrayList seen;
    const auto summary = readJsonStore(**tree, RelPath::literal("s.json"), {}, monitor, [&](const JsonStoreRecord &r) {
        seen.append(r.rawKey.toByteArray() + '=' + r.bytes.toByteArray());
        return true;
    });
    QVERIFY(summary);
    QCOMPARE(summary->topLevel, '[');
    QCOMPARE(seen, (QByteArrayList{"={\"a\":1}", "=\"t\"", "=[]", "=5"}));
}

void tst_JsonStore::store_findsWantedMembersOnTheWay_data()
{
    QTest::addColumn<int>("window");
    QTest::addColumn<QByteArray>("brackets");
    for (const int window : {1, 5000, 1 << 20}) {
        for (const char *brackets : {"{}", "[]"})
            QTest::addRow("%d %s", window, brackets) << window << QByteArray(brackets);
    }
}

void tst_JsonStore::store_findsWantedMembersOnTheWay()
{
    QFETCH(int, window);
    QFETCH(QByteArray, brackets);
    const bool hasKeys = brackets == "{}";
    QByteArray text = brackets.left(1);
    for (int i = 0; i < 400; ++i) {
        text += (i ? ",\n" : "") + QByteArray(hasKeys ? "\"n\": " : "");
        switch (i % 8) {
        case 0: text += "[{\"n\": 1}, {\"m\": 2}]"; break;
        case 1: text += "\"n\""; break;
        case 2: text += "{}"; break;
        case 3: text += "{\"m\": {\"n\": 5, \"text\": []}, \"n\": 1, \"\\u006e\": 2}"; break;
        case 4: text += "{\"text\": \"" + QByteArray(9000, 'y') + "\", \"n\": null, \"m\": [[], [], \"n\"]}"; break;
        default: text += record(i); break;
        }
    }
    text += brackets.right(1);
    DataDirBuilder builder;
    builder.file("store.json", text);
    const auto tree = DirTree::open(builder.path());
    Monitor monitor;
    JsonStoreOptions options;
    options.window = window;
    options.maxRecord = 8192;
    options.fields = {"n", "m", "text", "absent"};
    int seen = 0;
    const auto summary = readJsonStore(**tree, RelPath::literal("store.json"), options, monitor, [&](const JsonStoreRecord &r) {
        [&] {
            const JsonFields wanted(r.bytes, {"n", "m", "text", "absent"});
            for (size_t i = 0; i < 4; ++i) {
                QCOMPARE(r.fields[i].type, wanted[i].type);
                QCOMPARE(r.fields[i].raw, wanted[i].raw);
                QCOMPARE(r.fields[i].count(), wanted[i].count());
            }
            QVERIFY(!r.tooLarge() || (r.length > 8000 && window < (1 << 20)));
            if (!r.tooLarge())
                QCOMPARE(r.slice().count(), jsonSlice(r.bytes).count());
        }();
        ++seen;
        return !QTest::currentTestFailed();
    });
    QVERIFY(summary && !summary->fault);
    QCOMPARE(seen, 400);
}

QTEST_GUILESS_MAIN(tst_JsonStore)
#include "tst_jsonstore.moc"
