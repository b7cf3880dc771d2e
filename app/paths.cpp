// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/paths.h"

namespace strongroom::app {

namespace {

/// A base folder of the specification, which ignores a relative value.
QByteArray ownFolder(const char *variable, const char *belowHome)
{
    const QByteArray base = qgetenv(variable);
    if (base.startsWith('/'))
        return base + "/strongroom";
    const QByteArray home = qgetenv("HOME");
    return home.startsWith('/') ? home + belowHome + "/strongroom" : QByteArray();
}

}  // namespace

QByteArray stateFolder()
{
    return ownFolder("XDG_STATE_HOME", "/.local/state");
}

QByteArray reuseFolder()
{
    const QByteArray cache = ownFolder("XDG_CACHE_HOME", "/.cache");
    return cache.isEmpty() ? cache : cache + "/reuse";
}

QByteArray verificationLogFile()
{
    const QByteArray folder = stateFolder();
    return folder.isEmpty() ? QByteArray() : folder + "/verified.jsonl";
}

}  // namespace strongroom::app
