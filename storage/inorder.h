// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Work that may be done in any order and must be taken in one: threads make the batches, the caller takes them as if there
// were no threads. For reading many small files, where the disk is waited for.

#include "storage/error.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <type_traits>
#include <vector>

namespace strongroom::storage {

/// Calls `make(n)` for n = 0, 1, ... below `batches`, and `take(made)` with each answer, in that order and in the calling
/// thread. With one thread, or where none can be started, `make` runs in the caller, too, right before its `take`.
/// \param threads  that call `make` at the same time; it must be fit for that. They are a few batches ahead at most.
/// \param make     qsizetype -> Batch; begins no more after an error.
/// \param take     Batch && -> Result<void>; its first error ends everything and is returned.
template<class Make, class Take>
[[nodiscard]] Result<void> inOrder(int threads, qsizetype batches, const Make &make, const Take &take)
{
    using Batch = std::invoke_result_t<const Make &, qsizetype>;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::optional<Batch>> made(size_t(threads > 1 ? threads * 4 : 1));
    qsizetype next = 0;      // to be made
    qsizetype taken = 0;
    bool over = false;
    const auto slot = [&](qsizetype n) -> std::optional<Batch> & { return made[size_t(n) % made.size()]; };

    const auto work = [&] {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return over || next == batches || next < taken + qsizetype(made.size()); });
            if (over || next == batches)
                return;
            const qsizetype mine = next++;
            lock.unlock();
            Batch batch = make(mine);
            lock.lock();
            slot(mine).emplace(std::move(batch));
            changed.notify_all();
        }
    };
    std::vector<std::jthread> workers;
    try {
        while (batches > 1 && threads > 1 && int(workers.size()) < threads)
            workers.emplace_back(work);
    } catch (const std::system_error &) {
        // As many as the system gives; none is enough.
    }
    Result<void> result;
    for (qsizetype n = 0; n < batches && result; ++n) {
        if (workers.empty()) {
            result = take(make(n));
            continue;
        }
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return slot(n).has_value(); });
        Batch batch = *std::move(slot(n));
        slot(n).reset();
        taken = n + 1;
        changed.notify_all();
        lock.unlock();
        result = take(std::move(batch));
    }
    {
        const std::lock_guard lock(mutex);
        over = true;
    }
    changed.notify_all();
    return result;   // the workers end with it, each after the batch it makes
}

}  // namespace strongroom::storage
