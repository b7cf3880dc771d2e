// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The pass that puts a data directory's entries into an archive: what it met, what it left out and how
// steady it was. Creates no file and renames none; backup.cpp does, around it.

#include "storage/archive/groupwriter.h"
#include "storage/ops/backupreuse.h"
#include "storage/ops/backupselection.h"
#include "storage/ops/backuptaker.h"
#include "storage/ops/groupahead.h"
#include "storage/ops/takeahead.h"

#include <QHash>
#include <QSet>

namespace strongroom::storage {

class BackupPass {
public:
    /// Everything given must outlive the pass.
    BackupPass(const BackupSelection &selection, const Plan &plan, FileTaker &taker, const BackupReuse &reuse, GroupWriter &writer);

    /// Adds every entry. \param now  UTC, the instant the backup began.
    /// Errors: Cancelled, DiskFull, WriteFailed; what concerns one file only is a warning.
    [[nodiscard]] Result<void> run(const QDateTime &now, Monitor &monitor);
    /// Puts the hashes where they belong. Call once, after run().
    void setHashes(const QList<PackedFile> &files);

    [[nodiscard]] const QList<Member> &entries() const { return m_entries; }
    [[nodiscard]] const QList<ExcludedEntry> &excluded() const { return m_excluded; }
    [[nodiscard]] const QList<PlanWarning> &warnings() const { return m_warnings; }
    /// False when anything was taken while it changed, or could not be read.
    [[nodiscard]] bool isStable() const { return m_stable; }
    /// Members that an earlier archive had packed.
    [[nodiscard]] qint64 takenOver() const { return m_takenOver; }
    /// The groups of which everything is known that a later backup must know to take them over.
    [[nodiscard]] const QList<WrittenGroup> &written() const { return m_written; }
    [[nodiscard]] qint64 fileCount() const;
    [[nodiscard]] qint64 byteCount() const;   ///< of contents, every file once

private:
    [[nodiscard]] Result<WalkNext> meet(const WalkEntry &entry, GroupAhead &ahead) const;
    [[nodiscard]] GroupAhead::Role roleOf(const WalkEntry &entry, Capture capture) const;
    [[nodiscard]] Result<void> endGroup(const MetGroup &group);
    [[nodiscard]] bool isNotSelected(const RelPath &path) const;
    [[nodiscard]] Result<void> take(const MetEntry &met, const std::shared_ptr<ContentSource> &ahead);
    [[nodiscard]] Result<void> takeFile(const WalkEntry &entry, Capture capture);
    [[nodiscard]] Result<bool> takeWithPartner(const WalkEntry &entry, Capture capture);
    [[nodiscard]] Result<void> addFile(const FilePlace &place, Capture capture, TakenFile taken);
    [[nodiscard]] Result<void> addLive(const FilePlace &place, Capture capture, const TakenFile &taken);
    [[nodiscard]] Result<void> add(const Member &member, const std::shared_ptr<ContentSource> &content, qint64 offset = 0);
    [[nodiscard]] Result<void> addPlain(const RelPath &path, MemberType type, const FileStamp &stamp, const QByteArray &link);
    [[nodiscard]] Member memberOf(const RelPath &path, MemberType type, const FileStamp &stamp) const;
    [[nodiscard]] Member memberOf(const WalkEntry &entry) const;
    void exclude(const RelPath &path, const QString &reason);
    void leaveOut(const RelPath &path, const Error &error);

    using Inode = std::pair<quint64, quint64>;
    const BackupSelection &m_selection;
    FileTaker &m_taker;
    const BackupReuse &m_reuse;
    GroupWriter &m_writer;
    QSet<RelPath> m_notSelected;      // top-level entries that were switched off in the plan
    QSet<RelPath> m_taken;            // partners that came along before their turn
    QSet<RelPath> m_rawDatabases;     // archived as they lie there, so with what is beside them
    QHash<Inode, QByteArray> m_linked;
    QList<Member> m_entries;
    QList<ExcludedEntry> m_excluded;
    QList<PlanWarning> m_warnings;
    bool m_stable = true;
    QList<WrittenGroup> m_written;
    qint64 m_takenOver = 0;
    qsizetype m_groupBegins = 0;      // of the writer's groups
    qsizetype m_entryBegins = 0;
    bool m_groupIsCalm = true;        // every file in it is what the walk met
};

}  // namespace strongroom::storage
