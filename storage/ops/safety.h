// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a restore put aside, putting it back (undo), and cleaning up after a crash (recover).

#include "storage/monitor.h"
#include "storage/plan.h"
#include "storage/report.h"

#include <QDateTime>

namespace strongroom::storage {

struct SafetyCopy {
    QByteArray path;            ///< absolute, beside the data directory
    QByteArray directory;       ///< the data directory it belongs to
    Operation operation = Operation::Restore;
    QDateTime created;          ///< UTC, when it was put aside
    QByteArray archive;         ///< what was restored then; may be empty
    QStringList targets;        ///< paths it covers, relative to the data directory; "" = all of it
    qint64 bytes = -1;          ///< -1 = not counted yet
};

/// Newest first. Reads names and small notes only. `directory` need not exist.
[[nodiscard]] Result<QList<SafetyCopy>> listSafetyCopies(const QByteArray &directory);

/// Plan to put the newest safety copy back. Errors: NothingToUndo, Locked, PermissionDenied.
[[nodiscard]] Result<Plan> planUndo(const QByteArray &directory, Monitor &monitor);
/// What is replaced becomes a safety copy itself, so an undo can be undone.
[[nodiscard]] Report runUndo(const QByteArray &directory, const Plan &plan, const QDateTime &now, Monitor &monitor);

struct Recovered {
    QString operation;     ///< "restore", "undo", "backup"
    QString outcome;       ///< "finished", "rolled-back", "removed"
    QByteArray path;
};

/// Finishes or rolls back what a crash left beside `directory`. Idempotent; nothing to do is an empty list.
/// Decides by the inode a name has, never by the text of a state. Errors: Locked, by cause.
[[nodiscard]] Result<QList<Recovered>> recover(const QByteArray &directory, Monitor &monitor);
/// True when recover() has something to do. Creates and changes nothing. Errors: by cause.
[[nodiscard]] Result<bool> isUnfinished(const QByteArray &directory);
/// Paths of what recoverBackupFolder() would remove. Changes nothing.
[[nodiscard]] Result<QList<QByteArray>> unfinishedBackups(const QByteArray &folder, Monitor &monitor);
/// The same as recover() for unfinished archives (`*.partial`, whose writer is dead) in a backup folder. Only files that
/// nobody but this user may read are taken for ours.
[[nodiscard]] Result<QList<Recovered>> recoverBackupFolder(const QByteArray &folder, Monitor &monitor);

}  // namespace strongroom::storage
