// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/survey.h"

#include "storage/worker/surveyworker.h"
#include "storage/worker/worker.h"

namespace strongroom::storage {

Result<ArchiveSurvey> surveyArchive(const ArchiveFile &archive, const Limits &limits, const SurveyRequest &request, Monitor &monitor)
{
    if (hasWorkerProgram())
        return surveyInWorker(archive, limits, request, monitor, surveyTerms(archive, limits));
    return surveyHere(archive, limits, request, monitor);
}

Result<QList<ArchiveGlance>> glanceAtArchives(const QList<const ArchiveFile *> &archives, Guess guess, Monitor &monitor)
{
    if (hasWorkerProgram())
        return glanceInWorkers(archives, guess, monitor, glanceTerms());
    QList<ArchiveGlance> glances;
    for (const ArchiveFile *archive : archives) {
        STRONGROOM_TRY(ArchiveGlance glance, glanceHere(*archive, guess, monitor));
        glances.append(std::move(glance));
    }
    return glances;
}

}  // namespace strongroom::storage
