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

namespace strongroom::storage {

namespace {

// Folders that no member announces, made on the way to one; GNU tar makes them with the same mode.
constexpr quint32 kImpliedMode = 0755;

struct Times {
    timespec both[2];
};

Times timesOf(qint64 mtimeNs)
{
    qint64 seconds = mtimeNs / 1'000'000'000;
    qint64 rest = mtimeNs % 1'000'000'000;
    if (rest < 0) {
        --seconds;
        rest += 1'000'000'000;
    }
    timespec t = {};
    t.tv_sec = time_t(seconds);
    t.tv_nsec = long(rest);
    return Times{{t, t}};
}

std::unexpected<Error> notAsJudged(const Member &member)
{
    return fail(ErrorCode::Changed, member.path.bytes());
}

bool isOurs(const RelPath &path)
{
    return path.isWithin(RelPath::literal(kManifestFolder));
}

}  // namespace

ExtractSink::ExtractSink(int rootFd, ExtractOptions options, Monitor &monitor)
    : m_root(rootFd), m_options(std::move(options)), m_monitor(monitor)
{
}

ExtractSink::~ExtractSink() = default;

quint32 ExtractSink::modeFor(const Member &member) const
{
    const quint32 mode = m_options.mode ? m_options.mode(member) : member.mode;
    // On a directory the special bits grant nothing to a program: a sticky drop box stays one.
    return mode & (member.type == MemberType::Directory && m_options.trusted ? 07777 : 0777);
}

Result<void> ExtractSink::matchJudged(const Member &member)
{
    if (!m_options.judged || isOurs(member.path))
        return {};
    if (m_next >= m_options.judged->size())
        return notAsJudged(member);
    const Member &judged = m_options.judged->at(m_next);
    if (judged.path != member.path || judged.type != member.type || judged.size != member.size || judged.mode != member.mode
        || !standsForTime(member.mtimeNs, judged.mtimeNs) || judged.link != member.link)
        return notAsJudged(member);
    return {};
}

/// With the time that was judged, which may be finer than the one that was read.
const Member &ExtractSink::asJudged(const Member &member) const
{
    return m_options.judged && !isOurs(member.path) ? m_options.judged->at(m_next) : member;
}

Result<ExtractSink::Parent> ExtractSink::parentOf(const RelPath &to)
{
    const RelPath folder = to.parent();
    if (m_parent.isValid() && m_parentPath == folder)
        return Parent{m_parent.get(), to.name()};
    Result<Fd> opened = openBelow(m_root, folder, O_RDONLY | O_DIRECTORY);
    if (!opened && opened.error().code == ErrorCode::NotFound) {
        RelPath path;
        for (const QByteArray &part : folder.components()) {
            path = path.childUnchecked(part);
            if (m_directoryIndex.contains(path))
                continue;
            Member implied;
            implied.path = path;
            implied.type = MemberType::Directory;
            STRONGROOM_TRY(const Fd above, openBelow(m_root, path.parent(), O_RDONLY | O_DIRECTORY));
            if (::mkdirat(above.get(), part.constData(), 0700) != 0) {
                if (errno == EEXIST)
                    continue;  // a slot folder that the caller made; its mode is the caller's
                return failErrno(errno, path.bytes(), ErrorCode::WriteFailed);
            }
            m_directoryIndex.insert(path, m_directories.size());
            m_directories.append({path, implied, true});
        }
        opened = openBelow(m_root, folder, O_RDONLY | O_DIRECTORY);
    }
    if (!opened)
        return std::unexpected(std::move(opened).error());
    m_parent = *std::move(opened);
    m_parentPath = folder;
    return Parent{m_parent.get(), to.name()};
}

Result<void> ExtractSink::makeDirectory(const RelPath &to, const Member &member)
{
    if (const auto it = m_directoryIndex.constFind(to); it != m_directoryIndex.cend()) {
        Pending &known = m_directories[*it];
        if (known.implied)
            known = {to, member, false};  // its content came first
        return {};  // announced twice: common and harmless, the first one counts
    }
    STRONGROOM_TRY(const Parent parent, parentOf(to));
    if (::mkdirat(parent.fd, parent.name.constData(), 0700) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    m_directoryIndex.insert(to, m_directories.size());
    m_directories.append({to, member, false});
    return {};
}

Result<void> ExtractSink::openFile(const RelPath &to, const Member &member)
{
    STRONGROOM_TRY(const Parent parent, parentOf(to));
    const int onlyNew = isMutant(Mutant::ExtractOverwrites) ? O_TRUNC : O_EXCL | O_NOFOLLOW;
    Fd fd(retried([&] { return ::openat(parent.fd, parent.name.constData(), O_WRONLY | O_CREAT | onlyNew | O_CLOEXEC, 0600); }));
    if (!fd.isValid())
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    m_file = std::move(fd);
    m_written = 0;
    return {};
}

Result<void> ExtractSink::begin(const Member &read)
{
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    STRONGROOM_CHECK(matchJudged(read));
    const Member &member = asJudged(read);
    m_file.reset();
    const std::optional<RelPath> to = m_options.place(member.path);
    if (!to || member.type == MemberType::Fifo || isOurs(member.path)) {
        m_counts.leftOut += !isOurs(member.path);
        return {};
    }
    switch (member.type) {
    case MemberType::File: return openFile(*to, member);
    case MemberType::Directory: ++m_counts.directories; return makeDirectory(*to, member);
    case MemberType::Hardlink: return makeHardLink(*to, member);
    case MemberType::Symlink:
        if (isMutant(Mutant::LinksMadeFirst))
            return makeSymlink({*to, member, false});
        m_symlinks.append({*to, member, false});
        break;
    case MemberType::Fifo: break;
    }
    return {};
}

Result<void> ExtractSink::data(QByteArrayView bytes)
{
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    if (!m_file)
        return {};
    m_written += bytes.size();
    return writeFully(m_file->get(), bytes.data(), bytes.size(), m_options.judged ? m_options.judged->value(m_next).path.bytes() : QByteArray());
}

Result<void> ExtractSink::end(const Member &member)
{
    const bool counted = m_options.judged && !isOurs(member.path);
    if (counted && m_options.judged->at(m_next).sha256 != member.sha256 && !isMutant(Mutant::JudgedHashNotCompared))
        return notAsJudged(member);  // X3
    const Member &known = asJudged(member);
    m_next += counted;
    if (!m_file)
        return {};
    if (m_written != member.size)
        return notAsJudged(member);
    Fd fd = std::move(*m_file);
    m_file.reset();
    STRONGROOM_CHECK(complete(fd.get(), known));
    STRONGROOM_CHECK(fd.close(member.path.bytes()));
    ++m_counts.files;
    m_counts.bytes += m_written;
    m_counts.bytesByName += m_written;
    return {};
}

Result<void> ExtractSink::complete(int fd, const Member &member)
{
    if (m_options.trusted && ::fchown(fd, member.uid, member.gid) != 0) {
        if (errno != EPERM)
            return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
        STRONGROOM_TRY(const FileStamp stamp, stampOf(fd, member.path.bytes()));
        m_counts.ownersRefused += stamp.uid != member.uid || stamp.gid != member.gid;
    }
    if (::fchmod(fd, modeFor(member)) != 0 || ::futimens(fd, timesOf(member.mtimeNs).both) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    return {};
}

Result<void> ExtractSink::makeHardLink(const RelPath &to, const Member &member)
{
    STRONGROOM_TRY(const RelPath target, RelPath::parse(member.link));
    const std::optional<RelPath> from = m_options.place(target);
    if (!from)
        return fail(ErrorCode::NotFound, member.link);
    if (*from == to)
        return {};  // its target is left out, so its content was written under this name
    ++m_counts.files;
    if (!m_options.trusted)
        return copyFile(*from, to, member);
    STRONGROOM_TRY(const Fd fromParent, openParent(m_root, *from));
    STRONGROOM_TRY(const FileStamp stamp, stampAt(fromParent.get(), from->name()));
    if (!stamp.isFile())
        return fail(ErrorCode::NotAFile, member.link);
    STRONGROOM_TRY(const Parent parent, parentOf(to));
    if (::linkat(fromParent.get(), from->name().constData(), parent.fd, parent.name.constData(), 0) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    m_counts.bytesByName += stamp.size;
    return {};
}

Result<void> ExtractSink::copyFile(const RelPath &from, const RelPath &to, const Member &member)
{
    STRONGROOM_TRY(const OpenedFile source, openFileBelow(m_root, from));
    STRONGROOM_CHECK(openFile(to, member));
    Fd copy = std::move(*m_file);
    m_file.reset();
    QByteArray buffer(256 * 1024, Qt::Uninitialized);
    for (;;) {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const qint64 n, readFully(source.fd.get(), buffer.data(), buffer.size(), from.bytes()));
        if (n == 0)
            break;
        STRONGROOM_CHECK(writeFully(copy.get(), buffer.constData(), n, member.path.bytes()));
        m_counts.bytes += n;
        m_counts.bytesByName += n;
    }
    STRONGROOM_CHECK(complete(copy.get(), member));
    return copy.close(member.path.bytes());
}

Result<void> ExtractSink::makeSymlink(const Pending &link)
{
    STRONGROOM_TRY(const Parent parent, parentOf(link.path));
    const Member &member = link.member;
    if (::symlinkat(member.link.constData(), parent.fd, parent.name.constData()) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    if (m_options.trusted
        && ::fchownat(parent.fd, parent.name.constData(), member.uid, member.gid, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != EPERM)
            return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
        STRONGROOM_TRY(const FileStamp stamp, stampAt(parent.fd, parent.name));
        m_counts.ownersRefused += stamp.uid != member.uid || stamp.gid != member.gid;
    }
    if (::utimensat(parent.fd, parent.name.constData(), timesOf(member.mtimeNs).both, AT_SYMLINK_NOFOLLOW) != 0)
        return failErrno(errno, member.path.bytes(), ErrorCode::WriteFailed);
    ++m_counts.symlinks;
    return {};
}

Result<void> ExtractSink::finish()
{
    if (m_options.judged && m_next != m_options.judged->size())
        return notAsJudged(m_options.judged->at(m_next));
    for (const Pending &link : std::as_const(m_symlinks))
        STRONGROOM_CHECK(makeSymlink(link));
    m_parent.reset();
    // A folder that is closed to us, or whose time would move, is completed after all below it.
    std::sort(m_directories.begin(), m_directories.end(), [](const Pending &a, const Pending &b) {
        return a.path.bytes() > b.path.bytes();
    });
    for (Pending &directory : m_directories) {
        STRONGROOM_TRY(const Fd fd, openBelow(m_root, directory.path, O_RDONLY | O_DIRECTORY));
        if (directory.implied) {
            if (::fchmod(fd.get(), kImpliedMode) != 0)
                return failErrno(errno, directory.path.bytes(), ErrorCode::WriteFailed);
            continue;
        }
        STRONGROOM_CHECK(complete(fd.get(), directory.member));
    }
    m_directories.clear();
    m_symlinks.clear();
    return {};
}

}  // namespace strongroom::storage
