// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What all our tables and trees have in common: whole rows, heights from the font, headers that keep their widths,
// copying what is selected.

#include <QList>
#include <QString>

class QAbstractItemView;
class QTableView;
class QTreeView;

namespace strongroom::views {

class SettingsStore;

/// Rows, sorting by header with a third click back to the model's own order, no grid, one fixed row height.
void setUpTable(QTableView *table, const QString &accessibleName);
/// The same look for a tree; uniform rows.
void setUpTree(QTreeView *tree, const QString &accessibleName);

/// Widths in characters of the view's font, for columns without a kept state; 0 = leave.
void setColumnWidths(QTableView *table, const QList<int> &characters);
void setColumnWidths(QTreeView *tree, const QList<int> &characters);

/// Header state under "headers/KEY"; false when nothing fitting was kept.
bool restoreHeader(QTableView *table, const SettingsStore &settings, const QString &key);
void saveHeader(const QTableView *table, SettingsStore &settings, const QString &key);

/// Selected rows as text: cells by tab, rows by newline, columns as shown.
[[nodiscard]] QString selectedText(const QAbstractItemView *view);
void invertSelection(QAbstractItemView *view);

}  // namespace strongroom::views
