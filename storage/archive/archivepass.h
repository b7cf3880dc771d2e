// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One strict pass over an archive of any format we read: chooses source and reader, and keeps what the
// judge wants to know afterwards.

#include "storage/archive/bytesource.h"
#include "storage/archive/memberfeed.h"

namespace strongroom::storage {

class ArchivePass {
public:
    /// \param hashing  the archive file itself is hashed too.
    /// \param side     unpacks ahead; may be null.
    ArchivePass(const ArchiveFile &archive, const Limits &limits, bool hashing, MemberSink &sink, Monitor &monitor,
                ContentHash hashes = ContentHash::Computed, SideThread *side = nullptr);

    /// To be called once. Errors as readMembers, but offences that a manifest may excuse are left in guard().
    [[nodiscard]] Result<void> run();
    /// The file ends with our trailer, so it must have a manifest of ours and the wider limits hold for it.
    [[nodiscard]] bool isAnnounced() const { return m_announced; }
    /// Of the whole file, whatever run() came to. Only after run() of a hashing pass.
    [[nodiscard]] Result<Sha256> archiveHash();
    [[nodiscard]] const MemberGuard &guard() const { return m_feed.guard(); }
    /// The member that run() failed at; empty when it was none of them.
    [[nodiscard]] const QByteArray &currentName() const { return m_feed.currentName(); }

private:
    [[nodiscard]] Result<void> read();

    const ArchiveFile &m_archive;
    bool m_announced = false;
    Limits m_limits;
    FileInput m_input;
    MemberFeed m_feed;
    SideThread *m_side;
};

/// The file ends with our trailer; false also when it cannot be read.
[[nodiscard]] bool announcesItself(const ArchiveFile &archive);

/// What an archive of an unknown kind is refused with.
[[nodiscard]] Error wrongKind(const ArchiveFile &archive);

}  // namespace strongroom::storage
