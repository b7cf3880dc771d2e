// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a file that came without any folder around it must hold: what it would have to hold in every place that
// it can stand for, or, where it can stand for none, what files of its kind hold.

#include "storage/layouts/contentrule.h"
#include "storage/lonekind.h"

namespace strongroom::storage {

/// All of them count, none asks for other files. `name` is its last name; it decides only between places.
/// Never empty unless `kind` is None.
[[nodiscard]] QList<ContentRule> rulesForLoneFile(LoneKind kind, const QByteArray &name);

}  // namespace strongroom::storage
