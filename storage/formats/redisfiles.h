// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The files Redis 7 keeps its data in: appendonlydir/ with a manifest, a base and increments, and dump.rdb.
// Recognises and walks them; keys and values are never decoded, because they may hold user sessions.

#include "storage/tree.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace strongroom::storage {

/// Format version of an RDB file ("REDIS0010" -> 10) from its first nine bytes; nullopt = not one.
[[nodiscard]] std::optional<int> rdbVersion(QByteArrayView head);
/// "7.0.15" from the auxiliary fields at an RDB file's start; empty = not said there.
[[nodiscard]] QString rdbServerVersion(QByteArrayView head);

/// One line of an append-only manifest: `file NAME seq N type b|i|h`.
struct AofEntry {
    enum class Type : quint8 { Base, Increment, History };
    QByteArray name;
    qint64 sequence = 0;
    Type type = Type::Increment;
};
/// In the order of the file. Errors: JsonInvalid never; DatabaseUnreadable with args = {line number} for a
/// line that is neither an entry nor a comment, a name that is a path, or no entry at all.
[[nodiscard]] Result<QList<AofEntry>> parseAofManifest(QByteArrayView text);

/// How far a command log (RESP arrays of bulk strings) is whole.
struct AofTail {
    qint64 commands = 0;       ///< whole ones
    qint64 goodBytes = 0;      ///< length of the whole ones
    qint64 bytes = 0;          ///< of the file
    bool torn = false;         ///< ends inside a command; Redis cuts that off at its next start
    bool damaged = false;      ///< bytes that are no command: Redis refuses to start
};
/// Reads the file once, in pieces, with constant memory. An RDB preamble is not one (damaged).
/// Errors: by cause, Cancelled.
[[nodiscard]] Result<AofTail> readAofTail(const Tree &tree, const RelPath &path, Monitor &monitor);

/// What a folder says of the Redis data in it.
struct RedisData {
    bool hasAof = false;              ///< appendonlydir/ is there
    RelPath manifestPath;             ///< root when there is none
    QList<AofEntry> entries;
    std::optional<Error> manifestError;
    QList<QByteArray> missing;        ///< named by the manifest, not there; histories excepted
    bool baseDamaged = false;         ///< the base neither is an RDB nor a command log
    bool hasDump = false;             ///< dump.rdb is there
    std::optional<int> dumpVersion;   ///< nullopt with hasDump: it is no RDB file
    QString serverVersion;            ///< that wrote the base or the dump; empty = unknown
};
/// nullopt when `dir` holds neither. Names and small heads only.
[[nodiscard]] std::optional<RedisData> readRedisData(const Tree &tree, const RelPath &dir);

/// True for names that only a crashed save or rewrite leaves behind.
[[nodiscard]] bool isRedisTemporary(QByteArrayView name);

}  // namespace strongroom::storage
