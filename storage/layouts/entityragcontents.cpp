// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/entityragstore.h"

#include <algorithm>

namespace strongroom::storage::rag {

namespace {

qint64 documentsIn(const PickleReport &report)
{
    qint64 documents = 0;
    for (auto it = report.instances.constBegin(); it != report.instances.constEnd(); ++it)
        documents += it.key().endsWith(".Document") ? *it : 0;
    return documents;
}

Result<void> measure(const Tree &root, const RelPath &folder, Contents &contents, Monitor &monitor)
{
    const auto walked = root.walk(folder, monitor, [&](const RelPath &, const TreeEntry &entry, const Error *error) {
        if (!error && entry.stamp.isFile()) {
            contents.bytes += entry.stamp.size;
            const QDateTime modified = entry.stamp.modified();
            if (!contents.newest.isValid() || modified > contents.newest)
                contents.newest = modified;
        }
        return true;
    });
    if (!walked && walked.error().code == ErrorCode::Cancelled)
        return std::unexpected(walked.error());
    return {};
}

/// Records of a store by their key only.
struct Counted {
    Store store;
    qint64 live = 0;
    qint64 deleted = 0;
};

Count liveIn(const Counted &counted)
{
    return counted.store.present && counted.store.isReadable() ? Count(counted.live) : Count();
}

Result<Counted> countStore(const Tree &root, const RelPath &path, Monitor &monitor)
{
    constexpr qint64 kKeysOnly = 1;
    Counted counted;
    STRONGROOM_TRY(counted.store, readStore(root, path, {.maxRecord = kKeysOnly}, monitor, [&](const JsonStoreRecord &record) {
                       ++(record.rawKey.startsWith("[DELETED]") ? counted.deleted : counted.live);
                       return true;
                   }));
    return counted;
}

Result<void> countDocuments(const Tree &root, const Entity &entity, Contents &contents, Monitor &monitor)
{
    STRONGROOM_TRY(Counted documents, countStore(root, entity.storePath("documents.json"), monitor));
    STRONGROOM_TRY(Counted chunks, countStore(root, entity.storePath("chunks.json"), monitor));
    if (documents.store.isReadable()) {
        contents.documents = documents.live;
        contents.deletedDocuments = documents.deleted;
    }
    if (chunks.store.isReadable())
        contents.chunks = chunks.live;
    if (entity.generation == Generation::Guide) {
        // The generation the guide tells of keeps no such stores: its record lists the documents, and the
        // metadata of the vectors are the chunks.
        STRONGROOM_TRY(Counted byDocument, countStore(root, entity.storePath("doc_to_chunks.json"), monitor));
        STRONGROOM_TRY(Counted metadata, countStore(root, entity.storePath("chunk_metadata.json"), monitor));
        if (!documents.store.present)
            contents.documents = entity.listedDocuments ? entity.listedDocuments : liveIn(byDocument);
        if (!chunks.store.present)
            contents.chunks = liveIn(metadata);
        contents.stores += {byDocument.store, metadata.store};
    }
    contents.stores += {documents.store, chunks.store};
    return {};
}

Result<void> readVectors(const Tree &root, const Entity &entity, qint64 maxPickle, Contents &contents, Monitor &monitor)
{
    const RelPath folder = entity.storePath("vector_store");
    contents.vectorPath = folder.childUnchecked("index.faiss");
    contents.docstorePath = folder.childUnchecked("index.pkl");
    if (Result<VectorFile> file = readVectorFile(root, contents.vectorPath)) {
        if (file->state == VectorFileState::Ok)
            contents.vectors = file->vectors;
        contents.vectorFile = *std::move(file);
    } else if (file.error().code == ErrorCode::NotFound) {
        contents.vectors = 0;
    } else {
        contents.vectorError = file.error();
    }
    const Result<FileStamp> stamp = root.stamp(contents.docstorePath);
    if (!stamp || stamp->size > maxPickle)
        return {};
    PickleOptions options;
    options.policy = docstorePolicy();
    Result<PickleReport> report = walkPickle(root, contents.docstorePath, options, monitor);
    if (!report) {
        if (report.error().code == ErrorCode::Cancelled)
            return std::unexpected(report.error());
        contents.docstoreError = report.error();
        return {};
    }
    if (report->isComplete())
        contents.docstoreEntries = documentsIn(*report);
    contents.docstore = *std::move(report);
    return {};
}

}  // namespace

PicklePolicy docstorePolicy()
{
    return {{"langchain_community.docstore.in_memory.InMemoryDocstore", "langchain.docstore.in_memory.InMemoryDocstore",
             "langchain_core.documents.base.Document", "langchain_core.documents.Document",
             "langchain.schema.document.Document", "langchain.schema.Document"},
            {"datetime.datetime", "datetime.timezone", "datetime.timedelta"}};
}

bool Contents::isDamaged() const
{
    const auto broken = [](const Store &store) { return !store.isReadable(); };
    if (std::any_of(stores.begin(), stores.end(), broken) || vectorError || docstoreError)
        return true;
    if (docstore && !docstore->isClean())
        return true;
    return vectorFile && vectorFile->state != VectorFileState::Ok && vectorFile->state != VectorFileState::UnknownType;
}

Result<Contents> readContents(const Tree &root, const Entity &entity, qint64 maxPickle, Monitor &monitor)
{
    Contents contents;
    if (entity.uploads)
        STRONGROOM_CHECK(measure(root, *entity.uploads, contents, monitor));
    if (!entity.folder) {
        contents.documents = entity.listedDocuments;
        return contents;
    }
    STRONGROOM_CHECK(measure(root, *entity.folder, contents, monitor));
    STRONGROOM_CHECK(countDocuments(root, entity, contents, monitor));
    STRONGROOM_CHECK(readVectors(root, entity, maxPickle, contents, monitor));
    return contents;
}

}  // namespace strongroom::storage::rag
