// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The few files of a PostgreSQL cluster that tell what it is and whether it rests: PG_VERSION,
// global/pg_control and postmaster.pid. Reads bytes only; no server is asked and no table is opened.

#include "storage/tree.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <optional>

namespace strongroom::storage {

/// CRC-32C (Castagnoli, reflected, as iSCSI and PostgreSQL use it). Thread: any.
[[nodiscard]] quint32 crc32c(QByteArrayView data);

/// State of the cluster, as pg_control stores it (DBState of PostgreSQL 9.4 and later).
enum class PgState : quint8 {
    StartingUp, ShutDown, ShutDownInRecovery, ShuttingDown, InCrashRecovery, InArchiveRecovery, InProduction, Unknown,
};
[[nodiscard]] QString pgStateWord(PgState state);  ///< "shut down", "in production", ... as pg_controldata says

struct PgControl {
    static constexpr qint64 kFileSize = 8192;   ///< the file is padded to this, whatever the struct's size
    quint64 systemId = 0;
    quint32 controlVersion = 0;   ///< 1300 for PostgreSQL 13 to 16
    quint32 catalogVersion = 0;   ///< e.g. 202209061 for PostgreSQL 15
    PgState state = PgState::Unknown;
    QDateTime time;               ///< UTC, of the last update
    bool checksumOk = false;      ///< CRC-32C over the struct agrees; everything above is only then to be trusted
    bool checksumKnown = false;   ///< false: a control version whose struct we do not know the end of
};

/// Reads the image of a pg_control file written on a little-endian machine.
/// Errors: LimitExceeded never; DatabaseUnreadable when it is too short to be one or foreign (args[0] = why).
[[nodiscard]] Result<PgControl> parsePgControl(QByteArrayView image);

/// Offset of the CRC in the struct of a control version; nullopt for one we do not know.
[[nodiscard]] std::optional<qsizetype> pgControlCrcOffset(quint32 controlVersion);

/// postmaster.pid: a running server's, or a dead one's. The process number is the one inside its container.
struct PostmasterPid {
    qint64 pid = 0;
    QDateTime started;     ///< UTC; invalid = not said
    int port = 0;
    QString status;        ///< "ready", "starting", "standby"; empty = not said
};
[[nodiscard]] std::optional<PostmasterPid> parsePostmasterPid(QByteArrayView text);

/// "15" from PG_VERSION's content ("15\n", "9.6\n"); empty when it is no version.
[[nodiscard]] QString parsePgVersion(QByteArrayView text);

/// What a folder says of the cluster in it.
struct PgCluster {
    QString version;                          ///< major version; empty = PG_VERSION is not readable
    std::optional<PgControl> control;         ///< nullopt = absent or unreadable, see controlError
    std::optional<Error> controlError;
    bool hasPid = false;
    std::optional<PostmasterPid> pid;         ///< nullopt with hasPid: the file says nothing we understand

    [[nodiscard]] bool controlDamaged() const { return controlError.has_value() || (control && control->checksumKnown && !control->checksumOk); }
    /// A raw copy is a valid cluster only when it rests.
    [[nodiscard]] bool isAtRest() const;
};
/// nullopt when `dir` holds no cluster (no PG_VERSION, or one without global/). Costs three small reads.
[[nodiscard]] std::optional<PgCluster> readPgCluster(const Tree &tree, const RelPath &dir);

}  // namespace strongroom::storage
