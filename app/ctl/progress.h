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

private:
    void loop();
    void show();
    const storage::Monitor &m_monitor;
    ProgressStyle m_style;
    bool m_shown = false;
    bool m_stop = false;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::thread m_thread;
};

}  // namespace strongroom::app::ctl
