// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/limits.h"

namespace strongroom::storage {

Limits Limits::production()
{
    Limits limits;
    limits.maxBytes = qint64(1) << 46;        // 64 TiB; what fits on the disk is asked before that
    limits.maxEntries = 50'000'000;
    // gzip cannot exceed 1,032:1; preallocated zeros (database logs) come near that, whole backups do not.
    limits.maxRatio = 1'100;
    limits.ratioFloor = qint64(1) << 30;
    limits.maxGzipMembers = 20'000'000;
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
    limits.maxGzipMembers = 1'024;
    limits.maxDepth = 64;
    limits.maxPath = 1'024;
    limits.maxManifest = qint64(4) << 20;
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
