// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// An archive of ours as a backup writes it, without the backup: through the real writer, manifest last.

#include "storage/archive/groupwriter.h"
#include "storage/archive/manifest.h"

#include <QByteArray>
#include <QList>

#include <functional>
#include <utility>

namespace strongroom::tests {

struct OwnArchiveSpec {
    storage::ArchiveFormat format = storage::ArchiveFormat::TarGzip;
    /// Paths and contents; a path that ends in '/' is a folder.
    QList<std::pair<QByteArray, QByteArray>> files = {{"data/", {}}, {"data/a.json", "{}"}};
    /// Entries and sums are filled in; kind and created are set when empty.
    storage::Manifest manifest = {};
    qint64 groupBytes = 1 << 16;
    /// Changes what the index says of the members.
    std::function<void(QList<storage::Member> &)> bendIndex = {};
};

/// Aborts when it cannot be written: a broken test.
void writeOwnArchive(const QByteArray &path, const OwnArchiveSpec &spec);

}  // namespace strongroom::tests
