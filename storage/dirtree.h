// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A data directory on disk, seen through one descriptor that was opened once. What is renamed over the
// path afterwards is another tree; this one stays what it was.

#include "storage/fd.h"
#include "storage/tree.h"

namespace strongroom::storage {

class DirTree final : public Tree {
public:
    /// \param path absolute or relative to the current folder; made absolute (not resolved) for display.
    [[nodiscard]] static Result<std::unique_ptr<DirTree>> open(const QByteArray &path);
    DirTree(Fd root, QByteArray absolutePath);

    [[nodiscard]] const QByteArray &path() const { return m_path; }
    QString displayName() const override { return displayBytes(m_path); }
    QByteArray name() const override;
    Result<FileStamp> stamp(const RelPath &path) const override;
    Result<QList<TreeEntry>> list(const RelPath &dir) const override;
    Result<QList<QByteArray>> names(const RelPath &dir) const override;
    Result<std::unique_ptr<TreeFile>> open(const RelPath &path) const override;
    std::optional<QByteArray> localPath(const RelPath &path) const override;
    [[nodiscard]] int rootFd() const { return m_root.get(); }
    int readers() const override { return m_readers; }
    /// \param jobs threads for many small files: 0 = as many as suit the machine, 1 = none but the caller's.
    void setReaders(int jobs);
    Result<void> walk(const RelPath &dir, Monitor &monitor, const Visit &visit) const override;

private:
    Fd m_root;
    QByteArray m_path;
    int m_readers = 1;
};

/// Absolute, without trailing or doubled '/', "." removed and ".." resolved by name. 8-bit in and out.
[[nodiscard]] QByteArray absolutePath(const QByteArray &path);

}  // namespace strongroom::storage
