// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/findingspage.h"

#include "models/findingsmodel.h"
#include "models/workspace.h"
#include "views/actions.h"
#include "views/delegates.h"
#include "views/emptystate.h"
#include "views/tables.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>

namespace strongroom::views {

FindingsPage::FindingsPage(models::Workspace *workspace, Actions *actions, SettingsStore *settings, QWidget *parent)
    : TablePage(new QTableView, tr("Integrity"), QStringLiteral("findings"), settings, parent), m_workspace(workspace), m_actions(actions),
      m_model(new models::FindingsModel(this))
{
    setObjectName(QStringLiteral("findingsPage"));
    table()->setModel(m_model);
    table()->setItemDelegateForColumn(models::FindingsModel::Severity, new StateDelegate(this));
    table()->setItemDelegateForColumn(models::FindingsModel::Object, new MiddleElideDelegate(this));
    setColumnWidths(table(), {14, 30, 60, 30});
    if (settings)
        restoreHeader(table(), *settings, QStringLiteral("findings"));
    table()->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table()->setSortingEnabled(true);
    connect(table()->selectionModel(), &QItemSelectionModel::selectionChanged, this, &Page::contextChanged);
    connect(table(), &QTableView::activated, this, [this](const QModelIndex &index) {
        if (const auto item = m_model->findingAt(index.row()).item)
            Q_EMIT itemActivated(*item);
    });
    connect(table(), &QTableView::customContextMenuRequested, this, [this](const QPoint &position) {
        QMenu menu(this);
        for (const ActionId id : {ActionId::Copy, ActionId::CopyPath, ActionId::Refresh})
            menu.addAction((*m_actions)[id]);
        menu.exec(table()->viewport()->mapToGlobal(position));
    });
    const auto changed = [this](const QByteArray &root) {
        if (root == m_root)
            reload();
    };
    connect(workspace, &models::Workspace::findingsChanged, this, changed);
    connect(workspace, &models::Workspace::scanFinished, this, changed);
    connect(workspace, &models::Workspace::scanStarted, this, changed);
    reload();
}

void FindingsPage::showRoot(const QByteArray &root)
{
    if (root == m_root)
        return;
    m_root = root;
    filterEdit()->clear();
    reload();
}

Context FindingsPage::context() const
{
    Context context;
    context.root = m_root;
    const QModelIndex current = table()->currentIndex();
    if (current.isValid() && current.row() < m_model->rowCount())
        context.current = m_model->findingAt(current.row()).item;
    return context;
}

void FindingsPage::filterChanged(const QString &)
{
    reload();
}

void FindingsPage::reload()
{
    const models::RootState *root = m_workspace->root(m_root);
    const QList<storage::Finding> all = root ? root->findings : QList<storage::Finding>();
    const QString filter = filterEdit()->text();
    QList<storage::Finding> shown;
    for (const storage::Finding &finding : all) {
        const QString text = finding.message + u' ' + finding.path.display() + u' ' + finding.code + u' ' + (finding.item ? finding.item->id : QString());
        if (filter.isEmpty() || text.contains(filter, Qt::CaseInsensitive))
            shown.append(finding);
    }
    m_model->setFindings(shown);
    setHeading(tr("Integrity"), storage::displayBytes(m_root));
    setCounts(shown.size(), all.size());
    if (!shown.isEmpty()) {
        showTable(true);
    } else if (!all.isEmpty()) {
        showNothingMatches();
    } else {
        const bool reading = root && root->phase != models::RootPhase::Ready && root->phase != models::RootPhase::Failed;
        emptyState()->show(reading ? QStringLiteral("view-refresh") : QStringLiteral("dialog-ok"),
                           reading ? tr("Reading %1...").arg(root->title) : tr("No problems seen."),
                           reading ? QString() : tr("Reading the data directory showed nothing unusual."), reading);
        showTable(false);
    }
}

}  // namespace strongroom::views
