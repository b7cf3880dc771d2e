// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/partsmodel.h"

#include "models/words.h"

#include <algorithm>

namespace strongroom::models {

using storage::Part;

PartsModel::PartsModel(QObject *parent) : QAbstractTableModel(parent) {}

void PartsModel::setParts(const QList<Part> &parts)
{
    beginResetModel();
    m_parts = parts;
    endResetModel();
}

int PartsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_parts.size());
}

int PartsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PartsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Part &part = m_parts.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Name: return part.record.isEmpty() ? part.path.display() : tr("%1 \u2192 %2", "file and record").arg(part.path.display(), part.record);
        case Size: return formatBytes(part.bytes);
        case Modified: return formatTime(part.modified);
        default: return {};
        }
    case Qt::ToolTipRole:
        switch (index.column()) {
        case Name: return part.shared ? tr("%1, shared with other items").arg(part.path.display()) : part.path.display();
        case Size: return formatExactBytes(part.bytes);
        case Modified: return part.modified.isValid() ? storage::isoUtc(part.modified) : unknownToolTip();
        default: return {};
        }
    case SortRole:
        switch (index.column()) {
        case Size: return part.bytes;
        case Modified: return part.modified.isValid() ? QVariant(part.modified) : QVariant();
        default: return part.path.display();
        }
    case PathRole: return part.path.bytes();
    case IdRole: return QString(part.path.display() + u'#' + part.record);
    case KindRole: return part.record.isEmpty() ? QStringLiteral("file") : QStringLiteral("record");
    case StateRole: return part.shared ? QStringLiteral("shared") : QStringLiteral("own");
    default: return {};
    }
}

QVariant PartsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Part");
    case Size: return tr("Size");
    case Modified: return tr("Modified");
    default: return {};
    }
}

void PartsModel::sort(int column, Qt::SortOrder order)
{
    const bool descending = order == Qt::DescendingOrder;
    const auto less = [column](const Part &a, const Part &b) {
        switch (column) {
        case Size: return a.bytes < b.bytes;
        case Modified: return a.modified < b.modified;
        default: return a.path == b.path ? a.record < b.record : a.path < b.path;
        }
    };
    // Persistent indexes follow their part: sort a permutation, then move both.
    QList<int> wanted(m_parts.size());
    for (int i = 0; i < wanted.size(); ++i)
        wanted[i] = i;
    std::stable_sort(wanted.begin(), wanted.end(), [&](int a, int b) {
        return descending ? less(m_parts.at(b), m_parts.at(a)) : less(m_parts.at(a), m_parts.at(b));
    });
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    QList<Part> sorted;
    QList<int> shownAt(m_parts.size());
    for (int row = 0; row < wanted.size(); ++row) {
        sorted.append(m_parts.at(wanted.at(row)));
        shownAt[wanted.at(row)] = row;
    }
    const QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    for (const QModelIndex &old : from)
        to.append(createIndex(shownAt.at(old.row()), old.column()));
    m_parts = sorted;
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

}  // namespace strongroom::models
