// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"

namespace strongroom::app::ctl {

const QList<const Command *> &allCommands()
{
    static const QList<const Command *> commands = {
        &inspectCommand(), &listCommand(), &showCommand(), &backupCommand(), &archivesCommand(), &contentsCommand(),
        &verifyCommand(), &restoreCommand(), &undoCommand(), &recoverCommand(), &compareCommand(), &demoCommand(),
        &helpCommand(),
    };
    return commands;
}

const Command *commandByName(QStringView name)
{
    for (const Command *command : allCommands()) {
        if (command->name() == name)
            return command;
    }
    return nullptr;
}

}  // namespace strongroom::app::ctl
