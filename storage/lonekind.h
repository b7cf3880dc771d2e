// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Files that are worth something without the folder they come from: what an operator has in hand when a
// backup was one dump, one database or the secrets alone.

#include <QtGlobal>

namespace strongroom::storage {

enum class LoneKind : quint8 {
    None,
    SqlDump,         ///< plain text of pg_dump and its like
    PostgresDump,    ///< pg_dump -Fc
    Sqlite,
    RedisSnapshot,   ///< dump.rdb
    Pickle,
    Dotenv,          ///< NAME=VALUE lines: secrets.env
    Json,            ///< a store of records: entities.json, tokens.json
};

}  // namespace strongroom::storage
