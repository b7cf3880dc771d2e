// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One row per open root for the Overview page: state, counts, age of the last verified backup, sizes.
// Follows the workspace by itself. Identity of a row is the root's path.

#include "models/roles.h"

#include <QAbstractTableModel>

namespace strongroom::models {

class Workspace;
struct RootState;

/// Roles: IdRole and PathRole QByteArray path; StateRole "opening", "scanning", "ready", "failed", "ambiguous",
/// "problems" (findings of severity error or warning), "unprotected" (no verified backup); SortRole raw.
class OverviewModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, State, Layout, Items, Findings, LastBackup, Size, Free, ColumnCount };

    /// \param workspace not owned, must outlive the model.
    explicit OverviewModel(Workspace *workspace, QObject *parent = nullptr);
    [[nodiscard]] QByteArray rootAt(int row) const { return m_rows.value(row); }
    [[nodiscard]] int rowOf(const QByteArray &root) const { return int(m_rows.indexOf(root)); }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void touch(const QByteArray &root);
    void touchAll();
    [[nodiscard]] QString stateOf(const RootState &root) const;
    [[nodiscard]] QVariant display(const RootState &root, int column) const;
    [[nodiscard]] QVariant raw(const RootState &root, int column) const;

    Workspace *m_workspace;
    QList<QByteArray> m_rows;
};

}  // namespace strongroom::models
