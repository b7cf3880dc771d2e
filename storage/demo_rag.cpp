// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The entity-scoped knowledge base, as released and as its guide describes it: the same made-up companies
// and documents in both, each with a vector index and the pickled document store that belongs to it.

#include "storage/demopickle.h"
#include "storage/demosamples.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace strongroom::storage::demo {

namespace {

constexpr int kDimensions = 384;   // of all-MiniLM-L6-v2

struct Document {
    QByteArray id;
    QByteArray name;
    QList<QByteArray> chunks;
    QDateTime indexed;
    [[nodiscard]] QByteArray upload() const { return chunks.join("\n\n") + '\n'; }
    [[nodiscard]] QByteArray suffix() const { return name.mid(name.lastIndexOf('.')); }
};

struct Message {
    QByteArray role;
    QByteArray content;
};

struct Chat {
    QByteArray id;
    QByteArray name;   // empty = null
    QDateTime created;
    QList<Message> messages;
};

struct Entity {
    QByteArray id;
    QByteArray name;
    QByteArray description;
    QDateTime created;
    int microseconds = 0;
    QList<Document> documents;
    QList<Chat> chats;
    [[nodiscard]] QByteArray createdText() const { return zonedUtc(created, microseconds); }
    [[nodiscard]] qint64 chunkCount() const
    {
        qint64 count = 0;
        for (const Document &document : documents)
            count += document.chunks.size();
        return count;
    }
};

QByteArray chunkText(Values &values)
{
    static const QList<QByteArray> sentences = {
        "Wind output rose in the third quarter while maintenance costs fell.",
        "The covenant requires a leverage below 3.5 at the end of each quarter.",
        "Two suppliers for gearbox bearings were certified in autumn.",
        "Management expects the order backlog to turn into revenue within nine months.",
        "Currency effects of the Swiss franc were hedged in full.",
        "The regulator has opened a consultation on grid fees — comments close in March.",
        "Inventory of spare blades was written down by four percent.",
        "A framework contract with three harbours was signed in Büsum.",
    };
    QByteArray text = values.pick(sentences);
    for (int more = 2 + values.number(4); more > 0; --more)
        text += ' ' + values.pick(sentences);
    return text;
}

Document makeDocument(const QByteArray &name, int chunks, const QDateTime &indexed, Values &values)
{
    Document document{"doc_" + values.uuid4().left(13), name, {}, indexed};
    for (int i = 0; i < chunks; ++i)
        document.chunks.append(chunkText(values));
    return document;
}

Chat makeChat(const QByteArray &name, const QDateTime &created, const QList<Message> &messages, Values &values)
{
    return {"session_" + values.hex(12), name, created, messages};
}

QList<Entity> makeEntities(const Writer &out, Values &values)
{
    const qint64 day = 86400;
    QList<Entity> entities;
    Entity nordwind{"nordwind", "Nordwind Energie AG", "Utility, northern Europe", out.ago(40 * day), 288'479, {}, {}};
    nordwind.documents = {makeDocument("annual_report_2025.txt", 18, out.ago(39 * day), values),
                          makeDocument("q3_call_transcript.txt", 12, out.ago(20 * day), values),
                          makeDocument("Übersicht – Märkte.md", 6, out.ago(6 * day), values)};
    nordwind.chats = {makeChat("Quarterly review", out.ago(5 * day),
                               {{"user", "What drove the margin in the third quarter?"},
                                {"assistant", "Lower maintenance costs; wind output rose at the same time."},
                                {"user", "Which covenant matters most?"},
                                {"assistant", "Leverage below 3.5 at the end of each quarter."}}, values),
                      makeChat("Grid fees", out.ago(2 * day),
                               {{"user", "When does the consultation close?"}, {"assistant", "Comments close in March."}}, values)};
    entities.append(nordwind);
    Entity globex{"globex", "Globex GmbH & Co. KG", "Logistics", out.ago(33 * day), 289'310, {}, {}};
    globex.documents = {makeDocument("analysis.txt", 9, out.ago(31 * day), values),
                        makeDocument("risk_register.csv", 4, out.ago(11 * day), values)};
    globex.chats = {makeChat({}, out.ago(9 * day),
                             {{"user", "Summarise the risk register"}, {"assistant", "Four open risks, one of them high."}}, values)};
    entities.append(globex);
    Entity acme{"acme-labs", "Acme Labs", {}, out.ago(12 * day), 289'874, {}, {}};
    acme.documents = {makeDocument("readme.txt", 2, out.ago(12 * day), values)};
    entities.append(acme);
    return entities;
}

/// IndexFlatL2 with `count` vectors.
QByteArray flatIndex(qint64 count, Values &values)
{
    QByteArray index(45, '\0');
    char *p = index.data();
    memcpy(p, "IxF2", 4);
    qToLittleEndian<qint32>(kDimensions, p + 4);
    qToLittleEndian<qint64>(count, p + 8);
    qToLittleEndian<qint64>(1 << 20, p + 16);
    qToLittleEndian<qint64>(1 << 20, p + 24);
    p[32] = 1;                                // trained
    qToLittleEndian<qint32>(1, p + 33);       // metric L2
    qToLittleEndian<quint64>(quint64(count) * kDimensions, p + 37);
    index.resize(45 + count * kDimensions * 4);
    for (qint64 i = 0; i < count * kDimensions; ++i)
        qToLittleEndian<float>(float(values.number(2000) - 1000) / 19000.0f, index.data() + 45 + i * 4);
    return index;
}

void writeDocumentObject(PickleWriter &out, const QByteArray &id, const Entity &entity, const Document &document, int order)
{
    out.text(id).object("langchain_core.documents.base", "Document").dict().text("__dict__").dict();
    out.text("id", id).text("metadata").dict().text("metadata").dict();
    out.text("entity_ids").list().text(entity.id).end().text("doc_id", document.id).text("doc_name", document.name)
        .null("source").text("file_type", document.suffix()).integer("chunk_index", order).end();
    out.text("chunk").dict().text("text", document.chunks.at(order)).integer("chunk_order_index", order)
        .text("source", document.name).end().end();
    out.text("page_content", document.chunks.at(order)).text("type", "Document").end();
    out.null("__pydantic_extra__").text("__pydantic_fields_set__").set().text("id").text("metadata").text("page_content").end();
    out.null("__pydantic_private__").end().build();
}

/// (InMemoryDocstore, {position: id}) for every chunk in order.
QByteArray docstore(const Entity &entity, Values &values)
{
    PickleWriter out;
    QList<QByteArray> ids;
    out.object("langchain_community.docstore.in_memory", "InMemoryDocstore").dict().text("_dict").dict();
    for (const Document &document : entity.documents) {
        for (int order = 0; order < document.chunks.size(); ++order) {
            ids.append(values.uuid4());
            writeDocumentObject(out, ids.last(), entity, document, order);
        }
    }
    out.end().end().build().dict();
    for (int i = 0; i < ids.size(); ++i)
        out.integer(i).text(ids.at(i));
    out.end().tuple2();
    return out.result();
}

void writeChunkMetadata(JsonText &json, const Entity &entity, const Document &document, int order)
{
    json.array("entity_ids").text(entity.id).end().text("doc_id", document.id).text("doc_name", document.name).null("source")
        .text("file_type", document.suffix()).text("indexed_at", zonedUtc(document.indexed, 113'000, ' '))
        .text("file_processor_task_id", "fp_0007").number("chunk_index", order)
        .number("tokens", document.chunks.at(order).size() / 5).text("processed_by", "FileProcessor");
}

QByteArray chunksJson(const Entity &entity)
{
    JsonText json;
    json.object();
    for (const Document &document : entity.documents) {
        for (int order = 0; order < document.chunks.size(); ++order) {
            const QByteArray id = "chunk_" + document.id + '_' + QByteArray::number(order);
            json.object(id).object("chunk").text("text", document.chunks.at(order)).number("chunk_order_index", order)
                .text("source", document.name).text("filename", document.name).end().object("metadata");
            writeChunkMetadata(json, entity, document, order);
            json.end().text("entity_id", entity.id).text("_id", id).end();
        }
    }
    return json.end().result();
}

QByteArray documentsJson(const Entity &entity)
{
    JsonText json;
    json.object();
    for (const Document &document : entity.documents) {
        const QByteArray upload = document.upload();
        json.object(document.id).text("doc_name", document.name).number("file_size", upload.size())
            .text("indexed_at", zonedUtc(document.indexed, 697'585, ' ')).real("estimated_cost_usd", double(document.chunks.size()) * 0.0002)
            .array("services_used").end()
            .text("content_hash", QCryptographicHash::hash(upload, QCryptographicHash::Sha256).toHex())
            .object("metadata").text("description", "uploaded via API").text("uploaded_at", zonedUtc(document.indexed, 696'901))
            .null("source").end().text("_id", document.id).text("doc_id", document.id).end();
    }
    return json.end().result();
}

void writeVectorStore(Writer &out, const QByteArray &folder, const Entity &entity, Values &values)
{
    const QDateTime time = entity.documents.last().indexed;
    out.file(folder + "/vector_store/index.faiss", flatIndex(entity.chunkCount(), values), time);
    out.file(folder + "/vector_store/index.pkl", docstore(entity, values), time);
}

// -- as released -----------------------------------------------------------------------------------------

struct Released {
    Entity entity;
    QByteArray deleted;   // the time of the soft delete as text; empty = alive
    [[nodiscard]] QByteArray key() const { return deleted.isEmpty() ? entity.id : QByteArray("[DELETED]" + entity.id + '_' + deleted); }
    [[nodiscard]] QByteArray folder() const { return "entities/" + (deleted.isEmpty() ? QByteArray(entity.id + '_' + entity.createdText()) : key()); }
    /// Where the entity lived when its sessions were written.
    [[nodiscard]] QByteArray firstFolder() const { return "entities/" + entity.id + '_' + entity.createdText(); }
};

QByteArray chatKey(const Released &owner, const Chat &chat)
{
    return owner.deleted.isEmpty() ? chat.id : QByteArray("[DELETED]" + chat.id + '_' + owner.deleted);
}

void writeChatHead(JsonText &json, const Released &owner, const Chat &chat)
{
    json.object(chatKey(owner, chat)).text("session_id", chat.id).text("entity_id", owner.entity.id);
    if (chat.name.isEmpty())
        json.null("session_name");
    else
        json.text("session_name", chat.name);
    json.text("entity_name", owner.entity.name).text("entity_dir", "data/" + owner.firstFolder())
        .text("created_at", zonedUtc(chat.created, 910'126)).text("last_accessed", zonedUtc(chat.created.addSecs(340), 920'560))
        .object("metadata").end().number("message_count", 0).real("estimated_cost_usd", 0.000479)
        .text("_id", chatKey(owner, chat));
}

QByteArray chatsJson(const Released &owner, Values &values)
{
    JsonText json;
    json.object();
    for (const Chat &chat : owner.entity.chats) {
        writeChatHead(json, owner, chat);
        json.array("conversation_history");
        QByteArray task;
        for (int i = 0; i < chat.messages.size(); ++i) {
            if (i % 2 == 0)
                task = "chat_" + values.uuid4().left(13);
            json.object().text("role", chat.messages.at(i).role).text("content", chat.messages.at(i).content)
                .text("timestamp", zonedUtc(chat.created.addSecs(60 * i), 923'049)).text("task_id", task);
            if (i % 2 == 1)
                json.array("node_ids").end().array("relationship_ids").end().array("cited_node_ids").end().null("transfer_number")
                    .real("estimated_cost_usd", 0.000479).array("services_used").end();
            json.end();
        }
        json.end().end();
    }
    return json.end().result();
}

void writeGlobalStores(Writer &out, const QList<Released> &all, Values &values)
{
    JsonText entities;
    JsonText sessions;
    JsonText tasks;
    entities.object();
    sessions.object();
    tasks.object();
    for (const Released &one : all) {
        entities.object(one.key()).text("_id", one.key()).text("entity_name", one.entity.name)
            .text("entity_dir", "data/" + one.folder()).text("created_at", one.entity.createdText())
            .number("documents_count", one.entity.documents.size()).number("chunk_count", one.entity.chunkCount())
            .number("sessions_count", one.entity.chats.size()).real("estimated_cost_usd", 0.0109)
            .text("last_accessed", one.entity.createdText()).text("description", one.entity.description)
            .text("last_updated_at", zonedUtc(one.entity.documents.last().indexed, 553'280));
        if (!one.deleted.isEmpty())
            entities.text("deleted_at", one.deleted);
        entities.end();
        for (const Chat &chat : one.entity.chats) {
            writeChatHead(sessions, one, chat);
            sessions.end();
        }
        for (const Document &document : one.entity.documents) {
            const QByteArray id = "upload_" + values.hex(12);
            tasks.object(id).text("_id", id).text("task_type", "upload").text("entity_id", one.entity.id)
                .text("uploaded_at", zonedUtc(document.indexed, 290'809)).text("description", "uploaded via API")
                .text("source", "portal").text("status", "completed")
                .text("processing_started_at", zonedUtc(document.indexed, 291'173)).real("estimated_cost_usd", 0.0024)
                .text("doc_id", document.id).number("chunks_count", document.chunks.size())
                .text("completed_at", zonedUtc(document.indexed.addSecs(2), 355'750)).end();
        }
    }
    const QDateTime time = out.ago(2 * 86400);
    out.file("storage/entities.json", entities.end().result(), time, 0600);
    out.file("storage/sessions.json", sessions.end().result(), time, 0600);
    out.file("storage/tasks.json", tasks.end().result(), time, 0600);
}

// -- as the guide says -----------------------------------------------------------------------------------

void writeGuideEntity(Writer &out, const Entity &entity, Values &values)
{
    const QByteArray folder = "entity_scoped/entities/" + entity.id;
    writeVectorStore(out, folder, entity, values);
    const QDateTime time = entity.documents.last().indexed;
    JsonText map;
    JsonText metadata;
    map.object();
    metadata.object();
    int position = 0;
    for (const Document &document : entity.documents) {
        out.file("uploads/" + entity.id + '/' + document.name, document.upload(), document.indexed);
        map.array(document.id);
        for (int order = 0; order < document.chunks.size(); ++order) {
            metadata.object(QByteArray::number(position));
            writeChunkMetadata(metadata, entity, document, order);
            metadata.end();
            map.number(position++);
        }
        map.end();
    }
    out.file(folder + "/doc_to_chunks.json", map.end().result(), time);
    out.file(folder + "/chunk_metadata.json", metadata.end().result(), time);
    out.file(folder + "/chunks.json", chunksJson(entity), time);
    out.file(folder + "/documents.json", documentsJson(entity), time);
}

void writeGuideStores(Writer &out, const QList<Entity> &all)
{
    JsonText entities;
    JsonText chats;
    entities.object();
    chats.object();
    QByteArray log;
    for (const Entity &entity : all) {
        entities.object(entity.id).text("entity_id", entity.id).text("entity_name", entity.name)
            .text("description", entity.description).object("metadata").end().array("documents");
        for (const Document &document : entity.documents) {
            entities.object().text("doc_id", document.id).text("filename", document.name)
                .text("file_path", "data/uploads/" + entity.id + '/' + document.name)
                .number("chunks_count", document.chunks.size()).text("indexed_at", naiveUtc(document.indexed, 239'465)).end();
            log += document.indexed.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")).toLatin1()
                + " | INFO | entity_scoped_rag | indexed " + document.id + " for entity " + entity.id + '\n';
        }
        entities.end().text("created_at", naiveUtc(entity.created, entity.microseconds)).text("_id", entity.id).end();
        for (const Chat &chat : entity.chats) {
            chats.object(chat.id).text("session_id", chat.id).text("entity_id", entity.id).text("entity_name", entity.name)
                .text("session_name", chat.name.isEmpty() ? QByteArray("Untitled") : chat.name).object("metadata").end().array("messages");
            for (int i = 0; i < chat.messages.size(); ++i)
                chats.object().text("role", chat.messages.at(i).role).text("content", chat.messages.at(i).content)
                    .text("timestamp", naiveUtc(chat.created.addSecs(60 * i), 386'836)).end();
            chats.end().text("created_at", naiveUtc(chat.created, 386'549))
                .text("last_activity", naiveUtc(chat.created.addSecs(340), 387'942)).text("_id", chat.id).end();
        }
    }
    const QDateTime time = out.ago(2 * 86400);
    out.file("api_storage/entities.json", entities.end().result(), time, 0600);
    out.file("api_storage/chat_sessions.json", chats.end().result(), time, 0600);
    out.file("logs/app.log", log, time);
}

}  // namespace

void writeEntityRag(Writer &out)
{
    Values values(401);
    QList<Released> all;
    for (const Entity &entity : makeEntities(out, values))
        all.append({entity, {}});
    Entity old{"old_co", "Old Harbour Co", "Closed in spring", out.ago(90 * 86400), 290'315, {}, {}};
    old.documents = {makeDocument("prospectus.txt", 8, out.ago(89 * 86400), values)};
    old.chats = {makeChat("Old talk", out.ago(80 * 86400), {{"user", "hello"}, {"assistant", "Hello! How can I help?"}}, values)};
    all.append({old, zonedUtc(out.ago(30 * 86400), 930'037)});

    for (const Released &one : all) {
        const QDateTime time = one.entity.documents.last().indexed;
        writeVectorStore(out, one.folder(), one.entity, values);
        out.file(one.folder() + "/documents.json", documentsJson(one.entity), time, 0600);
        out.file(one.folder() + "/chunks.json", chunksJson(one.entity), time, 0600);
        if (!one.entity.chats.isEmpty())
            out.file(one.folder() + "/sessions.json", chatsJson(one, values), one.entity.chats.last().created, 0600);
    }
    writeGlobalStores(out, all, values);
    out.dir("entity_scoped");
}

void writeEntityRagGuide(Writer &out)
{
    Values values(402);
    const QList<Entity> entities = makeEntities(out, values);
    for (const Entity &entity : entities)
        writeGuideEntity(out, entity, values);
    writeGuideStores(out, entities);
}

}  // namespace strongroom::storage::demo
