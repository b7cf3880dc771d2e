// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// SQLite's read lock without SQLite, for copying the file of a database that nobody has in hand.
// Source: https://sqlite.org/lockingv3.html and os.h of SQLite: PENDING at 0x40000000, SHARED is a read
// lock on the 510 bytes from 0x40000002.

#include <QByteArray>

namespace strongroom::storage {

/// No journal and no write-ahead log with content lies beside it: the file alone is the database.
[[nodiscard]] bool databaseIsAtRest(int directoryFd, const QByteArray &name);

/// Takes the read lock on an open file description (other SQLite users of this process do not drop it, and
/// it does not drop theirs); writers of a rollback-journal database wait while it is held. False when a
/// writer is at it or the file system has no such locks. Released with the last descriptor of the file.
[[nodiscard]] bool lockDatabaseForReading(int fd);

}  // namespace strongroom::storage
