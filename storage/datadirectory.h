// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A data directory that was opened: which layouts are in it and where, with the evidence. Recognition is
// by content; ties and low scores are shown, not guessed away. Browsing goes through here; changing goes
// through ops/.

#include "storage/catalog.h"
#include "storage/dirtree.h"
#include "storage/finding.h"
#include "storage/layouts/layout.h"

#include <memory>

namespace strongroom::storage {

/// One layout found at one place of a tree.
struct DetectedLayout {
    const Layout *layout = nullptr;   ///< static lifetime, owned by the registry
    QString id;
    QString variant;                  ///< may be empty
    QString title;
    int score = 0;                    ///< 0..100
    QStringList evidence;             ///< sentences for people, untranslated facts ("data/sessions: 4 session files")
    RelPath root;                     ///< where it begins, relative to the opened directory
};

/// Below this score a layout is a guess and the console asks.
inline constexpr int kSureScore = 60;

/// Probes `tree` itself, then data, server/data and what the layouts ask for below it (compose-volumes looks
/// from the top for itself: volumes, project and backups are one stack); falling score, plain-directory last and only where nothing else was found.
/// Never fails on content: what cannot be read is evidence missing. Errors: the tree cannot be listed.
[[nodiscard]] Result<QList<DetectedLayout>> detectLayouts(const Tree &tree, Monitor &monitor);

/// True when the best two candidates for one place are so close that the operator must choose.
[[nodiscard]] bool isAmbiguous(const QList<DetectedLayout> &layouts);

/// Thread: const members from any thread concurrently. Cheap to move, not copyable.
class DataDirectory {
public:
    DataDirectory() = default;   ///< not usable; for open()
    /// \param readers threads that a scan may read with: 0 = as many as suit the machine, 1 = none but the caller's.
    [[nodiscard]] static Result<std::shared_ptr<const DataDirectory>> open(const QByteArray &path, Monitor &monitor, int readers = 1);

    [[nodiscard]] const DirTree &tree() const { return *m_tree; }
    [[nodiscard]] const QByteArray &path() const { return m_tree->path(); }
    [[nodiscard]] QString title() const;                       ///< the folder's name, displayable
    [[nodiscard]] const QList<DetectedLayout> &layouts() const { return m_layouts; }
    [[nodiscard]] bool ambiguous() const { return isAmbiguous(m_layouts); }
    /// The best one (never null: plain-directory takes what nothing else knows).
    [[nodiscard]] const DetectedLayout &primary() const { return m_layouts.first(); }
    /// Kinds of items that the layouts here can hold, in navigation order.
    [[nodiscard]] QList<ItemKind> kinds() const;

    /// Lists the items of every layout found. Paths in findings and parts are relative to path().
    [[nodiscard]] Result<void> scan(ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const;
    /// How many items of each of kinds() there are. Begins Phase::Scanning. Errors: as scan().
    [[nodiscard]] Result<QMap<ItemKind, qint64>> count(Monitor &monitor) const;
    /// One item whole. Errors: ItemUnknown.
    [[nodiscard]] Result<ItemDetails> details(const ItemId &id, Monitor &monitor) const;

private:
    std::unique_ptr<DirTree> m_tree;
    QList<DetectedLayout> m_layouts;
};

/// The same two verbs for any tree (an archive's), which must outlive the call.
[[nodiscard]] Result<void> scanTree(const Tree &tree, const QList<DetectedLayout> &layouts, ChunkBuilder &items,
                                    const FindingSink &findings, Monitor &monitor);
[[nodiscard]] Result<ItemDetails> treeDetails(const Tree &tree, const QList<DetectedLayout> &layouts, const ItemId &id,
                                              Monitor &monitor);

}  // namespace strongroom::storage
