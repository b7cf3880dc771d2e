// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From claimed parts to slots: names that can be exchanged in the live directory as it is now.

#include "storage/ops/exchange.h"
#include "storage/ops/restoredata.h"
#include "storage/ops/restoremap.h"

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

// A database file comes without the journals of the one it replaces: SQLite would play them into it.
void addDatabaseLeftovers(Data &data, int rootFd)
{
    constexpr char magic[] = "SQLite format 3";
    QList<Slot> leftovers;
    for (const Slot &slot : std::as_const(data.slotList)) {
        const Result<OpenedFile> file = openFileBelow(rootFd, slot.target);
        char head[sizeof magic] = {};
        if (!file || !readFully(file->fd.get(), head, sizeof head, slot.target.bytes()) || memcmp(head, magic, sizeof magic) != 0)
            continue;
        for (const char *suffix : {"-journal", "-wal", "-shm"}) {
            const RelPath beside = slot.target.parent().childUnchecked(QByteArray(slot.target.name() + suffix));
            if (!data.slotHolding(beside) && stampBelow(rootFd, beside))
                leftovers.append({beside, true});
        }
    }
    for (const Slot &slot : std::as_const(leftovers)) {
        data.slotOf.insert(slot.target, data.slotList.size());
        data.slotList.append(slot);
    }
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

}  // namespace

Result<void> laySlots(PreparedRestore::Data &data, const QList<RelPath> &claims)
{
    data.slotList.clear();
    data.slotOf.clear();
    if (!data.target || claims == QList<RelPath>{RelPath()}) {
        data.slotList = {{RelPath(), false}};
        data.slotOf = {{RelPath(), 0}};
        addStandIns(data);
        return {};
    }
    STRONGROOM_TRY(const Fd root, openBelow(data.beside.parent.get(), RelPath().childUnchecked(data.beside.name), O_RDONLY | O_DIRECTORY));
    QSet<RelPath> targets;
    for (const RelPath &claim : claims) {
        STRONGROOM_TRY(const RelPath target, slotFor(root.get(), claim, data.beside.path));
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
    addDatabaseLeftovers(data, root.get());
    for (const Slot &slot : std::as_const(data.slotList))
        STRONGROOM_CHECK(checkExchangeable(data, slot));
    addStandIns(data);
    return {};
}

}  // namespace strongroom::storage
