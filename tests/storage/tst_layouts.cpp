// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The conformance suite: what every layout promises, over every row of layoutcases.h and every sample.
#include "storage/datadirectory.h"
#include "storage/layouts/registry.h"
#include "tests/storage/layoutcases.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

struct Scanned {
    Catalog catalog;
    QList<Finding> findings;
    qint64 damaged = 0;
};

Scanned scanAll(const DataDirectory &directory)
{
    Scanned out;
    ChunkBuilder builder([&](ChunkPtr chunk) { out.catalog.append(std::move(chunk)); });
    Monitor monitor;
    const auto done = directory.scan(builder, [&](Finding f) { out.findings.append(std::move(f)); }, monitor);
    if (!done)
        qFatal("scan: %s", qPrintable(describe(done.error()).oneLine()));
    for (const ItemKind kind : kAllItemKinds) {
        for (qint64 row = 0; row < out.catalog.table(kind).size(); ++row)
            out.damaged += out.catalog.table(kind).item(row).state == ItemState::Damaged;
    }
    return out;
}

std::array<qint64, 4> countsOf(const Catalog &catalog)
{
    std::array<qint64, 4> counts;
    for (const ItemKind kind : kAllItemKinds)
        counts[size_t(kind)] = catalog.table(kind).size();
    return counts;
}

QByteArray countsText(const std::array<qint64, 4> &counts)
{
    return QByteArray::number(counts[0]) + " sessions, " + QByteArray::number(counts[1]) + " entities, "
        + QByteArray::number(counts[2]) + " volumes, " + QByteArray::number(counts[3]) + " snapshots";
}

QByteArray findingsText(const QList<Finding> &findings)
{
    QByteArray out;
    for (const Finding &f : findings)
        out += f.code.toUtf8() + ' ' + f.path.bytes() + ": " + f.message.toUtf8() + " | " + f.consequence.toUtf8() + '\n';
    return out;
}

/// Everything that leaves storage about an item, as one text.
QByteArray wholeText(const ItemDetails &details)
{
    QJsonArray rest;
    const auto line = [&rest](const QStringList &words) { rest.append(words.join(u' ')); };
    for (const Part &part : details.parts)
        line({part.path.display(), part.record});
    for (const Relation &relation : details.relations)
        line({relation.role, relation.target.id, relation.title});
    for (const Fact &fact : details.facts)
        line({fact.key, fact.value});
    rest.append(details.metadata);
    rest.append(details.item.toJson());
    return QJsonDocument(rest).toJson();
}

QList<Finding> checkAll(const DataDirectory &directory)
{
    QList<Finding> findings;
    Monitor monitor;
    for (const DetectedLayout &detected : directory.layouts()) {
        const auto done = detected.layout->check(SubTree(directory.tree(), detected.root),
                                                 [&](Finding f) { findings.append(std::move(f)); }, monitor);
        if (!done)
            qFatal("check: %s", qPrintable(describe(done.error()).oneLine()));
    }
    return findings;
}

std::shared_ptr<const DataDirectory> openData(const QByteArray &path)
{
    Monitor monitor;
    auto directory = DataDirectory::open(path, monitor);
    if (!directory)
        qFatal("open: %s", qPrintable(describe(directory.error()).oneLine()));
    return *directory;
}

}  // namespace

class tst_Layouts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void registry_hasARowForEveryLayout();
    void probe_seesNothingInAnEmptyFolder();

    void probe_knowsItselfBest_data() { rows(); }
    void probe_knowsItselfBest();
    void scan_listsTrueCountsAndNoFindings_data() { rows(); }
    void scan_listsTrueCountsAndNoFindings();
    void parts_areThereAndAddUp_data() { rows(); }
    void parts_areThereAndAddUp();
    void parts_unknownItemsAreUnknown_data() { rows(); }
    void parts_unknownItemsAreUnknown();
    void check_healthyTreeHasNoFindings_data() { rows(); }
    void check_healthyTreeHasNoFindings();
    void looking_changesNothingAndLeaksNothing_data() { rows(); }
    void looking_changesNothingAndLeaksNothing();
    void damage_isListedAndFound_data() { rows(); }
    void damage_isListedAndFound();
    void scan_endsWhenTold_data() { rows(); }
    void scan_endsWhenTold();

    void samples_areWhatTheyAre_data();
    void samples_areWhatTheyAre();

private:
    static void rows();
    static LayoutCase currentCase();
};

void tst_Layouts::rows()
{
    QTest::addColumn<int>("index");
    const QList<LayoutCase> cases = layoutCases();
    for (int i = 0; i < cases.size(); ++i)
        QTest::newRow(cases.at(i).name.constData()) << i;
}

LayoutCase tst_Layouts::currentCase()
{
    return layoutCases().at(*static_cast<int *>(QTest::qData("index", qMetaTypeId<int>())));
}

void tst_Layouts::initTestCase()
{
    QVERIFY(!layoutCases().isEmpty());
}

void tst_Layouts::registry_hasARowForEveryLayout()
{
    QSet<QString> tested;
    for (const LayoutCase &c : layoutCases())
        tested.insert(c.layout);
    QSet<QString> ids;
    for (const Layout *layout : allLayouts()) {
        const LayoutIdentity &identity = layout->identity();
        QVERIFY2(tested.contains(identity.id), qPrintable(identity.id));
        QVERIFY(!identity.title.isEmpty());
        QVERIFY2(!ids.contains(identity.id), qPrintable(identity.id));
        ids.insert(identity.id);
    }
}

void tst_Layouts::probe_seesNothingInAnEmptyFolder()
{
    DataDirBuilder builder;
    const auto tree = DirTree::open(builder.path());
    QVERIFY(tree);
    for (const Layout *layout : allLayouts()) {
        if (layout->identity().id != u"plain-directory")
            QCOMPARE(layout->probe(**tree).score, 0);
    }
}

void tst_Layouts::probe_knowsItselfBest()
{
    const LayoutCase c = currentCase();
    DataDirBuilder builder;
    c.plant(builder);
    const auto directory = openData(builder.path());
    QVERIFY(!directory->layouts().isEmpty());
    const DetectedLayout &best = directory->primary();
    QCOMPARE(best.id, c.layout);
    QCOMPARE(best.variant, c.variant);
    QCOMPARE(best.root.bytes(), c.root);
    QVERIFY(!best.evidence.isEmpty());
    if (c.layout == u"plain-directory")
        return;
    QVERIFY2(best.score >= kSureScore, QByteArray::number(best.score).constData());
    QVERIFY(!directory->ambiguous());
    // No other layout takes the same place for its own.
    for (const DetectedLayout &other : directory->layouts().sliced(1)) {
        if (other.root == best.root)
            QVERIFY2(other.score < kSureScore, qPrintable(other.id + u": " + other.evidence.join(u';')));
    }
}

void tst_Layouts::scan_listsTrueCountsAndNoFindings()
{
    const LayoutCase c = currentCase();
    DataDirBuilder builder;
    c.plant(builder);
    const auto directory = openData(builder.path());
    const Scanned scanned = scanAll(*directory);
    QCOMPARE(countsText(countsOf(scanned.catalog)), countsText(c.counts));
    QCOMPARE(findingsText(scanned.findings), QByteArray());
    QCOMPARE(scanned.damaged, 0);
    Monitor monitor;
    const auto counted = directory->count(monitor);
    QVERIFY(counted);
    for (const ItemKind kind : kAllItemKinds)
        QCOMPARE(counted->value(kind), scanned.catalog.table(kind).size());
    for (const ItemKind kind : kAllItemKinds) {
        QSet<QString> ids;
        const ItemTable &table = scanned.catalog.table(kind);
        if (!table.isEmpty())
            QVERIFY(directory->kinds().contains(kind));
        for (qint64 row = 0; row < table.size(); ++row) {
            const Item item = table.item(row);
            QVERIFY(!item.id.isEmpty());
            QVERIFY(!item.title.isEmpty());
            QVERIFY2(!ids.contains(item.id), qPrintable(item.id));
            ids.insert(item.id);
        }
    }
}

void tst_Layouts::parts_areThereAndAddUp()
{
    const LayoutCase c = currentCase();
    DataDirBuilder builder;
    c.plant(builder);
    const auto directory = openData(builder.path());
    const Scanned scanned = scanAll(*directory);
    int checked = 0;
    for (const ItemKind kind : kAllItemKinds) {
        const ItemTable &table = scanned.catalog.table(kind);
        for (qint64 row = 0; row < table.size(); ++row) {
            const Item item = table.item(row);
            Monitor monitor;
            const auto details = directory->details(item.itemId(), monitor);
            QVERIFY2(details, qPrintable(item.id));
            // The row of the table and the details say the same.
            QCOMPARE(details->item.toJson(), item.toJson());
            QVERIFY2(!details->parts.isEmpty(), qPrintable(item.id));
            qint64 own = 0;
            for (const Part &part : details->parts) {
                const auto stamp = directory->tree().stamp(part.path);
                QVERIFY2(stamp, part.path.bytes().constData());
                QVERIFY(part.bytes >= 0);
                if (!part.shared)
                    own += part.bytes;
                if (stamp->isFile() && part.record.isEmpty())
                    QCOMPARE(part.bytes, stamp->size);
            }
            // "Parts cover every byte": what belongs to the item alone is its size, or all of it is shared.
            if (own > 0)
                QCOMPARE(own, item.bytes);
            ++checked;
        }
    }
    QVERIFY(checked > 0);
}

void tst_Layouts::parts_unknownItemsAreUnknown()
{
    const LayoutCase c = currentCase();
    DataDirBuilder builder;
    c.plant(builder);
    const auto directory = openData(builder.path());
    for (const ItemKind kind : directory->kinds()) {
        for (const char *id : {"no-such-item", "", "..", "../x", "/etc/passwd", "a/b", "."}) {
            Monitor monitor;
            const auto details = directory->details({kind, QString::fromLatin1(id)}, monitor);
            QVERIFY2(!details, id);
            QCOMPARE(details.error().code, ErrorCode::ItemUnknown);
        }
    }
}

void tst_Layouts::check_healthyTreeHasNoFindings()
{
    const LayoutCase c = currentCase();
    DataDirBuilder builder;
    c.plant(builder);
    QCOMPARE(findingsText(checkAll(*openData(builder.path()))), QByteArray());
}

void tst_Layouts::looking_changesNothingAndLeaksNothing()
{
    const LayoutCase c = currentCase();
    for (const bool damaged : {false, true}) {
        DataDirBuilder builder;
        c.plant(builder);
        if (damaged && c.damage)
            c.damage(builder);
        const QByteArray before = treeFingerprint(builder.path(), true);
        const auto directory = openData(builder.path());
        const Scanned scanned = scanAll(*directory);
        QByteArray seen = findingsText(scanned.findings) + findingsText(checkAll(*directory));
        for (const DetectedLayout &layout : directory->layouts())
            seen += layout.evidence.join(u'\n').toUtf8();
        for (const ItemKind kind : kAllItemKinds) {
            const ItemTable &table = scanned.catalog.table(kind);
            for (qint64 row = 0; row < table.size(); ++row) {
                const Item item = table.item(row);
                seen += QJsonDocument(item.toJson()).toJson();
                Monitor monitor;
                if (const auto details = directory->details(item.itemId(), monitor))
                    seen += wholeText(*details);
            }
        }
        QVERIFY2(!seen.contains(kCanary), seen.mid(std::max<qsizetype>(seen.indexOf(kCanary) - 200, 0), 400).constData());
        QCOMPARE(treeFingerprint(builder.path(), true), before);
    }
}

void tst_Layouts::damage_isListedAndFound()
{
    const LayoutCase c = currentCase();
    if (!c.damage)
        QSKIP("nothing of this layout is metadata");
    DataDirBuilder builder;
    c.plant(builder);
    c.damage(builder);
    const auto directory = openData(builder.path());
    QCOMPARE(directory->primary().id, c.layout);
    const Scanned scanned = scanAll(*directory);
    QCOMPARE(countsText(countsOf(scanned.catalog)), countsText(c.damagedCounts));
    QCOMPARE(scanned.damaged, c.damagedItems);
    const auto named = [&](const QList<Finding> &findings) {
        return std::any_of(findings.begin(), findings.end(), [&](const Finding &f) {
            return f.code == c.damagedCode && !f.path.isRoot() && directory->tree().stamp(f.path).has_value() && !f.message.isEmpty();
        });
    };
    QVERIFY2(named(scanned.findings), findingsText(scanned.findings).constData());
    QList<Finding> checked = checkAll(*directory);
    for (Finding &f : checked)
        f.path = directory->primary().root.joined(f.path);
    QVERIFY2(named(checked), findingsText(checked).constData());
}

void tst_Layouts::scan_endsWhenTold()
{
    const LayoutCase c = currentCase();
    DataDirBuilder builder;
    c.plant(builder);
    const auto directory = openData(builder.path());
    ChunkBuilder items([](ChunkPtr) {});
    Monitor monitor;
    monitor.requestStop();
    const auto done = directory->scan(items, [](Finding) {}, monitor);
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Cancelled);
}

void tst_Layouts::samples_areWhatTheyAre_data()
{
    QTest::addColumn<int>("index");
    const QStringList names = sampleNames();
    const QList<SampleCase> cases = sampleCases();
    int used = 0;
    for (int i = 0; i < cases.size(); ++i) {
        if (names.contains(cases.at(i).sample) && layoutById(cases.at(i).layout)) {
            QTest::newRow(cases.at(i).sample.toUtf8().constData()) << i;
            ++used;
        }
    }
    qInfo("%d of %d samples used", used, int(names.size()));
    if (used == 0)
        QTest::newRow("no samples") << -1;
}

void tst_Layouts::samples_areWhatTheyAre()
{
    QFETCH(int, index);
    if (index < 0)
        QSKIP("no samples beside the checkout");
    const SampleCase c = sampleCases().at(index);
    DataDirBuilder builder;
    QVERIFY(unpackSample(c.sample, builder.path()));
    const QByteArray before = treeFingerprint(builder.path(), true);
    const auto directory = openData(builder.path(c.sample.toUtf8()));
    const auto expected = std::find_if(directory->layouts().begin(), directory->layouts().end(),
                                       [&](const DetectedLayout &d) { return d.id == c.layout && d.root.bytes() == c.root; });
    QVERIFY2(expected != directory->layouts().end(), "not recognised");
    QCOMPARE(expected->variant, c.variant);
    QVERIFY(expected->score >= kSureScore);
    for (const DetectedLayout &other : directory->layouts()) {
        if (other.root == expected->root && other.id != expected->id)
            QVERIFY2(expected->score - other.score >= 10, qPrintable(other.id + u": " + other.evidence.join(u';')));
    }
    const Scanned scanned = scanAll(*directory);
    QCOMPARE(countsText(countsOf(scanned.catalog)), countsText(c.counts));
    QList<Finding> findings = scanned.findings + checkAll(*directory);
    findings.removeIf([](const Finding &f) { return f.severity != Severity::Error; });
    QCOMPARE(findingsText(findings), QByteArray());
    int details = 0;
    for (const ItemKind kind : kAllItemKinds) {
        const ItemTable &table = scanned.catalog.table(kind);
        for (qint64 row = 0; row < table.size(); ++row) {
            Monitor monitor;
            const auto whole = directory->details(table.item(row).itemId(), monitor);
            QVERIFY2(whole, qPrintable(table.item(row).id));
            QCOMPARE(whole->item.toJson(), table.item(row).toJson());
            const QByteArray text = wholeText(*whole);
            QVERIFY(!text.contains("eyJhbGciOi"));
            QVERIFY(!text.contains("$2b$12$"));
            ++details;
        }
    }
    QVERIFY(details > 0);
    QCOMPARE(treeFingerprint(builder.path(), true), before);
}

QTEST_GUILESS_MAIN(tst_Layouts)
#include "tst_layouts.moc"
