// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/sevenzipstream.h"

#include "storage/archive/sevenzipaes.h"

// liblzma 5.4.1, as seen: a raw LZMA1 stream does not say where it ends; LZMA1EXT is told, and checks it. A
// branch filter must stand before the compressor in one chain. Dictionaries are allocated whole at once.
#include <lzma.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace strongroom::storage {

namespace {

constexpr qint64 kBlock = 256 * 1024;
/// Twice what 7z uses unless told otherwise. More memory than that is not spent on a foreign file.
constexpr quint64 kMaxDictionary = quint64(64) << 20;
constexpr int kMaxKeyPower = 24;   // 7-Zip itself takes no more

enum class Method : quint8 { Copy, Lzma, Lzma2, Deflate, Aes, Filter };
struct MethodRow {
    QByteArrayView id;
    Method method;
    lzma_vli filter;   // Filter only
};

template<size_t N> constexpr QByteArrayView view(const char (&text)[N]) { return QByteArrayView(text, N - 1); }

const MethodRow kMethods[] = {
    {view("\x00"), Method::Copy, 0},
    {view("\x03\x01\x01"), Method::Lzma, 0},
    {view("\x21"), Method::Lzma2, 0},
    {view("\x04\x01\x08"), Method::Deflate, 0},
    {view("\x06\xf1\x07\x01"), Method::Aes, 0},
    {view("\x03"), Method::Filter, LZMA_FILTER_DELTA},
    {view("\x04"), Method::Filter, LZMA_FILTER_X86},
    {view("\x03\x03\x01\x03"), Method::Filter, LZMA_FILTER_X86},
    {view("\x03\x03\x02\x05"), Method::Filter, LZMA_FILTER_POWERPC},
    {view("\x03\x03\x05\x01"), Method::Filter, LZMA_FILTER_ARM},
    {view("\x03\x03\x07\x01"), Method::Filter, LZMA_FILTER_ARMTHUMB},
    {view("\x03\x03\x08\x05"), Method::Filter, LZMA_FILTER_SPARC},
    {view("\x0a"), Method::Filter, LZMA_FILTER_ARM64},
};

const MethodRow *rowOf(const SevenZipCoder &coder)
{
    const auto *row = std::find_if(std::begin(kMethods), std::end(kMethods),
                                   [&coder](const MethodRow &r) { return r.id == coder.method; });
    return row == std::end(kMethods) ? nullptr : row;
}

std::unexpected<Error> unsupportedMethod(const SevenZipCoder &coder)
{
    const QString name = coder.method == QByteArrayView("\x03\x04\x01")  ? QStringLiteral("PPMd")
                       : coder.method == QByteArrayView("\x04\x02\x02") ? QStringLiteral("BZip2")
                                                                       : QString::fromLatin1(coder.method.toHex());
    return unsupportedSevenZip(QStringLiteral("7z archive with the method %1").arg(name));
}

using SourcePtr = std::unique_ptr<ByteSource>;

/// A stretch of the archive file.
class PackedSource final : public ByteSource {
public:
    PackedSource(FileInput &input, qint64 offset, qint64 size) : m_input(input), m_at(offset), m_end(offset + size) {}

    Result<qint64> read(char *data, qint64 size) override
    {
        const qint64 wanted = std::min({size, kBlock, m_end - m_at});
        if (wanted == 0)
            return 0;
        STRONGROOM_TRY(const QByteArray bytes, m_input.readAt(m_at, wanted));
        if (bytes.size() < wanted)
            return fail(ErrorCode::Changed, m_input.archive().path());
        memcpy(data, bytes.constData(), size_t(wanted));
        m_at += wanted;
        return wanted;
    }
    qint64 fileOffset() const override { return m_at; }

private:
    FileInput &m_input;
    qint64 m_at;
    qint64 m_end;
};

/// What all unpackers share: an inner source read in blocks, and a size that must be met exactly.
class Unpacker : public ByteSource {
public:
    Unpacker(SourcePtr inner, qint64 size) : m_inner(std::move(inner)), m_left(size) { m_buffer.resize(kBlock); }
    qint64 fileOffset() const override { return m_inner->fileOffset(); }

    Result<qint64> read(char *data, qint64 size) override
    {
        if (m_left == 0) {
            if (!m_ended)
                STRONGROOM_CHECK(finish());
            m_ended = true;
            return 0;
        }
        STRONGROOM_TRY(const qint64 n, unpack(data, std::min({size, kBlock, m_left})));
        m_left -= n;
        return n;
    }

protected:
    /// At least one byte, since some are owed.
    virtual Result<qint64> unpack(char *data, qint64 size) = 0;
    /// Everything came out: nothing may be left inside or before us.
    virtual Result<void> finish() = 0;

    std::unexpected<Error> damaged(const char *what) const { return failAt(ErrorCode::ArchiveDamaged, fileOffset(), what); }
    /// Empty at the end of the inner source.
    Result<QByteArrayView> fill()
    {
        STRONGROOM_TRY(const qint64 n, m_inner->read(m_buffer.data(), m_buffer.size()));
        return QByteArrayView(m_buffer).first(n);
    }
    Result<void> innerEnds()
    {
        STRONGROOM_TRY(const QByteArrayView rest, fill());
        return rest.isEmpty() ? Result<void>() : damaged("packed bytes that are not used");
    }

    SourcePtr m_inner;
    QByteArray m_buffer;
    qint64 m_left;
    bool m_ended = false;
};

class CopySource final : public Unpacker {
public:
    using Unpacker::Unpacker;

protected:
    Result<qint64> unpack(char *data, qint64 size) override
    {
        STRONGROOM_TRY(const qint64 n, m_inner->read(data, size));
        return n > 0 ? Result<qint64>(n) : damaged("packed data end early");
    }
    Result<void> finish() override { return innerEnds(); }
};

class AesSource final : public Unpacker {
public:
    AesSource(SourcePtr inner, qint64 size, QByteArrayView key, const QByteArray &iv)
        : Unpacker(std::move(inner), size), m_cipher(key, iv)
    {
    }

protected:
    Result<qint64> unpack(char *data, qint64 size) override
    {
        while (m_plain.isEmpty()) {
            STRONGROOM_TRY(const QByteArrayView block, fill());
            if (block.isEmpty())
                return damaged("packed data end early");
            m_store = m_cipher.decrypt(block);
            m_plain = m_store;
        }
        const qint64 n = std::min<qint64>(size, m_plain.size());
        memcpy(data, m_plain.data(), size_t(n));
        m_plain = m_plain.sliced(n);
        return n;
    }
    /// The last block is padded.
    Result<void> finish() override { return m_plain.size() < 16 ? innerEnds() : damaged("packed bytes that are not used"); }

private:
    AesCbcDecryptor m_cipher;
    QByteArray m_store;
    QByteArrayView m_plain;
};

/// What unpacks in steps, as liblzma and zlib do with a structure of the same members.
template<class Stream> class SteppedSource : public Unpacker {
public:
    /// \param endsEarly  what is said when the stream is over before all is unpacked
    SteppedSource(SourcePtr inner, qint64 size, Stream initial, const char *endsEarly)
        : Unpacker(std::move(inner), size), m_stream(initial), m_endsEarly(endsEarly)
    {
    }

protected:
    /// Some input taken, or output made, or m_atEnd set.
    virtual Result<void> step() = 0;

    Result<qint64> unpack(char *data, qint64 size) override
    {
        const auto room = decltype(m_stream.avail_out)(size);
        m_stream.next_out = reinterpret_cast<uint8_t *>(data);
        m_stream.avail_out = room;
        while (m_stream.avail_out == room) {
            if (m_atEnd)
                return damaged(m_endsEarly);
            STRONGROOM_CHECK(step());
        }
        return size - qint64(m_stream.avail_out);
    }

    Result<void> finish() override
    {
        uint8_t more = 0;
        while (!m_atEnd) {
            m_stream.next_out = &more;
            m_stream.avail_out = 1;
            STRONGROOM_CHECK(step());
            if (m_stream.avail_out == 0)
                return failAt(ErrorCode::ArchiveHostile, fileOffset(), "more data than declared");
        }
        return m_stream.avail_in == 0 ? innerEnds() : damaged("packed bytes that are not used");
    }

    Stream m_stream;
    bool m_atEnd = false;

private:
    const char *m_endsEarly;
};

class LzmaSource final : public SteppedSource<lzma_stream> {
public:
    LzmaSource(SourcePtr inner, qint64 size) : SteppedSource(std::move(inner), size, LZMA_STREAM_INIT, "lzma stream ends early") {}
    ~LzmaSource() override { lzma_end(&m_stream); }

    [[nodiscard]] bool start(const lzma_filter *filters) { return lzma_raw_decoder(&m_stream, filters) == LZMA_OK; }

private:
    Result<void> step() override
    {
        if (m_stream.avail_in == 0 && !m_innerAtEnd) {
            STRONGROOM_TRY(const QByteArrayView block, fill());
            m_stream.next_in = reinterpret_cast<const uint8_t *>(block.data());
            m_stream.avail_in = size_t(block.size());
            m_innerAtEnd = block.isEmpty();
        }
        const lzma_ret code = lzma_code(&m_stream, m_innerAtEnd ? LZMA_FINISH : LZMA_RUN);
        m_atEnd = code == LZMA_STREAM_END;
        if (code != LZMA_OK && !m_atEnd)
            return damaged(m_innerAtEnd && code == LZMA_BUF_ERROR ? "packed data end early" : "lzma stream");
        return {};
    }

    bool m_innerAtEnd = false;
};

class DeflateSource final : public SteppedSource<z_stream> {
public:
    DeflateSource(SourcePtr inner, qint64 size) : SteppedSource(std::move(inner), size, {}, "deflate stream ends early")
    {
        m_ready = inflateInit2(&m_stream, -15) == Z_OK;
    }
    ~DeflateSource() override { inflateEnd(&m_stream); }

private:
    Result<void> step() override
    {
        if (!m_ready)
            return fail(ErrorCode::Internal, {}, {QStringLiteral("zlib")});
        if (m_stream.avail_in == 0) {
            STRONGROOM_TRY(const QByteArrayView block, fill());
            if (block.isEmpty())
                return damaged("packed data end early");
            m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(block.data()));   // zlib only reads it
            m_stream.avail_in = uInt(block.size());
        }
        const int code = inflate(&m_stream, Z_NO_FLUSH);
        m_atEnd = code == Z_STREAM_END;
        return m_atEnd || code == Z_OK || code == Z_BUF_ERROR ? Result<void>() : damaged("deflate stream");
    }

    bool m_ready = false;
};

class BlockOpener {
public:
    BlockOpener(FileInput &input, const SevenZipBlock &block, SevenZipKeys &keys) : m_input(input), m_block(block), m_keys(keys) {}

    Result<SourcePtr> open()
    {
        SourcePtr source = std::make_unique<PackedSource>(m_input, m_block.packedOffset, m_block.packedSize);
        for (qsizetype i = 0; i < m_block.coders.size();) {
            const SevenZipCoder &coder = m_block.coders.at(i);
            const MethodRow *row = rowOf(coder);
            if (!row || row->method == Method::Filter)
                return unsupportedMethod(coder);
            if (row->method == Method::Lzma || row->method == Method::Lzma2) {
                STRONGROOM_TRY(source, openLzma(std::move(source), i, row->method));
                continue;
            }
            if (row->method == Method::Aes) {
                STRONGROOM_TRY(source, openAes(std::move(source), coder));
            } else if (row->method == Method::Copy) {
                source = std::make_unique<CopySource>(std::move(source), coder.unpackSize);
            } else {
                source = std::make_unique<DeflateSource>(std::move(source), coder.unpackSize);
            }
            ++i;
        }
        return source;
    }

private:
    std::unexpected<Error> badProperties() const
    {
        return failAt(ErrorCode::ArchiveHostile, m_block.packedOffset, "properties of a method");
    }

    /// Filters as liblzma wants them: the compressor last, what unpacks after it before it.
    struct Chain {
        std::array<lzma_filter, LZMA_FILTERS_MAX + 1> filters = {};
        ~Chain()
        {
            for (lzma_filter &filter : filters)
                free(filter.options);
        }
    };

    /// Takes the compressor at `i` and the filters behind it; moves `i` past them.
    Result<SourcePtr> openLzma(SourcePtr inner, qsizetype &i, Method method)
    {
        const SevenZipCoder &coder = m_block.coders.at(i);
        qsizetype end = i + 1;
        for (; end < m_block.coders.size(); ++end) {
            const MethodRow *row = rowOf(m_block.coders.at(end));
            if (!row || row->method != Method::Filter)
                break;
            if (m_block.coders.at(end).unpackSize != coder.unpackSize)
                return failAt(ErrorCode::ArchiveHostile, m_block.packedOffset, "filter that changes the size");
        }
        Chain chain;
        const qsizetype filters = end - i - 1;
        for (qsizetype f = 0; f < filters; ++f) {
            const SevenZipCoder &filter = m_block.coders.at(end - 1 - f);
            STRONGROOM_CHECK(decode(chain.filters[size_t(f)], rowOf(filter)->filter, filter.properties));
        }
        lzma_filter &last = chain.filters[size_t(filters)];
        chain.filters[size_t(filters) + 1].id = LZMA_VLI_UNKNOWN;
        if (coder.properties.size() != (method == Method::Lzma ? 5 : 1))
            return badProperties();
        STRONGROOM_CHECK(decode(last, method == Method::Lzma ? LZMA_FILTER_LZMA1 : LZMA_FILTER_LZMA2, coder.properties));
        auto *options = static_cast<lzma_options_lzma *>(last.options);
        // Nothing can refer further back than the block is long.
        const quint64 useful = std::max<quint64>(quint64(coder.unpackSize), LZMA_DICT_SIZE_MIN);
        options->dict_size = uint32_t(std::min<quint64>(options->dict_size, useful));
        if (options->dict_size > kMaxDictionary) {
            return unsupportedSevenZip(QStringLiteral("7z archive with a dictionary of %1 MiB (at most %2 are used here)")
                                           .arg(options->dict_size >> 20).arg(kMaxDictionary >> 20));
        }
        if (method == Method::Lzma) {
            last.id = LZMA_FILTER_LZMA1EXT;
            options->ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM;
            lzma_set_ext_size(*options, uint64_t(coder.unpackSize));
        }
        auto source = std::make_unique<LzmaSource>(std::move(inner), coder.unpackSize);
        if (!source->start(chain.filters.data()))
            return badProperties();
        i = end;
        return source;
    }

    Result<void> decode(lzma_filter &filter, lzma_vli id, const QByteArray &properties) const
    {
        filter.id = id;
        const auto *bytes = reinterpret_cast<const uint8_t *>(properties.constData());
        return lzma_properties_decode(&filter, nullptr, bytes, size_t(properties.size())) == LZMA_OK ? Result<void>() : badProperties();
    }

    Result<SourcePtr> openAes(SourcePtr inner, const SevenZipCoder &coder)
    {
        if (!m_keys.hasPassphrase())
            return fail(ErrorCode::SecretUnavailable, m_input.archive().path());
        const QByteArray &p = coder.properties;
        const int flags = p.isEmpty() ? 0 : uchar(p[0]);
        const int more = p.size() > 1 ? uchar(p[1]) : 0;
        const int saltSize = (flags >> 7 & 1) + (flags & 0xc0 ? more >> 4 : 0);
        const int ivSize = (flags >> 6 & 1) + (flags & 0xc0 ? more & 15 : 0);
        const int power = flags & 0x3f;
        if (p.size() != (flags & 0xc0 ? 2 : 1) + saltSize + ivSize || power > kMaxKeyPower)
            return badProperties();
        const QByteArray salt = p.mid(2, saltSize);
        QByteArray iv = p.mid(2 + saltSize, ivSize);
        iv.append(16 - iv.size(), '\0');
        return std::make_unique<AesSource>(std::move(inner), coder.unpackSize, m_keys.key(power, salt), iv);
    }

    FileInput &m_input;
    const SevenZipBlock &m_block;
    SevenZipKeys &m_keys;
};

}  // namespace

SevenZipKeys::~SevenZipKeys()
{
    for (QByteArray &key : m_keys)
        wipe(key);
}

QByteArrayView SevenZipKeys::key(int power, const QByteArray &salt)
{
    const QByteArray id = QByteArray(1, char(power)) + salt;
    auto found = m_keys.find(id);
    if (found == m_keys.end())
        found = m_keys.insert(id, deriveSevenZipKey(m_passphrase, power, salt));
    return *found;
}

Result<std::unique_ptr<ByteSource>> openSevenZipBlock(FileInput &input, const SevenZipBlock &block, SevenZipKeys &keys)
{
    return BlockOpener(input, block, keys).open();
}

}  // namespace strongroom::storage
