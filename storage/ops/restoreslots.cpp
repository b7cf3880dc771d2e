// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From claimed parts to slots: names that can be exchanged in the live directory as it is now.

#include "storage/ops/exchange.h"
#include "storage/ops/restoredata.h"
#include "storage/ops/restoremap.h"
#include "storage/walker.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

using Data = PreparedRestore::Data;

// The highest part of `claim` that is not a folder yet: what is missing above it is made along with it.
Result<RelPath> slotFor(int rootFd, const RelPath &claim, const QByteArray &root)
{
    RelPath at;
    for (const QByteArray &part : claim.components()) {
        at = at.childUnchecked(part);
        if (at == claim)
            break;
        const Result<FileStamp> stamp = stampBelow(rootFd, at);
        if (!stamp && stamp.error().code == ErrorCode::NotFound)
            return at;
        if (!stamp)
            return std::unexpected(stamp.error());
        if (stamp->isSymlink())
            return fail(ErrorCode::LinkInPath, root + '/' + at.bytes());
        if (!stamp->isDirectory())
            return at;
    }
    return claim;
}

Result<void> checkExchangeable(const Data &data, const Slot &slot)
{
    STRONGROOM_TRY(const TargetPlace at, openTarget(data.beside, slot.target));
    const QByteArray shown = data.beside.path + '/' + slot.target.parent().bytes();
    STRONGROOM_TRY(const FileStamp folder, stampOf(at.parent.get(), shown));
    STRONGROOM_TRY(const std::optional<FileStamp> stamp, findAt(at.parent.get(), at.name));
    if (folder.device != data.target->device || (stamp && stamp->device != data.target->device))
        return fail(ErrorCode::CrossDevice, data.beside.path + '/' + slot.target.bytes());
    if (::faccessat(at.parent.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
        return failErrno(errno, shown);
    return {};
}

// An error is not absence: what cannot be looked at might be what must be kept.
Result<bool> isThere(int rootFd, const RelPath &path)
{
    const Result<FileStamp> stamp = stampBelow(rootFd, path);
    if (stamp)
        return true;
    const ErrorCode code = stamp.error().code;
    if (code == ErrorCode::NotFound || code == ErrorCode::NotADirectory || code == ErrorCode::LinkInPath)
        return false;
    return std::unexpected(stamp.error());
}

Result<bool> isDatabase(int rootFd, const RelPath &path)
{
    constexpr char magic[] = "SQLite format 3";
    const Result<OpenedFile> file = openFileBelow(rootFd, path);
    if (!file) {
        const ErrorCode code = file.error().code;
        if (code == ErrorCode::NotFound || code == ErrorCode::NotADirectory || code == ErrorCode::NotAFile || code == ErrorCode::LinkInPath)
            return false;
        return std::unexpected(file.error());
    }
    char head[sizeof magic] = {};
    STRONGROOM_TRY(const qint64 got, readFully(file->fd.get(), head, sizeof head, path.bytes()));
    return got == sizeof head && memcmp(head, magic, sizeof magic) == 0;
}

// A database file comes without the journals of the one it replaces: SQLite would play them into it.
Result<void> addDatabaseLeftovers(Data &data, int rootFd)
{
    QList<Slot> leftovers;
    for (const Slot &slot : std::as_const(data.slotList)) {
        if (slot.target.isRoot())
            continue;
        STRONGROOM_TRY(const bool database, isDatabase(rootFd, slot.target));
        // The one that a lone database replaces may be too broken to look like one.
        if (!database && data.lone != LoneKind::Sqlite)
            continue;
        for (const char *suffix : {"-journal", "-wal", "-shm"}) {
            const RelPath beside = slot.target.parent().childUnchecked(QByteArray(slot.target.name() + suffix));
            STRONGROOM_TRY(const bool there, isThere(rootFd, beside));
            if (there && !data.slotHolding(beside))
                leftovers.append({beside, true});
        }
    }
    for (const Slot &slot : std::as_const(leftovers)) {
        data.slotOf.insert(slot.target, data.slotList.size());
        data.slotList.append(slot);
    }
    return {};
}

// A hard link whose target is not restored: the target's content is written under the link's name.
void addStandIns(Data &data)
{
    for (const Member &member : std::as_const(data.judgement.members)) {
        if (member.type != MemberType::Hardlink || !data.stagedPathOf(member.path))
            continue;
        const auto target = RelPath::parse(member.link);
        if (target && !data.stagedPathOf(*target))
            data.standIns.insert(*target, *data.targetOf(member.path));
    }
}

// Folders inside the target that hold backups and are not in the archive: the one that the backup was
// written to, and the one that the archive is read from (or else the archive itself).
QList<RelPath> findKept(const Data &data)
{
    QList<RelPath> candidates;
    if (data.trusted) {
        for (const ExcludedEntry &entry : data.judgement.manifest->excluded) {
            const auto path = RelPath::parse(entry.path);
            if (entry.reason == QLatin1String("backup-folder") && path && path->isWithin(data.top) && *path != data.top)
                candidates.append(path->relativeTo(data.top));
        }
    }
    const QByteArray archive = absolutePath(data.request.archive);
    if (archive.startsWith(QByteArray(data.beside.path + '/'))) {
        if (const auto path = RelPath::parse(QByteArrayView(archive).sliced(data.beside.path.size() + 1)))
            candidates.append({path->parent(), *path});
    }
    QList<RelPath> kept;
    for (const RelPath &candidate : std::as_const(candidates)) {
        const bool inArchive = candidate.isRoot()
            || std::any_of(data.judgement.members.begin(), data.judgement.members.end(), [&](const Member &member) {
                   const auto path = data.targetOf(member.path);
                   return path && path->isWithin(candidate);
               });
        if (!inArchive && !PathSet(kept).holderOf(candidate))
            kept.append(candidate);
    }
    return kept;
}

// Replaces `target` by slots for what is in it, going around what is kept.
class Expander {
public:
    Expander(const Data &data, int rootFd, const QList<RelPath> &kept) : m_rootFd(rootFd), m_keptSet(kept)
    {
        for (const RelPath &path : kept) {
            for (RelPath above = path.parent();; above = above.parent()) {
                m_above.insert(above);
                if (above.isRoot())
                    break;
            }
        }
        for (const Member &member : std::as_const(data.judgement.members)) {
            const auto path = data.targetOf(member.path);
            for (RelPath at = path.value_or(RelPath()); !at.isRoot(); at = at.parent()) {
                if (m_above.contains(at.parent()))
                    m_incoming[at.parent()].insert(at);
            }
        }
    }
    Result<void> expand(const RelPath &target, QList<Slot> &out)
    {
        QList<RelPath> pending{target};
        while (!pending.isEmpty()) {
            const RelPath at = pending.takeLast();
            if (m_keptSet.holderOf(at))
                continue;
            const auto stamp = stampBelow(m_rootFd, at);
            if (!stamp && stamp.error().code != ErrorCode::NotFound)
                return std::unexpected(stamp.error());
            if (!m_above.contains(at) || !stamp || !stamp->isDirectory()) {
                out.append({at, !at.isRoot() && !isIncoming(at)});
                continue;
            }
            QSet<RelPath> children = m_incoming.value(at);
            STRONGROOM_TRY(const Fd folder, openBelow(m_rootFd, at, O_RDONLY | O_DIRECTORY));
            STRONGROOM_TRY(const QList<QByteArray> names, namesIn(folder.get(), at.bytes()));
            for (const QByteArray &name : names)
                children.insert(at.childUnchecked(name));
            pending.append(QList<RelPath>(children.cbegin(), children.cend()));
        }
        return {};
    }

private:
    [[nodiscard]] bool isIncoming(const RelPath &path) const { return m_incoming.value(path.parent()).contains(path); }

    int m_rootFd;
    PathSet m_keptSet;
    QSet<RelPath> m_above;                        // folders that hold something kept
    QHash<RelPath, QSet<RelPath>> m_incoming;     // what the archive has directly in those
};

Result<void> goAroundKept(Data &data, int rootFd)
{
    QList<RelPath> kept;
    for (const RelPath &path : findKept(data)) {
        if (!data.slotHolding(path))
            continue;
        STRONGROOM_TRY(const bool there, isThere(rootFd, path));
        if (there)
            kept.append(path);
    }
    if (kept.isEmpty())
        return {};
    Expander expander(data, rootFd, kept);
    QList<Slot> expanded;
    for (const Slot &slot : std::as_const(data.slotList)) {
        if (std::none_of(kept.cbegin(), kept.cend(), [&slot](const RelPath &path) { return path.isWithin(slot.target); }))
            expanded.append(slot);
        else
            STRONGROOM_CHECK(expander.expand(slot.target, expanded));
    }
    std::sort(expanded.begin(), expanded.end(), [](const Slot &a, const Slot &b) { return a.target < b.target; });
    data.slotList = std::move(expanded);
    data.slotOf.clear();
    for (qsizetype i = 0; i < data.slotList.size(); ++i)
        data.slotOf.insert(data.slotList.at(i).target, i);
    for (const RelPath &path : std::as_const(kept)) {
        data.plan.warnings.append({QStringLiteral("backups-stay"), path.bytes(),
                                   QStringLiteral("%1 holds backups that are not in the archive; it stays as it is.").arg(path.display())});
    }
    data.kept = std::move(kept);
    return {};
}

Result<Fd> openTargetRoot(const Data &data)
{
    return openBelow(data.beside.parent.get(), RelPath().childUnchecked(data.beside.name), O_RDONLY | O_DIRECTORY);
}

Result<void> claimParts(Data &data, int rootFd, const QList<RelPath> &claims)
{
    QSet<RelPath> targets;
    for (const RelPath &claim : claims) {
        STRONGROOM_TRY(const RelPath target, slotFor(rootFd, claim, data.beside.path));
        targets.insert(target);
    }
    QList<RelPath> sorted(targets.cbegin(), targets.cend());
    std::sort(sorted.begin(), sorted.end());
    const PathSet all(sorted);
    for (const RelPath &target : std::as_const(sorted)) {
        if (!target.isRoot() && all.holderOf(target.parent()))
            continue;  // made along with a missing folder above
        data.slotOf.insert(target, data.slotList.size());
        data.slotList.append({target, false});
    }
    return {};
}

}  // namespace

Result<void> laySlots(PreparedRestore::Data &data, const QList<RelPath> &claims)
{
    data.slotList.clear();
    data.slotOf.clear();
    if (!data.target || claims == QList<RelPath>{RelPath()}) {
        data.slotList = {{RelPath(), false}};
        data.slotOf = {{RelPath(), 0}};
    }
    if (data.target) {
        STRONGROOM_TRY(const Fd root, openTargetRoot(data));
        if (data.slotList.isEmpty())
            STRONGROOM_CHECK(claimParts(data, root.get(), claims));
        STRONGROOM_CHECK(goAroundKept(data, root.get()));
        STRONGROOM_CHECK(addDatabaseLeftovers(data, root.get()));
        for (const Slot &slot : std::as_const(data.slotList))
            STRONGROOM_CHECK(checkExchangeable(data, slot));
    }
    addStandIns(data);
    return {};
}

}  // namespace strongroom::storage
