// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/archive/blockfeed.h"
#include "storage/archive/limits.h"

#include <algorithm>

namespace strongroom::storage {

/// A window over the decompressed bytes that also counts them: nothing is expanded beyond the limits. `blocks` and
/// `limits` must outlive it. Errors of all: those of the blocks, Hostile beyond the limits. Every view is valid until
/// the next call.
class TarWindow {
public:
    TarWindow(BlockFeed &blocks, qint64 archiveSize, const Limits &limits)
        : m_blocks(blocks), m_archiveSize(std::max<qint64>(archiveSize, 1)), m_limits(limits)
    {
    }

    /// Exactly `size` bytes, or fewer at the end.
    Result<QByteArrayView> exactly(qint64 size)
    {
        if (m_rest.size() >= size) [[likely]]
            return take(size);
        return joined(size);
    }

    /// Between one and `max` bytes; empty at the end.
    Result<QByteArrayView> some(qint64 max)
    {
        if (m_rest.isEmpty())
            STRONGROOM_CHECK(next());
        return take(std::min<qint64>(max, m_rest.size()));
    }

    /// Before anything was taken: the first bytes, `size` or all there are, without taking them.
    Result<QByteArrayView> head(qint64 size);

    void countEntry() { ++m_entries; }
    qint64 fileOffset() const { return m_blocks.fileOffset(); }

private:
    /// Headers and padding that come on top of the content before it counts as over the limit; bytes.
    static constexpr qint64 kOverhead = 1 << 20;
    static constexpr qint64 kOverheadPerEntry = 4096;

    /// The next block, which at the end is empty.
    [[nodiscard]] Result<void> next();
    /// What lies over the end of a block, put together.
    [[nodiscard]] Result<QByteArrayView> joined(qint64 size);

    QByteArrayView take(qint64 size)
    {
        const QByteArrayView bytes = m_rest.first(size);
        m_rest = m_rest.sliced(size);
        return bytes;
    }

    BlockFeed &m_blocks;
    qint64 m_archiveSize;
    const Limits &m_limits;
    QByteArrayView m_rest;   // of the block under way
    QByteArray m_joined;
    QByteArray m_head;       // what was looked at before it was taken, where that was more than a block
    qint64 m_out = 0;
    qint64 m_entries = 0;
};

}  // namespace strongroom::storage
