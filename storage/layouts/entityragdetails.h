// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Rows and details of the retrieval application's items, from what entityragstore.h has read.

#include "storage/layouts/entityragstore.h"

namespace strongroom::storage::rag {

/// Sessions that belong to an entity, counted while they pass by.
struct SessionCount {
    qint64 live = 0;
    qint64 all = 0;
};

[[nodiscard]] Item sessionItem(const Session &session, const Index &index);
/// \param sessions  absent = a store of them cannot be read, so their number is unknown.
[[nodiscard]] Item entityItem(const Entity &entity, const Contents &contents, const std::optional<SessionCount> &sessions,
                              bool recordStoreReadable);

/// One item whole. Errors: ItemUnknown, Cancelled.
[[nodiscard]] Result<ItemDetails> entityDetails(const Tree &root, const QString &id, Monitor &monitor);
[[nodiscard]] Result<ItemDetails> sessionDetails(const Tree &root, const QString &id, Monitor &monitor);

}  // namespace strongroom::storage::rag
