// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/foreignstream.h"

// KArchive 6.13, as seen:
//  - a stream that ends early shows only as read() == 0 while atEnd() is still false;
//  - what follows the end of the stream in its input buffer (8 KiB) is dropped without a word. So the last
//    bytes of the file are handed over one at a time: then it has taken, at the end of the stream, exactly
//    the bytes of the stream;
//  - the filters check the container's own checksums (bzip2 block CRC, xz CRC32/CRC64).
#include <KCompressionDevice>

#include <QIODevice>

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

/// More than KCompressionDevice's input buffer.
constexpr qint64 kCareful = 16 * 1024;

/// A FileInput as the sequential device that KCompressionDevice wants.
class InputDevice final : public QIODevice {
public:
    explicit InputDevice(FileInput &input) : m_input(input) { open(QIODevice::ReadOnly | QIODevice::Unbuffered); }

    bool isSequential() const override { return true; }
    bool atEnd() const override { return taken() >= m_input.size(); }
    qint64 taken() const { return m_input.position() - m_rest.size(); }
    const std::optional<Error> &error() const { return m_error; }

protected:
    qint64 readData(char *data, qint64 size) override
    {
        if (m_error)
            return -1;
        if (m_rest.isEmpty()) {
            auto block = m_input.next();
            if (!block) {
                m_error = block.error();
                return -1;
            }
            m_rest = *block;
        }
        const qint64 carefulFrom = m_input.size() - kCareful;
        const qint64 may = taken() < carefulFrom ? carefulFrom - taken() : 1;
        const qint64 n = std::min({size, may, qint64(m_rest.size())});
        if (n > 0)
            memcpy(data, m_rest.data(), size_t(n));
        m_rest = m_rest.sliced(n);
        return n;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    FileInput &m_input;
    QByteArrayView m_rest;
    std::optional<Error> m_error;
};

class ForeignSource final : public ByteSource {
public:
    ForeignSource(FileInput &input, KCompressionDevice::CompressionType type)
        : m_size(input.size()), m_device(input), m_filter(&m_device, false, type)
    {
        m_open = m_filter.open(QIODevice::ReadOnly);
    }

    Result<qint64> read(char *data, qint64 size) override
    {
        if (!m_open)
            return failAt(ErrorCode::ArchiveDamaged, 0, "stream header");
        const qint64 n = m_filter.read(data, size);
        if (m_device.error())
            return std::unexpected(*m_device.error());
        if (n > 0)
            return n;
        if (n == 0 && m_filter.atEnd()) {
            if (fileOffset() < m_size)
                return failAt(ErrorCode::ArchiveDamaged, fileOffset(), "bytes after the end of the stream");
            return 0;
        }
        if (n == 0 && fileOffset() >= m_size)
            return failAt(ErrorCode::ArchiveTruncated, fileOffset(), "inside the stream");
        return failAt(ErrorCode::ArchiveDamaged, fileOffset(), "stream");
    }
    qint64 fileOffset() const override { return m_device.taken(); }

private:
    qint64 m_size;
    InputDevice m_device;
    KCompressionDevice m_filter;
    bool m_open = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> openForeignStream(FileInput &input, ArchiveFormat format)
{
    return std::make_unique<ForeignSource>(
        input, format == ArchiveFormat::TarXz ? KCompressionDevice::Xz : KCompressionDevice::BZip2);
}

}  // namespace strongroom::storage
