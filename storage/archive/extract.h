// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Writes an archive's members below a folder that we opened ourselves, by descriptor: the second pass of a
// restore. What may be written where was decided before (judgement, plan); this file makes sure that
// nothing else happens. Not a reader, and not a transaction: the folder is a stage that can be thrown away.
//
//   X1  No member is written outside the folder or through a symbolic link: openat2/openat with O_EXCL and
//       O_NOFOLLOW, links made after everything else (I5 of transaction.h).
//   X2  Nothing that exists is opened for writing.
//   X3  What is written has the size and hash that were judged, member by member, or the pass fails.
//   X4  Modes, owners and times come last, deepest first; setuid, setgid and sticky of files never.

#include "storage/archive/foldertrail.h"
#include "storage/archive/inspect.h"
#include "storage/archive/placercrew.h"

#include <QHash>
#include <QList>

#include <functional>
#include <optional>

namespace strongroom::storage {

struct ExtractOptions {
    /// Where a member goes, below the folder; absent = it is left out. Also asked for the target of a hard
    /// link, by path. Must answer the same every time.
    std::function<std::optional<RelPath>(const RelPath &memberPath)> place;
    /// Permission bits a file or directory gets; absent = the recorded ones. Special bits go anyway (X4).
    std::function<quint32(const Member &)> mode;
    /// What the judging pass saw, in order, without .strongroom/ (X3). Null = nothing to compare with.
    const QList<Member> *judged = nullptr;
    /// From our own verified manifest: owners are restored (where the process may; what it may not is
    /// counted), hard links are links, directories keep their special bits. Otherwise owners are ours and
    /// each hard link is a file of its own.
    bool trusted = false;
    /// Writers of small files; 0 = one a core; 1 = everything in the caller, member by member.
    int jobs = 1;
};

struct ExtractCounts {
    qint64 files = 0;          ///< regular files, hard links included
    qint64 directories = 0;
    qint64 symlinks = 0;
    qint64 leftOut = 0;        ///< members without a place, and fifos
    qint64 bytes = 0;          ///< content written
    qint64 bytesByName = 0;    ///< the same, hard links counted under each of their names
    qint64 ownersRefused = 0;  ///< entries whose owner the process may not set
};

/// Feed it with readMembers(), hashes left to it, then call finish(). Thread: one; writers of its own end with
/// it. `rootFd` stays the caller's.
class ExtractSink final : public MemberSink {
public:
    ExtractSink(int rootFd, ExtractOptions options, Monitor &monitor);
    ~ExtractSink() override;

    /// Errors of all: AlreadyExists (two members of one name), Changed (not what was judged), DiskFull,
    /// LinkInPath, by errno, Cancelled. Of several the first in the order of the members, wherever it is told.
    Result<void> begin(const Member &member) override;
    Result<void> data(QByteArrayView bytes) override;
    Result<void> end(const Member &member) override;
    /// Waits until all files are written, makes the links, then sets modes and times of directories. Fails with
    /// Changed when members are missing, and with the error of the pass, should that have come first.
    [[nodiscard]] Result<void> finish(const Result<void> &pass = {});

    /// After finish().
    [[nodiscard]] const ExtractCounts &counts() const { return m_counts; }

private:
    struct Pending {       // a directory or a link that is completed in finish()
        RelPath path;
        Member member;
        bool implied = false;   // made on the way to a member, not announced (yet)
    };
    enum class Content : quint8 { LeftOut, Gathered, Streamed };   // of the member that is being read
    [[nodiscard]] Result<void> take(const Member &member);
    [[nodiscard]] Result<void> write(QByteArrayView bytes);
    [[nodiscard]] Result<void> close(const Member &member);
    /// What came first: something of an earlier member, or `result`.
    [[nodiscard]] Result<void> first(Result<void> result);
    [[nodiscard]] Result<std::shared_ptr<const Fd>> parentOf(const RelPath &to);
    [[nodiscard]] Result<void> matchJudged(const Member &member);
    [[nodiscard]] Result<void> makeDirectory(const RelPath &to, const Member &member);
    [[nodiscard]] Result<void> openFile(const RelPath &to, const Member &member);
    [[nodiscard]] Result<void> makeHardLink(const Pending &link);
    [[nodiscard]] Result<void> copyFile(const RelPath &from, const Pending &link);
    [[nodiscard]] Result<void> makeSymlink(const Pending &link);
    [[nodiscard]] Result<void> completeDirectories();
    [[nodiscard]] Result<FileOrder> orderFor(const RelPath &to, const Member &member);
    [[nodiscard]] Attributes attributesOf(const Member &member) const;

    int m_root;
    ExtractOptions m_options;
    Monitor &m_monitor;
    ExtractCounts m_counts;
    PlacerCrew m_crew;
    FolderTrail m_trail;
    const Member *m_judged = nullptr;   // what the member that is being read must be; null = there is nothing to compare with
    qsizetype m_next = 0;               // in *judged
    Content m_content = Content::LeftOut;
    qint64 m_written = 0;               // of the member, whether it is left out or not
    FileOrder m_order;                  // of a streamed one
    std::optional<Fd> m_file;           // of a streamed one
    Sha256Hasher m_hasher;              // of those that are not gathered
    QHash<RelPath, qsizetype> m_directoryIndex;
    QList<Pending> m_directories;
    QList<Pending> m_hardlinks;
    QList<Pending> m_symlinks;
};

}  // namespace strongroom::storage
