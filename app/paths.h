// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where our own small files live, by the XDG rules. Qt 6.4 has no StateLocation, hence by hand.

#include <QByteArray>
#include <QString>

namespace strongroom::app {

/// $XDG_STATE_HOME/strongroom or ~/.local/state/strongroom; empty when there is no HOME. Not created.
[[nodiscard]] QByteArray stateFolder();
/// Where verifications are remembered (storage::VerificationLog); empty = nowhere.
[[nodiscard]] QByteArray verificationLogFile();

/// Where backups keep what the next one may take over (storage::BackupRequest::reuseTables), below $XDG_CACHE_HOME or
/// ~/.cache; empty = nowhere.
[[nodiscard]] QByteArray reuseFolder();

}  // namespace strongroom::app
