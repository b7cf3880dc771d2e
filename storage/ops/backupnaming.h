// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How an archive is called, and where it stands in the row of archives of its source.

#include "storage/ops/backupselection.h"

namespace strongroom::storage {

/// `<source>_<scope>_backup_YYYYMMDD_HHMMSS.tar.gz`, `full_backup_...` for a whole compose stack, or the
/// name that was asked for, with the format's ending. Made of local time, as the guides have it.
/// A name of ours that is taken gets -2, -3, ...; one that was asked for is AlreadyExists.
/// Errors: AlreadyExists, BadName, by errno.
[[nodiscard]] Result<QByteArray> chooseArchiveName(const BackupRequest &request, const BackupSelection &selection);

/// One more than the highest sequence of the archives of `request.directory` in the backup folder. What
/// cannot be read counts as absent. Errors: Cancelled, the folder cannot be read.
[[nodiscard]] Result<qint64> nextSequence(const BackupRequest &request, const BackupSelection &selection, Monitor &monitor);

}  // namespace strongroom::storage
