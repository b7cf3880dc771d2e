// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The bundled icons, drawn in the colours of the palette in force: ink follows the window text, so that one
// set serves light and dark, enabled and disabled, at any scale. The only place that knows icon files.

#include <QIcon>
#include <QStringList>

namespace strongroom::views {

/// The icon of our own set by its name (freedesktop names where there is one, e.g. "document-open").
/// An unknown name is our bug: it gives the null icon, and a test looks for that.
/// Thread: GUI.
[[nodiscard]] QIcon bundledIcon(const QString &name);

/// Every name there is.
[[nodiscard]] QStringList bundledIconNames();

/// The program's own mark, in full colour.
[[nodiscard]] QIcon applicationIcon();

}  // namespace strongroom::views
