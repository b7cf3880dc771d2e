// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Bytes of a pickle in order, with the knowledge of how many are left. No seeking: it may be in an archive.

#include "storage/tree.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

namespace strongroom::storage {

/// Thread: one. Verbs return false at the end of the file, after an error and when asked to stop.
class PickleSource {
public:
    PickleSource(TreeFile &file, Monitor &monitor) : m_file(file), m_monitor(monitor), m_buffer(new char[kBlock]) {}

    [[nodiscard]] qint64 offset() const { return m_before + m_at; }
    [[nodiscard]] qint64 size() const { return std::max(m_file.stamp().size, offset()); }
    [[nodiscard]] qint64 remaining() const { return size() - offset(); }
    /// Why reading stopped, when it was not the end of the file.
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

    bool byte(uchar &out)
    {
        if (m_at == m_filled && !fill())
            return false;
        out = uchar(m_buffer[m_at++]);
        return true;
    }

    /// Passes `count` bytes; the first ones go to `keep` as far as its size allows.
    bool bytes(qint64 count, QByteArray &keep, qsizetype keepMax)
    {
        keep.resize(0);
        while (count > 0) {
            if (m_at == m_filled && !fill())
                return false;
            const qint64 n = std::min(count, m_filled - m_at);
            if (keep.size() < keepMax)
                keep.append(m_buffer.get() + m_at, std::min<qsizetype>(n, keepMax - keep.size()));
            m_at += n;
            count -= n;
        }
        return true;
    }

    /// A little-endian number of `width` bytes.
    bool fixed(int width, quint64 &out)
    {
        out = 0;
        for (int i = 0; i < width; ++i) {
            uchar b = 0;
            if (!byte(b))
                return false;
            out |= quint64(b) << (8 * i);
        }
        return true;
    }

    enum class Fetch { Ok, Short, Bad };
    /// A length of `width` bytes and so many bytes behind it. Short when the file does not have them, which is
    /// known before any is read; Bad when no file could.
    Fetch counted(int width, bool isSigned, QByteArray &keep, qsizetype keepMax, bool &whole)
    {
        quint64 length = 0;
        if (!fixed(width, length))
            return Fetch::Short;
        if (length > quint64(isSigned ? std::numeric_limits<qint32>::max() : std::numeric_limits<qint64>::max()))
            return Fetch::Bad;
        whole = length <= quint64(keepMax);
        return qint64(length) <= remaining() && bytes(qint64(length), keep, keepMax) ? Fetch::Ok : Fetch::Short;
    }

    /// Up to the next newline, which is passed but not kept.
    bool line(QByteArray &keep, bool &whole)
    {
        keep.resize(0);
        whole = true;
        uchar c = 0;
        while (byte(c)) {
            if (c == '\n')
                return true;
            if (keep.size() < kMaxLine)
                keep.append(char(c));
            else
                whole = false;
        }
        return false;
    }

private:
    static constexpr qint64 kBlock = 256 * 1024;
    static constexpr qsizetype kMaxLine = 512;   // kept of a line; longer ones are nothing we know

    bool fill()
    {
        if (m_error)
            return false;
        if (m_monitor.stopRequested()) {
            m_error = Error{ErrorCode::Cancelled, {}, 0, {}, {}};
            return false;
        }
        const Result<qint64> n = m_file.read(m_buffer.get(), kBlock);
        if (!n) {
            m_error = n.error();
            return false;
        }
        m_monitor.addBytes(*n);
        m_before += m_filled;
        m_at = 0;
        m_filled = *n;
        return *n > 0;
    }

    TreeFile &m_file;
    Monitor &m_monitor;
    std::unique_ptr<char[]> m_buffer;
    qint64 m_before = 0;   // offset of the buffer's first byte
    qint64 m_at = 0;
    qint64 m_filled = 0;
    std::optional<Error> m_error;
};

}  // namespace strongroom::storage
