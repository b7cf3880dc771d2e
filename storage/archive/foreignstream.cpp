// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/foreignstream.h"

// How KArchive 6.13 is used:
//  - one KCompressionDevice for one stream. It is never handed bytes from both sides of a place where a stream may
//    end, and told there that this is the end: so what it has taken is exactly the bytes of one stream;
//  - a stream has ended when the device says so, never because nothing more came;
//  - its filters check the container's own checksums (bzip2 block CRC, xz CRC32/CRC64).
#include <KCompressionDevice>

#include <QIODevice>
#include <QQueue>

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

/// Streams without content: a file of nothing else is a trick.
constexpr qint64 kMaxEmptyStreams = 65'536;
constexpr qint64 kXzAlignment = 4;
constexpr QByteArrayView kXzMagic("\xfd" "7zXZ\0", 6);
constexpr QByteArrayView kBzip2Magic("BZh", 3);
constexpr quint64 kBzip2EndMark = 0x177245385090;   // 48 bits, at any bit; then 32 bits of checksum, then filled up

/// Every place in a file where a stream may end, found as its bytes come by. All true ends are among them.
class EndFinder {
public:
    explicit EndFinder(bool isXz) : m_isXz(isXz) {}

    /// The next bytes of the file.
    void add(QByteArrayView bytes)
    {
        for (const char c : bytes) {
            m_window = (m_window << 8) | uchar(c);
            ++m_seen;
            if (m_isXz) {
                if ((m_window & 0xffff) == 0x595a && m_seen % kXzAlignment == 0)   // "YZ"
                    m_ends.enqueue(m_seen);
                continue;
            }
            for (int shift = 0; shift < 8; ++shift) {
                if (((m_window >> shift) & 0xffffffffffff) == kBzip2EndMark)
                    m_ends.enqueue(m_seen + 4);
            }
        }
    }
    /// The first one behind `position`, as far as was seen.
    std::optional<qint64> endAfter(qint64 position)
    {
        while (!m_ends.isEmpty() && m_ends.head() <= position)
            m_ends.dequeue();
        return m_ends.isEmpty() ? std::nullopt : std::optional(m_ends.head());
    }

private:
    bool m_isXz;
    quint64 m_window = 0;
    qint64 m_seen = 0;
    QQueue<qint64> m_ends;
};

/// A FileInput as the sequential device that KCompressionDevice wants.
class InputDevice final : public QIODevice {
public:
    InputDevice(FileInput &input, bool isXz) : m_input(input), m_ends(isXz) { open(QIODevice::ReadOnly | QIODevice::Unbuffered); }

    bool isSequential() const override { return true; }
    /// Only asked when a stream has ended: "no more" keeps the next one for a filter of its own.
    bool atEnd() const override { return taken() == m_stoppedAt || taken() >= m_input.size(); }
    qint64 taken() const { return m_input.position() - m_rest.size(); }
    const std::optional<Error> &error() const { return m_error; }

    /// Up to `size` bytes that lie ahead, without taking them; fewer only at the end of the file.
    Result<QByteArray> peekAhead(qint64 size)
    {
        QByteArray ahead = m_rest.first(std::min<qint64>(size, m_rest.size())).toByteArray();
        if (ahead.size() < size) {
            STRONGROOM_TRY(const QByteArray more, m_input.peekAt(m_input.position(), size - ahead.size()));
            ahead += more;
        }
        return ahead;
    }
    Result<void> skipByte()
    {
        STRONGROOM_CHECK(refill());
        m_rest = m_rest.sliced(std::min<qsizetype>(m_rest.size(), 1));
        return {};
    }

protected:
    qint64 readData(char *data, qint64 size) override
    {
        if (m_error)
            return -1;
        if (const auto filled = refill(); !filled) {
            m_error = filled.error();
            return -1;
        }
        const qint64 end = m_ends.endAfter(taken()).value_or(m_input.size());
        const qint64 n = std::min({size, qint64(m_rest.size()), end - taken()});
        if (n > 0)
            memcpy(data, m_rest.data(), size_t(n));
        m_rest = m_rest.sliced(n);
        if (taken() == end)
            m_stoppedAt = end;
        return n;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    Result<void> refill()
    {
        if (m_rest.isEmpty()) {
            STRONGROOM_TRY(m_rest, m_input.next());
            m_ends.add(m_rest);
        }
        return {};
    }

    FileInput &m_input;
    QByteArrayView m_rest;
    EndFinder m_ends;
    qint64 m_stoppedAt = -1;   // the last place where a stream may have ended
    std::optional<Error> m_error;
};

class ForeignSource final : public ByteSource {
public:
    ForeignSource(FileInput &input, bool isXz, const Limits &limits)
        : m_size(input.size()), m_isXz(isXz), m_maxStreams(limits.maxGzipMembers), m_device(input, isXz)
    {
        begin();
    }

    Result<qint64> read(char *data, qint64 size) override
    {
        while (!m_ended) {
            if (!m_open)
                return failAt(ErrorCode::ArchiveDamaged, fileOffset(), "stream header");
            const qint64 n = m_filter->read(data, size);
            if (m_device.error())
                return std::unexpected(*m_device.error());
            m_made += std::max<qint64>(n, 0);
            if (n > 0)
                return n;
            if (n < 0 || !m_filter->atEnd()) {
                // A bad stream gives nothing, as a cut one does, and is called bad only when asked again.
                const bool isCut = n == 0 && fileOffset() >= m_size && m_filter->read(data, size) == 0;
                return isCut ? failAt(ErrorCode::ArchiveTruncated, fileOffset(), "inside the stream")
                             : failAt(ErrorCode::ArchiveDamaged, fileOffset(), "stream");
            }
            STRONGROOM_CHECK(nextStream());
        }
        return 0;
    }
    qint64 fileOffset() const override { return m_device.taken(); }

private:
    void begin()
    {
        m_filter = std::make_unique<KCompressionDevice>(&m_device, false, m_isXz ? KCompressionDevice::Xz : KCompressionDevice::BZip2);
        m_open = m_filter->open(QIODevice::ReadOnly);
        m_made = 0;
    }

    Result<void> nextStream()
    {
        if (m_made == 0 && ++m_emptyStreams > kMaxEmptyStreams)
            return failAt(ErrorCode::ArchiveHostile, fileOffset(), "too many empty streams");
        while (m_isXz) {   // padding
            STRONGROOM_TRY(const QByteArray ahead, m_device.peekAhead(kXzAlignment));
            if (ahead != QByteArray(kXzAlignment, '\0'))
                break;
            for (qint64 i = 0; i < kXzAlignment; ++i)
                STRONGROOM_CHECK(m_device.skipByte());
        }
        STRONGROOM_TRY(const QByteArray ahead, m_device.peekAhead(kXzMagic.size()));
        if (ahead.isEmpty()) {
            m_ended = true;
            return {};
        }
        if (!ahead.startsWith(m_isXz ? kXzMagic : kBzip2Magic))
            return failAt(ErrorCode::ArchiveDamaged, fileOffset(), "bytes after the end of the stream");
        if (++m_streams > m_maxStreams)
            return failAt(ErrorCode::ArchiveHostile, fileOffset(), "too many streams");
        begin();
        return {};
    }

    qint64 m_size;
    bool m_isXz;
    qint64 m_maxStreams;
    InputDevice m_device;
    std::unique_ptr<KCompressionDevice> m_filter;
    qint64 m_streams = 1;
    qint64 m_emptyStreams = 0;
    qint64 m_made = 0;
    bool m_open = false;
    bool m_ended = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> openForeignStream(FileInput &input, ArchiveFormat format, const Limits &limits)
{
    return std::make_unique<ForeignSource>(input, format == ArchiveFormat::TarXz, limits);
}

}  // namespace strongroom::storage
