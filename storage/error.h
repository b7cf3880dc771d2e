// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What went wrong, as data: born at the system call, wrapped with context on its way up, turned into
// words in exactly one place (describe). Not an exception, and never a bare string.

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>
#include <memory>
#include <optional>

namespace strongroom::storage {

/// Stable reasons. The kebab-case word of each (codeWord) is part of the headless contract.
enum class ErrorCode {
    NotFound,            ///< the path does not exist
    NotADirectory,       ///< a folder was expected
    NotAFile,            ///< a regular file was expected
    AlreadyExists,       ///< the name is taken and must not be overwritten
    PermissionDenied,    ///< EACCES, EPERM
    ReadOnly,            ///< EROFS
    DiskFull,            ///< ENOSPC, EDQUOT, or preflight says it will not fit
    ReadFailed,          ///< EIO and friends while reading
    WriteFailed,         ///< EIO and friends while writing or syncing
    Changed,             ///< the file changed while it was read, or since it was planned
    Vanished,            ///< the file disappeared while it was read
    NotSupported,        ///< the system or file system cannot do it
    CrossDevice,         ///< staging and target would not share one file system
    Locked,              ///< another operation holds the data directory
    InUse,               ///< an application holds the file
    BadPath,             ///< absolute, climbing, empty, NUL, too long: not a RelPath
    BadName,             ///< a name is not allowed where it stands
    OutwardLink,         ///< a symbolic link leaves the tree
    LinkInPath,          ///< a path component turned out to be a symbolic link
    ArchiveWrongKind,    ///< not an archive, or one we do not read; args[0] says what it is
    ArchiveEmpty,        ///< nothing in it to restore
    ArchiveTruncated,    ///< ends early; args[0] = byte offset
    ArchiveDamaged,      ///< checksum or structure; args[0] = byte offset or member
    ArchiveHostile,      ///< built to do harm: climbing names, devices, bombs, smuggled entries
    ArchiveIncomplete,   ///< members of the manifest are missing, or there are extra ones
    ManifestInvalid,     ///< manifest.json cannot be understood or contradicts the archive
    ManifestVersion,     ///< made by a newer version
    SecretUnavailable,   ///< passphrase or key cannot be had
    WrongPassphrase,     ///< the one that was given opens nothing (or what it opens is damaged: nothing tells)
    ConfirmationMissing, ///< destructive, and nobody said yes
    LayoutUnknown,       ///< no layout recognised, and one was needed
    LayoutMismatch,      ///< the archive holds another kind of data than the target
    ScopeUnknown,        ///< args[0] names no scope of this layout
    ItemUnknown,         ///< args[0] names no item
    NothingToUndo,       ///< no safety copy
    NothingToDo,         ///< the plan is empty
    DatabaseUnreadable,  ///< SQLite says no
    JsonInvalid,         ///< args = line, column
    LimitExceeded,       ///< a size or count cap was hit before memory was spent
    WorkerUnavailable,   ///< the process that reads archives could not be started; args[0] = what failed
    Usage,               ///< bad arguments of a command
    Cancelled,           ///< the operator stopped it
    Internal,            ///< our own bug; args[0] says where
};

/// The stable word of a code, e.g. "archive-damaged". Never translated.
[[nodiscard]] QString codeWord(ErrorCode code);

/// One failure. `path` is 8-bit as the system knows it (may be relative when it names a member).
struct Error {
    ErrorCode code = ErrorCode::Internal;
    QByteArray path;
    int sysErrno = 0;         ///< 0 = not from a system call
    QStringList args;         ///< meaning per code, see ErrorCode
    std::shared_ptr<const Error> cause;

    /// Code chosen from errno (ENOENT -> NotFound, ...); `fallback` where errno does not decide.
    [[nodiscard]] static Error fromErrno(int err, QByteArray path, ErrorCode fallback = ErrorCode::ReadFailed);
    /// The same failure seen from further up: `this` becomes the cause.
    [[nodiscard]] Error wrapped(ErrorCode outer, QByteArray outerPath = {}, QStringList outerArgs = {}) const;
    /// True for failures that are a safety rule saying no (exit status 4 of the headless half).
    [[nodiscard]] bool isRefusal() const;
};

template<class T> using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, QByteArray path = {}, QStringList args = {})
{
    return std::unexpected(Error{code, std::move(path), 0, std::move(args), {}});
}
[[nodiscard]] inline std::unexpected<Error> failErrno(int err, QByteArray path, ErrorCode fallback = ErrorCode::ReadFailed)
{
    return std::unexpected(Error::fromErrno(err, std::move(path), fallback));
}

/// An error that names nothing names `path`, what was worked on: below its root every path of ours is relative, and
/// that of the root itself empty.
template<class T> [[nodiscard]] Result<T> naming(Result<T> result, const QByteArray &path)
{
    if (!result && result.error().path.isEmpty() && result.error().code != ErrorCode::Cancelled)
        result.error().path = path;
    return result;
}

/// The words for an operator: what happened, why, what to do next. Any part but `what` may be empty.
struct ErrorText {
    QString what;
    QString why;
    QString next;
    [[nodiscard]] QString oneLine() const;  ///< "what: why. next"
};

/// The only place where a failure becomes words. Translated; paths are shown escaped (displayBytes).
/// Thread: any.
[[nodiscard]] ErrorText describe(const Error &error);

/// Bytes of a name made fit for a screen, a log or JSON text: UTF-8 is kept, control characters,
/// bidirectional overrides and bytes that are not UTF-8 become \xNN. Never use the result as a path.
[[nodiscard]] QString displayBytes(QByteArrayView bytes);

#define STRONGROOM_CONCAT_(a, b) a##b
#define STRONGROOM_CONCAT(a, b) STRONGROOM_CONCAT_(a, b)
/// `STRONGROOM_TRY(auto x, f());` returns the error of f() from the enclosing function, or binds x.
#define STRONGROOM_TRY(decl, expr) STRONGROOM_TRY_(STRONGROOM_CONCAT(tryResult, __LINE__), decl, expr)
#define STRONGROOM_TRY_(tmp, decl, expr)                                                                            \
    auto tmp = (expr);                                                                                              \
    if (!tmp)                                                                                                       \
        return std::unexpected(std::move(tmp).error());                                                             \
    decl = *std::move(tmp)
/// The same for Result<void>.
#define STRONGROOM_CHECK(expr)                                                                                      \
    do {                                                                                                            \
        if (auto checked = (expr); !checked)                                                                        \
            return std::unexpected(std::move(checked).error());                                                     \
    } while (false)

}  // namespace strongroom::storage
