// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ratemeter.h"

#include <cmath>

namespace strongroom::models {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kShortest{200};

std::chrono::seconds rounded(double seconds)
{
    const double step = seconds < 60 ? 1 : seconds < 600 ? 5 : 60;
    return std::chrono::seconds(qint64(std::ceil(seconds / step) * step));
}

}  // namespace

void RateMeter::reset()
{
    *this = {};
}

void RateMeter::sample(std::chrono::milliseconds elapsed, qint64 done)
{
    m_elapsed = elapsed;
    if (m_any && done < m_last) {
        reset();
        m_elapsed = elapsed;
    }
    m_done = done;
    if (!m_any) {
        m_any = true;
        m_lastAt = elapsed;
        m_last = done;
        return;
    }
    const auto passed = elapsed - m_lastAt;
    if (passed < kShortest)
        return;
    const double now = double(done - m_last) * 1000.0 / double(passed.count());
    const double weight = 1.0 - std::exp(-double(passed.count()) / double(kSmoothing.count()));
    m_speed = m_speed ? *m_speed + weight * (now - *m_speed) : now;
    m_lastAt = elapsed;
    m_last = done;
}

std::optional<std::chrono::seconds> RateMeter::remaining(qint64 total) const
{
    if (!m_speed || *m_speed < 1e-9 || total <= 0 || m_elapsed < kRemainingAfter)
        return std::nullopt;
    const double seconds = double(qMax<qint64>(0, total - m_done)) / *m_speed;
    if (seconds > 30.0 * 24 * 3600)
        return std::nullopt;
    return rounded(seconds);
}

}  // namespace strongroom::models
