// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// An archive that was dropped on us, named or found: one descriptor, opened once, so that what was judged
// is what is extracted. The kind is sniffed from the content, never from the name.

#include "storage/archive/member.h"
#include "storage/fd.h"
#include "storage/lonekind.h"
#include "storage/monitor.h"
#include "storage/passphrase.h"

#include <QString>

namespace strongroom::storage {

/// LoneFile: no archive, but one file of a data directory, read as an archive that holds just that.
enum class ArchiveFormat : quint8 { Unknown, Tar, TarGzip, TarZstd, TarXz, TarBzip2, Zip, SevenZip, LoneFile };
[[nodiscard]] QString formatWord(ArchiveFormat format);  ///< "tar.gz", ...

/// What a file is, from its first bytes: an archive format, or the name of what it is instead
/// ("SQLite database", "SQL dump", "pickle", "OpenSSL-encrypted file", "HTML page", ...).
struct SniffedKind {
    ArchiveFormat format = ArchiveFormat::Unknown;
    QString otherKind;   ///< stable English words when format is Unknown or LoneFile; empty = no idea
    QString hint;        ///< what can be done with it; may be empty
    LoneKind lone = LoneKind::None;   ///< set when format is LoneFile

    /// Several files packed into one, of a format that is read here.
    [[nodiscard]] bool isArchive() const { return format != ArchiveFormat::Unknown && format != ArchiveFormat::LoneFile; }
    /// "tar.gz", "SQLite database", ...; empty = no idea.
    [[nodiscard]] QString word() const { return isArchive() ? formatWord(format) : otherKind; }
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
    /// Last part of the path, or what it was adopted under.
    [[nodiscard]] QByteArray name() const { return m_path.isEmpty() ? m_name : m_path.mid(m_path.lastIndexOf('/') + 1); }
    /// What the member of a lone file is called and has, for one that was adopted.
    void setLoneFacts(const QByteArray &name, quint32 mode, qint64 mtimeNs);
    [[nodiscard]] const FileStamp &stamp() const { return m_stamp; }
    [[nodiscard]] const SniffedKind &kind() const { return m_kind; }
    [[nodiscard]] qint64 size() const { return m_stamp.size; }
    /// For kinds that are encrypted with one; unused by all others.
    void setPassphrase(Passphrase passphrase) { m_passphrase = std::move(passphrase); }
    [[nodiscard]] const Passphrase &passphrase() const { return m_passphrase; }

private:
    [[nodiscard]] Result<void> sniff();

    QByteArray m_path;   // absolute; empty when adopted
    QByteArray m_name;   // of one that was adopted; may be empty
    Fd m_fd;
    int m_borrowed = -1;
    FileStamp m_stamp;
    SniffedKind m_kind;
    Passphrase m_passphrase;
};

}  // namespace strongroom::storage
