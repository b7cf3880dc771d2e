// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Healthy inputs of our own making, one of each shape a target can read: where fuzzing begins.

#include <QByteArray>
#include <QList>

namespace strongroom::fuzz {

struct Target {
    const char *name;
    void (*run)(QByteArrayView);
    QList<QByteArray> (*seeds)();
};

/// Every target there is, in the order of the build's list.
[[nodiscard]] QList<Target> allTargets();

}  // namespace strongroom::fuzz
