// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/listing.h"

#include "storage/archive/ownindex.h"
#include "storage/worker/indexworker.h"
#include "storage/worker/protocol.h"
#include "storage/worker/worker.h"

namespace strongroom::storage {

Result<std::optional<QList<Member>>> listVerified(const ArchiveFile &archive, const VerificationLog &log, bool withHashes, Monitor &monitor)
{
    const auto known = log.find(archive.stamp());
    if (!known || known->verdict != Verdict::Verified)
        return std::nullopt;
    const Limits limits = Limits::production();
    auto members = hasWorkerProgram()
        ? membersByIndexInWorker(archive, limits, withHashes, monitor, workerTerms(WorkerVerb::Index, archive.size(), limits))
        : membersByIndex(archive, limits, withHashes, monitor);
    if (!members && members.error().code != ErrorCode::Cancelled && members.error().code != ErrorCode::WorkerUnavailable)
        return std::nullopt;   // what is wrong with it an inspection says better
    return members;
}

}  // namespace strongroom::storage
