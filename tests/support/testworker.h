// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the test worker can be asked for beyond what every worker does: everything a reader must not do.

#include "storage/worker/protocol.h"

namespace strongroom::tests {

enum class TestVerb : quint32 {
    Hold = quint32(storage::WorkerVerb::FirstTest),   ///< stops itself until it is killed
    OpenFile,
    CreateFile,
    StatFile,
    ConnectSocket,
    Execute,
    Fork,
    Kill,             ///< its parent
    MapExecutable,    ///< is refused, not killed: ends by Verdict
    WriteArchive,     ///< into the descriptor it was given
    Allocate,         ///< 20 GiB
    Spin,
    Crash,
    Throw,
    Garbage,
    HugeLength,       ///< a frame of 2^63 bytes
    LongFrame,        ///< one byte more than allowed
    NoAnswer,
    CutAnswer,        ///< ends within a frame
    EndlessAnswer,
    HalfMember,
    ClimbingMember,
    SameMemberTwice,
    OwnMember,        ///< below .strongroom/
    NegativeSize,
    VerifiedWithoutManifest,
    UsableWithProblems,
    RefusedWithoutReason,
    ErrorOfOurs,      ///< says that it was a bug of ours
    MoreThanAnnounced,   ///< content beyond the size of the member
    LessThanAnnounced,
    ContentOfNothing,
    Last = ContentOfNothing,
};

}  // namespace strongroom::tests
