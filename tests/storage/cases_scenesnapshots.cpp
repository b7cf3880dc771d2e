// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/storage/layoutcases.h"
#include "tests/storage/picklebytes.h"

namespace strongroom::tests {

namespace {

void plant(DataDirBuilder &dir)
{
    const QByteArray current = pkl::snapshot(1736692345.0, "shutdown", 5);
    dir.file("server/data/session_snapshot.pkl", current)
        .file("server/data/session_metadata.json", R"({"timestamp": 1736692345.0, "datetime": "2025-01-12T14:32:25", "reason": "shutdown", "initialized": true, "node_count": 0})")
        .file("server/data/backups/snapshot_20250112_143025.pkl", pkl::snapshot(1736692225.0, "auto-save", 4))
        .file("server/data/backups/snapshot_20250112_143225.pkl", current)
        .file("server/data/manual_backup_20250112_141825.pkl", pkl::snapshot(1736691505.0, "periodic", 3))
        .file("server/.env", QByteArray("ADMIN_PASSWORD=") + kCanary + "\nSERVER_PASSWORD=" + kCanary + "\nSAVE_INTERVAL=120\nMAX_BACKUPS=10\n");
}

void damage(DataDirBuilder &dir)
{
    const QByteArray whole = dir.read("server/data/session_snapshot.pkl");
    dir.file("server/data/session_snapshot.pkl", whole.left(whole.size() / 2));
}

}  // namespace

QList<LayoutCase> sceneSnapshotsCases()
{
    LayoutCase c;
    c.name = "scene-snapshots";
    c.layout = QStringLiteral("scene-snapshots");
    c.root = "server/data";
    c.counts = {0, 0, 0, 4};
    c.plant = plant;
    c.damage = damage;
    c.damagedCode = QStringLiteral("pickle-truncated");
    c.damagedCounts = c.counts;
    return {c};
}

}  // namespace strongroom::tests
