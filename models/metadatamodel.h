// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A JSON value as a tree of key and value. Shows what it is given: masking happened in storage.

#include "models/roles.h"

#include <QAbstractItemModel>
#include <QJsonValue>

#include <memory>

namespace strongroom::models {

/// Roles: KindRole "object", "array", "string", "number", "bool", "null"; IdRole the path ("messages/0/text");
/// CountRole number of members of an object or array. Children are made when they are asked for.
class MetadataModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Key, Value, ColumnCount };

    explicit MetadataModel(QObject *parent = nullptr);
    ~MetadataModel() override;
    /// An object's members (or an array's elements) become the top rows; a single value is one row.
    void setValue(const QJsonValue &value);
    void clear();

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Node;
    [[nodiscard]] Node *nodeOf(const QModelIndex &index) const;
    std::unique_ptr<Node> m_root;
};

}  // namespace strongroom::models
