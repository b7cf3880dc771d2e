// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What is in an archive beyond names: whose data it is and which items it holds. Says nothing about whether
// it is sound (inspection.h does). Like there, foreign bytes are read in a worker where there is one.

#include "storage/verdict/readhere.h"

namespace strongroom::storage {

/// Reads the archive once. Begins Phase::Reading. Errors: those of readMembers; WorkerUnavailable.
[[nodiscard]] Result<ArchiveSurvey> surveyArchive(const ArchiveFile &archive, const Limits &limits, const SurveyRequest &request,
                                                  Monitor &monitor);

/// What the ends of each archive tell: of no use as a verdict. One answer an archive, in order; an archive
/// that goes wrong tells nothing. Costs one process for many archives. Errors: Cancelled, WorkerUnavailable.
[[nodiscard]] Result<QList<ArchiveGlance>> glanceAtArchives(const QList<const ArchiveFile *> &archives, Guess guess, Monitor &monitor);

}  // namespace strongroom::storage
