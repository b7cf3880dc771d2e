// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/bytesource.h"

#include "storage/archive/foreignstream.h"
#include "storage/mutant.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

constexpr qint64 kBlock = 256 * 1024;
/// A gzip header may carry 64 KiB of extra field and two strings without a length; nobody needs more.
constexpr qint64 kMaxGzipHeader = 256 * 1024;
/// 2^27 bytes: what `zstd` itself accepts without being told otherwise.
constexpr int kMaxZstdWindowLog = 27;

bool allZero(QByteArrayView bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

class PlainSource final : public ByteSource {
public:
    explicit PlainSource(FileInput &input) : m_input(input) {}

    Result<qint64> read(char *data, qint64 size) override
    {
        if (m_rest.isEmpty()) {
            STRONGROOM_TRY(m_rest, m_input.next());
        }
        const qint64 n = std::min<qint64>(size, m_rest.size());
        if (n > 0)
            memcpy(data, m_rest.data(), size_t(n));
        m_rest = m_rest.sliced(n);
        return n;
    }
    qint64 fileOffset() const override { return m_input.position() - m_rest.size(); }

private:
    FileInput &m_input;
    QByteArrayView m_rest;
};

/// zlib 1.2.13 in gzip mode checks the CRC and the length of one member, and the header CRC where there is
/// one; what follows a member it leaves to us.
class GzipSource final : public ByteSource {
public:
    GzipSource(FileInput &input, const Limits &limits)
        : m_input(input), m_maxMembers(limits.maxGzipMembers), m_maxEmptyMembers(limits.maxEmptyGzipMembers)
    {
        m_zlibReady = inflateInit2(&m_stream, 15 + 16) == Z_OK;
        if (isMutant(Mutant::GzipChecksumIgnored))
            inflateValidate(&m_stream, 0);
    }
    ~GzipSource() override { inflateEnd(&m_stream); }

    Result<qint64> read(char *data, qint64 size) override
    {
        if (!m_zlibReady)
            return fail(ErrorCode::Internal, {}, {QStringLiteral("zlib")});
        m_stream.next_out = reinterpret_cast<Bytef *>(data);
        m_stream.avail_out = uInt(std::min<qint64>(size, kBlock));
        const uInt room = m_stream.avail_out;
        while (!m_ended && m_stream.avail_out == room) {
            if (!m_inMember) {
                STRONGROOM_CHECK(beginMember());
                continue;
            }
            STRONGROOM_CHECK(inflateSome());
        }
        return qint64(room - m_stream.avail_out);
    }
    qint64 fileOffset() const override { return m_input.position() - m_stream.avail_in; }

private:
    /// False at the end of the file.
    Result<bool> fill()
    {
        if (m_stream.avail_in > 0)
            return true;
        STRONGROOM_TRY(const QByteArrayView block, m_input.next());
        setInput(block);
        return !block.isEmpty();
    }

    void setInput(QByteArrayView block)
    {
        m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(block.data()));   // zlib only reads it
        m_stream.avail_in = uInt(block.size());
    }

    Result<void> beginMember()
    {
        // The two magic bytes may be torn over two blocks: looked at one by one.
        STRONGROOM_TRY(const bool more, fill());
        if (!more) {
            m_ended = true;
            if (m_members == 0)
                return failAt(ErrorCode::ArchiveTruncated, fileOffset(), "empty");
            return {};
        }
        if (*m_stream.next_in != 0x1f)
            return m_members == 0 ? failAt(ErrorCode::ArchiveDamaged, fileOffset(), "no gzip header") : onlyZerosFollow();
        if (++m_members > m_maxMembers)
            return failAt(ErrorCode::ArchiveHostile, fileOffset(), "too many gzip members");
        if (inflateReset(&m_stream) != Z_OK)
            return fail(ErrorCode::Internal, {}, {QStringLiteral("zlib")});
        m_inMember = true;
        return {};
    }

    Result<void> onlyZerosFollow()
    {
        for (;;) {
            const QByteArrayView rest(reinterpret_cast<const char *>(m_stream.next_in), m_stream.avail_in);
            if (!allZero(rest))
                return failAt(ErrorCode::ArchiveDamaged, fileOffset(), "bytes after the last gzip member");
            m_stream.avail_in = 0;
            STRONGROOM_TRY(const bool more, fill());
            if (!more) {
                m_ended = true;
                return {};
            }
        }
    }

    Result<void> inflateSome()
    {
        STRONGROOM_TRY(const bool more, fill());
        if (!more)
            return failAt(ErrorCode::ArchiveTruncated, fileOffset(), "inside a gzip member");
        const int code = inflate(&m_stream, Z_NO_FLUSH);
        if (code == Z_STREAM_END)
            return endMember();
        if (code != Z_OK && code != Z_BUF_ERROR) {
            Error error = failAt(ErrorCode::ArchiveDamaged, fileOffset(), "gzip").error();
            if (m_stream.msg)
                error.args.last() += QStringLiteral(": ") + QString::fromLatin1(m_stream.msg);
            return std::unexpected(std::move(error));
        }
        if (m_stream.total_out == 0 && qint64(m_stream.total_in) > kMaxGzipHeader)
            return failAt(ErrorCode::ArchiveHostile, fileOffset(), "gzip header without end");
        return {};
    }

    Result<void> endMember()
    {
        m_inMember = false;
        if (m_stream.total_out == 0 && ++m_emptyMembers > m_maxEmptyMembers)
            return failAt(ErrorCode::ArchiveHostile, fileOffset(), "too many empty gzip members");
        return {};
    }

    FileInput &m_input;
    z_stream m_stream = {};
    qint64 m_maxMembers = 0;
    qint64 m_maxEmptyMembers = 0;
    qint64 m_members = 0;
    qint64 m_emptyMembers = 0;
    bool m_zlibReady = false;
    bool m_inMember = false;
    bool m_ended = false;
};

/// libzstd 1.5.4: reads frame after frame and steps over skippable ones; checks a frame's checksum when it
/// has one. Returns 0 exactly when a frame is complete.
class ZstdSource final : public ByteSource {
public:
    explicit ZstdSource(FileInput &input) : m_input(input), m_stream(ZSTD_createDCtx())
    {
        if (m_stream)
            ZSTD_DCtx_setParameter(m_stream, ZSTD_d_windowLogMax, kMaxZstdWindowLog);
    }
    ~ZstdSource() override { ZSTD_freeDCtx(m_stream); }

    Result<qint64> read(char *data, qint64 size) override
    {
        if (!m_stream)
            return fail(ErrorCode::Internal, {}, {QStringLiteral("zstd")});
        ZSTD_outBuffer out = {data, size_t(std::min(size, kBlock)), 0};
        while (out.pos == 0 && !m_ended) {
            if (m_in.pos == m_in.size && !m_mayHoldMore) {
                STRONGROOM_TRY(const QByteArrayView block, m_input.next());
                m_in = {block.data(), size_t(block.size()), 0};
                if (block.isEmpty()) {
                    if (m_inFrame || m_input.position() == 0)
                        return failAt(ErrorCode::ArchiveTruncated, fileOffset(), "inside a zstd frame");
                    m_ended = true;
                    break;
                }
            }
            const size_t code = ZSTD_decompressStream(m_stream, &out, &m_in);
            if (ZSTD_isError(code)) {
                Error error = failAt(ErrorCode::ArchiveDamaged, fileOffset(), "zstd: ").error();
                error.args.last() += QString::fromLatin1(ZSTD_getErrorName(code));
                return std::unexpected(std::move(error));
            }
            m_inFrame = code != 0;
            // A full output buffer may leave decoded bytes inside even though all input is taken.
            m_mayHoldMore = m_inFrame && out.pos == out.size;
        }
        return qint64(out.pos);
    }
    qint64 fileOffset() const override { return m_input.position() - qint64(m_in.size - m_in.pos); }

private:
    FileInput &m_input;
    ZSTD_DCtx *m_stream = nullptr;
    ZSTD_inBuffer m_in = {nullptr, 0, 0};
    bool m_inFrame = false;
    bool m_mayHoldMore = false;
    bool m_ended = false;
};

}  // namespace

std::unexpected<Error> failAt(ErrorCode code, qint64 offset, const char *what)
{
    return fail(code, {}, {QString::number(offset), QString::fromLatin1(what)});
}

FileInput::FileInput(const ArchiveFile &archive, bool hashing, Monitor &monitor)
    : m_archive(archive), m_monitor(monitor), m_end(archive.size())
{
    if (hashing)
        m_hasher.emplace();
}

Result<QByteArrayView> FileInput::next()
{
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    m_block.resize(kBlock);
    const qint64 wanted = std::min(kBlock, m_end - m_position);
    STRONGROOM_TRY(const qint64 n, preadFully(m_archive.fd(), m_block.data(), wanted, m_position, m_archive.path()));
    if (n < wanted)
        return fail(ErrorCode::Changed, m_archive.path());
    m_position += n;
    m_monitor.addBytes(n);
    const QByteArrayView block = QByteArrayView(m_block).first(n);
    if (m_hasher)
        m_hasher->add(block);
    return block;
}

Result<Sha256> FileInput::finishHash()
{
    Q_ASSERT(m_hasher);
    for (;;) {
        STRONGROOM_TRY(const QByteArrayView block, next());
        if (block.isEmpty())
            return m_hasher->finish();
    }
}

Result<QByteArray> FileInput::peekAt(qint64 offset, qint64 size)
{
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    QByteArray bytes(size, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 n, preadFully(m_archive.fd(), bytes.data(), size, offset, m_archive.path()));
    bytes.truncate(n);
    return bytes;
}

Result<QByteArray> FileInput::readAt(qint64 offset, qint64 size)
{
    STRONGROOM_TRY(QByteArray bytes, peekAt(offset, size));
    if (!m_hasher)
        m_monitor.addBytes(bytes.size());
    return bytes;
}

void FileInput::narrow(qint64 offset, qint64 length)
{
    Q_ASSERT(!m_hasher);
    m_position = offset;
    m_end = std::min(offset + length, m_archive.size());
}

Result<std::unique_ptr<ByteSource>> openByteSource(FileInput &input, ArchiveFormat format, const Limits &limits)
{
    switch (format) {
    case ArchiveFormat::Tar: return std::make_unique<PlainSource>(input);
    case ArchiveFormat::TarGzip: return std::make_unique<GzipSource>(input, limits);
    case ArchiveFormat::TarZstd: return std::make_unique<ZstdSource>(input);
    case ArchiveFormat::TarXz:
    case ArchiveFormat::TarBzip2: return openForeignStream(input, format, limits);
    case ArchiveFormat::Zip:
    case ArchiveFormat::SevenZip:
    case ArchiveFormat::LoneFile:
    case ArchiveFormat::Unknown: break;
    }
    return fail(ErrorCode::ArchiveWrongKind, input.archive().path(), {formatWord(format)});
}

}  // namespace strongroom::storage
