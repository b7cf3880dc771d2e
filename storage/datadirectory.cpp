// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/datadirectory.h"

#include "storage/layouts/registry.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

/// A tie closer than this is the operator's to break.
constexpr int kTieMargin = 10;

void addDetected(QList<DetectedLayout> &found, const Layout *layout, const Tree &tree, const RelPath &root)
{
    const ProbeResult result = layout->probe(tree);
    if (result.score <= 0)
        return;
    const LayoutIdentity &identity = layout->identity();
    found.append({layout, identity.id, result.variant, identity.title, result.score, result.evidence, root});
}

/// Places one layout was looked for. Two ways to the same folder (a bind mount, a candidate named twice) are
/// one place: its items must not be listed twice.
class Places {
public:
    [[nodiscard]] bool isNew(const Tree &tree, const RelPath &root)
    {
        const auto stamp = tree.stamp(root);
        if (!stamp || !stamp->isDirectory() || m_roots.contains(root))
            return false;
        m_roots.append(root);
        if (stamp->inode == 0)   // inside an archive nothing but the name tells
            return true;
        const std::pair place(stamp->device, stamp->inode);
        if (m_inodes.contains(place))
            return false;
        m_inodes.append(place);
        return true;
    }

private:
    QList<RelPath> m_roots;
    QList<std::pair<quint64, quint64>> m_inodes;
};

void probeAt(QList<DetectedLayout> &found, const Layout *layout, const Tree &tree, const RelPath &root)
{
    if (root.isRoot())
        addDetected(found, layout, tree, root);
    else
        addDetected(found, layout, SubTree(tree, root), root);
}

Finding below(const RelPath &root, Finding finding)
{
    finding.path = root.joined(finding.path);
    return finding;
}

}  // namespace

Result<QList<DetectedLayout>> detectLayouts(const Tree &tree, Monitor &monitor)
{
    STRONGROOM_TRY(const QList<TreeEntry> top, tree.list({}));
    Q_UNUSED(top);
    QList<DetectedLayout> found;
    const Layout *fallback = layoutById(u"plain-directory");
    for (const Layout *layout : allLayouts()) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        if (layout == fallback)
            continue;
        Places places;
        QList<RelPath> roots = {RelPath()};
        for (const QString &candidate : layout->identity().candidateRoots)
            roots.append(RelPath::literal(candidate.toUtf8()));
        // Applications are deployed in each other's ways; only a layout that names no place finds its own.
        if (roots.size() > 1)
            roots << RelPath::literal("data") << RelPath::literal("server/data");
        for (const RelPath &root : std::as_const(roots)) {
            if (places.isNew(tree, root))
                probeAt(found, layout, tree, root);
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const DetectedLayout &a, const DetectedLayout &b) {
        return a.score > b.score;
    });
    if (found.isEmpty() && fallback)
        probeAt(found, fallback, tree, {});
    if (found.isEmpty()) {
        // Every directory is at least a plain one: its top could be listed a moment ago and cannot any more.
        const auto again = tree.list({});
        return again ? fail(ErrorCode::Changed, tree.displayName().toUtf8()) : std::unexpected(again.error());
    }
    return found;
}

bool isAmbiguous(const QList<DetectedLayout> &layouts)
{
    if (layouts.isEmpty())
        return true;
    const DetectedLayout &best = layouts.first();
    if (best.id != u"plain-directory" && best.score < kSureScore)
        return true;
    for (const DetectedLayout &other : layouts.sliced(1)) {
        if (other.root == best.root && best.score - other.score < kTieMargin)
            return true;
    }
    return false;
}

Result<std::shared_ptr<const DataDirectory>> DataDirectory::open(const QByteArray &path, Monitor &monitor, int readers)
{
    auto directory = std::make_shared<DataDirectory>();
    STRONGROOM_TRY(directory->m_tree, DirTree::open(path));
    directory->m_tree->setReaders(readers);
    STRONGROOM_TRY(directory->m_layouts, naming(detectLayouts(*directory->m_tree, monitor), path));
    return std::shared_ptr<const DataDirectory>(std::move(directory));
}

QString DataDirectory::title() const
{
    const QByteArray name = m_tree->name();
    return name.isEmpty() ? displayBytes(m_tree->path()) : displayBytes(name);
}

QList<ItemKind> DataDirectory::kinds() const
{
    QList<ItemKind> kinds;
    for (const DetectedLayout &detected : m_layouts) {
        for (const ItemKind kind : detected.layout->identity().kinds) {
            if (!kinds.contains(kind))
                kinds.append(kind);
        }
    }
    return kinds;
}

Result<void> DataDirectory::scan(ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const
{
    return scanTree(*m_tree, m_layouts, items, findings, monitor);
}

Result<QMap<ItemKind, qint64>> DataDirectory::count(Monitor &monitor) const
{
    monitor.begin(Phase::Scanning);
    QMap<ItemKind, qint64> all;
    for (const ItemKind kind : kinds())
        all.insert(kind, 0);
    for (const DetectedLayout &detected : m_layouts) {
        STRONGROOM_TRY(const auto counts, detected.layout->count(SubTree(*m_tree, detected.root), monitor));
        for (auto it = counts.cbegin(); it != counts.cend(); ++it)
            all[it.key()] += it.value();
    }
    return all;
}

Result<ItemDetails> DataDirectory::details(const ItemId &id, Monitor &monitor) const
{
    return treeDetails(*m_tree, m_layouts, id, monitor);
}

Result<void> scanTree(const Tree &tree, const QList<DetectedLayout> &layouts, ChunkBuilder &items,
                      const FindingSink &findings, Monitor &monitor)
{
    monitor.begin(Phase::Scanning);
    for (const DetectedLayout &detected : layouts) {
        const SubTree root(tree, detected.root);
        const FindingSink rebased = [&](Finding finding) { findings(below(detected.root, std::move(finding))); };
        STRONGROOM_CHECK(detected.layout->scan(root, items, rebased, monitor));
    }
    items.flush();
    return {};
}

Result<ItemDetails> treeDetails(const Tree &tree, const QList<DetectedLayout> &layouts, const ItemId &id, Monitor &monitor)
{
    for (const DetectedLayout &detected : layouts) {
        const SubTree root(tree, detected.root);
        Result<ItemDetails> details = detected.layout->parts(root, id, monitor);
        if (!details) {
            if (details.error().code == ErrorCode::ItemUnknown)
                continue;
            return details;
        }
        for (Part &part : details->parts)
            part.path = detected.root.joined(part.path);
        return details;
    }
    return fail(ErrorCode::ItemUnknown, tree.displayName().toUtf8(), {id.id});
}

}  // namespace strongroom::storage
