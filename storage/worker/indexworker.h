// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The index of an archive of ours, read in a worker: it is as foreign as the rest of the file.

#include "storage/archive/archivefile.h"
#include "storage/archive/limits.h"
#include "storage/archive/member.h"
#include "storage/monitor.h"
#include "storage/worker/workerprocess.h"

#include <QList>

#include <optional>

namespace strongroom::storage {

/// membersByIndex() (ownindex.h) in a worker. Paths and types are looked at again here; whether they are true only a
/// verification can say. Errors: as there; ArchiveHostile for a worker that misbehaved; WorkerUnavailable.
[[nodiscard]] Result<std::optional<QList<Member>>> membersByIndexInWorker(const ArchiveFile &archive, const Limits &limits, bool withHashes,
                                                                          Monitor &monitor, const WorkerTerms &terms);

}  // namespace strongroom::storage
