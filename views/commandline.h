// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the operator would type to do the same with strongroomctl. Words of a command line are not translated.

#include "storage/ops/backup.h"
#include "storage/ops/restore.h"

#include <QString>

namespace strongroom::views {

/// Quoted for a POSIX shell; names that are no UTF-8 come as $'...' with octal bytes.
[[nodiscard]] QString shellQuoted(const QByteArray &word);
[[nodiscard]] QString commandLineOf(const storage::BackupRequest &request);
[[nodiscard]] QString commandLineOf(const storage::RestoreRequest &request);
[[nodiscard]] QString undoCommandLine(const QByteArray &directory);

}  // namespace strongroom::views
