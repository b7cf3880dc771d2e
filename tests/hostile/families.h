// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Every way we know in which an archive can be wrong, each built here byte for byte, with the fate it must have.
// The programs are held to them by tst_hostile and tst_hostiledrop, with no help from outside. Where the generated
// set is at hand, tst_hostile also holds this one against it: a family of that set that is not here fails.

#include "tests/support/archivebuilder.h"

#include <QByteArray>
#include <QList>

#include <functional>
#include <optional>
#include <utility>

namespace strongroom::tests {

enum class Fate {
    Accepted,           ///< restored: exactly what is expected, nothing else
    Refused,            ///< before anything is written, for the reason named
    RefusedOverALink,   ///< good by itself, refused where the target has a link in its way
};

/// Paths below the target and what must be there after a restore; nothing = an empty folder.
using Expected = QList<std::pair<QByteArray, std::optional<QByteArray>>>;

/// One archive of a family. A family may have several, under one name.
struct FamilyCase {
    QByteArray family;
    Fate fate = Fate::Refused;
    /// Refused: what the reason given must contain, so that it is refused for what it is and not for another slip.
    QByteArray reason;
    /// The bytes of the archive, made when they are wanted: some are large.
    std::function<QByteArray()> build;
    Expected expected = {};   ///< of an accepted one
    /// What the .sha256 beside it says, given the name that the archive has there; unset = there is none.
    std::function<QByteArray(const QByteArray &name)> sidecar = {};
    QByteArray ending = ".tar.gz";   ///< of its name as a file, right or wrong
};

/// What archives that try to get out aim at: a folder of the test, absolute, with nothing in it.
struct Aim {
    QByteArray canary;
};

/// The members of a small healthy data directory of sessions below data/, to which a family adds what is wrong with it.
[[nodiscard]] TarBuilder healthyData();
/// What a restore of those leaves.
[[nodiscard]] Expected healthyContent();

/// One room each; together they are all there is. An aim is used by those that name an absolute place.
[[nodiscard]] QList<FamilyCase> bombFamilies();
[[nodiscard]] QList<FamilyCase> compressionFamilies();
[[nodiscard]] QList<FamilyCase> contentFamilies();
[[nodiscard]] QList<FamilyCase> controlFamilies();
[[nodiscard]] QList<FamilyCase> duplicateFamilies();
[[nodiscard]] QList<FamilyCase> extensionFamilies(const Aim &aim);
[[nodiscard]] QList<FamilyCase> headerFamilies();
[[nodiscard]] QList<FamilyCase> linkFamilies(const Aim &aim);
[[nodiscard]] QList<FamilyCase> manifestFamilies(const Aim &aim);
[[nodiscard]] QList<FamilyCase> nameFamilies();
[[nodiscard]] QList<FamilyCase> nodeFamilies();
[[nodiscard]] QList<FamilyCase> pathFamilies(const Aim &aim);
[[nodiscard]] QList<FamilyCase> sweepFamilies();
[[nodiscard]] QList<FamilyCase> wrongKindFamilies();
[[nodiscard]] QList<FamilyCase> zipFamilies(const Aim &aim);

/// How many families there are.
inline constexpr qsizetype kFamilies = 467;
/// All of them, in that order.
[[nodiscard]] QList<FamilyCase> allFamilies(const Aim &aim);

}  // namespace strongroom::tests
