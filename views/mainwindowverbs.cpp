// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/mainwindow.h"

// The other half of the window: which slot every action and signal leads to.

#include "models/job.h"
#include "models/jobqueue.h"
#include "views/activitypane.h"
#include "views/backupspage.h"
#include "views/droptarget.h"
#include "views/helpdialogs.h"
#include "views/informationpane.h"
#include "views/interaction.h"
#include "views/messagebar.h"
#include "views/navigationpane.h"
#include "views/operations.h"
#include "views/planwording.h"
#include "views/recents.h"
#include "views/tables.h"

#include <QApplication>
#include <QClipboard>
#include <QMenuBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTreeView>
#include <QWhatsThis>

namespace strongroom::views {

namespace {

/// The first control of a pane that takes keys; the pane itself takes none.
void focusInside(QWidget *pane)
{
    for (QWidget *child : pane->findChildren<QWidget *>()) {
        if (child->isVisible() && child->isEnabled() && (child->focusPolicy() & Qt::TabFocus)) {
            child->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
    pane->setFocus(Qt::ShortcutFocusReason);
}

}  // namespace

void MainWindow::connectActions()
{
    const auto on = [this](ActionId id, auto &&slot) { connect((*m_actions)[id], &QAction::triggered, this, std::forward<decltype(slot)>(slot)); };
    on(ActionId::OpenDirectory, [this] { m_operations->chooseAndOpen(); });
    on(ActionId::CloseRoot, [this] { m_workspace->closeDirectory(context().root); });
    on(ActionId::Quit, [this] { close(); });
    on(ActionId::Undo, [this] { m_operations->undo(context().root); });
    on(ActionId::Copy, [this] { copy(); });
    on(ActionId::CopyPath, [this] { copyPath(); });
    on(ActionId::Paste, [this] { paste(); });
    on(ActionId::SelectAll, [this] {
        if (QAbstractItemView *view = currentPage()->view())
            view->selectAll();
    });
    on(ActionId::InvertSelection, [this] {
        if (QAbstractItemView *view = currentPage()->view())
            invertSelection(view);
    });
    on(ActionId::FindInView, [this] { currentPage()->focusFilter(); });
    on(ActionId::Refresh, [this] { refresh(); });
    on(ActionId::NextPane, [this] { cyclePanes(1); });
    on(ActionId::PreviousPane, [this] { cyclePanes(-1); });
    on(ActionId::FullScreen, [this](bool full) { setWindowState(windowState().setFlag(Qt::WindowFullScreen, full)); });
    on(ActionId::MenuBar, [this](bool shown) { menuBar()->setVisible(shown); });
    on(ActionId::BackUpNow, [this] { m_operations->backUp(context().root, {QStringLiteral("everything")}); });
    on(ActionId::BackUpSelection, [this] { backUpSelection(); });
    on(ActionId::Verify, [this] { m_operations->verify(context().archive); });
    on(ActionId::ChooseBackupFolder, [this] { m_operations->chooseBackupFolder(context().root); });
    on(ActionId::Restore, [this] { restore(false); });
    on(ActionId::RestoreAsCopy, [this] { restore(true); });
    on(ActionId::CancelJob, [this] {
        if (models::Job *job = m_activity->selectedJob())
            job->cancel();
    });
    on(ActionId::CancelAllJobs, [this] { cancelAll(); });
    on(ActionId::ClearHistory, [this] { m_workspace->queue()->clearHistory(); });
    on(ActionId::Shortcuts, [this] { showShortcuts(*m_actions, this); });
    on(ActionId::WhatsThis, [] { QWhatsThis::enterWhatsThisMode(); });
    on(ActionId::About, [this] { showAbout(this); });
    (*m_actions)[ActionId::MenuBar]->setChecked(true);
    connect(m_recents, &Recents::chosen, m_operations, &Operations::open);
}

void MainWindow::connectVerbs()
{
    connect(m_operations, &Operations::message, m_messages, &MessageBar::showMessage);
    connect(m_operations, &Operations::messageObsolete, m_messages, &MessageBar::dismiss);
    connect(m_operations, &Operations::status, this, [this](const QString &text) { statusBar()->showMessage(text, 10000); });
    connect(m_operations, &Operations::opened, this, [this](const QByteArray &root) {
        if (!m_openedAside.remove(root))
            m_wantedRoot = root;
        m_recents->add(root);
    });
    connect(m_operations, &Operations::jobRequested, this, [this](quint64 id) {
        m_activity->parentWidget()->show();
        m_activity->selectJob(id);
        m_activity->setFocus();
    });
    connect(m_workspace, &models::Workspace::directoryOpened, this, [this](const QByteArray &root) {
        if (root == m_wantedRoot)
            goToRoot(root);
    });
    const auto changed = [this] { contextChanged(); };
    connect(m_workspace, &models::Workspace::rootAdded, this, changed);
    connect(m_workspace, &models::Workspace::rootChanged, this, changed);
    connect(m_workspace, &models::Workspace::archivesChanged, this, changed);
    connect(m_workspace, &models::Workspace::scanFinished, this, changed);
    connect(m_workspace, &models::Workspace::directoryFailed, this, changed);
    connect(m_workspace, &models::Workspace::directoryClosed, this, [this](const QByteArray &root) {
        if (root == m_currentRoot) {
            m_currentRoot.clear();
            goTo(QStringLiteral("overview"));
        }
        contextChanged();
    });
    connect(m_activity, &ActivityPane::selectionChanged, this, changed);
}

void MainWindow::restore(bool asCopy)
{
    const Context now = context();
    if (now.archive.isEmpty())
        m_operations->chooseAndRestore(now.root, asCopy);
    else
        m_operations->restore(now.archive, now.root, asCopy);
}

void MainWindow::backUpSelection()
{
    const Context now = context();
    QStringList scope;
    for (const storage::ItemId &item : now.items)
        scope.append(QStringLiteral("volume:") + item.id);
    m_operations->backUp(now.root, scope);
}

void MainWindow::refresh()
{
    const Context now = context();
    if (currentPage() == m_backups || !m_workspace->root(now.root))
        m_workspace->refreshAllArchives();
    if (currentPage() != m_backups && m_workspace->root(now.root))
        m_workspace->rescan(now.root);
    if (now.root.isEmpty()) {
        for (const QByteArray &root : m_workspace->roots())
            m_workspace->rescan(root);
    }
}

void MainWindow::paste()
{
    const QList<QByteArray> paths = localPaths(QApplication::clipboard()->mimeData());
    if (paths.isEmpty())
        statusBar()->showMessage(tr("Nothing to open is on the clipboard: copy a folder or a backup in a file manager first."), 10000);
    else
        m_operations->takePaths(paths, m_currentRoot);
}

void MainWindow::copy()
{
    if (const QAbstractItemView *view = currentPage()->view())
        QApplication::clipboard()->setText(selectedText(view));
}

void MainWindow::copyPath()
{
    const Context now = context();
    QByteArray path = now.archive.isEmpty() ? now.root : now.archive;
    if (now.current && !m_information->selectedPartPath().isEmpty())
        path = m_information->selectedPartPath();
    QApplication::clipboard()->setText(QString::fromLocal8Bit(path));
    statusBar()->showMessage(tr("Copied: %1").arg(storage::displayBytes(path)), 5000);
}

void MainWindow::cyclePanes(int step)
{
    const QList<QWidget *> panes = {m_navigation, m_stack, m_information, m_activity};
    const QWidget *focus = QApplication::focusWidget();
    qsizetype at = 0;
    for (qsizetype i = 0; i < panes.size(); ++i) {
        if (focus && (panes[i] == focus || panes[i]->isAncestorOf(focus)))
            at = i;
    }
    for (qsizetype i = 1; i <= panes.size(); ++i) {
        QWidget *pane = panes[(at + step * i + panes.size() * 4) % panes.size()];
        if (!pane->isVisible())
            continue;
        if (pane == m_stack)
            currentPage()->focusContent();
        else
            focusInside(pane);
        return;
    }
}

void MainWindow::cancelAll()
{
    m_interaction->choose(this, {tr("Cancel all jobs?"), tr("&What has not been finished is removed or taken back; what was finished stays."),
                                 {{tr("Keep them running"), {}, QStringLiteral("go-next")}, {tr("Cancel all jobs"), {}, QStringLiteral("process-stop")}}, 0},
                          [this](int option) {
                              if (option == 1)
                                  m_workspace->queue()->cancelAll();
                          });
}

QString MainWindow::dropText(const models::DropContent &content) const
{
    if (content.kind == models::DropKind::Directory)
        return content.paths.size() == 1 ? tr("Open folder “%1”").arg(nameOf(content.paths.first()))
                                         : tr("Open %n folder(s)", nullptr, int(content.paths.size()));
    const QByteArray root = m_currentRoot.isEmpty() && m_workspace->roots().size() == 1 ? m_workspace->roots().first() : m_currentRoot;
    const QString archive = nameOf(content.paths.value(0));
    return root.isEmpty() ? tr("Restore “%1”...").arg(archive) : tr("Restore “%1” into %2...").arg(archive, nameOf(root));
}

}  // namespace strongroom::views
