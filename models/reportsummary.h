// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a report comes down to for a message bar, a notification and the log of a job.

#include "storage/report.h"

#include <QStringList>

namespace strongroom::models {

/// A report as a few words for a message bar and the activity list.
struct ReportSummary {
    storage::Operation operation = storage::Operation::Backup;
    storage::Outcome outcome = storage::Outcome::Failed;
    QString headline;          ///< one translated sentence, numbers first: "Backed up media: 52 MiB in 41 s, verified."
    QStringList details;       ///< translated sentences: error's why and next step, then each warning
    QByteArray directory;
    QByteArray archive;
    bool canUndo = false;      ///< a safety copy was kept
};
[[nodiscard]] ReportSummary summarize(const storage::Report &report);

}  // namespace strongroom::models
