// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Room for copies that a backup must make of files that do not stand still: unnamed files in the backup
// folder, and a private folder NAME.partial.d for libraries that want a path. Nothing of it outlives the
// backup; what a crash leaves is told by the dead NAME.partial beside it.

#include "storage/fd.h"

namespace strongroom::storage {

class BackupWork {
public:
    /// \param folderFd  of the backup folder; must stay open. \param partialName  "NAME.partial".
    BackupWork(int folderFd, QByteArray folderPath, QByteArray partialName);
    BackupWork(const BackupWork &) = delete;
    BackupWork &operator=(const BackupWork &) = delete;
    ~BackupWork();

    /// A file without a name, open for reading and writing. Errors: DiskFull, WriteFailed.
    [[nodiscard]] Result<Fd> temporaryFile();
    /// An absolute path in the private folder (0700) where nothing is yet. Errors: DiskFull, WriteFailed.
    [[nodiscard]] Result<QByteArray> newPath();

    /// Removes private folders whose NAME.partial is gone or not locked by a living backup.
    static void removeStale(int folderFd);

private:
    int m_folderFd = -1;
    QByteArray m_folderPath;
    QByteArray m_name;
    bool m_made = false;
    int m_next = 0;
};

/// Takes the lock by which a living backup is told from what a crash left; false when another one has it.
/// Held until the last descriptor of the open file is closed.
[[nodiscard]] bool lockPartial(int fd);
/// The same for a file that was just created: whoever looks whether it is alive holds the lock for a moment.
[[nodiscard]] bool waitForPartial(int fd);

}  // namespace strongroom::storage
