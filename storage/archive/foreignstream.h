// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// xz and bzip2 streams through KArchive's KCompressionDevice: for reading what others packed. The only
// place that includes KArchive's stream headers.

#include "storage/archive/bytesource.h"

namespace strongroom::storage {

/// `format` is TarXz or TarBzip2. Several streams may lie one behind the other, as parallel packers write
/// them; for xz with padding between and after, as its format has it. Nothing else may.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openForeignStream(FileInput &input, ArchiveFormat format, const Limits &limits);

}  // namespace strongroom::storage
