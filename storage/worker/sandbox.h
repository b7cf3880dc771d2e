// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a worker gives up before it looks at the first foreign byte. Nothing here can be undone by the
// process that called it, or by code that takes it over.
//
//   W1  No name can be opened, nothing can be started, sent to, signalled or waited for: only the calls
//       that computing, reading the archive and writing the answer need are let through.
//   W2  Memory, processor time and descriptors have a ceiling; no file can grow but the one without a name
//       that was handed over for scratch, no core is dumped.
//   W3  It ends with whoever started it, and nobody else may look into it.

#include <QString>
#include <QtGlobal>

#include <functional>

namespace strongroom::storage {

/// Ceilings of one worker. 0 = none.
struct SandboxLimits {
    qint64 memoryBytes = 0;    ///< of address space
    qint64 cpuSeconds = 0;
    int descriptors = 0;       ///< those in use are 0 to this, and there will be no other
    int scratchFd = -1;        ///< a file without a name that may be written; -1 = none
    qint64 scratchBytes = 0;   ///< that it may grow to
};

/// Closes every descriptor from `first` on.
void closeFrom(int first);

/// W1-W3, as far as the system has them, for this thread and those it starts: call it while there is only one.
/// \param lastThreads  starts what threads there are to be, when everything is given up but the right to do so.
///                     May be null: there will be no other thread.
/// \returns SandboxBits of what was granted. Under AddressSanitizer there is no ceiling for memory (its
///          shadow takes terabytes of address space) and no list of calls (its run-time makes others).
[[nodiscard]] quint32 enterSandbox(const SandboxLimits &limits, const std::function<void()> &lastThreads = {});

/// What this system would grant, without doing it: SandboxBits.
[[nodiscard]] quint32 availableSandbox();
/// "no new privileges, resource limits, seccomp, Landlock": for people, in English.
[[nodiscard]] QString sandboxWords(quint32 bits);

}  // namespace strongroom::storage
