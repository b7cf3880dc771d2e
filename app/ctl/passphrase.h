// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where a command gets the passphrase of an encrypted archive from: a descriptor, a file that nobody else may
// read, or the operator at a terminal. Never from an argument or the environment, which others can see.

#include "app/ctl/command.h"
#include "storage/passphrase.h"

#include <functional>

namespace strongroom::app::ctl {

void addPassphraseOptions(QCommandLineParser &parser);   ///< --passphrase-fd, --passphrase-file

/// What the options give; empty without them. One line end at the end is not part of it.
/// Errors: Usage; SecretUnavailable (path and why: not ours, readable by others, a link, empty, too long).
[[nodiscard]] storage::Result<storage::Passphrase> passphraseFromOptions(const QCommandLineParser &parser, const Command &command);

/// One typed without echo. Errors: SecretUnavailable of `archive` where there is no terminal, Cancelled.
[[nodiscard]] storage::Result<storage::Passphrase> askPassphrase(const QByteArray &archive, Context &context);

/// Runs `work` with what the options give. Where that gives nothing and one turns out to be needed, asks, as
/// often as it takes to be right (three times at most), and runs it again.
template<class T>
[[nodiscard]] storage::Result<T> withPassphrase(const QByteArray &archive, const QCommandLineParser &parser, Context &context,
                                                const Command &command,
                                                const std::function<storage::Result<T>(const storage::Passphrase &)> &work)
{
    constexpr int kAttempts = 3;
    STRONGROOM_TRY(const storage::Passphrase given, passphraseFromOptions(parser, command));
    storage::Result<T> done = work(given);
    for (int attempt = 0; attempt < kAttempts && !done && given.isEmpty(); ++attempt) {
        const storage::ErrorCode code = done.error().code;
        if (code != storage::ErrorCode::SecretUnavailable && code != storage::ErrorCode::WrongPassphrase)
            break;
        STRONGROOM_TRY(const storage::Passphrase typed, askPassphrase(archive, context));
        done = work(typed);
    }
    return done;
}

}  // namespace strongroom::app::ctl
