// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What scanning a data directory saw: problems with severity, object and what the application will do with them.

#include "views/tablepage.h"

namespace strongroom::models {
class FindingsModel;
class Workspace;
}

namespace strongroom::views {

class Actions;

/// Thread: GUI.
class FindingsPage : public TablePage {
    Q_OBJECT

public:
    FindingsPage(models::Workspace *workspace, Actions *actions, SettingsStore *settings, QWidget *parent = nullptr);
    void showRoot(const QByteArray &root);
    [[nodiscard]] Context context() const override;

Q_SIGNALS:
    void itemActivated(const strongroom::storage::ItemId &item);

protected:
    void filterChanged(const QString &text) override;

private:
    void reload();

    models::Workspace *m_workspace;
    Actions *m_actions;
    models::FindingsModel *m_model;
    QByteArray m_root;
};

}  // namespace strongroom::views
