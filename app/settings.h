// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the console remembers, in one file. The only place that knows QSettings.

#include "views/settingsstore.h"

#include <memory>

class QSettings;

namespace strongroom::app {

/// Thread: GUI.
class Settings final : public views::SettingsStore {
public:
    /// \param folder absolute; empty = $XDG_CONFIG_HOME/strongroom. Made when something is first kept.
    explicit Settings(const QString &folder = {});
    ~Settings() override;
    [[nodiscard]] QVariant value(const QString &key) const override;
    void setValue(const QString &key, const QVariant &value) override;
    [[nodiscard]] QString fileName() const;

private:
    std::unique_ptr<QSettings> m_settings;
};

}  // namespace strongroom::app
