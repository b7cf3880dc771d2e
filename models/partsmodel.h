// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The files, folders and records that belong to one item. Identity of a row is path + record.

#include "models/roles.h"
#include "storage/item.h"

#include <QAbstractTableModel>

namespace strongroom::models {

/// Roles: PathRole RelPath bytes; IdRole QString "path#record"; KindRole "file" or "record"; StateRole "shared"
/// where other items live in the same file, else "own"; SortRole raw.
class PartsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Size, Modified, ColumnCount };

    explicit PartsModel(QObject *parent = nullptr);
    void setParts(const QList<storage::Part> &parts);
    void clear() { setParts({}); }
    [[nodiscard]] const storage::Part &partAt(int row) const { return m_parts.at(row); }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    QList<storage::Part> m_parts;
};

}  // namespace strongroom::models
