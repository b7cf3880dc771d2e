// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The summary of one item as rows of key and value: its own columns, then the layout's facts, then its
// relations, which lead to other items.

#include "models/roles.h"
#include "storage/item.h"

#include <QAbstractTableModel>

#include <optional>

namespace strongroom::models {

/// Roles: KindRole "property", "fact" or "relation"; IdRole stable key word ("bytes", "template", role of the
/// relation); StateRole of a relation "linked", "dangling" (an item that does not exist) or "elsewhere" (no
/// item of ours: a document, a template, a user).
class FactsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Key, Value, ColumnCount };

    explicit FactsModel(QObject *parent = nullptr);
    void setDetails(const storage::ItemDetails &details);
    void clear();
    /// Item a relation row leads to; nullopt for other rows and where the target does not exist.
    [[nodiscard]] std::optional<storage::ItemId> targetAt(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        QString kind;
        QString id;
        QString key;
        QString value;
        QString toolTip;
        QString state;
        std::optional<storage::ItemId> target;
    };
    QList<Row> m_rows;
};

}  // namespace strongroom::models
