// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Finds the parts of a compose stack in a tree: named volumes on disk and the project folder with its
// backups. Looks at names and small heads only; measuring and judging is composevolumes.cpp's work.

#include "storage/item.h"
#include "storage/tree.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace strongroom::storage::compose {

enum class Purpose : quint8 { Unknown, PostgreSql, Redis, Media, Static, NodeModules, Logs };

/// What follows from a purpose; texts are stable English.
struct PurposeFacts {
    const char *title;          ///< "PostgreSQL database"
    VolumeClass volumeClass;
    const char *containerPath;  ///< where the stack mounts it; empty = not known
    const char *priority;       ///< how urgently it wants backups
};
[[nodiscard]] const PurposeFacts &factsOf(Purpose purpose);

struct Volume {
    QByteArray name;
    RelPath folder;         ///< what is backed up as volume:NAME; the root when the volume itself was opened
    RelPath content;        ///< folder/_data where there is one
    Purpose purpose = Purpose::Unknown;
    bool engineShape = false;   ///< has the engine's _data folder
    bool proved = false;        ///< the purpose was seen in the content, not only in the name
    [[nodiscard]] QString id() const { return displayBytes(name); }
};

/// One volume that a compose file declares.
struct DeclaredVolume {
    QByteArray key;          ///< under `volumes:`
    QByteArray name;         ///< its `name:`; empty = the engine derives it from the project and the key
    int line = 0;
    /// True when a volume of this name on disk is the declared one. Names with variables match by their end.
    [[nodiscard]] bool matches(QByteArrayView volumeName) const;
    [[nodiscard]] QByteArray shownName() const { return name.isEmpty() ? key : name; }
};
/// Top-level `volumes:` of a compose file, block or flow style. Reads that section only; anything it does
/// not understand is passed over.
[[nodiscard]] QList<DeclaredVolume> parseDeclaredVolumes(QByteArrayView yaml);

enum class DumpKind : quint8 { Full, Database, Media, Static };
/// A file of the project's backup folder, by its name.
struct ProjectBackup {
    RelPath path;
    DumpKind kind = DumpKind::Full;
    QByteArray stamp;     ///< "20251025_143022"
    QDateTime time;       ///< UTC; the name carries the host's local time
    qint64 bytes = 0;
};
/// nullopt when `name` is none of the four.
[[nodiscard]] std::optional<ProjectBackup> parseBackupName(const QByteArray &name);

struct Project {
    RelPath folder;
    RelPath composeFile;               ///< root = none
    QList<DeclaredVolume> declared;
    bool hasScript = false;            ///< docker-dev.sh
    QList<ProjectBackup> backups;      ///< by time
    [[nodiscard]] bool isInteresting() const;
    [[nodiscard]] qint64 count(DumpKind kind) const;
    /// The parts of interrupted runs: no full backup has their stamp, and they are not a database dump alone.
    [[nodiscard]] QList<ProjectBackup> interrupted() const;
    /// Newest backup that covers a volume of this purpose; invalid = none.
    [[nodiscard]] QDateTime lastBackup(Purpose purpose) const;
};

struct Stack {
    QList<Volume> volumes;             ///< by path
    bool enginePlace = false;          ///< they lie where a container engine keeps volumes
    RelPath volumesFolder;
    QList<Project> projects;
    [[nodiscard]] QDateTime lastBackup(Purpose purpose) const;
    [[nodiscard]] const Volume *find(const QString &id) const;
};

/// Thread: any. Never fails: what cannot be read is not found.
[[nodiscard]] Stack findStack(const Tree &tree);

}  // namespace strongroom::storage::compose
