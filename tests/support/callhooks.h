// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Puts a test between the storage core and the kernel: the calls that name or change things on disk go through
// here in a program that links callhooks.cpp (the program's own definitions win over those of the C library).
// Only calls of the thread that installed the hook are shown, so run the core with one job.

#include <QByteArray>

#include <cstddef>
#include <functional>

namespace strongroom::tests {

enum class CallKind { Open, Stat, ReadLink, MakeFolder, MakeLink, Unlink, Rename, Exchange, Write, Sync, SyncAll, List, Other };

struct Call {
    CallKind kind = CallKind::Other;
    int fd = -1;                  ///< the descriptor written or synced, or the folder of `name`
    const char *name = nullptr;   ///< as given to the kernel
    int toFd = -1;                ///< of a rename or link
    const char *toName = nullptr;
    int flags = 0;                ///< of an open
    char *data = nullptr;         ///< of a write: a copy that may be changed
    size_t size = 0;
};

/// Installs the two hooks for its lifetime; either may be empty. What the hooks themselves call is not shown.
class CallHooks {
public:
    using Before = std::function<void(Call &call)>;
    using After = std::function<void(const Call &call, long result)>;
    CallHooks(Before before, After after);
    ~CallHooks();
    CallHooks(const CallHooks &) = delete;
    CallHooks &operator=(const CallHooks &) = delete;
};

}  // namespace strongroom::tests
