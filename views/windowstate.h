// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How the window stood when it was last closed: geometry, docks, splitters. Kept under a version, so that a window of
// another make does not come up bent.

class QMainWindow;

namespace strongroom::views {

class SettingsStore;

/// Grows with every change of docks or splitters.
inline constexpr int kWindowStateVersion = 1;

/// False when nothing fitting was kept; the window then keeps its defaults. What would be off screen is moved in.
bool restoreWindow(QMainWindow *window, const SettingsStore &settings);
void saveWindow(const QMainWindow *window, SettingsStore &settings);
/// Forgets geometry, docks, splitters and the headers of tables; recents stay.
void resetLayout(SettingsStore &settings);

}  // namespace strongroom::views
