// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The longest event-loop turn of the thread it was made in, measured between the beats of a timer that is
// due each millisecond. CPU time decides, because other processes of a busy machine may stretch the wall clock as
// they like; the wall time is kept for information.

#include <QElapsedTimer>
#include <QTimer>

#include <ctime>

namespace strongroom::tests {

class StallWatch : public QObject {
public:
    StallWatch()
    {
        connect(&m_beat, &QTimer::timeout, this, [this] { end(); });
        m_beat.start(1);
        begin();
    }
    [[nodiscard]] double worstCpuMs() const { return m_worstCpu; }
    [[nodiscard]] double worstWallMs() const { return m_worstWall; }
    [[nodiscard]] int turns() const { return m_turns; }

private:
    void begin()
    {
        m_cpu = cpuNow();
        m_wall.start();
    }
    void end()
    {
        ++m_turns;
        m_worstCpu = qMax(m_worstCpu, cpuNow() - m_cpu);
        m_worstWall = qMax(m_worstWall, double(m_wall.nsecsElapsed()) / 1e6);
        begin();
    }
    static double cpuNow()
    {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
    }
    QTimer m_beat;
    QElapsedTimer m_wall;
    double m_cpu = 0;
    double m_worstCpu = 0;
    double m_worstWall = 0;
    int m_turns = 0;
};

}  // namespace strongroom::tests
