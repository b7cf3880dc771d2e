// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Sort and filter as a permutation of rows, computed in a worker. Replaces QSortFilterProxyModel, which
// freezes the window for seconds at a million rows.

#include "storage/catalog.h"
#include "storage/monitor.h"

#include <vector>

namespace strongroom::storage {

struct Query {
    QString filter;                 ///< case-insensitive substring of any text column or the state word; empty = all
    Column sort = Column::Id;
    bool descending = false;
    bool keepScanOrder = false;     ///< ignore `sort`
    friend bool operator==(const Query &, const Query &) = default;
};

/// Rows that match, in order; ties keep scan order. Texts are compared case-insensitively with digits as
/// numbers. Errors: Cancelled. Thread: any. Cost: O(n log n), no allocation per row.
[[nodiscard]] Result<std::vector<quint32>> runQuery(const ItemTable &table, const Query &query, Monitor &monitor);

}  // namespace strongroom::storage
