// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Between the format readers and a MemberSink: asks the guard, hashes, counts, cuts content into blocks.
// Every format's members come out the same way, because all of them pass here.

#include "storage/archive/hasher.h"
#include "storage/archive/inspect.h"
#include "storage/archive/memberguard.h"

namespace strongroom::storage {

class MemberFeed {
public:
    /// Largest block that a sink is given, bytes.
    static constexpr qint64 kBlock = 256 * 1024;

    MemberFeed(const Limits &limits, MemberSink &sink, Monitor &monitor, ContentHash hashes = ContentHash::Computed);

    /// Starts a member named `raw` as stored; everything else of `member` but path and hash is set.
    /// Ends at once what has no content. Errors: the guard's, the sink's, Cancelled.
    [[nodiscard]] Result<void> begin(QByteArrayView raw, Member member);
    /// Content of the member, in all exactly the size it was begun with.
    [[nodiscard]] Result<void> data(QByteArrayView bytes);
    /// Bytes of content still owed.
    [[nodiscard]] qint64 missing() const { return m_missing; }

    [[nodiscard]] const MemberGuard &guard() const { return m_guard; }
    [[nodiscard]] Monitor &monitor() const { return m_monitor; }
    /// The member that was refused or is being read, its name as stored; empty between members.
    [[nodiscard]] const QByteArray &currentName() const { return m_currentName; }

private:
    [[nodiscard]] Result<void> end();

    MemberGuard m_guard;
    MemberSink &m_sink;
    Monitor &m_monitor;
    bool m_hashing;
    Sha256Hasher m_hasher;
    Member m_member;
    QByteArray m_currentName;
    qint64 m_missing = 0;
};

}  // namespace strongroom::storage
