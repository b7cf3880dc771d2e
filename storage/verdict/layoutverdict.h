// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the layout of an archive's data adds to the verdict on its container: names that its structured
// areas never have, and a manifest that speaks of another application's data.

#include "storage/archive/inspect.h"
#include "storage/datadirectory.h"
#include "storage/monitor.h"

namespace strongroom::storage {

/// Recognises the layout from the members' names and turns the verdict to Hostile, with a problem per
/// finding, where the names or the manifest's kind contradict it. An archive with our own verified manifest
/// may hold any name: it was made from a directory that had it. Unusable judgements and unknown layouts are
/// left as they are. Returns the layouts that the names tell of, below the archive's top folder.
/// Thread: any. Cost: one pass over the names.
QList<DetectedLayout> judgeByLayout(Judgement &judgement, Monitor &monitor);

}  // namespace strongroom::storage
