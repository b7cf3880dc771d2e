// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Planning a restore: judge, map, compare, check space. Writes nothing at all.

#include "storage/ops/inspection.h"
#include "storage/ops/oplock.h"
#include "storage/ops/restoredata.h"
#include "storage/ops/restoremap.h"
#include "storage/treeops.h"
#include "storage/walker.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

using Data = PreparedRestore::Data;

constexpr qint64 kBlock = 4096;

Result<Beside> openTargetPlace(const RestoreRequest &request)
{
    STRONGROOM_TRY(Beside beside, Beside::open(request.into));
    if (!request.asCopy)
        return beside;
    const QByteArray stem = beside.path + ".restored-" + request.localNow.toString(QStringLiteral("yyyyMMdd-HHmmss")).toLatin1();
    for (int n = 1;; ++n) {
        STRONGROOM_TRY(Beside copy, Beside::open(n == 1 ? stem : stem + '-' + QByteArray::number(n)));
        STRONGROOM_TRY(const auto taken, copy.target());
        if (!taken)
            return copy;
    }
}

bool isMountPoint(const Beside &beside)
{
    struct statx stx;
    return ::statx(beside.parent.get(), beside.name.constData(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &stx) == 0
        && (stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) && (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

Result<void> checkTarget(Data &data)
{
    const Beside &beside = data.beside;
    STRONGROOM_TRY(data.target, beside.target());
    if (::faccessat(beside.parent.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
        return failErrno(errno, beside.parentPath);
    if (data.target) {
        if (data.target->isSymlink())
            return fail(ErrorCode::LinkInPath, beside.path);
        if (!data.target->isDirectory())
            return fail(ErrorCode::NotADirectory, beside.path);
        STRONGROOM_TRY(const FileStamp parent, stampOf(beside.parent.get(), beside.parentPath));
        if (data.target->device != parent.device || isMountPoint(beside))
            return fail(ErrorCode::CrossDevice, beside.path);
    }
    STRONGROOM_CHECK(OperationLock::checkFree(beside));
    STRONGROOM_TRY(const bool unfinished, needsRecovery(beside));
    if (unfinished) {
        data.plan.warnings.append({QStringLiteral("interrupted-operation"), beside.path,
                                   QStringLiteral("An earlier operation on %1 was interrupted; it is finished or rolled back first.")
                                       .arg(displayBytes(beside.path))});
    }
    return {};
}

Result<void> checkSpace(Data &data)
{
    qint64 bytes = 0;
    qint64 inodes = 0;
    for (const Member &member : std::as_const(data.judgement.members)) {
        if (!data.stagedPathOf(member.path))
            continue;
        ++inodes;
        bytes += (member.size + kBlock - 1) / kBlock * kBlock + (member.type == MemberType::Directory ? kBlock : 0);
    }
    bytes += bytes / 10;
    STRONGROOM_TRY(const FreeSpace space, freeSpace(data.beside.parent.get(), data.beside.parentPath));
    data.plan.bytesNeeded = bytes;
    data.plan.bytesFree = space.bytes;
    if (bytes > space.bytes || (space.inodes >= 0 && inodes + inodes / 10 > space.inodes))
        return fail(ErrorCode::DiskFull, data.beside.parentPath);
    return {};
}

void addWarnings(Data &data)
{
    QList<PlanWarning> &warnings = data.plan.warnings;
    const QString archive = displayBytes(data.request.archive);
    if (!data.trusted) {
        warnings.append({QStringLiteral("unverified"), data.request.archive,
                         QStringLiteral("%1 has no manifest: it reads well, but nobody vouches for its content.").arg(archive)});
    }
    if (data.target && data.kept.isEmpty() && !data.slotList.isEmpty() && !data.slotList.first().target.isRoot()) {
        QStringList parts;
        for (const Slot &slot : std::as_const(data.slotList))
            parts.append(slot.target.display());
        constexpr int kShown = 8;
        const QString more = parts.size() > kShown ? QStringLiteral(" and %1 more").arg(parts.size() - kShown) : QString();
        warnings.append({QStringLiteral("partial"), data.request.archive,
                         QStringLiteral("%1 speaks for a part of the data directory only (%2%3); the rest stays as it is.")
                             .arg(archive, parts.mid(0, kShown).join(QStringLiteral(", ")), more)});
    }
}

// An archive that holds nothing but folders restores nothing; our own says so on purpose.
bool holdsNothing(const Data &data)
{
    return std::none_of(data.judgement.members.begin(), data.judgement.members.end(), [&data](const Member &member) {
        return (data.trusted || member.type != MemberType::Directory) && data.stagedPathOf(member.path);
    });
}

Result<bool> isEmptyDirectory(const Beside &beside)
{
    STRONGROOM_TRY(const Fd fd, openBelow(beside.parent.get(), RelPath().childUnchecked(beside.name), O_RDONLY | O_DIRECTORY));
    STRONGROOM_TRY(const QList<QByteArray> names, namesIn(fd.get(), beside.path));
    return names.isEmpty();
}

}  // namespace

PreparedRestore::PreparedRestore(std::unique_ptr<Data> data) : m_data(std::move(data)) {}
PreparedRestore::PreparedRestore(PreparedRestore &&) noexcept = default;
PreparedRestore &PreparedRestore::operator=(PreparedRestore &&) noexcept = default;
PreparedRestore::~PreparedRestore() = default;
const Plan &PreparedRestore::plan() const { return m_data->plan; }
const Judgement &PreparedRestore::judgement() const { return m_data->judgement; }
const RestoreRequest &PreparedRestore::request() const { return m_data->request; }

namespace {

Result<std::unique_ptr<Data>> prepare(const RestoreRequest &request, Monitor &monitor)
{
    auto data = std::make_unique<Data>();
    data->request = request;
    STRONGROOM_TRY(data->beside, openTargetPlace(request));
    STRONGROOM_TRY(data->archive, ArchiveFile::open(request.archive));
    data->archive.setPassphrase(request.passphrase);
    STRONGROOM_CHECK(checkTarget(*data));

    monitor.begin(Phase::Verifying, data->archive.size());
    STRONGROOM_TRY(data->judgement, inspectArchive(data->archive, request.limits, monitor, request.jobs));
    if (!data->judgement.isUsable())
        return std::unexpected(data->judgement.refusal(request.archive));
    data->trusted = data->judgement.verdict == Verdict::Verified && data->judgement.manifest;

    monitor.begin(Phase::Planning);
    Plan &plan = data->plan;
    plan.operation = Operation::Restore;
    plan.directory = data->beside.path;
    plan.archive = request.archive;
    plan.scope = request.scope;
    data->top = topFolderOf(data->judgement.members, data->beside.name);
    if (data->judgement.members.isEmpty())
        return fail(ErrorCode::ArchiveEmpty, request.archive);
    STRONGROOM_CHECK(compareLayouts(*data, monitor));
    STRONGROOM_CHECK(decideLeftOut(*data));
    STRONGROOM_TRY(const QList<RelPath> claims, claimsInScope(*data, monitor));
    STRONGROOM_CHECK(laySlots(*data, claims));
    if (claims.isEmpty() || holdsNothing(*data))
        return fail(ErrorCode::ArchiveEmpty, request.archive);
    STRONGROOM_CHECK(appendSteps(*data, monitor));
    STRONGROOM_CHECK(checkSpace(*data));
    addWarnings(*data);
    if (data->target) {
        STRONGROOM_TRY(const bool empty, isEmptyDirectory(data->beside));
        plan.replacesLiveData = !empty;
    }
    plan.sortForPreview();
    return data;
}

}  // namespace

Result<PreparedRestore> prepareRestore(const RestoreRequest &request, Monitor &monitor)
{
    STRONGROOM_TRY(std::unique_ptr<Data> data, naming(prepare(request, monitor), request.into));
    return PreparedRestore(std::move(data));
}

}  // namespace strongroom::storage
