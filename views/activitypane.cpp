// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/activitypane.h"

#include "models/jobqueue.h"
#include "models/jobsmodel.h"
#include "models/roles.h"
#include "models/workspace.h"
#include "views/actions.h"
#include "views/delegates.h"
#include "views/reportview.h"
#include "views/tables.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace strongroom::views {

using models::JobsModel;

ActivityPane::ActivityPane(models::Workspace *workspace, Actions *actions, SettingsStore *settings, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_settings(settings), m_model(new JobsModel(workspace->queue(), this)), m_counts(new QLabel(this)),
      m_table(new QTableView), m_report(new ReportView(workspace))
{
    setObjectName(QStringLiteral("activityPane"));
    setUpTable(m_table, tr("Jobs"));
    m_table->setObjectName(QStringLiteral("jobsTable"));
    m_table->setModel(m_model);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->setItemDelegateForColumn(JobsModel::Title, new StateDelegate(this));
    m_table->setItemDelegateForColumn(JobsModel::Directory, new MiddleElideDelegate(this));
    m_table->setItemDelegateForColumn(JobsModel::Current, new MiddleElideDelegate(this));
    m_table->setItemDelegateForColumn(JobsModel::ProgressColumn, new ProgressDelegate(this));
    setColumnWidths(m_table, {30, 22, 34, 14, 11, 12, 24, 16});
    if (!settings || !restoreHeader(m_table, *settings, QStringLiteral("jobs"))) {
        // How it stands comes right after what it is; where it works is rarely in doubt.
        QHeaderView *header = m_table->horizontalHeader();
        const int order[] = {JobsModel::Title, JobsModel::State, JobsModel::ProgressColumn, JobsModel::Current,
                             JobsModel::Speed, JobsModel::Remaining, JobsModel::Finished, JobsModel::Directory};
        for (int place = 0; place < int(std::size(order)); ++place)
            header->moveSection(header->visualIndex(order[place]), place);
    }
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    auto *split = new QSplitter(this);
    split->setObjectName(QStringLiteral("activitySplitter"));
    split->setChildrenCollapsible(false);
    split->addWidget(m_table);
    split->addWidget(m_report);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    m_report->setMinimumWidth(fontMetrics().averageCharWidth() * 30);
    auto *bar = new QHBoxLayout;
    const int pad = fontMetrics().height() / 3;
    bar->setContentsMargins(pad, 0, pad, 0);
    bar->addWidget(m_counts);
    bar->addStretch(1);
    for (const ActionId id : {ActionId::CancelJob, ActionId::ClearHistory}) {
        auto *button = new QToolButton(this);
        button->setDefaultAction((*actions)[id]);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        bar->addWidget(button);
    }
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(split, 1);
    setFocusProxy(m_table);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        updateReport();
        Q_EMIT selectionChanged();
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, [this, actions](const QPoint &position) {
        QMenu menu(this);
        for (const ActionId id : {ActionId::CancelJob, ActionId::ClearHistory})
            menu.addAction((*actions)[id]);
        menu.exec(m_table->viewport()->mapToGlobal(position));
    });
    connect(workspace->queue(), &models::JobQueue::jobAdded, this, [this](const models::Job *job) {
        // What the operator has just asked for is what the report is wanted of.
        if (job->isWriter() || job->kind() == models::JobKind::Verify)
            selectJob(job->id());
    });
    const auto changed = [this](const models::Job *job) {
        if (job->isQuiet())
            return;
        updateCounts();
        if (job == selectedJob())
            updateReport();
        Q_EMIT selectionChanged();
    };
    connect(workspace->queue(), &models::JobQueue::jobAdded, this, changed);
    connect(workspace->queue(), &models::JobQueue::jobStateChanged, this, changed);
    connect(workspace->queue(), &models::JobQueue::jobFinished, this, changed);
    connect(workspace->queue(), &models::JobQueue::jobRemoved, this, [this] { updateCounts(); });
    // The answer of a verification comes by itself, not with its job.
    connect(workspace, &models::Workspace::archiveVerified, this, &ActivityPane::updateReport);
    updateCounts();
}

models::Job *ActivityPane::selectedJob() const
{
    if (models::Job *job = m_model->jobAt(m_table->currentIndex().isValid() ? m_table->currentIndex().row() : -1))
        return job;
    return m_model->jobAt(0);
}

void ActivityPane::selectJob(quint64 id)
{
    const QModelIndex index = m_model->indexOf(id);
    if (index.isValid()) {
        m_table->setCurrentIndex(index);
        m_table->scrollTo(index);
    }
    updateReport();
}

void ActivityPane::saveState()
{
    if (m_settings)
        saveHeader(m_table, *m_settings, QStringLiteral("jobs"));
}

void ActivityPane::updateCounts()
{
    const models::JobQueue *queue = m_workspace->queue();
    m_counts->setText(tr("Running: %1   Waiting: %2").arg(queue->runningCount()).arg(queue->pendingCount()));
}

void ActivityPane::updateReport()
{
    m_report->showJob(m_table->currentIndex().isValid() ? m_model->jobAt(m_table->currentIndex().row()) : nullptr);
}

}  // namespace strongroom::views
