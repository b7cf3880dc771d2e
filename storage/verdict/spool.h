// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A file of an archive kept for as long as it is looked at: in memory when it is small, otherwise in a
// scratch file without a name that no other process can open and that nothing is left of.

#include "storage/fd.h"
#include "storage/tree.h"

#include <QByteArray>
#include <QByteArrayView>

#include <memory>

namespace strongroom::storage {

/// A file without a name in the temporary folder (O_TMPFILE, or removed right after its creation).
[[nodiscard]] Result<Fd> makeScratchFile();

/// The place for what does not fit in memory: one file, used by one spool at a time and emptied after it.
class Scratch {
public:
    static constexpr qint64 kInMemory = qint64(8) << 20;   ///< bytes

    /// Makes its file when it is first needed.
    Scratch() = default;
    /// For a process that may open nothing: a descriptor made beforehand, for reading and writing; -1 = it has
    /// none. Stays the caller's.
    explicit Scratch(int fd) : m_given(fd), m_mayMake(false) {}
    /// The empty file. Errors: by cause; NotSupported where there is none to be had.
    [[nodiscard]] Result<int> claim();
    void release();

private:
    Fd m_fd;
    int m_given = -1;
    bool m_mayMake = true;
    bool m_claimed = false;
};

/// Written once from front to back, then read at will. Thread: one at a time.
class Spool {
public:
    explicit Spool(Scratch &scratch) : m_scratch(scratch) {}
    Spool(const Spool &) = delete;
    Spool &operator=(const Spool &) = delete;
    ~Spool();

    /// Errors: DiskFull, WriteFailed, NotSupported.
    [[nodiscard]] Result<void> append(QByteArrayView bytes);
    [[nodiscard]] qint64 size() const { return m_size; }
    /// Bytes read; fewer only at the end. Errors: ReadFailed.
    [[nodiscard]] Result<qint64> readAt(qint64 offset, char *data, qint64 size) const;
    /// From the beginning; must not outlive the spool.
    [[nodiscard]] std::unique_ptr<TreeFile> open() const;
    /// A descriptor of the same bytes, which stays the spool's; what was in memory goes to the scratch file.
    [[nodiscard]] Result<int> descriptor();

private:
    [[nodiscard]] Result<void> toFile();

    Scratch &m_scratch;
    QByteArray m_memory;
    int m_fd = -1;       // the scratch file; -1 = everything is in memory
    qint64 m_size = 0;
};

}  // namespace strongroom::storage
