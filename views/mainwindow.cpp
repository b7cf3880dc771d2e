// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/mainwindow.h"

#include "models/jobqueue.h"
#include "models/words.h"
#include "views/actionstate.h"
#include "views/activitypane.h"
#include "views/backupspage.h"
#include "views/droptarget.h"
#include "views/findingspage.h"
#include "views/iconset.h"
#include "views/informationpane.h"
#include "views/interaction.h"
#include "views/messagebar.h"
#include "views/navigationpane.h"
#include "views/objectspage.h"
#include "views/operations.h"
#include "views/overviewpage.h"
#include "views/recents.h"
#include "views/settingsstore.h"
#include "views/windowstate.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>

namespace strongroom::views {

using storage::ItemKind;

MainWindow::MainWindow(models::Workspace *workspace, Interaction *interaction, SettingsStore *settings, QWidget *parent)
    : QMainWindow(parent), m_workspace(workspace), m_interaction(interaction), m_settings(settings), m_actions(new Actions(this)),
      m_operations(new Operations(workspace, interaction, this)), m_recents(new Recents(settings, this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Strongroom"));
    setWindowIcon(applicationIcon());
    auto *sampleData = new QAction(bundledIcon(QStringLiteral("demo")), tr("Try Sample &Data"), this);
    sampleData->setStatusTip(tr("Writes made-up data of every layout into a folder of its own and opens it."));
    connect(sampleData, &QAction::triggered, this, &MainWindow::sampleDataRequested);
    buildPages(sampleData);
    buildDocks();
    buildBars();
    connectPages();
    connectActions();
    connectVerbs();
    auto *drops = new DropTarget(workspace, this, [this](const models::DropContent &content) { return dropText(content); });
    connect(drops, &DropTarget::dropped, this, [this](const models::DropContent &content) { m_operations->take(content, m_currentRoot); });
    connect(drops, &DropTarget::refused, m_operations, &Operations::refuse);
    goTo(QStringLiteral("overview"));
    restoreLayout();
    contextChanged();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildPages(QAction *sampleData)
{
    m_messages = new MessageBar;
    m_stack = new QStackedWidget;
    m_overview = new OverviewPage(m_workspace, m_actions, sampleData);
    m_backups = new BackupsPage(m_workspace, m_actions, m_settings);
    m_findings = new FindingsPage(m_workspace, m_actions, m_settings);
    m_stack->addWidget(m_overview);
    for (const ItemKind kind : storage::kAllItemKinds) {
        m_objects[size_t(kind)] = new ObjectsPage(kind, m_workspace, m_actions, m_settings);
        m_stack->addWidget(m_objects[size_t(kind)]);
    }
    m_stack->addWidget(m_findings);
    m_stack->addWidget(m_backups);
    auto *centre = new QWidget;
    auto *layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_messages);
    layout->addWidget(m_stack, 1);
    setCentralWidget(centre);
}

void MainWindow::buildDocks()
{
    m_navigation = new NavigationPane(m_workspace, m_actions);
    m_information = new InformationPane(m_workspace);
    m_activity = new ActivityPane(m_workspace, m_actions, m_settings);
    // The panes at the sides keep their full height; jobs stand below the centre.
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    QDockWidget *left = addDock(QStringLiteral("navigationDock"), tr("Navigation"), m_navigation, Qt::LeftDockWidgetArea, ActionId::Navigation);
    QDockWidget *right = addDock(QStringLiteral("informationDock"), tr("Information"), m_information, Qt::RightDockWidgetArea, ActionId::Information);
    QDockWidget *bottom = addDock(QStringLiteral("activityDock"), tr("Activity"), m_activity, Qt::BottomDockWidgetArea, ActionId::Activity);
    const int character = fontMetrics().averageCharWidth();
    resizeDocks({left, right}, {character * 30, character * 48}, Qt::Horizontal);
    resizeDocks({bottom}, {fontMetrics().height() * 11}, Qt::Vertical);
}

QDockWidget *MainWindow::addDock(const QString &name, const QString &title, QWidget *pane, Qt::DockWidgetArea area, ActionId toggle)
{
    auto *dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(pane);
    dock->setAccessibleName(title);
    pane->setAccessibleName(title);
    addDockWidget(area, dock);
    QAction *action = (*m_actions)[toggle];
    action->setChecked(true);
    connect(action, &QAction::triggered, dock, [dock](bool shown) {
        dock->setVisible(shown);
        if (shown)
            dock->raise();
    });
    connect(dock->toggleViewAction(), &QAction::toggled, action, &QAction::setChecked);
    return dock;
}

void MainWindow::buildBars()
{
    m_actions->fillMenuBar(menuBar());
    m_recents->attach(m_actions->recentMenu());
    auto *bar = new QToolBar(tr("Toolbar"), this);
    bar->setObjectName(QStringLiteral("mainToolBar"));
    bar->setAccessibleName(tr("Toolbar"));
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_actions->fillToolBar(bar);
    addToolBar(bar);
    // Keys work while the menu bar is hidden.
    addActions(m_actions->all());
    m_selectionLabel = new QLabel(this);
    m_spaceLabel = new QLabel(this);
    m_jobsLabel = new QLabel(this);
    for (QLabel *label : {m_selectionLabel, m_spaceLabel, m_jobsLabel}) {
        label->setContentsMargins(fontMetrics().height() / 2, 0, fontMetrics().height() / 2, 0);
        statusBar()->addPermanentWidget(label);
    }
}

void MainWindow::restoreLayout()
{
    const QScreen *screen = this->screen();
    const QSize wanted(fontMetrics().averageCharWidth() * 200, fontMetrics().height() * 50);
    resize(screen ? wanted.boundedTo(screen->availableSize() * 9 / 10) : wanted);
    if (!m_settings)
        return;
    restoreWindow(this, *m_settings);
    // Docks that come up hidden never tell.
    const std::pair<const char *, ActionId> docks[] = {
        {"navigationDock", ActionId::Navigation}, {"informationDock", ActionId::Information}, {"activityDock", ActionId::Activity}};
    for (const auto &[name, id] : docks)
        (*m_actions)[id]->setChecked(!findChild<QDockWidget *>(QString::fromLatin1(name))->isHidden());
    menuBar()->setVisible(m_settings->value(QStringLiteral("window/menuBar")).toString() != u"hidden");
    (*m_actions)[ActionId::MenuBar]->setChecked(!menuBar()->isHidden());
    // The node of a data directory comes with it, should it be opened.
    m_wantedView = m_settings->value(QStringLiteral("window/view")).toString();
    if (m_navigation->model()->indexOf(m_wantedView).isValid())
        goTo(std::exchange(m_wantedView, {}));
}

void MainWindow::connectPages()
{
    connect(m_navigation, &NavigationPane::chosen, this, &MainWindow::showNode);
    connect(m_navigation->model(), &QAbstractItemModel::rowsInserted, this, [this] {
        if (!m_wantedView.isEmpty() && m_navigation->model()->indexOf(m_wantedView).isValid())
            goTo(std::exchange(m_wantedView, {}));
    });
    for (int i = 0; i < m_stack->count(); ++i) {
        auto *page = qobject_cast<Page *>(m_stack->widget(i));
        connect(page, &Page::contextChanged, this, [this, page] {
            if (page == currentPage())
                contextChanged();
        });
    }
    const auto jump = [this](const QByteArray &root, const storage::ItemId &item) {
        const QModelIndex node = m_navigation->model()->itemsIndex(root, item.kind);
        if (!node.isValid())
            return;
        m_navigation->select(node);
        objectsPage(item.kind)->selectItem(item.id);
        objectsPage(item.kind)->focusContent();
    };
    connect(m_information, &InformationPane::itemRequested, this, jump);
    connect(m_findings, &FindingsPage::itemActivated, this, [this, jump](const storage::ItemId &item) { jump(m_currentRoot, item); });
    for (ObjectsPage *page : m_objects) {
        connect(page, &ObjectsPage::itemActivated, this, [this] {
            (*m_actions)[ActionId::Information]->setChecked(true);
            m_information->parentWidget()->show();
        });
    }
    connect(m_backups, &BackupsPage::archiveActivated, this, [this] { restore(false); });
    connect(m_overview, &OverviewPage::browse, this, &MainWindow::goToRoot);
    connect(m_overview, &OverviewPage::backUp, this, [this](const QByteArray &root) { m_operations->backUp(root, {QStringLiteral("everything")}); });
    connect(m_overview, &OverviewPage::tryAgain, this, [this](const QByteArray &root) { m_workspace->openDirectory(root); });
    connect(m_overview, &OverviewPage::showProblems, this, [this](const QByteArray &root) {
        const QModelIndex parent = m_navigation->model()->rootIndex(root);
        for (int row = 0; row < m_navigation->model()->rowCount(parent); ++row) {
            const QModelIndex child = m_navigation->model()->index(row, 0, parent);
            if (m_navigation->model()->nodeAt(child) == models::NavigationModel::Node::Findings)
                m_navigation->select(child);
        }
    });
}

Page *MainWindow::currentPage() const
{
    return qobject_cast<Page *>(m_stack->currentWidget());
}

Context MainWindow::context() const
{
    Context context = currentPage()->context();
    if (context.root.isEmpty())
        context.root = m_currentRoot;
    // With one data directory open there is no doubt which one is meant.
    if (context.root.isEmpty() && m_workspace->roots().size() == 1)
        context.root = m_workspace->roots().first();
    return context;
}

void MainWindow::showNode(const QModelIndex &index)
{
    using Node = models::NavigationModel::Node;
    const models::NavigationModel *model = m_navigation->model();
    const QByteArray root = model->rootAt(index);
    Page *page = m_overview;
    switch (model->nodeAt(index)) {
    case Node::Overview:
        m_currentRoot.clear();
        break;
    case Node::Root:
        m_currentRoot = root;
        break;
    case Node::Items:
        m_currentRoot = root;
        page = objectsPage(model->kindAt(index));
        objectsPage(model->kindAt(index))->showRoot(root);
        break;
    case Node::Findings:
        m_currentRoot = root;
        m_findings->showRoot(root);
        page = m_findings;
        break;
    case Node::Backups:
        m_backups->setRoot(m_currentRoot);
        page = m_backups;
        break;
    }
    m_stack->setCurrentWidget(page);
    contextChanged();
}

void MainWindow::goTo(const QString &id)
{
    m_navigation->select(id);
}

/// The first table of a data directory: what the operator opened it for.
void MainWindow::goToRoot(const QByteArray &root)
{
    m_wantedRoot.clear();
    m_wantedView.clear();
    const models::RootState *state = m_workspace->root(root);
    const QList<ItemKind> kinds = state ? state->kinds() : QList<ItemKind>();
    const QModelIndex items = kinds.isEmpty() ? QModelIndex() : m_navigation->model()->itemsIndex(root, kinds.first());
    m_navigation->select(items.isValid() ? items : m_navigation->model()->rootIndex(root));
    currentPage()->focusContent();
}

void MainWindow::openPaths(const QList<QByteArray> &paths)
{
    for (const QByteArray &path : paths) {
        // Of several, none is the one to be shown: the overview has them all.
        if (paths.size() > 1)
            m_openedAside.insert(path);
        m_operations->takePaths({path}, {});
    }
}

void MainWindow::showView(const QString &name)
{
    m_wantedRoot.clear();
    if (m_navigation->model()->indexOf(name).isValid()) {
        goTo(name);
        return;
    }
    const auto kind = storage::kindFromPlural(name);
    if (!kind)
        return;
    for (const QByteArray &root : m_workspace->roots()) {
        const QModelIndex index = m_navigation->model()->itemsIndex(root, *kind);
        if (index.isValid()) {
            m_navigation->select(index);
            return;
        }
    }
    connect(m_workspace, &models::Workspace::directoryOpened, this, [this, name] { showView(name); }, Qt::SingleShotConnection);
}

void MainWindow::contextChanged()
{
    const Context now = context();
    m_information->show(now);
    updateActions(*m_actions, now, currentPage(), *m_workspace, m_activity->selectedJob());
    updateStatus();
}

void MainWindow::updateStatus()
{
    const Context now = context();
    QString selected;
    if (now.selected > 0) {
        selected = tr("%n selected", nullptr, int(qMin<qint64>(now.selected, 1000000)));
        if (now.selectedBytes)
            selected = tr("%1, %2", "3 selected, 41 MB").arg(selected, models::formatBytes(*now.selectedBytes));
    }
    m_selectionLabel->setText(selected);
    const models::RootState *root = m_workspace->root(now.root);
    m_spaceLabel->setText(root && root->freeBytes ? tr("%1 free").arg(models::formatBytes(*root->freeBytes)) : QString());
    const int jobs = m_workspace->queue()->runningCount() + m_workspace->queue()->pendingCount();
    m_jobsLabel->setText(jobs > 0 ? tr("%n job(s)", nullptr, jobs) : QString());
    // The platform adds the name of the program.
    setWindowTitle(root ? root->title : tr("Strongroom"));
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_workspace->queue()->hasWriters() && !m_closing) {
        event->ignore();
        m_interaction->choose(this, {tr("Jobs are still writing"), tr("&A job that is cancelled leaves everything as it was."),
                                     {{tr("Don't quit"), {}, QStringLiteral("go-previous")}, {tr("Cancel jobs and quit"), {}, QStringLiteral("process-stop")}}, 0},
                              [this](int option) {
                                  if (option != 1)
                                      return;
                                  m_closing = true;
                                  m_workspace->queue()->cancelAll();
                                  close();
                              });
        return;
    }
    if (m_settings) {
        saveWindow(this, *m_settings);
        m_settings->setValue(QStringLiteral("window/menuBar"), menuBar()->isHidden() ? QStringLiteral("hidden") : QStringLiteral("shown"));
        m_settings->setValue(QStringLiteral("window/view"), m_navigation->selectedId());
        for (int i = 0; i < m_stack->count(); ++i)
            qobject_cast<Page *>(m_stack->widget(i))->saveState();
        m_activity->saveState();
    }
    event->accept();
}

}  // namespace strongroom::views
