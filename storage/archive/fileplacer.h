// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Puts one file at a time into an open folder: what X1-X4 of extract.h ask for each file, whichever thread
// does it. Knows no order and no archive; it is told what belongs where.

#include "storage/archive/hasher.h"
#include "storage/fd.h"

#include <memory>
#include <optional>

#include <ctime>

namespace strongroom::storage {

/// What an entry gets beside its content, when all else is done (X4).
struct Attributes {
    quint32 mode = 0;      ///< permission bits as they are to be
    quint32 uid = 0;
    quint32 gid = 0;
    qint64 mtimeNs = 0;    ///< since the epoch
};

/// Modification time, also as the time of access, for futimens(2).
struct FileTimes {
    explicit FileTimes(qint64 mtimeNs);
    timespec both[2];
};

/// Where a file goes and what must become of it.
struct FileOrder {
    std::shared_ptr<const Fd> folder;   ///< that it is made in
    RelPath path;                       ///< its last component is the name in `folder`
    QByteArray shown;                   ///< for errors
    Attributes attributes;
    const Sha256 *judged = nullptr;     ///< what its content must hash to; null = nothing is known. Not owned

    [[nodiscard]] const char *name() const { return path.bytes().constData() + path.bytes().lastIndexOf('/') + 1; }
};

struct PlacedCounts {
    qint64 files = 0;
    qint64 bytes = 0;           ///< content
    qint64 ownersRefused = 0;   ///< entries whose owner the process may not set

    PlacedCounts &operator+=(const PlacedCounts &other);
};

/// For one stage, in which we made every folder: files are born with the same owner and mode wherever in it,
/// and so are folders. That is looked at once, and set only where it is to be something else. Thread: one at
/// a time.
class FilePlacer {
public:
    /// \param owners  entries get the owner they are to have, where the process may give them away; else ours.
    explicit FilePlacer(bool owners) : m_owners(owners) {}

    /// A whole file. Nothing of the name exists when its content is not the judged one.
    /// Errors: Changed, AlreadyExists, DiskFull, by errno.
    [[nodiscard]] Result<void> place(const FileOrder &order, QByteArrayView content);

    /// The same in steps, for what is too large to be held; comparing the hash is the caller's then.
    [[nodiscard]] Result<Fd> create(const FileOrder &order);
    [[nodiscard]] Result<void> complete(Fd file, const FileOrder &order, qint64 bytes);

    /// Owner, mode and time of a folder that we made.
    [[nodiscard]] Result<void> completeDirectory(int fd, const Attributes &attributes, const QByteArray &shown);

    /// Of everything completed so far.
    [[nodiscard]] const PlacedCounts &counts() const { return m_counts; }

private:
    [[nodiscard]] Result<void> giveOwner(int fd, const FileStamp &born, const Attributes &attributes, const QByteArray &shown);

    bool m_owners;
    Sha256Hasher m_hasher;
    std::optional<FileStamp> m_bornFile;        // the first one, before anything was set
    std::optional<FileStamp> m_bornDirectory;
    PlacedCounts m_counts;
};

}  // namespace strongroom::storage
