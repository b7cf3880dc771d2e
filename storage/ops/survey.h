// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What is in an archive beyond names: whose data it is and which items it holds. Says nothing about whether
// it is sound (inspection.h does). Like there, foreign bytes are read in a worker where there is one; the
// functions that end in Here are what it does.

#include "storage/archive/inspect.h"
#include "storage/datadirectory.h"

#include <QHash>

namespace strongroom::storage {

struct SurveyRequest {
    qint64 keepBytes = 0;        ///< of one file; of larger ones only the beginning is looked at
    qint64 keepTotal = 0;
    bool withItems = false;
    qsizetype maxDetailed = 0;   ///< parts are asked for when there are at most that many items
};

struct ArchiveSurvey {
    QList<DetectedLayout> layouts;          ///< falling score; roots below the archive's top folder
    QList<Item> items;
    QHash<ItemId, QList<Part>> parts;       ///< of each item that could tell them
    std::optional<Error> unlisted;          ///< why there are no items, though they were asked for
};

/// Reads the archive once. Begins Phase::Reading. Errors: those of readMembers; WorkerUnavailable.
[[nodiscard]] Result<ArchiveSurvey> surveyArchive(const ArchiveFile &archive, const Limits &limits, const SurveyRequest &request,
                                                  Monitor &monitor);
[[nodiscard]] Result<ArchiveSurvey> surveyHere(const ArchiveFile &archive, const Limits &limits, const SurveyRequest &request,
                                               Monitor &monitor);

struct ArchiveGlance {
    std::optional<Manifest> manifest;   ///< peeked at, without its entries
    QString layout;                     ///< id guessed from the beginning; empty = no idea, or not asked for
    bool encrypted = false;             ///< only a passphrase tells more
};
enum class Guess : quint8 { No, WithoutManifest };

/// What the ends of each archive tell: of no use as a verdict. One answer an archive, in order; an archive
/// that goes wrong tells nothing. Costs one process for many archives. Errors: Cancelled, WorkerUnavailable.
[[nodiscard]] Result<QList<ArchiveGlance>> glanceAtArchives(const QList<const ArchiveFile *> &archives, Guess guess, Monitor &monitor);
/// Errors: Cancelled.
[[nodiscard]] Result<ArchiveGlance> glanceHere(const ArchiveFile &archive, Guess guess, Monitor &monitor);

}  // namespace strongroom::storage
