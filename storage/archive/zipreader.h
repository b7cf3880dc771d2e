// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A zip read by its central directory, strictly: the entries must tile the file without a gap or an
// overlap, local and central headers must say the same, and every byte is inflated and checked. Stored and
// deflated entries, zip64 where one is needed; no encryption, no volumes.
// Format: PKWARE APPNOTE 6.3.10.

#include "storage/archive/bytesource.h"
#include "storage/archive/memberfeed.h"

namespace strongroom::storage {

/// Passes every entry to `feed`, in the order they lie in the file.
/// Errors: Archive* with args[0] = byte offset; ArchiveWrongKind for what is not supported (args[0] = what);
/// those of input and feed.
[[nodiscard]] Result<void> readZip(FileInput &input, const Limits &limits, MemberFeed &feed);

}  // namespace strongroom::storage
