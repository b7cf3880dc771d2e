// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One entry of an archive, after every header override was applied and its path became a RelPath.

#include "storage/error.h"
#include "storage/relpath.h"

#include <QByteArray>

#include <array>
#include <optional>

namespace strongroom::storage {

using Sha256 = std::array<quint8, 32>;
[[nodiscard]] QByteArray toHex(const Sha256 &hash);

enum class MemberType : quint8 { File, Directory, Symlink, Hardlink, Fifo };
[[nodiscard]] QString memberTypeWord(MemberType type);  ///< "file", "directory", "symlink", "hardlink", "fifo"

struct Member {
    RelPath path;                  ///< as in the archive, a leading "./" removed; root for "./" itself
    MemberType type = MemberType::File;
    qint64 size = 0;               ///< content bytes; 0 for all but files
    quint32 mode = 0;              ///< permission bits as recorded (07777)
    quint32 uid = 0;
    quint32 gid = 0;
    qint64 mtimeNs = 0;            ///< since the epoch
    QByteArray link;               ///< symlink: target as stored; hardlink: member path of the earlier file
    std::optional<Sha256> sha256;  ///< of the content, once it was read
};

/// Whether the time in an archive's header may stand for the exact one in its manifest: that, or its whole seconds.
[[nodiscard]] bool standsForTime(qint64 headerNs, qint64 exactNs);

}  // namespace strongroom::storage
