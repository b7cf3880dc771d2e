// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/memberguard.h"

#include "storage/archive/manifest.h"
#include "storage/mutant.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

/// One offence is enough to refuse an archive; the first few are enough to tell why.
constexpr qsizetype kMaxOffences = 20;
/// Empty entries that are too many even before the rest is seen, when this many times as many as others.
constexpr qint64 kHollowAtOnce = 1'000'000;
constexpr qint64 kHollowShareAtOnce = 100;
/// As many links as the kernel follows before it says ELOOP.
constexpr int kMaxHops = 40;

std::unexpected<Error> hostile(const char *what, QByteArrayView name)
{
    return fail(ErrorCode::ArchiveHostile, name.toByteArray(), {QString::fromLatin1(what)});
}

bool isLetter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool hasDrive(QByteArrayView name)
{
    return name.size() >= 3 && isLetter(name[0]) && name[1] == ':' && (name[2] == '/' || name[2] == '\\');
}

bool isClosedName(QByteArrayView name)
{
    return std::all_of(name.begin(), name.end(), [](char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    });
}

bool isHarmlessDevice(QByteArrayView target)
{
    return target == "/dev/stdout" || target == "/dev/stderr" || target == "/dev/null";
}

bool isOurs(const RelPath &path)
{
    static const RelPath folder = RelPath::literal(kManifestFolder);
    return path.isWithin(folder);
}

bool hasLongComponent(QByteArrayView name)
{
    const QList<QByteArray> components = name.toByteArray().split('/');
    return std::any_of(components.begin(), components.end(), [](const QByteArray &c) { return c.size() > RelPath::kMaxName; });
}

QByteArrayView withoutDotSlash(QByteArrayView name)
{
    while (name.startsWith("./"))
        name = name.sliced(2);
    return name;
}

}  // namespace

Result<void> MemberGuard::admit(QByteArrayView raw, Member &member)
{
    if (++m_entries > m_limits.maxEntries)
        return hostile("more entries than the limit", raw.first(std::min<qsizetype>(raw.size(), RelPath::kMaxName)));
    STRONGROOM_TRY(member.path, spell(raw, member.type));
    if (member.size < 0 || member.size > m_limits.maxBytes - m_bytes)
        return hostile("sizes over the limit", member.path.bytes());
    m_bytes += member.size;
    if (member.path.isRoot())
        return {};
    STRONGROOM_CHECK(checkNames(member.path));
    if (member.type == MemberType::Hardlink)
        STRONGROOM_CHECK(checkHardlink(member));
    STRONGROOM_CHECK(place(member.path, member.type));
    if (member.type == MemberType::Symlink) {
        if (member.link.isEmpty() || member.link.contains('\0') || member.link.size() > m_limits.maxPath)
            return hostile("link without a usable target", member.path.bytes());
        m_linkAt.insert(member.path.bytes(), m_links.size());
        m_links.append({member.path, member.link});
    }
    const bool isFile = member.type == MemberType::File || member.type == MemberType::Hardlink;
    if (isFile && !isOurs(member.path))
        ++m_files;
    const bool isFilled = member.type == MemberType::Hardlink || member.size > 0;
    ++(isFilled ? m_filled : m_hollow);
    // Which of them come first is the archive's choice, so the share counts at the end; but not at any price.
    if (m_hollow > kHollowAtOnce && isHollow(kHollowShareAtOnce) && !m_limits.announced)
        return hostile("hardly anything but empty entries", member.path.bytes());
    return {};
}

bool MemberGuard::isHollow(qint64 share) const
{
    return m_hollow > m_limits.maxEmptyEntries && m_hollow / share > m_filled;
}

Result<RelPath> MemberGuard::spell(QByteArrayView raw, MemberType type)
{
    if (raw.size() > m_limits.maxPath)
        return fail(ErrorCode::BadPath, raw.first(RelPath::kMaxName).toByteArray(), {QStringLiteral("path too long")});
    const bool odd = raw.contains('\\') || hasDrive(raw);
    if (odd && m_nameOffences.size() < kMaxOffences)
        m_nameOffences.append(fail(ErrorCode::BadPath, raw.toByteArray()).error());
    QByteArrayView name = withoutDotSlash(raw);
    if (type == MemberType::Directory) {
        if (name.size() > 1 && name.endsWith('/'))
            name.chop(1);
        if (name == "." || (name.isEmpty() && !raw.isEmpty()))
            return RelPath();
    }
    if (raw.isEmpty())
        return hostile("entry without a name", {});
    if (name.isEmpty())
        return fail(ErrorCode::BadPath, raw.toByteArray(), {QStringLiteral("empty name")});
    auto path = RelPath::parse(name);
    if (!path && hasLongComponent(name))
        path.error().args.append(QStringLiteral("name too long"));
    return path;
}

Result<void> MemberGuard::checkNames(const RelPath &path)
{
    if (path.depth() > m_limits.maxDepth)
        return fail(ErrorCode::BadPath, path.bytes().left(RelPath::kMaxName), {QStringLiteral("too deep")});
    if (!m_limits.names.closedAlphabet)
        return {};
    if (isFreeArea(path.bytes())) {
        // 0xc0 with a continuation byte spells an ASCII character a second way ('/' among them).
        for (qsizetype i = 0; i + 1 < path.bytes().size(); ++i) {
            if (uchar(path.bytes()[i]) == 0xc0 && (uchar(path.bytes()[i + 1]) & 0xc0) == 0x80)
                return fail(ErrorCode::BadName, path.bytes());
        }
    } else {
        for (const QByteArray &component : path.components()) {
            if (!isClosedName(component))
                return fail(ErrorCode::BadName, path.bytes());
        }
    }
    return {};
}

Result<void> MemberGuard::place(const RelPath &path, MemberType type)
{
    const QByteArray &bytes = path.bytes();
    const qsizetype slash = bytes.lastIndexOf('/');
    // What is a folder stays one, so what was found of the last path's holds for its neighbours.
    if (const QByteArrayView folder = QByteArrayView(bytes).first(std::max<qsizetype>(slash, 0)); folder != m_lastFolder) {
        STRONGROOM_CHECK(placeFolders(bytes));
        m_lastFolder = folder.toByteArray();
    }
    const auto [kind, isNew] = m_kinds.insert(bytes, type);
    if (!isNew) {
        if ((*kind != MemberType::Directory || type != MemberType::Directory) && !isMutant(Mutant::DuplicatesAccepted))
            return hostile("path twice", bytes);
        *kind = type;
    }
    return checkFold(bytes);
}

/// Every folder on the way to `path`, made where it is not there yet.
Result<void> MemberGuard::placeFolders(const QByteArray &path)
{
    for (qsizetype slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        const QByteArrayView parent = QByteArrayView(path).first(slash);
        const auto [kind, isNew] = m_kinds.insert(parent, MemberType::Directory);
        if (isNew) {
            ++m_hollow;   // made all the same
            STRONGROOM_CHECK(checkFold(parent));
        } else if (*kind == MemberType::Symlink) {
            return fail(ErrorCode::LinkInPath, path);
        } else if (*kind != MemberType::Directory) {
            return hostile("path is both a file and a folder", path);
        }
    }
    return {};
}

Result<void> MemberGuard::checkHardlink(Member &member) const
{
    const QByteArrayView target = withoutDotSlash(member.link);
    const MemberType *kind = m_kinds.find(target);
    if (!kind || (*kind != MemberType::File && *kind != MemberType::Hardlink))
        return hostile("hard link to something that is not an earlier file", member.path.bytes());
    member.link = target.toByteArray();
    return {};
}

Result<void> MemberGuard::checkFold(QByteArrayView path)
{
    if (!m_limits.names.refuseCasePairs || isFreeArea(path))
        return {};
    const QByteArray folded = path.toByteArray().toLower();
    const auto found = m_folded.constFind(folded);
    if (found == m_folded.constEnd())
        m_folded.insert(folded, path.toByteArray());
    else if (*found != path)
        return hostile("names that differ by case only", path);
    return {};
}

bool MemberGuard::isFreeArea(QByteArrayView path) const
{
    return std::any_of(m_limits.names.freeAreas.begin(), m_limits.names.freeAreas.end(),
                       [path](const QByteArray &area) { return path.startsWith(area); });
}

bool MemberGuard::hasManifest() const
{
    const MemberType *kind = m_kinds.find(kManifestPath);
    return kind && *kind == MemberType::File;
}

QList<Error> MemberGuard::foreignOffences() const
{
    QList<Error> offences = m_nameOffences;
    if (isHollow(m_limits.maxEmptyShare))
        offences.append(hostile("hardly anything but empty entries", {}).error());
    for (const Link &link : m_links) {
        if (offences.size() >= kMaxOffences)
            break;
        if (auto offence = foreignLinkOffence(link))
            offences.append(*std::move(offence));
    }
    return offences;
}

std::optional<Error> MemberGuard::foreignLinkOffence(const Link &link) const
{
    const QString target = displayBytes(link.target);
    if (link.target.startsWith('/') || link.target.split('/').contains(".."))
        return fail(ErrorCode::OutwardLink, link.path.bytes(), {target}).error();
    if (link.target.contains('\n'))
        return hostile("line break in a link target", link.path.bytes()).error();
    // Compared as text: a target that is not spelled in the one way leads to nothing.
    const QByteArray aim = link.path.parent().childUnchecked(link.target).bytes();
    if (m_linkAt.contains(aim) || !m_kinds.contains(aim))
        return hostile("link to a link or to nothing", link.path.bytes()).error();
    return std::nullopt;
}

QList<QByteArray> MemberGuard::outwardLinks(const RelPath &top) const
{
    QList<QByteArray> outward;
    for (const Link &link : m_links) {
        if (leadsOut(link, top))
            outward.append(link.path.bytes());
    }
    return outward;
}

// Walks the target as the kernel would, link by link, because "a/.." is not "." where a is a link.
bool MemberGuard::leadsOut(const Link &link, const RelPath &top) const
{
    if (isHarmlessDevice(link.target) || isMutant(Mutant::OutwardLinksAccepted))
        return false;
    if (!link.path.isWithin(top) || link.path == top)
        return true;
    RelPath at = link.path.parent();
    QList<QByteArray> pending;   // components still to walk, the next one last
    const auto push = [&pending](const QByteArray &target) {
        const QList<QByteArray> parts = target.split('/');
        for (auto it = parts.crbegin(); it != parts.crend(); ++it)
            pending.append(*it);
    };
    push(link.target);
    if (link.target.startsWith('/'))
        return true;
    for (int hops = 0; !pending.isEmpty();) {
        const QByteArray component = pending.takeLast();
        if (component.isEmpty() || component == ".")
            continue;
        if (component == "..") {
            if (at == top)
                return true;
            at = at.parent();
            continue;
        }
        const RelPath next = at.childUnchecked(component);
        const auto found = m_linkAt.constFind(next.bytes());
        if (found == m_linkAt.constEnd()) {
            at = next;
            continue;
        }
        const QByteArray &target = m_links.at(*found).target;
        if (isHarmlessDevice(target) && pending.isEmpty())
            return false;
        if (target.startsWith('/') || ++hops > kMaxHops)
            return true;
        push(target);
    }
    return false;
}

}  // namespace strongroom::storage
