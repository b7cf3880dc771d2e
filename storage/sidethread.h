// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One thread beside the one that made it, for work that can run ahead. It stands before it is needed: a process
// that is about to give up the right to start threads makes it first.

#include <functional>
#include <memory>

namespace strongroom::storage {

/// Does one task after the other. Thread: all calls from one thread, the maker's as a rule.
class SideThread {
public:
    /// The thread runs when this returns. Null when the system has none to give. Its stack is small (512 KiB).
    [[nodiscard]] static std::unique_ptr<SideThread> start();
    /// For so many `jobs` (0 = as the machine has cores, 1 = everything in the caller): null where the caller is to
    /// do all by itself.
    [[nodiscard]] static std::unique_ptr<SideThread> startFor(int jobs);
    /// Waits for the task under way and ends the thread.
    ~SideThread();

    /// Begins `task` and returns at once; a task under way is waited for. What the task throws ends the process.
    void run(std::function<void()> task);
    /// Until there is no task.
    void wait();

private:
    struct Shared;
    explicit SideThread(std::unique_ptr<Shared> shared);
    std::unique_ptr<Shared> d;
};

}  // namespace strongroom::storage
