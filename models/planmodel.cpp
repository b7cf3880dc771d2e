// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/planmodel.h"

#include "models/words.h"

#include <limits>

namespace strongroom::models {

using storage::Step;
using storage::Verb;

// A group's index carries 0 as its internal id, a step's 1 + the row of its group.

PlanModel::PlanModel(QObject *parent) : QAbstractItemModel(parent) {}

void PlanModel::setPlan(const storage::Plan &plan)
{
    beginResetModel();
    m_plan = plan;
    m_plan.sortForPreview();
    m_groups.clear();
    for (int i = 0; i < m_plan.steps.size(); ++i) {
        const Step &step = m_plan.steps.at(i);
        if (m_groups.empty() || m_groups.back().verb != step.verb)
            m_groups.push_back({step.verb, i, 0, {}});
        Group &group = m_groups.back();
        ++group.count;
        if (step.enabled) {
            ++group.total.steps;
            group.total.files += step.files;
            group.total.bytes += step.bytes;
        }
    }
    endResetModel();
}

QModelIndex PlanModel::groupIndex(Verb verb) const
{
    for (size_t row = 0; row < m_groups.size(); ++row) {
        if (m_groups[row].verb == verb)
            return index(int(row), 0);
    }
    return {};
}

const Step *PlanModel::stepAt(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == 0)
        return nullptr;
    return &m_plan.steps.at(m_groups[size_t(index.internalId() - 1)].first + index.row());
}

QModelIndex PlanModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row() + 1) : quintptr(0));
}

QModelIndex PlanModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == 0)
        return {};
    return createIndex(int(index.internalId() - 1), 0, quintptr(0));
}

int PlanModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return int(m_groups.size());
    if (parent.internalId() != 0 || parent.column() != 0)
        return 0;
    return m_groups[size_t(parent.row())].count;
}

int PlanModel::columnCount(const QModelIndex &parent) const
{
    Q_UNUSED(parent);
    return ColumnCount;
}

QVariant PlanModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (const Step *step = stepAt(index))
        return stepData(*step, index.column(), role);
    return groupData(m_groups[size_t(index.row())], index.column(), role);
}

QVariant PlanModel::groupData(const Group &group, int column, int role) const
{
    const int files = int(qMin<qint64>(group.total.files, std::numeric_limits<int>::max()));
    switch (role) {
    case Qt::DisplayRole:
        if (column == Name)
            return tr("%1: %n entry(s)", "verb and number of files", files).arg(verbText(group.verb));
        return column == Size ? QVariant(formatBytes(group.total.bytes)) : QVariant(QString());
    case Qt::ToolTipRole: return column == Size ? formatExactBytes(group.total.bytes) : QVariant();
    case SortRole:
        return column == Size ? QVariant(group.total.bytes) : QVariant(int(group.verb));
    case StateRole: return verbWord(group.verb);
    case CountRole: return qint64(group.count);
    default: return {};
    }
}

QVariant PlanModel::stepData(const Step &step, int column, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        switch (column) {
        case Name: return step.part.isRoot() ? storage::displayBytes(m_plan.directory) : step.part.display();
        case Size: return step.type == storage::FileType::File || step.bytes > 0 ? formatBytes(step.bytes) : QString();
        case Reason: return reasonText(step.reason);
        default: return {};
        }
    case Qt::ToolTipRole:
        if (column == Name)
            return storage::displayBytes(step.part.isRoot() ? m_plan.directory : m_plan.directory + '/' + step.part.bytes());
        return column == Size ? formatExactBytes(step.bytes) : QVariant();
    case SortRole:
        if (column == Size)
            return step.bytes;
        return column == Name ? step.part.display() : step.reason;
    case StateRole: return verbWord(step.verb);
    case KindRole: return fileTypeWord(step.type);
    case PathRole: return step.part.bytes();
    case CountRole: return step.files > 1 ? QVariant(step.files) : QVariant();
    default: return {};
    }
}

QVariant PlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("What");
    case Size: return tr("Size");
    case Reason: return tr("Reason");
    default: return {};
    }
}

}  // namespace strongroom::models
