// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What one backup takes over from the one before it, and what it leaves for the next.

#include "storage/archive/groupwriter.h"
#include "storage/ops/backupselection.h"
#include "storage/ops/reusetable.h"

#include <memory>
#include <optional>

namespace strongroom::storage {

/// A group as it came into the archive.
struct WrittenGroup {
    GroupFingerprint fingerprint;
    qsizetype firstGroup = 0;    ///< of the writer
    qsizetype groups = 0;
    qsizetype firstEntry = 0;    ///< of the archive's members
    qsizetype entries = 0;
};

class BackupReuse {
public:
    /// Looks for the table of the backup before, unless `request` wants everything to be read. Its archive must be the
    /// very file it was when it had been verified.
    BackupReuse(const BackupRequest &request, const BackupSelection &selection);

    /// Null when nothing can be taken over.
    [[nodiscard]] const ReuseTable *earlier() const { return m_earlier ? &*m_earlier : nullptr; }
    [[nodiscard]] PackedRun runOf(const ReusableGroup &group) const;

    /// For the next backup, when this one has its name. Best effort. \param takenOver  members.
    void leave(int folderFd, const QByteArray &archive, qint64 takenOver, const QList<WrittenGroup> &written,
               const QList<IndexedGroup> &groups, const QList<Member> &entries) const;
    /// What was taken over proved wrong.
    void forget();

private:
    QByteArray m_tables;    // empty = nothing is taken over or left
    ReuseKey m_key;
    std::optional<ReuseTable> m_earlier;
    std::shared_ptr<const Fd> m_archive;
};

}  // namespace strongroom::storage
