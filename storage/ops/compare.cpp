// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/compare.h"

#include "storage/archive/archivetree.h"
#include "storage/archive/hasher.h"
#include "storage/datadirectory.h"
#include "storage/ops/inspection.h"
#include "storage/ops/restoremap.h"
#include "storage/ops/survey.h"

#include <QMap>
#include <QSet>

#include <algorithm>
#include <fcntl.h>

namespace strongroom::storage {

namespace {

// Shared stores must be whole to be listed; vectors and images need not.
constexpr qint64 kKeepBytes = 64 << 20;
constexpr qint64 kKeepTotal = 256 << 20;
// Asking an item for its parts may read a whole store; beyond this many only presence is compared.
constexpr qsizetype kMaxDetailed = 2000;

struct Entry {
    FileType type = FileType::File;
    qint64 size = 0;
    std::optional<quint32> mode;      // absent: a folder that the archive does not announce
    QByteArray link;
    std::optional<Sha256> sha256;     // of archive members; live files are hashed when needed
    std::optional<Error> error;
};

struct Side {
    std::unique_ptr<Tree> tree;
    std::unique_ptr<DirTree> live;    // set when it is a directory; `tree` is an archive's names
    std::optional<ArchiveSurvey> survey;   // of an archive that lies as the other side does
    QMap<RelPath, Entry> entries;
    QMap<std::pair<int, QString>, Item> items;
    QList<DetectedLayout> layouts;
    [[nodiscard]] const Tree &asTree() const { return live ? static_cast<const Tree &>(*live) : *tree; }
};

Result<void> readDirectory(Side &side, Monitor &monitor)
{
    return side.live->walk({}, monitor, [&side](const RelPath &path, const TreeEntry &found, const Error *error) {
        Entry entry{found.stamp.type, found.stamp.isFile() ? found.stamp.size : 0, found.stamp.mode, found.linkTarget, {}, {}};
        if (error)
            entry.error = *error;
        side.entries.insert(path, entry);
        return true;
    });
}

FileType typeOf(MemberType type)
{
    switch (type) {
    case MemberType::Directory: return FileType::Directory;
    case MemberType::Symlink: return FileType::Symlink;
    case MemberType::Fifo: return FileType::Fifo;
    case MemberType::File:
    case MemberType::Hardlink: break;
    }
    return FileType::File;
}

void addMembers(Side &side, const QList<Member> &members, const RelPath &top)
{
    QHash<QByteArray, const Member *> byName;
    for (const Member &member : members) {
        byName.insert(member.path.bytes(), &member);
        if (!member.path.isWithin(top) || member.path == top)
            continue;
        const RelPath path = member.path.relativeTo(top);
        const Member *content = member.type == MemberType::Hardlink ? byName.value(member.link, &member) : &member;
        side.entries.insert(path, {typeOf(member.type), content->size, member.mode & 07777,
                                   member.type == MemberType::Symlink ? member.link : QByteArray(), content->sha256, {}});
        for (RelPath above = path.parent(); !above.isRoot() && !side.entries.contains(above); above = above.parent())
            side.entries.insert(above, {FileType::Directory, 0, {}, {}, {}, {}});
    }
}

Result<void> load(Side &side, const QByteArray &path, const QByteArray &otherName, const Limits &limits, Monitor &monitor)
{
    Result<std::unique_ptr<DirTree>> directory = DirTree::open(path);
    if (directory) {
        side.live = *std::move(directory);
        STRONGROOM_CHECK(readDirectory(side, monitor));
    } else if (directory.error().code != ErrorCode::NotADirectory) {
        return std::unexpected(std::move(directory).error());
    } else {
        STRONGROOM_TRY(const ArchiveFile archive, ArchiveFile::open(path));
        monitor.begin(Phase::Verifying, archive.size());
        STRONGROOM_TRY(const Judgement judgement, inspectArchive(archive, limits, monitor));
        if (!judgement.isUsable())
            return std::unexpected(judgement.refusal(path));
        const RelPath top = topFolderOf(judgement.members, otherName);
        addMembers(side, judgement.members, top);
        side.tree = treeOfMembers(judgement.members, top.bytes(), displayBytes(path));
        if (judgement.topFolder == top.bytes()) {
            SurveyRequest request;
            request.keepBytes = kKeepBytes;
            request.keepTotal = kKeepTotal;
            request.withItems = true;
            request.maxDetailed = kMaxDetailed;
            STRONGROOM_TRY(side.survey, surveyArchive(archive, limits, request, monitor));
        }
    }
    return {};
}

Result<void> listItems(Side &side, Monitor &monitor)
{
    const auto add = [&side](const Item &item) { side.items.insert({int(item.kind), item.id}, item); };
    if (side.survey) {
        if (side.survey->unlisted)
            return std::unexpected(*side.survey->unlisted);
        std::for_each(side.survey->items.cbegin(), side.survey->items.cend(), add);
        return {};
    }
    STRONGROOM_TRY(side.layouts, detectLayouts(side.asTree(), monitor));
    ChunkBuilder builder([&add](const ChunkPtr &chunk) {
        for (int row = 0; row < chunk->size(); ++row)
            add(chunk->item(row));
    });
    STRONGROOM_CHECK(scanTree(side.asTree(), side.layouts, builder, [](const Finding &) {}, monitor));
    builder.flush();
    return {};
}

/// Nothing when they cannot be told.
QList<Part> partsOf(const Side &side, const ItemId &id, Monitor &monitor)
{
    if (side.survey)
        return side.survey->parts.value(id);
    auto details = treeDetails(side.asTree(), side.layouts, id, monitor);
    return details ? std::move(details->parts) : QList<Part>();
}

Result<Sha256> hashOf(const Side &side, const RelPath &path, const Entry &entry, Monitor &monitor)
{
    if (entry.sha256)
        return *entry.sha256;
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, side.asTree().open(path));
    Sha256Hasher hasher;
    QByteArray buffer(256 * 1024, Qt::Uninitialized);
    for (;;) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const qint64 n, file->read(buffer.data(), buffer.size()));
        if (n == 0)
            return hasher.finish();
        hasher.add(QByteArrayView(buffer).first(n));
        monitor.addBytes(n);
    }
}

Result<QStringList> differencesOf(const Side &a, const Side &b, const RelPath &path, Monitor &monitor)
{
    const Entry &x = *a.entries.constFind(path);
    const Entry &y = *b.entries.constFind(path);
    if (x.error || y.error)
        return QStringList{QStringLiteral("unreadable")};
    if (x.type != y.type)
        return QStringList{QStringLiteral("type")};
    QStringList details;
    if (x.type == FileType::Symlink)
        return x.link == y.link ? QStringList() : QStringList{QStringLiteral("link target")};
    if (x.type == FileType::File) {
        if (x.size != y.size) {
            details.append(QStringLiteral("size"));
        } else {
            const auto hashX = hashOf(a, path, x, monitor);
            const auto hashY = hashOf(b, path, y, monitor);
            for (const auto *hash : {&hashX, &hashY}) {
                if (!*hash && hash->error().code == ErrorCode::Cancelled)
                    return std::unexpected(hash->error());
            }
            if (!hashX || !hashY)
                details.append(QStringLiteral("unreadable"));
            else if (*hashX != *hashY)
                details.append(QStringLiteral("content"));
        }
    }
    if (x.mode && y.mode && *x.mode != *y.mode)
        details.append(QStringLiteral("mode"));
    return details;
}

Difference pathDifference(const RelPath &path, const Entry &entry, const QString &detail)
{
    return {fileTypeWord(entry.type), {}, path.bytes(), detail};
}

Result<void> comparePaths(const Side &a, const Side &b, Comparison &out, Monitor &monitor)
{
    for (auto it = a.entries.cbegin(); it != a.entries.cend(); ++it) {
        if (!b.entries.contains(it.key())) {
            out.removed.append(pathDifference(it.key(), *it, {}));
            continue;
        }
        STRONGROOM_TRY(const QStringList details, differencesOf(a, b, it.key(), monitor));
        if (!details.isEmpty())
            out.changed.append(pathDifference(it.key(), *b.entries.constFind(it.key()), details.join(QStringLiteral(", "))));
    }
    for (auto it = b.entries.cbegin(); it != b.entries.cend(); ++it) {
        if (!a.entries.contains(it.key()))
            out.added.append(pathDifference(it.key(), *it, {}));
    }
    return {};
}

Difference itemDifference(const Item &item, const QString &detail)
{
    return {kindWord(item.kind), item.id, {}, detail};
}

// What of an item differs: a file of its own, or its record in a file that it shares.
QString itemChange(const Side &a, const Side &b, const Item &x, const Item &y, const QSet<RelPath> &differing, Monitor &monitor)
{
    bool shared = false;
    for (const auto &[side, item] : {std::pair(&a, &x), std::pair(&b, &y)}) {
        const QList<Part> parts = partsOf(*side, item->itemId(), monitor);
        for (const Part &part : parts) {
            const bool differs = differing.contains(part.path);
            if (differs && !part.shared && part.record.isEmpty())
                return QStringLiteral("content");
            shared = shared || differs;
        }
    }
    return shared && x.state == y.state && x.toJson() != y.toJson() ? QStringLiteral("record") : QString();
}

// A folder that is a part stands for everything below it.
QSet<RelPath> withFoldersAbove(const Comparison &comparison)
{
    QSet<RelPath> paths;
    for (const QList<Difference> *list : {&comparison.added, &comparison.removed, &comparison.changed}) {
        for (const Difference &difference : *list) {
            for (RelPath path = *RelPath::parse(difference.path); !path.isRoot() && !paths.contains(path); path = path.parent())
                paths.insert(path);
        }
    }
    return paths;
}

void compareItems(const Side &a, const Side &b, Comparison &out, Monitor &monitor)
{
    Comparison items;
    const QSet<RelPath> differing = withFoldersAbove(out);
    const bool detailed = a.items.size() <= kMaxDetailed && b.items.size() <= kMaxDetailed && !differing.isEmpty();
    for (auto it = a.items.cbegin(); it != a.items.cend(); ++it) {
        const auto other = b.items.constFind(it.key());
        if (other == b.items.cend()) {
            items.removed.append(itemDifference(*it, {}));
        } else if (detailed) {
            if (const QString change = itemChange(a, b, *it, *other, differing, monitor); !change.isEmpty())
                items.changed.append(itemDifference(*other, change));
        }
    }
    for (auto it = b.items.cbegin(); it != b.items.cend(); ++it) {
        if (!a.items.contains(it.key()))
            items.added.append(itemDifference(*it, {}));
    }
    out.added = items.added + out.added;
    out.removed = items.removed + out.removed;
    out.changed = items.changed + out.changed;
}

}  // namespace

Result<Comparison> compareData(const QByteArray &a, const QByteArray &b, const Limits &limits, Monitor &monitor)
{
    const auto nameOf = [](const QByteArray &path) { return absolutePath(path).mid(absolutePath(path).lastIndexOf('/') + 1); };
    Side sideA;
    Side sideB;
    STRONGROOM_CHECK(load(sideA, a, nameOf(b), limits, monitor));
    STRONGROOM_CHECK(load(sideB, b, nameOf(a), limits, monitor));
    Comparison comparison;
    monitor.begin(Phase::Reading);
    STRONGROOM_CHECK(comparePaths(sideA, sideB, comparison, monitor));
    // Items are a courtesy on top: a tree that cannot be listed still has its paths compared.
    if (listItems(sideA, monitor) && listItems(sideB, monitor))
        compareItems(sideA, sideB, comparison, monitor);
    if (monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    return comparison;
}

}  // namespace strongroom::storage
