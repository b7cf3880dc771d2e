// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a scan or check saw, worst first until sorted otherwise. Messages come masked from storage.

#include "models/roles.h"
#include "storage/finding.h"

#include <QAbstractTableModel>

namespace strongroom::models {

/// Roles: StateRole "error", "warning", "note"; KindRole the finding's code; PathRole RelPath bytes; IdRole
/// id of the item, empty = none; SortRole raw; ToolTip message and consequence.
class FindingsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Severity, Object, Problem, Repair, ColumnCount };

    explicit FindingsModel(QObject *parent = nullptr);
    void setFindings(const QList<storage::Finding> &findings);
    [[nodiscard]] const storage::Finding &findingAt(int row) const { return m_findings.at(row); }
    /// Number of findings of this severity.
    [[nodiscard]] int count(storage::Severity severity) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;   ///< column -1 = worst first

private:
    QList<storage::Finding> m_findings;
};

}  // namespace strongroom::models
