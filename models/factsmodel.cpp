// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/factsmodel.h"

#include "models/words.h"

namespace strongroom::models {

using storage::Item;
using storage::ItemKind;

FactsModel::FactsModel(QObject *parent) : QAbstractTableModel(parent) {}

void FactsModel::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

void FactsModel::setDetails(const storage::ItemDetails &details)
{
    beginResetModel();
    m_rows.clear();
    const Item &item = details.item;
    const auto add = [this](storage::Column column, const QString &value, const QString &toolTip) {
        m_rows.append({QStringLiteral("property"), columnWord(column), columnTitle(column), value, toolTip, {}, {}});
    };
    const auto addText = [&add](storage::Column column, const QString &text) {
        if (!text.isEmpty()) {
            const QString shown = storage::displayBytes(text.toUtf8());
            add(column, shown, shown);
        }
    };
    const auto addCount = [&add](storage::Column column, const storage::Count &count) {
        add(column, formatCount(count), count ? formatCount(count) : unknownToolTip());
    };
    const auto addTime = [&add](storage::Column column, const QDateTime &time) {
        add(column, formatTime(time), time.isValid() ? storage::isoUtc(time) : unknownToolTip());
    };
    using C = storage::Column;
    addText(C::Title, item.title);
    addText(C::Id, item.id);
    add(C::State, itemStateText(item.state), itemStateText(item.state));
    add(C::Bytes, formatBytes(item.bytes), formatExactBytes(item.bytes));
    addTime(C::Created, item.created);
    addTime(C::Modified, item.modified);
    switch (item.kind) {
    case ItemKind::Session:
        if (item.fragments)
            addCount(C::Fragments, item.fragments);
        if (item.messages)
            addCount(C::Messages, item.messages);
        addText(C::Owner, item.owner);
        addText(C::Entity, item.entity);
        break;
    case ItemKind::Entity:
        addCount(C::Documents, item.documents);
        addCount(C::Chunks, item.chunks);
        addCount(C::Vectors, item.vectors);
        addCount(C::Sessions, item.sessions);
        break;
    case ItemKind::Volume:
        if (item.volumeClass != storage::VolumeClass::None)
            addText(C::Class, volumeClassText(item.volumeClass));
        addCount(C::Files, item.files);
        addText(C::Path, item.path);
        addTime(C::LastBackup, item.lastBackup);
        break;
    case ItemKind::Snapshot:
        addText(C::Reason, item.reason);
        addCount(C::Nodes, item.nodes);
        break;
    }
    for (const storage::Fact &fact : details.facts)
        m_rows.append({QStringLiteral("fact"), fact.key, factTitle(fact.key), fact.value, fact.value, {}, {}});
    for (const storage::Relation &relation : details.relations) {
        const QString id = storage::displayBytes(relation.target.id.toUtf8());
        const QString title = relation.title.isEmpty() ? id : storage::displayBytes(relation.title.toUtf8());
        // Documents, templates and users are no items of ours: nothing is missing because they cannot be opened here.
        const bool isItem = relation.role == u"session" || relation.role == u"entity";
        m_rows.append({QStringLiteral("relation"), relation.role, factTitle(relation.role), title,
                       relation.linked || !isItem ? id : tr("%1 does not exist").arg(id),
                       relation.linked ? QStringLiteral("linked") : isItem ? QStringLiteral("dangling") : QStringLiteral("elsewhere"),
                       relation.linked ? std::optional(relation.target) : std::nullopt});
    }
    endResetModel();
}

std::optional<storage::ItemId> FactsModel::targetAt(int row) const
{
    return m_rows.at(row).target;
}

int FactsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int FactsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FactsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole: return index.column() == Key ? row.key : row.value;
    case Qt::ToolTipRole: return row.toolTip;
    case KindRole: return row.kind;
    case IdRole: return row.id;
    case StateRole: return row.state;
    default: return {};
    }
}

QVariant FactsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Key ? tr("Property") : section == Value ? tr("Value") : QVariant();
}

}  // namespace strongroom::models
