// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The data directory of the retrieval application, as released and as its guide tells it; both may lie in
// one place. Everything shown is counted from the data: the records' own counters miss what was ingested
// through the API and keep what was deleted.

#include "storage/layouts/entityragdetails.h"
#include "storage/layouts/fileverdicts.h"
#include "storage/layouts/layout.h"

#include <algorithm>

namespace strongroom::storage {

namespace rag {

namespace {

// -- findings ------------------------------------------------------------------------------------

QString loses(const Store &store)
{
    return store.present ? QStringLiteral("The application takes it for empty and replaces it at its next write.") : QString();
}

void reportStore(const Store &store, const std::optional<ItemId> &item, const FindingSink &sink)
{
    const FileFindings findings{sink, store.path, item, loses(store)};
    if (store.error)
        findings.unreadable(*store.error);
    else if (store.fault)
        findings.json(*store.fault);
    else if (store.wrongType)
        findings.wrongType(QStringLiteral("an object of records"));
}

void reportEntity(const Entity &entity, const Index &index, const FindingSink &sink)
{
    const Store &store = entity.generation == Generation::Guide ? index.guide : index.released;
    const ItemId item{ItemKind::Entity, entity.id};
    const FileFindings record{sink, store.path, item, {}};
    if (entity.brokenRecord)
        record.add(Severity::Error, "json-wrong-type", QStringLiteral("The record “%1” in %2 is not an object.").arg(entity.id, store.path.display()));
    if (entity.oddPath) {
        record.add(Severity::Warning, "path-escapes",
                   QStringLiteral("The record of %1 names a folder outside of the data directory; it was not followed.").arg(entity.id));
    } else if (entity.generation == Generation::Released && entity.recorded && !entity.deleted && !entity.folder && !entity.brokenRecord) {
        record.add(Severity::Warning, "missing-file", QStringLiteral("The folder of %1 is not there.").arg(entity.id));
    }
    // Beyond a fault of the store there may be a record: then nobody can say that there is none.
    if (!entity.recorded && store.isReadable()) {
        FileFindings{sink, *entity.folder, item, QStringLiteral("The application does not know of it.")}.add(
            Severity::Warning, "orphan-directory", QStringLiteral("No record names the folder %1.").arg(entity.folder->display()));
    }
}

void reportContents(const Entity &entity, const Contents &contents, const FindingSink &sink)
{
    const ItemId item{ItemKind::Entity, entity.id};
    for (const Store &store : contents.stores)
        reportStore(store, item, sink);
    const QString consequence = QStringLiteral("Searches in this entity fail until it is indexed again.");
    const FileFindings vectors{sink, contents.vectorPath, item, consequence};
    if (contents.vectorError)
        vectors.unreadable(*contents.vectorError);
    else if (contents.vectorFile)
        vectors.vectors(*contents.vectorFile);
    const FileFindings docstore{sink, contents.docstorePath, item, consequence};
    if (contents.docstoreError)
        docstore.unreadable(*contents.docstoreError);
    else if (contents.docstore)
        docstore.pickle(*contents.docstore);
}

/// Relations within an entity. More vectors than chunks is what a deletion leaves, and chunks without a
/// document are what the API adds: both are normal.
void compareContents(const Entity &entity, const Contents &contents, const FindingSink &sink)
{
    const FileFindings vectors{sink, contents.vectorPath, ItemId{ItemKind::Entity, entity.id}, {}};
    const Count &chunks = contents.chunks;
    const Count &count = contents.vectors;
    if (chunks && count && *chunks > 0 && !contents.vectorFile) {
        FileFindings{sink, *entity.folder, vectors.item, QStringLiteral("Nothing is found in them until they are indexed again.")}.add(
            Severity::Warning, "missing-file", QStringLiteral("%1 has %2 chunks and no vector index.").arg(entity.id).arg(*chunks));
    } else if (chunks && count && *count < *chunks) {
        vectors.add(Severity::Warning, "vector-count-mismatch",
                    QStringLiteral("%1 has %2 chunks, but only %3 vectors to find them by.").arg(entity.id).arg(*chunks).arg(*count));
    }
    if (contents.vectorFile && count && contents.docstoreEntries && *count != *contents.docstoreEntries) {
        vectors.add(Severity::Warning, "vector-count-mismatch",
                    QStringLiteral("The index of %1 has %2 vectors, its docstore %3 entries: they were not saved together.")
                        .arg(entity.id).arg(*count).arg(*contents.docstoreEntries));
    }
    const bool half = (contents.vectorFile || contents.vectorError) != (contents.docstore || contents.docstoreError);
    if (half) {
        vectors.add(Severity::Warning, "missing-file",
                    QStringLiteral("Of the vector index of %1 one of the two files is missing.").arg(entity.id));
    }
}

/// Keys of records that were stored by another field are plain numbers; that is normal.
void compareKeys(const Entity &entity, const Index &index, const FindingSink &sink)
{
    bool isNumber = false;
    entity.key.toLongLong(&isNumber);
    if (!entity.recorded || entity.innerId.isEmpty() || isNumber || entity.innerId == entity.key)
        return;
    const Store &store = entity.generation == Generation::Guide ? index.guide : index.released;
    FileFindings{sink, store.path, ItemId{ItemKind::Entity, entity.id}, {}}.add(
        Severity::Note, "id-mismatch",
        QStringLiteral("The record of %1 is stored under the key “%2”.").arg(entity.id, displayBytes(entity.key.toUtf8())));
}

// -- recognition ---------------------------------------------------------------------------------

/// Does one of the first records have this member? Looks at the head of the file only, whole or not.
bool firstRecordsHave(const Tree &root, const RelPath &path, const char *member)
{
    constexpr qint64 kHead = 64 * 1024;
    constexpr int kRecords = 3;
    const Result<QByteArray> head = root.readHead(path, kHead);
    if (!head)
        return false;
    JsonCursor records(*head);
    for (int i = 0; i < kRecords && records.next(); ++i) {
        if (!JsonFields(records.value().raw, {member})[0].isMissing())
            return true;
    }
    return false;
}

bool holdsEntityFiles(const Tree &root, const RelPath &folder)
{
    for (const char *name : {"documents.json", "chunks.json", "chunk_metadata.json", "doc_to_chunks.json"}) {
        if (root.hasFile(folder.childUnchecked(name)))
            return true;
    }
    return root.hasDirectory(folder.childUnchecked("vector_store"));
}

/// Folders in `parent` that may be entities'; 0 when none of the first ones holds what an entity's does.
qint64 entityFolders(const Tree &root, const RelPath &parent, bool (*hasName)(const QByteArray &))
{
    constexpr int kLookInto = 16;
    const Result<QList<TreeEntry>> entries = root.list(parent);
    if (!entries)
        return 0;
    qint64 folders = 0;
    bool proven = false;
    for (const TreeEntry &entry : *entries) {
        if (!entry.stamp.isDirectory() || !hasName(entry.name))
            continue;
        if (!proven && folders < kLookInto)
            proven = holdsEntityFiles(root, parent.childUnchecked(entry.name));
        ++folders;
    }
    return proven ? folders : 0;
}

struct Evidence {
    int score = 0;
    QStringList sentences;
    void add(int points, const QString &sentence)
    {
        score = std::min(100, score + points);
        sentences.append(sentence);
    }
};

Evidence probeReleased(const Tree &root)
{
    Evidence evidence;
    const RelPath records = RelPath::literal(kReleasedEntities);
    const bool have = root.hasFile(records);
    if (have && firstRecordsHave(root, records, "entity_dir"))
        evidence.add(70, QStringLiteral("storage/entities.json: records with their folders"));
    if (firstRecordsHave(root, RelPath::literal(kReleasedSessions), "entity_id"))
        evidence.add(25, QStringLiteral("storage/sessions.json: sessions of entities"));
    if (firstRecordsHave(root, RelPath::literal(kTasks), "task_type"))
        evidence.add(15, QStringLiteral("storage/tasks.json: uploads and chats"));
    // Their names carry the time of creation.
    const qint64 folders = entityFolders(root, RelPath::literal("entities"), [](const QByteArray &name) {
        return name.contains('_') && name.contains('T') && name.contains(':');
    });
    if (folders > 0)
        evidence.add(40, QStringLiteral("entities: %1 entity folders").arg(folders));
    if (have && evidence.score < 70)
        evidence.add(evidence.score > 0 ? 25 : 10, QStringLiteral("storage/entities.json is there, but no record in it can be read"));
    return evidence;
}

Evidence probeGuide(const Tree &root)
{
    Evidence evidence;
    if (firstRecordsHave(root, guideStore(root, "entities.json"), "entity_id"))
        evidence.add(65, QStringLiteral("api_storage/entities.json: records of entities"));
    if (firstRecordsHave(root, guideStore(root, "chat_sessions.json"), "session_id"))
        evidence.add(40, QStringLiteral("api_storage/chat_sessions.json: sessions"));
    const qint64 folders = entityFolders(root, RelPath::literal("entity_scoped/entities"), [](const QByteArray &) { return true; });
    if (folders > 0)
        evidence.add(40, QStringLiteral("entity_scoped/entities: %1 entity folders").arg(folders));
    if (evidence.score > 0 && root.hasDirectory(RelPath::literal("uploads")))
        evidence.add(10, QStringLiteral("uploads: what the entities were made of"));
    if (evidence.score > 0 && evidence.score < 65 && root.hasDirectory(RelPath::literal("api_storage")))
        evidence.add(20, QStringLiteral("api_storage is there, but no record in it can be read"));
    return evidence;
}

class EntityRag final : public Layout {
public:
    const LayoutIdentity &identity() const override
    {
        static const LayoutIdentity identity = {
            QStringLiteral("entity-rag"),
            QStringLiteral("Retrieval by entity"),
            {ItemKind::Entity, ItemKind::Session},
            {QStringLiteral("data")},
            // Uploads are the users' own files, whatever they are called.
            {{"uploads/**", Capture::Plain}, {"**.tmp", Capture::Runtime}, {"**.json", Capture::Json},
             {"**/index.faiss", Capture::Vectors}, {"**/index.pkl", Capture::Pickle}},
            {{"index.faiss", "index.pkl"}},
            {{"storage/*.json", Capture::Plain}, {"entities/*/*.json", Capture::Plain}, {"api_storage/*.json", Capture::Plain},
             {"api_storage/*/*.json", Capture::Plain}},
            {},
            contents(),
            {{LoneKind::Json, "storage/entities.json", true}, {LoneKind::Json, "storage/sessions.json", true},
             {LoneKind::Json, "storage/tasks.json", true}, {LoneKind::Json, "api_storage/entities.json", true},
             {LoneKind::Json, "api_storage/chat_sessions.json", true},
             {LoneKind::Json, "api_storage/entities.json/entities.json", true},
             {LoneKind::Json, "api_storage/chat_sessions.json/chat_sessions.json", true},
             {LoneKind::Pickle, "entities/*/vector_store/index.pkl", true, true, true}},
        };
        return identity;
    }

    ProbeResult probe(const Tree &root) const override
    {
        const Evidence released = probeReleased(root);
        const Evidence guide = probeGuide(root);
        if (released.score == 0 && guide.score == 0)
            return {};
        const bool isReleased = released.score >= guide.score;
        ProbeResult result;
        result.score = std::max(released.score, guide.score);
        result.variant = isReleased ? QStringLiteral("released") : QStringLiteral("guide");
        result.evidence = isReleased ? released.sentences + guide.sentences : guide.sentences + released.sentences;
        return result;
    }

    Result<void> scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const override
    {
        return visit(root, kScanPickle, &items, findings, monitor);
    }

    Result<void> check(const Tree &root, const FindingSink &findings, Monitor &monitor) const override
    {
        return visit(root, std::numeric_limits<qint64>::max(), nullptr, findings, monitor);
    }

    Result<ItemDetails> parts(const Tree &root, const ItemId &id, Monitor &monitor) const override
    {
        if (id.kind == ItemKind::Entity)
            return entityDetails(root, id.id, monitor);
        if (id.kind == ItemKind::Session)
            return sessionDetails(root, id.id, monitor);
        return fail(ErrorCode::ItemUnknown, root.displayName().toUtf8(), {id.id});
    }

private:
    static QList<ContentRule> contents();
    static Result<void> visit(const Tree &root, qint64 maxPickle, ChunkBuilder *items, const FindingSink &findings, Monitor &monitor);
    static Result<QHash<int, SessionCount>> visitAllSessions(const Tree &root, const Index &index, SessionStores &stores,
                                                             ChunkBuilder *items, const FindingSink &findings, Monitor &monitor);
};

QList<ContentRule> EntityRag::contents()
{
    const ContentRule object = {.form = ContentForm::JsonObject};
    const auto named = [](ContentRule rule, const char *pattern) {
        rule.pattern = pattern;
        return rule;
    };
    ContentRule guideEntities = object;
    guideEntities.sure = true;
    guideEntities.keysAreIds = true;
    guideEntities.idFields = {"entity_id", "doc_id"};
    guideEntities.pathFields = {"file_path"};
    guideEntities.ownAreas = {"uploads", "entity_scoped"};
    ContentRule guideSessions = object;
    guideSessions.sure = true;
    guideSessions.idFields = {"entity_id", "session_id"};
    ContentRule entities = object;
    entities.sure = true;
    entities.keysAreIds = true;
    entities.idFields = {"_id"};
    entities.pathFields = {"entity_dir"};
    entities.ownAreas = {"entities"};
    ContentRule docstore = {.form = ContentForm::Pickle};
    docstore.policy = docstorePolicy();
    return {named({}, "uploads/**"),
            named(guideEntities, "api_storage/entities.json"), named(guideEntities, "api_storage/entities.json/entities.json"),
            named(guideSessions, "api_storage/chat_sessions.json"),
            named(guideSessions, "api_storage/chat_sessions.json/chat_sessions.json"),
            named(entities, kReleasedEntities), named(object, kReleasedSessions), named(object, kTasks),
            named(object, "entities/*/*.json"), named(object, "entity_scoped/entities/*/*.json"),
            named(docstore, "entities/*/vector_store/index.pkl"), named(docstore, "entity_scoped/entities/*/vector_store/index.pkl")};
}

Result<QHash<int, SessionCount>> EntityRag::visitAllSessions(const Tree &root, const Index &index, SessionStores &stores,
                                                             ChunkBuilder *items, const FindingSink &findings, Monitor &monitor)
{
    QHash<int, SessionCount> counts;
    STRONGROOM_CHECK(visitSessions(root, index, -1, stores, monitor, [&](const Session &session) {
        if (items)
            items->add(sessionItem(session, index));
        monitor.addItems();
        if (session.entity >= 0) {
            SessionCount &count = counts[session.entity];
            ++count.all;
            count.live += session.deleted ? 0 : 1;
        } else if (!items && !session.deleted && index.released.isReadable() && index.guide.isReadable()) {
            const Store &store = session.generation == Generation::Guide ? stores.guide : stores.released;
            const RelPath path = store.path.isRoot() ? guideStore(root, "chat_sessions.json") : store.path;
            FileFindings{findings, path, ItemId{ItemKind::Session, session.id}, {}}.add(
                Severity::Warning, "dangling-reference",
                QStringLiteral("The session %1 belongs to %2, which is not there.").arg(session.id, displayBytes(session.entityId.toUtf8())));
        }
        return true;
    }));
    reportStore(stores.released, std::nullopt, findings);
    reportStore(stores.guide, std::nullopt, findings);
    for (auto it = stores.folders.constBegin(); it != stores.folders.constEnd(); ++it)
        reportStore(*it, ItemId{ItemKind::Entity, index.entities.at(it.key()).id}, findings);
    return counts;
}

/// With `items` a scan, without a check, which walks everything and compares.
Result<void> EntityRag::visit(const Tree &root, qint64 maxPickle, ChunkBuilder *items, const FindingSink &findings, Monitor &monitor)
{
    STRONGROOM_TRY(const Index index, readIndex(root, monitor));
    reportStore(index.released, std::nullopt, findings);
    reportStore(index.guide, std::nullopt, findings);
    SessionStores stores;
    STRONGROOM_TRY(const auto counts, visitAllSessions(root, index, stores, items, findings, monitor));
    for (int i = 0; i < index.entities.size(); ++i) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        const Entity &entity = index.entities.at(i);
        monitor.setCurrent(entity.folder ? entity.folder->bytes() : QByteArray());
        STRONGROOM_TRY(const Contents contents, readContents(root, entity, maxPickle, monitor));
        reportEntity(entity, index, findings);
        reportContents(entity, contents, findings);
        monitor.addItems();
        if (items) {
            const Store &records = entity.generation == Generation::Guide ? index.guide : index.released;
            const bool known = stores.areReadable(entity, i);
            items->add(entityItem(entity, contents, known ? std::optional(counts.value(i)) : std::nullopt, records.isReadable()));
        } else {
            compareContents(entity, contents, findings);
            compareKeys(entity, index, findings);
        }
    }
    if (items)
        return {};
    for (const RelPath &ghost : index.ghosts) {
        FileFindings{findings, ghost, std::nullopt, {}}.add(
            Severity::Note, "orphan-directory",
            QStringLiteral("The folder %1 is empty and belongs to no entity; looking at a deleted one leaves such folders.").arg(ghost.display()));
    }
    return {};
}

}  // namespace

const Layout *layout()
{
    static const EntityRag layout;
    return &layout;
}

}  // namespace rag

const Layout *entityRagLayout()
{
    return rag::layout();
}

}  // namespace strongroom::storage
