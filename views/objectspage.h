// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The items of one kind of the selected data directory: a table with sort and live filter over CatalogModel. One page
// per kind, so that each keeps its columns and order.

#include "views/tablepage.h"

class QTimer;

namespace strongroom::models {
class CatalogModel;
class Workspace;
}

namespace strongroom::views {

class Actions;

/// Thread: GUI.
class ObjectsPage : public TablePage {
    Q_OBJECT

public:
    /// None owned; all must outlive the page. `settings` may be null.
    ObjectsPage(storage::ItemKind kind, models::Workspace *workspace, Actions *actions, SettingsStore *settings, QWidget *parent = nullptr);

    void showRoot(const QByteArray &root);
    /// Moves the cursor to an item; false when it is not there. Clears a filter that hides it.
    bool selectItem(const QString &id);
    [[nodiscard]] QByteArray root() const { return m_root; }
    [[nodiscard]] models::CatalogModel *model() const { return m_model; }
    [[nodiscard]] Context context() const override;

Q_SIGNALS:
    void itemActivated(const strongroom::storage::ItemId &item);

protected:
    void filterChanged(const QString &text) override;

private:
    void follow();
    void reload();
    void updateState();
    void showContextMenu(const QPoint &position);

    storage::ItemKind m_kind;
    models::Workspace *m_workspace;
    Actions *m_actions;
    models::CatalogModel *m_model;
    QByteArray m_root;
    QString m_wanted;          // item to select once its rows are there
    QTimer *m_contextTimer;
};

}  // namespace strongroom::views
