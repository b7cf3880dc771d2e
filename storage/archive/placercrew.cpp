// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/placercrew.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace strongroom::storage {

namespace {

constexpr qsizetype kBatchBytes = 256 * 1024;
constexpr size_t kBatchFiles = 128;
/// Folders stay open until their files are written.
constexpr int kBatchFolders = 16;
/// More do not help one file system.
constexpr int kMaxWriters = 8;

int writersFor(int jobs)
{
    const int wanted = jobs > 0 ? jobs : int(std::thread::hardware_concurrency());
    return std::clamp(wanted, 1, kMaxWriters);
}

}  // namespace

void PlacerCrew::Batch::clear()
{
    items.clear();
    content.resize(0);
    folders = 0;
}

PlacerCrew::PlacerCrew(int jobs, bool owners, Monitor &monitor)
    : m_jobs(writersFor(jobs)), m_owners(owners), m_monitor(monitor), m_own(owners), m_filling(std::make_unique<Batch>())
{
}

PlacerCrew::~PlacerCrew()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
        m_queue.clear();
        m_failedAt = -1;   // what is being written is of no use any more
    }
    m_work.notify_all();
    m_writers.clear();   // joins
}

void PlacerCrew::begin(FileOrder order)
{
    m_filling->content.truncate(m_whole);
    m_order = std::move(order);
}

void PlacerCrew::append(QByteArrayView content)
{
    m_filling->content.append(content);
}

Result<void> PlacerCrew::finish()
{
    if (hasFailed())
        return wait();
    Batch &batch = *m_filling;
    batch.folders += batch.items.empty() || batch.items.back().order.folder != m_order.folder;
    batch.items.push_back({std::move(m_order), m_whole, batch.content.size() - m_whole});
    m_whole = batch.content.size();
    if (m_jobs == 1)
        return wait();
    if (batch.content.size() < kBatchBytes && batch.items.size() < kBatchFiles && batch.folders < kBatchFolders)
        return {};
    return submit();
}

Result<void> PlacerCrew::placeAll(FilePlacer &placer, const Batch &batch) const
{
    for (const Item &item : batch.items) {
        if (m_failedAt < batch.number)
            return {};
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_CHECK(placer.place(item.order, QByteArrayView(batch.content).sliced(item.start, item.size)));
    }
    return {};
}

void PlacerCrew::noteFailure(qint64 number, Error error)
{
    if (number >= m_failedAt)
        return;
    m_failedAt = number;
    m_error = std::move(error);
    m_queue.clear();   // taken in order, so all of it comes later
}

void PlacerCrew::startWriters()
{
    while (m_placers.size() < size_t(m_jobs)) {
        m_placers.push_back(std::make_unique<FilePlacer>(m_owners));
        try {
            m_writers.emplace_back([this, own = m_placers.back().get()] { work(*own); });
        } catch (const std::system_error &) {
            m_placers.pop_back();
            break;
        }
    }
    if (m_writers.empty())
        m_jobs = 1;
}

Result<void> PlacerCrew::submit()
{
    if (m_writers.empty())
        startWriters();
    if (m_writers.empty())
        return wait();
    std::unique_lock lock(m_mutex);
    m_progress.wait(lock, [this] { return m_error || m_queue.size() < m_placers.size() + 2; });
    if (m_error) {
        m_progress.wait(lock, [this] { return m_busy == 0; });
        return std::unexpected(*m_error);
    }
    m_filling->number = m_batches++;
    m_queue.push_back(std::move(m_filling));
    if (m_spare.empty()) {
        m_filling = std::make_unique<Batch>();
    } else {
        m_filling = std::move(m_spare.back());
        m_spare.pop_back();
    }
    m_whole = 0;
    lock.unlock();
    m_work.notify_one();
    return {};
}

Result<void> PlacerCrew::wait()
{
    if (m_writers.empty() && !m_filling->items.empty() && !hasFailed()) {
        const auto done = placeAll(m_own, *m_filling);
        m_filling->clear();
        m_whole = 0;
        if (!done)
            noteFailure(m_batches, done.error());
    } else if (!m_filling->items.empty() && !hasFailed()) {
        STRONGROOM_CHECK(submit());
    }
    std::unique_lock lock(m_mutex);
    m_progress.wait(lock, [this] { return m_queue.empty() && m_busy == 0; });
    if (m_error)
        return std::unexpected(*m_error);
    return {};
}

void PlacerCrew::work(FilePlacer &placer)
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_work.wait(lock, [this] { return !m_queue.empty() || m_ending; });
        if (m_ending)
            return;
        std::unique_ptr<Batch> batch = std::move(m_queue.front());
        m_queue.pop_front();
        ++m_busy;
        lock.unlock();
        m_progress.notify_one();
        const auto done = placeAll(placer, *batch);
        const qint64 number = batch->number;
        batch->clear();
        lock.lock();
        --m_busy;
        if (!done)
            noteFailure(number, done.error());
        m_spare.push_back(std::move(batch));
        m_progress.notify_one();
    }
}

PlacedCounts PlacerCrew::counts() const
{
    PlacedCounts all = m_own.counts();
    for (const auto &placer : m_placers)
        all += placer->counts();
    return all;
}

}  // namespace strongroom::storage
