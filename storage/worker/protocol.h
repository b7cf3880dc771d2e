// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What goes over the pipe of a worker: frames of a fixed header and a payload, in the byte order of the
// machine. One request in, one answer out, then the worker ends. Both ends are one program, yet versioned:
// the file of a running program may have been replaced.

#include <QtGlobal>

#include <cstddef>

namespace strongroom::storage {

inline constexpr quint32 kWorkerMagic = 0x53525731;   // "SRW1"
inline constexpr quint32 kWorkerVersion = 4;

/// The descriptors a worker has, by number; every other one is closed.
enum WorkerFd : int {
    kRequestFd = 0,   ///< the request: memory of ours, never a file
    kAnswerFd = 1,    ///< the pipe
    kNowhereFd = 2,   ///< what libraries say
    kArchiveFd = 3,   ///< and where several are glanced at, those behind it; then the scratch file, if any
};

/// What a worker is asked for.
enum class WorkerVerb : quint32 {
    Inspect = 1,   ///< -> Members... while they are read, Times..., Problems..., Notes..., Manifest,
                   ///<    Excluded..., Verdict
    Members = 2,   ///< -> (Member, Data...)..., Done
    Survey = 3,    ///< SurveyRequest -> Layouts..., Items..., Parts..., Unlisted, Done
    Glance = 4,    ///< Guess -> a Glance for each archive
    Index = 5,     ///< with hashes or without -> Members..., Done; no members where there is no index
    FirstTest = 1000,   ///< from here on: test programs' own
};

enum class FrameType : quint32 {
    Hello = 1,      ///< version, what the sandbox has; nothing of the archive was read yet
    Progress = 2,   ///< bytes and items so far, current member
    Failed = 3,     ///< an Error; ends the answer
    Done = 4,       ///< ends the answer
    Members = 10,   ///< a batch
    Problems = 11,  ///< a batch
    Manifest = 12,
    Excluded = 13,  ///< a batch
    Notes = 15,     ///< a batch of problems that are none
    Times = 16,     ///< a batch: times of the members from the first on, as their manifest has them
    Verdict = 14,   ///< verdict, hash of the archive file; ends the answer
    Member = 20,    ///< one that begins
    Data = 21,      ///< of its content
    Layouts = 30,   ///< a batch
    Items = 31,     ///< a batch
    Parts = 32,     ///< a batch
    Unlisted = 33,  ///< an Error
    Glance = 40,
};

struct FrameHeader {
    quint32 type = 0;
    quint32 reserved = 0;   ///< zero
    quint64 length = 0;     ///< of the payload, bytes
};
static_assert(sizeof(FrameHeader) == 16);

/// Largest payload; the receiver gives up on a header that claims more.
inline constexpr qsizetype kMaxPayload = 1 << 20;
/// Batches and content are cut about here.
inline constexpr qsizetype kFrameTarget = 256 * 1024;

/// Exit statuses of a worker.
inline constexpr int kWorkerUsage = 2;
inline constexpr int kWorkerOutOfMemory = 77;

/// What the operating system granted a worker.
enum SandboxBit : quint32 {
    kNoNewPrivileges = 1,
    kResourceLimits = 2,
    kSeccomp = 4,
    kLandlock = 8,
};

}  // namespace strongroom::storage
