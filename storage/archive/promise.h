// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Whether an archive holds exactly what its manifest, its sums and the sidecar beside it promise. Compares
// what was read; opens nothing that a manifest names.

#include "storage/archive/manifest.h"
#include "storage/error.h"

#include <optional>

namespace strongroom::storage {

/// What an archive brought along below .strongroom/.
struct Promise {
    QByteArray manifestText;
    std::optional<QByteArray> sumsText;
    QList<Member> own;   ///< every member there, with hashes
};

/// Compares with `members` (everything else in the archive), whose times become as exact as the manifest's. `manifest` is set when the text could be
/// understood, whatever the comparison says. Returns every difference up to a few hundred, each with the
/// member's name as path and the reason in args; none = kept to the last byte.
[[nodiscard]] QList<Error> comparePromise(const Promise &promise, QList<Member> &members,
                                          std::optional<Manifest> &manifest);

/// Looks for `archivePath`.sha256; there need not be one. A problem when it is there and does not say, in
/// one line, that exactly this file has `hash`. Errors: it could not be read, by errno.
[[nodiscard]] Result<std::optional<Error>> compareSidecar(const QByteArray &archivePath, const Sha256 &hash);

}  // namespace strongroom::storage
