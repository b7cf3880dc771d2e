// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/jobsmodel.h"

#include "models/reportsummary.h"
#include "models/words.h"

namespace strongroom::models {

JobsModel::JobsModel(JobQueue *queue, QObject *parent) : QAbstractTableModel(parent), m_queue(queue), m_rows(queue->jobs())
{
    connect(queue, &JobQueue::jobAdded, this, &JobsModel::onAdded);
    connect(queue, &JobQueue::jobRemoved, this, &JobsModel::onRemoved);
    connect(queue, &JobQueue::jobStateChanged, this, &JobsModel::onChanged);
    connect(queue, &JobQueue::jobProgressed, this, &JobsModel::onChanged);
    connect(queue, &JobQueue::jobFinished, this, &JobsModel::onChanged);
    connect(queue, &JobQueue::orderChanged, this, &JobsModel::reorder);
}

Job *JobsModel::jobAt(int row) const
{
    return m_rows.value(row);
}

QModelIndex JobsModel::indexOf(quint64 id, int column) const
{
    for (int row = 0; row < m_rows.size(); ++row) {
        if (m_rows[row]->id() == id)
            return index(row, column);
    }
    return {};
}

int JobsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int JobsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant JobsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Job &job = *m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole: return display(job, index.column());
    case Qt::ToolTipRole:
        if (job.report())
            return summarize(*job.report()).headline;
        return job.error() ? describe(*job.error()).oneLine() : job.title();
    case SortRole: return raw(job, index.column());
    case IdRole: return QVariant::fromValue(job.id());
    case KindRole: return jobKindWord(job.kind());
    case StateRole: return jobStateWord(job.state());
    case PathRole: return job.directory();
    case ProgressRole: return job.permille();
    default: return {};
    }
}

QVariant JobsModel::display(const Job &job, int column) const
{
    switch (column) {
    case Title: return job.title();
    case Directory: return storage::displayBytes(job.directory());
    case Current: {
        if (job.state() == JobState::Waiting)
            return tr("waiting for: %1").arg(job.waitingFor());
        if (!job.isRunning())
            return {};
        const storage::Progress &p = job.progress();
        const QString phase = phaseText(p.phase);
        return p.current.isEmpty() ? phase : tr("%1: %2", "phase and file").arg(phase, storage::displayBytes(p.current));
    }
    case ProgressColumn: {
        const int permille = job.permille();
        return permille < 0 ? QString() : tr("%1 %").arg(permille / 10);
    }
    case Speed: return job.bytesPerSecond() ? formatRate(*job.bytesPerSecond()) : QString();
    case Remaining: return job.remaining() ? formatDuration(*job.remaining()) : QString();
    case State: return jobStateText(job.state());
    case Finished: return job.finishedAt().isValid() ? formatTime(job.finishedAt()) : QString();
    default: return {};
    }
}

QVariant JobsModel::raw(const Job &job, int column) const
{
    switch (column) {
    case ProgressColumn: return job.permille();
    case Speed: return job.bytesPerSecond() ? QVariant(*job.bytesPerSecond()) : QVariant();
    case Remaining: return job.remaining() ? QVariant(qint64(job.remaining()->count())) : QVariant();
    case State: return int(job.state());
    case Finished: return job.finishedAt();
    default: return display(job, column);
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Title: return tr("Job");
    case Directory: return tr("Data directory");
    case Current: return tr("Current");
    case ProgressColumn: return tr("Progress");
    case Speed: return tr("Speed");
    case Remaining: return tr("Remaining");
    case State: return tr("State");
    case Finished: return tr("Finished");
    default: return {};
    }
}

void JobsModel::onAdded(Job *job)
{
    if (job->isQuiet())
        return;
    const int row = int(qBound<qsizetype>(0, m_queue->jobs().indexOf(job), m_rows.size()));
    beginInsertRows({}, row, row);
    m_rows.insert(row, job);
    endInsertRows();
    reorder();
}

void JobsModel::onRemoved(Job *job)
{
    const int row = int(m_rows.indexOf(job));
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_rows.removeAt(row);
    endRemoveRows();
}

void JobsModel::onChanged(Job *job)
{
    if (job->isQuiet())
        return;
    reorder();
    const int row = int(m_rows.indexOf(job));
    if (row >= 0)
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

/// Takes over the queue's order by moving single rows; mostly there is nothing to move.
void JobsModel::reorder()
{
    const QList<Job *> wanted = m_queue->jobs();
    int row = 0;
    for (Job *job : wanted) {
        const int from = int(m_rows.indexOf(job, row));
        if (from < 0)
            continue;   // not announced to us yet
        if (from != row) {
            beginMoveRows({}, from, from, {}, row);
            m_rows.move(from, row);
            endMoveRows();
        }
        ++row;
    }
}

}  // namespace strongroom::models
