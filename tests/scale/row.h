// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A row that a program measures itself, as bench.Row of the report reads it, and the clock it is measured with.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace strongroom::scale {

/// Texts go into JSON as they are: no quotes, no backslashes.
struct Row {
    std::string work;
    std::string peer = "";
    std::optional<double> theirs = {};
    double ours = 0;
    std::string unit = "s";
    std::optional<double> target = {};   ///< theirs : ours, at least
    std::optional<double> most = {};     ///< ours, in the unit

    void print() const
    {
        const auto number = [](const std::optional<double> &value) { return value ? std::to_string(*value) : std::string("null"); };
        std::printf("{\"work\": \"%s\", \"peer\": \"%s\", \"theirs\": %s, \"ours\": %.9f, \"unit\": \"%s\", \"target\": %s, \"most\": %s}\n",
                    work.c_str(), peer.c_str(), number(theirs).c_str(), ours, unit.c_str(), number(target).c_str(), number(most).c_str());
        std::fflush(stdout);
    }
};

class Clock {
public:
    [[nodiscard]] double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count(); }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

/// All sides in turn, round by round, after one that is not counted; the least of what each said.
[[nodiscard]] inline std::vector<double> fastest(int rounds, const std::vector<std::function<double()>> &sides)
{
    std::vector<double> best(sides.size(), 1e9);
    for (int round = 0; round <= rounds; ++round) {
        for (size_t i = 0; i < sides.size(); ++i) {
            const double seconds = sides[i]();
            if (round > 0)
                best[i] = std::min(best[i], seconds);
        }
    }
    return best;
}

}  // namespace strongroom::scale
