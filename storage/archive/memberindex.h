// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The index of an archive of ours: its members in order and the groups (gzip members, zstd frames) they are packed
// in, so that they can be listed, and one of them read, without unpacking the rest. Other tools step over it
// (aside.h). One that was read is a hint until a verification has compared it with the members themselves.
//
// Text of it, before zstd packs it: "SRMINDX1", then numbers as LEB128 (signed ones zigzag), strings as length and
// bytes.
//   count of groups; each: packed bytes, unpacked bytes, members that begin in it
//   count of members; each: bytes its path shares with the path before, rest of the path, type, mode, uid, gid,
//   time as the difference to the member before, and size (files) or link target (links)
// The archive's own members (.strongroom/) are not in it, nor are the groups behind the last of the others.

#include "storage/archive/member.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace strongroom::storage {

struct IndexedGroup {
    qint64 packed = 0;     ///< bytes in the file
    qint64 raw = 0;        ///< bytes of the tar
    qint64 members = 0;    ///< that begin in it; none in a further piece of a large file
};

/// Groups in the order of the file, the first at its beginning; members in the order of the archive, without hashes.
[[nodiscard]] QByteArray encodeIndex(const QList<IndexedGroup> &groups, const QList<Member> &members);

/// Reads an index front to back, holding no more than its text. Thread: one.
class IndexReader {
public:
    /// \param maxBytes  of its text. Errors: ManifestInvalid (args[0] says what), LimitExceeded.
    [[nodiscard]] static Result<IndexReader> open(QByteArrayView packed, qint64 maxBytes);

    [[nodiscard]] const QList<IndexedGroup> &groups() const { return m_groups; }
    [[nodiscard]] qint64 memberCount() const { return m_count; }
    [[nodiscard]] bool atEnd() const { return m_read == m_count; }
    /// The next member; not to be called at the end. Errors: ManifestInvalid, BadPath.
    [[nodiscard]] Result<Member> next();

private:
    IndexReader() = default;
    [[nodiscard]] bool takeNumber(quint64 &value);
    [[nodiscard]] bool takeBytes(QByteArray &value);
    [[nodiscard]] bool takeGroups();

    QByteArray m_text;
    qsizetype m_at = 0;
    QList<IndexedGroup> m_groups;
    qint64 m_count = 0;
    qint64 m_read = 0;
    QByteArray m_path;
    qint64 m_mtimeNs = 0;
};

}  // namespace strongroom::storage
