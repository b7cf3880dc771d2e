// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/inspection.h"

#include "storage/sidethread.h"
#include "storage/verdict/readhere.h"
#include "storage/verdict/spool.h"
#include "storage/worker/worker.h"
#include "storage/worker/workerprocess.h"

namespace strongroom::storage {

Result<Judgement> inspectArchive(const ArchiveFile &archive, const Limits &limits, Monitor &monitor, int jobs)
{
    if (hasWorkerProgram())
        return inspectInWorker(archive, limits, monitor, workerTerms(WorkerVerb::Inspect, archive.size(), limits, jobs));
    Scratch scratch;
    const auto side = SideThread::startFor(jobs);
    auto judgement = inspectHere(archive, limits, scratch, monitor, {.side = side.get()});
    if (judgement && judgement->manifest)
        judgement->manifest->entries.clear();   // the same on both ways: they are the members
    return judgement;
}

}  // namespace strongroom::storage
