// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What statx says of one name, enough to tell whether it is still the same file.

#include "storage/error.h"

#include <QDateTime>
#include <QtGlobal>

struct stat;

namespace strongroom::storage {

enum class FileType : quint8 { Unknown, File, Directory, Symlink, Fifo, Socket, CharDevice, BlockDevice };

[[nodiscard]] QString fileTypeWord(FileType type);  ///< "file", "directory", "symlink", ...

struct FileStamp {
    quint64 device = 0;
    quint64 inode = 0;
    qint64 size = 0;       ///< bytes
    qint64 mtimeNs = 0;    ///< since the epoch, UTC
    qint64 ctimeNs = 0;
    quint32 mode = 0;      ///< permission bits only (07777)
    quint32 uid = 0;
    quint32 gid = 0;
    quint32 links = 0;
    FileType type = FileType::Unknown;

    [[nodiscard]] bool isDirectory() const { return type == FileType::Directory; }
    [[nodiscard]] bool isFile() const { return type == FileType::File; }
    [[nodiscard]] bool isSymlink() const { return type == FileType::Symlink; }
    [[nodiscard]] QDateTime modified() const;  ///< UTC, ms
    /// Same file with the same content as far as metadata can tell (device, inode, size, mtime, ctime, type).
    [[nodiscard]] bool sameAs(const FileStamp &other) const;

    [[nodiscard]] static FileStamp fromStat(const struct ::stat &st);
};

/// lstat of `name` in the directory `dirFd`. Errors: by errno.
/// The clock by which this kernel stamps files, in ns since 1970: it stands still for the length of a tick. For
/// telling stamps apart, never for dates.
[[nodiscard]] qint64 fileClockNs();
[[nodiscard]] Result<FileStamp> stampAt(int dirFd, const QByteArray &name);
[[nodiscard]] Result<FileStamp> stampOf(int fd, const QByteArray &pathForErrors);

}  // namespace strongroom::storage
