// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/navigationmodel.h"

#include "models/words.h"
#include "models/workspace.h"

#include <algorithm>

namespace strongroom::models {

struct NavigationModel::Entry {
    Node node = Node::Overview;
    QByteArray root;
    storage::ItemKind kind = storage::ItemKind::Session;
    Entry *parent = nullptr;
    std::vector<std::unique_ptr<Entry>> children;

    [[nodiscard]] QString id() const
    {
        const QString base = QStringLiteral("root:") + QString::fromLatin1(root.toPercentEncoding("/"));
        switch (node) {
        case Node::Overview: return QStringLiteral("overview");
        case Node::Backups: return QStringLiteral("backups");
        case Node::Root: return base;
        case Node::Items: return base + u'/' + kindPluralWord(kind);
        case Node::Findings: return base + QStringLiteral("/findings");
        }
        return {};
    }
    [[nodiscard]] QString word() const
    {
        switch (node) {
        case Node::Overview: return QStringLiteral("overview");
        case Node::Backups: return QStringLiteral("backups");
        case Node::Root: return QStringLiteral("root");
        case Node::Items: return kindPluralWord(kind);
        case Node::Findings: return QStringLiteral("findings");
        }
        return {};
    }
    void append(Node childNode, storage::ItemKind childKind)
    {
        auto child = std::make_unique<Entry>();
        child->node = childNode;
        child->root = root;
        child->kind = childKind;
        child->parent = this;
        children.push_back(std::move(child));
    }
};

namespace {

QString rootState(const RootState &root)
{
    switch (root.phase) {
    case RootPhase::Opening: return QStringLiteral("opening");
    case RootPhase::Scanning: return QStringLiteral("scanning");
    case RootPhase::Failed: return QStringLiteral("failed");
    case RootPhase::Ready: break;
    }
    if (root.rescanning)
        return QStringLiteral("scanning");
    return root.ambiguous() ? QStringLiteral("ambiguous") : QStringLiteral("ready");
}

}  // namespace

NavigationModel::NavigationModel(Workspace *workspace, QObject *parent) : QAbstractItemModel(parent), m_workspace(workspace)
{
    m_top.push_back(std::make_unique<Entry>());
    m_top.push_back(std::make_unique<Entry>());
    m_top.back()->node = Node::Backups;
    for (const QByteArray &root : workspace->roots()) {
        addRoot(root);
        updateChildren(root);
    }
    connect(workspace, &Workspace::rootAdded, this, &NavigationModel::addRoot);
    connect(workspace, &Workspace::directoryClosed, this, &NavigationModel::removeRoot);
    connect(workspace, &Workspace::directoryOpened, this, &NavigationModel::updateChildren);
    connect(workspace, &Workspace::rootChanged, this, &NavigationModel::touch);
    connect(workspace, &Workspace::findingsChanged, this, &NavigationModel::touch);
    connect(workspace, &Workspace::catalogReplaced, this, &NavigationModel::touch);
    connect(workspace, &Workspace::scanStarted, this, &NavigationModel::touch);
    connect(workspace, &Workspace::archivesChanged, this, &NavigationModel::touchBackups);
}

NavigationModel::~NavigationModel() = default;

void NavigationModel::addRoot(const QByteArray &root)
{
    const int row = int(m_top.size()) - 1;   // before Backups
    auto entry = std::make_unique<Entry>();
    entry->node = Node::Root;
    entry->root = root;
    beginInsertRows({}, row, row);
    m_top.insert(m_top.begin() + row, std::move(entry));
    endInsertRows();
}

void NavigationModel::removeRoot(const QByteArray &root)
{
    Entry *entry = rootEntry(root);
    if (!entry)
        return;
    const int row = indexOf(entry).row();
    beginRemoveRows({}, row, row);
    m_top.erase(m_top.begin() + row);
    endRemoveRows();
}

/// One child per kind and one for findings. Nothing moves while the layouts stay the same.
void NavigationModel::updateChildren(const QByteArray &root)
{
    Entry *entry = rootEntry(root);
    const RootState *state = m_workspace->root(root);
    if (!entry || !state)
        return;
    const QList<storage::ItemKind> wanted = state->kinds();
    QList<storage::ItemKind> have;
    for (const auto &child : entry->children) {
        if (child->node == Node::Items)
            have.append(child->kind);
    }
    const QModelIndex at = indexOf(entry);
    const bool recognised = state->directory != nullptr;
    if (have != wanted || entry->children.empty() == recognised) {
        if (!entry->children.empty()) {
            beginRemoveRows(at, 0, int(entry->children.size()) - 1);
            entry->children.clear();
            endRemoveRows();
        }
        if (recognised) {
            beginInsertRows(at, 0, int(wanted.size()));
            for (const storage::ItemKind kind : wanted)
                entry->append(Node::Items, kind);
            entry->append(Node::Findings, {});
            endInsertRows();
        }
    }
    touch(root);
}

void NavigationModel::touch(const QByteArray &root)
{
    Entry *entry = rootEntry(root);
    if (!entry)
        return;
    const QModelIndex at = indexOf(entry);
    Q_EMIT dataChanged(at, at);
    if (!entry->children.empty())
        Q_EMIT dataChanged(index(0, 0, at), index(int(entry->children.size()) - 1, 0, at));
}

void NavigationModel::touchBackups()
{
    const QModelIndex at = indexOf(m_top.back().get());
    Q_EMIT dataChanged(at, at);
}

NavigationModel::Entry *NavigationModel::entryOf(const QModelIndex &index) const
{
    return static_cast<Entry *>(index.internalPointer());
}

NavigationModel::Entry *NavigationModel::rootEntry(const QByteArray &root) const
{
    for (const auto &entry : m_top) {
        if (entry->node == Node::Root && entry->root == root)
            return entry.get();
    }
    return nullptr;
}

QModelIndex NavigationModel::indexOf(const Entry *entry) const
{
    const auto &siblings = entry->parent ? entry->parent->children : m_top;
    const auto at = std::find_if(siblings.begin(), siblings.end(), [&](const auto &e) { return e.get() == entry; });
    return createIndex(int(at - siblings.begin()), 0, entry);
}

QModelIndex NavigationModel::indexOf(const QString &id) const
{
    for (const auto &entry : m_top) {
        if (entry->id() == id)
            return indexOf(entry.get());
        for (const auto &child : entry->children) {
            if (child->id() == id)
                return indexOf(child.get());
        }
    }
    return {};
}

QModelIndex NavigationModel::rootIndex(const QByteArray &root) const
{
    const Entry *entry = rootEntry(root);
    return entry ? indexOf(entry) : QModelIndex();
}

QModelIndex NavigationModel::itemsIndex(const QByteArray &root, storage::ItemKind kind) const
{
    if (const Entry *entry = rootEntry(root)) {
        for (const auto &child : entry->children) {
            if (child->node == Node::Items && child->kind == kind)
                return indexOf(child.get());
        }
    }
    return {};
}

NavigationModel::Node NavigationModel::nodeAt(const QModelIndex &index) const
{
    return entryOf(index)->node;
}

QByteArray NavigationModel::rootAt(const QModelIndex &index) const
{
    return entryOf(index)->root;
}

storage::ItemKind NavigationModel::kindAt(const QModelIndex &index) const
{
    return entryOf(index)->kind;
}

QModelIndex NavigationModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    const auto &siblings = parent.isValid() ? entryOf(parent)->children : m_top;
    return createIndex(row, column, siblings[size_t(row)].get());
}

QModelIndex NavigationModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || !entryOf(index)->parent)
        return {};
    return indexOf(entryOf(index)->parent);
}

int NavigationModel::rowCount(const QModelIndex &parent) const
{
    return int(parent.isValid() ? entryOf(parent)->children.size() : m_top.size());
}

int NavigationModel::columnCount(const QModelIndex &parent) const
{
    Q_UNUSED(parent);
    return 1;
}

QVariant NavigationModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Entry &entry = *entryOf(index);
    const RootState *root = entry.root.isEmpty() ? nullptr : m_workspace->root(entry.root);
    switch (role) {
    case Qt::DisplayRole:
        switch (entry.node) {
        case Node::Overview: return tr("Overview");
        case Node::Backups: return tr("Backups");
        case Node::Root: return root ? root->title : QString();
        case Node::Items: return kindTitle(entry.kind);
        case Node::Findings: return tr("Integrity");
        }
        return {};
    case Qt::ToolTipRole:
        if (entry.node != Node::Root || !root)
            return {};
        return root->error ? describe(*root->error).oneLine() : storage::displayBytes(root->path);
    case IdRole: return entry.id();
    case KindRole: return entry.word();
    case PathRole: return entry.root;
    case CountRole:
        if (entry.node == Node::Backups)
            return m_workspace->archiveCount();
        if (root && entry.node == Node::Items)
            return root->count(entry.kind);
        if (root && entry.node == Node::Findings && root->scannedAt.isValid())
            return root->problems > 0 ? QVariant(root->problems) : QVariant();
        return {};
    case StateRole: return entry.node == Node::Root && root ? rootState(*root) : QVariant();
    default: return {};
    }
}

}  // namespace strongroom::models
