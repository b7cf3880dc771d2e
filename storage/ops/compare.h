// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Differences between two data directories or archives, by item and by path.

#include "storage/archive/limits.h"
#include "storage/item.h"
#include "storage/monitor.h"

#include <QList>

namespace strongroom::storage {

struct Difference {
    QString kind;        ///< "session", "entity", "volume", "snapshot", "file", "directory", "symlink"
    QString id;          ///< of an item; empty for a path
    QByteArray path;     ///< relative to the compared roots
    QString detail;      ///< "content", "size", "mode", "type", "link target", ...; several joined by ", "
};

struct Comparison {
    QList<Difference> added;     ///< in B, not in A
    QList<Difference> removed;   ///< in A, not in B
    QList<Difference> changed;
    [[nodiscard]] bool isEmpty() const { return added.isEmpty() && removed.isEmpty() && changed.isEmpty(); }
};

/// \param a, b  absolute paths; each a data directory or an archive (judged first, refused if bad).
/// Files are equal when type, size, content hash, mode and link target are; times and owners are not
/// compared. Errors: the judgement's refusal; by cause; Cancelled.
[[nodiscard]] Result<Comparison> compareData(const QByteArray &a, const QByteArray &b, const Limits &limits, Monitor &monitor);

}  // namespace strongroom::storage
