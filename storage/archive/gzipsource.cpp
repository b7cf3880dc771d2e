// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/gzipsource.h"

#include "storage/mutant.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

constexpr qint64 kBlock = 256 * 1024;
/// A gzip header may carry 64 KiB of extra field and two strings without a length; nobody needs more.
constexpr qint64 kMaxGzipHeader = 256 * 1024;
/// What a member of ours can have at most, packed and unpacked, with room to spare.
constexpr qint64 kAhead = qint64(3) << 20;
constexpr qint64 kWhole = qint64(4) << 20;
constexpr qint64 kMostRatio = 1032;   // of deflate
constexpr qint64 kLeastMember = 18;   // header and trailer

constexpr quint8 kHasExtra = 4;   // the only flag of a header that our writer may set

bool allZero(QByteArrayView bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

struct FreeInflate {
    void operator()(libdeflate_decompressor *d) const { libdeflate_free_decompressor(d); }
};

/// Packed bytes read ahead of those that were used.
class Ahead {
public:
    explicit Ahead(FileInput &input) : m_input(input) {}

    [[nodiscard]] QByteArrayView bytes() const { return QByteArrayView(m_buffer).sliced(m_begin, m_end - m_begin); }
    void take(qint64 size) { m_begin += size; }
    [[nodiscard]] qint64 fileOffset() const { return m_input.position() - (m_end - m_begin); }

    /// At least one more byte than there is; false at the end of the file.
    Result<bool> more()
    {
        if (m_begin == m_end)
            m_begin = m_end = 0;
        STRONGROOM_TRY(const QByteArrayView block, m_input.next());
        if (block.isEmpty())
            return false;
        if (m_end + block.size() > m_buffer.size())
            makeRoom(block.size());
        memcpy(m_buffer.data() + m_end, block.data(), size_t(block.size()));
        m_end += block.size();
        return true;
    }
    /// As many as `size`, or all there are.
    Result<void> fill(qint64 size)
    {
        while (m_end - m_begin < size) {
            STRONGROOM_TRY(const bool got, more());
            if (!got)
                break;
        }
        return {};
    }

private:
    void makeRoom(qint64 size)
    {
        memmove(m_buffer.data(), m_buffer.data() + m_begin, size_t(m_end - m_begin));
        m_end -= m_begin;
        m_begin = 0;
        // Twice what is kept, so that it is not moved for every block.
        if (m_end + size > m_buffer.size() / 2)
            m_buffer.resize(2 * (m_end + size));
    }

    FileInput &m_input;
    QByteArray m_buffer;
    qint64 m_begin = 0;
    qint64 m_end = 0;
};

/// zlib 1.2.13 in gzip mode checks the CRC and the length of one member, and the header CRC where there is
/// one; what follows a member it leaves to us. libdeflate 1.14 checks the same but the header CRC, which is why
/// members with one go to zlib. So does whatever libdeflate refuses: the reason is always zlib's.
class GzipSource final : public ByteSource {
public:
    GzipSource(FileInput &input, const Limits &limits)
        : m_ahead(input), m_maxMembers(limits.maxGzipMembers), m_maxEmptyMembers(limits.maxEmptyGzipMembers)
    {
        m_zlibReady = inflateInit2(&m_stream, 15 + 16) == Z_OK;
        if (isMutant(Mutant::GzipChecksumIgnored)) {
            inflateValidate(&m_stream, 0);
            m_tryWhole = false;
        }
    }
    ~GzipSource() override { inflateEnd(&m_stream); }

    Result<qint64> read(char *data, qint64 size) override
    {
        if (!m_zlibReady)
            return fail(ErrorCode::Internal, {}, {QStringLiteral("zlib")});
        const qint64 room = std::min<qint64>(size, kBlock);
        for (;;) {
            if (!m_whole.isEmpty()) {
                const qint64 n = std::min<qint64>(room, m_whole.size());
                memcpy(data, m_whole.data(), size_t(n));
                m_whole = m_whole.sliced(n);
                return n;
            }
            if (m_ended)
                return 0;
            if (!m_inMember) {
                STRONGROOM_CHECK(beginMember());
                continue;
            }
            STRONGROOM_TRY(const qint64 n, inflateSome(data, room));
            if (n > 0)
                return n;
        }
    }
    qint64 fileOffset() const override { return m_ahead.fileOffset(); }

private:
    Result<void> beginMember()
    {
        // The two magic bytes may be torn over two blocks: looked at one by one.
        STRONGROOM_CHECK(m_ahead.fill(1));
        if (m_ahead.bytes().isEmpty()) {
            m_ended = true;
            if (m_members == 0)
                return failAt(ErrorCode::ArchiveTruncated, fileOffset(), "empty");
            return {};
        }
        if (m_ahead.bytes().front() != 0x1f)
            return m_members == 0 ? failAt(ErrorCode::ArchiveDamaged, fileOffset(), "no gzip header") : onlyZerosFollow();
        if (++m_members > m_maxMembers)
            return failAt(ErrorCode::ArchiveHostile, fileOffset(), "too many gzip members");
        STRONGROOM_TRY(const bool taken, takeWhole());
        if (taken)
            return {};
        if (inflateReset(&m_stream) != Z_OK)
            return fail(ErrorCode::Internal, {}, {QStringLiteral("zlib")});
        m_inMember = true;
        return {};
    }

    /// False when the member is none of those that come whole; then nothing of it is used.
    Result<bool> takeWhole()
    {
        if (!m_tryWhole)
            return false;
        STRONGROOM_CHECK(m_ahead.fill(kAhead));
        const QByteArrayView packed = m_ahead.bytes();
        if (packed.size() < kLeastMember || (quint8(packed[3]) & ~kHasExtra) != 0)
            return false;
        if (!m_decompressor)
            m_decompressor.reset(libdeflate_alloc_decompressor());
        m_unpacked.resize(std::max(m_unpacked.size(), std::min<qsizetype>(kWhole, kMostRatio * packed.size())));
        size_t used = 0;
        size_t made = 0;
        const bool good = m_decompressor
            && libdeflate_gzip_decompress_ex(m_decompressor.get(), packed.data(), size_t(packed.size()), m_unpacked.data(),
                                             size_t(m_unpacked.size()), &used, &made) == LIBDEFLATE_SUCCESS;
        if (!good) {
            m_tryWhole = false;   // too long, or damaged: neither is worth a second try with the next one
            return false;
        }
        m_ahead.take(qint64(used));
        m_whole = QByteArrayView(m_unpacked).first(qsizetype(made));
        STRONGROOM_CHECK(countEmpty(made == 0));
        return true;
    }

    Result<void> onlyZerosFollow()
    {
        for (;;) {
            const QByteArrayView rest = m_ahead.bytes();
            if (!allZero(rest))
                return failAt(ErrorCode::ArchiveDamaged, fileOffset(), "bytes after the last gzip member");
            m_ahead.take(rest.size());
            STRONGROOM_TRY(const bool more, m_ahead.more());
            if (!more) {
                m_ended = true;
                return {};
            }
        }
    }

    /// Bytes made of the current member; 0 when it ended or wants more.
    Result<qint64> inflateSome(char *data, qint64 room)
    {
        STRONGROOM_CHECK(m_ahead.fill(1));
        // In blocks, so that a header is looked at before it is over.
        const QByteArrayView packed = m_ahead.bytes().first(std::min<qsizetype>(m_ahead.bytes().size(), kBlock));
        if (packed.isEmpty())
            return failAt(ErrorCode::ArchiveTruncated, fileOffset(), "inside a gzip member");
        m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data()));   // zlib only reads it
        m_stream.avail_in = uInt(packed.size());
        m_stream.next_out = reinterpret_cast<Bytef *>(data);
        m_stream.avail_out = uInt(room);
        const int code = inflate(&m_stream, Z_NO_FLUSH);
        m_ahead.take(packed.size() - qint64(m_stream.avail_in));
        if (code == Z_STREAM_END) {
            m_inMember = false;
            STRONGROOM_CHECK(countEmpty(m_stream.total_out == 0));
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            Error error = failAt(ErrorCode::ArchiveDamaged, fileOffset(), "gzip").error();
            if (m_stream.msg)
                error.args.last() += QStringLiteral(": ") + QString::fromLatin1(m_stream.msg);
            return std::unexpected(std::move(error));
        } else if (m_stream.total_out == 0 && qint64(m_stream.total_in) >= kMaxGzipHeader) {
            return failAt(ErrorCode::ArchiveHostile, fileOffset(), "gzip header without end");
        }
        return room - qint64(m_stream.avail_out);
    }

    Result<void> countEmpty(bool empty)
    {
        if (empty && ++m_emptyMembers > m_maxEmptyMembers)
            return failAt(ErrorCode::ArchiveHostile, fileOffset(), "too many empty gzip members");
        return {};
    }

    Ahead m_ahead;
    z_stream m_stream = {};
    std::unique_ptr<libdeflate_decompressor, FreeInflate> m_decompressor;
    QByteArray m_unpacked;
    QByteArrayView m_whole;   // what is left of a member that was taken whole
    qint64 m_maxMembers = 0;
    qint64 m_maxEmptyMembers = 0;
    qint64 m_members = 0;
    qint64 m_emptyMembers = 0;
    bool m_zlibReady = false;
    bool m_tryWhole = true;
    bool m_inMember = false;
    bool m_ended = false;
};

}  // namespace

std::unique_ptr<ByteSource> openGzipSource(FileInput &input, const Limits &limits)
{
    return std::make_unique<GzipSource>(input, limits);
}

}  // namespace strongroom::storage
