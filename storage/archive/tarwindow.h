// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/archive/bytesource.h"
#include "storage/archive/limits.h"
#include "storage/archive/memberfeed.h"

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

/// A window over the decompressed bytes that also counts them: nothing is expanded beyond the limits. `source` and
/// `limits` must outlive it. Errors of all: those of the source, Hostile beyond the limits.
class TarWindow {
public:
    TarWindow(ByteSource &source, qint64 archiveSize, const Limits &limits)
        : m_source(source), m_archiveSize(std::max<qint64>(archiveSize, 1)), m_limits(limits)
    {
        m_buffer.resize(MemberFeed::kBlock);
    }

    /// Exactly `size` bytes (at most the buffer), or fewer at the end. Valid until the next call.
    Result<QByteArrayView> exactly(qint64 size)
    {
        Q_ASSERT(size <= m_buffer.size());
        if (m_end - m_begin < size)
            compact();
        while (m_end - m_begin < size) {
            STRONGROOM_TRY(const bool more, fill());
            if (!more)
                break;
        }
        return take(std::min(size, m_end - m_begin));
    }

    /// Between one and `max` bytes; empty at the end.
    Result<QByteArrayView> some(qint64 max)
    {
        if (m_begin == m_end) {
            m_begin = m_end = 0;
            STRONGROOM_TRY(const bool more, fill());
            Q_UNUSED(more);
        }
        return take(std::min(max, m_end - m_begin));
    }

    /// The bytes around the beginning, without taking them.
    Result<QByteArrayView> peek(qint64 size)
    {
        STRONGROOM_TRY(const QByteArrayView bytes, exactly(size));
        m_begin -= bytes.size();
        return bytes;
    }

    void countEntry() { ++m_entries; }
    qint64 fileOffset() const { return m_source.fileOffset(); }

private:
    /// Headers and padding that come on top of the content before it counts as over the limit; bytes.
    static constexpr qint64 kOverhead = 1 << 20;
    static constexpr qint64 kOverheadPerEntry = 4096;

    void compact()
    {
        memmove(m_buffer.data(), m_buffer.data() + m_begin, size_t(m_end - m_begin));
        m_end -= m_begin;
        m_begin = 0;
    }

    [[nodiscard]] Result<bool> fill();

    QByteArrayView take(qint64 size)
    {
        const QByteArrayView bytes = QByteArrayView(m_buffer).sliced(m_begin, size);
        m_begin += size;
        return bytes;
    }

    ByteSource &m_source;
    qint64 m_archiveSize;
    const Limits &m_limits;
    QByteArray m_buffer;
    qint64 m_begin = 0;
    qint64 m_end = 0;
    qint64 m_out = 0;
    qint64 m_entries = 0;
};

}  // namespace strongroom::storage
