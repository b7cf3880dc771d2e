// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/entityragstore.h"

#include <QSet>

#include <algorithm>

namespace strongroom::storage::rag {

namespace {

constexpr char16_t kDeletedPrefix[] = u"[DELETED]";
constexpr qint64 kMaxEntityRecord = qint64(16) << 20;

/// Foreign text as it may be shown anywhere.
QString shown(const QString &text)
{
    return displayBytes(text.toUtf8());
}

/// An item must have an id, even where the record gives none.
QString shownId(const QString &id)
{
    return id.isEmpty() ? QStringLiteral("(no id)") : shown(id);
}

/// Where "_YYYY-MM-DDT" begins, the part of a name that is a time; -1 = nowhere.
qsizetype stampPosition(QStringView name)
{
    for (qsizetype i = name.size() - 12; i >= 0; --i) {
        const QStringView part = name.sliced(i, 12);
        const auto digit = [&](int at) { return part[at] >= u'0' && part[at] <= u'9'; };
        if (part[0] == u'_' && digit(1) && digit(2) && digit(3) && digit(4) && part[5] == u'-' && digit(6) && digit(7) && part[8] == u'-'
            && digit(9) && digit(10) && part[11] == u'T')
            return i;
    }
    return -1;
}

QString plainName(const QString &name)
{
    QStringView plain = name;
    if (isDeletedName(plain))
        plain = plain.sliced(9);
    const qsizetype stamp = stampPosition(plain);
    return (stamp > 0 ? plain.first(stamp) : plain).toString();
}

QDateTime latest(std::initializer_list<const JsonSlice *> times)
{
    QDateTime newest;
    for (const JsonSlice *slice : times) {
        const QDateTime time = parseTime(slice->text());
        if (time.isValid() && (!newest.isValid() || time > newest))
            newest = time;
    }
    return newest;
}

QString firstText(std::initializer_list<const JsonSlice *> slices, const QString &otherwise)
{
    for (const JsonSlice *slice : slices) {
        if (slice->type == JsonType::String && slice->raw.size() > 2)
            return slice->text();
    }
    return otherwise;
}

/// entity_dir is a path below the server's own working folder: of it only "entities/<name>" is ours. What
/// climbs is refused, what does not end like that names nothing here.
std::optional<RelPath> folderOf(const QString &entityDir, bool &odd)
{
    const QList<QByteArray> parts = entityDir.toUtf8().split('/');
    odd = parts.size() < 2 || parts.contains("..") || parts.at(parts.size() - 2) != "entities";
    if (odd)
        return std::nullopt;
    const Result<RelPath> folder = RelPath::literal("entities").child(parts.last());
    odd = !folder.has_value();
    return folder ? std::optional(*folder) : std::nullopt;
}

/// One pass over the records of both stores, then over the folders.
class IndexReader {
public:
    IndexReader(const Tree &root, Monitor &monitor) : m_root(root), m_monitor(monitor) {}
    Result<Index> read();

private:
    void addReleased(const JsonStoreRecord &record);
    void addGuide(const JsonStoreRecord &record);
    Result<QList<RelPath>> unclaimedFolders(const RelPath &parent);
    Result<void> matchFolders();
    Result<void> matchGuideFolders();
    void add(Entity entity);
    [[nodiscard]] bool isEmptyFolder(const RelPath &folder) const;

    const Tree &m_root;
    Monitor &m_monitor;
    Index m_index;
    QSet<QString> m_ids;
    QSet<RelPath> m_claimed;
};

void IndexReader::add(Entity entity)
{
    entity.id = shownId(entity.id);
    entity.title = entity.title.isEmpty() ? entity.id : shown(entity.title);
    if (m_ids.contains(entity.id) && entity.generation == Generation::Guide)
        entity.id.prepend(QStringLiteral("guide:"));
    const QString wanted = entity.id;
    for (int n = 2; m_ids.contains(entity.id); ++n)
        entity.id = QStringLiteral("%1 (%2)").arg(wanted).arg(n);
    m_ids.insert(entity.id);
    if (entity.folder)
        m_claimed.insert(*entity.folder);
    auto &lookup = entity.deleted ? m_index.dead : m_index.live;
    lookup[int(entity.generation)].insert(entity.plainId, int(m_index.entities.size()));
    m_index.entities.append(std::move(entity));
}

void IndexReader::addReleased(const JsonStoreRecord &record)
{
    Entity entity;
    entity.recorded = true;
    entity.key = record.key();
    entity.recordBytes = record.length;
    entity.brokenRecord = record.tooLarge() || !record.bytes.startsWith('{');
    const JsonFields f(record.bytes, {"_id", "entity_name", "entity_dir", "created_at", "documents_count", "chunk_count",
                                      "updated_at", "last_updated_at", "last_modified", "deleted_at", "last_accessed"});
    entity.innerId = f[0].text();
    entity.id = firstText({&f[0]}, entity.key);
    entity.title = f[1].text();
    entity.created = parseTime(f[3].text());
    entity.toldDocuments = f[4].integer();
    entity.toldChunks = f[5].integer();
    entity.modified = latest({&f[6], &f[7], &f[8], &f[9]});
    if (!entity.modified.isValid())
        entity.modified = latest({&f[10], &f[3]});
    entity.deleted = isDeletedName(entity.id);
    entity.plainId = entity.deleted ? plainName(entity.id) : entity.id;
    if (f[2].type == JsonType::String && f[2].raw.size() > 2) {
        const std::optional<RelPath> folder = folderOf(f[2].text(), entity.oddPath);
        if (folder && !m_claimed.contains(*folder) && m_root.hasDirectory(*folder))
            entity.folder = folder;
    }
    add(std::move(entity));
}

void IndexReader::addGuide(const JsonStoreRecord &record)
{
    Entity entity;
    entity.generation = Generation::Guide;
    entity.recorded = true;
    entity.key = record.key();
    entity.recordBytes = record.length;
    entity.brokenRecord = record.tooLarge() || !record.bytes.startsWith('{');
    const JsonFields f(record.bytes, {"_id", "entity_id", "entity_name", "created_at", "documents", "status", "deactivated_at",
                                      "updated_at", "last_updated_at"});
    entity.innerId = f[0].text();
    entity.id = firstText({&f[1], &f[0]}, entity.key);
    entity.title = f[2].text();
    entity.created = parseTime(f[3].text());
    if (f[4].type == JsonType::Array)
        entity.listedDocuments = f[4].count();
    entity.deleted = isDeletedName(entity.id) || f[5].text() == u"inactive";
    entity.modified = latest({&f[6], &f[7], &f[8], &f[3]});
    entity.plainId = isDeletedName(entity.id) ? plainName(entity.id) : entity.id;
    // The id is a folder's name here: taken only if it is one name.
    const QByteArray name = entity.id.toUtf8();
    const Result<RelPath> folder = RelPath::literal("entity_scoped/entities").child(name);
    const Result<RelPath> uploads = RelPath::literal("uploads").child(name);
    entity.oddPath = !folder;
    if (folder && !m_claimed.contains(*folder) && m_root.hasDirectory(*folder))
        entity.folder = *folder;
    if (uploads && m_root.hasDirectory(*uploads))
        entity.uploads = *uploads;
    add(std::move(entity));
}

bool IndexReader::isEmptyFolder(const RelPath &folder) const
{
    const Result<QList<TreeEntry>> entries = m_root.list(folder);
    return entries && entries->isEmpty();
}

/// Folders below `parent` that no record speaks for; empty ones are only noted as ghosts.
Result<QList<RelPath>> IndexReader::unclaimedFolders(const RelPath &parent)
{
    QList<RelPath> folders;
    const Result<QList<TreeEntry>> entries = m_root.list(parent);
    if (!entries)
        return folders;
    for (const TreeEntry &entry : *entries) {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        const RelPath folder = parent.childUnchecked(entry.name);
        if (!entry.stamp.isDirectory() || m_claimed.contains(folder))
            continue;
        if (isEmptyFolder(folder))
            m_index.ghosts.append(folder);
        else
            folders.append(folder);
    }
    return folders;
}

Result<void> IndexReader::matchFolders()
{
    const RelPath parent = RelPath::literal("entities");
    STRONGROOM_TRY(const QList<RelPath> folders, unclaimedFolders(parent));
    for (const RelPath &folder : folders) {
        Entity entity;
        const QString name = displayBytes(folder.name());
        entity.plainId = plainName(name);
        entity.deleted = isDeletedName(name);
        const bool taken = m_index.live[int(Generation::Released)].contains(entity.plainId);
        entity.id = entity.deleted || taken ? name : entity.plainId;
        entity.title = name;
        entity.folder = folder;
        const qsizetype stamp = stampPosition(name);
        if (stamp > 0 && !entity.deleted)
            entity.created = parseTime(QStringView(name).sliced(stamp + 1));
        add(std::move(entity));
    }
    return {};
}

Result<void> IndexReader::matchGuideFolders()
{
    const RelPath parent = RelPath::literal("entity_scoped/entities");
    STRONGROOM_TRY(const QList<RelPath> folders, unclaimedFolders(parent));
    for (const RelPath &folder : folders) {
        Entity entity;
        entity.generation = Generation::Guide;
        entity.id = entity.plainId = entity.title = displayBytes(folder.name());
        entity.folder = folder;
        const RelPath uploads = RelPath::literal("uploads").childUnchecked(folder.name());
        if (m_root.hasDirectory(uploads))
            entity.uploads = uploads;
        add(std::move(entity));
    }
    return {};
}

Result<Index> IndexReader::read()
{
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    STRONGROOM_TRY(m_index.released, readStore(m_root, RelPath::literal(kReleasedEntities), {.maxRecord = kMaxEntityRecord}, m_monitor,
                                               [this](const JsonStoreRecord &record) { addReleased(record); return true; }));
    STRONGROOM_TRY(m_index.guide, readStore(m_root, guideStore(m_root, "entities.json"), {.maxRecord = kMaxEntityRecord}, m_monitor,
                                            [this](const JsonStoreRecord &record) { addGuide(record); return true; }));
    STRONGROOM_CHECK(matchFolders());
    STRONGROOM_CHECK(matchGuideFolders());
    return std::move(m_index);
}

}  // namespace

bool isDeletedName(QStringView name)
{
    return name.startsWith(QStringView(kDeletedPrefix));
}

int Index::find(Generation generation, const QString &plainId) const
{
    const int alive = live[int(generation)].value(plainId, -1);
    return alive >= 0 ? alive : dead[int(generation)].value(plainId, -1);
}

Result<Index> readIndex(const Tree &root, Monitor &monitor)
{
    return IndexReader(root, monitor).read();
}

RelPath guideStore(const Tree &root, const char *name)
{
    const RelPath path = RelPath::literal("api_storage").childUnchecked(name);
    return root.hasDirectory(path) ? path.childUnchecked(name) : path;
}

Result<Store> readStore(const Tree &root, const RelPath &path, const JsonStoreOptions &options, Monitor &monitor,
                        const std::function<bool(const JsonStoreRecord &)> &visit)
{
    Store store;
    store.path = path;
    const Result<FileStamp> stamp = root.stamp(path);
    if (!stamp && stamp.error().code == ErrorCode::NotFound)
        return store;
    store.present = true;
    monitor.setCurrent(path.bytes());
    const Result<JsonStoreSummary> summary = readJsonStore(root, path, options, monitor, visit);
    if (!summary) {
        if (summary.error().code == ErrorCode::Cancelled)
            return std::unexpected(summary.error());
        store.error = summary.error();
        return store;
    }
    store.records = summary->records;
    store.fault = summary->fault;
    store.wrongType = !summary->fault && summary->topLevel != '{';
    return store;
}

// -- sessions ------------------------------------------------------------------------------------

namespace {

constexpr qint64 kMaxSessionRecord = qint64(64) << 20;
// What records of sessions are asked for, by position.
const std::vector<const char *> kReleasedFields = {"_id", "session_id", "entity_id", "session_name", "created_at", "last_accessed",
                                                   "deleted_at", "conversation_history"};
const std::vector<const char *> kGuideFields = {"_id", "session_id", "entity_id", "session_name", "created_at", "last_activity",
                                                "deactivated_at", "messages", "status"};

/// Collects released sessions by id; the shared store's come first and keep their order.
class Merger {
public:
    explicit Merger(const Index &index) : m_index(index) {}
    void addShared(const JsonStoreRecord &record);
    void addFolder(const JsonStoreRecord &record, int entity);
    QList<Session> m_sessions;

private:
    Session &slot(const QString &id, const QString &innerId);
    const Index &m_index;
    QHash<QString, int> m_byInnerId;
    QSet<QString> m_ids;
};

/// A session is the same one in both stores when `_id` is: session_id may come back after a deletion.
Session &Merger::slot(const QString &id, const QString &innerId)
{
    const auto known = m_byInnerId.constFind(innerId);
    if (known != m_byInnerId.constEnd())
        return m_sessions[*known];
    Session session;
    const QString wanted = shownId(id);
    session.id = m_ids.contains(wanted) ? shown(innerId) : wanted;
    for (int n = 2; m_ids.contains(session.id); ++n)
        session.id = QStringLiteral("%1 (%2)").arg(wanted).arg(n);
    m_ids.insert(session.id);
    m_byInnerId.insert(innerId, int(m_sessions.size()));
    m_sessions.append(std::move(session));
    return m_sessions.last();
}

void fill(Session &session, const JsonFields &f, const QString &innerId)
{
    // f: _id, session_id, entity_id, session_name, created_at, last_accessed, deleted_at, ...
    session.entityId = f[2].text();
    session.title = shown(firstText({&f[3]}, session.id));
    session.created = parseTime(f[4].text());
    const QDateTime modified = latest({&f[5], &f[6]});
    if (modified.isValid() && (!session.modified.isValid() || modified > session.modified))
        session.modified = modified;
    if (!session.modified.isValid())
        session.modified = session.created;
    session.deleted = isDeletedName(innerId) || f[6].type == JsonType::String;
}

void Merger::addShared(const JsonStoreRecord &record)
{
    const JsonFields &f = record.fields;
    const QString key = record.key();
    const QString innerId = firstText({&f[0], &f[1]}, key);
    Session &session = slot(firstText({&f[1]}, innerId), innerId);
    fill(session, f, innerId);
    session.sharedKey = key;
    session.sharedBytes += record.length;
    session.damaged = record.tooLarge() || !record.bytes.startsWith('{');
    session.entity = m_index.find(Generation::Released, session.entityId);
}

void Merger::addFolder(const JsonStoreRecord &record, int entity)
{
    const JsonFields &f = record.fields;
    const QString key = record.key();
    const QString innerId = firstText({&f[0], &f[1]}, key);
    Session &session = slot(firstText({&f[1]}, innerId), innerId);
    if (session.sharedKey.isEmpty() && !record.tooLarge())
        fill(session, f, innerId);
    else if (const QDateTime modified = latest({&f[5], &f[6]}); modified.isValid() && modified > session.modified)
        session.modified = modified;
    session.folderKey = key;
    session.folderBytes += record.length;
    session.entity = entity;
    if (session.entityId.isEmpty())
        session.entityId = m_index.entities.at(entity).plainId;
    const bool broken = !record.tooLarge() && !record.bytes.startsWith('{');
    session.damaged = session.damaged || broken;
    // A session that nobody has spoken in yet has no history at all.
    if (f[7].type == JsonType::Array)
        session.messages = f[7].count();
    else if (!record.tooLarge() && !broken && (f[7].isMissing() || f[7].type == JsonType::Null))
        session.messages = 0;
}

Session guideSession(const JsonStoreRecord &record, const Index &index)
{
    const JsonFields &f = record.fields;
    Session session;
    session.generation = Generation::Guide;
    session.sharedKey = record.key();
    session.sharedBytes = record.length;
    session.id = shownId(firstText({&f[1], &f[0]}, session.sharedKey));
    fill(session, f, session.id);
    session.deleted = session.deleted || f[8].text() == u"inactive";
    session.damaged = !record.tooLarge() && !record.bytes.startsWith('{');
    if (f[7].type == JsonType::Array)
        session.messages = f[7].count();
    session.entity = index.find(Generation::Guide, session.entityId);
    return session;
}

Result<bool> visitReleased(const Tree &root, const Index &index, int onlyFolder, SessionStores &stores, Monitor &monitor,
                           QSet<QString> &ids, const std::function<bool(const Session &)> &visit)
{
    Merger merger(index);
    const JsonStoreOptions options = {.maxRecord = kMaxSessionRecord, .fields = kReleasedFields};
    STRONGROOM_TRY(stores.released, readStore(root, RelPath::literal(kReleasedSessions), options, monitor,
                                              [&](const JsonStoreRecord &record) { merger.addShared(record); return true; }));
    for (int i = 0; i < index.entities.size(); ++i) {
        const Entity &entity = index.entities.at(i);
        if (entity.generation != Generation::Released || !entity.folder || (onlyFolder >= 0 && i != onlyFolder))
            continue;
        STRONGROOM_TRY(stores.folders[i], readStore(root, entity.storePath("sessions.json"), options, monitor,
                                                    [&](const JsonStoreRecord &record) { merger.addFolder(record, i); return true; }));
    }
    for (Session &session : merger.m_sessions) {
        if (session.entity >= 0 && session.folderKey.isEmpty() && !stores.folders.value(session.entity).isReadable())
            session.damaged = true;
        ids.insert(session.id);
        if (!visit(session))
            return false;
    }
    return true;
}

}  // namespace

bool SessionStores::areReadable(const Entity &entity, int index) const
{
    if (entity.generation == Generation::Guide)
        return guide.isReadable();
    return released.isReadable() && folders.value(index).isReadable();
}

Result<void> visitSessions(const Tree &root, const Index &index, int onlyFolder, SessionStores &stores, Monitor &monitor,
                           const std::function<bool(const Session &)> &visit)
{
    QSet<QString> ids;
    STRONGROOM_TRY(const bool goOn, visitReleased(root, index, onlyFolder, stores, monitor, ids, visit));
    if (!goOn)
        return {};
    const JsonStoreOptions options = {.maxRecord = kMaxSessionRecord, .fields = kGuideFields};
    STRONGROOM_TRY(stores.guide, readStore(root, guideStore(root, "chat_sessions.json"), options, monitor,
                                           [&](const JsonStoreRecord &record) {
                                               Session session = guideSession(record, index);
                                               if (ids.contains(session.id))
                                                   session.id.prepend(QStringLiteral("guide:"));
                                               const QString wanted = session.id;
                                               for (int n = 2; ids.contains(session.id); ++n)
                                                   session.id = QStringLiteral("%1 (%2)").arg(wanted).arg(n);
                                               ids.insert(session.id);
                                               return visit(session);
                                           }));
    return {};
}

}  // namespace strongroom::storage::rag
