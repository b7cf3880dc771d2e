// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the palette means to us: light or dark, and the few mixed tones that palettes have no role for. The only
// place that knows colours by number. Not a style: widgets draw with palette roles.

#include <QColor>
#include <QPalette>

namespace strongroom::views {

enum class Theme : quint8 { System, Light, Dark };
/// What a message or badge is about; always shown with an icon and a word, never by colour alone.
enum class Tone : quint8 { Neutral, Information, Good, Warning, Danger };

/// Takes over the whole application's palette; System leaves it alone. Call before the first window.
void applyTheme(Theme theme);
/// By the lightness of the window colour: Qt 6.4 cannot ask the platform.
[[nodiscard]] bool isDark(const QPalette &palette);

/// Strong tone for icons, outlines and small marks; at least 3:1 against Window and Base.
[[nodiscard]] QColor toneColor(Tone tone, const QPalette &palette);
/// Quiet background of that tone, on which WindowText keeps 4.5:1.
[[nodiscard]] QColor toneBackground(Tone tone, const QPalette &palette);
/// Text of lesser weight on Base or Window, still 4.5:1.
[[nodiscard]] QColor mutedText(const QPalette &palette);
/// Hair line between things.
[[nodiscard]] QColor hairline(const QPalette &palette);
/// `a` and `b` mixed; `share` of b, 0..1.
[[nodiscard]] QColor mixed(const QColor &a, const QColor &b, double share);
/// Contrast ratio of WCAG 2, 1..21.
[[nodiscard]] double contrast(const QColor &a, const QColor &b);

}  // namespace strongroom::views
