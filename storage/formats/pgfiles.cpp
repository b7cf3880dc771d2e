// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/pgfiles.h"

#include <QtEndian>

#include <array>

namespace strongroom::storage {

namespace {

constexpr qint64 kSmallFile = 64 * 1024;

constexpr std::array<quint32, 256> makeCrcTable()
{
    std::array<quint32, 256> table = {};
    for (quint32 i = 0; i < table.size(); ++i) {
        quint32 crc = i;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1) ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
        table[i] = crc;
    }
    return table;
}
constexpr std::array<quint32, 256> kCrcTable = makeCrcTable();

// Offsets in ControlFileData (src/include/catalog/pg_control.h), the same since control version 942.
constexpr qsizetype kSystemId = 0;
constexpr qsizetype kControlVersion = 8;
constexpr qsizetype kCatalogVersion = 12;
constexpr qsizetype kState = 16;
constexpr qsizetype kTime = 24;
constexpr qsizetype kSmallestStruct = 296;

template<class T> T littleEndianAt(QByteArrayView data, qsizetype offset)
{
    return qFromLittleEndian<T>(data.data() + offset);
}

QByteArrayView line(QByteArrayView text, int index)
{
    qsizetype start = 0;
    for (int i = 0; i < index; ++i) {
        const qsizetype end = text.indexOf('\n', start);
        if (end < 0)
            return {};
        start = end + 1;
    }
    const qsizetype end = text.indexOf('\n', start);
    return text.sliced(start, (end < 0 ? text.size() : end) - start).trimmed();
}

}  // namespace

quint32 crc32c(QByteArrayView data)
{
    quint32 crc = 0xffffffffu;
    for (const char c : data)
        crc = (crc >> 8) ^ kCrcTable[(crc ^ uchar(c)) & 0xff];
    return crc ^ 0xffffffffu;
}

QString pgStateWord(PgState state)
{
    switch (state) {
    case PgState::StartingUp: return QStringLiteral("starting up");
    case PgState::ShutDown: return QStringLiteral("shut down");
    case PgState::ShutDownInRecovery: return QStringLiteral("shut down in recovery");
    case PgState::ShuttingDown: return QStringLiteral("shutting down");
    case PgState::InCrashRecovery: return QStringLiteral("in crash recovery");
    case PgState::InArchiveRecovery: return QStringLiteral("in archive recovery");
    case PgState::InProduction: return QStringLiteral("in production");
    case PgState::Unknown: break;
    }
    return QStringLiteral("unknown");
}

std::optional<qsizetype> pgControlCrcOffset(quint32 controlVersion)
{
    switch (controlVersion) {
    case 1100:   // PostgreSQL 11
    case 1201:   // 12
    case 1300:   // 13 to 16
        return 288;
    default:
        return std::nullopt;
    }
}

Result<PgControl> parsePgControl(QByteArrayView image)
{
    if (image.size() < kSmallestStruct)
        return fail(ErrorCode::DatabaseUnreadable, {}, {QStringLiteral("pg_control has %1 bytes").arg(image.size())});
    PgControl control;
    control.systemId = littleEndianAt<quint64>(image, kSystemId);
    control.controlVersion = littleEndianAt<quint32>(image, kControlVersion);
    control.catalogVersion = littleEndianAt<quint32>(image, kCatalogVersion);
    const quint32 state = littleEndianAt<quint32>(image, kState);
    control.state = state < quint32(PgState::Unknown) ? PgState(state) : PgState::Unknown;
    const qint64 seconds = littleEndianAt<qint64>(image, kTime);
    // Beyond the year 9999 it is not a time but noise.
    if (seconds > 0 && seconds < 253402300800LL)
        control.time = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    if (control.controlVersion == 0 || control.controlVersion > 100000)
        return fail(ErrorCode::DatabaseUnreadable, {}, {QStringLiteral("not a pg_control of this byte order")});
    if (const auto at = pgControlCrcOffset(control.controlVersion)) {
        control.checksumKnown = true;
        control.checksumOk = crc32c(image.first(*at)) == littleEndianAt<quint32>(image, *at);
    }
    return control;
}

std::optional<PostmasterPid> parsePostmasterPid(QByteArrayView text)
{
    // Lines: pid, data directory, start (epoch s), port, socket folder, listen address, shared memory, status.
    PostmasterPid out;
    bool ok = false;
    out.pid = line(text, 0).toByteArray().toLongLong(&ok);
    if (!ok || out.pid <= 0)
        return std::nullopt;
    const qint64 started = line(text, 2).toByteArray().toLongLong(&ok);
    if (ok && started > 0 && started < 253402300800LL)
        out.started = QDateTime::fromSecsSinceEpoch(started, Qt::UTC);
    out.port = line(text, 3).toByteArray().toUShort();   // 0 for what cannot be one
    out.status = displayBytes(line(text, 7).first(std::min<qsizetype>(line(text, 7).size(), 32)));
    return out;
}

QString parsePgVersion(QByteArrayView text)
{
    const QByteArrayView version = text.trimmed();
    if (version.isEmpty() || version.size() > 8)
        return {};
    for (const char c : version) {
        if (c != '.' && (c < '0' || c > '9'))
            return {};
    }
    return QString::fromLatin1(version);
}

bool PgCluster::isAtRest() const
{
    return control && control->checksumKnown && control->checksumOk && !hasPid
        && (control->state == PgState::ShutDown || control->state == PgState::ShutDownInRecovery);
}

std::optional<PgCluster> readPgCluster(const Tree &tree, const RelPath &dir)
{
    if (!tree.hasFile(dir.childUnchecked("PG_VERSION")) || !tree.hasDirectory(dir.childUnchecked("global")))
        return std::nullopt;
    PgCluster cluster;
    if (const auto version = tree.readHead(dir.childUnchecked("PG_VERSION"), 64))
        cluster.version = parsePgVersion(*version);
    const RelPath controlPath = dir.childUnchecked("global").childUnchecked("pg_control");
    if (auto image = tree.readAll(controlPath, kSmallFile)) {
        if (auto control = parsePgControl(*image)) {
            cluster.control = *control;
        } else {
            cluster.controlError = std::move(control).error();
            cluster.controlError->path = controlPath.bytes();
        }
    } else {
        cluster.controlError = std::move(image).error();
    }
    const RelPath pidPath = dir.childUnchecked("postmaster.pid");
    cluster.hasPid = tree.hasFile(pidPath);
    if (cluster.hasPid) {
        if (const auto text = tree.readHead(pidPath, kSmallFile))
            cluster.pid = parsePostmasterPid(*text);
    }
    return cluster;
}

}  // namespace strongroom::storage
