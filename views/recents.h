// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The data directories opened last, newest first, ten at most. Kept in the settings; shown as a menu.

#include <QByteArray>
#include <QList>
#include <QObject>

class QMenu;

namespace strongroom::views {

class SettingsStore;

/// Thread: GUI.
class Recents : public QObject {
    Q_OBJECT

public:
    static constexpr int kMost = 10;
    /// \param settings not owned, may be null (nothing is kept)
    explicit Recents(SettingsStore *settings, QObject *parent = nullptr);

    [[nodiscard]] QList<QByteArray> paths() const { return m_paths; }
    void add(const QByteArray &path);
    void clear();
    /// Fills `menu` now and whenever the list changes.
    void attach(QMenu *menu);

Q_SIGNALS:
    void chosen(const QByteArray &path);

private:
    void changed();
    void fill(QMenu *menu);

    SettingsStore *m_settings;
    QList<QByteArray> m_paths;
    QList<QMenu *> m_menus;
};

}  // namespace strongroom::views
