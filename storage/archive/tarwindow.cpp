// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/tarwindow.h"

#include "storage/mutant.h"

namespace strongroom::storage {

Result<bool> TarWindow::fill()
{
    STRONGROOM_TRY(const qint64 n, m_source.read(m_buffer.data() + m_end, m_buffer.size() - m_end));
    m_end += n;
    m_out += n;
    if (m_out - kOverhead - kOverheadPerEntry * m_entries > m_limits.maxBytes)
        return failAt(ErrorCode::ArchiveHostile, fileOffset(), "expands beyond the limit");
    if (m_out > m_limits.ratioFloor && m_out / m_limits.maxRatio > m_archiveSize && !isMutant(Mutant::RatioUnlimited))
        return failAt(ErrorCode::ArchiveHostile, fileOffset(), "expands out of all proportion");
    return n > 0;
}

}  // namespace strongroom::storage
