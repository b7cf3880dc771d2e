// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Rows of a scan: immutable chunks, append-only. A copy is a list of pointers, so a worker queries a
// snapshot without a lock while the console appends. One ItemTable holds items of one kind.

#include "storage/item.h"

#include <QList>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace strongroom::storage {

/// Columns a table of items can show or sort by. Which ones a kind has: columnsFor().
enum class Column : quint8 {
    Id, Title, State, Created, Modified, Bytes,
    Fragments, Messages, Owner, Entity,
    Documents, Chunks, Vectors, Sessions,
    Class, Files, Path, LastBackup,
    Reason, Nodes, Current,
};
[[nodiscard]] QString columnWord(Column column);  ///< as in the headless contract: "last_backup"
[[nodiscard]] std::optional<Column> columnFromWord(QStringView word);
[[nodiscard]] QList<Column> columnsFor(ItemKind kind);

/// Up to kMaxRows items of one kind, packed. Thread: any (immutable).
class Chunk {
public:
    static constexpr int kMaxRows = 4096;
    explicit Chunk(ItemKind kind) : m_kind(kind) {}
    [[nodiscard]] ItemKind kind() const { return m_kind; }
    [[nodiscard]] int size() const { return int(m_rows.size()); }
    [[nodiscard]] Item item(int row) const;
    /// UTF-8 of a text column (Id, Title, Owner, Entity, Path, Reason); empty for others. No allocation.
    [[nodiscard]] QByteArrayView text(int row, Column column) const;
    /// Number for sorting: times in ms since the epoch, sizes, counts, enums; unknown sorts lowest.
    [[nodiscard]] qint64 number(int row, Column column) const;

private:
    friend class ChunkBuilder;
    static constexpr int kTexts = 4;    // id, title, a, b (by kind: owner+entity, path, reason)
    static constexpr int kCounts = 4;
    // A million of these are kept: 64 bytes.
    struct Row {
        qint64 created;
        qint64 modified;
        qint64 bytes;
        std::array<quint32, kTexts> ends;        // in m_text; each text begins where the one before it ends
        std::array<qint32, kCounts> counts;      // saturated; -1 unknown
        ItemState state;
        VolumeClass volumeClass;
        bool current;
    };
    void append(const Item &item);
    void squeeze();   // nothing will be appended any more
    static int textSlot(ItemKind kind, Column column);
    static int countSlot(ItemKind kind, Column column);

    ItemKind m_kind;
    std::vector<Row> m_rows;
    std::vector<qint64> m_lastBackups;           // of volumes only, one a row
    QByteArray m_text;
};
using ChunkPtr = std::shared_ptr<const Chunk>;

/// Collects items and hands a chunk out when it is full or 100 ms old, the first of a kind with 100 rows or after 20 ms.
/// Thread: one.
class ChunkBuilder {
public:
    using Sink = std::function<void(ChunkPtr)>;
    explicit ChunkBuilder(Sink sink) : m_sink(std::move(sink)) {}
    ChunkBuilder(const ChunkBuilder &) = delete;
    ChunkBuilder &operator=(const ChunkBuilder &) = delete;
    ~ChunkBuilder() = default;  // what was not flushed is dropped: flush() is the scan's last act
    void add(const Item &item);
    void flush();
    /// Hands out what has waited for 100 ms. For scans that measure long between two items. Cheap, but reads
    /// a clock: per some hundred entries, not per entry.
    void flushOld();
    [[nodiscard]] qint64 count(ItemKind kind) const { return m_counts[size_t(kind)]; }

private:
    void emitChunk(size_t kind);
    [[nodiscard]] bool isFirst(size_t kind) const;
    [[nodiscard]] std::chrono::milliseconds ageLimit(size_t kind) const;
    Sink m_sink;
    std::array<std::shared_ptr<Chunk>, 4> m_open;
    std::array<qint64, 4> m_counts = {};
    std::array<std::chrono::steady_clock::time_point, 4> m_since;
};

/// The rows of one kind. Cheap to copy. Thread: a copy belongs to whoever holds it.
class ItemTable {
public:
    void append(ChunkPtr chunk);
    [[nodiscard]] qint64 size() const { return m_size; }
    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    [[nodiscard]] Item item(qint64 row) const;
    [[nodiscard]] QByteArrayView text(qint64 row, Column column) const;
    [[nodiscard]] qint64 number(qint64 row, Column column) const;
    /// Row of an id, or -1. O(n): for selections and the command line, not for loops.
    [[nodiscard]] qint64 find(QStringView id) const;

private:
    [[nodiscard]] std::pair<const Chunk *, int> locate(qint64 row) const;
    std::vector<ChunkPtr> m_chunks;
    std::vector<qint64> m_starts;
    qint64 m_size = 0;
};

/// Tables of all kinds of one data directory.
class Catalog {
public:
    void append(ChunkPtr chunk) { m_tables[size_t(chunk->kind())].append(std::move(chunk)); }
    [[nodiscard]] const ItemTable &table(ItemKind kind) const { return m_tables[size_t(kind)]; }

private:
    std::array<ItemTable, 4> m_tables;
};

}  // namespace strongroom::storage
