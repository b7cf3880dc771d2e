// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backupselection.h"

#include "storage/archive/limits.h"
#include "storage/archive/manifest.h"

#include <QSet>

#include <algorithm>
#include <climits>
#include <fcntl.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr QByteArrayView kDatabaseSuffixes[] = {"-wal", "-shm", "-journal"};

/// Staging folders, safety copies, notes and locks of ours: `.NAME.strongroom-...`.
bool isOwnLeftover(QByteArrayView name)
{
    return name.startsWith('.') && name.contains(QByteArrayView(".strongroom-"));
}

bool isOwnPartial(QByteArrayView name)
{
    constexpr QByteArrayView kPartial = ".partial";
    if (!name.endsWith(kPartial))
        return false;
    name.chop(kPartial.size());
    return name.endsWith(".tar.gz") || name.endsWith(".tgz") || name.endsWith(".tar.zst") || name.endsWith(".tar");
}

/// The last component without a copy, good as long as `path`.
QByteArrayView nameOf(const RelPath &path)
{
    const QByteArrayView bytes = path.bytes();
    return bytes.sliced(bytes.lastIndexOf('/') + 1);
}

bool isSpecial(FileType type)
{
    return type != FileType::File && type != FileType::Directory && type != FileType::Symlink;
}

std::unexpected<Error> unknownScope(const QByteArray &directory, const QString &scope)
{
    return fail(ErrorCode::ScopeUnknown, directory, {scope});
}

/// Sorted, and without what lies in another one.
QList<RelPath> outermost(QList<RelPath> paths)
{
    std::sort(paths.begin(), paths.end());
    QList<RelPath> roots;
    for (const RelPath &path : paths) {
        const bool covered = std::any_of(roots.cbegin(), roots.cend(), [&](const RelPath &root) { return path.isWithin(root); });
        if (!covered)
            roots.append(path);
    }
    return roots;
}

}  // namespace

Result<BackupSelection> BackupSelection::open(const BackupRequest &request, Monitor &monitor)
{
    BackupSelection selection;
    STRONGROOM_TRY(selection.m_directory, DataDirectory::open(request.directory, monitor));
    const QByteArray name = selection.m_directory->tree().name();
    if (name.isEmpty())
        return fail(ErrorCode::BadPath, request.directory);
    if (name == kManifestFolder)
        return fail(ErrorCode::BadName, request.directory);
    selection.m_top = RelPath().childUnchecked(name);
    STRONGROOM_TRY(selection.m_folder, openDirectory(request.folder));
    STRONGROOM_TRY(selection.m_folderStamp, stampOf(selection.m_folder.get(), request.folder));
    STRONGROOM_TRY(const FileStamp root, stampOf(selection.rootFd(), request.directory));
    if (root.device == selection.m_folderStamp.device && root.inode == selection.m_folderStamp.inode)
        return fail(ErrorCode::BadPath, request.folder);
    STRONGROOM_CHECK(selection.resolveScope(request.scope, monitor));
    return selection;
}

Result<void> BackupSelection::resolveScope(const QStringList &scope, Monitor &monitor)
{
    static const QString kEverything = QStringLiteral("everything");
    static const QString kVolume = QStringLiteral("volume:");
    if (scope.isEmpty())
        return unknownScope(m_directory->path(), QString());
    QList<RelPath> paths;
    bool everything = false;
    for (const QString &word : scope) {
        if (word == kEverything) {
            everything = true;
            continue;
        }
        if (!word.startsWith(kVolume))
            return unknownScope(m_directory->path(), word);
        const auto details = m_directory->details({ItemKind::Volume, word.sliced(kVolume.size())}, monitor);
        if (!details && details.error().code == ErrorCode::ItemUnknown)
            return unknownScope(m_directory->path(), word);
        if (!details)
            return std::unexpected(details.error());
        for (const Part &part : details->parts) {
            if (part.record.isEmpty())
                paths.append(part.path);
        }
        if (details->parts.isEmpty())
            return unknownScope(m_directory->path(), word);
    }
    everything = everything || std::any_of(paths.cbegin(), paths.cend(), [](const RelPath &path) { return path.isRoot(); });
    if (!everything)
        m_roots = outermost(std::move(paths));
    return {};
}

Capture BackupSelection::captureOf(const RelPath &path) const
{
    for (const DetectedLayout &detected : m_directory->layouts()) {
        if (!path.isWithin(detected.root))
            continue;
        const Capture capture = captureFor(detected.layout->identity(), path.relativeTo(detected.root));
        if (capture != Capture::Plain)
            return capture;
    }
    return Capture::Plain;
}

bool BackupSelection::isRunTimeFile(const RelPath &path) const
{
    return isRunTimeFile(path, captureOf(path));
}

bool BackupSelection::isRunTimeFile(const RelPath &path, Capture capture) const
{
    return capture == Capture::Runtime || isOwnPartial(nameOf(path)) || databaseOf(path);
}

BackupSelection::Decision BackupSelection::decide(const RelPath &path, const FileStamp &stamp) const
{
    Decision decision;
    decision.capture = captureOf(path);
    if (isRunTimeFile(path, decision.capture))
        decision.reason = QStringLiteral("run-time-file");
    else if (isOwnLeftover(nameOf(path)))
        decision.reason = QStringLiteral("own-leftover");
    else if (isSpecial(stamp.type))
        decision.reason = QStringLiteral("special-file");
    else if (stamp.device == m_folderStamp.device && stamp.inode == m_folderStamp.inode)
        decision.reason = QStringLiteral("backup-folder");
    else if (const Limits limits = Limits::production();
             m_top.bytes().size() + 1 + path.bytes().size() >= limits.maxPath || path.depth() >= limits.maxDepth)
        decision.reason = QLatin1String(kTooDeep);
    return decision;
}

PlanWarning BackupSelection::tooDeepWarning(const RelPath &path)
{
    constexpr qsizetype kShown = 200;
    return {QString::fromLatin1(kTooDeep), path.bytes(),
            QStringLiteral("%1… lies too deep for an archive and is left out.").arg(displayBytes(path.bytes().left(kShown)))};
}

std::optional<RelPath> BackupSelection::partnerOf(const RelPath &path) const
{
    const QByteArrayView name = nameOf(path);
    for (const DetectedLayout &detected : m_directory->layouts()) {
        if (!path.isWithin(detected.root))
            continue;
        for (const CapturePair &pair : detected.layout->identity().pairs) {
            if (name == pair.first)
                return path.parent().childUnchecked(pair.second);
            if (name == pair.second)
                return path.parent().childUnchecked(pair.first);
        }
    }
    return std::nullopt;
}

std::optional<RelPath> BackupSelection::databaseOf(const RelPath &path) const
{
    for (const QByteArrayView suffix : kDatabaseSuffixes) {
        if (!path.bytes().endsWith(suffix) || nameOf(path).size() == suffix.size())
            continue;
        const RelPath database = path.parent().childUnchecked(nameOf(path).chopped(suffix.size()));
        if (captureOf(database) == Capture::Sqlite)
            return database;
    }
    return std::nullopt;
}

Result<WalkNext> BackupSelection::visitOne(const RelPath &path, const std::function<WalkNext(const WalkEntry &)> &visitor) const
{
    STRONGROOM_TRY(Fd parent, openParent(rootFd(), path));
    WalkEntry entry;
    entry.path = path;
    entry.folder = std::make_shared<const Fd>(std::move(parent));
    STRONGROOM_TRY(entry.stamp, stampAt(entry.folder->get(), path.name()));
    if (entry.stamp.isSymlink()) {
        STRONGROOM_TRY(entry.linkTarget, readLinkAt(entry.folder->get(), path.name(), path.bytes()));
    }
    return visitor(entry);
}

Result<void> BackupSelection::visit(Monitor &monitor, const std::function<WalkNext(const WalkEntry &)> &visitor) const
{
    if (isEverything())
        return walk(rootFd(), {}, {}, monitor, visitor);
    QSet<RelPath> onTheWay;
    for (const RelPath &root : m_roots) {
        QList<RelPath> folders;
        for (RelPath up = root.parent(); !up.isRoot(); up = up.parent())
            folders.prepend(up);
        bool open = true;
        for (const RelPath &folder : folders) {
            if (!open || onTheWay.contains(folder))
                continue;
            onTheWay.insert(folder);
            STRONGROOM_TRY(const WalkNext next, visitOne(folder, visitor));
            if (next == WalkNext::Stop)
                return {};
            open = next == WalkNext::Continue;
        }
        if (!open)
            continue;
        STRONGROOM_TRY(const FileStamp stamp, stampBelow(rootFd(), root));
        STRONGROOM_TRY(const WalkNext next, visitOne(root, visitor));
        if (next == WalkNext::Stop)
            return {};
        if (next == WalkNext::Continue && stamp.isDirectory())
            STRONGROOM_CHECK(walk(rootFd(), root, {}, monitor, visitor));
    }
    return {};
}

}  // namespace strongroom::storage
