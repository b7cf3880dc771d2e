// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/storage/layoutcases.h"
#include "tests/storage/picklebytes.h"

namespace strongroom::tests {

namespace {

constexpr char kAlpha[] = "data/entities/alpha_2026-01-02T03:04:05.678901+00:00";
constexpr char kGone[] = "data/entities/[DELETED]gone_2026-01-03T00:00:00+00:00";

QByteArray records(const QByteArray &prefix, int count)
{
    QByteArray out;
    for (int i = 0; i < count; ++i) {
        const QByteArray id = prefix + QByteArray::number(i);
        out += (i ? ",\n" : "") + QByteArray("  \"") + id + R"(": {"_id": ")" + id + R"(", "doc_name": "n.txt"})";
    }
    return "{\n" + out + "\n}";
}

void plantFolder(DataDirBuilder &dir, const QByteArray &folder, int documents, int chunks, int vectors)
{
    dir.file(folder + "/documents.json", records("doc_", documents), 0600)
        .file(folder + "/chunks.json", records("chunk_", chunks), 0600)
        .file(folder + "/vector_store/index.faiss", pkl::vectorIndex(vectors))
        .file(folder + "/vector_store/index.pkl", pkl::docstore(vectors));
}

void plantReleased(DataDirBuilder &dir)
{
    dir.file("data/storage/entities.json", QByteArray(R"({
  "alpha": {"_id": "alpha", "entity_name": "Alpha Works", "entity_dir": ")") + kAlpha + R"(", "created_at": "2026-01-02T03:04:05.678901+00:00",
            "documents_count": 9, "chunk_count": 9, "sessions_count": 9, "metadata": {"api_key": ")" + kCanary + R"("}},
  "0": {"_id": "beta", "entity_name": "Beta", "entity_dir": "data/entities/beta_2026-01-02T04:00:00+00:00", "created_at": "2026-01-02T04:00:00+00:00"},
  "[DELETED]gone_2026-01-03T00:00:00+00:00": {"_id": "[DELETED]gone_2026-01-03T00:00:00+00:00", "entity_name": "Gone",
            "entity_dir": ")" + kGone + R"(", "created_at": "2026-01-01T00:00:00+00:00", "deleted_at": "2026-01-03T00:00:00+00:00"}
})", 0600);
    dir.file("data/storage/sessions.json", R"({
  "session_000000000001": {"_id": "session_000000000001", "session_id": "session_000000000001", "entity_id": "alpha", "session_name": "First talk",
            "created_at": "2026-01-02T05:00:00+00:00", "last_accessed": "2026-01-02T06:00:00+00:00", "message_count": 0},
  "[DELETED]session_000000000002_2026-01-03T00:00:00+00:00": {"_id": "[DELETED]session_000000000002_2026-01-03T00:00:00+00:00",
            "session_id": "session_000000000002", "entity_id": "gone", "session_name": null, "created_at": "2026-01-02T05:00:00+00:00",
            "deleted_at": "2026-01-03T00:00:00+00:00"}
})", 0600);
    plantFolder(dir, kAlpha, 2, 5, 7);
    dir.file(QByteArray(kAlpha) + "/sessions.json", QByteArray(R"({
  "session_000000000001": {"_id": "session_000000000001", "session_id": "session_000000000001", "entity_id": "alpha", "session_name": "First talk",
            "created_at": "2026-01-02T05:00:00+00:00", "last_accessed": "2026-01-02T06:00:00+00:00", "conversation_history": [
              {"role": "user", "content": "hello", "timestamp": "2026-01-02T05:00:01+00:00"},
              {"role": "assistant", "content": ")") + QByteArray(300, 'x') + kCanary + R"(", "timestamp": "2026-01-02T05:00:02+00:00"}]}
})", 0600);
    dir.dir("data/entities/beta_2026-01-02T04:00:00+00:00").dir("data/entity_scoped");
    plantFolder(dir, kGone, 1, 3, 3);
}

void damageReleased(DataDirBuilder &dir)
{
    const QByteArray path = QByteArray(kAlpha) + "/documents.json";
    dir.file(path, dir.read(path).chopped(9), 0600);
}

void plantGuide(DataDirBuilder &dir)
{
    dir.file("data/api_storage/entities.json/entities.json", QByteArray(R"({
  "alpha": {"entity_id": "alpha", "entity_name": "Alpha Works", "metadata": {"token": ")") + kCanary + R"("},
            "documents": [{"doc_id": "d1", "filename": "a.txt", "file_path": "data/uploads/alpha/a.txt"}], "created_at": "2026-01-02T03:04:05"},
  "beta": {"entity_id": "beta", "entity_name": "Beta", "documents": [], "created_at": "2026-01-02T03:04:06", "status": "inactive",
            "deactivated_at": "2026-01-04T00:00:00"}
})", 0600);
    dir.file("data/api_storage/chat_sessions.json", R"({
  "session_a": {"session_id": "session_a", "entity_id": "alpha", "session_name": "Talk", "messages": [{"role": "user", "content": "hi", "timestamp": "2026-01-02T03:05:00"}],
            "created_at": "2026-01-02T03:04:30", "last_activity": "2026-01-02T03:05:00"},
  "session_b": {"session_id": "session_b", "entity_id": "alpha", "session_name": "Empty", "messages": [], "created_at": "2026-01-02T03:04:31"}
})", 0600);
    dir.file("data/uploads/alpha/a.txt", "words").file("data/uploads/alpha/left.tmp", "also words");
    dir.file("data/entity_scoped/entities/alpha/chunk_metadata.json", R"({"0": {"doc_id": "d1"}, "1": {"doc_id": "d1"}})");
    dir.file("data/entity_scoped/entities/alpha/doc_to_chunks.json", R"({"d1": [0, 1]})");
    dir.file("data/entity_scoped/entities/alpha/vector_store/index.faiss", pkl::vectorIndex(2));
    dir.file("data/entity_scoped/entities/alpha/vector_store/index.pkl", pkl::docstore(2));
}

void damageGuide(DataDirBuilder &dir)
{
    const QByteArray path = "data/entity_scoped/entities/alpha/vector_store/index.faiss";
    dir.file(path, dir.read(path).chopped(5));
}

}  // namespace

QList<LayoutCase> entityRagCases()
{
    LayoutCase released;
    released.name = "entity-rag/released";
    released.layout = QStringLiteral("entity-rag");
    released.variant = QStringLiteral("released");
    released.root = "data";
    released.counts = {2, 3, 0, 0};
    released.plant = plantReleased;
    released.damage = damageReleased;
    released.damagedCode = QStringLiteral("json-invalid");
    released.damagedCounts = released.counts;

    LayoutCase guide = released;
    guide.name = "entity-rag/guide";
    guide.variant = QStringLiteral("guide");
    guide.counts = {2, 2, 0, 0};
    guide.plant = plantGuide;
    guide.damage = damageGuide;
    guide.damagedCode = QStringLiteral("vector-file-truncated");
    guide.damagedCounts = guide.counts;
    return {released, guide};
}

}  // namespace strongroom::tests
