// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Jobs as a table: running first, then pending in the order they will start, then history newest first.
// Identity of a row is the job's id.

#include "models/jobqueue.h"
#include "models/roles.h"

#include <QAbstractTableModel>

namespace strongroom::models {

/// Roles: IdRole quint64; KindRole jobKindWord; StateRole jobStateWord; ProgressRole -1..1000; PathRole the
/// data directory; SortRole raw. ToolTip: the error or the report's headline.
class JobsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Title, Directory, Current, ProgressColumn, Speed, Remaining, State, Finished, ColumnCount };

    /// \param queue not owned, must outlive the model.
    explicit JobsModel(JobQueue *queue, QObject *parent = nullptr);

    [[nodiscard]] Job *jobAt(int row) const;            ///< null when out of range
    [[nodiscard]] QModelIndex indexOf(quint64 id, int column = 0) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void onAdded(Job *job);
    void onRemoved(Job *job);
    void onChanged(Job *job);
    void reorder();
    [[nodiscard]] QVariant display(const Job &job, int column) const;
    [[nodiscard]] QVariant raw(const Job &job, int column) const;

    JobQueue *m_queue;
    QList<Job *> m_rows;
};

}  // namespace strongroom::models
