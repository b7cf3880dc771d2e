// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/compression.h"

#include <libdeflate.h>
#include <zstd.h>
#ifdef STRONGROOM_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif

#include <algorithm>
#include <limits>
#include <vector>

// Seen with libdeflate 1.14, zstd 1.5.4, ISA-L 2.30. libdeflate returns 0 when the room does not suffice,
// which with its own bound cannot be. ISA-L counts in 32 bits: groups are megabytes, not more.

namespace strongroom::storage {

namespace {

std::unexpected<Error> broken(const char *where)
{
    return fail(ErrorCode::Internal, {}, {QString::fromLatin1(where)});
}

struct FreeDeflate {
    void operator()(libdeflate_compressor *c) const { libdeflate_free_compressor(c); }
};
struct FreeZstd {
    void operator()(ZSTD_CCtx *c) const { ZSTD_freeCCtx(c); }
};
using DeflatePtr = std::unique_ptr<libdeflate_compressor, FreeDeflate>;

/// Gzip at a few hundred MB/s, for bytes that a better search would not make smaller.
class FastGzip {
public:
    /// Bytes written to `out`, 0 when the room does not suffice.
    size_t pack(QByteArrayView raw, char *out, size_t room)
    {
#ifdef STRONGROOM_HAVE_ISAL
        // Zeroed first (isa-l 2.30): its init leaves parts of the state alone, and a backup of unchanged data
        // must repeat its bytes.
        isal_zstream stream = {};
        isal_deflate_stateless_init(&stream);
        stream.level = 1;
        stream.level_buf = m_buffer.data();
        stream.level_buf_size = quint32(m_buffer.size());
        stream.gzip_flag = IGZIP_GZIP;
        stream.end_of_stream = 1;
        stream.flush = NO_FLUSH;
        stream.next_in = reinterpret_cast<uint8_t *>(const_cast<char *>(raw.data()));
        stream.avail_in = quint32(raw.size());
        stream.next_out = reinterpret_cast<uint8_t *>(out);
        stream.avail_out = quint32(room);
        return isal_deflate_stateless(&stream) == COMP_OK ? stream.total_out : 0;
#else
        return libdeflate_gzip_compress(m_compressor.get(), raw.data(), size_t(raw.size()), out, room);
#endif
    }

private:
#ifdef STRONGROOM_HAVE_ISAL
    std::vector<uint8_t> m_buffer = std::vector<uint8_t>(ISAL_DEF_LVL1_DEFAULT);
#else
    DeflatePtr m_compressor = DeflatePtr(libdeflate_alloc_compressor(1));
#endif
};

class GzipCompressor final : public GroupCompressor {
public:
    explicit GzipCompressor(int level)
        : m_compressor(libdeflate_alloc_compressor(level)), m_sampling(level > 1), m_sample(2 * kSample, Qt::Uninitialized)
    {
    }
    [[nodiscard]] bool isValid() const { return m_compressor != nullptr; }

    Result<void> compress(QByteArrayView raw, QByteArray &out) override
    {
        if (raw.size() > std::numeric_limits<qint32>::max())
            return broken("gzip group size");
        const size_t bound = libdeflate_gzip_compress_bound(m_compressor.get(), size_t(raw.size()));
        out.resize(qsizetype(bound));
        size_t size = 0;
        if (looksIncompressible(raw))
            size = m_fast.pack(raw, out.data(), bound);
        if (size == 0)
            size = libdeflate_gzip_compress(m_compressor.get(), raw.data(), size_t(raw.size()), out.data(), bound);
        if (size == 0)
            return broken("gzip group");
        out.truncate(qsizetype(size));
        return {};
    }

private:
    static constexpr qsizetype kSample = 16 * 1024;
    static constexpr qsizetype kWorthSampling = 128 * 1024;
    static constexpr double kWorthSearching = 1.12;

    /// Media and float vectors: three samples say that a long search gains nothing.
    bool looksIncompressible(QByteArrayView raw)
    {
        if (!m_sampling || raw.size() < kWorthSampling)
            return false;
        for (int quarter = 1; quarter <= 3; ++quarter) {
            const QByteArrayView sample = raw.sliced(raw.size() / 4 * quarter - kSample, kSample);
            const size_t size = m_fast.pack(sample, m_sample.data(), size_t(m_sample.size()));
            if (size == 0 || double(kSample) / double(size) >= kWorthSearching)
                return false;
        }
        return true;
    }

    DeflatePtr m_compressor;
    bool m_sampling;   // a fast level has nothing to gain by it
    FastGzip m_fast;
    QByteArray m_sample;
};

class ZstdCompressor final : public GroupCompressor {
public:
    explicit ZstdCompressor(int level) : m_context(ZSTD_createCCtx())
    {
        m_valid = m_context && !ZSTD_isError(ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_compressionLevel, level))
            && !ZSTD_isError(ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_checksumFlag, 1));
    }
    [[nodiscard]] bool isValid() const { return m_valid; }

    Result<void> compress(QByteArrayView raw, QByteArray &out) override
    {
        out.resize(qsizetype(ZSTD_compressBound(size_t(raw.size()))));
        const size_t size = ZSTD_compress2(m_context.get(), out.data(), size_t(out.size()), raw.data(), size_t(raw.size()));
        if (ZSTD_isError(size))
            return broken("zstd group");
        out.truncate(qsizetype(size));
        return {};
    }

private:
    std::unique_ptr<ZSTD_CCtx, FreeZstd> m_context;
    bool m_valid = false;
};

class NoCompressor final : public GroupCompressor {
public:
    Result<void> compress(QByteArrayView raw, QByteArray &out) override
    {
        out.resize(raw.size());
        std::copy(raw.begin(), raw.end(), out.begin());
        return {};
    }
};

template<class T> Result<std::unique_ptr<GroupCompressor>> checked(std::unique_ptr<T> compressor)
{
    if (!compressor->isValid())
        return broken("compressor");
    return compressor;
}

}  // namespace

LevelRange levelRange(ArchiveFormat format)
{
    switch (format) {
    case ArchiveFormat::TarGzip: return {0, 12, 6};
    case ArchiveFormat::TarZstd: return {1, 19, 3};
    default: return {};
    }
}

Result<std::unique_ptr<GroupCompressor>> GroupCompressor::create(ArchiveFormat format, int level)
{
    if (format == ArchiveFormat::Tar)
        return std::make_unique<NoCompressor>();
    const LevelRange range = levelRange(format);
    if (range.highest == 0)
        return fail(ErrorCode::NotSupported, {}, {formatWord(format)});
    if (level == -1)
        level = range.standard;
    if (level < range.lowest || level > range.highest)
        return fail(ErrorCode::Usage, {}, {QStringLiteral("level %1: %2 takes %3 to %4")
                                               .arg(level).arg(formatWord(format)).arg(range.lowest).arg(range.highest)});
    if (format == ArchiveFormat::TarGzip)
        return checked(std::make_unique<GzipCompressor>(level));
    return checked(std::make_unique<ZstdCompressor>(level));
}

quint32 crc32Of(QByteArrayView bytes)
{
    return libdeflate_crc32(0, bytes.data(), size_t(bytes.size()));
}

}  // namespace strongroom::storage
