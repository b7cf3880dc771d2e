// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/inspection.h"

#include "storage/ops/layoutverdict.h"
#include "storage/worker/worker.h"
#include "storage/worker/workerprocess.h"

namespace strongroom::storage {

Result<Judgement> inspectHere(const ArchiveFile &archive, const Limits &limits, Monitor &monitor)
{
    STRONGROOM_TRY(Judgement judgement, judgeArchive(archive, limits, monitor));
    judgeByLayout(judgement, monitor);
    return judgement;
}

Result<Judgement> inspectArchive(const ArchiveFile &archive, const Limits &limits, Monitor &monitor)
{
    if (hasWorkerProgram())
        return inspectInWorker(archive, limits, monitor, workerTerms(WorkerVerb::Inspect, archive.size(), limits));
    auto judgement = inspectHere(archive, limits, monitor);
    if (judgement && judgement->manifest)
        judgement->manifest->entries.clear();   // the same on both ways: they are the members
    return judgement;
}

}  // namespace strongroom::storage
