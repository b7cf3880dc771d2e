// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/findingsmodel.h"

#include "models/words.h"

#include <algorithm>
#include <utility>

namespace strongroom::models {

using storage::Finding;

FindingsModel::FindingsModel(QObject *parent) : QAbstractTableModel(parent) {}

void FindingsModel::setFindings(const QList<Finding> &findings)
{
    beginResetModel();
    m_findings = findings;
    std::stable_sort(m_findings.begin(), m_findings.end(), [](const Finding &a, const Finding &b) {
        return a.severity > b.severity;
    });
    endResetModel();
}

int FindingsModel::count(storage::Severity severity) const
{
    return int(std::count_if(m_findings.begin(), m_findings.end(), [&](const Finding &f) { return f.severity == severity; }));
}

int FindingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_findings.size());
}

int FindingsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FindingsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Finding &finding = m_findings.at(index.row());
    const auto object = [&finding]() -> QString {
        if (!finding.path.isRoot())
            return finding.path.display();
        return finding.item ? storage::displayBytes(finding.item->id.toUtf8()) : QString();
    };
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Severity: return severityText(finding.severity);
        case Object: return object();
        case Problem: return finding.message;
        case Repair: return finding.repair ? *finding.repair : unknownText();
        default: return {};
        }
    case Qt::ToolTipRole:
        return finding.consequence.isEmpty() ? finding.message : QString(finding.message + u'\n' + finding.consequence);
    case SortRole:
        switch (index.column()) {
        case Severity: return int(finding.severity);
        case Object: return object();
        case Problem: return finding.message;
        default: return finding.repair.value_or(QString());
        }
    case StateRole: return severityWord(finding.severity);
    case KindRole: return finding.code;
    case PathRole: return finding.path.bytes();
    case IdRole: return finding.item ? finding.item->id : QString();
    default: return {};
    }
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Severity: return tr("Severity");
    case Object: return tr("Object");
    case Problem: return tr("Problem");
    case Repair: return tr("Suggested repair");
    default: return {};
    }
}

void FindingsModel::sort(int column, Qt::SortOrder order)
{
    const bool worstFirst = column < 0 || column >= ColumnCount;
    const bool descending = worstFirst || order == Qt::DescendingOrder;
    const int by = worstFirst ? int(Severity) : column;
    QList<std::pair<QVariant, int>> keys;
    for (int row = 0; row < m_findings.size(); ++row)
        keys.append({index(row, by).data(SortRole), row});
    std::stable_sort(keys.begin(), keys.end(), [&](const auto &a, const auto &b) {
        const QPartialOrdering c = QVariant::compare(a.first, b.first);
        return c == (descending ? QPartialOrdering::Greater : QPartialOrdering::Less);
    });
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    QList<Finding> sorted;
    QList<int> shownAt(m_findings.size());
    for (int row = 0; row < keys.size(); ++row) {
        sorted.append(m_findings.at(keys.at(row).second));
        shownAt[keys.at(row).second] = row;
    }
    const QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    for (const QModelIndex &old : from)
        to.append(createIndex(shownAt.at(old.row()), old.column()));
    m_findings = sorted;
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

}  // namespace strongroom::models
