// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How much an archive may ask of us. A profile, not constants: production limits follow from the free
// space, tests use small ones. Header chains, names and nesting keep hard caps in both.

#include <QByteArray>
#include <QList>
#include <QtGlobal>

namespace strongroom::storage {

/// What names may look like, beyond what a RelPath allows. The default asks nothing more: which alphabet an
/// area of a data directory has is for its layout to say.
struct NameRules {
    bool closedAlphabet = false;     ///< components of [A-Za-z0-9._-] only
    bool refuseCasePairs = false;    ///< no two names that differ by ASCII case only
    QList<QByteArray> freeAreas;     ///< prefixes ("media/") that both rules spare

    /// Everything closed but the areas where users name the files.
    [[nodiscard]] static NameRules structured();
};

struct Limits {
    qint64 maxBytes = 0;            ///< content of all members together
    qint64 maxEntries = 0;
    qint64 maxRatio = 0;            ///< output : archive size, judged above ratioFloor
    qint64 ratioFloor = 1 << 20;    ///< bytes of output
    qint64 announcedRatio = 0;      ///< the same of an archive that ends with our trailer
    qint64 announcedFloor = 1 << 20;
    bool announced = false;         ///< these are the wider ones, see forAnnounced()
    qint64 maxGzipMembers = 0;
    qint64 maxEmptyGzipMembers = 0; ///< those that hold nothing; with our trailer maxGzipMembers holds for them too
    qint64 maxPadding = 0;          ///< bytes of zeros behind the end mark of a tar
    /// Entries without content (files of no bytes, folders, also those that only a path names) that are always
    /// fine; beyond that many they may not outnumber the files with content by more than maxEmptyShare. Not asked
    /// of archives with our manifest.
    qint64 maxEmptyEntries = 0;
    qint64 maxEmptyShare = 10;
    int maxDepth = 0;               ///< path components
    int maxPath = 0;                ///< bytes
    int maxExtension = 64 << 10;    ///< bytes of one PAX or GNU extension header
    int maxExtensionRun = 4;        ///< extension headers before one entry
    qint64 maxManifest = 0;         ///< bytes of manifest.json or SHA256SUMS
    NameRules names;

    /// What an archive of anybody's may ask, and still every honest one passes: a million files, 100 GB,
    /// 100,000 gzip members.
    [[nodiscard]] static Limits production();
    /// The same for an archive that announces itself as ours by its trailer. The trailer proves nothing, but
    /// it binds: an archive that has it and no manifest is refused, and with a manifest every byte was
    /// promised. So it may be as sparse as the data directory that it was made from.
    [[nodiscard]] Limits forAnnounced() const;
    /// The profile the hostile set was made for: 20,000 entries, 256 MiB, ratio 200, depth 64, path 1,024.
    [[nodiscard]] static Limits strict();
};

}  // namespace strongroom::storage
