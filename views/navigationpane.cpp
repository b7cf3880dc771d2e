// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/navigationpane.h"

#include "models/roles.h"
#include "views/actions.h"
#include "views/delegates.h"
#include "views/tables.h"

#include <QHeaderView>
#include <QMenu>
#include <QTreeView>
#include <QVBoxLayout>

namespace strongroom::views {

NavigationPane::NavigationPane(models::Workspace *workspace, Actions *actions, QWidget *parent)
    : QWidget(parent), m_model(new models::NavigationModel(workspace, this)), m_tree(new QTreeView(this))
{
    setUpTree(m_tree, tr("Navigation"));
    m_tree->setObjectName(QStringLiteral("navigationTree"));
    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new NavigationDelegate(this));
    m_tree->setHeaderHidden(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(m_tree->fontMetrics().height());
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->header()->setSectionResizeMode(QHeaderView::Stretch);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tree);
    setFocusProxy(m_tree);
    // What was opened is there to be seen.
    connect(m_model, &QAbstractItemModel::rowsInserted, m_tree, [this](const QModelIndex &node) {
        if (node.isValid())
            m_tree->expand(node);
    });
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        if (current.isValid())
            Q_EMIT chosen(current);
    });
    connect(m_tree, &QTreeView::customContextMenuRequested, this, [this, actions](const QPoint &position) {
        const QModelIndex index = m_tree->indexAt(position);
        QMenu menu(this);
        if (index.isValid() && !m_model->rootAt(index).isEmpty()) {
            for (const ActionId id : {ActionId::BackUpNow, ActionId::Restore, ActionId::Undo})
                menu.addAction((*actions)[id]);
            menu.addSeparator();
            for (const ActionId id : {ActionId::CopyPath, ActionId::Refresh, ActionId::ChooseBackupFolder, ActionId::CloseRoot})
                menu.addAction((*actions)[id]);
        } else {
            menu.addAction((*actions)[ActionId::OpenDirectory]);
            menu.addAction((*actions)[ActionId::Refresh]);
        }
        menu.exec(m_tree->viewport()->mapToGlobal(position));
    });
}

bool NavigationPane::select(const QString &id)
{
    const QModelIndex index = m_model->indexOf(id);
    if (!index.isValid())
        return false;
    select(index);
    return true;
}

void NavigationPane::select(const QModelIndex &index)
{
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
}

QString NavigationPane::selectedId() const
{
    return m_tree->currentIndex().data(models::IdRole).toString();
}

}  // namespace strongroom::views
