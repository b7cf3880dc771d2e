// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/error.h"

#include <QCoreApplication>
#include <QStringDecoder>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace strongroom::storage {

namespace {

struct CodeRow {
    ErrorCode code;
    const char *word;
    bool refusal;
};

constexpr CodeRow kCodes[] = {
    {ErrorCode::NotFound, "not-found", false},
    {ErrorCode::NotADirectory, "not-a-directory", false},
    {ErrorCode::NotAFile, "not-a-file", false},
    {ErrorCode::AlreadyExists, "already-exists", false},
    {ErrorCode::PermissionDenied, "permission-denied", false},
    {ErrorCode::ReadOnly, "read-only", false},
    {ErrorCode::DiskFull, "disk-full", false},
    {ErrorCode::ReadFailed, "read-failed", false},
    {ErrorCode::WriteFailed, "write-failed", false},
    {ErrorCode::Changed, "changed", true},
    {ErrorCode::Vanished, "vanished", false},
    {ErrorCode::NotSupported, "not-supported", false},
    {ErrorCode::CrossDevice, "cross-device", false},
    {ErrorCode::Locked, "locked", true},
    {ErrorCode::InUse, "in-use", true},
    {ErrorCode::BadPath, "path-escapes", true},
    {ErrorCode::BadName, "odd-name", true},
    {ErrorCode::OutwardLink, "outward-symlink", true},
    {ErrorCode::LinkInPath, "link-in-path", true},
    {ErrorCode::ArchiveWrongKind, "archive-wrong-kind", true},
    {ErrorCode::ArchiveEmpty, "archive-empty", true},
    {ErrorCode::ArchiveTruncated, "archive-truncated", true},
    {ErrorCode::ArchiveDamaged, "archive-damaged", true},
    {ErrorCode::ArchiveHostile, "archive-hostile", true},
    {ErrorCode::ArchiveIncomplete, "archive-incomplete", true},
    {ErrorCode::ManifestInvalid, "manifest-invalid", true},
    {ErrorCode::ManifestVersion, "manifest-version", true},
    {ErrorCode::SecretUnavailable, "secret-unavailable", true},
    {ErrorCode::WrongPassphrase, "wrong-passphrase", true},
    {ErrorCode::ConfirmationMissing, "confirmation-missing", true},
    {ErrorCode::LayoutUnknown, "layout-unknown", false},
    {ErrorCode::LayoutMismatch, "layout-mismatch", true},
    {ErrorCode::ScopeUnknown, "scope-unknown", false},
    {ErrorCode::ItemUnknown, "item-unknown", false},
    {ErrorCode::NothingToUndo, "nothing-to-undo", false},
    {ErrorCode::NothingToDo, "nothing-to-do", false},
    {ErrorCode::DatabaseUnreadable, "database-unreadable", false},
    {ErrorCode::JsonInvalid, "json-invalid", false},
    {ErrorCode::LimitExceeded, "limit-exceeded", true},
    {ErrorCode::WorkerUnavailable, "worker-unavailable", false},
    {ErrorCode::Usage, "usage", false},
    {ErrorCode::Cancelled, "cancelled", false},
    {ErrorCode::Internal, "internal", false},
};

const CodeRow &rowOf(ErrorCode code)
{
    for (const CodeRow &row : kCodes) {
        if (row.code == code)
            return row;
    }
    return kCodes[std::size(kCodes) - 1];
}

QString tr(const char *text)
{
    return QCoreApplication::translate("Error", text);
}

QString arg0(const Error &e)
{
    return e.args.isEmpty() ? QString() : e.args.first();
}

/// "what" names the thing and the fact; %1 is the path, %2 the first argument.
struct Words {
    ErrorCode code;
    const char *what;
    const char *why;
    const char *next;
};

constexpr Words kWords[] = {
    {ErrorCode::NotFound, QT_TRANSLATE_NOOP("Error", "%1 does not exist"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Check the name, and whether the disk is mounted.")},
    {ErrorCode::NotADirectory, QT_TRANSLATE_NOOP("Error", "%1 is not a folder"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Name the data directory itself.")},
    {ErrorCode::NotAFile, QT_TRANSLATE_NOOP("Error", "%1 is not a regular file"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Folders, pipes and devices are not read here; name a file.")},
    {ErrorCode::AlreadyExists, QT_TRANSLATE_NOOP("Error", "%1 already exists"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was overwritten. Choose another name, or move it away.")},
    {ErrorCode::PermissionDenied, QT_TRANSLATE_NOOP("Error", "No permission for %1"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Run as its owner, or correct its permissions.")},
    {ErrorCode::ReadOnly, QT_TRANSLATE_NOOP("Error", "%1 is on a read-only file system"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Mount it writable, or choose another place.")},
    {ErrorCode::DiskFull, QT_TRANSLATE_NOOP("Error", "Not enough space for %1"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Free space or choose another place. The unfinished file was removed; nothing else changed.")},
    {ErrorCode::ReadFailed, QT_TRANSLATE_NOOP("Error", "%1 cannot be read"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Check the disk, then try again.")},
    {ErrorCode::WriteFailed, QT_TRANSLATE_NOOP("Error", "%1 cannot be written"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Check the disk, then try again.")},
    {ErrorCode::Changed, QT_TRANSLATE_NOOP("Error", "%1 kept changing while it was read"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Try again when the application is quiet, or stop it.")},
    {ErrorCode::Vanished, QT_TRANSLATE_NOOP("Error", "%1 disappeared while it was read"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Refresh and try again.")},
    {ErrorCode::NotSupported, QT_TRANSLATE_NOOP("Error", "%1: this is not supported here"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Choose another file system or another way.")},
    {ErrorCode::CrossDevice, QT_TRANSLATE_NOOP("Error", "%1 is a mount point, or its folder is on another file system"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Restore beside it as a copy, or into a folder of the mounted file system.")},
    {ErrorCode::Locked, QT_TRANSLATE_NOOP("Error", "Another operation is working on %1"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Wait until it has finished, then try again.")},
    {ErrorCode::InUse, QT_TRANSLATE_NOOP("Error", "%1 is in use"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Stop the application that uses it, then try again.")},
    {ErrorCode::BadPath, QT_TRANSLATE_NOOP("Error", "The path “%1” is not allowed"),
     QT_TRANSLATE_NOOP("Error", "it is absolute, climbs out of its folder, or is spelled in an unsafe way"),
     QT_TRANSLATE_NOOP("Error", "Nothing was written.")},
    {ErrorCode::BadName, QT_TRANSLATE_NOOP("Error", "The name “%1” is not allowed here"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was written.")},
    {ErrorCode::OutwardLink, QT_TRANSLATE_NOOP("Error", "The symbolic link %1 leads out of the data directory"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was written. Allow this link by name if it is meant to be there.")},
    {ErrorCode::LinkInPath, QT_TRANSLATE_NOOP("Error", "%1 is reached through a symbolic link"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Links are not followed inside a data directory. Replace the link by a real folder.")},
    {ErrorCode::ArchiveWrongKind, QT_TRANSLATE_NOOP("Error", "%1 is not an archive that can be opened here"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Choose a .tar, .tar.gz, .tar.zst, .tar.xz, .tar.bz2, .zip or .7z archive.")},
    {ErrorCode::ArchiveEmpty, QT_TRANSLATE_NOOP("Error", "%1 holds nothing to restore"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was changed. Choose another backup.")},
    {ErrorCode::ArchiveTruncated, QT_TRANSLATE_NOOP("Error", "%1 ends early"),
     QT_TRANSLATE_NOOP("Error", "it was probably interrupted while it was written or copied"),
     QT_TRANSLATE_NOOP("Error", "Nothing was restored. Copy it again or use another backup.")},
    {ErrorCode::ArchiveDamaged, QT_TRANSLATE_NOOP("Error", "%1 is damaged"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was restored. Use another backup.")},
    {ErrorCode::ArchiveHostile, QT_TRANSLATE_NOOP("Error", "%1 is not safe to open"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was extracted. Find out where this archive comes from.")},
    {ErrorCode::ArchiveIncomplete, QT_TRANSLATE_NOOP("Error", "%1 does not hold exactly what its manifest promises"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was restored. Use another backup.")},
    {ErrorCode::ManifestInvalid, QT_TRANSLATE_NOOP("Error", "The manifest of %1 cannot be trusted"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was restored. Use another backup.")},
    {ErrorCode::ManifestVersion, QT_TRANSLATE_NOOP("Error", "%1 was made by a newer version"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Update Strongroom, or unpack it with tar.")},
    {ErrorCode::SecretUnavailable, QT_TRANSLATE_NOOP("Error", "The passphrase for %1 is not available"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Unlock the keychain or give the passphrase.")},
    {ErrorCode::WrongPassphrase, QT_TRANSLATE_NOOP("Error", "The passphrase does not open %1"),
     QT_TRANSLATE_NOOP("Error", "it is not the one the archive was made with, or the encrypted data are damaged"),
     QT_TRANSLATE_NOOP("Error", "Nothing was read. Try again, upper and lower case count.")},
    {ErrorCode::ConfirmationMissing, QT_TRANSLATE_NOOP("Error", "This changes %1 and was not confirmed"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was changed. Look at the plan with --dry-run, then repeat with --yes.")},
    {ErrorCode::LayoutUnknown, QT_TRANSLATE_NOOP("Error", "%1 is not a data directory that is known here"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Open the folder that holds the data itself.")},
    {ErrorCode::LayoutMismatch, QT_TRANSLATE_NOOP("Error", "The archive holds another kind of data than %1"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was changed. Choose the data directory it belongs to, or restore it as a copy.")},
    {ErrorCode::ScopeUnknown, QT_TRANSLATE_NOOP("Error", "There is no scope “%2” in %1"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Use everything or volume:NAME with one of the listed volumes.")},
    {ErrorCode::ItemUnknown, QT_TRANSLATE_NOOP("Error", "There is no item “%2” in %1"), nullptr,
     QT_TRANSLATE_NOOP("Error", "List the items to see their ids.")},
    {ErrorCode::NothingToUndo, QT_TRANSLATE_NOOP("Error", "There is nothing to undo for %1"), nullptr, nullptr},
    {ErrorCode::NothingToDo, QT_TRANSLATE_NOOP("Error", "There is nothing to do for %1"), nullptr, nullptr},
    {ErrorCode::DatabaseUnreadable, QT_TRANSLATE_NOOP("Error", "The database %1 cannot be read"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Check it, or restore it from a backup.")},
    {ErrorCode::JsonInvalid, QT_TRANSLATE_NOOP("Error", "%1 is not valid JSON"), nullptr,
     QT_TRANSLATE_NOOP("Error", "It was probably interrupted while it was written. Restore a good copy.")},
    {ErrorCode::LimitExceeded, QT_TRANSLATE_NOOP("Error", "%1 is larger than allowed here"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was read.")},
    {ErrorCode::WorkerUnavailable,
     QT_TRANSLATE_NOOP("Error", "%1 was not read: the separate process that reads archives could not be started"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was changed. Look at the limits for memory and processes, and start Strongroom again if it was updated meanwhile.")},
    {ErrorCode::Usage, QT_TRANSLATE_NOOP("Error", "%2"), nullptr, nullptr},
    {ErrorCode::Cancelled, QT_TRANSLATE_NOOP("Error", "Cancelled"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Nothing was left half done.")},
    {ErrorCode::Internal, QT_TRANSLATE_NOOP("Error", "Something went wrong inside Strongroom (%2)"), nullptr,
     QT_TRANSLATE_NOOP("Error", "Please report this with the details.")},
};

QString reasonOf(const Error &e)
{
    if (e.code == ErrorCode::ScopeUnknown || e.code == ErrorCode::ItemUnknown || e.code == ErrorCode::Usage
        || e.code == ErrorCode::Internal)
        return {};
    if (e.code == ErrorCode::JsonInvalid && e.args.size() >= 2)
        return tr(QT_TRANSLATE_NOOP("Error", "line %1, column %2")).arg(e.args.at(0), e.args.at(1));
    QStringList args = e.args;
    if (e.code == ErrorCode::ArchiveTruncated || e.code == ErrorCode::ArchiveDamaged || e.code == ErrorCode::ArchiveHostile) {
        bool isOffset = false;
        const qint64 offset = args.value(0).toLongLong(&isOffset);
        if (isOffset)
            args.first() = tr(QT_TRANSLATE_NOOP("Error", "at byte %1")).arg(offset);
    }
    QString reason = args.join(QStringLiteral("; "));
    if (e.sysErrno != 0) {
        const QString system = QString::fromLocal8Bit(strerror(e.sysErrno));
        reason = reason.isEmpty() ? system : reason + QStringLiteral("; ") + system;
    }
    return reason;
}

bool isUnsafeForDisplay(char32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200b || c == 0x200e || c == 0x200f || c == 0x2028 || c == 0x2029
        || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0xfffd;
}

}  // namespace

QString codeWord(ErrorCode code)
{
    return QLatin1String(rowOf(code).word);
}

Error Error::fromErrno(int err, QByteArray path, ErrorCode fallback)
{
    ErrorCode code = fallback;
    switch (err) {
    case ENOENT: code = ErrorCode::NotFound; break;
    case ENOTDIR: code = ErrorCode::NotADirectory; break;
    case EISDIR: code = ErrorCode::NotAFile; break;
    case EEXIST: case ENOTEMPTY: code = ErrorCode::AlreadyExists; break;
    case EACCES: case EPERM: code = ErrorCode::PermissionDenied; break;
    case EROFS: code = ErrorCode::ReadOnly; break;
    case ENOSPC: case EDQUOT: code = ErrorCode::DiskFull; break;
    case EXDEV: case EBUSY: code = ErrorCode::CrossDevice; break;
    case ELOOP: code = ErrorCode::LinkInPath; break;
    case ENOSYS: case EOPNOTSUPP: code = ErrorCode::NotSupported; break;
    case EWOULDBLOCK: code = ErrorCode::Locked; break;
    case ENAMETOOLONG: code = ErrorCode::BadPath; break;
    default: break;
    }
    return Error{code, std::move(path), err, {}, {}};
}

Error Error::wrapped(ErrorCode outer, QByteArray outerPath, QStringList outerArgs) const
{
    return Error{outer, outerPath.isEmpty() ? path : std::move(outerPath), 0, std::move(outerArgs),
                 std::make_shared<const Error>(*this)};
}

bool Error::isRefusal() const
{
    return rowOf(code).refusal;
}

QString ErrorText::oneLine() const
{
    QString line = what;
    if (!why.isEmpty())
        line += QStringLiteral(": ") + why;
    if (!line.endsWith(u'.'))
        line += u'.';
    if (!next.isEmpty())
        line += u' ' + next;
    return line;
}

ErrorText describe(const Error &error)
{
    ErrorText text;
    for (const Words &words : kWords) {
        if (words.code != error.code)
            continue;
        text.what = tr(words.what);
        // One pass over both markers: a path that contains "%2" must not be expanded again.
        const QString path = error.path.isEmpty() ? tr(QT_TRANSLATE_NOOP("Error", "this")) : displayBytes(error.path);
        if (text.what.contains(QLatin1String("%1")) && text.what.contains(QLatin1String("%2")))
            text.what = text.what.arg(path, arg0(error));
        else if (text.what.contains(QLatin1String("%2")))
            text.what.replace(QLatin1String("%2"), arg0(error));
        else
            text.what.replace(QLatin1String("%1"), path);
        text.why = words.why ? tr(words.why) : QString();
        text.next = words.next ? tr(words.next) : QString();
        break;
    }
    const QString reason = reasonOf(error);
    if (!reason.isEmpty())
        text.why = text.why.isEmpty() ? reason : text.why + QStringLiteral("; ") + reason;
    if (error.cause) {
        const ErrorText inner = describe(*error.cause);
        // A cause that only repeats the fact adds its reason, not the sentence again.
        QString because = inner.what == text.what ? inner.why : inner.why.isEmpty() ? inner.what : inner.what + QStringLiteral(": ") + inner.why;
        if (because == text.why)
            because.clear();
        if (!because.isEmpty())
            text.why = text.why.isEmpty() ? because : text.why + QStringLiteral("; ") + because;
    }
    return text;
}

QString displayBytes(QByteArrayView bytes)
{
    const auto isPlain = [](char c) { return c >= 0x20 && c < 0x7f; };
    const auto odd = std::find_if_not(bytes.begin(), bytes.end(), isPlain);
    QString out = QString::fromLatin1(bytes.first(odd - bytes.begin()));
    if (odd == bytes.end())
        return out;
    out.reserve(bytes.size());
    const auto escape = [&out](QByteArrayView raw) {
        for (const char c : raw)
            out += QStringLiteral("\\x%1").arg(uint(uchar(c)), 2, 16, QLatin1Char('0'));
    };
    for (qsizetype i = out.size(); i < bytes.size();) {
        const uchar lead = uchar(bytes[i]);
        if (isPlain(bytes[i])) {
            out += QLatin1Char(bytes[i++]);
            continue;
        }
        const qsizetype length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
        if (length == 0 || i + length > bytes.size()) {
            escape(bytes.sliced(i, 1));
            ++i;
            continue;
        }
        const QByteArrayView sequence = bytes.sliced(i, length);
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        const QString text = decoder(sequence);
        const bool bad = decoder.hasError() || text.isEmpty() || text.toUcs4().size() != 1
            || isUnsafeForDisplay(text.toUcs4().first());
        if (bad && length > 1 && decoder.hasError()) {
            escape(bytes.sliced(i, 1));
            ++i;
            continue;
        }
        if (bad)
            escape(sequence);
        else
            out += text;
        i += length;
    }
    return out;
}

}  // namespace strongroom::storage
