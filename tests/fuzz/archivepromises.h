// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What every archive that is judged must get, whatever is in it. Shared by the targets for tar, zip and 7z.

#include "tests/support/memoryarchive.h"

namespace strongroom::fuzz {

/// An archive after the judge and the readers, all of which agreed.
struct Judged {
    storage::ArchiveFormat format = storage::ArchiveFormat::Unknown;
    storage::Judgement judgement;
    tests::RecordingSink read;      ///< what readMembers passed on; all of it when usable
};

/// Limits that a few kilobytes of input can reach.
[[nodiscard]] storage::Limits smallLimits(bool structured);

/// Judges, reads and compares. Throws BrokenPromise.
[[nodiscard]] Judged holdToPromises(QByteArrayView bytes, const storage::Limits &limits);

/// An archive without a manifest, written anew by our own writer, holds the same members.
void rewriteKeepsMembers(const Judged &judged, const storage::Limits &limits);

/// The same members, types and contents, whatever is around them.
void requireSame(const Judged &a, const Judged &b, const char *promise);

}  // namespace strongroom::fuzz
