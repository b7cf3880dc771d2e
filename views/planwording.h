// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The sentences around a plan: what is asked, about which thing, with which consequence. Words only; decides nothing.

#include "models/workspace.h"
#include "storage/ops/backup.h"
#include "storage/ops/restore.h"
#include "views/planview.h"

namespace strongroom::views {

/// Last part of an absolute path, fit for the screen.
[[nodiscard]] QString nameOf(const QByteArray &path);
[[nodiscard]] QString scopeNames(const QStringList &scope);

[[nodiscard]] PlanWording backupWording(const storage::BackupRequest &request, const storage::Plan &plan);
[[nodiscard]] PlanWording restoreWording(const storage::PreparedRestore &prepared);
[[nodiscard]] PlanWording undoWording(const QByteArray &directory, const storage::Plan &plan);

}  // namespace strongroom::views
