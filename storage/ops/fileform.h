// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Whether a file that was read while its application runs is one that the application had finished writing. Applications
// that write in place leave the front of a file for a while; its form gives that away where its stamp does not. No
// judgement on the content.

#include "storage/archive/groupwriter.h"
#include "storage/error.h"
#include "storage/layouts/layout.h"
#include "storage/monitor.h"
#include "storage/relpath.h"

namespace strongroom::storage {

/// What was read of a file.
struct ReadFile {
    ContentSource *content = nullptr;   ///< may be null when there are no bytes
    qint64 size = 0;
    const FileStamp &stamp;
};

enum class FileForm : quint8 {
    Whole,     ///< or nothing in it could tell
    Doubtful,  ///< as it looks in the middle of being written, but it may well be meant so
    Broken,    ///< no application could have finished this
};

/// Errors: Cancelled; reading. Memory: constant but for what a pickle asks for (see pickle.h).
[[nodiscard]] Result<FileForm> formOf(const ReadFile &file, Capture capture, const RelPath &path, Monitor &monitor);

}  // namespace strongroom::storage
