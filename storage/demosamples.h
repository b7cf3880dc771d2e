// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One function per sample of writeDemo(). Each writes a healthy data directory into the writer's folder, as
// formats.md describes the application's own files; failures stay in the writer.

#include "storage/demowriter.h"

namespace strongroom::storage::demo {

/// document-sessions as released (one file per session); `sessions` 0 = a handful.
void writeDocumentSessions(Writer &out, int sessions);
/// document-sessions as its guide describes it (one folder per session).
void writeDocumentSessionFolders(Writer &out, int sessions);
void writeSqliteApp(Writer &out);
void writeEntityRag(Writer &out);
void writeEntityRagGuide(Writer &out);
void writeSceneSnapshots(Writer &out);
void writeComposeVolumes(Writer &out);
void writePlainDirectory(Writer &out);

}  // namespace strongroom::storage::demo
