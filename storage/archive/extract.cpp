// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/extract.h"

#include "storage/archive/manifest.h"
#include "storage/mutant.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace strongroom::storage {

namespace {

// Folders that no member announces, made on the way to one; GNU tar makes them with the same mode.
constexpr quint32 kImpliedMode = 0755;

std::unexpected<Error> notAsJudged(const Member &member)
{
    return fail(ErrorCode::Changed, member.path.bytes());
}

bool isOurs(const RelPath &path)
{
    static const RelPath folder = RelPath::literal(kManifestFolder);
    return path.isWithin(folder);
}

}  // namespace

ExtractSink::ExtractSink(int rootFd, ExtractOptions options, Monitor &monitor)
    : m_root(rootFd), m_options(std::move(options)), m_monitor(monitor), m_crew(m_options.jobs, m_options.trusted, monitor), m_trail(rootFd)
{
}

ExtractSink::~ExtractSink() = default;

Attributes ExtractSink::attributesOf(const Member &member) const
{
    const quint32 mode = m_options.mode ? m_options.mode(member) : member.mode;
    // On a directory the special bits grant nothing to a program: a sticky drop box stays one.
    const quint32 kept = member.type == MemberType::Directory && m_options.trusted ? 07777 : 0777;
    return {mode & kept, member.uid, member.gid, member.mtimeNs};
}

Result<void> ExtractSink::first(Result<void> result)
{
    if (!result)
        STRONGROOM_CHECK(m_crew.wait());
    return result;
}

Result<void> ExtractSink::begin(const Member &member)
{
    return first(take(member));
}

Result<void> ExtractSink::data(QByteArrayView bytes)
{
    return first(write(bytes));
}

Result<void> ExtractSink::end(const Member &member)
{
    return first(close(member));
}

Result<void> ExtractSink::matchJudged(const Member &member)
{
    m_judged = nullptr;
    if (!m_options.judged || isOurs(member.path))
        return {};
    if (m_next >= m_options.judged->size())
        return notAsJudged(member);
    const Member &judged = m_options.judged->at(m_next);
    if (judged.path != member.path || judged.type != member.type || judged.size != member.size || judged.mode != member.mode
        || !standsForTime(member.mtimeNs, judged.mtimeNs) || judged.link != member.link
        || judged.sha256.has_value() != (member.type == MemberType::File))
        return notAsJudged(member);
    m_judged = &judged;
    return {};
}

Result<void> ExtractSink::take(const Member &read)
{
    if (m_crew.hasFailed())
        return m_crew.wait();
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    m_file.reset();
    m_content = Content::LeftOut;
    m_written = 0;
    STRONGROOM_CHECK(matchJudged(read));
    const Member &member = m_judged ? *m_judged : read;   // its time may be finer than the one that was read
    const std::optional<RelPath> to = m_options.place(member.path);
    if (!to || member.type == MemberType::Fifo || isOurs(member.path)) {
        m_counts.leftOut += !isOurs(member.path);
        return {};
    }
    switch (member.type) {
    case MemberType::File: return openFile(*to, member);
    case MemberType::Directory: ++m_counts.directories; return makeDirectory(*to, member);
    case MemberType::Hardlink: m_hardlinks.append({*to, member}); break;
    case MemberType::Symlink:
        if (isMutant(Mutant::LinksMadeFirst))
            return makeSymlink({*to, member});
        m_symlinks.append({*to, member});
        break;
    case MemberType::Fifo: break;
    }
    return {};
}

Result<FileOrder> ExtractSink::orderFor(const RelPath &to, const Member &member)
{
    STRONGROOM_TRY(std::shared_ptr<const Fd> folder, parentOf(to));
    return FileOrder{std::move(folder), to, member.path.bytes(), attributesOf(member), m_judged ? &*m_judged->sha256 : nullptr};
}

Result<void> ExtractSink::openFile(const RelPath &to, const Member &member)
{
    STRONGROOM_TRY(FileOrder order, orderFor(to, member));
    if (member.size <= PlacerCrew::kMaxFile) {
        m_content = Content::Gathered;
        m_crew.begin(std::move(order));
        return {};
    }
    m_content = Content::Streamed;
    m_order = std::move(order);
    STRONGROOM_TRY(m_file, m_crew.own().create(m_order));
    return {};
}

Result<void> ExtractSink::write(QByteArrayView bytes)
{
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    m_written += bytes.size();
    if (m_content == Content::Gathered) {
        m_crew.append(bytes);
        return {};
    }
    if (m_judged)
        m_hasher.add(bytes);
    if (m_content == Content::LeftOut)
        return {};
    return writeFully(m_file->get(), bytes.data(), bytes.size(), m_order.shown);
}

Result<void> ExtractSink::close(const Member &member)
{
    m_next += m_judged != nullptr;
    if (member.type != MemberType::File)
        return {};
    if (m_written != member.size)
        return notAsJudged(member);
    if (m_content == Content::Gathered)
        return m_crew.finish();
    if (m_judged && m_hasher.finish() != *m_judged->sha256 && !isMutant(Mutant::JudgedHashNotCompared))
        return notAsJudged(member);  // X3
    if (m_content == Content::LeftOut)
        return {};
    return m_crew.own().complete(*std::exchange(m_file, {}), m_order, m_written);
}

Result<std::shared_ptr<const Fd>> ExtractSink::parentOf(const RelPath &to)
{
    auto opened = m_trail.openParentOf(to);
    if (opened || opened.error().code != ErrorCode::NotFound)
        return opened;
    RelPath path;
    for (const QByteArray &part : to.parent().components()) {
        path = path.childUnchecked(part);
        if (m_directoryIndex.contains(path))
            continue;
        Member implied;
        implied.path = path;
        implied.type = MemberType::Directory;
        STRONGROOM_TRY(const auto above, m_trail.openParentOf(path));
        if (::mkdirat(above->get(), part.constData(), 0700) != 0) {
            if (errno == EEXIST)
                continue;  // a slot folder that the caller made; its mode is the caller's
            return failErrno(errno, path.bytes(), ErrorCode::WriteFailed);
        }
        m_directoryIndex.insert(path, m_directories.size());
        m_directories.append({path, implied, true});
    }
    return m_trail.openParentOf(to);
}

Result<void> ExtractSink::makeDirectory(const RelPath &to, const Member &member)
{
    if (const auto it = m_directoryIndex.constFind(to); it != m_directoryIndex.cend()) {
        Pending &known = m_directories[*it];
        if (known.implied)
            known = {to, member};  // its content came first
        return {};  // announced twice: common and harmless, the first one counts
    }
    STRONGROOM_TRY(const auto parent, parentOf(to));
    if (::mkdirat(parent->get(), to.name().constData(), 0700) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    m_directoryIndex.insert(to, m_directories.size());
    m_directories.append({to, member});
    return {};
}

Result<void> ExtractSink::makeHardLink(const Pending &link)
{
    const Member &member = link.member;
    STRONGROOM_TRY(const RelPath target, RelPath::parse(member.link));
    const std::optional<RelPath> from = m_options.place(target);
    if (!from)
        return fail(ErrorCode::NotFound, member.link);
    if (*from == link.path)
        return {};  // its target is left out, so its content was written under this name
    if (!m_options.trusted)
        return copyFile(*from, link);
    STRONGROOM_TRY(const Fd fromParent, openParent(m_root, *from));
    STRONGROOM_TRY(const FileStamp stamp, stampAt(fromParent.get(), from->name()));
    if (!stamp.isFile())
        return fail(ErrorCode::NotAFile, member.link);
    STRONGROOM_TRY(const auto parent, parentOf(link.path));
    if (::linkat(fromParent.get(), from->name().constData(), parent->get(), link.path.name().constData(), 0) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    ++m_counts.files;
    m_counts.bytesByName += stamp.size;
    return {};
}

Result<void> ExtractSink::copyFile(const RelPath &from, const Pending &link)
{
    STRONGROOM_TRY(const OpenedFile source, openFileBelow(m_root, from));
    m_judged = nullptr;
    STRONGROOM_TRY(const FileOrder order, orderFor(link.path, link.member));
    STRONGROOM_TRY(Fd copy, m_crew.own().create(order));
    QByteArray buffer(256 * 1024, Qt::Uninitialized);
    qint64 size = 0;
    for (;;) {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const qint64 n, readFully(source.fd.get(), buffer.data(), buffer.size(), from.bytes()));
        if (n == 0)
            break;
        STRONGROOM_CHECK(writeFully(copy.get(), buffer.constData(), n, order.shown));
        size += n;
    }
    return m_crew.own().complete(std::move(copy), order, size);
}

Result<void> ExtractSink::makeSymlink(const Pending &link)
{
    STRONGROOM_TRY(const auto parent, parentOf(link.path));
    const Member &member = link.member;
    const QByteArray name = link.path.name();
    if (::symlinkat(member.link.constData(), parent->get(), name.constData()) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    if (m_options.trusted
        && ::fchownat(parent->get(), name.constData(), member.uid, member.gid, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != EPERM)
            return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
        STRONGROOM_TRY(const FileStamp stamp, stampAt(parent->get(), name));
        m_counts.ownersRefused += stamp.uid != member.uid || stamp.gid != member.gid;
    }
    if (::utimensat(parent->get(), name.constData(), FileTimes(member.mtimeNs).both, AT_SYMLINK_NOFOLLOW) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    ++m_counts.symlinks;
    return {};
}

Result<void> ExtractSink::completeDirectories()
{
    // A folder that is closed to us, or whose time would move, is completed after all below it.
    std::sort(m_directories.begin(), m_directories.end(), [](const Pending &a, const Pending &b) {
        return a.path.bytes() > b.path.bytes();
    });
    for (const Pending &directory : std::as_const(m_directories)) {
        STRONGROOM_TRY(const auto parent, m_trail.openParentOf(directory.path));
        STRONGROOM_TRY(const Fd fd, openBelow(parent->get(), RelPath().childUnchecked(directory.path.name()), O_RDONLY | O_DIRECTORY));
        if (!directory.implied)
            STRONGROOM_CHECK(m_crew.own().completeDirectory(fd.get(), attributesOf(directory.member), directory.member.path.bytes()));
        else if (::fchmod(fd.get(), kImpliedMode) != 0)
            return failErrno(errno, directory.path.bytes(), ErrorCode::WriteFailed);
    }
    return {};
}

Result<void> ExtractSink::finish(const Result<void> &pass)
{
    STRONGROOM_CHECK(m_crew.wait());
    STRONGROOM_CHECK(pass);
    if (m_options.judged && m_next != m_options.judged->size())
        return notAsJudged(m_options.judged->at(m_next));
    for (const Pending &link : std::as_const(m_hardlinks))
        STRONGROOM_CHECK(makeHardLink(link));
    for (const Pending &link : std::as_const(m_symlinks))
        STRONGROOM_CHECK(makeSymlink(link));
    STRONGROOM_CHECK(completeDirectories());
    m_trail.clear();
    m_directories.clear();
    m_hardlinks.clear();
    m_symlinks.clear();
    const PlacedCounts placed = m_crew.counts();
    m_counts.files += placed.files;
    m_counts.bytes += placed.bytes;
    m_counts.bytesByName += placed.bytes;
    m_counts.ownersRefused += placed.ownersRefused;
    return {};
}

}  // namespace strongroom::storage
