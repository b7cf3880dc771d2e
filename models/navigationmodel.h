// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The navigation tree: Overview; one node per open root with a child per kind it holds and one for its
// findings; Backups. Follows the workspace by itself. Identity of a node is its IdRole, stable across runs.

#include "models/roles.h"
#include "storage/item.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace strongroom::models {

class Workspace;

/// Roles: Display text; IdRole QString ("overview", "root:PATH", "root:PATH/sessions", "root:PATH/findings",
/// "backups"; PATH percent-encoded); KindRole node word ("overview", "root", "sessions", ..., "findings", "backups"); PathRole
/// the root's path; CountRole qint64 (invalid = none); StateRole of a root "opening", "scanning", "ready",
/// "failed", "ambiguous"; ToolTip path or reason.
class NavigationModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum class Node : quint8 { Overview, Root, Items, Findings, Backups };

    /// \param workspace not owned, must outlive the model.
    explicit NavigationModel(Workspace *workspace, QObject *parent = nullptr);
    ~NavigationModel() override;

    [[nodiscard]] Node nodeAt(const QModelIndex &index) const;             ///< index must be valid
    [[nodiscard]] QByteArray rootAt(const QModelIndex &index) const;       ///< empty for Overview and Backups
    [[nodiscard]] storage::ItemKind kindAt(const QModelIndex &index) const;   ///< for Node::Items
    [[nodiscard]] QModelIndex indexOf(const QString &id) const;            ///< invalid when there is none
    [[nodiscard]] QModelIndex rootIndex(const QByteArray &root) const;
    [[nodiscard]] QModelIndex itemsIndex(const QByteArray &root, storage::ItemKind kind) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    struct Entry;
    [[nodiscard]] Entry *entryOf(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(const Entry *entry) const;
    [[nodiscard]] Entry *rootEntry(const QByteArray &root) const;
    void addRoot(const QByteArray &root);
    void removeRoot(const QByteArray &root);
    void updateChildren(const QByteArray &root);
    void touch(const QByteArray &root);
    void touchBackups();

    Workspace *m_workspace;
    std::vector<std::unique_ptr<Entry>> m_top;
};

}  // namespace strongroom::models
