// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The names of the mutants of storage/mutant.h, for the environment and for the table that is printed.

#include "storage/mutant.h"

#include <array>

namespace strongroom::tests {

constexpr char kMutantVariable[] = "STRONGROOM_MUTANT";

/// In the order of the enumeration.
constexpr std::array kMutantNames = {
    "files-not-synced",
    "folders-not-synced",
    "stage-not-synced",
    "exchanged-before-sync",
    "short-write-unnoticed",
    "open-follows-links",
    "walk-follows-links",
    "removal-follows-links",
    "extract-overwrites",
    "links-made-first",
    "judged-hash-not-compared",
    "prefix-compare",
    "dot-dot-accepted",
    "error-is-absence",
    "journal-not-written",
    "lock-not-taken",
    "no-safety-copy",
    "gzip-checksum-ignored",
    "header-checksum-ignored",
    "pax-size-ignored",
    "ratio-unlimited",
    "duplicates-accepted",
    "outward-links-accepted",
    "extra-members-accepted",
    "missing-members-accepted",
    "manifest-hash-not-compared",
    "zip-headers-not-compared",
    "zip-checksum-ignored",
    "archive-not-read-back",
    "sqlite-copied-raw",
    "pair-not-read-again",
    "torn-json-accepted",
    "secrets-shown",
};
static_assert(kMutantNames.size() == size_t(storage::Mutant::Nobody));

}  // namespace strongroom::tests
