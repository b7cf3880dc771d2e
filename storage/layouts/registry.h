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

/// A place that a file which came alone can stand for.
struct LonePlace {
    const Layout *layout = nullptr;
    const LoneFileRule *rule = nullptr;
    QByteArray path;   ///< relative to the layout's root; '*' for any one folder
};
/// Those of every layout for a file of this kind and last name. A name that some rule asks for is only ever what
/// that rule says: an index.pkl is no snapshot.
[[nodiscard]] QList<LonePlace> lonePlacesFor(LoneKind kind, const QByteArray &name);

}  // namespace strongroom::storage
