// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/overviewmodel.h"

#include "models/words.h"
#include "models/workspace.h"

namespace strongroom::models {

namespace {

QString itemsText(const RootState &root)
{
    QStringList parts;
    for (const storage::ItemKind kind : root.kinds())
        parts.append(QStringLiteral("%1 %2").arg(formatNumber(root.count(kind)), kindTitle(kind)));
    return parts.join(QStringLiteral(", "));
}

}  // namespace

OverviewModel::OverviewModel(Workspace *workspace, QObject *parent)
    : QAbstractTableModel(parent), m_workspace(workspace), m_rows(workspace->roots())
{
    connect(workspace, &Workspace::rootAdded, this, [this](const QByteArray &root) {
        beginInsertRows({}, int(m_rows.size()), int(m_rows.size()));
        m_rows.append(root);
        endInsertRows();
    });
    connect(workspace, &Workspace::directoryClosed, this, [this](const QByteArray &root) {
        const int row = rowOf(root);
        if (row < 0)
            return;
        beginRemoveRows({}, row, row);
        m_rows.removeAt(row);
        endRemoveRows();
    });
    for (const auto signal : {&Workspace::rootChanged, &Workspace::directoryOpened, &Workspace::findingsChanged,
                              &Workspace::catalogReplaced, &Workspace::scanStarted})
        connect(workspace, signal, this, &OverviewModel::touch);
    connect(workspace, &Workspace::archivesChanged, this, &OverviewModel::touchAll);
}

void OverviewModel::touch(const QByteArray &root)
{
    const int row = rowOf(root);
    if (row >= 0)
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void OverviewModel::touchAll()
{
    if (!m_rows.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, ColumnCount - 1));
}

int OverviewModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int OverviewModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant OverviewModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const RootState *root = m_workspace->root(m_rows.at(index.row()));
    if (!root)
        return {};
    switch (role) {
    case Qt::DisplayRole: return display(*root, index.column());
    case Qt::ToolTipRole:
        if (root->error)
            return describe(*root->error).oneLine();
        return index.column() == Name ? storage::displayBytes(root->path) : display(*root, index.column());
    case SortRole: return raw(*root, index.column());
    case IdRole:
    case PathRole: return root->path;
    case StateRole: return stateOf(*root);
    default: return {};
    }
}

QString OverviewModel::stateOf(const RootState &root) const
{
    switch (root.phase) {
    case RootPhase::Opening: return QStringLiteral("opening");
    case RootPhase::Scanning: return QStringLiteral("scanning");
    case RootPhase::Failed: return QStringLiteral("failed");
    case RootPhase::Ready: break;
    }
    if (root.problems > 0)
        return QStringLiteral("problems");
    if (root.ambiguous())
        return QStringLiteral("ambiguous");
    return m_workspace->lastVerifiedBackup(root.path) ? QStringLiteral("ready") : QStringLiteral("unprotected");
}

QVariant OverviewModel::display(const RootState &root, int column) const
{
    switch (column) {
    case Name: return root.title;
    case State: {
        const QString state = stateOf(root);
        if (state == u"opening")
            return tr("Opening");
        if (state == u"scanning")
            return tr("Scanning");
        if (state == u"failed")
            return tr("Failed");
        if (state == u"problems")
            return tr("%n problem(s)", nullptr, int(root.problems));
        if (state == u"ambiguous")
            return tr("Layout unclear");
        return state == u"unprotected" ? tr("No verified backup") : tr("Good");
    }
    case Layout: return layoutTitle(root.layoutId());
    case Items: return itemsText(root);
    case Findings: return root.scannedAt.isValid() ? formatNumber(root.problems) : unknownText();
    case LastBackup: {
        const auto last = m_workspace->lastVerifiedBackup(root.path);
        return last ? formatAge(last->created, m_workspace->queue()->clock().utcNow()) : tr("never");
    }
    case Size: return root.bytes ? formatBytes(*root.bytes) : unknownText();
    case Free: return root.freeBytes ? formatBytes(*root.freeBytes) : unknownText();
    default: return {};
    }
}

QVariant OverviewModel::raw(const RootState &root, int column) const
{
    switch (column) {
    case Items: {
        qint64 all = 0;
        for (const storage::ItemKind kind : root.kinds())
            all += root.count(kind);
        return all;
    }
    case Findings: return root.problems;
    case LastBackup: {
        const auto last = m_workspace->lastVerifiedBackup(root.path);
        return last ? QVariant(last->created) : QVariant();
    }
    case Size: return root.bytes ? QVariant(*root.bytes) : QVariant();
    case Free: return root.freeBytes ? QVariant(*root.freeBytes) : QVariant();
    case State: return stateOf(root);
    default: return display(root, column);
    }
}

QVariant OverviewModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Data directory");
    case State: return tr("State");
    case Layout: return tr("Layout");
    case Items: return tr("Items");
    case Findings: return tr("Problems");
    case LastBackup: return tr("Last verified backup");
    case Size: return tr("Size");
    case Free: return tr("Free space");
    default: return {};
    }
}

}  // namespace strongroom::models
