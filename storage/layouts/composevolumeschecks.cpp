// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/composevolumeschecks.h"

#include "storage/formats/pgfiles.h"
#include "storage/formats/redisfiles.h"

#include <QSet>

namespace strongroom::storage::compose {

namespace {

Finding finding(Severity severity, const char *code, const std::optional<ItemId> &item, const RelPath &path, const QString &message)
{
    Finding f;
    f.severity = severity;
    f.code = QString::fromLatin1(code);
    f.item = item;
    f.path = path;
    f.message = message;
    return f;
}

ItemId idOf(const Volume &volume)
{
    return {ItemKind::Volume, volume.id()};
}

void checkCluster(const Tree &tree, const Volume &volume, const FindingSink &findings)
{
    const auto cluster = readPgCluster(tree, volume.content);
    if (!cluster)
        return;
    if (cluster->version.isEmpty())
        findings(finding(Severity::Error, "control-file-corrupt", idOf(volume), volume.content.childUnchecked("PG_VERSION"),
                         QStringLiteral("PG_VERSION does not hold a version.")));
    if (cluster->hasPid && cluster->control && cluster->control->checksumOk && cluster->control->state == PgState::ShutDown) {
        Finding f = finding(Severity::Warning, "stale-lock", idOf(volume), volume.content.childUnchecked("postmaster.pid"),
                            QStringLiteral("postmaster.pid is left behind: the cluster is shut down."));
        f.consequence = QStringLiteral("The server may refuse to start until it is removed.");
        findings(std::move(f));
    }
}

Result<void> checkRedis(const Tree &tree, const Volume &volume, const FindingSink &findings, Monitor &monitor)
{
    const auto redis = readRedisData(tree, volume.content);
    if (!redis)
        return {};
    const RelPath aofDir = volume.content.childUnchecked("appendonlydir");
    if (redis->manifestError)
        findings(finding(Severity::Error, "control-file-corrupt", idOf(volume), redis->manifestPath,
                         QStringLiteral("The append-only manifest cannot be understood.")));
    for (const QByteArray &name : redis->missing)
        findings(finding(Severity::Error, "missing-file", idOf(volume), aofDir.childUnchecked(name),
                         QStringLiteral("The append-only manifest names %1, which is not there.").arg(displayBytes(name))));
    if (redis->hasDump && !redis->dumpVersion)
        findings(finding(Severity::Error, "log-file-truncated", idOf(volume), volume.content.childUnchecked("dump.rdb"),
                         QStringLiteral("dump.rdb does not begin as an RDB file.")));
    for (const AofEntry &entry : redis->entries) {
        const RelPath path = aofDir.childUnchecked(entry.name);
        if (entry.type == AofEntry::Type::Base && redis->baseDamaged)
            findings(finding(Severity::Error, "log-file-truncated", idOf(volume), path,
                             QStringLiteral("The append-only base is neither an RDB file nor a command log.")));
        if (entry.type != AofEntry::Type::Increment || !tree.hasFile(path))
            continue;
        const auto tail = readAofTail(tree, path, monitor);
        if (!tail) {
            if (tail.error().code == ErrorCode::Cancelled)
                return std::unexpected(tail.error());
            findings(finding(Severity::Error, "unreadable", idOf(volume), path,
                             QStringLiteral("%1 cannot be read.").arg(displayBytes(entry.name))));
            continue;
        }
        if (tail->damaged)
            findings(finding(Severity::Error, "log-file-truncated", idOf(volume), path,
                             QStringLiteral("%1 holds bytes that are no command after byte %2.")
                                 .arg(displayBytes(entry.name)).arg(tail->goodBytes)));
        else if (tail->torn) {
            Finding f = finding(Severity::Warning, "log-file-truncated", idOf(volume), path,
                                QStringLiteral("%1 ends inside a command at byte %2 of %3.")
                                    .arg(displayBytes(entry.name)).arg(tail->goodBytes).arg(tail->bytes));
            f.consequence = QStringLiteral("Redis cuts the last command off when it starts.");
            findings(std::move(f));
        }
    }
    return {};
}

/// The stock nginx image links its logs to these; they mean the container's own output.
bool isContainerOutput(QByteArrayView target)
{
    return target == "/dev/stdout" || target == "/dev/stderr" || target == "/dev/null";
}

/// Where a relative link points inside the tree, by name only; nullopt when it leaves `inside`.
std::optional<RelPath> linkDestination(const RelPath &link, QByteArrayView target, const RelPath &inside)
{
    if (target.startsWith('/'))
        return std::nullopt;
    RelPath at = link.parent();
    for (const QByteArray &part : target.toByteArray().split('/')) {
        if (part.isEmpty() || part == ".")
            continue;
        if (part == "..") {
            if (at == inside || at.isRoot())
                return std::nullopt;
            at = at.parent();
            continue;
        }
        const auto next = at.child(part);
        if (!next)
            return std::nullopt;
        at = *next;
    }
    return at;
}

void checkLink(const Tree &tree, const Volume &volume, const RelPath &path, QByteArrayView target, const FindingSink &findings)
{
    if (isContainerOutput(target))
        return;
    const auto destination = linkDestination(path, target, volume.content);
    if (!destination) {
        findings(finding(Severity::Warning, "outward-symlink", idOf(volume), path,
                         QStringLiteral("%1 points out of its volume, to %2.").arg(displayBytes(path.name()), displayBytes(target))));
        return;
    }
    // Package folders are full of links to what was pruned; they come back with the packages.
    if (factsOf(volume.purpose).volumeClass != VolumeClass::Regenerable && !tree.stamp(*destination))
        findings(finding(Severity::Note, "dangling-symlink", idOf(volume), path,
                         QStringLiteral("%1 points to %2, which is not there.").arg(displayBytes(path.name()), displayBytes(target))));
}

/// Last bytes of a file; empty when it cannot be read.
QByteArray tailOf(const Tree &tree, const RelPath &path, qint64 bytes, Monitor &monitor)
{
    const auto file = tree.open(path);
    if (!file)
        return {};
    QByteArray tail;
    QByteArray block(256 * 1024, Qt::Uninitialized);
    while (!monitor.stopRequested()) {
        const auto n = (*file)->read(block.data(), block.size());
        if (!n || *n == 0)
            break;
        tail.append(block.constData(), *n);
        tail = tail.right(bytes);
    }
    return tail;
}

}  // namespace

ItemState stateOfVolume(const Tree &tree, const Volume &volume)
{
    if (const auto cluster = readPgCluster(tree, volume.content)) {
        if (cluster->controlDamaged() || cluster->version.isEmpty())
            return ItemState::Damaged;
        if (cluster->hasPid && cluster->control && cluster->control->state == PgState::InProduction)
            return ItemState::Locked;
        return ItemState::Ok;
    }
    if (const auto redis = readRedisData(tree, volume.content)) {
        if (redis->manifestError || !redis->missing.isEmpty() || redis->baseDamaged || (redis->hasDump && !redis->dumpVersion))
            return ItemState::Damaged;
    }
    return ItemState::Ok;
}

void reportUnreadable(const Volume &volume, const RelPath &path, qint64 count, const FindingSink &findings)
{
    findings(finding(Severity::Warning, "unreadable", idOf(volume), path,
                     QStringLiteral("%1 entries of %2 cannot be read; its size is not complete.").arg(count).arg(volume.id())));
}

void reportControlFile(const Tree &tree, const Volume &volume, const FindingSink &findings)
{
    const auto cluster = readPgCluster(tree, volume.content);
    if (!cluster || !cluster->controlDamaged())
        return;
    const RelPath path = volume.content.childUnchecked("global").childUnchecked("pg_control");
    Finding f = finding(Severity::Error, "control-file-corrupt", idOf(volume), path,
                        cluster->controlError ? QStringLiteral("global/pg_control cannot be read as a control file.")
                                              : QStringLiteral("The checksum of global/pg_control is wrong."));
    f.consequence = QStringLiteral("The database server will not start.");
    findings(std::move(f));
}

void reportMissingVolumes(const Stack &stack, const FindingSink &findings)
{
    if (stack.volumes.isEmpty())
        return;
    for (const Project &project : stack.projects) {
        for (const DeclaredVolume &declared : project.declared) {
            const bool there = std::any_of(stack.volumes.begin(), stack.volumes.end(),
                                           [&](const Volume &volume) { return declared.matches(volume.name); });
            if (there)
                continue;
            Finding f = finding(Severity::Note, "volume-missing", std::nullopt, project.composeFile,
                                QStringLiteral("Volume %1 is declared but not on disk.").arg(displayBytes(declared.shownName())));
            f.consequence = QStringLiteral("The engine creates it empty when the stack starts.");
            findings(std::move(f));
        }
    }
}

Result<void> checkVolume(const Tree &tree, const Volume &volume, const FindingSink &findings, Monitor &monitor)
{
    monitor.setCurrent(volume.folder.bytes());
    reportControlFile(tree, volume, findings);
    checkCluster(tree, volume, findings);
    STRONGROOM_CHECK(checkRedis(tree, volume, findings, monitor));
    qint64 unreadable = 0;
    RelPath firstUnreadable;
    STRONGROOM_CHECK(tree.walk(volume.folder, monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *error) {
        if (error) {
            if (unreadable++ == 0)
                firstUnreadable = path;
            return true;
        }
        monitor.addItems();
        if (entry.stamp.isSymlink())
            checkLink(tree, volume, path, entry.linkTarget, findings);
        if (volume.purpose == Purpose::Redis && entry.stamp.isFile() && isRedisTemporary(entry.name))
            findings(finding(Severity::Warning, "stale-temporary", idOf(volume), path,
                             QStringLiteral("%1 was left by a save that did not finish.").arg(displayBytes(entry.name))));
        return true;
    }));
    if (unreadable > 0)
        reportUnreadable(volume, firstUnreadable, unreadable, findings);
    return {};
}

Result<void> checkProject(const Tree &tree, const Project &project, const FindingSink &findings, Monitor &monitor)
{
    QSet<RelPath> interrupted;
    for (const ProjectBackup &backup : project.interrupted()) {
        interrupted.insert(backup.path);
        findings(finding(Severity::Warning, "interrupted-backup", std::nullopt, backup.path,
                         QStringLiteral("%1 belongs to a backup run that never finished.").arg(displayBytes(backup.path.name()))));
    }
    for (const ProjectBackup &backup : project.backups) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        if (backup.bytes == 0) {
            findings(finding(Severity::Error, backup.kind == DumpKind::Database ? "dump-empty" : "empty-file", std::nullopt,
                             backup.path, QStringLiteral("%1 is empty: making it failed.").arg(displayBytes(backup.path.name()))));
            continue;
        }
        if (backup.kind != DumpKind::Database)
            continue;
        monitor.setCurrent(backup.path.bytes());
        const auto head = tree.readHead(backup.path, 4096);
        const QByteArray tail = tailOf(tree, backup.path, 4096, monitor);
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        if (!head || !head->contains("-- PostgreSQL database dump") || !tail.contains("-- PostgreSQL database dump complete"))
            findings(finding(Severity::Error, "dump-truncated", std::nullopt, backup.path,
                             QStringLiteral("%1 does not begin or end as a whole database dump does.")
                                 .arg(displayBytes(backup.path.name()))));
    }
    return {};
}

}  // namespace strongroom::storage::compose
