// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Takes one file of a living data directory so that what is taken is whole: read between two equal stamps,
// JSON only when it parses, databases the way SQLite wants it, pairs together. Knows nothing of archives
// and changes nothing in the data directory.

#include "storage/archive/groupwriter.h"
#include "storage/dirtree.h"
#include "storage/layouts/layout.h"
#include "storage/ops/backupwork.h"
#include "storage/ops/fileform.h"
#include "storage/plan.h"

#include <chrono>
#include <memory>

namespace strongroom::storage {

/// Where a file is: its folder, opened, and its path for messages.
struct FilePlace {
    int directoryFd = -1;
    RelPath path;      ///< relative to the data directory
    qint64 bytes = 0;  ///< as it was met; a hint, nothing depends on it
};

struct TakenFile {
    FileStamp stamp;                          ///< of the file that was read
    qint64 size = 0;                          ///< bytes that `content` delivers
    std::shared_ptr<ContentSource> content;   ///< null when there are none
    bool steady = true;                       ///< false: it kept changing, this is the last state seen
    QList<PlanWarning> warnings;
    std::shared_ptr<Fd> live;                 ///< the file itself, when `content` reads it while it is packed
};

/// Thread: one.
class FileTaker {
public:
    /// \param now  UTC, the instant the backup began: files older than that by some seconds are at rest.
    FileTaker(const DirTree &tree, BackupWork &work, const QDateTime &now, Monitor &monitor);

    /// Small files come in memory; large ones may come live, and then wasSteady() must be asked after they
    /// were read, and takeAside() if it says no.
    /// Errors: of the file (Vanished, NotAFile, PermissionDenied, ReadFailed, ...): it is not there for us;
    /// DiskFull, WriteFailed, Cancelled: the backup cannot go on.
    [[nodiscard]] Result<TakenFile> take(const FilePlace &place, Capture capture);
    /// Both or neither, from one moment. Either error as for take(), of the file it names.
    [[nodiscard]] Result<std::pair<TakenFile, TakenFile>> takePair(const FilePlace &first, Capture firstCapture,
                                                                  const FilePlace &second, Capture secondCapture);
    [[nodiscard]] bool wasSteady(const TakenFile &taken) const;
    /// Copies the file until it stands still, five times at most.
    [[nodiscard]] Result<TakenFile> takeAside(const FilePlace &place, Capture capture);

    /// Whether an error of take() ends the backup instead of leaving one file out.
    [[nodiscard]] static bool isFatal(const Error &error);
    /// Whether a write from now on would show in the stamp: within one tick of the clock that file systems stamp
    /// with, several versions bear one.
    [[nodiscard]] static bool isSettled(const FileStamp &stamp);
    /// What has come to rest is taken as it is: whether it is in order is for verification to say, not for a backup.
    [[nodiscard]] static bool mustLookInto(const FileStamp &stamp, Capture capture, qint64 nowNs);

private:
    struct Attempt {
        TakenFile taken;
        bool changed = false;   ///< between the two stamps, or nobody can tell
        FileForm form = FileForm::Whole;
    };
    using Try = Result<Attempt> (FileTaker::*)(const FilePlace &, Capture);
    [[nodiscard]] Result<TakenFile> repeat(Try attempt, const FilePlace &place, Capture capture);
    [[nodiscard]] Result<Attempt> readOnce(const FilePlace &place, Capture capture);
    [[nodiscard]] Result<Attempt> copyOnce(const FilePlace &place, Capture capture);
    [[nodiscard]] Result<TakenFile> takeDatabase(const FilePlace &place);
    [[nodiscard]] Result<TakenFile> takeResting(const FilePlace &place);
    [[nodiscard]] Result<bool> settle(OpenedFile &file, const RelPath &path) const;
    [[nodiscard]] Result<void> checkContent(Attempt &attempt, const FilePlace &place, Capture capture);
    [[nodiscard]] bool isRecent(const FileStamp &stamp) const;
    [[nodiscard]] Result<void> pause(int attempt) const;

    const DirTree &m_tree;
    BackupWork &m_work;
    qint64 m_nowNs = 0;
    Monitor &m_monitor;
};

}  // namespace strongroom::storage
