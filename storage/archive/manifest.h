// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What an archive of ours promises: `.strongroom/manifest.json` and `.strongroom/SHA256SUMS`.
// Format: "strongroom-backup" version 1, described in resources/handbook and kept stable.
// A manifest that was read is as hostile as the rest of the archive.

#include "storage/archive/member.h"
#include "storage/pathtable.h"

#include <QByteArray>
#include <QDateTime>
#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

namespace strongroom::storage {

inline constexpr char kManifestFolder[] = ".strongroom";
inline constexpr char kManifestPath[] = ".strongroom/manifest.json";
inline constexpr char kSumsPath[] = ".strongroom/SHA256SUMS";

struct ExcludedEntry {
    QByteArray path;
    QString reason;   ///< stable kebab word
};

struct Manifest {
    int version = 1;
    QString kind;                 ///< layout id
    QString variant;
    QDateTime created;            ///< UTC
    qint64 sequence = 0;          ///< grows with every backup of one source into one folder
    QString tool;                 ///< "strongroom 0.1.0"
    QString sourceHost;
    QByteArray sourcePath;        ///< absolute
    QStringList scope;
    QString consistency;          ///< "locked", "stable", "snapshot", "partial"
    QList<ExcludedEntry> excluded;
    QHash<QString, qint64> counts;   ///< "sessions", "entities", "volumes", "snapshots", "files", "bytes"
    QString note;
    bool pinned = false;
    QByteArray sumsSha256Hex;     ///< of SHA256SUMS; empty = every file entry has its own sha256
    QList<Member> entries;        ///< every member but those below .strongroom/
};

/// JSON text, one entry a line, UTF-8. Deterministic.
[[nodiscard]] QByteArray writeManifest(const Manifest &manifest);
/// One line as `sha256sum` writes it, with its newline; a name with '\\', newline or '\r' is escaped its way.
[[nodiscard]] QByteArray sumsLine(const QByteArray &sha256Hex, QByteArray name);
/// Text of SHA256SUMS for `entries` (files and hard links, in order): `sha256sum -c` reads it.
[[nodiscard]] QByteArray writeSums(const QList<Member> &entries);

/// Strict: types, ranges, no duplicate keys, paths are RelPaths, hashes are 64 hex digits; unknown keys are
/// ignored. Errors: ManifestInvalid (args[0] says where), ManifestVersion.
[[nodiscard]] Result<Manifest> parseManifest(QByteArrayView text);
/// Path -> hash, in the order of the lines. Errors: ManifestInvalid.
[[nodiscard]] Result<PathTable<Sha256>> parseSums(QByteArrayView text);

}  // namespace strongroom::storage
