// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One group of an archive in, one self-contained gzip member or zstd frame out. Whole buffers only: the
// groups are small, and what stands alone can be packed by any worker and read without what precedes it.
// Decompressing foreign streams is another matter and not done here.

#include "storage/archive/archivefile.h"
#include "storage/error.h"

#include <QByteArray>
#include <QByteArrayView>

#include <memory>

namespace strongroom::storage {

/// Levels a format takes; -1 asks for its default.
struct LevelRange {
    int lowest = 0;
    int highest = 0;
    int standard = 0;
};
[[nodiscard]] LevelRange levelRange(ArchiveFormat format);  ///< all zero for Tar, which is not compressed

/// Thread: one at a time; every worker has its own.
class GroupCompressor {
public:
    /// For Tar, TarGzip or TarZstd. Errors: NotSupported (another format), Usage (a level it does not have).
    [[nodiscard]] static Result<std::unique_ptr<GroupCompressor>> create(ArchiveFormat format, int level);
    virtual ~GroupCompressor() = default;
    /// Replaces `out` by the packed `raw`. The same bytes give the same result. Errors: Internal.
    [[nodiscard]] virtual Result<void> compress(QByteArrayView raw, QByteArray &out) = 0;
};

/// CRC-32 as gzip and zip have it.
[[nodiscard]] quint32 crc32Of(QByteArrayView bytes);

}  // namespace strongroom::storage
