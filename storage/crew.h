// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Some threads that do short jobs for one owner. No futures and no errors here: what a job finds it leaves
// where its owner looks for it.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace strongroom::storage {

/// Jobs begin in the order they were given. With one thread none is started, and where the system gives none it is the
/// same: a job is then done by run() itself, in the caller. Thread: run() any.
class Crew {
public:
    /// \param worker  which of the crew does it, 0 to size() - 1; nobody else is that one meanwhile.
    using Job = std::function<void(int worker)>;

    explicit Crew(int threads);
    /// Waits for the jobs that were begun; the others are dropped undone.
    ~Crew();
    Crew(const Crew &) = delete;
    Crew &operator=(const Crew &) = delete;

    /// How many jobs may be under way at once; at least 1.
    [[nodiscard]] int size() const { return isCallerAlone() ? 1 : int(m_threads.size()); }
    [[nodiscard]] bool isCallerAlone() const { return m_threads.empty(); }
    /// Returns at once, unless the caller is alone. A job must not wait for a later one.
    void run(Job job);

private:
    void work(int worker);

    std::mutex m_mutex;
    std::condition_variable m_given;
    std::deque<Job> m_jobs;
    bool m_stopping = false;
    std::vector<std::jthread> m_threads;
};

}  // namespace strongroom::storage
