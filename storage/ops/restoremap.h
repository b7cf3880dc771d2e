// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Which folder of an archive stands for the data directory, and which parts of the data directory the
// archive speaks for. Pure functions of names: nothing is read, nothing is decided about content.
//
// What an archive does not speak for is never touched: `tar -czf x.tar.gz data/storage` replaces
// DIR/storage and leaves the rest of DIR alone.

#include "storage/archive/member.h"

#include <QList>
#include <QSet>

#include <functional>

namespace strongroom::storage {

/// The folder of the archive that is mapped onto the data directory `directoryName`: the single first
/// component of all members, if it is a folder. An archive of "." (a "./" entry) is mapped as it is, unless
/// all it holds is one folder called like the data directory, or `data`. Root = the archive as it is.
[[nodiscard]] RelPath topFolderOf(const QList<Member> &members, const QByteArray &directoryName);

/// Parts of the data directory that are replaced whole, relative to it, byte order, none inside another;
/// a single root = all of it. A part is claimed by the highest entry that the archive announces itself.
/// An archive without any folder entries claims the first level of what it holds (one of `data/secrets.env`
/// must not cost the database beside it), or all of the data directory where `wholeWithoutFolders` says
/// that it holds a complete one.
/// \param isLeftOut  members that are not restored and claim nothing.
[[nodiscard]] QList<RelPath> claimsOf(const QList<Member> &members, const RelPath &top, bool wholeWithoutFolders,
                                      const std::function<bool(const Member &)> &isLeftOut);

/// The parts of `claims` that lie within `paths`, and those of `paths` that lie within `claims`.
[[nodiscard]] QList<RelPath> narrowedClaims(const QList<RelPath> &claims, const QList<RelPath> &paths);

/// True when a symbolic link at `link` (relative to the data directory) to `target` stays inside it, by name.
[[nodiscard]] bool staysInside(const RelPath &link, QByteArrayView target);

/// Quick answers to "which of these paths is this one in?".
class PathSet {
public:
    PathSet() = default;
    explicit PathSet(const QList<RelPath> &paths) : m_paths(paths.cbegin(), paths.cend()) {}
    /// The member of the set that `path` is, or is inside of.
    [[nodiscard]] std::optional<RelPath> holderOf(const RelPath &path) const;

private:
    QSet<RelPath> m_paths;
};

}  // namespace strongroom::storage
