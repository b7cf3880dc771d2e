// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/inspect.h"

namespace strongroom::storage {

// Placeholders until the archive road stands; each goes away with the file that replaces it.
static std::unexpected<Error> missing() { return fail(ErrorCode::Internal, {}, {QStringLiteral("placeholder")}); }

Result<std::optional<Manifest>> peekManifest(const ArchiveFile &, Monitor &) { return missing(); }

}  // namespace strongroom::storage
