// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The writing half of the archive road: ordered entries in, one plain PAX tar out, compressed in groups
// (one gzip member or zstd frame each) by several workers and written in order. Any tar reads the result. Times are in
// whole seconds there, as tar has them; the manifest has them to the nanosecond.

#include "storage/archive/archivefile.h"
#include "storage/archive/manifest.h"
#include "storage/archive/memberindex.h"
#include "storage/fd.h"
#include "storage/crew.h"
#include "storage/monitor.h"

#include <functional>
#include <memory>

namespace strongroom::storage {

struct WriterOptions {
    ArchiveFormat format = ArchiveFormat::TarGzip;   ///< Tar, TarGzip or TarZstd
    int level = -1;                                  ///< -1 = the format's default (gzip 6, zstd 3)
    int threads = 0;                                 ///< group workers; 0 = cores; 1 = no thread at all, all in the caller
    qint64 groupBytes = 1 << 20;                     ///< smallest group that may be cut; the largest is twice that
};

/// Where a file's bytes come from when its group is packed. Called in a worker, or in add() for a file of
/// more than 1 MiB; never from two threads at once, unless it was given for several entries.
/// Must deliver exactly `size` bytes or an error; the writer hashes what it gets.
class ContentSource {
public:
    virtual ~ContentSource() = default;
    [[nodiscard]] virtual Result<qint64> readAt(char *data, qint64 size, qint64 offset) = 0;
};

/// Bytes in memory, which must outlive it.
class ViewSource final : public ContentSource {
public:
    explicit ViewSource(QByteArrayView bytes) : m_bytes(bytes) {}
    [[nodiscard]] Result<qint64> readAt(char *data, qint64 size, qint64 offset) override;

private:
    QByteArrayView m_bytes;
};

/// How the backup hears of each packed file.
struct PackedFile {
    qsizetype index = 0;    ///< of the entry: the first add() is 0, addText() counts as well
    Sha256 sha256 = {};
};

/// Groups of an earlier archive, one after the other in its file, that hold the same members as are wanted now.
struct PackedRun {
    std::shared_ptr<const Fd> file;
    qint64 offset = 0;
    QList<qint64> packed;     ///< bytes of each
    QList<qint64> raw;        ///< bytes of the tar in each
    QList<Sha256> hashes;     ///< of the files among the members
};

/// Thread: one thread calls add...() and finish(); workers are the writer's own.
class GroupWriter {
public:
    /// Writes from the current position of `fd` (which stays the caller's).
    [[nodiscard]] static Result<std::unique_ptr<GroupWriter>> create(int fd, const WriterOptions &options, Monitor &monitor);
    virtual ~GroupWriter() = default;

    /// Appends one entry. `member.size` bytes from `offset` of `content` are taken for files. Blocks while the
    /// queue is full. Errors of earlier groups surface here or later; after the first one every call returns it
    /// (takeBack() forgives a source that failed).
    /// A source that delivers less than promised is Changed; an error of the descriptor has no path.
    [[nodiscard]] virtual Result<void> add(const Member &member, std::shared_ptr<ContentSource> content, qint64 offset = 0) = 0;
    /// Appends `members` as an earlier archive has them packed, in groups of their own. Nothing of it is unpacked: whoever
    /// wants to be sure reads back what was written. Errors: as add().
    [[nodiscard]] virtual Result<void> addPacked(const PackedRun &run, const QList<Member> &members) = 0;
    /// Ends the group under way; what is added next begins another. Errors: those of earlier groups.
    [[nodiscard]] virtual Result<void> cut() = 0;
    /// Groups that were begun so far and ended.
    [[nodiscard]] virtual qsizetype groupCount() const = 0;
    /// All of them in the order of the file, after drain().
    [[nodiscard]] virtual QList<IndexedGroup> groups() const = 0;
    /// Those who pack, for making contents ready ahead of add(). Ends with the writer.
    [[nodiscard]] virtual Crew &crew() = 0;
    /// Whether an entry of `size` bytes is read while add() runs (and can be taken back), not later.
    [[nodiscard]] static bool isReadAtOnce(qint64 size);
    /// Undoes the last add(), of a file that is read at once, as if it had never been called; also one that
    /// its source failed. For contents that turn out to have changed meanwhile. The descriptor must be
    /// seekable. Errors: WriteFailed, or those of earlier groups.
    [[nodiscard]] virtual Result<void> takeBack() = 0;
    /// Waits for every group written so far and returns the hash of each file added since the last drain, in
    /// order.
    [[nodiscard]] virtual Result<QList<PackedFile>> drain() = 0;
    /// Adds a small file of our own (the sums, the manifest) after a drain, starting a new group.
    [[nodiscard]] virtual Result<void> addText(const RelPath &path, QByteArrayView text, qint64 mtimeNs) = 0;
    /// End-of-archive blocks, the index of `members` (all but those of addText(), in the order of add(); none = no
    /// index) and the trailer that peekManifest finds. Returns bytes written in all.
    [[nodiscard]] virtual Result<qint64> finish(const QList<Member> &members) = 0;
};

}  // namespace strongroom::storage
