// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// --jobs: how many threads a command may work with.

#include "app/ctl/command.h"

namespace strongroom::app::ctl {

void addJobsOption(QCommandLineParser &parser);
/// 0 = not said: as many as suit the machine. Errors: Usage.
[[nodiscard]] storage::Result<int> jobsOf(const QCommandLineParser &parser, const Command &command);

}  // namespace strongroom::app::ctl
