// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/monitor.h"

#include <algorithm>

namespace strongroom::storage {

QString phaseWord(Phase phase)
{
    switch (phase) {
    case Phase::Idle: return QStringLiteral("idle");
    case Phase::Scanning: return QStringLiteral("scanning");
    case Phase::Planning: return QStringLiteral("planning");
    case Phase::Reading: return QStringLiteral("reading");
    case Phase::Writing: return QStringLiteral("writing");
    case Phase::Verifying: return QStringLiteral("verifying");
    case Phase::Staging: return QStringLiteral("staging");
    case Phase::Syncing: return QStringLiteral("syncing");
    case Phase::Exchanging: return QStringLiteral("exchanging");
    case Phase::Cleaning: return QStringLiteral("cleaning");
    case Phase::Finishing: return QStringLiteral("finishing");
    }
    return {};
}

void Monitor::begin(Phase phase, qint64 bytesTotal, qint64 itemsTotal)
{
    m_bytesDone = 0;
    m_itemsDone = 0;
    m_bytesTotal = bytesTotal;
    m_itemsTotal = itemsTotal;
    m_phase = int(phase);
    setCurrent({});
}

void Monitor::setTotals(qint64 bytes, qint64 items)
{
    m_bytesTotal = bytes;
    m_itemsTotal = items;
}

void Monitor::setCurrent(QByteArrayView path)
{
    const std::lock_guard lock(m_mutex);
    m_current.resize(path.size());   // keeps its room: called for every entry
    std::copy(path.begin(), path.end(), m_current.begin());
}

Progress Monitor::sample() const
{
    Progress p;
    p.phase = Phase(m_phase.load());
    p.bytesDone = m_bytesDone;
    p.bytesTotal = m_bytesTotal;
    p.itemsDone = m_itemsDone;
    p.itemsTotal = m_itemsTotal;
    p.stopping = m_stop;
    const std::lock_guard lock(m_mutex);
    p.current = m_current;
    return p;
}

}  // namespace strongroom::storage
