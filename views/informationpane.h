// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Details of what is selected: an item (summary, relations, parts with a look inside, masked record), a backup or a data
// directory. Shows; asks the workspace for what it does not have.

#include "views/page.h"

#include <QWidget>

class QLabel;
class QTableView;
class QTabWidget;
class QTreeView;
class QStackedLayout;

namespace strongroom::models {
class FactsModel;
class MetadataModel;
class PartsModel;
class Workspace;
}

namespace strongroom::views {

class EmptyState;
class FactSheet;
class PreviewPane;

/// Thread: GUI.
class InformationPane : public QWidget {
    Q_OBJECT

public:
    explicit InformationPane(models::Workspace *workspace, QWidget *parent = nullptr);
    /// Follows the operator: item before backup before data directory.
    void show(const Context &context);
    /// Absolute path of the part with the cursor; empty = none.
    [[nodiscard]] QByteArray selectedPartPath() const;

Q_SIGNALS:
    void itemRequested(const QByteArray &root, const strongroom::storage::ItemId &item);

private:
    void build();
    void showItem(const QByteArray &root, const storage::ItemId &item);
    void takeDetails(quint64 id, const QByteArray &root, const storage::ItemDetails &details);
    void showArchive(const QByteArray &archive);
    void showRoot(const QByteArray &root);
    void previewCurrentPart();

    models::Workspace *m_workspace;
    models::FactsModel *m_facts;
    models::PartsModel *m_parts;
    models::MetadataModel *m_metadata;
    QStackedLayout *m_stack;
    EmptyState *m_empty;
    QWidget *m_item;
    QLabel *m_title;
    QLabel *m_subtitle;
    QTabWidget *m_tabs;
    QTreeView *m_factsView;
    QTableView *m_partsView;
    QTreeView *m_metadataView;
    PreviewPane *m_preview;
    FactSheet *m_sheet;

    QByteArray m_root;
    std::optional<storage::ItemId> m_shown;
    QByteArray m_archive;
    quint64 m_request = 0;
};

}  // namespace strongroom::views
