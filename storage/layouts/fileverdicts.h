// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Turns what the readers of formats/ say of one file into findings, in the same words whatever layout the
// file belongs to. Decides nothing about items.

#include "storage/finding.h"
#include "storage/formats/faiss.h"
#include "storage/formats/json.h"
#include "storage/formats/pickle.h"

#include <QString>

#include <optional>

namespace strongroom::storage {

/// Where findings about one file go.
struct FileFindings {
    const FindingSink &sink;
    RelPath path;
    std::optional<ItemId> item;
    QString consequence;   ///< of the file being unusable

    void add(Severity severity, const char *code, const QString &message) const;
    /// It cannot be opened or read.
    void unreadable(const Error &error) const;
    /// empty-file or json-invalid. `severity` is that of the store being lost.
    void json(const JsonFault &fault, Severity severity = Severity::Error) const;
    /// json-wrong-type; `expected` as in "an object".
    void wrongType(const QString &expected, Severity severity = Severity::Error) const;
    /// Everything but a clean walk; an Unfinished one says nothing.
    void pickle(const PickleReport &report) const;
    /// vector-file-truncated, vector-unknown-type, empty-file.
    void vectors(const VectorFile &file) const;
};

/// "ends early at byte 1,234" and the like, for facts; empty for a clean walk.
[[nodiscard]] QString pickleVerdict(const PickleReport &report);

}  // namespace strongroom::storage
