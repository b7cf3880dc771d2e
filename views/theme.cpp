// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/theme.h"

#include <QApplication>
#include <QStyleFactory>

#include <cmath>

namespace strongroom::views {

namespace {

struct Tones {
    QRgb window, base, alternate, text, button, highlight, highlightedText, link, toolTip;
};
constexpr Tones kLight = {0xfff6f7f8, 0xffffffff, 0xfff7f9fa, 0xff1f2428, 0xfff0f2f3, 0xff2a6fbb, 0xffffffff, 0xff1f66b0, 0xfffdfdfd};
constexpr Tones kDark = {0xff26292c, 0xff1d2022, 0xff222527, 0xffe7e9ea, 0xff303437, 0xff3d7fc4, 0xffffffff, 0xff7ab8f5, 0xff303437};

QPalette paletteOf(const Tones &t)
{
    QPalette palette((QColor(t.button)), QColor(t.window));
    const auto set = [&palette](QPalette::ColorRole role, QRgb colour) { palette.setColor(role, QColor(colour)); };
    set(QPalette::Window, t.window);
    set(QPalette::WindowText, t.text);
    set(QPalette::Base, t.base);
    set(QPalette::AlternateBase, t.alternate);
    set(QPalette::Text, t.text);
    set(QPalette::Button, t.button);
    set(QPalette::ButtonText, t.text);
    set(QPalette::Highlight, t.highlight);
    set(QPalette::HighlightedText, t.highlightedText);
    set(QPalette::Link, t.link);
    set(QPalette::LinkVisited, t.link);
    set(QPalette::ToolTipBase, t.toolTip);
    set(QPalette::ToolTipText, t.text);
    set(QPalette::BrightText, t.highlightedText);
    const QColor faded = mixed(QColor(t.text), QColor(t.window), 0.5);
    palette.setColor(QPalette::PlaceholderText, faded);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, faded);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, mixed(QColor(t.text), QColor(t.window), 0.7));
    return palette;
}

double luminance(const QColor &colour)
{
    const auto channel = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * channel(colour.redF()) + 0.7152 * channel(colour.greenF()) + 0.0722 * channel(colour.blueF());
}

}  // namespace

void applyTheme(Theme theme)
{
    if (theme == Theme::System)
        return;
    // Other styles bring their own idea of a palette; Fusion draws with ours.
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(theme == Theme::Dark ? kDark : kLight));
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Active, QPalette::Window).lightness() < 128;
}

QColor toneColor(Tone tone, const QPalette &palette)
{
    const bool dark = isDark(palette);
    switch (tone) {
    case Tone::Neutral: return mutedText(palette);
    case Tone::Information: return QColor(dark ? 0xff6cb2f7 : 0xff2a76c6);
    case Tone::Good: return QColor(dark ? 0xff6fd391 : 0xff27864a);
    case Tone::Warning: return QColor(dark ? 0xfff3bd54 : 0xffb9770e);
    case Tone::Danger: return QColor(dark ? 0xffff8a7a : 0xffc0392b);
    }
    return palette.color(QPalette::WindowText);
}

QColor toneBackground(Tone tone, const QPalette &palette)
{
    const QColor window = palette.color(QPalette::Active, QPalette::Window);
    return tone == Tone::Neutral ? mixed(window, palette.color(QPalette::WindowText), 0.06)
                                 : mixed(window, toneColor(tone, palette), isDark(palette) ? 0.18 : 0.13);
}

QColor mutedText(const QPalette &palette)
{
    return mixed(palette.color(QPalette::Active, QPalette::WindowText), palette.color(QPalette::Active, QPalette::Window), 0.32);
}

QColor hairline(const QPalette &palette)
{
    return mixed(palette.color(QPalette::Active, QPalette::Window), palette.color(QPalette::Active, QPalette::WindowText), 0.16);
}

QColor mixed(const QColor &a, const QColor &b, double share)
{
    const auto mix = [share](double x, double y) { return float(x + (y - x) * share); };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

double contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace strongroom::views
