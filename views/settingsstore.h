// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where the window keeps what it remembers. An interface, so that views know no files and tests keep nothing.

#include <QString>
#include <QVariant>

namespace strongroom::views {

/// Keys are lower-case words joined with '/', e.g. "window/geometry". Thread: GUI.
class SettingsStore {
public:
    virtual ~SettingsStore() = default;
    /// Invalid when nothing was kept.
    [[nodiscard]] virtual QVariant value(const QString &key) const = 0;
    /// An invalid value forgets the key.
    virtual void setValue(const QString &key, const QVariant &value) = 0;
};

}  // namespace strongroom::views
