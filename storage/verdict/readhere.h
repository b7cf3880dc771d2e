// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What there is to know of an archive that somebody gave us, found out in the process that calls: the whole
// verdict, whose data it is with the items it holds, a glance at its ends. Foreign bytes belong into a worker,
// which is what calls this; everybody else asks ops/inspection.h and ops/survey.h.

#include "storage/archive/inspect.h"
#include "storage/datadirectory.h"

#include <QHash>

namespace strongroom::storage {

class Scratch;

/// Whom an inspection may lean on. Not owned.
struct InspectionAids {
    SideThread *side = nullptr;       ///< unpacks ahead
    MemberSink *listener = nullptr;   ///< hears of the end of every member, before there is a verdict
};

/// Reads everything, writes nothing. A bad archive is a verdict, not an error. Large databases and pickles, and
/// archives within the archive, go through `scratch` (spool.h). Errors: Cancelled, ReadFailed of the file itself.
[[nodiscard]] Result<Judgement> inspectHere(const ArchiveFile &archive, const Limits &limits, Scratch &scratch, Monitor &monitor,
                                            const InspectionAids &aids = {});

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

/// Reads the archive once. Begins Phase::Reading. Errors: those of readMembers.
[[nodiscard]] Result<ArchiveSurvey> surveyHere(const ArchiveFile &archive, const Limits &limits, const SurveyRequest &request,
                                               Monitor &monitor);

struct ArchiveGlance {
    std::optional<Manifest> manifest;   ///< peeked at, without its entries
    QString layout;                     ///< id guessed from the beginning; empty = no idea, or not asked for
    bool encrypted = false;             ///< only a passphrase tells more
};
enum class Guess : quint8 { No, WithoutManifest };

/// What the ends of an archive tell: of no use as a verdict. One that goes wrong tells nothing. Errors: Cancelled.
[[nodiscard]] Result<ArchiveGlance> glanceHere(const ArchiveFile &archive, Guess guess, Monitor &monitor);

}  // namespace strongroom::storage
