// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// All open data directories as cards, the one that needs care most first; each offers what would help it.

#include "views/page.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QScrollArea;
class QStackedLayout;
class QTimer;
class QToolButton;
class QVBoxLayout;

namespace strongroom::models {
class OverviewModel;
class Workspace;
}

namespace strongroom::views {

class Actions;
class EmptyState;

/// One data directory. Shows a row of OverviewModel. Thread: GUI.
class OverviewCard : public QFrame {
    Q_OBJECT

public:
    explicit OverviewCard(const QByteArray &root, QWidget *parent = nullptr);
    void update(const models::OverviewModel &model, int row);
    [[nodiscard]] QByteArray root() const { return m_root; }
    [[nodiscard]] QString state() const { return m_state; }
    /// How much care a state needs; worst first.
    [[nodiscard]] static int urgency(const QString &state);

Q_SIGNALS:
    void browse(const QByteArray &root);
    void backUp(const QByteArray &root);
    void showProblems(const QByteArray &root);
    void tryAgain(const QByteArray &root);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void remedy();
    void paintState();

    QByteArray m_root;
    QString m_state;
    QLabel *m_icon;
    QLabel *m_name;
    QLabel *m_word;
    QLabel *m_path;
    QLabel *m_facts;
    QLabel *m_backup;
    QPushButton *m_remedy;
    QPushButton *m_browse;
};

/// Thread: GUI.
class OverviewPage : public Page {
    Q_OBJECT

public:
    /// \param sampleData action of the second button of the empty state
    OverviewPage(models::Workspace *workspace, Actions *actions, QAction *sampleData, QWidget *parent = nullptr);
    void focusContent() override;
    [[nodiscard]] QList<OverviewCard *> cards() const { return m_cards; }
    [[nodiscard]] EmptyState *emptyState() const { return m_empty; }

Q_SIGNALS:
    void browse(const QByteArray &root);
    void backUp(const QByteArray &root);
    void showProblems(const QByteArray &root);
    void tryAgain(const QByteArray &root);

private:
    void refresh();
    [[nodiscard]] OverviewCard *cardOf(const QByteArray &root);

    models::OverviewModel *m_model;
    EmptyState *m_empty;
    QScrollArea *m_scroll;
    QVBoxLayout *m_column;
    QStackedLayout *m_stack;
    QList<OverviewCard *> m_cards;   // as shown
    QTimer *m_soon;
};

}  // namespace strongroom::views
