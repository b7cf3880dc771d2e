// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Values as people read them: translated words for our enums and codes, numbers and times in the
// operator's locale. The one place of models/ and views/ for these; no icons, no colours.

#include "models/job.h"
#include "storage/archive/inspect.h"
#include "storage/catalog.h"
#include "storage/finding.h"
#include "storage/plan.h"
#include "storage/report.h"

#include <QDateTime>
#include <QString>

#include <chrono>

namespace strongroom::models {

[[nodiscard]] QString unknownText();                       ///< "–", shown where the data cannot say
[[nodiscard]] QString unknownToolTip();                    ///< "unknown"

[[nodiscard]] QString formatBytes(qint64 bytes);           ///< IEC: "1.5 MiB"
[[nodiscard]] QString formatExactBytes(qint64 bytes);      ///< "1,572,864 bytes"
[[nodiscard]] QString formatNumber(qint64 number);
[[nodiscard]] QString formatCount(const storage::Count &count);   ///< unknownText() for nullopt
[[nodiscard]] QString formatTime(const QDateTime &time);          ///< short, local; unknownText() for an invalid one
[[nodiscard]] QString formatRate(double bytesPerSecond);          ///< "41 MiB/s"
[[nodiscard]] QString formatDuration(std::chrono::seconds seconds);   ///< "38 s", "1 min 52 s", "2 h 5 min"
/// "2 days ago", "just now"; a time after `now` is given as formatTime. unknownText() for an invalid one.
[[nodiscard]] QString formatAge(const QDateTime &time, const QDateTime &now);

[[nodiscard]] QString columnTitle(storage::Column column);
[[nodiscard]] QString kindTitle(storage::ItemKind kind);          ///< "Sessions"
[[nodiscard]] QString kindTitleSingular(storage::ItemKind kind);  ///< "Session"
[[nodiscard]] QString itemStateText(storage::ItemState state);
[[nodiscard]] QString volumeClassText(storage::VolumeClass volumeClass);
[[nodiscard]] QString phaseText(storage::Phase phase);
[[nodiscard]] QString jobStateText(JobState state);
[[nodiscard]] QString operationText(storage::Operation operation);     ///< "Restore"
[[nodiscard]] QString verbText(storage::Verb verb);                    ///< "Removed", as a preview heading
[[nodiscard]] QString reasonText(const QString &reason);               ///< of a step; unknown words as they are
[[nodiscard]] QString verdictText(storage::Verdict verdict);
[[nodiscard]] QString severityText(storage::Severity severity);
[[nodiscard]] QString severityWord(storage::Severity severity);        ///< stable: "error"
[[nodiscard]] QString layoutTitle(const QString &layoutId);            ///< translated; unknown ids as they are
[[nodiscard]] QString scopeText(const QString &scope);                 ///< "Everything", "Volume media"
[[nodiscard]] QString factTitle(const QString &key);                   ///< known keys translated, others as they are
[[nodiscard]] QString outcomeText(storage::Outcome outcome);

}  // namespace strongroom::models
