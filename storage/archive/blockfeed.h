// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The bytes of a ByteSource in blocks of one size, unpacked by the caller as they are asked for, or ahead of it by
// a thread beside it. Blocks end at the same bytes both ways, and what goes wrong comes behind the same bytes, so
// nobody downstream can tell which it was.

#include "storage/archive/bytesource.h"
#include "storage/monitor.h"

namespace strongroom::storage {

class SideThread;

/// Thread: one at a time. `source` must outlive it and is nobody else's meanwhile.
class BlockFeed {
public:
    /// Largest block, bytes. Only the last one is smaller.
    static constexpr qint64 kBlock = 256 * 1024;

    /// \param side  unpacks ahead, a few blocks at most; null = everything in the caller.
    [[nodiscard]] static std::unique_ptr<BlockFeed> open(ByteSource &source, SideThread *side, Monitor &monitor);
    /// `source` is at rest then, some blocks further than what was asked for perhaps.
    virtual ~BlockFeed() = default;

    /// The next block; empty at the end, where everything was as its checksums say. Valid until the next call.
    /// Errors: those of the source; Cancelled.
    [[nodiscard]] virtual Result<QByteArrayView> next() = 0;
    /// How far into the archive file what next() gave so far came from.
    [[nodiscard]] virtual qint64 fileOffset() const = 0;
};

}  // namespace strongroom::storage
