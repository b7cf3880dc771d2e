// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The two small texts a transaction leaves on disk: the journal (what is being exchanged, by inode) and the
// note inside a safety copy (what it holds and why). Text only; who writes and reads them when is
// transaction.cpp's and safety.cpp's business.

#include "storage/error.h"
#include "storage/plan.h"
#include "storage/relpath.h"

#include <QDateTime>
#include <QList>

#include <optional>

namespace strongroom::storage {

/// One name that changes hands. Inodes suffice as identity: all names are on one file system, and neither
/// tree can go away while the journal stands. (Device numbers may differ after a reboot.)
struct JournalEntry {
    RelPath target;                     ///< relative to the data directory; root = the directory itself
    std::optional<quint64> newInode;    ///< absent: the target is taken away
    std::optional<quint64> oldInode;    ///< absent: nothing of that name was there
};

struct Journal {
    Operation operation = Operation::Restore;
    QByteArray stage;             ///< name beside the data directory, of the folder with the numbered slots
    bool stageIsSafety = false;   ///< it holds the only copy of something: never removed by a roll back
    bool keepOld = true;          ///< what was replaced becomes a safety copy
    QList<JournalEntry> entries;
};

[[nodiscard]] QByteArray writeJournal(const Journal &journal);
/// Errors: JsonInvalid.
[[nodiscard]] Result<Journal> parseJournal(QByteArrayView text);

/// What a safety copy says of itself. Slot i holds what was at targets[i]; a missing slot means that
/// nothing was there.
struct SafetyNote {
    Operation operation = Operation::Restore;
    QDateTime created;            ///< UTC
    QByteArray archive;           ///< what was restored then; may be empty
    QList<RelPath> targets;
};

inline constexpr char kNoteName[] = "note.json";
inline constexpr char kNextNoteName[] = "note.json.next";   ///< becomes note.json when the exchange is done

[[nodiscard]] QByteArray writeNote(const SafetyNote &note);
/// Errors: JsonInvalid.
[[nodiscard]] Result<SafetyNote> parseNote(QByteArrayView text);

}  // namespace strongroom::storage
