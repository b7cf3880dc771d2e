// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Jobs: what runs, what waits, what became of the earlier ones. No dialog ever shows progress; this does.

#include <QWidget>

class QLabel;
class QTableView;

namespace strongroom::models {
class Job;
class JobsModel;
class Workspace;
}

namespace strongroom::views {

class Actions;
class ReportView;
class SettingsStore;

/// Thread: GUI.
class ActivityPane : public QWidget {
    Q_OBJECT

public:
    ActivityPane(models::Workspace *workspace, Actions *actions, SettingsStore *settings, QWidget *parent = nullptr);
    /// Job with the cursor, else the first that runs; null = none.
    [[nodiscard]] models::Job *selectedJob() const;
    void selectJob(quint64 id);
    void saveState();
    [[nodiscard]] QTableView *table() const { return m_table; }
    [[nodiscard]] ReportView *report() const { return m_report; }

Q_SIGNALS:
    void selectionChanged();

private:
    void updateCounts();
    void updateReport();

    models::Workspace *m_workspace;
    SettingsStore *m_settings;
    models::JobsModel *m_model;
    QLabel *m_counts;
    QTableView *m_table;
    ReportView *m_report;
};

}  // namespace strongroom::views
