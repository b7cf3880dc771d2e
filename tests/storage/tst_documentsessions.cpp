// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is particular to layout document-sessions, beyond the conformance suite.
#include "storage/datadirectory.h"
#include "storage/layouts/registry.h"
#include "tests/support/datadirbuilder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

const QByteArray kId = "9bafec87-d1cc-4a28-8d54-21628089628c";
const QByteArray kOther = "c0874953-d108-483c-a4bd-db5f099d316c";

QByteArray session(const QByteArray &id, const QByteArray &more = {})
{
    return "{\"session_id\": \"" + id + "\", \"template_id\": \"news\", \"group\": \"g1\", \"alias\": \"daily\", \"global_parameters\": {\"a\": 1, \"b\": 2},"
        " \"fragments\": [{\"fragment_id\": \"p\", \"parameters\": {}}, {\"fragment_id\": \"p\"}, {\"fragment_id\": \"q\"}],"
        " \"created_at\": \"2025-11-20T04:49:18.526688\", \"updated_at\": \"2025-11-20T05:00:00\"" + more + '}';
}

const Layout &layout()
{
    return *layoutById(u"document-sessions");
}

struct Seen {
    QList<Item> items;
    QStringList codes;
    QList<Finding> findings;
};

Seen look(const Tree &tree, bool check = false)
{
    Seen seen;
    ChunkBuilder builder([&](const ChunkPtr &chunk) {
        for (int row = 0; row < chunk->size(); ++row)
            seen.items.append(chunk->item(row));
    });
    const FindingSink sink = [&](Finding finding) {
        seen.codes.append(finding.code);
        seen.findings.append(std::move(finding));
    };
    Monitor monitor;
    const auto done = check ? layout().check(tree, sink, monitor) : layout().scan(tree, builder, sink, monitor);
    builder.flush();
    if (!done)
        qFatal("%s", qPrintable(describe(done.error()).oneLine()));
    return seen;
}

QString fact(const ItemDetails &details, const char *key)
{
    for (const Fact &f : details.facts) {
        if (f.key == QLatin1String(key))
            return f.value;
    }
    return {};
}

}  // namespace

class tst_DocumentSessions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_builder = std::make_unique<DataDirBuilder>(); }
    void item_hasWhatTheFileSays();
    void item_withoutAliasIsCalledByItsTemplate();
    void item_ofAHugeSessionIsCounted();
    void details_relateTheTemplateAndCountTokensOfEveryGeneration();
    void details_neverRenderAnImageInFull();
    void folder_acceptsAbsentFiles();
    void folder_withoutMetadataIsDamaged();
    void bothShapesOfOneIdAreOneItem();
    void mismatchAndLockAreFound();
    void linksAreNotFollowed();
    void namesOfAnyBytesAreItems();
    void manyReadersSeeWhatOneSees();
    void manyReadersStopWhenTold();
    void probe_emptySkeletonIsAGuess();
    void probe_takesNoRetrievalDataForItsOwn();
    void probe_knowsTheLaterServerWithoutSessions();

private:
    std::unique_ptr<DirTree> tree() { return *DirTree::open(m_builder->path()); }
    std::unique_ptr<DataDirBuilder> m_builder;
};

void tst_DocumentSessions::item_hasWhatTheFileSays()
{
    m_builder->file("sessions/" + kId + ".json", session(kId)).file("sessions/notes.txt", "x").file("sessions/.hidden.json", "x");
    const Seen seen = look(*tree());
    QCOMPARE(seen.codes, QStringList());
    QCOMPARE(seen.items.size(), 1);
    const Item &item = seen.items.first();
    QCOMPARE(item.id.toUtf8(), kId);
    QCOMPARE(item.title, QStringLiteral("daily"));
    QCOMPARE(item.owner, QStringLiteral("g1"));
    QCOMPARE(item.fragments, Count(3));
    QCOMPARE(item.messages, Count());
    QCOMPARE(item.bytes, session(kId).size());
    QCOMPARE(isoUtc(item.created), QStringLiteral("2025-11-20T04:49:18.526Z"));
    QCOMPARE(isoUtc(item.modified), QStringLiteral("2025-11-20T05:00:00Z"));
}

void tst_DocumentSessions::item_withoutAliasIsCalledByItsTemplate()
{
    // The first releases wrote no alias at all.
    QByteArray text = session(kId);
    text.replace(", \"alias\": \"daily\"", "");
    m_builder->file("sessions/" + kId + ".json", text);
    QCOMPARE(look(*tree()).items.value(0).title, QStringLiteral("news"));
}

void tst_DocumentSessions::item_ofAHugeSessionIsCounted()
{
    const QByteArray image = "{\"fragment_id\": \"i\", \"parameters\": {\"embedded_data_uri\": \"data:image/png;base64," + QByteArray(3 << 20, 'A') + "\"}}";
    QByteArray text = session(kId);
    text.replace("{\"fragment_id\": \"q\"}", QByteArray(image + ", " + image + ", " + image));
    m_builder->file("sessions/" + kId + ".json", text);
    const Seen seen = look(*tree());
    QCOMPARE(seen.codes, QStringList());
    QCOMPARE(seen.items.value(0).fragments, Count(5));
    QCOMPARE(seen.items.value(0).bytes, text.size());
}

void tst_DocumentSessions::details_relateTheTemplateAndCountTokensOfEveryGeneration()
{
    m_builder->file("sessions/" + kId + ".json", session(kId)).file("docs/templates/public/news/template.yaml", "x");
    const QByteArray jwt = "eyJhbGciOiJIUzI1NiJ9.eyJncm91cCI6ImcxIn0.c2lnbmF0dXJl";
    const struct {
        QByteArray tokens;
        QString all;
        QString ofGroup;
        QString whole;
    } rows[] = {
        {"{\"" + jwt + "\": {\"group\": \"g1\", \"issued_at\": \"2025-11-20T04:49:17\", \"expires_at\": \"2025-12-20T04:49:17\"}}",
         QStringLiteral("1"), QStringLiteral("1"), QStringLiteral("1")},
        {"{\"" + jwt + "\": {\"group\": \"g2\", \"not_before\": \"x\", \"jti\": \"y\", \"fingerprint\": \"z\"}}", QStringLiteral("1"), QStringLiteral("0"),
         QStringLiteral("1")},
        {"{\"" + kOther + "\": {\"id\": \"x\", \"groups\": [\"g1\", \"g2\"], \"status\": \"revoked\", \"expires_at\": null}, \"" + kId + "\": {\"groups\": []}}",
         QStringLiteral("2"), QStringLiteral("1"), QString()},
    };
    for (const auto &row : rows) {
        m_builder->file("auth/tokens.json", row.tokens);
        Monitor monitor;
        const auto details = layout().parts(*tree(), {ItemKind::Session, QString::fromLatin1(kId)}, monitor);
        QVERIFY(details);
        QCOMPARE(fact(*details, "access tokens"), row.all);
        QCOMPARE(fact(*details, "access tokens of the group"), row.ofGroup);
        QCOMPARE(fact(*details, "access tokens stored whole"), row.whole);
        QCOMPARE(fact(*details, "fragment types"), QStringLiteral("2 × p, 1 × q"));
        QCOMPARE(fact(*details, "template folder"), QStringLiteral("docs/templates/public/news"));
        QCOMPARE(details->relations.size(), 1);
        QCOMPARE(details->relations.first().role, QStringLiteral("template"));
        QVERIFY(!details->relations.first().linked);
    }
}

void tst_DocumentSessions::details_neverRenderAnImageInFull()
{
    const QByteArray image(30'000, 'Q');
    QByteArray text = session(kId);
    text.replace("{\"fragment_id\": \"q\"}",
                 QByteArray("{\"fragment_id\": \"q\", \"parameters\": {\"embedded_data_uri\": \"data:image/png;base64," + image + "\"}}"));
    m_builder->file("sessions/" + kId + ".json", text);
    Monitor monitor;
    const auto details = layout().parts(*tree(), {ItemKind::Session, QString::fromLatin1(kId)}, monitor);
    QVERIFY(details);
    const QByteArray shown = QJsonDocument(details->metadata).toJson();
    QVERIFY(!shown.contains("QQQQQQQQ"));
    QVERIFY(shown.contains("data: image/png, 22500 bytes"));
    QVERIFY(fact(*details, "embedded images").startsWith(u"1, "));
}

void tst_DocumentSessions::folder_acceptsAbsentFiles()
{
    m_builder->file("storage/session_" + kId + "/metadata.json", session(kId));
    const Seen seen = look(*tree());
    QCOMPARE(seen.codes, QStringList());
    QCOMPARE(seen.items.size(), 1);
    QCOMPARE(seen.items.first().fragments, Count(0));
    QCOMPARE(layout().probe(*tree()).variant, QStringLiteral("folders"));
}

void tst_DocumentSessions::folder_withoutMetadataIsDamaged()
{
    m_builder->file("storage/session_" + kId + "/fragments.json", "[1,2]").dir("storage/session_" + kOther).dir("storage/session_short");
    const Seen seen = look(*tree());
    QCOMPARE(seen.codes, (QStringList{QStringLiteral("missing-file"), QStringLiteral("missing-file")}));
    QCOMPARE(seen.items.size(), 2);
    for (const Item &item : seen.items) {
        QCOMPARE(item.state, ItemState::Damaged);
        QCOMPARE(item.title, item.id);
    }
    QCOMPARE(seen.items.first().fragments, Count(2));
    QCOMPARE(seen.items.last().fragments, Count());
}

void tst_DocumentSessions::bothShapesOfOneIdAreOneItem()
{
    m_builder->file("sessions/" + kId + ".json", session(kId)).file("storage/session_" + kId + "/metadata.json", session(kId));
    const Seen seen = look(*tree());
    QCOMPARE(seen.codes, QStringList{QStringLiteral("duplicate-id")});
    QCOMPARE(seen.items.size(), 1);
    QCOMPARE(seen.items.first().bytes, 2 * session(kId).size());
    Monitor monitor;
    const auto details = layout().parts(*tree(), seen.items.first().itemId(), monitor);
    QVERIFY(details);
    QCOMPARE(details->parts.size(), 2);
}

void tst_DocumentSessions::mismatchAndLockAreFound()
{
    m_builder->file("sessions/" + kId + ".json", session(kOther)).file("storage/.prune_size.lock", "pid=7 started_at=1763617157");
    const Seen seen = look(*tree(), true);
    QCOMPARE(seen.codes, (QStringList{QStringLiteral("id-mismatch"), QStringLiteral("stale-lock")}));
    QCOMPARE(seen.findings.first().severity, Severity::Warning);
    QCOMPARE(seen.findings.first().item, std::optional(ItemId{ItemKind::Session, QString::fromLatin1(kId)}));
    QCOMPARE(seen.findings.last().severity, Severity::Note);
    QCOMPARE(captureFor(layout().identity(), RelPath::literal("storage/.prune_size.lock")), Capture::Runtime);
    QCOMPARE(captureFor(layout().identity(), RelPath::literal(QByteArray("storage/g1/" + kId + ".json"))), Capture::Json);
    QCOMPARE(captureFor(layout().identity(), RelPath::literal(QByteArray("storage/" + kId + ".png"))), Capture::Plain);
}

void tst_DocumentSessions::linksAreNotFollowed()
{
    m_builder->file("outside.json", session(kOther)).symlink("data/sessions/" + kOther + ".json", "../../outside.json");
    m_builder->file("data/sessions/" + kId + ".json", session(kId)).dir("data/sessions/folder.json").fifo("data/sessions/pipe.json");
    const auto data = DirTree::open(m_builder->path("data"));
    QVERIFY(data);
    const Seen seen = look(**data);
    QCOMPARE(seen.codes, QStringList{QStringLiteral("outward-symlink")});
    QCOMPARE(seen.items.size(), 1);
    QCOMPARE(seen.items.first().id.toUtf8(), kId);
}

void tst_DocumentSessions::namesOfAnyBytesAreItems()
{
    m_builder->file("sessions/\xff\x01 odd.json", session("x"));
    const Seen seen = look(*tree());
    QCOMPARE(seen.codes, QStringList{QStringLiteral("id-mismatch")});
    QCOMPARE(seen.items.size(), 1);
    Monitor monitor;
    const auto details = layout().parts(*tree(), seen.items.first().itemId(), monitor);
    QVERIFY(details);
    QCOMPARE(details->parts.first().path.bytes(), QByteArray("sessions/\xff\x01 odd.json"));
}

static QByteArray numbered(int n)
{
    return "83a97d48-bc6a-405d-b5f1-" + QByteArray::number(n).rightJustified(12, '0');
}

void tst_DocumentSessions::manyReadersSeeWhatOneSees()
{
    for (int n = 0; n < 300; ++n) {
        const QByteArray id = numbered(n);
        const QByteArray broken = session(id).left(n % 7 == 3 ? 40 : 100'000);
        if (n % 3 == 0)
            m_builder->file("sessions/" + id + ".json", n % 11 == 0 ? session(kOther) : broken);
        else
            m_builder->file("storage/session_" + id + "/metadata.json", broken).file("storage/session_" + id + "/fragments.json", "[1, 2]");
    }
    m_builder->dir("sessions/" + numbered(1000) + ".json");
    const auto alone = tree();
    alone->setReaders(1);
    const Seen one = look(*alone);
    QCOMPARE(one.items.size(), 300);
    QVERIFY(one.findings.size() > 40);
    for (const int readers : {2, 5, 0}) {
        const auto several = tree();
        several->setReaders(readers);
        QVERIFY(readers == 0 || several->readers() == readers);
        const Seen many = look(*several);
        QCOMPARE(many.codes, one.codes);
        QCOMPARE(many.items.size(), one.items.size());
        for (qsizetype i = 0; i < one.items.size(); ++i)
            QCOMPARE(many.items[i].toJson(), one.items[i].toJson());
        for (qsizetype i = 0; i < one.findings.size(); ++i) {
            QCOMPARE(many.findings[i].message, one.findings[i].message);
            QCOMPARE(many.findings[i].path, one.findings[i].path);
        }
    }
}

void tst_DocumentSessions::manyReadersStopWhenTold()
{
    for (int n = 0; n < 300; ++n)
        m_builder->file("sessions/" + numbered(n) + ".json", n == 100 ? QByteArray("{") : session(numbered(n)));
    const auto several = tree();
    several->setReaders(4);
    Monitor monitor;
    ChunkBuilder builder([](const ChunkPtr &) {});
    const auto done = layout().scan(*several, builder, [&](const Finding &) { monitor.requestStop(); }, monitor);
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Cancelled);
    QVERIFY(builder.count(ItemKind::Session) < 300);
}

void tst_DocumentSessions::probe_emptySkeletonIsAGuess()
{
    m_builder->dir("sessions").dir("auth").dir("storage").dir("docs");
    const ProbeResult result = layout().probe(*tree());
    QVERIFY(result.score > 0 && result.score < kSureScore / 2);
    QVERIFY(!result.evidence.isEmpty());
}

void tst_DocumentSessions::probe_takesNoRetrievalDataForItsOwn()
{
    m_builder->file("storage/entities.json", "{}").file("storage/sessions.json", "{}").file("storage/tasks.json", "{}");
    m_builder->dir("entities").dir("entity_scoped").dir("logs");
    QCOMPARE(layout().probe(*tree()).score, 0);
    // An index of something else does not help.
    m_builder->file("storage/metadata.json", "{\"ent_1\": {\"entity_dir\": \"x\"}}");
    QCOMPARE(layout().probe(*tree()).score, 0);
}

void tst_DocumentSessions::probe_knowsTheLaterServerWithoutSessions()
{
    m_builder->dir("templates").dir("styles").dir("fragments").dir("images").file("auth/groups.json", "{}").file("auth/tokens.json", "{}");
    m_builder->file("storage/metadata.json", "{\"" + kId + "\": {\"format\": \"png\", \"size\": 3, \"group\": \"g\"}}").file("storage/" + kId + ".png", "png");
    const ProbeResult result = layout().probe(*tree());
    QVERIFY(result.score >= kSureScore);
    QCOMPARE(result.variant, QStringLiteral("files"));
    QVERIFY(result.evidence.contains(QStringLiteral("1 blob in storage/")));
}

QTEST_GUILESS_MAIN(tst_DocumentSessions)
#include "tst_documentsessions.moc"
