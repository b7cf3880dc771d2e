// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workspace_p.h"

#include <algorithm>

// The part of Workspace that knows backup folders and what lies in them.

namespace strongroom::models {

using storage::BackupInfo;
using storage::ErrorCode;
using storage::Monitor;
using storage::Result;

QList<QByteArray> Workspace::backupFolders() const
{
    QList<QByteArray> folders;
    for (const QByteArray &path : m_order) {
        const QByteArray &folder = find(path)->state.backupFolder;
        if (!folder.isEmpty() && !folders.contains(folder))
            folders.append(folder);
    }
    return folders;
}

const FolderState *Workspace::backupFolder(const QByteArray &folder) const
{
    const auto at = m_folders.find(folder);
    return at == m_folders.end() ? nullptr : &at->second;
}

QList<BackupInfo> Workspace::archives() const
{
    QList<BackupInfo> all;
    for (const auto &[path, folder] : m_folders)
        all.append(folder.archives);
    std::stable_sort(all.begin(), all.end(), [](const BackupInfo &a, const BackupInfo &b) { return a.created > b.created; });
    return all;
}

qint64 Workspace::archiveCount() const
{
    qint64 count = 0;
    for (const auto &[path, folder] : m_folders)
        count += folder.archives.size();
    return count;
}

QList<BackupInfo> Workspace::archivesOf(const QByteArray &root) const
{
    QList<BackupInfo> own;
    const RootState *state = this->root(root);
    if (!state)
        return own;
    for (const auto &[path, folder] : m_folders) {
        for (const BackupInfo &info : folder.archives) {
            const bool foreign = info.source.isEmpty() && path == state->backupFolder && !info.layout.isEmpty()
                && info.layout == state->layoutId();
            if (info.source == root || foreign)
                own.append(info);
        }
    }
    std::stable_sort(own.begin(), own.end(), [](const BackupInfo &a, const BackupInfo &b) { return a.created > b.created; });
    return own;
}

std::optional<BackupInfo> Workspace::lastVerifiedBackup(const QByteArray &root) const
{
    const QList<BackupInfo> own = archivesOf(root);
    const auto at = std::find_if(own.begin(), own.end(), [](const BackupInfo &info) { return info.verified && !info.partial; });
    return at == own.end() ? std::nullopt : std::optional(*at);
}

void Workspace::setBackupFolder(const QByteArray &root, const QByteArray &folder)
{
    Root *found = find(root);
    if (!found)
        return;
    found->folderChosen = true;
    useBackupFolder(*found, folder.isEmpty() ? folder : storage::absolutePath(folder));
    Q_EMIT rootChanged(root);
}

void Workspace::useBackupFolder(Root &root, const QByteArray &folder)
{
    root.state.backupFolder = folder;
    dropUnusedFolders();
    if (!folder.isEmpty())
        watchFolder(folder);
}

void Workspace::dropUnusedFolders()
{
    const QList<QByteArray> used = backupFolders();
    QList<QByteArray> dropped;
    for (auto at = m_folders.begin(); at != m_folders.end();) {
        if (used.contains(at->first)) {
            ++at;
            continue;
        }
        dropped.append(at->first);
        at = m_folders.erase(at);
    }
    for (const QByteArray &folder : std::as_const(dropped))
        Q_EMIT archivesChanged(folder);
}

void Workspace::watchFolder(const QByteArray &folder)
{
    if (m_folders.contains(folder)) {
        refreshArchives(folder);
        return;
    }
    m_folders[folder].path = folder;
    if (m_options.readOnly) {
        refreshArchives(folder);
        return;
    }
    // Unfinished archives of a crashed writer go first, so that they are never listed.
    const QPointer<Workspace> self(this);
    const auto next = [self, folder] {
        if (self)
            self->refreshArchives(folder);
    };
    const JobSpec spec{JobKind::Recover, tr("Recover %1").arg(titleOfPath(folder)), folder, true};
    m_queue->start(spec, true, [folder, next](Monitor &monitor) {
        const auto done = storage::recoverBackupFolder(folder, monitor);
        WorkEnd end = done ? WorkEnd{} : JobQueue::endOf(done.error());
        end.deliver = next;
        return end;
    }, next);
}

void Workspace::refreshArchives(const QByteArray &folder)
{
    if (!m_folders.contains(folder))
        return;
    const JobSpec spec{JobKind::ListArchives, tr("List %1").arg(titleOfPath(folder)), folder, true};
    const std::shared_ptr<VerificationStore> log = m_log;
    m_queue->startReader<QList<BackupInfo>>(spec, [folder, log](Monitor &monitor) {
        return storage::listArchives(folder, log->snapshot(), monitor);
    }, this, [this, folder](const Result<QList<BackupInfo>> &result) {
        const auto at = m_folders.find(folder);
        if (at == m_folders.end() || (!result && result.error().code == ErrorCode::Cancelled))
            return;
        at->second.listed = true;
        at->second.archives = result.value_or(QList<BackupInfo>());
        at->second.error = result ? std::nullopt : std::optional(result.error());
        Q_EMIT archivesChanged(folder);
    });
}

void Workspace::refreshAllArchives()
{
    for (const QByteArray &folder : backupFolders())
        refreshArchives(folder);
}

}  // namespace strongroom::models
