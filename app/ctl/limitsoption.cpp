// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/limitsoption.h"

namespace strongroom::app::ctl {

void addLimitsOption(QCommandLineParser &parser)
{
    parser.addOption({QStringLiteral("limits"),
                      QStringLiteral("standard (default), or strict: at most 20,000 entries and 256 MiB, for archives of strangers."),
                      QStringLiteral("PROFILE")});
}

storage::Result<storage::Limits> limitsOf(const QCommandLineParser &parser, const Command &command)
{
    const QString profile = parser.value(QStringLiteral("limits"));
    if (profile == u"strict")
        return storage::Limits::strict();
    if (parser.isSet(QStringLiteral("limits")) && profile != u"standard")
        return usage(command, QStringLiteral("--limits takes standard or strict"));
    return storage::Limits::production();
}

}  // namespace strongroom::app::ctl
