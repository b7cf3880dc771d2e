// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Writes one healthy data directory of every layout, for trying out and for tests. Everything in it is
// made up; nothing is copied from a real system.

#include "storage/error.h"
#include "storage/monitor.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>

namespace strongroom::storage {

inline constexpr int kMaxFolderSessions = 10'000;

struct DemoOptions {
    int sessions = 0;        ///< 0 = a handful; otherwise this many in document-sessions, and up to
                             ///< kMaxFolderSessions of them (three files each) in its folders variant
    QDateTime now;           ///< UTC; times in the samples are a little before it
};

struct DemoDirectory {
    QByteArray path;         ///< absolute
    QString layout;
    QString variant;
};

/// Creates `folder` (its parent must exist) and one data directory per layout and variant in it.
/// Deterministic but for `now`. Errors: AlreadyExists when `folder` is not empty; by errno.
[[nodiscard]] Result<QList<DemoDirectory>> writeDemo(const QByteArray &folder, const DemoOptions &options, Monitor &monitor);

}  // namespace strongroom::storage
