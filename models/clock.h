// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where "now" and "here" come from. Storage never asks the wall clock; models ask this, and tests give
// their own.

#include <QDateTime>
#include <QString>

#include <functional>

namespace strongroom::models {

/// Functions may be called from any thread at the same time.
struct Clock {
    std::function<QDateTime()> utcNow;     ///< UTC
    std::function<QDateTime()> localNow;   ///< the same instant in local time, for file names
    QString host;                          ///< name of this machine, for manifests

    [[nodiscard]] static Clock system();
    /// Always `instant`, local time = UTC; for tests.
    [[nodiscard]] static Clock fixed(const QDateTime &instant, const QString &host);
};

}  // namespace strongroom::models
