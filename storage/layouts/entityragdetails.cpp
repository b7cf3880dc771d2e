// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/entityragdetails.h"

#include "storage/layouts/fileverdicts.h"
#include "storage/mask.h"

#include <QJsonArray>

namespace strongroom::storage::rag {

namespace {

constexpr int kMaxRelations = 1000;
constexpr int kMaxMessages = 50;
constexpr int kMaxMessageText = 200;
constexpr qint64 kMaxShownRecord = qint64(64) << 20;
constexpr qint64 kMaxShownMember = 256 * 1024;

bool isConversation(QByteArrayView key)
{
    return key == "messages" || key == "conversation_history";
}

/// Who spoke when, and how it began: what people said is private, and can be long.
QJsonArray shownConversation(const JsonSlice &messages)
{
    QJsonArray out;
    if (messages.type != JsonType::Array)
        return out;
    for (JsonCursor each(messages.raw); each.next() && out.size() < kMaxMessages;) {
        const JsonFields f(each.value().raw, {"role", "timestamp", "content"});
        const QString content = f[2].text();
        out.append(QJsonObject{
            {QStringLiteral("role"), f[0].text().left(40)},
            {QStringLiteral("timestamp"), f[1].text().left(40)},
            {QStringLiteral("characters"), content.size()},
            {QStringLiteral("content"), content.size() > kMaxMessageText ? content.left(kMaxMessageText) + u'…' : content},
        });
    }
    return out;
}

/// A record as it may be shown; large members are replaced by their size before anything is built of them.
QJsonObject shownRecord(QByteArrayView bytes)
{
    QJsonObject record;
    for (JsonCursor member(bytes); member.next();) {
        const JsonSlice &value = member.value();
        const QString key = member.key();
        if (isConversation(member.rawKey()))
            record.insert(key, shownConversation(value));
        else if (value.raw.size() > kMaxShownMember)
            record.insert(key, QStringLiteral("(%1 bytes)").arg(value.raw.size()));
        else if (value.type == JsonType::Object || value.type == JsonType::Array)
            record.insert(key, parseJson(value.raw).value_or(QJsonValue()));
        else if (value.type == JsonType::String)
            record.insert(key, value.text());
        else if (value.type == JsonType::Number)
            record.insert(key, value.integer() ? QJsonValue(*value.integer()) : QJsonValue(value.number().value_or(0)));
        else if (value.type == JsonType::True || value.type == JsonType::False)
            record.insert(key, value.type == JsonType::True);
        else
            record.insert(key, QJsonValue());
    }
    return maskJson(record).toObject();
}

/// The first record of `key` in a store. Errors: Cancelled.
Result<QJsonObject> fetchRecord(const Tree &root, const RelPath &store, const QString &key, Monitor &monitor)
{
    QJsonObject found;
    STRONGROOM_TRY(const Store read, readStore(root, store, {.maxRecord = kMaxShownRecord}, monitor, [&](const JsonStoreRecord &record) {
                       if (record.key() != key)
                           return true;
                       found = shownRecord(record.bytes);
                       return false;
                   }));
    Q_UNUSED(read);
    return found;
}

QDateTime modifiedOf(const Tree &root, const RelPath &path)
{
    const Result<FileStamp> stamp = root.stamp(path);
    return stamp ? stamp->modified() : QDateTime();
}

RelPath entityStore(const Tree &root, Generation generation)
{
    return generation == Generation::Guide ? guideStore(root, "entities.json") : RelPath::literal(kReleasedEntities);
}

RelPath sessionStore(const Tree &root, Generation generation)
{
    return generation == Generation::Guide ? guideStore(root, "chat_sessions.json") : RelPath::literal(kReleasedSessions);
}

Result<void> addFiles(const Tree &root, const RelPath &folder, QList<Part> &parts, Monitor &monitor)
{
    const auto walked = root.walk(folder, monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *error) {
        if (!error && !entry.stamp.isDirectory())
            parts.append({path, {}, entry.stamp.isFile() ? entry.stamp.size : 0, entry.stamp.modified(), false});
        return true;
    });
    if (!walked && walked.error().code == ErrorCode::Cancelled)
        return std::unexpected(walked.error());
    return {};
}

/// Documents are no items of their own, but an entity is made of them.
Result<void> addDocuments(const Tree &root, const Entity &entity, QList<Relation> &relations, Monitor &monitor)
{
    STRONGROOM_TRY(const Store read,
                   readStore(root, entity.storePath("documents.json"), {.maxRecord = kMaxShownMember}, monitor, [&](const JsonStoreRecord &record) {
                       const JsonFields f(record.bytes, {"doc_name"});
                       const QString id = displayBytes(record.key().toUtf8());
                       const QString name = displayBytes(f[0].text().toUtf8());
                       relations.append({QStringLiteral("document"), {ItemKind::Entity, id}, name.isEmpty() ? id : name, false});
                       return relations.size() < kMaxRelations;
                   }));
    Q_UNUSED(read);
    return {};
}

/// Uploads and questions the application has taken on for the entity.
Result<void> addTasks(const Tree &root, const Entity &entity, ItemDetails &details, Monitor &monitor)
{
    qint64 tasks = 0;
    qint64 unfinished = 0;
    STRONGROOM_TRY(const Store store, readStore(root, RelPath::literal(kTasks), {.maxRecord = kMaxShownMember}, monitor, [&](const JsonStoreRecord &record) {
                       const JsonFields f(record.bytes, {"entity_id", "status"});
                       if (f[0].text() != entity.plainId)
                           return true;
                       ++tasks;
                       unfinished += f[1].text() == u"pending" || f[1].text() == u"processing" ? 1 : 0;
                       return true;
                   }));
    if (tasks == 0 || !store.isReadable())
        return {};
    details.facts.append({QStringLiteral("tasks"), unfinished > 0 ? QStringLiteral("%1, of which %2 unfinished").arg(tasks).arg(unfinished)
                                                                  : QString::number(tasks)});
    return {};
}

void addFacts(const Entity &entity, const Contents &contents, QList<Fact> &facts)
{
    const auto add = [&facts](const char *key, const QString &value) { facts.append({QLatin1String(key), value}); };
    const auto addCount = [&](const char *key, const Count &count) {
        if (count)
            add(key, QString::number(*count));
    };
    if (entity.folder)
        add("folder", entity.folder->display());
    if (entity.uploads)
        add("uploads", entity.uploads->display());
    addCount("documents by the record", entity.toldDocuments);
    addCount("chunks by the record", entity.toldChunks);
    if (contents.deletedDocuments.value_or(0) > 0)
        addCount("deleted documents", contents.deletedDocuments);
    if (contents.vectorFile) {
        const VectorFile &file = *contents.vectorFile;
        add("vector index", displayBytes(file.type));
        if (file.dimension > 0)
            add("vector dimension", QString::number(file.dimension));
        if (file.expectedBytes && *file.expectedBytes != file.bytes)
            add("vector index length", QStringLiteral("%1 of %2 bytes").arg(file.bytes).arg(*file.expectedBytes));
    }
    addCount("docstore entries", contents.docstoreEntries);
    if (contents.docstore) {
        const QString verdict = pickleVerdict(*contents.docstore);
        add("docstore", verdict.isEmpty() ? QStringLiteral("clean to its end") : verdict);
    }
}

void addRecord(const Tree &root, const RelPath &store, const QString &key, qint64 bytes, QList<Part> &parts)
{
    parts.append({store, displayBytes(key.toUtf8()), bytes, modifiedOf(root, store), true});
}

}  // namespace

Item sessionItem(const Session &session, const Index &index)
{
    Item item;
    item.kind = ItemKind::Session;
    item.id = session.id;
    item.title = session.title.isEmpty() ? session.id : session.title;
    item.state = session.damaged ? ItemState::Damaged : session.deleted ? ItemState::Deleted : ItemState::Ok;
    item.created = session.created;
    item.modified = session.modified;
    item.bytes = session.sharedBytes + session.folderBytes;
    item.messages = session.messages;
    item.entity = session.entity >= 0 ? index.entities.at(session.entity).id : displayBytes(session.entityId.toUtf8());
    return item;
}

Item entityItem(const Entity &entity, const Contents &contents, const std::optional<SessionCount> &sessions,
                bool recordStoreReadable)
{
    Item item;
    item.kind = ItemKind::Entity;
    item.id = entity.id;
    item.title = entity.title;
    const bool lost = entity.brokenRecord || entity.oddPath || (!entity.recorded && !recordStoreReadable)
        || (entity.generation == Generation::Released && entity.recorded && !entity.deleted && !entity.folder);
    item.state = contents.isDamaged() || lost ? ItemState::Damaged : entity.deleted ? ItemState::Deleted : ItemState::Ok;
    item.created = entity.created;
    item.modified = entity.modified.isValid() ? entity.modified : contents.newest;
    item.bytes = contents.bytes;
    item.documents = contents.documents;
    item.chunks = contents.chunks;
    item.vectors = contents.vectors;
    if (sessions)
        item.sessions = entity.deleted ? sessions->all : sessions->live;
    return item;
}

Result<ItemDetails> entityDetails(const Tree &root, const QString &id, Monitor &monitor)
{
    STRONGROOM_TRY(const Index index, readIndex(root, monitor));
    const auto it = std::find_if(index.entities.begin(), index.entities.end(), [&](const Entity &e) { return e.id == id; });
    if (it == index.entities.end())
        return fail(ErrorCode::ItemUnknown, root.displayName().toUtf8(), {id});
    const Entity &entity = *it;
    const int number = int(it - index.entities.begin());
    STRONGROOM_TRY(const Contents contents, readContents(root, entity, kScanPickle, monitor));
    ItemDetails details;
    SessionStores stores;
    SessionCount count;
    STRONGROOM_CHECK(visitSessions(root, index, number, stores, monitor, [&](const Session &session) {
        if (session.entity != number)
            return true;
        ++count.all;
        count.live += session.deleted ? 0 : 1;
        if (details.relations.size() < kMaxRelations)
            details.relations.append({QStringLiteral("session"), {ItemKind::Session, session.id}, session.title, true});
        return true;
    }));
    const bool known = stores.areReadable(entity, number);
    const Store &records = entity.generation == Generation::Guide ? index.guide : index.released;
    details.item = entityItem(entity, contents, known ? std::optional(count) : std::nullopt, records.isReadable());
    if (entity.folder) {
        STRONGROOM_CHECK(addFiles(root, *entity.folder, details.parts, monitor));
        STRONGROOM_CHECK(addDocuments(root, entity, details.relations, monitor));
    }
    if (entity.uploads)
        STRONGROOM_CHECK(addFiles(root, *entity.uploads, details.parts, monitor));
    addFacts(entity, contents, details.facts);
    if (entity.recorded) {
        const RelPath store = entityStore(root, entity.generation);
        addRecord(root, store, entity.key, entity.recordBytes, details.parts);
        STRONGROOM_TRY(details.metadata, fetchRecord(root, store, entity.key, monitor));
    }
    if (entity.generation == Generation::Released)
        STRONGROOM_CHECK(addTasks(root, entity, details, monitor));
    return details;
}

Result<ItemDetails> sessionDetails(const Tree &root, const QString &id, Monitor &monitor)
{
    STRONGROOM_TRY(const Index index, readIndex(root, monitor));
    std::optional<Session> found;
    SessionStores stores;
    STRONGROOM_CHECK(visitSessions(root, index, -1, stores, monitor, [&](const Session &session) {
        if (session.id != id)
            return true;
        found = session;
        return false;
    }));
    if (!found)
        return fail(ErrorCode::ItemUnknown, root.displayName().toUtf8(), {id});
    const Session &session = *found;
    ItemDetails details;
    details.item = sessionItem(session, index);
    // The entity's own record is the fuller one: shown when there is one, with the shared one's place beside it.
    if (!session.sharedKey.isEmpty()) {
        const RelPath store = sessionStore(root, session.generation);
        addRecord(root, store, session.sharedKey, session.sharedBytes, details.parts);
        if (session.folderKey.isEmpty()) {
            STRONGROOM_TRY(details.metadata, fetchRecord(root, store, session.sharedKey, monitor));
        }
    }
    if (!session.folderKey.isEmpty()) {
        const RelPath store = index.entities.at(session.entity).storePath("sessions.json");
        addRecord(root, store, session.folderKey, session.folderBytes, details.parts);
        STRONGROOM_TRY(details.metadata, fetchRecord(root, store, session.folderKey, monitor));
    }
    const bool linked = session.entity >= 0;
    if (linked || !session.entityId.isEmpty()) {
        details.relations.append({QStringLiteral("entity"), {ItemKind::Entity, details.item.entity},
                                  linked ? index.entities.at(session.entity).title : details.item.entity, linked});
    }
    if (session.deleted && !session.sharedKey.isEmpty())
        details.facts.append({QStringLiteral("key"), displayBytes(session.sharedKey.toUtf8())});
    if (!session.messages)
        details.facts.append({QStringLiteral("conversation"), QStringLiteral("not found in any store that can be read")});
    return details;
}

}  // namespace strongroom::storage::rag
