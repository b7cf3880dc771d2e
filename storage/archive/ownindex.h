// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What an archive of ours tells about itself at its end: members by their index, hashes by its sums. All of it is as
// hostile as the rest until a verification has compared it.

#include "storage/archive/archivefile.h"
#include "storage/archive/bytesource.h"
#include "storage/archive/limits.h"
#include "storage/archive/memberindex.h"
#include "storage/monitor.h"

#include <optional>

namespace strongroom::storage {

/// The index, unpacked; absent where there is none. Errors: ManifestInvalid, LimitExceeded, ReadFailed.
[[nodiscard]] Result<std::optional<IndexReader>> openIndex(const ArchiveFile &archive, const Limits &limits);

/// Where the index and the members that were read differ, with the member's name; absent where they do not, and where
/// there is no index. `members` are all but those below .strongroom/. Errors: ReadFailed.
[[nodiscard]] Result<std::optional<Error>> compareIndex(const ArchiveFile &archive, const Limits &limits, const QList<Member> &members);

/// The members without reading them; absent where there is no index. Errors: those of openIndex, of the sums, Cancelled.
/// \param withHashes  from the sums, of files.
[[nodiscard]] Result<std::optional<QList<Member>>> membersByIndex(const ArchiveFile &archive, const Limits &limits, bool withHashes,
                                                                  Monitor &monitor);

/// The text of the file of ours called `path` that stands first in the groups from `offset` on.
/// Errors: ManifestInvalid when it is not there, those of reading.
[[nodiscard]] Result<QByteArray> readOwnFile(FileInput &input, ArchiveFormat format, const char *path, qint64 offset, qint64 length,
                                             Monitor &monitor);

}  // namespace strongroom::storage
