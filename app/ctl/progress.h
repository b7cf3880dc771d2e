// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Shows a Monitor's counters on standard error while a command works, ten times a second at most.

#include "storage/monitor.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace strongroom::app::ctl {

enum class ProgressStyle { None, Line, Json };

/// Lives as long as the work. Thread: owns one that only reads the monitor.
class ProgressPrinter {
public:
    ProgressPrinter(const storage::Monitor &monitor, ProgressStyle style);
    ~ProgressPrinter();
    ProgressPrinter(const ProgressPrinter &) = delete;
    ProgressPrinter &operator=(const ProgressPrinter &) = delete;

    /// Takes the line away so that something else can be written there; it comes back with the next beat.
    void hide();
    /// Silent from pause() to resume(): a question stands on the terminal.
    void pause();
    void resume();

private:
    void loop();
    void show();
    void clearLine();
    const storage::Monitor &m_monitor;
    ProgressStyle m_style;
    bool m_shown = false;    // a line stands on the terminal
    bool m_paused = false;
    bool m_stop = false;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::thread m_thread;
};

}  // namespace strongroom::app::ctl
