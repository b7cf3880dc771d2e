// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a backup takes, what it leaves out and why: the one place that decides, for the plan and for the
// run. Reads names and stamps, never contents.

#include "storage/datadirectory.h"
#include "storage/fd.h"
#include "storage/ops/backup.h"
#include "storage/plan.h"
#include "storage/walker.h"

#include <QList>

#include <functional>
#include <memory>
#include <optional>

namespace strongroom::storage {

class BackupSelection {
public:
    struct Decision {
        QString reason;                      ///< why it is left out; empty = it is taken
        Capture capture = Capture::Plain;    ///< how, when it is taken
        [[nodiscard]] bool isTaken() const { return reason.isEmpty(); }
    };

    /// Opens the data directory and the backup folder and resolves the scope.
    /// Errors: NotFound, NotADirectory, PermissionDenied, BadPath (backup folder = data directory, or a root
    /// without a name), BadName (a directory called as our own folder in archives), ScopeUnknown, Cancelled.
    [[nodiscard]] static Result<BackupSelection> open(const BackupRequest &request, Monitor &monitor);

    [[nodiscard]] const DataDirectory &directory() const { return *m_directory; }
    [[nodiscard]] int rootFd() const { return m_directory->tree().rootFd(); }
    [[nodiscard]] int folderFd() const { return m_folder.get(); }
    [[nodiscard]] bool isEverything() const { return m_roots.isEmpty(); }
    /// First component of every member: the data directory's own name.
    [[nodiscard]] const RelPath &top() const { return m_top; }
    [[nodiscard]] RelPath memberPath(const RelPath &path) const { return m_top.joined(path); }

    [[nodiscard]] Decision decide(const RelPath &path, const FileStamp &stamp) const;
    /// The reason of decide() for what no archive of ours may hold: its path is longer or deeper than readers accept.
    static constexpr char kTooDeep[] = "path-too-long";
    /// Belongs to running processes and not into a backup; the name tells.
    [[nodiscard]] bool isRunTimeFile(const RelPath &path) const;
    /// The other file of a pair that `path` belongs to, whether it exists or not.
    [[nodiscard]] std::optional<RelPath> partnerOf(const RelPath &path) const;
    /// A database's path for one of the files SQLite keeps beside it (-wal, -shm, -journal).
    [[nodiscard]] std::optional<RelPath> databaseOf(const RelPath &path) const;

    /// Every entry of the scope in the order of the archive: folders on the way to it, it, what is below.
    /// The data directory itself is not reported. As walk() otherwise.
    [[nodiscard]] Result<void> visit(Monitor &monitor, const std::function<WalkNext(const WalkEntry &)> &visitor) const;

    /// For the reports of plan and run: leaving such a path out leaves data out.
    [[nodiscard]] static PlanWarning tooDeepWarning(const RelPath &path);

private:
    BackupSelection() = default;
    [[nodiscard]] Result<void> resolveScope(const QStringList &scope, Monitor &monitor);
    [[nodiscard]] Capture captureOf(const RelPath &path) const;
    [[nodiscard]] bool isRunTimeFile(const RelPath &path, Capture capture) const;
    [[nodiscard]] Result<WalkNext> visitOne(const RelPath &path, const std::function<WalkNext(const WalkEntry &)> &visitor) const;

    std::shared_ptr<const DataDirectory> m_directory;
    Fd m_folder;
    FileStamp m_folderStamp;
    RelPath m_top;
    QList<RelPath> m_roots;   // empty = everything; sorted, none within another
};

}  // namespace strongroom::storage
