// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The members of an archive of ours that was verified before, without reading it again.

#include "storage/archive/archivefile.h"
#include "storage/archive/member.h"
#include "storage/monitor.h"
#include "storage/ops/backupfolder.h"

#include <optional>

namespace strongroom::storage {

/// By the archive's own index, which the verification compared with the members. Absent when `log` does not know the file
/// as it is now as verified, or when it has no index that can be used: then it must be inspected (inspection.h).
/// \param withHashes  files with their SHA-256, which takes longer. Errors: Cancelled, WorkerUnavailable. Thread: any.
[[nodiscard]] Result<std::optional<QList<Member>>> listVerified(const ArchiveFile &archive, const VerificationLog &log, bool withHashes,
                                                                Monitor &monitor);

}  // namespace strongroom::storage
