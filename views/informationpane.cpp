// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/informationpane.h"

#include "models/archivesmodel.h"
#include "models/factsmodel.h"
#include "models/jobqueue.h"
#include "models/metadatamodel.h"
#include "models/partsmodel.h"
#include "models/roles.h"
#include "models/words.h"
#include "models/workspace.h"
#include "views/delegates.h"
#include "views/emptystate.h"
#include "views/factsheet.h"
#include "views/previewpane.h"
#include "views/stateicons.h"
#include "views/tables.h"

#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace strongroom::views {

InformationPane::InformationPane(models::Workspace *workspace, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_facts(new models::FactsModel(this)), m_parts(new models::PartsModel(this)),
      m_metadata(new models::MetadataModel(this)), m_stack(new QStackedLayout(this)), m_empty(new EmptyState(this)), m_item(new QWidget(this)),
      m_title(new QLabel(m_item)), m_subtitle(new QLabel(m_item)), m_tabs(new QTabWidget(m_item)), m_factsView(new QTreeView),
      m_partsView(new QTableView), m_metadataView(new QTreeView), m_preview(new PreviewPane(workspace->queue())), m_sheet(new FactSheet(this))
{
    setObjectName(QStringLiteral("informationPane"));
    build();
    connect(workspace, &models::Workspace::detailsReady, this, &InformationPane::takeDetails);
    connect(workspace, &models::Workspace::failed, this, [this](quint64 id, models::JobKind, const QByteArray &, const storage::Error &error) {
        if (id != m_request || error.code == storage::ErrorCode::Cancelled)
            return;
        const storage::ErrorText text = describe(error);
        m_empty->show(QStringLiteral("dialog-warning"), text.what, text.next);
        m_stack->setCurrentWidget(m_empty);
    });
    const auto changed = [this](const QByteArray &root) {
        if (root == m_root && !m_shown && m_archive.isEmpty())
            showRoot(root);
    };
    connect(workspace, &models::Workspace::rootChanged, this, changed);
    connect(workspace, &models::Workspace::directoryOpened, this, changed);
    connect(workspace, &models::Workspace::scanFinished, this, changed);
    connect(workspace, &models::Workspace::catalogReplaced, this, [this](const QByteArray &root) {
        if (root == m_root && m_shown)
            m_request = m_workspace->loadDetails(root, *m_shown);
    });
    connect(workspace, &models::Workspace::archivesChanged, this, [this] {
        if (!m_archive.isEmpty())
            showArchive(m_archive);
    });
    show(Context());
}

void InformationPane::build()
{
    QFont bold = font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    m_title->setFont(bold);
    for (QLabel *label : {m_title, m_subtitle}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setMinimumWidth(1);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    setUpTree(m_factsView, tr("Summary"));
    m_factsView->setModel(m_facts);
    m_factsView->setRootIsDecorated(false);
    m_factsView->setHeaderHidden(true);
    m_factsView->setItemDelegateForColumn(models::FactsModel::Value, new StateDelegate(this));
    m_factsView->header()->setSectionResizeMode(models::FactsModel::Key, QHeaderView::ResizeToContents);
    m_factsView->header()->setMaximumSectionSize(fontMetrics().averageCharWidth() * 22);
    m_factsView->header()->setStretchLastSection(true);
    setUpTable(m_partsView, tr("Files and records"));
    m_partsView->setModel(m_parts);
    m_partsView->setSelectionMode(QAbstractItemView::SingleSelection);
    m_partsView->setItemDelegateForColumn(models::PartsModel::Name, new MiddleElideDelegate(this));
    setColumnWidths(m_partsView, {26, 10, 16});
    setUpTree(m_metadataView, tr("Record"));
    m_metadataView->setModel(m_metadata);
    setColumnWidths(m_metadataView, {20, 30});
    auto *parts = new QSplitter(Qt::Vertical);
    parts->setObjectName(QStringLiteral("partsSplitter"));
    parts->setChildrenCollapsible(false);
    parts->addWidget(m_partsView);
    parts->addWidget(m_preview);
    parts->setStretchFactor(0, 2);
    parts->setStretchFactor(1, 3);
    for (QAbstractScrollArea *area : std::initializer_list<QAbstractScrollArea *>{m_factsView, m_partsView, m_metadataView})
        area->setFrameShape(QFrame::NoFrame);
    m_tabs->setObjectName(QStringLiteral("informationTabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Details"));
    m_tabs->addTab(m_factsView, tr("&Summary"));
    m_tabs->addTab(parts, tr("Fi&les"));
    m_tabs->addTab(m_metadataView, tr("Recor&d"));
    const int pad = fontMetrics().height() / 2;
    auto *head = new QVBoxLayout;
    head->setContentsMargins(pad, pad, pad, pad);
    head->setSpacing(pad / 4);
    head->addWidget(m_title);
    head->addWidget(m_subtitle);
    auto *layout = new QVBoxLayout(m_item);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_tabs, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_item);
    m_stack->addWidget(m_sheet);
    connect(m_factsView, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const auto target = m_facts->targetAt(index.row()))
            Q_EMIT itemRequested(m_root, *target);
    });
    connect(m_partsView->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &InformationPane::previewCurrentPart);
}

void InformationPane::show(const Context &context)
{
    if (context.current) {
        showItem(context.root, *context.current);
        return;
    }
    m_shown.reset();
    m_request = 0;
    m_root = context.root;
    m_archive = context.archive;
    if (!m_archive.isEmpty()) {
        showArchive(m_archive);
    } else if (m_workspace->root(m_root)) {
        showRoot(m_root);
    } else {
        m_empty->show(QStringLiteral("pane-information"), tr("Nothing is selected."), tr("Details of what you select appear here."));
        m_stack->setCurrentWidget(m_empty);
    }
}

void InformationPane::showItem(const QByteArray &root, const storage::ItemId &item)
{
    if (m_root == root && m_shown == item)
        return;
    m_root = root;
    m_shown = item;
    m_archive.clear();
    // The old details stay until the new ones are there: no flicker while the cursor moves down a table.
    m_request = m_workspace->loadDetails(root, item);
}

void InformationPane::takeDetails(quint64 id, const QByteArray &root, const storage::ItemDetails &details)
{
    if (id != m_request || root != m_root || !m_shown)
        return;
    const storage::Item &item = details.item;
    m_title->setText(item.title.isEmpty() ? item.id : item.title);
    m_subtitle->setText(tr("%1 · %2", "kind of item, and its state").arg(models::kindTitleSingular(item.kind), models::itemStateText(item.state)));
    m_facts->setDetails(details);
    m_parts->setParts(details.parts);
    m_metadata->setValue(details.metadata);
    m_metadataView->expandToDepth(0);
    m_tabs->setTabText(1, details.parts.isEmpty() ? tr("Fi&les") : tr("Fi&les (%1)").arg(models::formatNumber(details.parts.size())));
    m_tabs->setTabEnabled(2, !details.metadata.isEmpty());
    m_stack->setCurrentWidget(m_item);
    if (details.parts.isEmpty())
        m_preview->clear();
    else
        m_partsView->setCurrentIndex(m_parts->index(0, 0));
    previewCurrentPart();
}

void InformationPane::previewCurrentPart()
{
    const models::RootState *root = m_workspace->root(m_root);
    const QModelIndex current = m_partsView->currentIndex();
    if (root && root->directory && current.isValid() && current.row() < m_parts->rowCount())
        m_preview->load(root->directory, m_parts->partAt(current.row()));
    else
        m_preview->clear();
}

QByteArray InformationPane::selectedPartPath() const
{
    const QModelIndex current = m_partsView->currentIndex();
    if (m_stack->currentWidget() != m_item || !current.isValid() || current.row() >= m_parts->rowCount())
        return {};
    return m_root + '/' + m_parts->partAt(current.row()).path.bytes();
}

void InformationPane::showArchive(const QByteArray &archive)
{
    const QList<storage::BackupInfo> all = m_workspace->archives();
    const auto found = std::find_if(all.begin(), all.end(), [&archive](const storage::BackupInfo &info) { return info.path == archive; });
    if (found == all.end()) {
        m_archive.clear();
        show(Context());
        return;
    }
    QStringList scope;
    for (const QString &word : found->scope)
        scope.append(models::scopeText(word));
    const QString state = models::ArchivesModel::stateOf(*found);
    const QString verdict = found->verdict ? models::verdictText(*found->verdict) : tr("Not verified yet");
    m_sheet->setFacts(lookOfState(state).icon, storage::displayBytes(found->path.sliced(found->path.lastIndexOf('/') + 1)), verdict,
                      {{tr("Made"), models::formatTime(found->created)},
                       {tr("Size"), models::formatBytes(found->bytes)},
                       {tr("Kind"), found->kind},
                       {tr("Layout"), models::layoutTitle(found->layout)},
                       {tr("Scope"), scope.join(QStringLiteral(", "))},
                       {tr("Made of"), storage::displayBytes(found->source)},
                       {tr("Verified"), found->verifiedAt.isValid() ? models::formatTime(found->verifiedAt) : tr("never")},
                       {tr("Manifest"), found->manifest ? tr("yes") : tr("none: made by another tool")},
                       {tr("Pinned"), found->pinned ? tr("yes") : QString()},
                       {tr("Note"), found->note},
                       {tr("File"), storage::displayBytes(found->path)}});
    m_stack->setCurrentWidget(m_sheet);
}

void InformationPane::showRoot(const QByteArray &path)
{
    const models::RootState *root = m_workspace->root(path);
    if (!root)
        return;
    QList<QPair<QString, QString>> facts = {{tr("Path"), storage::displayBytes(path)}};
    if (root->directory) {
        for (const storage::DetectedLayout &layout : root->directory->layouts()) {
            facts.append({tr("Layout"), tr("%1, %2 of 100", "layout and how sure").arg(models::layoutTitle(layout.id)).arg(layout.score)});
            facts.append({tr("Evidence"), layout.evidence.join(u'\n')});
        }
    }
    for (const storage::ItemKind kind : root->kinds())
        facts.append({models::kindTitle(kind), models::formatNumber(root->count(kind))});
    facts.append({tr("Size"), root->bytes ? models::formatBytes(*root->bytes) : models::unknownText()});
    facts.append({tr("Files"), root->files ? models::formatNumber(*root->files) : models::unknownText()});
    facts.append({tr("Free space"), root->freeBytes ? models::formatBytes(*root->freeBytes) : models::unknownText()});
    facts.append({tr("Backup folder"), root->backupFolder.isEmpty() ? tr("none known") : storage::displayBytes(root->backupFolder)});
    const auto last = m_workspace->lastVerifiedBackup(path);
    facts.append({tr("Last verified backup"), last ? models::formatTime(last->created) : tr("none")});
    if (root->canUndo())
        facts.append({tr("Undo would put back"), models::formatTime(root->safetyCopies.first().created)});
    m_sheet->setFacts(QStringLiteral("data-directory"), root->title, root->error ? describe(*root->error).oneLine() : QString(), facts);
    m_stack->setCurrentWidget(m_sheet);
}

}  // namespace strongroom::views
