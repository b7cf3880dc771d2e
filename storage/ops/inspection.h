// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The whole verdict on an archive that somebody gave us: container and manifest (judgeArchive), then what the
// layout of its data says of names and content. The one road of everybody who verifies, lists, compares or
// restores; only a backup that reads back what it has just written asks judgeArchive alone.

#include "storage/archive/inspect.h"
#include "storage/monitor.h"

namespace strongroom::storage {

/// Reads everything, writes nothing. A bad archive is a verdict, not an error. Counts the bytes of the archive
/// file in `monitor` and begins no phase. Errors: Cancelled, ReadFailed of the file itself,
/// WorkerUnavailable. The manifest comes without its entries. Thread: any.
///
/// Foreign bytes are read in a worker where there is one (worker.h); one that crashes or misbehaves makes the
/// archive Hostile.
/// \param jobs  0 = a second thread unpacks ahead where there are cores for it; 1 = one thread does it all.
[[nodiscard]] Result<Judgement> inspectArchive(const ArchiveFile &archive, const Limits &limits, Monitor &monitor, int jobs = 0);

}  // namespace strongroom::storage
