// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/bytesource.h"

#include "storage/archive/foreignstream.h"
#include "storage/archive/gzipsource.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

constexpr qint64 kBlock = 256 * 1024;
/// 2^27 bytes: what `zstd` itself accepts without being told otherwise.
constexpr int kMaxZstdWindowLog = 27;

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
    case ArchiveFormat::TarGzip: return openGzipSource(input, limits);
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
