// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/paths.h"

namespace strongroom::app {

QByteArray stateFolder()
{
    // The specification ignores a relative value.
    const QByteArray state = qgetenv("XDG_STATE_HOME");
    if (state.startsWith('/'))
        return state + "/strongroom";
    const QByteArray home = qgetenv("HOME");
    return home.startsWith('/') ? home + "/.local/state/strongroom" : QByteArray();
}

QByteArray verificationLogFile()
{
    const QByteArray folder = stateFolder();
    return folder.isEmpty() ? QByteArray() : folder + "/verified.jsonl";
}

}  // namespace strongroom::app
