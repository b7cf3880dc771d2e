// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A file that is either there whole and durable, or not there: unfinished name, checked writes, fsync,
// rename, fsync of the folder. (QSaveFile reports success when fdatasync fails and never syncs the
// folder; seen with Qt 6.4.2. Hence our own.)

#include "storage/error.h"
#include "storage/fd.h"

#include <QByteArray>

namespace strongroom::storage {

class AtomicFile {
public:
    /// Creates `<name>.partial` (0600, O_EXCL) in `dirFd`, which must stay open. A leftover `.partial` of
    /// an earlier crash is AlreadyExists unless `replacePartial`.
    [[nodiscard]] static Result<AtomicFile> create(int dirFd, QByteArray name, bool replacePartial = false);
    AtomicFile(AtomicFile &&) noexcept;
    AtomicFile &operator=(AtomicFile &&) = delete;
    /// Not committed: the unfinished file is removed.
    ~AtomicFile();

    [[nodiscard]] int fd() const { return m_fd.get(); }
    [[nodiscard]] QByteArray partialName() const { return m_name + ".partial"; }
    [[nodiscard]] Result<void> write(QByteArrayView data);
    /// fsync without renaming yet, so that what was written can be read back first.
    [[nodiscard]] Result<void> sync();
    /// sync, rename (replacing `name` only if `replace`), sync of the folder. After an error there is no new `name`.
    [[nodiscard]] Result<void> commit(bool replace = false);
    /// Leaves the name alone from now on: somebody else's file has it.
    void abandon() { m_done = true; }

private:
    AtomicFile(int dirFd, QByteArray name, Fd fd);
    int m_dirFd = -1;
    QByteArray m_name;
    Fd m_fd;
    bool m_done = false;
};

/// What such a file of our own holds; empty when it is not there, is no plain file, has more than `maxBytes`, or cannot be
/// read. No link is followed at its name.
[[nodiscard]] QByteArray readSmallFile(const QByteArray &path, qint64 maxBytes);

/// Writes a small file whole in one go. Mode 0600.
[[nodiscard]] Result<void> writeFileAtomically(int dirFd, const QByteArray &name, QByteArrayView data, bool replace);

}  // namespace strongroom::storage
