// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a plan will do, to be read before it is allowed: facts, warnings, the steps as a tree (what is lost comes first),
// space, and the same as a command line. Shows; deciding is the dialog's.

#include "storage/plan.h"

#include <QList>
#include <QPair>
#include <QWidget>

class QFormLayout;
class QLabel;
class QLineEdit;
class QTreeView;
class QVBoxLayout;

namespace strongroom::models {
class PlanModel;
}

namespace strongroom::views {

/// What surrounds the steps. Texts are translated, but for the command line.
struct PlanWording {
    QString title;                             ///< of the dialog; names object and action
    QString summary;                           ///< one or two sentences: what will happen
    QList<QPair<QString, QString>> facts;      ///< name, value
    QString commandLine;
    QString verb;                              ///< on the button, with mnemonic
    QString icon;
};

/// Thread: GUI.
class PlanView : public QWidget {
    Q_OBJECT

public:
    explicit PlanView(QWidget *parent = nullptr);
    void showPlan(const storage::Plan &plan, const PlanWording &wording);
    [[nodiscard]] models::PlanModel *model() const { return m_model; }
    /// "12 removed (3 MiB), 214 replaced (52 MiB), ..." of a plan.
    [[nodiscard]] static QString totalsText(const storage::Plan &plan);
    [[nodiscard]] static QString spaceText(const storage::Plan &plan);

private:
    void showFacts(const PlanWording &wording, const storage::Plan &plan);
    void showWarnings(const QList<storage::PlanWarning> &warnings);

    models::PlanModel *m_model;
    QLabel *m_summary;
    QFormLayout *m_facts;
    QVBoxLayout *m_warnings;
    QLabel *m_totals;
    QTreeView *m_tree;
    QLabel *m_commandLabel;
    QLineEdit *m_command;
};

}  // namespace strongroom::views
