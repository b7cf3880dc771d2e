// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/restoremap.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

QByteArray firstComponent(const RelPath &path)
{
    const qsizetype slash = path.bytes().indexOf('/');
    return slash < 0 ? path.bytes() : path.bytes().left(slash);
}

}  // namespace

std::optional<RelPath> PathSet::holderOf(const RelPath &path) const
{
    for (RelPath at = path;; at = at.parent()) {
        if (m_paths.contains(at))
            return at;
        if (at.isRoot())
            return std::nullopt;
    }
}

RelPath topFolderOf(const QList<Member> &members, const QByteArray &directoryName)
{
    bool announcesRoot = false;
    QByteArray top;
    for (const Member &member : members) {
        if (member.path.isRoot()) {
            announcesRoot = true;
            continue;
        }
        const QByteArray first = firstComponent(member.path);
        if (top.isEmpty())
            top = first;
        if (first != top || (member.path.bytes() == top && member.type != MemberType::Directory))
            return {};
    }
    if (top.isEmpty() || (announcesRoot && top != directoryName && top != "data"))
        return {};
    return RelPath().childUnchecked(top);
}

QList<RelPath> claimsOf(const QList<Member> &members, const RelPath &top, bool wholeWithoutFolders,
                        const std::function<bool(const Member &)> &isLeftOut)
{
    QList<RelPath> entries;
    QList<RelPath> folders;
    for (const Member &member : members) {
        if (member.path.isRoot() && !top.isRoot())
            return {RelPath()};  // "./" above the top folder announces all that is below
        if (!member.path.isWithin(top) || isLeftOut(member))
            continue;
        if (member.path == top && member.type == MemberType::Directory)
            return {RelPath()};
        entries.append(member.path.relativeTo(top));
        if (member.type == MemberType::Directory)
            folders.append(entries.last());
    }
    if (folders.isEmpty() && wholeWithoutFolders && !entries.isEmpty())
        return {RelPath()};
    if (folders.isEmpty()) {
        for (RelPath &entry : entries)
            entry = RelPath().childUnchecked(firstComponent(entry));
    }
    const PathSet announced(folders);
    QSet<RelPath> claims;
    for (const RelPath &entry : std::as_const(entries)) {
        if (entry.isRoot() || !announced.holderOf(entry.parent()))
            claims.insert(entry);
    }
    QList<RelPath> sorted(claims.cbegin(), claims.cend());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

QList<RelPath> narrowedClaims(const QList<RelPath> &claims, const QList<RelPath> &paths)
{
    const PathSet claimed(claims);
    const PathSet wanted(paths);
    QSet<RelPath> both;
    for (const RelPath &path : paths) {
        if (claimed.holderOf(path))
            both.insert(path);
    }
    for (const RelPath &claim : claims) {
        if (wanted.holderOf(claim))
            both.insert(claim);
    }
    QList<RelPath> sorted(both.cbegin(), both.cend());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

bool staysInside(const RelPath &link, QByteArrayView target)
{
    if (target.isEmpty() || target.startsWith('/') || target.contains('\0'))
        return false;
    int depth = link.depth() - 1;
    for (const QByteArray &part : target.toByteArray().split('/')) {
        if (part.isEmpty() || part == ".")
            continue;
        depth += part == ".." ? -1 : 1;
        if (depth < 0)
            return false;
    }
    return true;
}

}  // namespace strongroom::storage
