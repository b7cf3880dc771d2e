// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Builds trees from literals in a temporary folder of its own and takes them down again.

#include "storage/error.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QTemporaryDir>

namespace strongroom::tests {

/// A temporary folder with verbs for planting things. Paths are relative to it, 8-bit, any bytes.
/// Failing to build a tree is a broken test: every verb aborts with the reason.
class DataDirBuilder {
public:
    DataDirBuilder();
    ~DataDirBuilder();
    [[nodiscard]] QByteArray path(const QByteArray &relative = {}) const;   ///< absolute

    DataDirBuilder &dir(const QByteArray &relative, unsigned mode = 0755);
    /// Parents are made. `mtimeNs` -1 = now.
    DataDirBuilder &file(const QByteArray &relative, const QByteArray &content, unsigned mode = 0644, qint64 mtimeNs = -1);
    DataDirBuilder &symlink(const QByteArray &relative, const QByteArray &target);
    DataDirBuilder &hardlink(const QByteArray &relative, const QByteArray &existing);
    DataDirBuilder &fifo(const QByteArray &relative);
    DataDirBuilder &remove(const QByteArray &relative);

    [[nodiscard]] QByteArray read(const QByteArray &relative) const;
    [[nodiscard]] bool exists(const QByteArray &relative) const;
    /// Names in a folder, sorted, dot files too: for "nothing was left behind".
    [[nodiscard]] QList<QByteArray> names(const QByteArray &relative = {}) const;

private:
    QTemporaryDir m_dir;
};

/// One line per entry below `root` (absolute): type, mode, mtime in ns, size, link target or SHA-256, hard
/// link group, path. Two trees are the same when their fingerprints are. `withOwners` adds uid and gid.
[[nodiscard]] QByteArray treeFingerprint(const QByteArray &root, bool withOwners = false);

/// Unpacks ../shared/samples/NAME.tar.gz into `into` with the system's tar. False when there are no samples.
[[nodiscard]] bool unpackSample(const QString &name, const QByteArray &into);
/// Names of the samples there are; empty without ../shared (a message says so).
[[nodiscard]] QStringList sampleNames();

/// Runs a program to its end. Environment and current folder as given.
struct Ran {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};
[[nodiscard]] Ran run(const QString &program, const QStringList &arguments, const QByteArray &workingDirectory = {},
                      const QByteArray &input = {}, int timeoutMs = 120000);

}  // namespace strongroom::tests
