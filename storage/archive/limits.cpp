// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/limits.h"

namespace strongroom::storage {

Limits Limits::production()
{
    Limits limits;
    limits.maxBytes = qint64(1) << 46;        // 64 TiB; what fits on the disk is asked before that
    limits.maxEntries = 50'000'000;
    // Text packs 3 to 20 to 1, logs of one line 100 to 1; beyond 200 to 1 an archive is mostly zeros. Below the
    // floor that costs nobody anything: a small database of empty pages may.
    limits.maxRatio = 200;
    limits.ratioFloor = qint64(64) << 20;
    // Our own archives keep sparse files and preallocated logs. gzip cannot exceed 1,032:1, zstd reaches
    // 32,768:1 (a block of 128 KiB in four bytes).
    limits.announcedRatio = 33'000;
    limits.announcedFloor = qint64(1) << 30;
    limits.maxGzipMembers = 20'000'000;
    // No writer makes members of nothing but one at the end, and bgzip that one too.
    limits.maxEmptyGzipMembers = 1'024;
    // GNU tar pads to 10 KiB, tapes to a few MiB.
    limits.maxPadding = qint64(64) << 20;
    limits.maxEmptyEntries = 20'000;
    limits.maxDepth = 512;
    limits.maxPath = 4'096;
    limits.maxManifest = qint64(1) << 29;
    return limits;
}

Limits Limits::strict()
{
    Limits limits;
    limits.maxBytes = qint64(256) << 20;
    limits.maxEntries = 20'000;
    limits.maxRatio = 200;
    limits.announcedRatio = 200;
    limits.maxGzipMembers = 1'024;
    limits.maxEmptyGzipMembers = 1'024;
    limits.maxPadding = qint64(1) << 20;
    limits.maxEmptyEntries = 5'000;
    limits.maxDepth = 64;
    limits.maxPath = 1'024;
    limits.maxManifest = qint64(4) << 20;
    return limits;
}

Limits Limits::forAnnounced() const
{
    Limits limits = *this;
    limits.announced = true;
    limits.maxRatio = announcedRatio;
    limits.ratioFloor = announcedFloor;
    limits.maxEmptyGzipMembers = maxGzipMembers;   // trailer and index are members of nothing
    return limits;
}

NameRules NameRules::structured()
{
    NameRules rules;
    rules.closedAlphabet = true;
    rules.refuseCasePairs = true;
    rules.freeAreas = {"data/uploads/", "uploads/", "media/", "data/email/"};
    return rules;
}

}  // namespace strongroom::storage
