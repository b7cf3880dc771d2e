// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The archives of the differential test: healthy ones of every writer at hand, and the mutants made of them.

#include "tests/support/archivemutator.h"
#include "tests/support/datadirbuilder.h"

#include <QByteArray>
#include <QList>

namespace strongroom::tests {

struct Bases {
    QList<QByteArray> tars;
    QList<QByteArray> packed;   ///< taken as bytes: what is inside is somebody's own way to pack
    QList<QByteArray> zips;
};

/// Built by hand, written by our own writer, by Python's modules and by GNU tar where they are there. Small, and
/// the same bytes every time. `dir` is written to.
[[nodiscard]] Bases healthyArchives(DataDirBuilder &dir);

/// Mutant number `index` of the run `seed`: always the same one.
[[nodiscard]] Mutant mutantOf(const Bases &bases, quint32 seed, quint32 index);

}  // namespace strongroom::tests
