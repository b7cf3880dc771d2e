// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// An archive's members as a Tree, so that layouts recognise and list what is in it exactly as on disk.
// Small files (JSON, dotenv, heads of binary ones) are kept from the judging pass; larger ones are not
// readable here (LimitExceeded).

#include "storage/archive/inspect.h"
#include "storage/tree.h"

#include <memory>

namespace strongroom::storage {

/// Reads `archive` once, keeping the members' names and the content of files up to `keepBytes` each and
/// `keepTotal` together (of larger ones the first few KiB; reading on is LimitExceeded). The tree begins at
/// the archive's top folder when it has one; `.strongroom/` is not in it, a hard link is a file of its own.
/// Begins Phase::Reading. Errors: those of readMembers.
[[nodiscard]] Result<std::unique_ptr<Tree>> readArchiveTree(const ArchiveFile &archive, const Limits &limits,
                                                            qint64 keepBytes, qint64 keepTotal, Monitor &monitor);

/// The beginning of an archive as a tree: members and small contents within the first `maxContent` bytes of
/// content. For a guess at what is in it, nothing more: an archive that goes wrong gives what came before.
/// Begins no phase. Errors: Cancelled, ReadFailed, SecretUnavailable (it is encrypted).
[[nodiscard]] Result<std::unique_ptr<Tree>> readArchiveHead(const ArchiveFile &archive, qint64 maxContent, Monitor &monitor);

/// From names alone (a judgement's members): enough for most layouts to recognise themselves by.
[[nodiscard]] std::unique_ptr<Tree> treeOfMembers(const QList<Member> &members, const QByteArray &topFolder,
                                                  const QString &displayName);

}  // namespace strongroom::storage
