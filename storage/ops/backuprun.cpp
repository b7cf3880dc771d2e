// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backuprun.h"

#include <algorithm>
#include <optional>

namespace strongroom::storage {

namespace {

bool isGone(const Error &error)
{
    return error.code == ErrorCode::Vanished || error.code == ErrorCode::NotFound;
}

}  // namespace

BackupPass::BackupPass(const BackupSelection &selection, const Plan &plan, FileTaker &taker, const BackupReuse &reuse,
                       GroupWriter &writer)
    : m_selection(selection), m_taker(taker), m_reuse(reuse), m_writer(writer)
{
    for (const Step &step : plan.steps) {
        if (step.verb == Verb::Archive && !step.enabled)
            m_notSelected.insert(step.part);
    }
}

Result<void> BackupPass::run(const QDateTime &now, Monitor &monitor)
{
    STRONGROOM_TRY(const FileStamp root, stampOf(m_selection.rootFd(), m_selection.directory().path()));
    STRONGROOM_CHECK(addPlain({}, MemberType::Directory, root, {}));
    STRONGROOM_CHECK(endGroup({}));
    TakeAhead taking(m_writer.crew(), now, monitor, [this](const MetEntry &met, const std::shared_ptr<ContentSource> &content) {
        return met.ends ? endGroup(*met.ends) : take(met, content);
    });
    GroupAhead ahead(m_selection.rootFd(), WriterOptions().groupBytes, m_reuse.earlier(), taking);
    std::optional<Error> error;
    STRONGROOM_CHECK(m_selection.visit(monitor, [&](const WalkEntry &entry) {
        auto next = meet(entry, ahead);
        if (next)
            return *next;
        error = std::move(next).error();
        return WalkNext::Stop;
    }));
    if (error)
        return std::unexpected(*std::move(error));
    STRONGROOM_CHECK(ahead.finish());
    return taking.catchUp();
}

bool BackupPass::isNotSelected(const RelPath &path) const
{
    return m_notSelected.contains(path);
}

/// Where the walk goes on follows from names and stamps; what comes of the entry is seen at its turn.
Result<WalkNext> BackupPass::meet(const WalkEntry &entry, GroupAhead &ahead) const
{
    MetEntry met;
    met.walked = entry;
    if (!entry.error)
        met.decision = m_selection.decide(entry.path, entry.stamp);
    const bool isLeftOut = !entry.error && (isNotSelected(entry.path) || !met.decision.isTaken());
    if (entry.error || isLeftOut) {
        STRONGROOM_CHECK(ahead.add(std::move(met), GroupAhead::Role::Outside, {}));
        return isLeftOut ? WalkNext::SkipChildren : WalkNext::Continue;
    }
    const GroupAhead::Role role = roleOf(entry, met.decision.capture);
    met.isCalm = role == GroupAhead::Role::Plain && entry.stamp.isFile();
    STRONGROOM_CHECK(ahead.add(std::move(met), role, memberOf(entry)));
    return WalkNext::Continue;
}

GroupAhead::Role BackupPass::roleOf(const WalkEntry &entry, Capture capture) const
{
    using Role = GroupAhead::Role;
    if (!entry.stamp.isFile())
        return Role::Plain;
    if (entry.stamp.links > 1 || capture == Capture::Sqlite || m_selection.partnerOf(entry.path))
        return Role::Special;
    return TakeAhead::isSmall(entry.stamp.size) ? Role::Plain : Role::Alone;
}

/// Takes over what need not be read, and remembers of the rest what the next backup needs to do so.
Result<void> BackupPass::endGroup(const MetGroup &group)
{
    if (group.earlier) {
        for (const MetEntry &met : group.entries) {
            if (met.walked.error || isNotSelected(met.walked.path) || !met.decision.isTaken())
                STRONGROOM_CHECK(take(met, {}));
        }
        // What came of those is in a group by itself, of which nothing is known.
        STRONGROOM_CHECK(m_writer.cut());
        m_groupBegins = m_writer.groupCount();
        m_entryBegins = m_entries.size();
        m_groupIsCalm = true;
        STRONGROOM_CHECK(m_writer.addPacked(m_reuse.runOf(*group.earlier), group.members));
        m_entries.append(group.members);
        m_takenOver += group.members.size();
    }
    STRONGROOM_CHECK(m_writer.cut());
    const qsizetype groups = m_writer.groupCount() - m_groupBegins;
    const qsizetype entries = m_entries.size() - m_entryBegins;
    if (group.fingerprint && m_groupIsCalm && groups > 0)
        m_written.append({*group.fingerprint, m_groupBegins, groups, m_entryBegins, entries});
    m_groupBegins = m_writer.groupCount();
    m_entryBegins = m_entries.size();
    m_groupIsCalm = true;
    return {};
}

Result<void> BackupPass::take(const MetEntry &met, const std::shared_ptr<ContentSource> &ahead)
{
    const WalkEntry &entry = met.walked;
    if (entry.error) {
        // A database that is written to makes and removes its journal all the time.
        if (!isGone(*entry.error) || !m_selection.isRunTimeFile(entry.path))
            leaveOut(entry.path, *entry.error);
        return {};
    }
    if (isNotSelected(entry.path)) {
        exclude(entry.path, QStringLiteral("not-selected"));
        return {};
    }
    if (met.isCalm)
        return add(memberOf(entry), ahead, met.offset);
    const BackupSelection::Decision &decision = met.decision;
    const auto database = m_selection.databaseOf(entry.path);
    const bool besideRaw = database && m_rawDatabases.contains(*database) && entry.stamp.isFile();
    if (!decision.isTaken() && !besideRaw) {
        exclude(entry.path, decision.reason);
        if (decision.reason == QLatin1String(BackupSelection::kTooDeep)) {
            m_warnings.append(BackupSelection::tooDeepWarning(entry.path));
            m_stable = false;
        }
        return {};
    }
    if (!entry.stamp.isFile())
        return add(memberOf(entry), {});
    m_groupIsCalm = m_groupIsCalm && !besideRaw;   // of which its fingerprint knows nothing
    return takeFile(entry, besideRaw ? Capture::Plain : decision.capture);
}

Result<void> BackupPass::takeFile(const WalkEntry &entry, Capture capture)
{
    if (m_taken.remove(entry.path))
        return {};
    if (entry.stamp.links > 1) {
        const auto first = m_linked.constFind({entry.stamp.device, entry.stamp.inode});
        if (first != m_linked.constEnd())
            return addPlain(entry.path, MemberType::Hardlink, entry.stamp, *first);
    }
    STRONGROOM_TRY(const bool together, takeWithPartner(entry, capture));
    if (together)
        return {};
    const FilePlace place = {entry.folder->get(), entry.path, entry.stamp.size};
    auto taken = m_taker.take(place, capture);
    m_groupIsCalm = m_groupIsCalm && taken && taken->steady && taken->warnings.isEmpty() && taken->stamp.sameAs(entry.stamp);
    if (!taken) {
        if (FileTaker::isFatal(taken.error()))
            return std::unexpected(std::move(taken).error());
        leaveOut(entry.path, taken.error());
        return {};
    }
    return addFile(place, capture, *std::move(taken));
}

/// False when there is no partner that could be taken along.
Result<bool> BackupPass::takeWithPartner(const WalkEntry &entry, Capture capture)
{
    const auto partner = m_selection.partnerOf(entry.path);
    if (!partner)
        return false;
    const auto stamp = stampAt(entry.folder->get(), partner->name());
    const bool already = partner->bytes() < entry.path.bytes();   // its turn was earlier
    if (!stamp || !stamp->isFile() || stamp->links > 1 || already)
        return false;
    const BackupSelection::Decision decision = m_selection.decide(*partner, *stamp);
    if (!decision.isTaken())
        return false;
    const FilePlace here = {entry.folder->get(), entry.path, entry.stamp.size};
    const FilePlace there = {entry.folder->get(), *partner, stamp->size};
    auto pair = m_taker.takePair(here, capture, there, decision.capture);
    if (!pair) {
        if (FileTaker::isFatal(pair.error()))
            return std::unexpected(std::move(pair).error());
        return false;   // one of them cannot be read: each for itself, then
    }
    STRONGROOM_CHECK(addFile(here, capture, std::move(pair->first)));
    STRONGROOM_CHECK(addFile(there, decision.capture, std::move(pair->second)));
    m_taken.insert(*partner);
    return true;
}

Result<void> BackupPass::addFile(const FilePlace &place, Capture capture, TakenFile taken)
{
    if (taken.live)
        return addLive(place, capture, taken);
    Member member = memberOf(place.path, MemberType::File, taken.stamp);
    member.size = taken.size;
    STRONGROOM_CHECK(add(member, taken.content));
    m_warnings.append(taken.warnings);
    m_stable = m_stable && taken.steady;
    if (capture == Capture::Sqlite && !taken.steady)
        m_rawDatabases.insert(place.path);
    if (taken.stamp.links > 1)
        m_linked.insert({taken.stamp.device, taken.stamp.inode}, member.path.bytes());
    return {};
}

/// A large file is packed while it is read. Where it turns out that it did not stand still, the archive is
/// cut back to where it began and the file is copied aside first.
Result<void> BackupPass::addLive(const FilePlace &place, Capture capture, const TakenFile &taken)
{
    Q_ASSERT(GroupWriter::isReadAtOnce(taken.size));
    Member member = memberOf(place.path, MemberType::File, taken.stamp);
    member.size = taken.size;
    const auto added = m_writer.add(member, taken.content);
    if (!added && FileTaker::isFatal(added.error()))
        return added;
    if (added && m_taker.wasSteady(taken)) {
        m_entries.append(member);
        if (taken.stamp.links > 1)
            m_linked.insert({taken.stamp.device, taken.stamp.inode}, member.path.bytes());
        return {};
    }
    m_groupIsCalm = false;
    STRONGROOM_CHECK(m_writer.takeBack());
    auto aside = m_taker.takeAside(place, capture);
    if (!aside) {
        if (FileTaker::isFatal(aside.error()))
            return std::unexpected(std::move(aside).error());
        leaveOut(place.path, aside.error());
        return {};
    }
    return addFile(place, capture, *std::move(aside));
}

Result<void> BackupPass::add(const Member &member, const std::shared_ptr<ContentSource> &content, qint64 offset)
{
    STRONGROOM_CHECK(m_writer.add(member, content, offset));
    m_entries.append(member);
    return {};
}

Result<void> BackupPass::addPlain(const RelPath &path, MemberType type, const FileStamp &stamp, const QByteArray &link)
{
    Member member = memberOf(path, type, stamp);
    member.link = link;
    return add(member, {});
}

Member BackupPass::memberOf(const RelPath &path, MemberType type, const FileStamp &stamp) const
{
    Member member;
    member.path = m_selection.memberPath(path);
    member.type = type;
    member.mode = stamp.mode;
    member.uid = stamp.uid;
    member.gid = stamp.gid;
    member.mtimeNs = stamp.mtimeNs;
    return member;
}

/// As the walk met it.
Member BackupPass::memberOf(const WalkEntry &entry) const
{
    const FileStamp &stamp = entry.stamp;
    const MemberType type = stamp.isFile() ? MemberType::File : stamp.isDirectory() ? MemberType::Directory : MemberType::Symlink;
    Member member = memberOf(entry.path, type, stamp);
    member.size = stamp.isFile() ? stamp.size : 0;
    member.link = entry.linkTarget;
    return member;
}

void BackupPass::exclude(const RelPath &path, const QString &reason)
{
    m_excluded.append({m_selection.memberPath(path).bytes(), reason});
}

void BackupPass::leaveOut(const RelPath &path, const Error &error)
{
    if (isGone(error)) {
        m_warnings.append({QStringLiteral("vanished"), path.bytes(),
                           QStringLiteral("%1 disappeared while the backup ran; it is not in the archive.").arg(path.display())});
        return;
    }
    exclude(path, QStringLiteral("unreadable"));
    m_warnings.append({QStringLiteral("unreadable"), path.bytes(), describe(error).oneLine()});
    m_stable = false;
}

void BackupPass::setHashes(const QList<PackedFile> &files)
{
    QHash<QByteArray, Sha256> linked;
    for (const QByteArray &path : std::as_const(m_linked))
        linked.insert(path, {});
    for (const PackedFile &file : files) {
        Member &entry = m_entries[file.index];
        entry.sha256 = file.sha256;
        if (const auto it = linked.find(entry.path.bytes()); it != linked.end())
            *it = file.sha256;
    }
    for (Member &entry : m_entries) {
        if (entry.type == MemberType::Hardlink)
            entry.sha256 = linked.value(entry.link);
    }
}

qint64 BackupPass::fileCount() const
{
    return std::count_if(m_entries.cbegin(), m_entries.cend(), [](const Member &entry) {
        return entry.type == MemberType::File || entry.type == MemberType::Hardlink;
    });
}

qint64 BackupPass::byteCount() const
{
    qint64 bytes = 0;
    for (const Member &entry : m_entries)
        bytes += entry.size;
    return bytes;
}

}  // namespace strongroom::storage
