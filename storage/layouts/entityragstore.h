// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the files of the retrieval application say, in both generations of its data directory, one struct a
// record: entities, their sessions, and what an entity's folder holds. Reads; judges nothing and names no
// finding (entityrag.cpp does).
//
// released: storage/{entities,sessions}.json, entities/<id>_<created>/{documents,chunks,sessions}.json and
//           vector_store/; a deleted entity's key and folder begin with [DELETED].
// guide:    api_storage/{entities,chat_sessions}.json (each may be a folder holding a file of its name),
//           entity_scoped/entities/<id>/, uploads/<id>/.
// One data directory may hold both.

#include "storage/formats/faiss.h"
#include "storage/formats/json.h"
#include "storage/formats/pickle.h"
#include "storage/item.h"
#include "storage/tree.h"

#include <functional>
#include <limits>

namespace strongroom::storage::rag {

enum class Generation : quint8 { Released, Guide };

/// How reading one JSON store went. An absent store is an empty one: each appears at its first write.
struct Store {
    RelPath path;
    bool present = false;
    qint64 records = 0;
    std::optional<JsonFault> fault;
    std::optional<Error> error;
    bool wrongType = false;
    [[nodiscard]] bool isReadable() const { return !fault && !error && !wrongType; }
};

struct Entity {
    Generation generation = Generation::Released;
    QString id;             ///< of the item: the record's own, made unique
    QString plainId;        ///< without [DELETED] and time: what sessions call it
    QString title;
    QDateTime created;
    QDateTime modified;     ///< by the record; invalid = it does not say
    bool deleted = false;
    bool recorded = false;  ///< false: only its folder is known
    bool brokenRecord = false;   ///< the record is no object
    bool oddPath = false;        ///< entity_dir leads out of the data directory and was not used
    QString key;                 ///< of the record in its store
    QString innerId;             ///< `_id` as written; may differ from the key
    qint64 recordBytes = 0;
    Count toldDocuments;         ///< the record's own counters: shown, never trusted
    Count toldChunks;
    Count listedDocuments;       ///< guide: length of the record's list
    std::optional<RelPath> folder;    ///< that exists
    std::optional<RelPath> uploads;   ///< that exists
    [[nodiscard]] RelPath storePath(const char *name) const { return folder->childUnchecked(name); }
};

struct Index {
    QList<Entity> entities;
    Store released;
    Store guide;
    QList<RelPath> ghosts;      ///< empty entity folders without a record, as reading a deleted entity leaves them
    /// The entity a session means by `plainId`: a live one before a deleted one; -1 = none.
    [[nodiscard]] int find(Generation generation, const QString &plainId) const;
    QHash<QString, int> live[2];
    QHash<QString, int> dead[2];
};

/// Records and folders, matched. Errors: Cancelled. What cannot be read is in the stores.
[[nodiscard]] Result<Index> readIndex(const Tree &root, Monitor &monitor);

struct Session {
    Generation generation = Generation::Released;
    QString id;
    QString title;
    QString entityId;          ///< as written
    int entity = -1;           ///< in Index::entities
    QDateTime created;
    QDateTime modified;
    bool deleted = false;
    bool damaged = false;      ///< its conversation should be in a store that cannot be read
    Count messages;
    // where it stands; empty key = not in that store
    QString sharedKey;         ///< in storage/sessions.json or chat_sessions.json
    qint64 sharedBytes = 0;
    QString folderKey;         ///< in the entity's sessions.json
    qint64 folderBytes = 0;
};

struct SessionStores {
    Store released;
    Store guide;
    QHash<int, Store> folders;   ///< by entity, those that were read
    [[nodiscard]] bool areReadable(const Entity &entity, int index) const;
};

/// Every session of both generations, each once. Released ones are merged by id from the shared store and
/// the entities' own (the conversation is in the latter only).
/// \param onlyFolder  reads this entity's own store and no other; -1 = all.
/// \param visit       false = enough.
/// Errors: Cancelled. Memory: one small struct per released session, nothing per guide session.
[[nodiscard]] Result<void> visitSessions(const Tree &root, const Index &index, int onlyFolder, SessionStores &stores,
                                         Monitor &monitor, const std::function<bool(const Session &)> &visit);

struct Contents {
    qint64 bytes = 0;             ///< of all files in the folder and the uploads
    QDateTime newest;             ///< modification time among them
    Count documents;              ///< live ones
    Count deletedDocuments;
    Count chunks;
    Count vectors;
    QList<Store> stores;          ///< that were read
    RelPath vectorPath;
    std::optional<VectorFile> vectorFile;
    std::optional<Error> vectorError;
    RelPath docstorePath;
    std::optional<PickleReport> docstore;
    std::optional<Error> docstoreError;
    Count docstoreEntries;
    [[nodiscard]] bool isDamaged() const;
};

/// What the application's own docstore names, in all versions of its libraries that were seen.
[[nodiscard]] PicklePolicy docstorePolicy();

/// What an entity's folders hold, counted from the data. Errors: Cancelled.
/// \param maxPickle  a larger docstore is not walked.
[[nodiscard]] Result<Contents> readContents(const Tree &root, const Entity &entity, qint64 maxPickle, Monitor &monitor);

/// Passes the records of a store on; faults go to the result. A file of 0 bytes and a missing one differ.
[[nodiscard]] Result<Store> readStore(const Tree &root, const RelPath &path, const JsonStoreOptions &options, Monitor &monitor,
                                      const std::function<bool(const JsonStoreRecord &)> &visit);

/// The real file of a guide store, which may be a folder holding a file of its own name.
[[nodiscard]] RelPath guideStore(const Tree &root, const char *name);

/// True for names of deleted things.
[[nodiscard]] bool isDeletedName(QStringView name);

inline constexpr qint64 kScanPickle = qint64(64) << 20;
inline constexpr char kReleasedEntities[] = "storage/entities.json";
inline constexpr char kReleasedSessions[] = "storage/sessions.json";
inline constexpr char kTasks[] = "storage/tasks.json";

}  // namespace strongroom::storage::rag
