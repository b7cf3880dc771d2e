// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/tarwindow.h"

#include "storage/mutant.h"

namespace strongroom::storage {

Result<void> TarWindow::next()
{
    STRONGROOM_TRY(m_rest, m_blocks.next());
    m_out += m_rest.size();
    if (m_out - kOverhead - kOverheadPerEntry * m_entries > m_limits.maxBytes)
        return failAt(ErrorCode::ArchiveHostile, fileOffset(), "expands beyond the limit");
    if (m_out > m_limits.ratioFloor && m_out / m_limits.maxRatio > m_archiveSize && !isMutant(Mutant::RatioUnlimited))
        return failAt(ErrorCode::ArchiveHostile, fileOffset(), "expands out of all proportion");
    return {};
}

Result<QByteArrayView> TarWindow::head(qint64 size)
{
    STRONGROOM_CHECK(next());
    if (m_rest.size() < size) {
        m_head = m_rest.toByteArray();
        while (m_head.size() < size) {
            STRONGROOM_CHECK(next());
            if (m_rest.isEmpty())
                break;
            m_head.append(m_rest);
        }
        m_rest = m_head;
    }
    return m_rest.first(std::min<qint64>(size, m_rest.size()));
}

Result<QByteArrayView> TarWindow::joined(qint64 size)
{
    m_joined.resize(0);
    while (m_joined.size() < size) {
        if (m_rest.isEmpty())
            STRONGROOM_CHECK(next());
        if (m_rest.isEmpty())
            break;
        m_joined.append(take(std::min<qint64>(size - m_joined.size(), m_rest.size())));
    }
    return QByteArrayView(m_joined);
}

}  // namespace strongroom::storage
