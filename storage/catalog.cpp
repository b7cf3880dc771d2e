// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/catalog.h"

#include <algorithm>
#include <limits>

namespace strongroom::storage {

namespace {

constexpr qint64 kUnknownTime = std::numeric_limits<qint64>::min();
constexpr std::chrono::milliseconds kChunkAge(100);
/// The first rows of a scan are waited for by somebody in front of a screen.
constexpr std::chrono::milliseconds kFirstChunkAge(20);
constexpr int kFirstChunkRows = 100;   // more than any screen shows
// Offsets into a chunk's texts have 32 bits; titles from foreign files can be long.
constexpr qsizetype kChunkTextLimit = 16 * 1024 * 1024;

struct ColumnRow {
    Column column;
    const char *word;
};
constexpr ColumnRow kColumns[] = {
    {Column::Id, "id"}, {Column::Title, "title"}, {Column::State, "state"}, {Column::Created, "created"},
    {Column::Modified, "modified"}, {Column::Bytes, "bytes"}, {Column::Fragments, "fragments"},
    {Column::Messages, "messages"}, {Column::Owner, "owner"}, {Column::Entity, "entity"},
    {Column::Documents, "documents"}, {Column::Chunks, "chunks"}, {Column::Vectors, "vectors"},
    {Column::Sessions, "sessions"}, {Column::Class, "class"}, {Column::Files, "files"}, {Column::Path, "path"},
    {Column::LastBackup, "last_backup"}, {Column::Reason, "reason"}, {Column::Nodes, "nodes"},
    {Column::Current, "current"},
};

qint64 toNumber(const QDateTime &time)
{
    return time.isValid() ? time.toMSecsSinceEpoch() : kUnknownTime;
}

QDateTime toTime(qint64 number)
{
    return number == kUnknownTime ? QDateTime() : QDateTime::fromMSecsSinceEpoch(number, Qt::UTC);
}

qint32 pack(const Count &count)
{
    return count ? qint32(std::clamp<qint64>(*count, 0, std::numeric_limits<qint32>::max())) : -1;
}

Count unpack(qint32 packed)
{
    return packed < 0 ? Count() : Count(packed);
}

}  // namespace

QString columnWord(Column column)
{
    for (const ColumnRow &row : kColumns) {
        if (row.column == column)
            return QLatin1String(row.word);
    }
    return {};
}

std::optional<Column> columnFromWord(QStringView word)
{
    for (const ColumnRow &row : kColumns) {
        if (word == QLatin1String(row.word))
            return row.column;
    }
    return std::nullopt;
}

QList<Column> columnsFor(ItemKind kind)
{
    switch (kind) {
    case ItemKind::Session:
        return {Column::Title, Column::Id, Column::State, Column::Owner, Column::Entity, Column::Fragments,
                Column::Messages, Column::Created, Column::Modified, Column::Bytes};
    case ItemKind::Entity:
        return {Column::Title, Column::Id, Column::State, Column::Documents, Column::Chunks, Column::Vectors,
                Column::Sessions, Column::Created, Column::Modified, Column::Bytes};
    case ItemKind::Volume:
        return {Column::Title, Column::State, Column::Class, Column::Files, Column::Bytes, Column::Path,
                Column::Modified, Column::LastBackup};
    case ItemKind::Snapshot:
        return {Column::Title, Column::State, Column::Current, Column::Reason, Column::Nodes, Column::Created,
                Column::Modified, Column::Bytes};
    }
    return {};
}

int Chunk::textSlot(ItemKind kind, Column column)
{
    switch (column) {
    case Column::Id: return 0;
    case Column::Title: return 1;
    case Column::Owner: return kind == ItemKind::Session ? 2 : -1;
    case Column::Entity: return kind == ItemKind::Session ? 3 : -1;
    case Column::Path: return kind == ItemKind::Volume ? 2 : -1;
    case Column::Reason: return kind == ItemKind::Snapshot ? 2 : -1;
    default: return -1;
    }
}

int Chunk::countSlot(ItemKind kind, Column column)
{
    switch (column) {
    case Column::Fragments: return kind == ItemKind::Session ? 0 : -1;
    case Column::Messages: return kind == ItemKind::Session ? 1 : -1;
    case Column::Documents: return kind == ItemKind::Entity ? 0 : -1;
    case Column::Chunks: return kind == ItemKind::Entity ? 1 : -1;
    case Column::Vectors: return kind == ItemKind::Entity ? 2 : -1;
    case Column::Sessions: return kind == ItemKind::Entity ? 3 : -1;
    case Column::Files: return kind == ItemKind::Volume ? 0 : -1;
    case Column::Nodes: return kind == ItemKind::Snapshot ? 0 : -1;
    default: return -1;
    }
}

void Chunk::append(const Item &item)
{
    Row row = {};
    const QString *texts[kTexts] = {&item.id, &item.title, nullptr, nullptr};
    row.counts.fill(-1);
    switch (item.kind) {
    case ItemKind::Session:
        texts[2] = &item.owner;
        texts[3] = &item.entity;
        row.counts = {pack(item.fragments), pack(item.messages), -1, -1};
        break;
    case ItemKind::Entity:
        row.counts = {pack(item.documents), pack(item.chunks), pack(item.vectors), pack(item.sessions)};
        break;
    case ItemKind::Volume:
        texts[2] = &item.path;
        row.counts[0] = pack(item.files);
        break;
    case ItemKind::Snapshot:
        texts[2] = &item.reason;
        row.counts[0] = pack(item.nodes);
        break;
    }
    for (int i = 0; i < kTexts; ++i) {
        if (texts[i])
            m_text += texts[i]->toUtf8();
        row.ends[size_t(i)] = quint32(m_text.size());
    }
    row.created = toNumber(item.created);
    row.modified = toNumber(item.modified);
    if (m_kind == ItemKind::Volume)
        m_lastBackups.push_back(toNumber(item.lastBackup));
    row.bytes = item.bytes;
    row.state = item.state;
    row.volumeClass = item.volumeClass;
    row.current = item.current;
    m_rows.push_back(row);
}

void Chunk::squeeze()
{
    m_rows.shrink_to_fit();
    m_lastBackups.shrink_to_fit();
    m_text.squeeze();
}

QByteArrayView Chunk::text(int row, Column column) const
{
    const int slot = textSlot(m_kind, column);
    if (slot < 0)
        return {};
    const Row &r = m_rows[size_t(row)];
    const quint32 begin = slot > 0 ? r.ends[size_t(slot) - 1] : row > 0 ? m_rows[size_t(row) - 1].ends[kTexts - 1] : 0;
    return QByteArrayView(m_text).sliced(begin, r.ends[size_t(slot)] - begin);
}

qint64 Chunk::number(int row, Column column) const
{
    const Row &r = m_rows[size_t(row)];
    switch (column) {
    case Column::Created: return r.created;
    case Column::Modified: return r.modified;
    case Column::Bytes: return r.bytes;
    case Column::LastBackup: return m_kind == ItemKind::Volume ? m_lastBackups[size_t(row)] : kUnknownTime;
    case Column::State: return qint64(r.state);
    case Column::Class: return qint64(r.volumeClass);
    case Column::Current: return r.current ? 1 : 0;
    default: break;
    }
    const int slot = countSlot(m_kind, column);
    return slot < 0 ? 0 : r.counts[size_t(slot)];
}

Item Chunk::item(int row) const
{
    const Row &r = m_rows[size_t(row)];
    const auto textOf = [&](Column column) { return QString::fromUtf8(text(row, column)); };
    Item item;
    item.kind = m_kind;
    item.state = r.state;
    item.id = textOf(Column::Id);
    item.title = textOf(Column::Title);
    item.created = toTime(r.created);
    item.modified = toTime(r.modified);
    item.bytes = r.bytes;
    switch (m_kind) {
    case ItemKind::Session:
        item.owner = textOf(Column::Owner);
        item.entity = textOf(Column::Entity);
        item.fragments = unpack(r.counts[0]);
        item.messages = unpack(r.counts[1]);
        break;
    case ItemKind::Entity:
        item.documents = unpack(r.counts[0]);
        item.chunks = unpack(r.counts[1]);
        item.vectors = unpack(r.counts[2]);
        item.sessions = unpack(r.counts[3]);
        break;
    case ItemKind::Volume:
        item.path = textOf(Column::Path);
        item.volumeClass = r.volumeClass;
        item.files = unpack(r.counts[0]);
        item.lastBackup = toTime(m_lastBackups[size_t(row)]);
        break;
    case ItemKind::Snapshot:
        item.reason = textOf(Column::Reason);
        item.nodes = unpack(r.counts[0]);
        item.current = r.current;
        break;
    }
    return item;
}

void ChunkBuilder::add(const Item &item)
{
    const size_t kind = size_t(item.kind);
    const auto now = std::chrono::steady_clock::now();
    if (!m_open[kind]) {
        m_open[kind] = std::make_shared<Chunk>(item.kind);
        m_since[kind] = now;
    }
    m_open[kind]->append(item);
    ++m_counts[kind];
    if (m_open[kind]->size() == (isFirst(kind) ? kFirstChunkRows : Chunk::kMaxRows) || m_open[kind]->m_text.size() >= kChunkTextLimit
        || now - m_since[kind] >= ageLimit(kind))
        emitChunk(kind);
}

bool ChunkBuilder::isFirst(size_t kind) const
{
    return m_counts[kind] == m_open[kind]->size();
}

std::chrono::milliseconds ChunkBuilder::ageLimit(size_t kind) const
{
    return isFirst(kind) ? kFirstChunkAge : kChunkAge;
}

void ChunkBuilder::flushOld()
{
    const auto now = std::chrono::steady_clock::now();
    for (size_t kind = 0; kind < m_open.size(); ++kind) {
        if (m_open[kind] && now - m_since[kind] >= ageLimit(kind))
            emitChunk(kind);
    }
}

void ChunkBuilder::flush()
{
    for (size_t kind = 0; kind < m_open.size(); ++kind) {
        if (m_open[kind])
            emitChunk(kind);
    }
}

void ChunkBuilder::emitChunk(size_t kind)
{
    const std::shared_ptr<Chunk> chunk = std::exchange(m_open[kind], nullptr);
    chunk->squeeze();
    m_sink(chunk);
}

void ItemTable::append(ChunkPtr chunk)
{
    m_starts.push_back(m_size);
    m_size += chunk->size();
    m_chunks.push_back(std::move(chunk));
}

std::pair<const Chunk *, int> ItemTable::locate(qint64 row) const
{
    Q_ASSERT(row >= 0 && row < m_size);
    const auto after = std::upper_bound(m_starts.begin(), m_starts.end(), row);
    const size_t index = size_t(after - m_starts.begin()) - 1;
    return {m_chunks[index].get(), int(row - m_starts[index])};
}

Item ItemTable::item(qint64 row) const
{
    const auto [chunk, at] = locate(row);
    return chunk->item(at);
}

QByteArrayView ItemTable::text(qint64 row, Column column) const
{
    const auto [chunk, at] = locate(row);
    return chunk->text(at, column);
}

qint64 ItemTable::number(qint64 row, Column column) const
{
    const auto [chunk, at] = locate(row);
    return chunk->number(at, column);
}

qint64 ItemTable::find(QStringView id) const
{
    const QByteArray utf8 = id.toUtf8();
    for (size_t c = 0; c < m_chunks.size(); ++c) {
        for (int row = 0; row < m_chunks[c]->size(); ++row) {
            if (m_chunks[c]->text(row, Column::Id) == utf8)
                return m_starts[c] + row;
        }
    }
    return -1;
}

}  // namespace strongroom::storage
