// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a plan will do, as a tree of two levels: one row per verb with its totals, in the order of the
// preview (what is lost comes first), and its steps below. Shows; the plan is run elsewhere.

#include "models/roles.h"
#include "storage/plan.h"

#include <QAbstractItemModel>

#include <vector>

namespace strongroom::models {

/// Columns: name (verb with number of entries, or path), size, reason. Roles: StateRole verbWord; KindRole
/// fileTypeWord of a step; PathRole RelPath bytes of a step; SortRole raw; CountRole steps of a group.
/// Steps are rows of one vector sorted once; nothing is built per step, so a million steps are fine.
class PlanModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Size, Reason, ColumnCount };

    explicit PlanModel(QObject *parent = nullptr);
    void setPlan(const storage::Plan &plan);
    [[nodiscard]] const storage::Plan &plan() const { return m_plan; }
    [[nodiscard]] QModelIndex groupIndex(storage::Verb verb) const;   ///< invalid when the verb does not occur
    /// Step behind an index, null for a group.
    [[nodiscard]] const storage::Step *stepAt(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Group {
        storage::Verb verb;
        int first;    // of m_plan.steps
        int count;
        storage::VerbTotal total;
    };
    [[nodiscard]] QVariant groupData(const Group &group, int column, int role) const;
    [[nodiscard]] QVariant stepData(const storage::Step &step, int column, int role) const;

    storage::Plan m_plan;
    std::vector<Group> m_groups;
};

}  // namespace strongroom::models
