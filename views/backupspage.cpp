// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/backupspage.h"

#include "models/archivesmodel.h"
#include "models/jobqueue.h"
#include "models/roles.h"
#include "models/workspace.h"
#include "views/actions.h"
#include "views/delegates.h"
#include "views/emptystate.h"
#include "views/tables.h"

#include <QApplication>
#include <QDrag>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QTableView>
#include <QToolButton>
#include <QUrl>

namespace strongroom::views {

namespace {

/// Lets rows be dragged out as file URLs, to a file manager or another machine's window.
class ArchivesTable final : public QTableView {
public:
    using QTableView::QTableView;

protected:
    void mousePressEvent(QMouseEvent *event) override
    {
        m_press = event->button() == Qt::LeftButton && indexAt(event->position().toPoint()).isValid() ? event->position().toPoint() : QPoint(-1, -1);
        QTableView::mousePressEvent(event);
    }

    void mouseMoveEvent(QMouseEvent *event) override
    {
        const bool far = (event->position().toPoint() - m_press).manhattanLength() >= QApplication::startDragDistance();
        if (m_press.x() < 0 || !event->buttons().testFlag(Qt::LeftButton)) {
            QTableView::mouseMoveEvent(event);
            return;
        }
        if (!far)
            return;
        m_press = QPoint(-1, -1);
        QList<QUrl> urls;
        for (const QModelIndex &row : selectionModel()->selectedRows())
            urls.append(QUrl::fromLocalFile(QString::fromLocal8Bit(row.data(models::PathRole).toByteArray())));
        if (urls.isEmpty())
            return;
        auto *drag = new QDrag(this);
        auto *files = new QMimeData;
        files->setUrls(urls);
        drag->setMimeData(files);
        drag->exec(Qt::CopyAction);
    }

private:
    QPoint m_press{-1, -1};
};

}  // namespace

BackupsPage::BackupsPage(models::Workspace *workspace, Actions *actions, SettingsStore *settings, QWidget *parent)
    : TablePage(new ArchivesTable, tr("Backups"), QStringLiteral("backups"), settings, parent), m_workspace(workspace), m_actions(actions),
      m_model(new models::ArchivesModel(workspace->queue()->clock(), this))
{
    setObjectName(QStringLiteral("backupsPage"));
    table()->setModel(m_model);
    table()->setItemDelegateForColumn(models::ArchivesModel::Verified, new StateDelegate(this));
    table()->setItemDelegateForColumn(models::ArchivesModel::Name, new MiddleElideDelegate(this));
    table()->setItemDelegateForColumn(models::ArchivesModel::Source, new MiddleElideDelegate(this));
    setColumnWidths(table(), {22, 42, 22, 20, 14, 8, 11, 18, 16});
    if (!settings || !restoreHeader(table(), *settings, QStringLiteral("backups"))) {
        // Whether a backup can be trusted comes before what it is made of.
        QHeaderView *header = table()->horizontalHeader();
        header->moveSection(header->visualIndex(models::ArchivesModel::Verified), 2);
        header->moveSection(header->visualIndex(models::ArchivesModel::Size), 3);
    }
    table()->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table()->setSortingEnabled(true);
    auto *folder = new QToolButton(this);
    folder->setDefaultAction((*actions)[ActionId::ChooseBackupFolder]);
    folder->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    folder->setAutoRaise(true);
    buttonRow()->addWidget(folder);
    setHeading(tr("Backups"));
    connect(table()->selectionModel(), &QItemSelectionModel::selectionChanged, this, &Page::contextChanged);
    connect(table()->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &Page::contextChanged);
    connect(table(), &QTableView::activated, this, [this](const QModelIndex &index) { Q_EMIT archiveActivated(m_model->archiveAt(index.row()).path); });
    connect(table(), &QTableView::customContextMenuRequested, this, [this](const QPoint &position) {
        QMenu menu(this);
        for (const ActionId id : {ActionId::Restore, ActionId::RestoreAsCopy, ActionId::Verify})
            menu.addAction((*m_actions)[id]);
        menu.addSeparator();
        for (const ActionId id : {ActionId::Copy, ActionId::CopyPath, ActionId::Refresh})
            menu.addAction((*m_actions)[id]);
        menu.exec(table()->viewport()->mapToGlobal(position));
    });
    connect(m_model, &models::ArchivesModel::countsChanged, this, &BackupsPage::updateState);
    connect(workspace, &models::Workspace::archivesChanged, this, &BackupsPage::reload);
    connect(workspace, &models::Workspace::rootChanged, this, &BackupsPage::updateState);
    connect(workspace, &models::Workspace::directoryClosed, this, &BackupsPage::reload);
    reload();
}

void BackupsPage::setRoot(const QByteArray &root)
{
    m_root = root;
    updateState();
}

Context BackupsPage::context() const
{
    Context context;
    context.root = m_root;
    const QItemSelectionModel *selection = table()->selectionModel();
    const QModelIndex current = selection->currentIndex();
    context.selected = selection->selectedRows().size();
    if (!current.isValid() || current.row() >= m_model->rowCount() || context.selected == 0)
        return context;
    const storage::BackupInfo &info = m_model->archiveAt(current.row());
    context.archive = info.path;
    if (m_workspace->root(info.source))
        context.root = info.source;   // a backup goes back where it came from
    qint64 bytes = 0;
    for (const QModelIndex &row : selection->selectedRows(models::ArchivesModel::Size))
        bytes += row.data(models::SortRole).toLongLong();
    context.selectedBytes = bytes;
    return context;
}

bool BackupsPage::selectArchive(const QByteArray &path)
{
    const int row = m_model->rowOf(path);
    if (row < 0)
        return false;
    table()->setCurrentIndex(m_model->index(row, 0));
    table()->scrollTo(m_model->index(row, 0));
    return true;
}

void BackupsPage::filterChanged(const QString &text)
{
    m_model->setFilter(text);
    updateState();
}

void BackupsPage::reload()
{
    m_model->setArchives(m_workspace->archives());
    updateState();
    Q_EMIT contextChanged();
}

void BackupsPage::updateState()
{
    const int shown = m_model->rowCount();
    setCounts(shown, m_model->totalCount());
    if (shown > 0) {
        showTable(true);
        return;
    }
    if (m_model->totalCount() > 0) {
        showNothingMatches();
        return;
    }
    QStringList folders;
    for (const QByteArray &folder : m_workspace->backupFolders()) {
        const models::FolderState *state = m_workspace->backupFolder(folder);
        if (state && state->error) {
            const storage::ErrorText text = describe(*state->error);
            emptyState()->show(state->error->code == storage::ErrorCode::PermissionDenied ? QStringLiteral("lock") : QStringLiteral("dialog-warning"),
                               text.what, text.why.isEmpty() ? text.next : text.why + u' ' + text.next);
            emptyState()->addButton((*m_actions)[ActionId::ChooseBackupFolder]);
            showTable(false);
            return;
        }
        folders.append(storage::displayBytes(folder));
    }
    const models::RootState *root = m_workspace->root(m_root);
    emptyState()->show(QStringLiteral("archive"),
                       root ? tr("No backups of %1. Its data exists only once.").arg(root->title) : tr("No backups yet."),
                       folders.isEmpty() ? tr("No backup folder is known yet.") : tr("Looked in: %1").arg(folders.join(QStringLiteral(", "))));
    emptyState()->addButton((*m_actions)[ActionId::BackUpNow]);
    emptyState()->addButton((*m_actions)[ActionId::ChooseBackupFolder]);
    showTable(false);
}

}  // namespace strongroom::views
