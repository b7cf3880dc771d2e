// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a restore will change, path by path: the archive's members against the live tree.

#include "storage/archive/hasher.h"
#include "storage/ops/restoredata.h"
#include "storage/walker.h"

#include <fcntl.h>
#include <vector>

namespace strongroom::storage {

namespace {

using Data = PreparedRestore::Data;

FileType fileTypeOf(MemberType type)
{
    switch (type) {
    case MemberType::File:
    case MemberType::Hardlink: return FileType::File;
    case MemberType::Directory: return FileType::Directory;
    case MemberType::Symlink: return FileType::Symlink;
    case MemberType::Fifo: return FileType::Fifo;
    }
    return FileType::Unknown;
}

Result<Sha256> hashOf(int rootFd, const RelPath &path, Monitor &monitor)
{
    STRONGROOM_TRY(const OpenedFile file, openFileBelow(rootFd, path));
    Sha256Hasher hasher;
    QByteArray buffer(256 * 1024, Qt::Uninitialized);
    for (;;) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const qint64 n, readFully(file.fd.get(), buffer.data(), buffer.size(), path.bytes()));
        if (n == 0)
            return hasher.finish();
        hasher.add(QByteArrayView(buffer).first(n));
        monitor.addBytes(n);
    }
}

class Differ {
public:
    Differ(Data &data, Monitor &monitor) : m_data(data), m_monitor(monitor) {}
    Result<void> run();

private:
    struct Incoming {
        RelPath path;
        const Member *member = nullptr;    // null: a folder that no member announces
        const Member *content = nullptr;   // where size and hash stand; differs for hard links
        bool met = false;
    };
    void collect();
    void collectImplied();
    /// False when there is one of that path already.
    bool expect(const RelPath &path, const Member *member, const Member *content);
    [[nodiscard]] Incoming *find(const RelPath &path);
    Result<void> meetSlot(int rootFd, const Slot &slot);
    Result<void> meet(int rootFd, const RelPath &path, const FileStamp &stamp, const QByteArray &linkTarget);
    Result<QString> difference(int rootFd, const RelPath &path, const Incoming &in, const FileStamp &stamp,
                               const QByteArray &linkTarget);
    void add(Verb verb, const RelPath &path, FileType type, qint64 bytes, const QString &reason,
             std::optional<FileStamp> stamp = {});

    Data &m_data;
    Monitor &m_monitor;
    QHash<RelPath, size_t> m_at;         // in m_incoming
    std::vector<Incoming> m_incoming;    // members in archive order, then folders that none announces
};

void Differ::add(Verb verb, const RelPath &path, FileType type, qint64 bytes, const QString &reason,
                 std::optional<FileStamp> stamp)
{
    Step step;
    step.verb = verb;
    step.part = path;
    step.type = type;
    step.bytes = bytes;
    step.files = type == FileType::Directory ? 0 : 1;
    step.reason = reason;
    step.stamp = std::move(stamp);
    m_data.plan.steps.append(std::move(step));
}

bool Differ::expect(const RelPath &path, const Member *member, const Member *content)
{
    const qsizetype before = m_at.size();
    size_t &at = m_at[path];
    if (m_at.size() == before)
        return false;
    at = m_incoming.size();
    m_incoming.push_back({path, member, content, false});
    return true;
}

Differ::Incoming *Differ::find(const RelPath &path)
{
    const auto it = m_at.constFind(path);
    return it == m_at.cend() ? nullptr : &m_incoming[*it];
}

void Differ::collect()
{
    QHash<RelPath, const Member *> linkTargets;
    for (const Member &member : std::as_const(m_data.judgement.members)) {
        if (member.type == MemberType::Hardlink) {
            if (const auto target = RelPath::parse(member.link))
                linkTargets.insert(*target, nullptr);
        }
    }
    m_at.reserve(m_data.judgement.members.size());
    m_incoming.reserve(size_t(m_data.judgement.members.size()));
    for (const Member &member : std::as_const(m_data.judgement.members)) {
        if (const auto it = linkTargets.find(member.path); it != linkTargets.end())
            *it = &member;
        const std::optional<RelPath> path = m_data.targetOf(member.path);
        if (!path || !m_data.slotHolding(*path))
            continue;
        const Member *content = &member;
        if (member.type == MemberType::Hardlink) {
            const auto target = RelPath::parse(member.link);
            content = target ? linkTargets.value(*target) : nullptr;
        }
        expect(*path, &member, content);
    }
    collectImplied();
}

void Differ::collectImplied()
{
    RelPath last;   // folder that was looked at; members of one come together
    const size_t announced = m_incoming.size();
    for (size_t i = 0; i < announced; ++i) {
        const RelPath path = m_incoming[i].path;
        const RelPath folder = path.parent();
        if (i > 0 && folder == last)
            continue;
        last = folder;
        const RelPath top = m_data.slotList.at(*m_data.slotHolding(path)).target;
        for (RelPath above = folder; path != top && above.isWithin(top) && expect(above, nullptr, nullptr); above = above.parent()) {
            if (above.isRoot())
                break;
        }
    }
}

Result<QString> Differ::difference(int rootFd, const RelPath &path, const Incoming &in, const FileStamp &stamp,
                                   const QByteArray &linkTarget)
{
    if (!in.member)
        return stamp.isDirectory() ? QString() : QStringLiteral("type");
    if (stamp.type != fileTypeOf(in.member->type))
        return QStringLiteral("type");
    if (stamp.isSymlink())
        return linkTarget == in.member->link ? QString() : QStringLiteral("link-target");
    if (stamp.isFile()) {
        if (!in.content || stamp.size != in.content->size || !in.content->sha256)
            return QStringLiteral("size");
        const Result<Sha256> live = hashOf(rootFd, path, m_monitor);
        if (!live && live.error().code == ErrorCode::Cancelled)
            return std::unexpected(live.error());
        if (!live)
            return QStringLiteral("unreadable");
        if (*live != *in.content->sha256)
            return QStringLiteral("content");
    }
    return stamp.mode == m_data.modeOf(*in.member) ? QString() : QStringLiteral("mode");
}

Result<void> Differ::meet(int rootFd, const RelPath &path, const FileStamp &stamp, const QByteArray &linkTarget)
{
    // Exchanging the folder above would carry a mounted file system away with it.
    if (stamp.device != m_data.target->device)
        return fail(ErrorCode::CrossDevice, m_data.beside.path + '/' + path.bytes());
    m_monitor.addItems();
    Incoming *const in = find(path);
    if (!in) {
        add(Verb::Remove, path, stamp.type, stamp.isFile() ? stamp.size : 0, QStringLiteral("not-in-archive"), stamp);
        return {};
    }
    in->met = true;
    // A folder that was moved elsewhere and linked back: neither written through nor replaced unasked.
    if (stamp.isSymlink() && (!in->member || in->member->type == MemberType::Directory))
        return fail(ErrorCode::LinkInPath, m_data.beside.path + '/' + path.bytes());
    STRONGROOM_TRY(const QString reason, difference(rootFd, path, *in, stamp, linkTarget));
    const qint64 bytes = in->content ? in->content->size : 0;
    const FileType type = in->member ? fileTypeOf(in->member->type) : FileType::Directory;
    add(reason.isEmpty() ? Verb::Keep : Verb::Replace, path, type, bytes, reason, stamp);
    return {};
}

Result<void> Differ::meetSlot(int rootFd, const Slot &slot)
{
    if (!slot.target.isRoot()) {
        const Result<FileStamp> stamp = stampBelow(rootFd, slot.target);
        if (!stamp)
            return stamp.error().code == ErrorCode::NotFound ? Result<void>() : std::unexpected(stamp.error());
        QByteArray linkTarget;
        if (stamp->isSymlink()) {
            STRONGROOM_TRY(const auto entries, DirTree(Fd(::dup(rootFd)), m_data.beside.path).list(slot.target.parent()));
            for (const TreeEntry &entry : entries) {
                if (entry.name == slot.target.name())
                    linkTarget = entry.linkTarget;
            }
        }
        STRONGROOM_CHECK(meet(rootFd, slot.target, *stamp, linkTarget));
        if (!stamp->isDirectory())
            return {};
    } else if (Incoming *const root = find(RelPath())) {
        root->met = true;
    }
    std::optional<Error> stopped;
    STRONGROOM_CHECK(walk(rootFd, slot.target, {}, m_monitor, [&](const WalkEntry &entry) {
        if (entry.error) {
            m_data.plan.warnings.append({QStringLiteral("unreadable"), entry.path.bytes(),
                                         QStringLiteral("%1 cannot be looked at; it is put aside with the rest.").arg(entry.path.display())});
            return WalkNext::Continue;
        }
        if (const auto met = meet(rootFd, entry.path, entry.stamp, entry.linkTarget); !met) {
            stopped = met.error();
            return WalkNext::Stop;
        }
        return WalkNext::Continue;
    }));
    if (stopped)
        return std::unexpected(*std::move(stopped));
    return {};
}

Result<void> Differ::run()
{
    collect();
    if (m_data.target) {
        STRONGROOM_TRY(const Fd root, openBelow(m_data.beside.parent.get(), RelPath().childUnchecked(m_data.beside.name),
                                                O_RDONLY | O_DIRECTORY));
        for (const Slot &slot : std::as_const(m_data.slotList))
            STRONGROOM_CHECK(meetSlot(root.get(), slot));
    }
    m_data.plan.steps.reserve(m_data.plan.steps.size() + qsizetype(m_incoming.size()));
    for (const Incoming &in : m_incoming) {
        if (in.met || in.path.isRoot())
            continue;
        add(Verb::Create, in.path, in.member ? fileTypeOf(in.member->type) : FileType::Directory, in.content ? in.content->size : 0, {});
    }
    return {};
}

}  // namespace

Result<void> appendSteps(PreparedRestore::Data &data, Monitor &monitor)
{
    return Differ(data, monitor).run();
}

}  // namespace strongroom::storage
