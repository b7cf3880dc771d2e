// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// An archive that was dropped on us, named or found: one descriptor, opened once, so that what was judged
// is what is extracted. The kind is sniffed from the content, never from the name.

#include "storage/archive/member.h"
#include "storage/fd.h"
#include "storage/monitor.h"
#include "storage/passphrase.h"

#include <QString>

namespace strongroom::storage {

enum class ArchiveFormat : quint8 { Unknown, Tar, TarGzip, TarZstd, TarXz, TarBzip2, Zip, SevenZip };
[[nodiscard]] QString formatWord(ArchiveFormat format);  ///< "tar.gz", ...

/// What a file is, from its first bytes: an archive format, or the name of what it is instead
/// ("SQLite database", "SQL dump", "pickle", "OpenSSL-encrypted file", "HTML page", ...).
struct SniffedKind {
    ArchiveFormat format = ArchiveFormat::Unknown;
    QString otherKind;   ///< stable English words when format is Unknown; empty = no idea
    QString hint;        ///< what can be done with it; may be empty
};
[[nodiscard]] SniffedKind sniffKind(QByteArrayView head);

class ArchiveFile {
public:
    /// Errors: NotFound, NotAFile, PermissionDenied, ReadFailed. An unknown kind is not an error here.
    [[nodiscard]] static Result<ArchiveFile> open(const QByteArray &path);
    /// One that somebody else opened, `size` bytes long when they did: without path, sidecar and stamp beyond
    /// the size. Errors: ReadFailed.
    [[nodiscard]] static Result<ArchiveFile> adopt(Fd fd, qint64 size);
    /// The same for a descriptor that stays the caller's.
    [[nodiscard]] static Result<ArchiveFile> borrow(int fd, qint64 size);
    [[nodiscard]] const QByteArray &path() const { return m_path; }
    [[nodiscard]] int fd() const { return m_fd.isValid() ? m_fd.get() : m_borrowed; }
    [[nodiscard]] const FileStamp &stamp() const { return m_stamp; }
    [[nodiscard]] const SniffedKind &kind() const { return m_kind; }
    [[nodiscard]] qint64 size() const { return m_stamp.size; }
    /// For kinds that are encrypted with one; unused by all others.
    void setPassphrase(Passphrase passphrase) { m_passphrase = std::move(passphrase); }
    [[nodiscard]] const Passphrase &passphrase() const { return m_passphrase; }

private:
    [[nodiscard]] Result<void> sniff();

    QByteArray m_path;   // absolute; empty when adopted
    Fd m_fd;
    int m_borrowed = -1;
    FileStamp m_stamp;
    SniffedKind m_kind;
    Passphrase m_passphrase;
};

}  // namespace strongroom::storage
