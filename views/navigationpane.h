// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The tree on the left: overview, data directories with what they hold, backups. Says what was chosen; the window shows it.

#include "models/navigationmodel.h"

#include <QWidget>

class QTreeView;

namespace strongroom::views {

class Actions;

/// Thread: GUI.
class NavigationPane : public QWidget {
    Q_OBJECT

public:
    NavigationPane(models::Workspace *workspace, Actions *actions, QWidget *parent = nullptr);

    [[nodiscard]] models::NavigationModel *model() const { return m_model; }
    [[nodiscard]] QTreeView *tree() const { return m_tree; }
    /// Chooses a node by its id; false when there is none (yet).
    bool select(const QString &id);
    void select(const QModelIndex &index);
    [[nodiscard]] QString selectedId() const;

Q_SIGNALS:
    void chosen(const QModelIndex &index);

private:
    models::NavigationModel *m_model;
    QTreeView *m_tree;
};

}  // namespace strongroom::views
