// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A tar read from front to back in constant memory, strictly: what two readers could understand in two
// ways is refused. ustar, pax, GNU long names and plain v7; no sparse files, no volumes, no devices.

#include "storage/archive/blockfeed.h"
#include "storage/archive/memberfeed.h"

namespace strongroom::storage {

/// Passes every member of the tar in `blocks` to `feed` and reads on to the last block, so that the last
/// checksum is seen. `archiveSize` is what the compression ratio is measured against.
/// Errors: Archive* with args[0] = byte offset in the archive file; ArchiveWrongKind when it is no tar at
/// all (args[0] = what it is); those of blocks and feed.
[[nodiscard]] Result<void> readTar(BlockFeed &blocks, qint64 archiveSize, const Limits &limits, MemberFeed &feed);

}  // namespace strongroom::storage
