// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one question before something is written: shows a plan and waits for a decision. Where live data is replaced, a
// word must be typed.
//
// P1 Enter never starts anything; Cancel has the focus and is what Enter means. Escape cancels.
// P2 Where the plan replaces live data, the verb's button is possible only while the typed text equals the word exactly.

#include "views/planview.h"

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace strongroom::views {

/// Thread: GUI. Accepted = the operator wants it.
class PlanDialog : public QDialog {
    Q_OBJECT

public:
    /// Never translated: the sentence around it is.
    static constexpr char16_t kWord[] = u"yes";

    PlanDialog(const storage::Plan &plan, const PlanWording &wording, QWidget *parent = nullptr);
    [[nodiscard]] QPushButton *verbButton() const { return m_verb; }
    [[nodiscard]] QPushButton *cancelButton() const { return m_cancel; }
    [[nodiscard]] QLineEdit *wordEdit() const { return m_word; }   ///< null where nothing needs to be typed
    [[nodiscard]] PlanView *planView() const { return m_view; }

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    PlanView *m_view;
    QLineEdit *m_word = nullptr;
    QPushButton *m_cancel;
    QPushButton *m_verb;
};

}  // namespace strongroom::views
