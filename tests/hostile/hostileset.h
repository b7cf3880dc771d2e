// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Sets of hostile archives as files, ready to be given to a program: our own families, and the generated set of the
// shared folder where that is at hand. Both are lists of one type, so that what is asked of one is asked of the other.

#include "tests/hostile/families.h"
#include "tests/support/datadirbuilder.h"

#include <QHash>
#include <QSet>

namespace strongroom::tests {

/// One archive in a file, and what must become of it.
struct HostileCase {
    QString id;          ///< to name it by
    QByteArray family;
    QByteArray path;     ///< absolute
    Fate fate = Fate::Refused;
    QHash<QByteArray, QByteArray> expected;   ///< path below the target -> SHA-256 in hex; empty = an empty folder
};

/// allFamilies() in a new `folder` of `dir`, sidecars beside their archives.
[[nodiscard]] QList<HostileCase> ownSet(DataDirBuilder &dir, const QByteArray &folder, const Aim &aim);
/// The generated set in a new `folder` of `dir`; none without the shared folder or python3. Takes its time.
[[nodiscard]] QList<HostileCase> generatedSet(DataDirBuilder &dir, const QByteArray &folder, const Aim &aim);

/// The fates that each family has in it, for comparing sets.
[[nodiscard]] QHash<QByteArray, QSet<Fate>> fatesOf(const QList<HostileCase> &cases);

}  // namespace strongroom::tests
