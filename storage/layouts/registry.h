// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Every layout there is, in one list. The only file that knows them all.

#include "storage/layouts/layout.h"

#include <QList>

namespace strongroom::storage {

/// Static lifetime; order is the order ties are shown in.
[[nodiscard]] const QList<const Layout *> &allLayouts();
[[nodiscard]] const Layout *layoutById(QStringView id);  ///< null when unknown

}  // namespace strongroom::storage
