// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What one worker of a GroupWriter does with one group: tar headers and contents into a buffer, a hash of
// each file on the way, the buffer packed. No queue and no file here.

#include "storage/archive/compression.h"
#include "storage/archive/groupwriter.h"
#include "storage/archive/hasher.h"
#include "storage/fd.h"

#include <memory>
#include <vector>

namespace strongroom::storage {

/// A run of entries that fits one group, or one piece of a large file that was read already.
struct Group {
    struct Entry {
        Member member;
        std::shared_ptr<ContentSource> content;   ///< of files that are not empty
        qint64 offset = 0;                        ///< where in `content` the file begins
        qsizetype index = 0;
    };
    std::vector<Entry> entries;
    QByteArray raw;                  ///< ready tar bytes; then there are no entries
    bool beginsLarge = false;        ///< the first piece of a large file
    std::shared_ptr<const Fd> from;  ///< an earlier archive that has it packed; then only what follows of these is set
    qint64 fromOffset = 0;
    qint64 fromBytes = 0;
    QByteArray packed;               ///< the result
    qint64 rawBytes = 0;             ///< of the tar that `packed` holds
    qint64 members = 0;              ///< that begin in it
    std::vector<PackedFile> hashes;  ///< of the files in `entries`, in order
    bool done = false;               ///< guarded by the writer's mutex
};

/// Thread: one at a time; every worker has its own.
class GroupPacker {
public:
    [[nodiscard]] static Result<std::unique_ptr<GroupPacker>> create(const WriterOptions &options, Monitor &monitor);
    /// Fills `packed` and `hashes`, empties `entries` and `raw`. Errors: what the sources say, Changed for
    /// one that delivers too little, ReadFailed, Cancelled.
    [[nodiscard]] Result<void> pack(Group &group);

private:
    GroupPacker(std::unique_ptr<GroupCompressor> compressor, Monitor &monitor);
    [[nodiscard]] static Result<void> copy(Group &group);
    [[nodiscard]] Result<void> appendEntry(Group &group, const Group::Entry &entry);

    std::unique_ptr<GroupCompressor> m_compressor;
    Monitor &m_monitor;
    Sha256Hasher m_hasher;
    QByteArray m_raw;
    QByteArray m_packed;
};

/// Appends exactly `size` bytes from `offset` of `content` to `out`. Polls per 256 KiB and counts the bytes.
[[nodiscard]] Result<void> appendContent(QByteArray &out, ContentSource &content, qint64 size, qint64 offset,
                                         const QByteArray &pathForErrors, Monitor &monitor);

}  // namespace strongroom::storage
