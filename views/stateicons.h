// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Which icon and tone go with the stable words that models return. The only place that knows this.

#include "views/theme.h"

#include <QString>

namespace strongroom::views {

struct StateLook {
    QString icon;   ///< empty = none needed
    Tone tone = Tone::Neutral;
};

/// State words of items, archives, jobs, roots and findings ("ok", "damaged", "verified", "running", ...);
/// an unknown word has no icon.
[[nodiscard]] StateLook lookOfState(const QString &word);
/// Icon of a verb of a plan ("remove", ...).
[[nodiscard]] QString iconOfVerb(const QString &verb);
/// Icon of a node of the navigation ("overview", "root", "sessions", ...).
[[nodiscard]] QString iconOfNode(const QString &node);

}  // namespace strongroom::views
