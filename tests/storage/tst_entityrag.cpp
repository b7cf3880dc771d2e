// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/datadirectory.h"
#include "storage/layouts/registry.h"
#include "tests/storage/picklebytes.h"
#include "tests/support/datadirbuilder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

struct Seen {
    QList<Item> items;
    QList<Finding> findings;   ///< of the scan
    QList<Finding> checked;    ///< of the check
    [[nodiscard]] Item item(ItemKind kind, const QString &id) const
    {
        for (const Item &i : items) {
            if (i.kind == kind && i.id == id)
                return i;
        }
        return {};
    }
    [[nodiscard]] Item entity(const char *id) const { return item(ItemKind::Entity, QString::fromUtf8(id)); }
    [[nodiscard]] Item session(const char *id) const { return item(ItemKind::Session, QString::fromUtf8(id)); }
    [[nodiscard]] QStringList ids(ItemKind kind) const
    {
        QStringList out;
        for (const Item &i : items) {
            if (i.kind == kind)
                out.append(i.id);
        }
        return out;
    }
};

QStringList codes(const QList<Finding> &findings)
{
    QStringList out;
    for (const Finding &f : findings)
        out.append(f.code + u' ' + f.path.display());
    return out;
}

/// JSON with single quotes, which are easier to read here.
QByteArray json(QByteArray text)
{
    return text.replace('\'', '"');
}

const Layout &layout()
{
    return *layoutById(u"entity-rag");
}

Seen look(const QByteArray &path)
{
    const auto tree = DirTree::open(path);
    Seen out;
    ChunkBuilder builder([&](ChunkPtr chunk) {
        for (int row = 0; row < chunk->size(); ++row)
            out.items.append(chunk->item(row));
    });
    Monitor monitor;
    if (!layout().scan(**tree, builder, [&](Finding f) { out.findings.append(std::move(f)); }, monitor))
        qFatal("scan failed");
    builder.flush();
    if (!layout().check(**tree, [&](Finding f) { out.checked.append(std::move(f)); }, monitor))
        qFatal("check failed");
    return out;
}

ProbeResult probed(const QByteArray &path)
{
    const auto tree = DirTree::open(path);
    return layout().probe(**tree);
}

ItemDetails detailsOf(const QByteArray &path, ItemKind kind, const char *id)
{
    const auto tree = DirTree::open(path);
    Monitor monitor;
    const auto details = layout().parts(**tree, {kind, QString::fromUtf8(id)}, monitor);
    if (!details)
        qFatal("no details of %s", id);
    return *details;
}

QByteArray entityRecord(const QByteArray &id, const QByteArray &folder, const QByteArray &more = {})
{
    return '"' + id + json("': {'_id': '") + id + json("', 'entity_name': 'Name of ") + id + json("', 'entity_dir': '") + folder
        + json("', 'created_at': '2026-01-02T03:04:05+00:00', 'documents_count': 99, 'chunk_count': 99") + more + '}';
}

QByteArray store(const QList<QByteArray> &records)
{
    return "{\n" + records.join(",\n") + "\n}";
}

QByteArray numbered(const QByteArray &prefix, int count)
{
    QList<QByteArray> records;
    for (int i = 0; i < count; ++i)
        records.append('"' + prefix + QByteArray::number(i) + "\": {\"text\": \"x\"}");
    return store(records);
}

constexpr char kFolder[] = "entities/alpha_2026-01-02T03:04:05+00:00";

/// One released entity with 2 documents, 3 chunks and 3 vectors.
void plantAlpha(DataDirBuilder &dir)
{
    const QByteArray folder = kFolder;
    dir.file("storage/entities.json", store({entityRecord("alpha", "data/" + folder)}))
        .file(folder + "/documents.json", numbered("doc_", 2))
        .file(folder + "/chunks.json", numbered("chunk_", 3))
        .file(folder + "/vector_store/index.faiss", pkl::vectorIndex(3))
        .file(folder + "/vector_store/index.pkl", pkl::docstore(3));
}

}  // namespace

class EntityRagTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void probe_doesNotTakeOthersForItsOwn()
    {
        DataDirBuilder dir;
        dir.file("documents/storage/metadata.json", json("{'0b0e7a2e-1111-4222-8333-444455556666': {'format': 'html', 'group': 'g'}}"))
            .file("documents/sessions/0b0e7a2e-1111-4222-8333-444455556666.json", "{}")
            .dir("documents/docs/templates");
        dir.dir("fresh/entity_scoped").dir("fresh/uploads/alpha");
        dir.file("plain/entities/a_T:b/readme.txt", "x").file("plain/uploads/x/y.txt", "x");
        for (const char *other : {"documents", "fresh", "plain", ""})
            QCOMPARE(probed(dir.path(other)).score, 0);
    }

    void probe_isSureOfRecordsAndUnsureOfALoneName()
    {
        DataDirBuilder dir;
        dir.file("a/storage/entities.json", store({entityRecord("x", "data/entities/x_2026")}));
        QVERIFY(probed(dir.path("a")).score >= kSureScore);
        QCOMPARE(probed(dir.path("a")).variant, QStringLiteral("released"));
        dir.file("b/storage/entities.json", "{}");
        const int empty = probed(dir.path("b")).score;
        QVERIFY(empty > 0 && empty < kSureScore);
        // Cut within its first record: the folders still tell.
        plantAlpha(dir);
        dir.file("storage/entities.json", "{\"alpha\": {\"_id\": \"al");
        QVERIFY(probed(dir.path()).score >= kSureScore);
    }

    void counts_comeFromTheDataNeverFromTheRecord()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        dir.file(QByteArray(kFolder) + "/documents.json",
                 store({"\"doc_1\": {}", "\"[DELETED]doc_2_2026-01-01T00:00:00+00:00\": {}", "\"0\": {\"doc_id\": \"doc_3\"}"}));
        const Seen seen = look(dir.path());
        const Item item = seen.entity("alpha");
        QCOMPARE(item.documents, Count(2));
        QCOMPARE(item.chunks, Count(3));
        QCOMPARE(item.vectors, Count(3));
        QCOMPARE(item.sessions, Count(0));
        QCOMPARE(item.title, QStringLiteral("Name of alpha"));
        QCOMPARE(codes(seen.findings + seen.checked), QStringList());
    }

    void absentStores_areEmptyOnes()
    {
        DataDirBuilder dir;
        dir.file("storage/entities.json", store({entityRecord("alpha", QByteArray("data/") + kFolder)})).dir(kFolder);
        const Seen seen = look(dir.path());
        const Item item = seen.entity("alpha");
        QCOMPARE(item.state, ItemState::Ok);
        QCOMPARE(item.documents, Count(0));
        QCOMPARE(item.vectors, Count(0));
        QCOMPARE(item.bytes, 0);
        QCOMPARE(codes(seen.findings + seen.checked), QStringList());
    }

    void brokenStores_damageTheirEntityAndHideNothing_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("code");
        const QByteArray index = pkl::vectorIndex(3);
        QTest::newRow("documents cut") << QByteArray("documents.json") << QByteArray("{\"doc_0\": {}, \"doc") << QStringLiteral("json-invalid");
        QTest::newRow("documents empty") << QByteArray("documents.json") << QByteArray() << QStringLiteral("empty-file");
        QTest::newRow("chunks are a list") << QByteArray("chunks.json") << QByteArray("[1, 2]") << QStringLiteral("json-wrong-type");
        QTest::newRow("sessions cut") << QByteArray("sessions.json") << QByteArray("{\"a\": ") << QStringLiteral("json-invalid");
        QTest::newRow("index cut") << QByteArray("vector_store/index.faiss") << index.chopped(1) << QStringLiteral("vector-file-truncated");
        QTest::newRow("index empty") << QByteArray("vector_store/index.faiss") << QByteArray() << QStringLiteral("empty-file");
        QTest::newRow("docstore cut") << QByteArray("vector_store/index.pkl") << pkl::docstore(3).chopped(30) << QStringLiteral("pickle-truncated");
        QTest::newRow("docstore is text") << QByteArray("vector_store/index.pkl") << QByteArray("nothing") << QStringLiteral("pickle-not-a-pickle");
        QTest::newRow("docstore runs code") << QByteArray("vector_store/index.pkl") << QByteArray("cos\nsystem\n(S'id'\ntR.")
                                            << QStringLiteral("pickle-forbidden-global");
        QTest::newRow("docstore goes on") << QByteArray("vector_store/index.pkl") << pkl::docstore(3) + "cos\nsystem\n."
                                          << QStringLiteral("pickle-trailing-bytes");
    }
    void brokenStores_damageTheirEntityAndHideNothing()
    {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, code);
        DataDirBuilder dir;
        plantAlpha(dir);
        const QByteArray path = QByteArray(kFolder) + '/' + file;
        dir.file(path, bytes);
        const Seen seen = look(dir.path());
        const Item item = seen.entity("alpha");
        const bool sessionsOnly = file == "sessions.json";
        QCOMPARE(item.state, sessionsOnly ? ItemState::Ok : ItemState::Damaged);
        QCOMPARE(codes(seen.findings), QStringList{code + u' ' + QString::fromUtf8(path)});
        QCOMPARE(seen.findings.first().item->id, QStringLiteral("alpha"));
        QVERIFY(codes(seen.checked).contains(code + u' ' + QString::fromUtf8(path)));
        QCOMPARE(item.documents.has_value(), file != "documents.json");
        QCOMPARE(item.chunks.has_value(), file != "chunks.json");
        QCOMPARE(item.vectors.has_value(), file != "vector_store/index.faiss");
        QCOMPARE(item.sessions.has_value(), !sessionsOnly);
        QCOMPARE(detailsOf(dir.path(), ItemKind::Entity, "alpha").item.toJson(), item.toJson());
    }

    void unreadableStores_areSaidSo()
    {
        if (::geteuid() == 0)
            QSKIP("root reads everything");
        DataDirBuilder dir;
        plantAlpha(dir);
        dir.file(QByteArray(kFolder) + "/chunks.json", "{}", 0000);
        const Seen seen = look(dir.path());
        QCOMPARE(seen.entity("alpha").state, ItemState::Damaged);
        QVERIFY(!seen.entity("alpha").chunks);
        QCOMPARE(seen.findings.first().code, QStringLiteral("unreadable"));
    }

    void storesThatAreFoldersLinksOrPipes_areNotFollowed()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        const QByteArray folder = kFolder;
        dir.remove(folder + "/documents.json").fifo(folder + "/documents.json");
        dir.remove(folder + "/chunks.json").symlink(folder + "/chunks.json", "/etc/passwd");
        dir.remove(folder + "/vector_store/index.faiss").dir(folder + "/vector_store/index.faiss");
        const Seen seen = look(dir.path());
        const Item item = seen.entity("alpha");
        QCOMPARE(item.state, ItemState::Damaged);
        QVERIFY(!item.documents && !item.chunks && !item.vectors);
        QCOMPARE(seen.findings.size(), 3);
    }

    void unknownIndexes_haveUnknownVectors()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        dir.file(QByteArray(kFolder) + "/vector_store/index.faiss", "IxMp" + QByteArray(100, '\1'));
        const Seen seen = look(dir.path());
        QCOMPARE(seen.entity("alpha").state, ItemState::Ok);
        QVERIFY(!seen.entity("alpha").vectors);
        QCOMPARE(seen.findings.first().code, QStringLiteral("vector-unknown-type"));
        QCOMPARE(seen.findings.first().severity, Severity::Warning);
    }

    void check_knowsWhichNumbersMayDiffer()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        const QByteArray vectors = QByteArray(kFolder) + "/vector_store/";
        // Deletions leave vectors behind: normal.
        dir.file(vectors + "index.faiss", pkl::vectorIndex(5)).file(vectors + "index.pkl", pkl::docstore(5));
        QCOMPARE(codes(look(dir.path()).checked), QStringList());
        dir.file(vectors + "index.faiss", pkl::vectorIndex(2)).file(vectors + "index.pkl", pkl::docstore(2));
        QCOMPARE(look(dir.path()).checked.first().code, QStringLiteral("vector-count-mismatch"));
        dir.file(vectors + "index.faiss", pkl::vectorIndex(5)).file(vectors + "index.pkl", pkl::docstore(3));
        QCOMPARE(look(dir.path()).checked.first().code, QStringLiteral("vector-count-mismatch"));
        dir.remove(vectors + "index.pkl");
        QCOMPARE(look(dir.path()).checked.first().code, QStringLiteral("missing-file"));
        dir.remove(vectors + "index.faiss");
        const Seen seen = look(dir.path());
        QCOMPARE(seen.checked.first().code, QStringLiteral("missing-file"));
        QCOMPARE(seen.entity("alpha").vectors, Count(0));
        QVERIFY(seen.findings.isEmpty());
    }

    void recordStoreCut_listsWhatIsBeforeTheFaultAndTheFolders()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        const QByteArray whole = store({entityRecord("alpha", QByteArray("data/") + kFolder), entityRecord("beta", "data/entities/beta_2026-01-05T00:00:00+00:00")});
        dir.file("storage/entities.json", whole.chopped(20));
        dir.file("entities/beta_2026-01-05T00:00:00+00:00/documents.json", numbered("d", 1));
        const Seen seen = look(dir.path());
        QCOMPARE(seen.ids(ItemKind::Entity), (QStringList{QStringLiteral("alpha"), QStringLiteral("beta")}));
        QCOMPARE(seen.entity("alpha").state, ItemState::Ok);
        QCOMPARE(seen.entity("beta").state, ItemState::Damaged);
        QCOMPARE(seen.entity("beta").documents, Count(1));
        QCOMPARE(codes(seen.findings), QStringList{QStringLiteral("json-invalid storage/entities.json")});
    }

    void orphanFolders_areEntitiesWithAFinding_ghostsAreNot()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        dir.file("entities/lost_2026-01-07T08:09:10+00:00/documents.json", numbered("d", 4));
        dir.dir("entities/ghost_2026-01-08T00:00:00+00:00");
        const Seen seen = look(dir.path());
        QCOMPARE(seen.ids(ItemKind::Entity), (QStringList{QStringLiteral("alpha"), QStringLiteral("lost")}));
        const Item lost = seen.entity("lost");
        QCOMPARE(lost.state, ItemState::Ok);
        QCOMPARE(lost.title, QStringLiteral("lost_2026-01-07T08:09:10+00:00"));
        QCOMPARE(lost.documents, Count(4));
        QCOMPARE(lost.created, QDateTime(QDate(2026, 1, 7), QTime(8, 9, 10), Qt::UTC));
        QCOMPARE(codes(seen.findings), QStringList{QStringLiteral("orphan-directory entities/lost_2026-01-07T08:09:10+00:00")});
        const QStringList checked = codes(seen.checked);
        QCOMPARE(checked.size(), 2);
        QCOMPARE(seen.checked.last().severity, Severity::Note);
        QCOMPARE(detailsOf(dir.path(), ItemKind::Entity, "lost").item.toJson(), lost.toJson());
    }

    void hostileFolders_areRefusedAndNamed_data()
    {
        QTest::addColumn<QByteArray>("folder");
        QTest::newRow("climbs") << QByteArray("data/entities/../../../etc");
        QTest::newRow("climbs at the end") << QByteArray("data/entities/..");
        QTest::newRow("absolute") << QByteArray("/etc/passwd");
        QTest::newRow("elsewhere") << QByteArray("data/storage");
        QTest::newRow("empty name") << QByteArray("data/entities/");
        QTest::newRow("NUL") << QByteArray("data/entities/a\\u0000b");
        QTest::newRow("long") << "data/entities/" + QByteArray(300, 'a');
    }
    void hostileFolders_areRefusedAndNamed()
    {
        QFETCH(QByteArray, folder);
        DataDirBuilder dir;
        dir.file("storage/entities.json", store({entityRecord("alpha", folder)}));
        const Seen seen = look(dir.path());
        QCOMPARE(codes(seen.findings), QStringList{QStringLiteral("path-escapes storage/entities.json")});
        QCOMPARE(seen.entity("alpha").state, ItemState::Damaged);
        QVERIFY(!seen.entity("alpha").documents);
        QCOMPARE(detailsOf(dir.path(), ItemKind::Entity, "alpha").parts.size(), 1);
    }

    void recordsInOddShapes_areTakenAsTheyAre()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        dir.file("storage/entities.json",
                 store({entityRecord("alpha", QByteArray("data/") + kFolder), json("'0': {'_id': 'zero', 'entity_name': null}"),
                        json("'other': {'_id': 'inner'}"), json("'': {}"), json("'text': 'no object'"), json("'alpha': {'_id': 'alpha'}"),
                        json("'evil': {'_id': 'e\\u202evil\\u0007', 'entity_name': 'a\\nb'}")}));
        const Seen seen = look(dir.path());
        const QStringList ids = seen.ids(ItemKind::Entity);
        QCOMPARE(ids, (QStringList{QStringLiteral("alpha"), QStringLiteral("zero"), QStringLiteral("inner"), QStringLiteral("(no id)"), QStringLiteral("text"),
                                   QStringLiteral("alpha (2)"), QStringLiteral("e\\xe2\\x80\\xaevil\\x07")}));
        QCOMPARE(seen.entity("text").state, ItemState::Damaged);
        QVERIFY(codes(seen.findings).contains(QStringLiteral("json-wrong-type storage/entities.json")));
        QVERIFY(codes(seen.checked).contains(QStringLiteral("id-mismatch storage/entities.json")));
        QCOMPARE(seen.entity("e\\xe2\\x80\\xaevil\\x07").title, QStringLiteral("a\\x0ab"));
    }

    void sessions_inTwoStoresAreOne()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        const QByteArray head = json("'_id': 'session_1', 'session_id': 'session_1', 'entity_id': 'alpha', 'session_name': 'Talk', 'created_at': '2026-01-02T05:00:00+00:00'");
        dir.file("storage/sessions.json",
                 store({"\"session_1\": {" + head + json(", 'last_accessed': '2026-01-02T06:00:00+00:00', 'message_count': 0}"),
                        json("'session_9': {'_id': 'session_9', 'session_id': 'session_9', 'entity_id': 'nobody'}"),
                        json("'session_8': {'_id': 'session_8', 'session_id': 'session_8', 'entity_id': 'alpha'}")}));
        dir.file(QByteArray(kFolder) + "/sessions.json",
                 store({"\"session_1\": {" + head + json(", 'last_accessed': '2026-01-02T07:00:00+00:00', 'conversation_history': [{}, {}, {}]}"),
                        json("'session_2': {'_id': 'session_2', 'session_id': 'session_2', 'entity_id': 'alpha'}"),
                        json("'[DELETED]session_1_2026': {'_id': '[DELETED]session_1_2026', 'session_id': 'session_1', 'entity_id': 'alpha'}")}));
        const Seen seen = look(dir.path());
        QCOMPARE(seen.ids(ItemKind::Session), (QStringList{QStringLiteral("session_1"), QStringLiteral("session_9"), QStringLiteral("session_8"),
                                                           QStringLiteral("session_2"), QStringLiteral("[DELETED]session_1_2026")}));
        const Item one = seen.session("session_1");
        QCOMPARE(one.messages, Count(3));
        QCOMPARE(one.entity, QStringLiteral("alpha"));
        QCOMPARE(one.title, QStringLiteral("Talk"));
        QCOMPARE(one.modified, QDateTime(QDate(2026, 1, 2), QTime(7, 0), Qt::UTC));
        QCOMPARE(seen.session("session_2").messages, Count(0));
        QVERIFY(!seen.session("session_8").messages);
        QCOMPARE(seen.session("[DELETED]session_1_2026").state, ItemState::Deleted);
        QCOMPARE(seen.entity("alpha").sessions, Count(3));
        QCOMPARE(codes(seen.findings), QStringList());
        QCOMPARE(codes(seen.checked), QStringList{QStringLiteral("dangling-reference storage/sessions.json")});
        const ItemDetails details = detailsOf(dir.path(), ItemKind::Session, "session_1");
        QCOMPARE(details.parts.size(), 2);
        QCOMPARE(details.item.bytes, details.parts[0].bytes + details.parts[1].bytes);
        QCOMPARE(details.relations.first().target.id, QStringLiteral("alpha"));
        QVERIFY(details.relations.first().linked);
        QVERIFY(!detailsOf(dir.path(), ItemKind::Session, "session_9").relations.first().linked);
    }

    void conversations_areShownByTheirBeginnings()
    {
        DataDirBuilder dir;
        const QByteArray secret = "the-very-end-is-private";
        QList<QByteArray> messages;
        for (int i = 0; i < 80; ++i)
            messages.append(json("{'role': 'user', 'timestamp': '2026-01-02T03:04:05', 'content': '") + QByteArray(400, 'w') + secret + "\"}");
        dir.file("api_storage/entities.json", json("{'alpha': {'entity_id': 'alpha'}}"));
        dir.file("api_storage/chat_sessions.json",
                 json("{'s': {'session_id': 's', 'entity_id': 'alpha', 'metadata': {'password': 'hunter2hunter2'}, 'messages': [") + messages.join(',') + "]}}");
        const ItemDetails details = detailsOf(dir.path(), ItemKind::Session, "s");
        QCOMPARE(details.item.messages, Count(80));
        const QJsonArray shown = details.metadata.value(u"messages").toArray();
        QVERIFY(shown.size() > 0 && shown.size() <= 51);
        QCOMPARE(shown.first().toObject().value(u"role").toString(), QStringLiteral("user"));
        QCOMPARE(shown.first().toObject().value(u"characters").toInt(), 400 + int(secret.size()));
        QVERIFY(shown.first().toObject().value(u"content").toString().size() <= 201);
        const QByteArray all = QJsonDocument(details.metadata).toJson();
        QVERIFY(!all.contains(secret));
        QVERIFY(!all.contains("hunter2"));
    }

    void bothGenerations_liveInOneDirectory()
    {
        DataDirBuilder dir;
        plantAlpha(dir);
        dir.file("api_storage/entities.json", json("{'alpha': {'entity_id': 'alpha', 'documents': [{'doc_id': 'd'}]}, 'old': {'entity_id': 'old', 'documents': []}}"));
        dir.file("api_storage/chat_sessions.json/chat_sessions.json", json("{'session_1': {'session_id': 'session_1', 'entity_id': 'alpha', 'messages': [{}]}}"));
        dir.file("storage/sessions.json", json("{'session_1': {'_id': 'session_1', 'session_id': 'session_1', 'entity_id': 'alpha'}}"));
        dir.file("uploads/alpha/a.txt", "12345").dir("entity_scoped/entities");
        const Seen seen = look(dir.path());
        QCOMPARE(seen.ids(ItemKind::Entity), (QStringList{QStringLiteral("alpha"), QStringLiteral("guide:alpha"), QStringLiteral("old")}));
        QCOMPARE(seen.ids(ItemKind::Session), (QStringList{QStringLiteral("session_1"), QStringLiteral("guide:session_1")}));
        QCOMPARE(seen.session("guide:session_1").entity, QStringLiteral("guide:alpha"));
        QCOMPARE(seen.session("session_1").entity, QStringLiteral("alpha"));
        QCOMPARE(seen.entity("guide:alpha").documents, Count(1));
        QCOMPARE(seen.entity("guide:alpha").bytes, 5);
        QCOMPARE(codes(seen.findings + seen.checked), QStringList());
        const ProbeResult probe = probed(dir.path());
        QVERIFY(probe.evidence.join(u'\n').contains(u"api_storage") && probe.evidence.join(u'\n').contains(u"storage/entities.json"));
        for (const Item &item : seen.items) {
            const auto tree = DirTree::open(dir.path());
            Monitor monitor;
            const auto details = layout().parts(**tree, item.itemId(), monitor);
            QVERIFY2(details, qPrintable(item.id));
            QCOMPARE(details->item.toJson(), item.toJson());
        }
    }

    void captures_knowTheUsersOwnFiles()
    {
        const LayoutIdentity &identity = layout().identity();
        const auto capture = [&](const char *path) { return captureFor(identity, RelPath::literal(path)); };
        QCOMPARE(capture("storage/entities.json"), Capture::Json);
        QCOMPARE(capture("entities/a_2026/documents.json"), Capture::Json);
        QCOMPARE(capture("storage/.tmp_entities.json_abcdefgh.tmp"), Capture::Runtime);
        QCOMPARE(capture("storage/entities.json.bak"), Capture::Plain);
        QCOMPARE(capture("entities/a/vector_store/index.pkl"), Capture::Pickle);
        QCOMPARE(capture("uploads/a/notes.tmp"), Capture::Plain);
        QCOMPARE(capture("uploads/a/broken.json"), Capture::Plain);
    }

    void largeStores_areStreamed()
    {
        DataDirBuilder dir;
        dir.file("api_storage/entities.json", json("{'alpha': {'entity_id': 'alpha', 'documents': []}}"));
        constexpr int kSessions = 20000;
        QByteArray sessions = "{";
        for (int i = 0; i < kSessions; ++i) {
            const QByteArray id = "session_" + QByteArray::number(i);
            sessions += (i ? ",\"" : "\"") + id + json("': {'session_id': '") + id + json("', 'entity_id': 'alpha', 'messages': [{'role': 'user', 'content': '")
                + QByteArray(900, 'm') + "\"}]}";
        }
        dir.file("api_storage/chat_sessions.json", sessions + '}');
        const Seen seen = look(dir.path());
        QCOMPARE(seen.items.size(), kSessions + 1);
        QCOMPARE(seen.entity("alpha").sessions, Count(kSessions));
        QCOMPARE(seen.session("session_19999").messages, Count(1));
        QCOMPARE(detailsOf(dir.path(), ItemKind::Session, "session_10000").item.toJson(), seen.session("session_10000").toJson());
        // Cut in the middle: what stands before the fault is still there.
        dir.file("api_storage/chat_sessions.json", sessions.left(sessions.size() / 2));
        const Seen half = look(dir.path());
        QVERIFY(half.items.size() > kSessions / 3 && half.items.size() < kSessions * 2 / 3);
        QVERIFY(!half.entity("alpha").sessions);
        QCOMPARE(codes(half.findings), QStringList{QStringLiteral("json-invalid api_storage/chat_sessions.json")});
    }

    void samples_haveTheirCounts_data()
    {
        QTest::addColumn<QString>("sample");
        QTest::addColumn<QString>("entity");
        QTest::addColumn<QList<int>>("numbers");   // documents, chunks, vectors, sessions
        const QString rag = QStringLiteral("rag");
        const QString guide = QStringLiteral("rag-guide");
        QTest::newRow("rag company_123") << rag << QStringLiteral("company_123") << QList<int>{4, 104, 104, 1};
        QTest::newRow("rag company_456") << rag << QStringLiteral("company_456") << QList<int>{2, 58, 58, 1};
        QTest::newRow("rag acme-labs") << rag << QStringLiteral("acme-labs") << QList<int>{1, 2, 2, 0};
        QTest::newRow("rag deleted") << rag << QStringLiteral("[DELETED]old_co_2026-11-20T04:48:02.930037+00:00") << QList<int>{1, 8, 8, 1};
        QTest::newRow("guide company_123") << guide << QStringLiteral("company_123") << QList<int>{4, 104, 104, 2};
        QTest::newRow("guide company_456") << guide << QStringLiteral("company_456") << QList<int>{2, 52, 52, 1};
        QTest::newRow("guide acme-labs") << guide << QStringLiteral("acme-labs") << QList<int>{1, 2, 2, 0};
    }
    void samples_haveTheirCounts()
    {
        QFETCH(QString, sample);
        QFETCH(QString, entity);
        QFETCH(QList<int>, numbers);
        DataDirBuilder dir;
        if (!unpackSample(sample, dir.path()))
            QSKIP("no samples beside the checkout");
        const Seen seen = look(dir.path(sample.toUtf8() + "/data"));
        const Item item = seen.item(ItemKind::Entity, entity);
        QCOMPARE(item.id, entity);
        QCOMPARE((QList<int>{int(item.documents.value_or(-1)), int(item.chunks.value_or(-1)), int(item.vectors.value_or(-1)), int(item.sessions.value_or(-1))}),
                 numbers);
        QCOMPARE(item.state, entity.startsWith(u"[DELETED]") ? ItemState::Deleted : ItemState::Ok);
        QCOMPARE(codes(seen.findings + seen.checked), QStringList());
        const ItemDetails details = detailsOf(dir.path(sample.toUtf8() + "/data"), ItemKind::Entity, entity.toUtf8().constData());
        QCOMPARE(std::count_if(details.relations.begin(), details.relations.end(), [](const Relation &r) { return r.role == u"document"; }), numbers[0]);
    }

    void samples_haveTheirSessions()
    {
        DataDirBuilder dir;
        if (!unpackSample(QStringLiteral("rag"), dir.path()))
            QSKIP("no samples beside the checkout");
        const Seen seen = look(dir.path("rag/data"));
        QCOMPARE(seen.session("session_1ae4ff238057").messages, Count(6));
        QCOMPARE(seen.session("session_8351bcf4455c").title, QStringLiteral("session_8351bcf4455c"));
        QCOMPARE(seen.session("session_b1e36c1ed7c1").state, ItemState::Deleted);
        QCOMPARE(seen.session("session_b1e36c1ed7c1").messages, Count(0));
        const Item talk = seen.session("session_19c429e1b472");
        QCOMPARE(talk.messages, Count(2));
        QCOMPARE(talk.entity, QStringLiteral("[DELETED]old_co_2026-11-20T04:48:02.930037+00:00"));
    }
};

QTEST_GUILESS_MAIN(EntityRagTest)
#include "tst_entityrag.moc"
