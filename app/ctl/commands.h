// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The commands by name; each stands at the end of its own file.

#include "app/ctl/command.h"

namespace strongroom::app::ctl {

const Command &inspectCommand();
const Command &listCommand();
const Command &showCommand();
const Command &backupCommand();
const Command &archivesCommand();
const Command &contentsCommand();
const Command &verifyCommand();
const Command &restoreCommand();
const Command &undoCommand();
const Command &recoverCommand();
const Command &compareCommand();
const Command &demoCommand();
const Command &helpCommand();

}  // namespace strongroom::app::ctl
