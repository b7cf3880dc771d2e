// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/blockfeed.h"

#include "storage/sidethread.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>

namespace strongroom::storage {

namespace {

using namespace std::chrono_literals;

/// How often a caller that waits looks whether it is to stop, and gives a sign of life.
constexpr auto kGlance = 100ms;

/// One block and what comes behind it.
struct Filled {
    QByteArray bytes;
    qint64 size = 0;
    qint64 fileOffset = 0;
    bool last = false;
    std::optional<Error> error;   // of the last one
};

void fill(ByteSource &source, Filled &block)
{
    block.bytes.resize(BlockFeed::kBlock);
    block.size = 0;
    while (block.size < BlockFeed::kBlock && !block.last) {
        auto n = source.read(block.bytes.data() + block.size, BlockFeed::kBlock - block.size);
        block.last = !n || *n == 0;
        if (!n)
            block.error = std::move(n).error();
        else
            block.size += *n;
    }
    block.fileOffset = source.fileOffset();
}

class FeedHere final : public BlockFeed {
public:
    explicit FeedHere(ByteSource &source) : m_source(source) {}

    Result<QByteArrayView> next() override
    {
        if (!m_block.last)
            fill(m_source, m_block);
        else
            m_block.size = 0;
        if (m_block.size == 0 && m_block.error)
            return std::unexpected(*m_block.error);
        return QByteArrayView(m_block.bytes).first(m_block.size);
    }
    qint64 fileOffset() const override { return m_block.fileOffset; }

private:
    ByteSource &m_source;
    Filled m_block;
};

/// A ring of blocks: the side thread fills them in order, the caller takes them in order.
class FeedAhead final : public BlockFeed {
public:
    FeedAhead(ByteSource &source, SideThread &side, Monitor &monitor) : m_source(source), m_side(side), m_monitor(monitor)
    {
        m_side.run([this] { fillAll(); });
    }
    ~FeedAhead() override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_stop = true;
        }
        m_changed.notify_all();
        m_side.wait();
    }

    Result<QByteArrayView> next() override
    {
        std::unique_lock lock(m_mutex);
        if (std::exchange(m_holding, false)) {
            ++m_taken;
            m_changed.notify_all();
        }
        while (m_filled == m_taken && !m_thrown) {
            if (m_changed.wait_for(lock, kGlance) == std::cv_status::timeout && m_monitor.stopRequested())
                return fail(ErrorCode::Cancelled);
        }
        if (m_thrown)
            std::rethrow_exception(m_thrown);
        Filled &block = m_blocks[m_taken % kBlocks];
        m_fileOffset = block.fileOffset;
        const qint64 size = std::exchange(block.size, block.last ? 0 : block.size);
        if (size == 0 && block.error)
            return std::unexpected(*block.error);
        m_holding = !block.last;   // the last one stays, for whoever asks again
        return QByteArrayView(block.bytes).first(size);
    }
    qint64 fileOffset() const override { return m_fileOffset; }

private:
    /// Enough for one group of an archive of ours while the next one is unpacked.
    static constexpr size_t kBlocks = 8;

    void fillAll()
    {
        try {
            for (bool last = false; !last;) {
                std::unique_lock lock(m_mutex);
                m_changed.wait(lock, [this] { return m_stop || m_filled - m_taken < kBlocks; });
                if (m_stop)
                    return;
                Filled &block = m_blocks[m_filled % kBlocks];
                lock.unlock();
                fill(m_source, block);
                last = block.last;
                lock.lock();
                ++m_filled;
                m_changed.notify_all();
            }
        } catch (...) {   // no memory: to be heard of where the caller would have heard of it
            const std::lock_guard lock(m_mutex);
            m_thrown = std::current_exception();
            m_changed.notify_all();
        }
    }

    ByteSource &m_source;
    SideThread &m_side;
    Monitor &m_monitor;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::array<Filled, kBlocks> m_blocks;   // those from m_taken to m_filled are the caller's
    size_t m_filled = 0;
    size_t m_taken = 0;
    bool m_holding = false;                 // the caller looks at block m_taken
    bool m_stop = false;
    std::exception_ptr m_thrown;
    qint64 m_fileOffset = 0;
};

}  // namespace

std::unique_ptr<BlockFeed> BlockFeed::open(ByteSource &source, SideThread *side, Monitor &monitor)
{
    if (side)
        return std::make_unique<FeedAhead>(source, *side, monitor);
    return std::make_unique<FeedHere>(source);
}

}  // namespace strongroom::storage
