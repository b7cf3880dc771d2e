// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a file must hold for its application to take it as its own. Layouts declare it by name; the verdict
// on an archive that nobody vouches for is where it is asked (verdict/).

#include "storage/formats/pickle.h"

#include <QByteArray>
#include <QList>

namespace strongroom::storage {

enum class ContentForm : quint8 {
    Free,           ///< anything: stops the rules behind it from matching
    Json,           ///< text that Python reads as JSON, no key twice
    JsonObject,     ///< the same, with an object at the top
    Pickle,         ///< a pickle that names nothing outside of a policy
    PickledDict,    ///< the same, with a dictionary at the top
    Database,       ///< SQLite, whole, with the tables of its application and no code
    Secrets,        ///< KEY=VALUE text
    Leftover,       ///< a journal that is worth nothing away from its database
    SqlDump,        ///< plain text of pg_dump
    PgDump,         ///< custom format of pg_dump
    RedisSnapshot,  ///< RDB
    RedisLog,       ///< append-only file
    Archive,        ///< an archive of its own, which holds user files
};

/// Pattern as CaptureRule: over the whole path relative to the layout's root, first match wins.
struct ContentRule {
    QByteArray pattern = {};
    ContentForm form = ContentForm::Free;
    /// The name alone tells whose file it is; otherwise the layout must be recognised for the rule to count.
    bool sure = false;

    /// The rule counts only for a file that has this in its first 256 bytes; the rules behind it are asked too.
    QByteArray announcedBy = {};

    // -- JSON
    bool keysAreIds = false;                ///< keys of the outermost object become names on disk
    QList<QByteArray> idFields = {};        ///< strings that become names on disk
    QList<QByteArray> pathFields = {};      ///< strings that the application opens or deletes
    QList<QByteArray> ownAreas = {};        ///< folders of the data directory that such a path may lead to
    bool namedByUuid = false;               ///< the stem, or the folder behind "session_", is a UUID
    QByteArray ownId = {};                  ///< string of the outermost object that must be that UUID

    // -- pickles
    PicklePolicy policy = {};

    // -- databases and secrets
    QList<QByteArray> required = {};        ///< tables that must be there; keys that must have a value
    bool requiredIfAny = false;             ///< only in a file of keys that has at least one of them
    QList<QByteArray> known = {};           ///< tables that prove whose database it is when there are no others
    QByteArray companion = {};              ///< file beside it without which it is not worth restoring
    int minValue = 0;                       ///< bytes of a required key's value
};

}  // namespace strongroom::storage
