// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Backing up one data directory into one archive: plan, then run. See backup.cpp for the invariants.

#include "storage/archive/archivefile.h"
#include "storage/monitor.h"
#include "storage/plan.h"
#include "storage/report.h"

#include <QDateTime>

namespace strongroom::storage {

struct BackupRequest {
    QByteArray directory;                           ///< absolute path of the data directory
    QByteArray folder;                              ///< absolute path of the backup folder; must exist
    QStringList scope = {QStringLiteral("everything")};
    ArchiveFormat format = ArchiveFormat::TarGzip;
    int level = -1;
    QString name;                                   ///< file name to use, its ending is added; empty = as the guides name it
    QString note;
    bool pin = false;
    QDateTime now;                                  ///< UTC; goes into name and manifest
    QDateTime localNow;                             ///< local time of the same instant, for the file name
    QString host;
    /// Absolute path of the folder where is kept what the next backup may take over (reusetable.h); empty = everything is
    /// read, and nothing is kept.
    QByteArray reuseTables;
    bool reread = false;                            ///< read everything, whatever the last backup has of it
    int rereadEvery = 10;                           ///< of so many backups one reads everything
    int jobs = 0;                                   ///< worker threads; 0 = cores, 1 = everything in the caller
};

/// Reads names and stamps only. One Archive step per top-level entry of the directory (or of the scope),
/// one Skip step with its reason per thing left out; totals are what will be read.
/// Reasons of Skip steps: run-time-file, own-leftover, special-file, backup-folder, unreadable.
/// Errors: NotFound, NotADirectory, PermissionDenied, ScopeUnknown, DiskFull (preflight), AlreadyExists,
/// BadPath (the backup folder is the data directory itself), BadName, Cancelled.
[[nodiscard]] Result<Plan> planBackup(const BackupRequest &request, Monitor &monitor);

/// Writes `NAME.partial`, syncs, reads it back whole and verifies it, renames, syncs the folder, writes
/// `NAME.sha256`. After a failure or cancel nothing of it is left. Never throws, always reports.
/// Archive steps that are not enabled are left out. Codes of warnings: vanished, unreadable, changed,
/// json-invalid, database-unreadable, sidecar-missing. Waits for nobody: a directory that a restore holds
/// is Locked.
[[nodiscard]] Report runBackup(const BackupRequest &request, const Plan &plan, Monitor &monitor);

}  // namespace strongroom::storage
