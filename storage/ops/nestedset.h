// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The archives inside a backup that is a set of them: full_backup_<time>.tar.gz of a compose project holds a
// database dump and one archive for each volume of files. Listing only; what they may do is judged like
// anything else that is opened.

#include "storage/archive/inspect.h"
#include "storage/monitor.h"

#include <QList>

namespace strongroom::storage {

/// One archive that is a member of another.
struct NestedArchive {
    RelPath member;          ///< its name in the outer one
    Judgement judgement;
};

/// True when the members are the dumps and archives of one run of a project's backup script, flat.
[[nodiscard]] bool isBackupSet(const QList<Member> &members);

/// Inspects every archive within the set `archive`, which `outer` was made from. Reads the set once more and keeps
/// one inner archive at a time in an unnamed temporary file (of its packed size). Empty when it is no such set.
/// Errors: as inspectArchive; DiskFull, WriteFailed of the temporary file; LimitExceeded (an inner one that
/// would not fit into `limits`).
[[nodiscard]] Result<QList<NestedArchive>> inspectNested(const ArchiveFile &archive, const Judgement &outer, const Limits &limits,
                                                         Monitor &monitor);

}  // namespace strongroom::storage
