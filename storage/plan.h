// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What will be done, as one type for backup, restore, undo and all that follows: hence one preview, one
// model, one executor discipline: re-check the stamp -> act -> record.

#include "storage/error.h"
#include "storage/filestamp.h"
#include "storage/relpath.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <array>
#include <optional>

namespace strongroom::storage {

enum class Operation : quint8 { Backup, Restore, Undo, Recover, Repair, Cleanup, Prune };
[[nodiscard]] QString operationWord(Operation operation);

/// What one step does. The order is the order of the preview: what is lost comes first.
enum class Verb : quint8 { Remove, Replace, Create, Keep, Archive, Skip };
inline constexpr int kVerbCount = 6;
[[nodiscard]] QString verbWord(Verb verb);  ///< "remove", "replace", ...

struct Step {
    Verb verb = Verb::Keep;
    RelPath part;                     ///< relative to the plan's directory
    FileType type = FileType::File;
    qint64 bytes = 0;
    qint64 files = 1;                 ///< a folder step may stand for many files
    QString reason;                   ///< stable kebab word ("run-time-file", "differs", "not-in-archive"); may be empty
    std::optional<FileStamp> stamp;   ///< what the file was when planned
    bool enabled = true;
};

struct PlanWarning {
    QString code;      ///< stable kebab word
    QByteArray path;
    QString message;   ///< one sentence for people
};

struct VerbTotal {
    qint64 steps = 0;
    qint64 files = 0;
    qint64 bytes = 0;
};

struct Plan {
    Operation operation = Operation::Backup;
    QByteArray directory;            ///< absolute path of the data directory that is read or changed
    QByteArray archive;              ///< absolute path of the archive that is read or will be written
    QStringList scope;
    QList<Step> steps;
    QList<PlanWarning> warnings;
    qint64 bytesNeeded = 0;          ///< on the file system that is written to
    qint64 bytesFree = 0;
    bool replacesLiveData = false;   ///< the operator must type "yes"

    [[nodiscard]] std::array<VerbTotal, kVerbCount> totals() const;  ///< enabled steps only, by verb
    /// Steps sorted for the preview: by verb, then path.
    void sortForPreview();
    [[nodiscard]] QJsonObject toJson() const;
};

}  // namespace strongroom::storage
