// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/tree.h"

#include <vector>

namespace strongroom::storage {

Result<void> Tree::walk(const RelPath &dir, Monitor &monitor, const Visit &visit) const
{
    std::vector<std::pair<RelPath, TreeEntry>> pending;
    const auto push = [&pending](const RelPath &parent, QList<TreeEntry> entries) {
        for (auto it = entries.rbegin(); it != entries.rend(); ++it)
            pending.emplace_back(parent.childUnchecked(it->name), std::move(*it));
    };
    STRONGROOM_TRY(QList<TreeEntry> first, list(dir));
    push(dir, std::move(first));
    while (!pending.empty()) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        const auto [path, entry] = std::move(pending.back());
        pending.pop_back();
        const bool enter = visit(path, entry, nullptr);
        if (!entry.stamp.isDirectory() || !enter)
            continue;
        if (Result<QList<TreeEntry>> below = list(path))
            push(path, *std::move(below));
        else
            visit(path, entry, &below.error());
    }
    return {};
}

Result<QList<QByteArray>> Tree::names(const RelPath &dir) const
{
    STRONGROOM_TRY(const QList<TreeEntry> entries, list(dir));
    QList<QByteArray> names;
    names.reserve(entries.size());
    for (const TreeEntry &entry : entries)
        names.append(entry.name);
    return names;
}

bool Tree::hasFile(const RelPath &path) const
{
    const auto s = stamp(path);
    return s && s->isFile();
}

bool Tree::hasDirectory(const RelPath &path) const
{
    const auto s = stamp(path);
    return s && s->isDirectory();
}

Result<QByteArray> Tree::readAll(const RelPath &path, qint64 maxBytes) const
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, open(path));
    if (file->stamp().size > maxBytes)
        return fail(ErrorCode::LimitExceeded, path.bytes());
    QByteArray data;
    data.reserve(file->stamp().size + 1);
    for (;;) {
        const qint64 room = std::min<qint64>(maxBytes + 1 - data.size(), std::max<qint64>(file->stamp().size + 1 - data.size(), 64 * 1024));
        if (room <= 0)
            return fail(ErrorCode::LimitExceeded, path.bytes());
        const qsizetype old = data.size();
        data.resize(old + room);
        STRONGROOM_TRY(const qint64 n, file->read(data.data() + old, room));
        data.resize(old + n);
        if (n == 0)
            return data;
    }
}

Result<QByteArray> Tree::readHead(const RelPath &path, qint64 bytes) const
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, open(path));
    QByteArray data(bytes, Qt::Uninitialized);
    qint64 done = 0;
    while (done < bytes) {
        STRONGROOM_TRY(const qint64 n, file->read(data.data() + done, bytes - done));
        if (n == 0)
            break;
        done += n;
    }
    data.resize(done);
    return data;
}

QString SubTree::displayName() const
{
    return m_prefix.isRoot() ? m_base.displayName() : m_base.displayName() + u'/' + m_prefix.display();
}

QByteArray SubTree::name() const
{
    return m_prefix.isRoot() ? m_base.name() : m_prefix.name();
}

Result<FileStamp> SubTree::stamp(const RelPath &path) const
{
    return m_base.stamp(m_prefix.joined(path));
}

Result<QList<TreeEntry>> SubTree::list(const RelPath &dir) const
{
    return m_base.list(m_prefix.joined(dir));
}

Result<std::unique_ptr<TreeFile>> SubTree::open(const RelPath &path) const
{
    return m_base.open(m_prefix.joined(path));
}

Result<void> SubTree::walk(const RelPath &dir, Monitor &monitor, const Visit &visit) const
{
    return m_base.walk(m_prefix.joined(dir), monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *error) {
        return visit(path.relativeTo(m_prefix), entry, error);
    });
}

}  // namespace strongroom::storage
