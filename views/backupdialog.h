// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What to back up and where to: scope, folder, format, note, pin, with the plan that follows from it below. The plan is
// made anew with every change; nothing is written here.

#include "models/workspace.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QStackedLayout;
class QTimer;

namespace strongroom::views {

class EmptyState;
class Interaction;
class PlanView;

/// Thread: GUI. Accepted = the operator wants request() and plan().
class BackupDialog : public QDialog {
    Q_OBJECT

public:
    /// \param scope preselected, e.g. {"volume:media"}. Workspace and interaction are not owned.
    BackupDialog(models::Workspace *workspace, Interaction *interaction, const QByteArray &root, const QStringList &scope, QWidget *parent = nullptr);

    [[nodiscard]] const storage::BackupRequest &request() const { return m_request; }
    [[nodiscard]] const storage::Plan &plan() const { return m_plan; }
    [[nodiscard]] QPushButton *verbButton() const { return m_verb; }
    [[nodiscard]] bool isPlanned() const { return m_planned; }

private:
    void build(const QStringList &scope);
    void fillScopes(const QStringList &scope);
    void chooseFolder();
    void createFolder();
    void changed();
    void makePlan();
    void showPlan(const storage::BackupRequest &request, const storage::Plan &plan);
    void showError(const storage::Error &error);

    models::Workspace *m_workspace;
    Interaction *m_interaction;
    QByteArray m_root;
    QByteArray m_folder;
    QComboBox *m_scope;
    QLineEdit *m_folderEdit;
    QComboBox *m_format;
    QLineEdit *m_note;
    QCheckBox *m_pin;
    QCheckBox *m_reread;
    QStackedLayout *m_stack;
    EmptyState *m_state;
    PlanView *m_view;
    QAction *m_create;
    QAction *m_choose;
    QPushButton *m_verb;
    QTimer *m_soon;
    quint64 m_job = 0;
    bool m_planned = false;
    storage::BackupRequest m_request;
    storage::Plan m_plan;
};

}  // namespace strongroom::views
