// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a prepared restore holds between plan and run. For restore*.cpp and their tests only.

#include "storage/datadirectory.h"
#include "storage/ops/restore.h"
#include "storage/ops/transaction.h"

#include <QHash>
#include <QSet>

namespace strongroom::storage {

struct PreparedRestore::Data {
    RestoreRequest request;
    ArchiveFile archive;
    Judgement judgement;
    Plan plan;
    bool trusted = false;                  ///< our own manifest, verified
    Beside beside;                         ///< of the final target
    std::optional<FileStamp> target;       ///< the data directory as planned; absent = it will be created
    RelPath top;                           ///< of the archive, mapped onto the target
    QList<RelPath> kept;                   ///< below the data directory, left alone whatever the archive claims
    QList<Slot> slotList;
    QHash<RelPath, qsizetype> slotOf;      ///< target of a slot -> its index
    QSet<RelPath> leftOut;                 ///< member paths that are not restored
    LoneKind lone = LoneKind::None;        ///< the archive is one file of this kind
    std::optional<RelPath> lonePlace;      ///< where that belongs
    quint32 loneMode = 0600;               ///< of the file it takes the place of
    QHash<RelPath, RelPath> standIns;      ///< hard link target outside the slots -> the link that gets its content
    QList<DetectedLayout> archiveLayouts;  ///< sure ones, roots relative to the data directory
    QList<DetectedLayout> targetLayouts;   ///< of the live directory, likewise
    TransactionOptions transaction;        ///< test seam

    /// Where a member belongs, relative to the data directory; absent: outside the top folder or left out.
    [[nodiscard]] std::optional<RelPath> targetOf(const RelPath &member) const;
    /// The index of the slot that a path of the data directory is in.
    [[nodiscard]] std::optional<qsizetype> slotHolding(const RelPath &target) const;
    /// Where a member is written below the stage.
    [[nodiscard]] std::optional<RelPath> stagedPathOf(const RelPath &member) const;
    /// Permission bits a member will have (layout's secrets 0600 when foreign).
    [[nodiscard]] quint32 modeOf(const Member &member) const;
};

/// Lays out which members are left out, and how they are kept from being restored: fifos, links of foreign
/// archives, run-time files. Adds Skip steps and warnings to the plan. Errors: OutwardLink.
[[nodiscard]] Result<void> decideLeftOut(PreparedRestore::Data &data);
/// Finds the place of a file that came alone; needs the target's layouts. Adds warnings about its other half.
/// Errors: LayoutMismatch with the reason; by cause.
[[nodiscard]] Result<void> placeLoneFile(PreparedRestore::Data &data);
/// Finds the layouts on both sides; refuses an archive of another kind of data. Errors: LayoutMismatch.
[[nodiscard]] Result<void> compareLayouts(PreparedRestore::Data &data, Monitor &monitor);
/// The claims of the archive, narrowed to the scopes of manifest and request. Errors: ScopeUnknown.
[[nodiscard]] Result<QList<RelPath>> claimsInScope(const PreparedRestore::Data &data, Monitor &monitor);
/// Turns claims into slots that can be exchanged: below existing folders, never through a link, and around
/// folders of backups that the archive itself leaves out: losing them with what they protect is no restore.
/// Errors: LinkInPath, CrossDevice, PermissionDenied, ReadOnly.
[[nodiscard]] Result<void> laySlots(PreparedRestore::Data &data, const QList<RelPath> &claims);
/// Compares what the slots will hold with the live tree and appends the steps.
/// Errors: CrossDevice (something is mounted inside), LinkInPath (a link stands where the archive has a
/// folder), Cancelled, by cause.
[[nodiscard]] Result<void> appendSteps(PreparedRestore::Data &data, Monitor &monitor);

}  // namespace strongroom::storage
