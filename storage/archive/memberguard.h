// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The tree that every member of one archive must fit into: names, numbers, duplicates, conflicts, links.
// It knows nothing of formats and writes nothing; the readers ask it before a member is passed on.

#include "storage/archive/limits.h"
#include "storage/archive/member.h"
#include "storage/error.h"
#include "storage/pathtable.h"

#include <QHash>
#include <QList>

namespace strongroom::storage {

/// Memory: one entry a path, the parents included. Thread: one at a time.
class MemberGuard {
public:
    explicit MemberGuard(const Limits &limits) : m_limits(limits) {}

    /// Takes `member` into the tree under the name `raw` as stored; sets its path, and the link of a hard
    /// link to the path it names. Errors: BadPath, BadName, LinkInPath, ArchiveHostile (args = what).
    [[nodiscard]] Result<void> admit(QByteArrayView raw, Member &member);

    /// A manifest is among the members (as a file), so it must vouch for names and links that are refused otherwise.
    [[nodiscard]] bool hasManifest() const;
    /// What an archive without our manifest is refused for, though a verified one may have it: backslashes,
    /// drive letters, links that leave, climb or lead to links or nothing. In order of the members. After
    /// the last admit().
    [[nodiscard]] QList<Error> foreignOffences() const;
    /// Symbolic links that leave `top` (a member path, may be the root), whatever way they take through
    /// other links, in order of the members. The harmless three of /dev are not among them.
    [[nodiscard]] QList<QByteArray> outwardLinks(const RelPath &top) const;
    /// Regular files and hard links, without those of ours.
    [[nodiscard]] qint64 files() const { return m_files; }
    /// Nearly nothing but names: made to use up the inodes of whoever unpacks it.
    [[nodiscard]] bool isHollow(qint64 share) const;

private:
    struct Link {
        RelPath path;
        QByteArray target;
    };
    [[nodiscard]] Result<RelPath> spell(QByteArrayView raw, MemberType type);
    [[nodiscard]] Result<void> checkNames(const RelPath &path);
    [[nodiscard]] Result<void> place(const RelPath &path, MemberType type);
    [[nodiscard]] Result<void> placeFolders(const QByteArray &path);
    [[nodiscard]] Result<void> checkHardlink(Member &member) const;
    [[nodiscard]] Result<void> checkFold(QByteArrayView path);
    [[nodiscard]] bool isFreeArea(QByteArrayView path) const;
    [[nodiscard]] std::optional<Error> foreignLinkOffence(const Link &link) const;
    [[nodiscard]] bool leadsOut(const Link &link, const RelPath &top) const;

    Limits m_limits;
    PathTable<MemberType> m_kinds;
    QByteArray m_lastFolder;                  // of the last path that was placed: a folder, as are those around it
    QHash<QByteArray, QByteArray> m_folded;   ///< only where case pairs are refused
    QHash<QByteArray, qsizetype> m_linkAt;    ///< path -> index into m_links
    QList<Link> m_links;
    QList<Error> m_nameOffences;
    qint64 m_entries = 0;
    qint64 m_bytes = 0;
    qint64 m_files = 0;
    qint64 m_filled = 0;      // files with content, second names of one counted too
    qint64 m_hollow = 0;      // files without, folders: those that only paths name as well
};

}  // namespace strongroom::storage
