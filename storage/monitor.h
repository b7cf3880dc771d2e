// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Progress out, stop in: the one object a long-running storage function shares with whoever watches it.
// Not a signal emitter; the console samples it at 10 Hz, the command line reads the same counters.

#include <QByteArray>
#include <QString>

#include <atomic>
#include <functional>
#include <mutex>

namespace strongroom::storage {

/// What a job is doing right now. Words come from the views.
enum class Phase { Idle, Scanning, Planning, Reading, Writing, Verifying, Staging, Syncing, Exchanging, Cleaning, Finishing };

[[nodiscard]] QString phaseWord(Phase phase);  ///< stable kebab word for JSON progress

struct Progress {
    Phase phase = Phase::Idle;
    qint64 bytesDone = 0;
    qint64 bytesTotal = 0;   ///< 0 = not known yet
    qint64 itemsDone = 0;
    qint64 itemsTotal = 0;   ///< 0 = not known yet
    QByteArray current;      ///< path being worked on, 8-bit
    bool stopping = false;
};

/// Thread: every member may be called from any thread. Poll stopRequested() per entry and per 256 KiB.
class Monitor {
public:
    Monitor() = default;
    Monitor(const Monitor &) = delete;
    Monitor &operator=(const Monitor &) = delete;

    void requestStop() { m_stop.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool stopRequested() const
    {
        if (m_pulse) [[unlikely]]
            m_pulse();
        return m_stop.load(std::memory_order_relaxed);
    }
    /// Called at every poll, by the thread that polls: for a process that has nobody else to tell how far it
    /// is. Set it before the monitor is handed to anybody.
    void setPulse(std::function<void()> pulse) { m_pulse = std::move(pulse); }

    /// Starts a phase: counters and totals begin anew.
    void begin(Phase phase, qint64 bytesTotal = 0, qint64 itemsTotal = 0);
    void addBytes(qint64 n) { m_bytesDone.fetch_add(n, std::memory_order_relaxed); }
    void addItems(qint64 n = 1) { m_itemsDone.fetch_add(n, std::memory_order_relaxed); }
    void setTotals(qint64 bytes, qint64 items);
    void setCurrent(QByteArrayView path);

    [[nodiscard]] Progress sample() const;

private:
    std::atomic<bool> m_stop = false;
    std::atomic<int> m_phase = 0;
    std::atomic<qint64> m_bytesDone = 0;
    std::atomic<qint64> m_bytesTotal = 0;
    std::atomic<qint64> m_itemsDone = 0;
    std::atomic<qint64> m_itemsTotal = 0;
    mutable std::mutex m_mutex;
    QByteArray m_current;
    std::function<void()> m_pulse;
};

}  // namespace strongroom::storage
