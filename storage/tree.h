// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A read-only view of a data directory's tree, wherever it is: on disk (DirTree) or inside an archive
// (archive/archivetree.h). Layouts see nothing else, so recognising and listing work on both, and no
// layout can write, follow a link or leave the root.

#include "storage/error.h"
#include "storage/filestamp.h"
#include "storage/monitor.h"
#include "storage/relpath.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace strongroom::storage {

struct TreeEntry {
    QByteArray name;
    FileStamp stamp;
    QByteArray linkTarget;   ///< of a symbolic link
};

/// A file opened for reading in pieces. Not thread-safe; one per thread.
class TreeFile {
public:
    virtual ~TreeFile() = default;
    /// Up to `size` bytes from the current position; 0 = end.
    [[nodiscard]] virtual Result<qint64> read(char *data, qint64 size) = 0;
    [[nodiscard]] virtual const FileStamp &stamp() const = 0;
};

/// Thread: any, concurrently. Errors: by cause; reading anything but a regular file is NotAFile.
class Tree {
public:
    virtual ~Tree() = default;
    /// Absolute path or archive name, for people only.
    [[nodiscard]] virtual QString displayName() const = 0;
    /// The folder's own name ("data"), 8-bit; may be empty.
    [[nodiscard]] virtual QByteArray name() const = 0;

    [[nodiscard]] virtual Result<FileStamp> stamp(const RelPath &path) const = 0;
    /// One level, byte order.
    [[nodiscard]] virtual Result<QList<TreeEntry>> list(const RelPath &dir) const = 0;
    /// The names of one level alone, byte order: nothing is looked at, so a folder of 100,000 files costs
    /// milliseconds.
    [[nodiscard]] virtual Result<QList<QByteArray>> names(const RelPath &dir) const;
    [[nodiscard]] virtual Result<std::unique_ptr<TreeFile>> open(const RelPath &path) const = 0;
    /// For libraries that take nothing but a path (SQLite): a name below the opened descriptor, so that a
    /// tree moved meanwhile is still the one that was opened. Absent inside an archive.
    [[nodiscard]] virtual std::optional<QByteArray> localPath(const RelPath &path) const = 0;
    /// Threads that may well read many files of it at the same time; 1 = whoever reads does so alone.
    [[nodiscard]] virtual int readers() const { return 1; }

    /// Every entry below `dir`, folders before their content, byte order. An entry that cannot be read is
    /// passed with `error`. Return false from `visit` of a folder to stay out of it.
    using Visit = std::function<bool(const RelPath &, const TreeEntry &, const Error *)>;
    [[nodiscard]] virtual Result<void> walk(const RelPath &dir, Monitor &monitor, const Visit &visit) const;

    // -- conveniences on top ---------------------------------------------------------------------
    [[nodiscard]] bool hasFile(const RelPath &path) const;
    [[nodiscard]] bool hasDirectory(const RelPath &path) const;
    /// The whole file if it has at most `maxBytes`; LimitExceeded otherwise, before anything is read.
    [[nodiscard]] Result<QByteArray> readAll(const RelPath &path, qint64 maxBytes) const;
    /// The first `bytes` of a file, fewer if it is shorter.
    [[nodiscard]] Result<QByteArray> readHead(const RelPath &path, qint64 bytes) const;
};

/// A subtree as a tree of its own ("data" inside what was opened). Does not own `base`.
class SubTree final : public Tree {
public:
    SubTree(const Tree &base, RelPath prefix) : m_base(base), m_prefix(std::move(prefix)) {}
    QString displayName() const override;
    QByteArray name() const override;
    Result<FileStamp> stamp(const RelPath &path) const override;
    Result<QList<TreeEntry>> list(const RelPath &dir) const override;
    Result<QList<QByteArray>> names(const RelPath &dir) const override { return m_base.names(m_prefix.joined(dir)); }
    Result<std::unique_ptr<TreeFile>> open(const RelPath &path) const override;
    std::optional<QByteArray> localPath(const RelPath &path) const override { return m_base.localPath(m_prefix.joined(path)); }
    int readers() const override { return m_base.readers(); }
    Result<void> walk(const RelPath &dir, Monitor &monitor, const Visit &visit) const override;
    [[nodiscard]] const Tree &base() const { return m_base; }
    [[nodiscard]] const RelPath &prefix() const { return m_prefix; }

private:
    const Tree &m_base;
    RelPath m_prefix;
};

}  // namespace strongroom::storage
