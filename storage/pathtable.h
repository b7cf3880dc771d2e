// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A value for each of a great many paths: what a QHash would do, with one allocation for hundreds of paths instead
// of two for each, and in the order in which they came.

#include <QByteArrayView>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace strongroom::storage {

/// Another one in every process, so that nobody can prepare bytes that collide.
[[nodiscard]] quint32 seededHash(QByteArrayView bytes);

/// Paths are bytes here and are copied. Up to 2^32 - 2 of them. Seeded, since an archive chooses its names.
/// Memory: the path and some 40 bytes. Thread: one at a time.
template<class T> class PathTable {
public:
    struct Entry {
        const char *data = nullptr;
        quint32 size = 0;
        quint32 hash = 0;
        T value;
        [[nodiscard]] QByteArrayView path() const { return {data, qsizetype(size)}; }
    };

    [[nodiscard]] qsizetype size() const { return qsizetype(m_entries.size()); }
    /// In the order in which they came.
    [[nodiscard]] const std::vector<Entry> &entries() const { return m_entries; }

    void reserve(qsizetype paths)
    {
        m_entries.reserve(size_t(paths));
        while (m_slots.size() < 2 * size_t(paths))
            grow();
    }
    /// Where it stands in entries(); -1 when it is not there.
    [[nodiscard]] qsizetype indexOf(QByteArrayView path) const
    {
        return m_slots.empty() ? -1 : qsizetype(m_slots[slotOf(path, seededHash(path))]) - 1;
    }
    /// Null when it is not there. Valid until the next insert().
    [[nodiscard]] const T *find(QByteArrayView path) const
    {
        const qsizetype at = indexOf(path);
        return at < 0 ? nullptr : &m_entries[size_t(at)].value;
    }
    [[nodiscard]] bool contains(QByteArrayView path) const { return indexOf(path) >= 0; }
    /// The value of `path`, which becomes `value` where there was none; true when that was so. Valid until the next call.
    std::pair<T *, bool> insert(QByteArrayView path, T value)
    {
        if (2 * (m_entries.size() + 1) > m_slots.size())
            grow();
        const quint32 hash = seededHash(path);
        quint32 &slot = m_slots[slotOf(path, hash)];
        if (slot != 0)
            return {&m_entries[slot - 1].value, false};
        m_entries.push_back({keep(path), quint32(path.size()), hash, std::move(value)});
        slot = quint32(m_entries.size());
        return {&m_entries.back().value, true};
    }

private:
    static constexpr size_t kLeast = 64;
    static constexpr size_t kPage = 64 * 1024;

    /// Where it is, or where it would be put.
    [[nodiscard]] size_t slotOf(QByteArrayView path, quint32 hash) const
    {
        const size_t mask = m_slots.size() - 1;
        for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
            const quint32 at = m_slots[slot];
            if (at == 0)
                return slot;
            const Entry &entry = m_entries[at - 1];
            if (entry.hash == hash && qsizetype(entry.size) == path.size()
                && (entry.size == 0 || memcmp(entry.data, path.data(), entry.size) == 0))
                return slot;
        }
    }
    void grow()
    {
        m_slots.assign(std::max(kLeast, 2 * m_slots.size()), 0);
        const size_t mask = m_slots.size() - 1;
        for (size_t i = 0; i < m_entries.size(); ++i) {
            size_t slot = m_entries[i].hash & mask;
            while (m_slots[slot] != 0)
                slot = (slot + 1) & mask;
            m_slots[slot] = quint32(i + 1);
        }
    }
    const char *keep(QByteArrayView path)
    {
        const size_t size = size_t(path.size());
        if (size > m_room) {
            m_room = std::max(kPage, size);
            m_pages.push_back(std::make_unique_for_overwrite<char[]>(m_room));
            m_free = m_pages.back().get();
        }
        char *kept = m_free;
        if (size > 0)
            memcpy(kept, path.data(), size);
        m_free += size;
        m_room -= size;
        return kept;
    }

    std::vector<Entry> m_entries;
    std::vector<quint32> m_slots;   // 1 + index into m_entries, 0 = free; a power of two of them
    std::vector<std::unique_ptr<char[]>> m_pages;
    char *m_free = nullptr;
    size_t m_room = 0;
};

}  // namespace strongroom::storage
