// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a check saw. A value; who repairs it and how is a Plan.

#include "storage/item.h"
#include "storage/relpath.h"

#include <QString>

#include <functional>
#include <optional>

namespace strongroom::storage {

enum class Severity : quint8 { Note, Warning, Error };

struct Finding {
    Severity severity = Severity::Warning;
    QString code;                    ///< stable kebab-case word of the headless contract, e.g. "json-invalid"
    std::optional<ItemId> item;
    RelPath path;                    ///< relative to the data directory that was opened
    QString message;                 ///< one sentence; names the thing, secrets masked
    QString consequence;             ///< what the application will do with it; may be empty
    std::optional<QString> repair;   ///< what a repair would do; nullopt = none known
};

/// Receives findings as they are met. Called from the scanning thread.
using FindingSink = std::function<void(Finding)>;

}  // namespace strongroom::storage
