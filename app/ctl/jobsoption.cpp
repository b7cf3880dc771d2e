// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/jobsoption.h"

namespace strongroom::app::ctl {

void addJobsOption(QCommandLineParser &parser)
{
    parser.addOption({QStringLiteral("jobs"), QStringLiteral("Worker threads; 1 = none."), QStringLiteral("N")});
}

storage::Result<int> jobsOf(const QCommandLineParser &parser, const Command &command)
{
    constexpr int kMost = 256;
    if (!parser.isSet(QStringLiteral("jobs")))
        return 0;
    bool ok = false;
    const int jobs = parser.value(QStringLiteral("jobs")).toInt(&ok);
    if (!ok || jobs < 0 || jobs > kMost)
        return usage(command, QStringLiteral("--jobs takes a number from 0 to %1").arg(kMost));
    return jobs;
}

}  // namespace strongroom::app::ctl
