// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The console's window: puts the panes, pages and actions together and carries intents between them. Small on purpose;
// what an intent leads to is in Operations, what is possible in actionstate.

#include "models/workspace.h"
#include "views/actions.h"
#include "views/page.h"

#include <QMainWindow>
#include <QSet>

#include <array>

class QDockWidget;
class QLabel;
class QStackedWidget;

namespace strongroom::views {

class ActivityPane;
class BackupsPage;
class FindingsPage;
class InformationPane;
class Interaction;
class MessageBar;
class NavigationPane;
class ObjectsPage;
class Operations;
class OverviewPage;
class Recents;
class SettingsStore;

/// Thread: GUI.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// None owned; all must outlive the window. `settings` may be null: nothing is kept.
    MainWindow(models::Workspace *workspace, Interaction *interaction, SettingsStore *settings, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Paths of the command line or of another start: folders open, an archive leads to its restore plan.
    void openPaths(const QList<QByteArray> &paths);
    /// "overview", "backups", or a kind word such as "sessions" (of the first data directory that has it).
    void showView(const QString &name);

    [[nodiscard]] Actions &actions() { return *m_actions; }
    [[nodiscard]] Operations *operations() const { return m_operations; }
    [[nodiscard]] MessageBar *messageBar() const { return m_messages; }
    [[nodiscard]] NavigationPane *navigation() const { return m_navigation; }
    [[nodiscard]] OverviewPage *overviewPage() const { return m_overview; }
    [[nodiscard]] BackupsPage *backupsPage() const { return m_backups; }
    [[nodiscard]] ObjectsPage *objectsPage(storage::ItemKind kind) const { return m_objects[size_t(kind)]; }
    [[nodiscard]] InformationPane *information() const { return m_information; }
    [[nodiscard]] ActivityPane *activity() const { return m_activity; }
    [[nodiscard]] Page *currentPage() const;
    [[nodiscard]] Context context() const;

Q_SIGNALS:
    void sampleDataRequested();

protected:
    void closeEvent(QCloseEvent *event) override;
    QMenu *createPopupMenu() override { return nullptr; }

private:
    void buildPages(QAction *sampleData);
    void buildDocks();
    void buildBars();
    QDockWidget *addDock(const QString &name, const QString &title, QWidget *pane, Qt::DockWidgetArea area, ActionId toggle);
    void connectPages();
    void connectActions();
    void connectVerbs();
    void restoreLayout();
    void showNode(const QModelIndex &index);
    void goTo(const QString &id);
    void goToRoot(const QByteArray &root);
    void contextChanged();
    void updateStatus();
    void restore(bool asCopy);
    void backUpSelection();
    void refresh();
    void paste();
    void copy();
    void copyPath();
    void cyclePanes(int step);
    void cancelAll();
    [[nodiscard]] QString dropText(const models::DropContent &content) const;

    models::Workspace *m_workspace;
    Interaction *m_interaction;
    SettingsStore *m_settings;
    Actions *m_actions;
    Operations *m_operations;
    Recents *m_recents;
    MessageBar *m_messages = nullptr;
    QStackedWidget *m_stack = nullptr;
    NavigationPane *m_navigation = nullptr;
    OverviewPage *m_overview = nullptr;
    BackupsPage *m_backups = nullptr;
    FindingsPage *m_findings = nullptr;
    std::array<ObjectsPage *, storage::kAllItemKinds.size()> m_objects{};
    InformationPane *m_information = nullptr;
    ActivityPane *m_activity = nullptr;
    QLabel *m_selectionLabel = nullptr;
    QLabel *m_spaceLabel = nullptr;
    QLabel *m_jobsLabel = nullptr;
    QByteArray m_currentRoot;      // the one looked at last
    QString m_wantedView;          // node or kind to go to once it is there
    QByteArray m_wantedRoot;       // shown when its layout is known
    QSet<QByteArray> m_openedAside;   // opened without being shown
    bool m_closing = false;
};

}  // namespace strongroom::views
