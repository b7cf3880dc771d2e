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

void probeAt(QList<DetectedLayout> &found, const Layout *layout, const Tree &tree, const RelPath &root)
{
    if (root.isRoot())
        addDetected(found, layout, tree, root);
    else if (tree.hasDirectory(root))
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
        probeAt(found, layout, tree, {});
        for (const QString &candidate : layout->identity().candidateRoots)
            probeAt(found, layout, tree, RelPath::literal(candidate.toUtf8()));
    }
    std::stable_sort(found.begin(), found.end(), [](const DetectedLayout &a, const DetectedLayout &b) {
        return a.score > b.score;
    });
    if (found.isEmpty() && fallback)
        probeAt(found, fallback, tree, {});
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

Result<std::shared_ptr<const DataDirectory>> DataDirectory::open(const QByteArray &path, Monitor &monitor)
{
    auto directory = std::make_shared<DataDirectory>();
    STRONGROOM_TRY(directory->m_tree, DirTree::open(path));
    STRONGROOM_TRY(directory->m_layouts, detectLayouts(*directory->m_tree, monitor));
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
