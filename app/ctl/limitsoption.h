// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// --limits: how much an archive may ask of us. For the commands that judge one.

#include "app/ctl/command.h"
#include "storage/archive/limits.h"

namespace strongroom::app::ctl {

void addLimitsOption(QCommandLineParser &parser);
/// Errors: Usage.
[[nodiscard]] storage::Result<storage::Limits> limitsOf(const QCommandLineParser &parser, const Command &command);

}  // namespace strongroom::app::ctl
