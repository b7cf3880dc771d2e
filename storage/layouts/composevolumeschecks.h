// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What can be wrong with a compose stack's volumes and backups. Reports; changes nothing.

#include "storage/finding.h"
#include "storage/layouts/composevolumesfinder.h"

namespace strongroom::storage::compose {

/// Damaged when a file the application cannot start without is broken, Locked while a server seems to run
/// on it (a file copy of it is then no backup), Ok otherwise. Small reads only.
[[nodiscard]] ItemState stateOfVolume(const Tree &tree, const Volume &volume);

void reportUnreadable(const Volume &volume, const RelPath &path, qint64 count, const FindingSink &findings);
void reportControlFile(const Tree &tree, const Volume &volume, const FindingSink &findings);
/// Volumes that the compose file declares and that are not on disk, where volumes are on disk at all.
void reportMissingVolumes(const Stack &stack, const FindingSink &findings);

/// Everything about one volume, control file and links included. Reads append-only files whole.
/// Errors: Cancelled, or the volume cannot be walked.
[[nodiscard]] Result<void> checkVolume(const Tree &tree, const Volume &volume, const FindingSink &findings, Monitor &monitor);
/// Dumps: empty, cut short, or left by an interrupted run. Errors: Cancelled.
[[nodiscard]] Result<void> checkProject(const Tree &tree, const Project &project, const FindingSink &findings, Monitor &monitor);

}  // namespace strongroom::storage::compose
