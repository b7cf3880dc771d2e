// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Speed and remaining time out of samples of a counter. Pure: the caller says how much time has passed.

#include <QtGlobal>

#include <chrono>
#include <optional>

namespace strongroom::models {

/// Exponentially smoothed. Thread: one.
class RateMeter {
public:
    /// Before this much of a phase has passed, a remaining time would be a guess and is not given.
    static constexpr std::chrono::milliseconds kRemainingAfter{5000};
    /// Weight of the past: a change of speed is two thirds visible after this time.
    static constexpr std::chrono::milliseconds kSmoothing{3000};

    /// Forgets everything; for a new phase.
    void reset();
    /// \param elapsed  since reset(), growing
    /// \param done     counter since reset(); a counter that went back resets the speed
    void sample(std::chrono::milliseconds elapsed, qint64 done);
    /// Units per second; nullopt until two samples at least 200 ms apart were seen.
    [[nodiscard]] std::optional<double> perSecond() const { return m_speed; }
    /// Time left to `total`, rounded so that it does not flicker: to 1 s below a minute, to 5 s below ten, to
    /// a minute above. nullopt before kRemainingAfter, without a total, and while nothing moves.
    [[nodiscard]] std::optional<std::chrono::seconds> remaining(qint64 total) const;

private:
    std::chrono::milliseconds m_elapsed{0};
    std::chrono::milliseconds m_lastAt{0};
    qint64 m_last = 0;
    qint64 m_done = 0;
    bool m_any = false;
    std::optional<double> m_speed;
};

}  // namespace strongroom::models
