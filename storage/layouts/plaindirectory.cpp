// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any folder at all. Knows nothing of its content, so it claims nothing: each folder at the top is a
// volume without a class, and the whole can be backed up and restored like anything else.

#include "storage/layouts/layout.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

struct Measured {
    qint64 bytes = 0;
    qint64 files = 0;
    qint64 unreadable = 0;
    RelPath firstUnreadable;
    qint64 newestNs = 0;
};

Result<Measured> measure(const Tree &tree, const RelPath &folder, const FileStamp &stamp, Monitor &monitor, ChunkBuilder *waiting = nullptr)
{
    Measured m;
    qint64 seen = 0;
    m.newestNs = stamp.mtimeNs;
    monitor.setCurrent(folder.bytes());
    const auto walked = tree.walk(folder, monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *error) {
        // Items found before stay invisible until they are handed out, and this walk may take minutes.
        if (waiting && (++seen & 0xff) == 0)
            waiting->flushOld();
        if (error) {
            if (m.unreadable++ == 0)
                m.firstUnreadable = path;
            return true;
        }
        m.newestNs = std::max(m.newestNs, entry.stamp.mtimeNs);
        if (entry.stamp.isFile()) {
            m.bytes += entry.stamp.size;
            ++m.files;
            monitor.addBytes(entry.stamp.size);
        }
        return true;
    });
    if (!walked) {
        if (walked.error().code == ErrorCode::Cancelled)
            return std::unexpected(walked.error());
        m.unreadable = 1;   // the folder itself is closed to us: still an item
        m.firstUnreadable = folder;
    }
    return m;
}

Item itemOf(const TreeEntry &folder, const Measured &measured)
{
    Item item;
    item.kind = ItemKind::Volume;
    item.id = displayBytes(folder.name);
    item.title = item.id;
    item.path = item.id;
    item.bytes = measured.bytes;
    if (measured.unreadable == 0)
        item.files = measured.files;
    item.modified = QDateTime::fromMSecsSinceEpoch(measured.newestNs / 1'000'000, Qt::UTC);
    return item;
}

Finding unreadable(const TreeEntry &folder, const Measured &measured)
{
    Finding f;
    f.severity = Severity::Warning;
    f.code = QStringLiteral("unreadable");
    f.item = ItemId{ItemKind::Volume, displayBytes(folder.name)};
    f.path = measured.firstUnreadable;
    f.message = QStringLiteral("%1 entries of %2 cannot be read; its size is not complete.")
                    .arg(measured.unreadable).arg(displayBytes(folder.name));
    return f;
}

class PlainDirectory final : public Layout {
public:
    const LayoutIdentity &identity() const override
    {
        static const LayoutIdentity identity = {
            .id = QStringLiteral("plain-directory"),
            .title = QStringLiteral("Plain folder"),
            .kinds = {ItemKind::Volume},
            .candidateRoots = {},
            .captures = {},
            .pairs = {},
            .secretFiles = {},
        };
        return identity;
    }

    ProbeResult probe(const Tree &root) const override
    {
        ProbeResult result;
        const auto top = root.list({});
        if (!top)
            return result;
        const auto folders = std::count_if(top->begin(), top->end(), [](const TreeEntry &e) { return e.stamp.isDirectory(); });
        result.score = 10;
        result.evidence.append(QStringLiteral("no known layout; %1 folders and %2 other entries at the top")
                                   .arg(folders).arg(top->size() - folders));
        return result;
    }

    Result<void> scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const override
    {
        STRONGROOM_TRY(const QList<TreeEntry> top, root.list({}));
        for (const TreeEntry &entry : top) {
            if (monitor.stopRequested())
                return fail(ErrorCode::Cancelled);
            if (!entry.stamp.isDirectory())
                continue;
            STRONGROOM_TRY(const Measured measured, measure(root, RelPath().childUnchecked(entry.name), entry.stamp, monitor, &items));
            items.add(itemOf(entry, measured));
            monitor.addItems();
            if (measured.unreadable > 0)
                findings(unreadable(entry, measured));
        }
        return {};
    }

    Result<ItemDetails> parts(const Tree &root, const ItemId &id, Monitor &monitor) const override
    {
        STRONGROOM_TRY(const QList<TreeEntry> top, root.list({}));
        const auto found = std::find_if(top.begin(), top.end(), [&id](const TreeEntry &e) {
            return e.stamp.isDirectory() && displayBytes(e.name) == id.id;
        });
        if (id.kind != ItemKind::Volume || found == top.end())
            return fail(ErrorCode::ItemUnknown, root.displayName().toUtf8(), {id.id});
        const RelPath folder = RelPath().childUnchecked(found->name);
        STRONGROOM_TRY(const Measured measured, measure(root, folder, found->stamp, monitor));
        ItemDetails details;
        details.item = itemOf(*found, measured);
        details.parts.append({folder, {}, measured.bytes, details.item.modified, false});
        if (measured.unreadable > 0)
            details.facts.append({QStringLiteral("unreadable entries"), QString::number(measured.unreadable)});
        qint64 loose = 0;
        qint64 looseBytes = 0;
        for (const TreeEntry &entry : top) {
            if (!entry.stamp.isDirectory()) {
                ++loose;
                looseBytes += entry.stamp.isFile() ? entry.stamp.size : 0;
            }
        }
        details.facts.append({QStringLiteral("files beside it"), QStringLiteral("%1 (%2 bytes)").arg(loose).arg(looseBytes)});
        return details;
    }

    Result<void> check(const Tree &root, const FindingSink &findings, Monitor &monitor) const override
    {
        STRONGROOM_TRY(const QList<TreeEntry> top, root.list({}));
        for (const TreeEntry &entry : top) {
            if (monitor.stopRequested())
                return fail(ErrorCode::Cancelled);
            if (!entry.stamp.isDirectory())
                continue;
            STRONGROOM_TRY(const Measured measured, measure(root, RelPath().childUnchecked(entry.name), entry.stamp, monitor));
            if (measured.unreadable > 0)
                findings(unreadable(entry, measured));
        }
        return {};
    }
};

}  // namespace

const Layout *plainDirectoryLayout()
{
    static const PlainDirectory layout;
    return &layout;
}

}  // namespace strongroom::storage
