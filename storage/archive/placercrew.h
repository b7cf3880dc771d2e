// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Whole files on their way to writers: gathered into batches, written by several threads, or by the caller
// where one job is all there is. Decides nothing about what may be written where.

#include "storage/archive/fileplacer.h"
#include "storage/monitor.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace strongroom::storage {

/// The first failure in the order of the files is the one that is told, whoever met it; what comes after it
/// is not begun, what came before it is written. Memory: at most a batch of some 256 KiB for each writer,
/// as many waiting, and three more. Thread: one calls; the writers are its own and end with it.
class PlacerCrew {
public:
    /// Largest file that it takes.
    static constexpr qint64 kMaxFile = 256 * 1024;

    /// \param jobs    writers; 0 = one a core, 1 = none, nor where no thread can be started: every file is
    ///                written before finish() returns.
    /// \param owners  as for FilePlacer.
    PlacerCrew(int jobs, bool owners, Monitor &monitor);
    ~PlacerCrew();
    PlacerCrew(const PlacerCrew &) = delete;
    PlacerCrew &operator=(const PlacerCrew &) = delete;

    /// A file of at most kMaxFile bytes begins, its content comes, it is finished. begin() forgets what was not
    /// finished. `order.judged` must stay as it is until wait(). Errors of finish(): FilePlacer's, of this or an
    /// earlier file, and Cancelled; after the first one it is always that.
    void begin(FileOrder order);
    void append(QByteArrayView content);
    [[nodiscard]] Result<void> finish();

    /// Something went wrong that wait() will tell.
    [[nodiscard]] bool hasFailed() const { return m_failedAt != kNever; }
    /// Until every finished file is written. Errors: as finish().
    [[nodiscard]] Result<void> wait();

    /// Writes in the calling thread, for what it does not take; its counts are among counts().
    [[nodiscard]] FilePlacer &own() { return m_own; }
    /// After wait().
    [[nodiscard]] PlacedCounts counts() const;

private:
    struct Item {
        FileOrder order;
        qsizetype start;   // of its content in the batch
        qsizetype size;
    };
    struct Batch {
        qint64 number = 0;
        std::vector<Item> items;
        QByteArray content;
        int folders = 0;   // that it holds open, at most
        void clear();
    };
    [[nodiscard]] Result<void> placeAll(FilePlacer &placer, const Batch &batch) const;
    [[nodiscard]] Result<void> submit();
    void startWriters();
    void work(FilePlacer &placer);
    void noteFailure(qint64 number, Error error);

    static constexpr qint64 kNever = std::numeric_limits<qint64>::max();

    int m_jobs;
    const bool m_owners;
    Monitor &m_monitor;
    FilePlacer m_own;
    std::unique_ptr<Batch> m_filling;
    qsizetype m_whole = 0;                  // of its content, bytes of finished files
    FileOrder m_order;                      // of the file that is not finished
    qint64 m_batches = 0;

    std::atomic<qint64> m_failedAt = kNever;   // number of the batch that m_error is of
    std::mutex m_mutex;
    std::condition_variable m_work;         // a batch to write, or the end
    std::condition_variable m_progress;     // a batch taken or written
    std::deque<std::unique_ptr<Batch>> m_queue;
    std::vector<std::unique_ptr<Batch>> m_spare;
    int m_busy = 0;
    std::optional<Error> m_error;
    bool m_ending = false;
    std::vector<std::unique_ptr<FilePlacer>> m_placers;
    std::vector<std::jthread> m_writers;
};

}  // namespace strongroom::storage
