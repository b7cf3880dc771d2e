// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What happened. After the first write there is no clean "failed": a run always delivers a report.

#include "storage/plan.h"

#include <QDateTime>
#include <QJsonObject>

namespace strongroom::storage {

enum class Outcome : quint8 { Succeeded, CompletedWithWarnings, Failed, Cancelled };
[[nodiscard]] QString outcomeWord(Outcome outcome);  ///< "succeeded", "completed-with-warnings", ...

struct StepResult {
    int step = -1;                 ///< index into the plan's steps; -1 = not a planned step
    QString outcome;               ///< "done", "skipped", "changed", "failed"
    QByteArray path;
    std::optional<Error> error;
};

struct Report {
    Operation operation = Operation::Backup;
    Outcome outcome = Outcome::Failed;
    QByteArray directory;
    QByteArray archive;              ///< written or read
    QDateTime started;               ///< UTC, given by the caller
    qint64 milliseconds = 0;
    std::optional<Error> error;      ///< why it failed or was refused
    bool rolledBack = false;         ///< a failure or cancel left everything as it was
    QList<PlanWarning> warnings;
    QList<StepResult> results;       ///< what did not go as planned; "done" steps are only counted

    // restore, undo
    qint64 created = 0;
    qint64 replaced = 0;
    qint64 removed = 0;
    qint64 kept = 0;
    qint64 bytes = 0;                ///< restored content, or archive size for a backup
    QByteArray safetyCopy;           ///< absolute path of what was put aside; empty = nothing was
    // backup
    qint64 members = 0;
    qint64 takenOver = 0;            ///< members that were copied, packed, from the archive before
    QByteArray sha256Hex;            ///< of the archive file
    QString consistency;             ///< "locked", "stable", "snapshot", "partial"
    bool verified = false;

    [[nodiscard]] bool succeeded() const { return outcome == Outcome::Succeeded || outcome == Outcome::CompletedWithWarnings; }
    [[nodiscard]] QJsonObject toJson() const;
    /// A report for something that could not even start.
    [[nodiscard]] static Report failed(Operation operation, Error error);
};

[[nodiscard]] QJsonObject warningToJson(const PlanWarning &warning);
/// {"code","message","path","hint"} as the headless contract has it.
[[nodiscard]] QJsonObject errorToJson(const Error &error);

}  // namespace strongroom::storage
