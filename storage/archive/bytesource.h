// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The bytes inside an archive file, decompressed in order, every checksum checked. A source says either
// "here is more", "that was all and all of it was right", or what is wrong and where; it never ends early
// without saying so. One per pass; not thread-safe.

#include "storage/archive/archivefile.h"
#include "storage/archive/hasher.h"
#include "storage/archive/limits.h"

#include <QByteArray>
#include <QByteArrayView>

#include <memory>
#include <optional>

namespace strongroom::storage {

/// The archive file as it lies on disk, read once from front to back with pread. Polls the monitor, counts
/// the bytes there and hashes them when asked to.
class FileInput {
public:
    FileInput(const ArchiveFile &archive, bool hashing, Monitor &monitor);

    /// The next block, empty at the end of the file. Valid until the next call.
    /// Errors: ReadFailed by cause, Changed (the file is shorter than when it was opened), Cancelled.
    [[nodiscard]] Result<QByteArrayView> next();
    /// Bytes handed out so far.
    [[nodiscard]] qint64 position() const { return m_position; }
    /// Where next() ends: the size of the file unless narrowed.
    [[nodiscard]] qint64 size() const { return m_end; }
    /// Reads what is left and gives the hash of the whole file.
    [[nodiscard]] Result<Sha256> finishHash();
    /// At random, for formats with a directory at the end. Never hashed, and counted only where next() is not
    /// going to come by for the hash. Short only at the end. Errors: ReadFailed by cause, Cancelled.
    [[nodiscard]] Result<QByteArray> readAt(qint64 offset, qint64 size);
    /// The same for a look ahead of next(), which will count these bytes itself.
    [[nodiscard]] Result<QByteArray> peekAt(qint64 offset, qint64 size);
    /// next() gives the `length` bytes from `offset` on and then the end; not for a hashing input.
    void narrow(qint64 offset, qint64 length);
    [[nodiscard]] const ArchiveFile &archive() const { return m_archive; }

private:
    const ArchiveFile &m_archive;
    Monitor &m_monitor;
    std::optional<Sha256Hasher> m_hasher;
    QByteArray m_block;
    qint64 m_position = 0;
    qint64 m_end = 0;
};

class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// Up to `size` bytes (size > 0); 0 = the end, and everything was as its checksums say.
    /// Errors: ArchiveTruncated, ArchiveDamaged, ArchiveHostile with args[0] = offset in the archive file,
    /// args[1] = what; those of FileInput.
    [[nodiscard]] virtual Result<qint64> read(char *data, qint64 size) = 0;
    /// How far into the archive file what was read so far came from.
    [[nodiscard]] virtual qint64 fileOffset() const = 0;
};

/// The source for a tar of this format. `input` must outlive it. Errors: ArchiveWrongKind.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openByteSource(FileInput &input, ArchiveFormat format, const Limits &limits);

/// An archive error at a place: args = offset, what is wrong there.
[[nodiscard]] std::unexpected<Error> failAt(ErrorCode code, qint64 offset, const char *what);

}  // namespace strongroom::storage
