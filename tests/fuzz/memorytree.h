// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A tree of a few files in memory, for readers that want a Tree. Files come in pieces, and may claim a size
// that they do not have.

#include "storage/tree.h"

#include <QByteArray>
#include <QMap>

#include <algorithm>
#include <cstring>

namespace strongroom::fuzz {

class MemoryFile final : public storage::TreeFile {
public:
    MemoryFile(QByteArray bytes, qint64 claimed, qint64 piece) : m_bytes(std::move(bytes)), m_piece(piece)
    {
        m_stamp.type = storage::FileType::File;
        m_stamp.size = claimed < 0 ? m_bytes.size() : claimed;
    }
    storage::Result<qint64> read(char *data, qint64 size) override
    {
        const qint64 n = std::min({size, m_piece, m_bytes.size() - m_at});
        memcpy(data, m_bytes.constData() + m_at, size_t(n));
        m_at += n;
        return n;
    }
    const storage::FileStamp &stamp() const override { return m_stamp; }

private:
    QByteArray m_bytes;
    storage::FileStamp m_stamp;
    qint64 m_piece;
    qint64 m_at = 0;
};

class MemoryTree final : public storage::Tree {
public:
    /// \param piece    most bytes that one read gives.
    /// \param claimed  the size that every file says it has; -1 = the truth.
    explicit MemoryTree(QMap<QByteArray, QByteArray> files, qint64 piece = 1 << 20, qint64 claimed = -1)
        : m_files(std::move(files)), m_piece(piece), m_claimed(claimed)
    {
    }
    QString displayName() const override { return QStringLiteral("memory"); }
    QByteArray name() const override { return "memory"; }
    storage::Result<storage::FileStamp> stamp(const storage::RelPath &path) const override
    {
        storage::FileStamp stamp;
        if (isFolder(path)) {
            stamp.type = storage::FileType::Directory;
            return stamp;
        }
        if (!m_files.contains(path.bytes()))
            return storage::fail(storage::ErrorCode::NotFound, path.bytes());
        return MemoryFile(m_files.value(path.bytes()), m_claimed, m_piece).stamp();
    }
    storage::Result<QList<storage::TreeEntry>> list(const storage::RelPath &dir) const override
    {
        QMap<QByteArray, storage::TreeEntry> entries;
        for (auto it = m_files.cbegin(); it != m_files.cend(); ++it) {
            const storage::RelPath path = storage::RelPath::literal(it.key());
            if (!path.isWithin(dir))
                continue;
            storage::TreeEntry entry;
            entry.name = path.relativeTo(dir).components().first();
            entry.stamp = *stamp(dir.childUnchecked(entry.name));
            entries.insert(entry.name, entry);
        }
        return entries.values();
    }
    storage::Result<std::unique_ptr<storage::TreeFile>> open(const storage::RelPath &path) const override
    {
        if (!m_files.contains(path.bytes()))
            return storage::fail(isFolder(path) ? storage::ErrorCode::NotAFile : storage::ErrorCode::NotFound, path.bytes());
        return std::make_unique<MemoryFile>(m_files.value(path.bytes()), m_claimed, m_piece);
    }
    std::optional<QByteArray> localPath(const storage::RelPath &) const override { return std::nullopt; }

private:
    [[nodiscard]] bool isFolder(const storage::RelPath &path) const
    {
        return path.isRoot() || std::any_of(m_files.keyBegin(), m_files.keyEnd(), [&path](const QByteArray &file) {
            return file.startsWith(path.bytes()) && file.mid(path.bytes().size()).startsWith('/');
        });
    }

    QMap<QByteArray, QByteArray> m_files;
    qint64 m_piece;
    qint64 m_claimed;
};

}  // namespace strongroom::fuzz
