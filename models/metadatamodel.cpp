// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/metadatamodel.h"

#include "models/words.h"

#include <QJsonArray>
#include <QJsonObject>

#include <utility>
#include <vector>

namespace strongroom::models {

/// One member or element. Its children are made when the view first asks for them.
struct MetadataModel::Node {
    Node *parent = nullptr;
    int row = 0;
    QString key;
    QJsonValue value;
    bool expanded = false;
    std::vector<std::unique_ptr<Node>> children;

    [[nodiscard]] int size() const
    {
        if (value.isObject())
            return int(value.toObject().size());
        return value.isArray() ? int(value.toArray().size()) : 0;
    }
    void append(const QString &name, const QJsonValue &member)
    {
        auto child = std::make_unique<Node>();
        child->parent = this;
        child->row = int(children.size());
        child->key = name;
        child->value = member;
        children.push_back(std::move(child));
    }
    void expand()
    {
        if (std::exchange(expanded, true))
            return;
        if (value.isObject()) {
            const QJsonObject object = value.toObject();
            for (auto at = object.begin(); at != object.end(); ++at)
                append(at.key(), at.value());
        } else if (value.isArray()) {
            const QJsonArray array = value.toArray();
            for (qsizetype i = 0; i < array.size(); ++i)
                append(QString::number(i), array.at(i));
        }
    }
};

MetadataModel::MetadataModel(QObject *parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {}

MetadataModel::~MetadataModel() = default;

void MetadataModel::setValue(const QJsonValue &value)
{
    beginResetModel();
    m_root = std::make_unique<Node>();
    if (value.isObject() || value.isArray()) {
        m_root->value = value;
    } else if (!value.isUndefined()) {
        m_root->value = QJsonArray{value};
    }
    m_root->expand();
    endResetModel();
}

void MetadataModel::clear()
{
    setValue(QJsonValue(QJsonValue::Undefined));
}

MetadataModel::Node *MetadataModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex MetadataModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    Node *node = nodeOf(parent);
    node->expand();
    return createIndex(row, column, node->children[size_t(row)].get());
}

QModelIndex MetadataModel::parent(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    Node *above = nodeOf(index)->parent;
    return above == m_root.get() ? QModelIndex() : createIndex(above->row, 0, above);
}

int MetadataModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : nodeOf(parent)->size();
}

int MetadataModel::columnCount(const QModelIndex &parent) const
{
    Q_UNUSED(parent);
    return ColumnCount;
}

QVariant MetadataModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node &node = *nodeOf(index);
    const QJsonValue::Type type = node.value.type();
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        if (index.column() == Key)
            return storage::displayBytes(node.key.toUtf8());
        switch (type) {
        case QJsonValue::Object: return tr("%n member(s)", nullptr, node.size());
        case QJsonValue::Array: return tr("%n element(s)", nullptr, node.size());
        case QJsonValue::String: return storage::displayBytes(node.value.toString().toUtf8());
        case QJsonValue::Double: return node.value.toVariant().toString();
        case QJsonValue::Bool: return node.value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
        case QJsonValue::Null: return QStringLiteral("null");
        case QJsonValue::Undefined: break;
        }
        return {};
    case KindRole:
        switch (type) {
        case QJsonValue::Object: return QStringLiteral("object");
        case QJsonValue::Array: return QStringLiteral("array");
        case QJsonValue::String: return QStringLiteral("string");
        case QJsonValue::Double: return QStringLiteral("number");
        case QJsonValue::Bool: return QStringLiteral("bool");
        default: return QStringLiteral("null");
        }
    case IdRole: {
        QStringList path;
        for (const Node *at = &node; at->parent; at = at->parent)
            path.prepend(at->key);
        return path.join(u'/');
    }
    case CountRole:
        return type == QJsonValue::Object || type == QJsonValue::Array ? QVariant(qint64(node.size())) : QVariant();
    default: return {};
    }
}

QVariant MetadataModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Key ? tr("Key") : section == Value ? tr("Value") : QVariant();
}

}  // namespace strongroom::models
