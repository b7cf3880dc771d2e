// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables.h"

#include "views/delegates.h"
#include "views/settingsstore.h"

#include <QHeaderView>
#include <QItemSelectionModel>
#include <QTableView>
#include <QTreeView>

namespace strongroom::views {

namespace {

void setUpCommon(QAbstractItemView *view, const QString &accessibleName)
{
    view->setAccessibleName(accessibleName);
    view->setAlternatingRowColors(false);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setAcceptDrops(false);
}

QString headerKey(const QString &key)
{
    return QStringLiteral("headers/") + key;
}

}  // namespace

void setUpTable(QTableView *table, const QString &accessibleName)
{
    setUpCommon(table, accessibleName);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table->setCornerButtonEnabled(false);
    table->verticalHeader()->hide();
    // Fixed heights: asking a million rows for theirs would take seconds.
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() * 7 / 4);
    QHeaderView *header = table->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    header->setSectionsMovable(true);
    header->setStretchLastSection(true);
    header->setSortIndicatorClearable(true);
}

void setUpTree(QTreeView *tree, const QString &accessibleName)
{
    setUpCommon(tree, accessibleName);
    tree->setUniformRowHeights(true);
    tree->setItemDelegate(new RowDelegate(tree));
    tree->setSelectionMode(QAbstractItemView::SingleSelection);
    tree->setAllColumnsShowFocus(true);
}

void setColumnWidths(QTableView *table, const QList<int> &characters)
{
    const int one = table->fontMetrics().averageCharWidth();
    for (int column = 0; column < characters.size(); ++column) {
        if (characters[column] > 0)
            table->setColumnWidth(column, one * characters[column]);
    }
}

void setColumnWidths(QTreeView *tree, const QList<int> &characters)
{
    const int one = tree->fontMetrics().averageCharWidth();
    for (int column = 0; column < characters.size(); ++column) {
        if (characters[column] > 0)
            tree->setColumnWidth(column, one * characters[column]);
    }
}

bool restoreHeader(QTableView *table, const SettingsStore &settings, const QString &key)
{
    const QByteArray state = settings.value(headerKey(key)).toByteArray();
    return !state.isEmpty() && table->horizontalHeader()->restoreState(state);
}

void saveHeader(const QTableView *table, SettingsStore &settings, const QString &key)
{
    settings.setValue(headerKey(key), table->horizontalHeader()->saveState());
}

QString selectedText(const QAbstractItemView *view)
{
    const QAbstractItemModel *model = view->model();
    if (!model || !view->selectionModel())
        return {};
    QModelIndexList rows = view->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex &row : std::as_const(rows)) {
        QStringList cells;
        for (int column = 0; column < model->columnCount(row.parent()); ++column)
            cells.append(row.siblingAtColumn(column).data().toString());
        lines.append(cells.join(u'\t'));
    }
    return lines.join(u'\n');
}

void invertSelection(QAbstractItemView *view)
{
    const QAbstractItemModel *model = view->model();
    if (!model || !view->selectionModel() || model->rowCount() == 0)
        return;
    const QItemSelection everything(model->index(0, 0), model->index(model->rowCount() - 1, model->columnCount() - 1));
    view->selectionModel()->select(everything, QItemSelectionModel::Toggle);
}

}  // namespace strongroom::views
