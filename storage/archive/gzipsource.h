// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The bytes inside a gzip file, member after member. Archives of ours are made of members of about a MiB: such
// are taken whole, which is twice as fast; all others as a stream.

#include "storage/archive/bytesource.h"

namespace strongroom::storage {

/// Checks of each member the checksum, the length and, where there is one, the header's checksum; after the last
/// nothing but zeros. `input` must outlive it. Memory: some 10 MiB, less for small files.
[[nodiscard]] std::unique_ptr<ByteSource> openGzipSource(FileInput &input, const Limits &limits);

}  // namespace strongroom::storage
