// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A 7z archive read as a stream, strictly: the directory accounts for every byte of the file, every entry has
// a checksum and is checked, nothing is unpacked beyond what the directory says. LZMA, LZMA2, deflate and
// stored data with the usual filters, encrypted or not. KArchive's K7Zip is not used for extraction.

#include "storage/archive/bytesource.h"
#include "storage/archive/memberfeed.h"

namespace strongroom::storage {

/// Passes every entry to `feed`, in the order of the directory. Takes the passphrase from the archive file.
/// Errors: Archive* with args[0] = byte offset; ArchiveWrongKind for what is not supported (args: what,
/// advice); SecretUnavailable and WrongPassphrase; those of input and feed.
[[nodiscard]] Result<void> readSevenZip(FileInput &input, const Limits &limits, MemberFeed &feed);

}  // namespace strongroom::storage
