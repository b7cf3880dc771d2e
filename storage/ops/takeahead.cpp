// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/takeahead.h"

#include "storage/ops/backuptaker.h"
#include "storage/ops/fileform.h"

#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <vector>

// T1  What is read ahead has the very stamp that the walk saw, after its last byte was read, and that stamp is older
//     than the tick in which reading began: nobody wrote to it in between. A file with any other history, and
//     every error, is for the turn, which looks for itself as if nobody had been there.
// T2  Folders held open for entries that wait: at most kBatches times kFolders, whatever the tree.
// T3  Bytes held for entries that wait: less than kBatches times (kBytes plus the largest small file).

namespace strongroom::storage {

namespace {

constexpr size_t kBatches = 16;
constexpr size_t kEntries = 64;
constexpr int kFolders = 8;
constexpr qint64 kBytes = 256 * 1024;

/// T1. True when `data` holds the whole file that `walked` describes.
bool readCalm(const WalkEntry &walked, Capture capture, qint64 nowNs, char *data, Monitor &monitor)
{
    const FileStamp &met = walked.stamp;
    const auto fd = openBelow(walked.folder->get(), RelPath().childUnchecked(walked.path.name()), O_RDONLY | O_NOCTTY);
    if (!fd || !FileTaker::isSettled(met))
        return false;
    const auto got = preadFully(fd->get(), data, met.size, 0, {});
    if (!got || *got != met.size)
        return false;
    const auto after = stampOf(fd->get(), {});
    if (!after || !after->sameAs(met) || after->links != 1)
        return false;
    if (!FileTaker::mustLookInto(met, capture, nowNs))
        return true;
    ViewSource content(QByteArrayView(data, met.size));
    const auto form = formOf({&content, met.size, met}, capture, walked.path, monitor);
    return form && *form == FileForm::Whole;
}

}  // namespace

class TakeAhead::Batch final : public ContentSource {
public:
    [[nodiscard]] bool isFull() const { return entries.size() >= kEntries || m_bytes >= kBytes; }
    [[nodiscard]] bool hasRoomFor(const MetEntry &entry) const
    {
        return entries.empty() || entry.walked.folder == entries.back().walked.folder || m_folders < kFolders;
    }

    void add(MetEntry entry)
    {
        if (entries.empty() || entry.walked.folder != entries.back().walked.folder)
            ++m_folders;
        if (entry.isCalm) {
            entry.offset = m_bytes;
            m_bytes += entry.walked.stamp.size;
        }
        entries.push_back(std::move(entry));
    }

    void read(qint64 nowNs, Monitor &monitor)
    {
        m_arena = std::make_unique_for_overwrite<char[]>(size_t(m_bytes));
        for (MetEntry &entry : entries) {
            if (entry.isCalm)
                entry.isCalm = !monitor.stopRequested()
                    && readCalm(entry.walked, entry.decision.capture, nowNs, m_arena.get() + entry.offset, monitor);
        }
        m_done.store(true, std::memory_order_release);
        m_done.notify_one();
    }

    void wait() const { m_done.wait(false, std::memory_order_acquire); }

    Result<qint64> readAt(char *data, qint64 size, qint64 offset) override
    {
        const qint64 n = std::clamp<qint64>(m_bytes - offset, 0, size);
        std::copy_n(m_arena.get() + offset, n, data);
        return n;
    }

    std::vector<MetEntry> entries;

private:
    std::unique_ptr<char[]> m_arena;
    qint64 m_bytes = 0;
    int m_folders = 0;
    std::atomic<bool> m_done = false;
};

TakeAhead::TakeAhead(Crew &crew, const QDateTime &now, Monitor &monitor, Turn turn)
    : m_crew(crew), m_nowNs(now.toMSecsSinceEpoch() * 1'000'000), m_monitor(monitor), m_turn(std::move(turn))
{
}

Result<void> TakeAhead::add(MetEntry entry)
{
    if (m_filling && !m_filling->hasRoomFor(entry))
        submit();
    if (!m_filling)
        m_filling = std::make_shared<Batch>();
    m_filling->add(std::move(entry));
    if (m_filling->isFull() || m_crew.isCallerAlone())
        submit();
    return giveTurns(m_crew.isCallerAlone() ? 0 : kBatches);
}

Result<void> TakeAhead::catchUp()
{
    if (m_filling)
        submit();
    return giveTurns(0);
}

void TakeAhead::submit()
{
    m_waiting.push_back(m_filling);
    m_crew.run([batch = std::move(m_filling), nowNs = m_nowNs, &monitor = m_monitor](int) { batch->read(nowNs, monitor); });
    m_filling = nullptr;
}

/// Until only `left` batches wait.
Result<void> TakeAhead::giveTurns(size_t left)
{
    while (m_waiting.size() > left) {
        const std::shared_ptr<Batch> batch = std::move(m_waiting.front());
        m_waiting.pop_front();
        batch->wait();
        for (const MetEntry &entry : batch->entries) {
            if (m_monitor.stopRequested())
                return fail(ErrorCode::Cancelled);
            STRONGROOM_CHECK(m_turn(entry, batch));
        }
        batch->entries = {};   // the content may be waited for longer, by the packers
    }
    return {};
}

}  // namespace strongroom::storage
