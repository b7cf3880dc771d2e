// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The questions of verdict/readhere.h put to a worker. What comes back is for showing and for comparing with what
// the judge said; nothing is decided by it alone.

#include "storage/verdict/readhere.h"
#include "storage/worker/wire.h"
#include "storage/worker/workerprocess.h"

namespace strongroom::storage {

/// Archives that one worker is given to glance at.
inline constexpr qsizetype kMaxGlances = 64;

[[nodiscard]] WorkerTerms surveyTerms(const ArchiveFile &archive, const Limits &limits);
[[nodiscard]] WorkerTerms glanceTerms();

/// Errors: as surveyArchive(); ArchiveHostile for a worker that misbehaved.
[[nodiscard]] Result<ArchiveSurvey> surveyInWorker(const ArchiveFile &archive, const Limits &limits, const SurveyRequest &request,
                                                   Monitor &monitor, const WorkerTerms &terms);
/// One worker for up to kMaxGlances archives; where one ends badly, the archive it was at tells nothing and
/// the next worker begins behind it. Errors: WorkerUnavailable, Cancelled.
[[nodiscard]] Result<QList<ArchiveGlance>> glanceInWorkers(const QList<const ArchiveFile *> &archives, Guess guess, Monitor &monitor,
                                                           const WorkerTerms &terms);

void put(WireWriter &out, const SurveyRequest &request);
[[nodiscard]] SurveyRequest takeSurveyRequest(WireReader &in);
void put(WireWriter &out, const DetectedLayout &layout);
void put(WireWriter &out, const Item &item);
void put(WireWriter &out, const ArchiveGlance &glance);
/// A part of an item; null = the item is known to have been asked.
void put(WireWriter &out, const ItemId &id, const Part *part);

}  // namespace strongroom::storage
