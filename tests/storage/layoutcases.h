// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The rows of the conformance suite: one healthy tree of every layout and variant, and what must be true
// of it. A new layout adds its cases_<layout>.cpp, a declaration and a line in layoutCases() below.

#include "storage/item.h"
#include "tests/support/datadirbuilder.h"

#include <QList>
#include <QString>

#include <array>
#include <functional>

namespace strongroom::tests {

struct LayoutCase {
    QByteArray name;                  ///< row name: "document-sessions/files"
    QString layout;                   ///< expected id
    QString variant;                  ///< expected variant
    QByteArray root;                  ///< where it begins below the opened folder; empty = there
    std::array<qint64, 4> counts = {};   ///< sessions, entities, volumes, snapshots
    /// Plants a healthy tree. Secrets in it contain kCanary.
    std::function<void(DataDirBuilder &)> plant;
    /// Breaks the metadata of one item of a healthy tree, as a crash does.
    std::function<void(DataDirBuilder &)> damage;
    QString damagedCode;              ///< the finding scan must give then
    qint64 damagedItems = 1;          ///< items in state damaged then (0 = the store as a whole is unreadable)
    std::array<qint64, 4> damagedCounts = {};   ///< items still listed then
};

/// Part of every secret that a case plants: it must not occur in anything that leaves storage. Long hex, so
/// that it is a believable key.
inline constexpr char kCanary[] = "c0ffee5ec2e7badcab1e";

struct SampleCase {
    QString sample;                   ///< ../shared/samples/NAME.tar.gz
    QString layout;
    QString variant;
    QByteArray root;                  ///< below the archive's top folder
    std::array<qint64, 4> counts = {};
};

// One function per layout; cases_<layout>.cpp.
QList<LayoutCase> composeVolumesCases();
QList<LayoutCase> plainDirectoryCases();
QList<LayoutCase> entityRagCases();
QList<LayoutCase> sceneSnapshotsCases();
QList<LayoutCase> documentSessionsCases();
QList<LayoutCase> sqliteAppCases();

inline QList<LayoutCase> layoutCases()
{
    QList<LayoutCase> cases;
    cases += composeVolumesCases();
    cases += plainDirectoryCases();
    cases += entityRagCases();
    cases += sceneSnapshotsCases();
    cases += documentSessionsCases();
    cases += sqliteAppCases();
    return cases;
}

/// What the real samples must be recognised as. Names without a layout in the registry are skipped, and said.
inline QList<SampleCase> sampleCases()
{
    return {
        {QStringLiteral("doco"), QStringLiteral("document-sessions"), QStringLiteral("files"), "data", {4, 0, 0, 0}},
        {QStringLiteral("doco-guide"), QStringLiteral("document-sessions"), QStringLiteral("folders"), "data", {4, 0, 0, 0}},
        {QStringLiteral("compose"), QStringLiteral("compose-volumes"), {}, {}, {0, 0, 6, 0}},
        {QStringLiteral("pwa"), QStringLiteral("sqlite-app"), {}, "data", {3, 0, 0, 0}},
        {QStringLiteral("rag"), QStringLiteral("entity-rag"), QStringLiteral("released"), "data", {4, 4, 0, 0}},
        {QStringLiteral("rag-guide"), QStringLiteral("entity-rag"), QStringLiteral("guide"), "data", {3, 3, 0, 0}},
        {QStringLiteral("blender"), QStringLiteral("scene-snapshots"), {}, "server/data", {0, 0, 0, 12}},
    };
}

}  // namespace strongroom::tests
