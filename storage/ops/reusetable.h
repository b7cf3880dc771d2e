// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the last backup of a data directory packed, and of which files: so that the next one may take over the packed
// bytes of what has not changed since, instead of reading it again. A private file of this user's cache, never part of an
// archive: nobody who sends us an archive can say what may be taken from it. Losing it costs one full reading.
//
// T1  A table is written only for an archive that was read back and verified, and holds only for that file as it was
//     then (device, inode, size, times).
// T2  A group may be taken over only when every name, size, inode, owner, mode and both times of everything in it are
//     what they were; of anything that was not steady, or that is not the plain bytes of a file, nothing is recorded.
// T3  What was taken over is read back and verified like the rest of the new archive.

#include "storage/archive/archivefile.h"
#include "storage/archive/member.h"
#include "storage/filestamp.h"

#include <QByteArray>
#include <QHash>
#include <QList>

#include <array>
#include <memory>
#include <optional>

namespace strongroom::storage {

/// 128 bits over everything in a group by which a change would show.
using GroupFingerprint = std::array<quint8, 16>;

/// Collects the members of one group, in order. Reusable: finish() begins anew. Thread: one.
class GroupFingerprinter {
public:
    GroupFingerprinter();
    ~GroupFingerprinter();
    /// \param stamp  of what `member` was made of.
    void add(const Member &member, const FileStamp &stamp);
    [[nodiscard]] GroupFingerprint finish();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// One group of the last archive, or all groups of one large file.
struct ReusableGroup {
    qint64 offset = 0;         ///< in the archive file
    QList<qint64> packed;      ///< bytes of each gzip member or zstd frame, one after the other
    QList<qint64> raw;         ///< bytes of the tar in each
    qint64 members = 0;
    QList<Sha256> hashes;      ///< of its files, in order

    /// Whether it can be what these members were packed as: a table is a file like any other, and may decay.
    [[nodiscard]] bool canBe(const QList<Member> &wanted) const;
};

/// What tables are kept apart by.
struct ReuseKey {
    QByteArray source;         ///< absolute path of the data directory
    QByteArray folder;         ///< absolute path of the backup folder
    ArchiveFormat format = ArchiveFormat::TarGzip;
    int level = -1;
    QByteArray scope = {};     ///< words of it, one a line

    /// A file name.
    [[nodiscard]] QByteArray name() const;
    friend bool operator==(const ReuseKey &, const ReuseKey &) = default;
};

class ReuseTable {
public:
    ReuseTable(ReuseKey key, QByteArray archive, const FileStamp &archiveStamp, int generation);

    /// Of the earlier backup; absent when there is none, when it cannot be read, or when the archive is not what it was.
    /// \param tables  folder of the tables.
    [[nodiscard]] static std::optional<ReuseTable> load(const QByteArray &tables, const ReuseKey &key);
    /// Best effort: without a table the next backup reads everything.
    void save(const QByteArray &tables) const;
    /// Forgets the table of `key`, so that the next backup reads everything.
    static void remove(const QByteArray &tables, const ReuseKey &key);

    void add(const GroupFingerprint &fingerprint, ReusableGroup group);
    /// Null when there is none.
    [[nodiscard]] const ReusableGroup *find(const GroupFingerprint &fingerprint) const;
    /// How many backups in a row took over something since everything was read.
    [[nodiscard]] int generation() const { return m_generation; }
    /// Name of the archive in the backup folder.
    [[nodiscard]] const QByteArray &archive() const { return m_archive; }
    /// Whether `stamp` is that of the archive the table was made for.
    [[nodiscard]] bool holdsFor(const FileStamp &stamp) const { return stamp.sameAs(m_stamp); }

private:
    ReuseKey m_key;
    QByteArray m_archive;
    FileStamp m_stamp;
    int m_generation = 0;
    QHash<QByteArray, ReusableGroup> m_groups;   // by fingerprint
};

}  // namespace strongroom::storage
