// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/clock.h"

#include <QSysInfo>

namespace strongroom::models {

Clock Clock::system()
{
    return {[] { return QDateTime::currentDateTimeUtc(); }, [] { return QDateTime::currentDateTime(); },
            QSysInfo::machineHostName()};
}

Clock Clock::fixed(const QDateTime &instant, const QString &host)
{
    const QDateTime utc = instant.toUTC();
    return {[utc] { return utc; }, [utc] { return utc; }, host};
}

}  // namespace strongroom::models
