// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// File descriptors that close themselves, and the handful of calls that open things below a root
// without ever following a link. Every path-taking system call of the storage core goes through here,
// walker.cpp or treeops.cpp.

#include "storage/error.h"
#include "storage/filestamp.h"
#include "storage/relpath.h"

#include <QByteArray>

#include <cerrno>
#include <utility>

namespace strongroom::storage {

/// Makes a system call again while a signal interrupts it. Only for calls that may be made twice, so not for what
/// creates or renames a name: a second try would meet the first one's work. Those report EINTR.
template<class Call> auto retried(const Call &call)
{
    for (;;) {
        const auto result = call();
        if (result >= 0 || errno != EINTR)
            return result;
    }
}

/// Owns one descriptor. Move-only.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : m_fd(fd) {}
    Fd(Fd &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    Fd &operator=(Fd &&other) noexcept;
    ~Fd();
    [[nodiscard]] int get() const { return m_fd; }
    [[nodiscard]] bool isValid() const { return m_fd >= 0; }
    [[nodiscard]] int release() { return std::exchange(m_fd, -1); }
    void reset();
    /// Closes and reports what close() says: a failed close of a written file is a failed write.
    [[nodiscard]] Result<void> close(const QByteArray &pathForErrors);
    [[nodiscard]] Result<Fd> duplicate(const QByteArray &pathForErrors) const;

private:
    int m_fd = -1;
};

/// The descriptor of a directory named by the operator (absolute or relative to the current folder;
/// links in it are followed, the operator chose it). Errors: NotFound, NotADirectory, PermissionDenied.
[[nodiscard]] Result<Fd> openDirectory(const QByteArray &path);

/// Opens `path` below `rootFd` with O_CLOEXEC | O_NOFOLLOW, never leaving the root and never through a
/// link (openat2 RESOLVE_BENEATH|NO_SYMLINKS|NO_MAGICLINKS; component-wise where the kernel lacks it).
/// `flags` as open(2). The root path itself opens the root again. Reading adds O_NONBLOCK, so that a
/// fifo cannot hang us. Errors: as errno says; LinkInPath for ELOOP.
[[nodiscard]] Result<Fd> openBelow(int rootFd, const RelPath &path, int flags, unsigned mode = 0);

/// Opens the directory that holds `path`'s last component. For the *at() calls.
[[nodiscard]] Result<Fd> openParent(int rootFd, const RelPath &path);

/// Opens a regular file for reading; anything else is NotAFile. The stamp is of the opened descriptor.
struct OpenedFile {
    Fd fd;
    FileStamp stamp;
};
[[nodiscard]] Result<OpenedFile> openFileBelow(int rootFd, const RelPath &path);

[[nodiscard]] Result<FileStamp> stampBelow(int rootFd, const RelPath &path);

/// What the symbolic link `name` in `dirFd` holds; never empty. Errors: by errno.
[[nodiscard]] Result<QByteArray> readLinkAt(int dirFd, const QByteArray &name, const QByteArray &pathForErrors);

/// Reads until `size` bytes, end of file or error; EINTR is retried. Returns bytes read.
[[nodiscard]] Result<qint64> readFully(int fd, char *data, qint64 size, const QByteArray &pathForErrors);
[[nodiscard]] Result<qint64> preadFully(int fd, char *data, qint64 size, qint64 offset, const QByteArray &pathForErrors);
/// Writes everything or fails; EINTR is retried. Errors: DiskFull, WriteFailed.
[[nodiscard]] Result<void> writeFully(int fd, const char *data, qint64 size, const QByteArray &pathForErrors);
/// fsync; one that failed to write is never retried (the page may be gone), one that was interrupted is. Errors: WriteFailed.
[[nodiscard]] Result<void> syncFd(int fd, const QByteArray &pathForErrors);

}  // namespace strongroom::storage
