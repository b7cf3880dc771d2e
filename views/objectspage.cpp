// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/objectspage.h"

#include "models/catalogmodel.h"
#include "models/words.h"
#include "models/workspace.h"
#include "views/actions.h"
#include "views/delegates.h"
#include "views/emptystate.h"
#include "views/stateicons.h"
#include "views/tables.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>
#include <QTimer>

namespace strongroom::views {

namespace {

int widthOf(storage::Column column)
{
    switch (column) {
    case storage::Column::Title: return 28;
    case storage::Column::Id: return 22;
    case storage::Column::Path:
    case storage::Column::Reason: return 24;
    case storage::Column::Created:
    case storage::Column::Modified:
    case storage::Column::LastBackup: return 20;
    case storage::Column::Owner:
    case storage::Column::Entity: return 18;
    default: return 13;
    }
}

}  // namespace

ObjectsPage::ObjectsPage(storage::ItemKind kind, models::Workspace *workspace, Actions *actions, SettingsStore *settings, QWidget *parent)
    : TablePage(new QTableView, models::kindTitle(kind), storage::kindPluralWord(kind), settings, parent), m_kind(kind),
      m_workspace(workspace), m_actions(actions), m_model(new models::CatalogModel(kind, this)), m_contextTimer(new QTimer(this))
{
    setObjectName(storage::kindPluralWord(kind) + QStringLiteral("Page"));
    table()->setModel(m_model);
    table()->setSortingEnabled(false);
    QList<int> widths;
    for (int section = 0; section < m_model->columnCount(); ++section)
        widths.append(widthOf(m_model->columnAt(section)));
    setColumnWidths(table(), widths);
    if (const int state = m_model->sectionOf(storage::Column::State); state >= 0)
        table()->setItemDelegateForColumn(state, new StateDelegate(this));
    if (const int path = m_model->sectionOf(storage::Column::Path); path >= 0)
        table()->setItemDelegateForColumn(path, new MiddleElideDelegate(this));
    if (settings)
        restoreHeader(table(), *settings, storage::kindPluralWord(kind));
    // Scan order until a header is clicked: sorting while rows arrive would move them under the operator's eyes.
    table()->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table()->setSortingEnabled(true);
    follow();
    updateState();
}

void ObjectsPage::follow()
{
    m_contextTimer->setSingleShot(true);
    m_contextTimer->setInterval(0);
    connect(m_contextTimer, &QTimer::timeout, this, &Page::contextChanged);
    const auto soon = [this] { m_contextTimer->start(); };
    connect(table()->selectionModel(), &QItemSelectionModel::selectionChanged, this, soon);
    connect(table()->selectionModel(), &QItemSelectionModel::currentRowChanged, this, soon);
    connect(table(), &QTableView::activated, this, [this](const QModelIndex &index) {
        if (index.isValid())
            Q_EMIT itemActivated({m_kind, m_model->idAt(index.row()).id});
    });
    connect(table(), &QTableView::customContextMenuRequested, this, &ObjectsPage::showContextMenu);
    connect(m_model, &models::CatalogModel::countsChanged, this, [this] {
        updateState();
        if (!m_wanted.isEmpty())
            selectItem(m_wanted);
    });
    connect(m_workspace, &models::Workspace::itemsAppended, this, [this](const QByteArray &root, const QList<storage::ChunkPtr> &chunks) {
        if (root == m_root)
            m_model->appendChunks(chunks);
    });
    const auto replaced = [this](const QByteArray &root) {
        if (root == m_root)
            reload();
    };
    connect(m_workspace, &models::Workspace::catalogReplaced, this, replaced);
    connect(m_workspace, &models::Workspace::directoryClosed, this, replaced);
    const auto changed = [this](const QByteArray &root) {
        if (root == m_root)
            updateState();
    };
    connect(m_workspace, &models::Workspace::scanStarted, this, changed);
    connect(m_workspace, &models::Workspace::scanFinished, this, changed);
    connect(m_workspace, &models::Workspace::directoryFailed, this, changed);
}

void ObjectsPage::showRoot(const QByteArray &root)
{
    if (root == m_root)
        return;
    m_root = root;
    m_wanted.clear();
    table()->clearSelection();
    filterEdit()->clear();
    reload();
}

void ObjectsPage::reload()
{
    const models::RootState *root = m_workspace->root(m_root);
    m_model->setTable(root ? root->catalog.table(m_kind) : storage::ItemTable());
    setHeading(models::kindTitle(m_kind), storage::displayBytes(m_root));
    updateState();
}

bool ObjectsPage::selectItem(const QString &id)
{
    int row = m_model->rowOf(id);
    if (row < 0 && !filterEdit()->text().isEmpty()) {
        m_wanted = id;
        filterEdit()->clear();
        return true;   // selected when the unfiltered rows are in
    }
    if (row < 0) {
        const models::RootState *root = m_workspace->root(m_root);
        const bool coming = root && (root->phase == models::RootPhase::Scanning || m_model->isQueryRunning());
        m_wanted = coming ? id : QString();
        return coming;
    }
    m_wanted.clear();
    table()->setCurrentIndex(m_model->index(row, 0));
    table()->scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
    return true;
}

Context ObjectsPage::context() const
{
    Context context;
    context.root = m_root;
    const QItemSelectionModel *selection = table()->selectionModel();
    const QModelIndex current = selection->currentIndex();
    if (current.isValid() && current.row() < m_model->rowCount())
        context.current = m_model->idAt(current.row());
    // Ranges, not rows: everything of a large table may be selected.
    const QItemSelection ranges = selection->selection();
    const int bytesColumn = m_model->sectionOf(storage::Column::Bytes);
    qint64 bytes = 0;
    for (const QItemSelectionRange &range : ranges) {
        for (int row = range.top(); row <= range.bottom() && context.items.size() < Context::kMostItems; ++row) {
            context.items.append(m_model->idAt(row));
            if (bytesColumn >= 0)
                bytes += m_model->index(row, bytesColumn).data(models::SortRole).toLongLong();
        }
        context.selected += range.height();
    }
    if (bytesColumn >= 0 && context.selected <= Context::kMostItems)
        context.selectedBytes = bytes;
    return context;
}

void ObjectsPage::filterChanged(const QString &text)
{
    m_model->setFilter(text);
    updateState();
}

void ObjectsPage::updateState()
{
    setCounts(m_model->visibleCount(), m_model->totalCount());
    if (m_model->visibleCount() > 0) {
        showTable(true);
        return;
    }
    const models::RootState *root = m_workspace->root(m_root);
    const QString icon = iconOfNode(storage::kindPluralWord(m_kind));
    const QString kind = models::kindTitle(m_kind);
    if (m_model->totalCount() > 0) {
        if (m_model->isQueryRunning())
            return;   // what is shown stays until the answer is there
        showNothingMatches();
        return;
    }
    if (root && root->error) {
        const storage::ErrorText text = describe(*root->error);
        const bool denied = root->error->code == storage::ErrorCode::PermissionDenied;
        emptyState()->show(denied ? QStringLiteral("lock") : QStringLiteral("dialog-error"), text.what,
                           text.why.isEmpty() ? text.next : text.why + u' ' + text.next);
        emptyState()->addButton((*m_actions)[ActionId::Refresh]);
    } else if (root && root->phase != models::RootPhase::Ready) {
        emptyState()->show(icon, tr("Reading %1...").arg(root->title), {}, true);
    } else {
        emptyState()->show(icon, tr("%1: none yet.", "kind of item").arg(kind),
                           root ? tr("%1 was read; nothing of this kind is in it.").arg(root->title) : QString());
    }
    showTable(false);
}

void ObjectsPage::showContextMenu(const QPoint &position)
{
    QMenu menu(this);
    for (const ActionId id : {ActionId::Copy, ActionId::CopyPath})
        menu.addAction((*m_actions)[id]);
    menu.addSeparator();
    if (m_kind == storage::ItemKind::Volume)
        menu.addAction((*m_actions)[ActionId::BackUpSelection]);
    menu.addAction((*m_actions)[ActionId::BackUpNow]);
    menu.addAction((*m_actions)[ActionId::Restore]);
    menu.addSeparator();
    menu.addAction((*m_actions)[ActionId::Refresh]);
    menu.exec(table()->viewport()->mapToGlobal(position));
}

}  // namespace strongroom::views
