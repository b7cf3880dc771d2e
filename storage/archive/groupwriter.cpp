// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/groupwriter.h"

#include "storage/archive/aside.h"
#include "storage/archive/groupcutter.h"
#include "storage/archive/grouppacker.h"
#include "storage/archive/tarformat.h"
#include "storage/archive/trailer.h"
#include "storage/fd.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unistd.h>

// G1  Groups reach the file in the order they were begun in, whoever packed them.
// G2  Groups waiting at any time: at most twice the workers plus four, whatever the size of the backup.
// G3  The first failure ends everything: later groups are neither packed nor written, and every later call
//     returns that failure. Nobody finishes an archive with a hole in it. The one exception is the source of
//     a large file: its pieces begin a group, so the file can be cut back to where it began (takeBack).
// G4  Where groups are cut follows from names and sizes alone, so a backup of an unchanged folder repeats
//     its groups byte for byte, and a change touches the groups around it only.

namespace strongroom::storage {

namespace {

constexpr qint64 kPartBytes = 1 << 20;        // of a large file
constexpr int kMaxWorkers = 16;               // each costs some 5 MB; more do not help one disk

class Writer final : public GroupWriter {
public:
    Writer(int fd, const WriterOptions &options, std::vector<std::unique_ptr<GroupPacker>> packers, Monitor &monitor);
    ~Writer() override;
    Writer(const Writer &) = delete;
    Writer &operator=(const Writer &) = delete;

    Result<void> add(const Member &member, std::shared_ptr<ContentSource> content, qint64 offset) override;
    Result<void> addPacked(const PackedRun &run, const QList<Member> &members) override;
    Result<void> cut() override;
    qsizetype groupCount() const override { return m_submitted; }
    QList<IndexedGroup> groups() const override { return m_groups; }
    Crew &crew() override { return m_crew; }
    Result<void> takeBack() override;
    Result<QList<PackedFile>> drain() override;
    Result<void> addText(const RelPath &path, QByteArrayView text, qint64 mtimeNs) override;
    Result<qint64> finish(const QList<Member> &members) override;

private:
    Result<void> addLarge(const Member &member, ContentSource &content, qint64 begin, qsizetype index);
    Result<void> writeTrailer(const QList<Member> &members);
    Result<void> submit(std::unique_ptr<Group> group);
    Result<void> wait();
    Result<void> writeGroup(Group &group);
    void pack(Group &group, int worker);
    void writeInOrder();
    void setError(Error error);
    [[nodiscard]] Result<void> checkGoing();

    const int m_fd;
    const qint64 m_start;                    // position in the file; -1 where it has none
    const WriterOptions m_options;
    Monitor &m_monitor;
    const std::vector<std::unique_ptr<GroupPacker>> m_packers;   // one for each of the crew
    Sha256Hasher m_hasher;                   // for large files
    GroupCutter m_cutter;
    std::unique_ptr<Group> m_current;
    qsizetype m_submitted = 0;
    qsizetype m_largeBegins = 0;             // m_submitted before the first piece
    qsizetype m_added = 0;
    bool m_lastIsLarge = false;
    bool m_largeSubmitted = false;           // at least its first piece
    std::optional<Error> m_torn;             // a large file ends early: only takeBack() helps
    QList<IndexedGroup> m_indexed;           // the groups before the first text
    bool m_hasText = false;
    qint64 m_manifestOffset = 0;
    qint64 m_manifestLength = 0;

    std::mutex m_mutex;
    std::condition_variable m_progress;      // a group packed or written
    std::deque<std::unique_ptr<Group>> m_order;
    std::vector<PackedFile> m_packed;
    QList<IndexedGroup> m_groups;
    qint64 m_written = 0;
    qint64 m_largeOffset = 0;                // where the large file written last begins
    qsizetype m_largeGroup = 0;
    std::optional<Error> m_error;
    bool m_stopping = false;
    std::jthread m_writer;
    Crew m_crew;                             // last: its jobs see the rest of this
};

Writer::Writer(int fd, const WriterOptions &options, std::vector<std::unique_ptr<GroupPacker>> packers, Monitor &monitor)
    : m_fd(fd), m_start(::lseek(fd, 0, SEEK_CUR)), m_options(options), m_monitor(monitor), m_packers(std::move(packers)), m_cutter(options.groupBytes),
      m_crew(int(m_packers.size()))
{
    if (!m_crew.isCallerAlone())
        m_writer = std::jthread([this] { writeInOrder(); });
}

Writer::~Writer()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_progress.notify_all();
}

void Writer::setError(Error error)
{
    const std::lock_guard lock(m_mutex);
    if (!m_error)
        m_error = std::move(error);
}

void Writer::pack(Group &group, int worker)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_error || m_stopping)
            return;
    }
    if (auto packed = m_packers[size_t(worker)]->pack(group); !packed)
        setError(std::move(packed).error());
    {
        const std::lock_guard lock(m_mutex);
        group.done = true;
    }
    m_progress.notify_all();
}

void Writer::writeInOrder()
{
    for (;;) {
        std::unique_ptr<Group> group;
        {
            std::unique_lock lock(m_mutex);
            m_progress.wait(lock, [this] {
                return m_stopping || (!m_error && !m_order.empty() && m_order.front()->done);
            });
            if (m_stopping)
                return;
            group = std::move(m_order.front());
            m_order.front() = nullptr;   // stays in the queue until it is written: wait() counts it
        }
        auto written = writeGroup(*group);
        if (!written)
            setError(std::move(written).error());
        {
            const std::lock_guard lock(m_mutex);
            m_order.pop_front();
        }
        m_progress.notify_all();
    }
}

Result<void> Writer::writeGroup(Group &group)
{
    STRONGROOM_CHECK(writeFully(m_fd, group.packed.constData(), group.packed.size(), {}));
    const std::lock_guard lock(m_mutex);
    if (group.beginsLarge) {
        m_largeOffset = m_written;
        m_largeGroup = m_groups.size();
    }
    m_written += group.packed.size();
    m_groups.append({group.packed.size(), group.rawBytes, group.members});
    m_packed.insert(m_packed.end(), group.hashes.begin(), group.hashes.end());
    return {};
}

Result<void> Writer::submit(std::unique_ptr<Group> group)
{
    if (m_torn)
        return std::unexpected(*m_torn);
    ++m_submitted;
    if (m_crew.isCallerAlone()) {
        if (m_error)
            return std::unexpected(*m_error);
        auto done = m_packers.front()->pack(*group);
        if (done)
            done = writeGroup(*group);
        if (!done)
            setError(done.error());
        return done;
    }
    std::unique_lock lock(m_mutex);
    const size_t room = 2 * m_packers.size() + 4;
    m_progress.wait(lock, [&] { return m_error || m_order.size() < room; });
    if (m_error)
        return std::unexpected(*m_error);
    Group &submitted = *m_order.emplace_back(std::move(group));
    lock.unlock();
    m_crew.run([this, &submitted](int worker) { pack(submitted, worker); });
    return {};
}

/// Until everything submitted is in the file.
Result<void> Writer::wait()
{
    std::unique_lock lock(m_mutex);
    m_progress.wait(lock, [this] { return m_error || m_order.empty(); });
    if (m_error)
        return std::unexpected(*m_error);
    if (m_torn)
        return std::unexpected(*m_torn);
    return {};
}

Result<void> Writer::cut()
{
    m_cutter.reset();
    if (!m_current)
        return {};
    return submit(std::move(m_current));
}

Result<void> Writer::checkGoing()
{
    if (m_torn)
        return std::unexpected(*m_torn);
    if (!m_monitor.stopRequested())
        return {};
    setError({ErrorCode::Cancelled, {}, 0, {}, {}});
    return std::unexpected(*m_error);
}

Result<void> Writer::add(const Member &member, std::shared_ptr<ContentSource> content, qint64 offset)
{
    Q_ASSERT(member.type != MemberType::File || member.size == 0 || content);
    STRONGROOM_CHECK(checkGoing());
    const qsizetype index = m_added++;
    m_monitor.setCurrent(member.path.bytes());
    m_monitor.addItems();
    m_lastIsLarge = member.type == MemberType::File && isReadAtOnce(member.size);
    if (m_lastIsLarge)
        return addLarge(member, *content, offset, index);
    if (m_cutter.cutsBefore(member) && m_current)
        STRONGROOM_CHECK(submit(std::move(m_current)));
    if (!m_current)
        m_current = std::make_unique<Group>();
    m_current->entries.push_back({member, std::move(content), offset, index});
    return {};
}

Result<void> Writer::addPacked(const PackedRun &run, const QList<Member> &members)
{
    STRONGROOM_CHECK(checkGoing());
    STRONGROOM_CHECK(cut());
    m_lastIsLarge = false;
    std::vector<PackedFile> hashes;
    for (const Member &member : members) {
        const qsizetype index = m_added++;
        m_monitor.addItems();
        m_monitor.addBytes(member.size);
        if (member.type == MemberType::File)
            hashes.push_back({index, run.hashes.at(qsizetype(hashes.size()))});
    }
    qint64 offset = run.offset;
    for (qsizetype i = 0; i < run.packed.size(); ++i) {
        auto group = std::make_unique<Group>();
        group->from = run.file;
        group->fromOffset = std::exchange(offset, offset + run.packed.at(i));
        group->fromBytes = run.packed.at(i);
        group->rawBytes = run.raw.at(i);
        group->members = i == 0 ? members.size() : 0;
        if (i == 0)
            group->hashes = std::move(hashes);
        STRONGROOM_CHECK(submit(std::move(group)));
    }
    return {};
}

/// Pieces of 1 MiB counted from the file's start, whatever precedes it: a changed page later changes its
/// own piece only. Read and hashed here, in order; packed by the workers.
Result<void> Writer::addLarge(const Member &member, ContentSource &content, qint64 begin, qsizetype index)
{
    m_largeSubmitted = false;
    STRONGROOM_CHECK(cut());
    m_largeBegins = m_submitted;
    for (qint64 offset = 0; offset < member.size; offset += kPartBytes) {
        const qint64 size = std::min(kPartBytes, member.size - offset);
        auto group = std::make_unique<Group>();
        group->raw.reserve(size + 4 * kTarBlock);
        group->beginsLarge = offset == 0;
        if (offset == 0)
            appendTarHeader(group->raw, member, TarTimes::Seconds);
        const qsizetype start = group->raw.size();
        if (auto read = appendContent(group->raw, content, size, begin + offset, member.path.bytes(), m_monitor); !read) {
            m_torn = read.error();
            return read;
        }
        m_hasher.add(QByteArrayView(group->raw).sliced(start));
        if (offset + size == member.size) {
            appendTarPadding(group->raw, member.size);
            group->hashes.push_back({index, m_hasher.finish()});
        }
        STRONGROOM_CHECK(submit(std::move(group)));
        m_largeSubmitted = true;
    }
    return {};
}

Result<void> Writer::takeBack()
{
    Q_ASSERT(m_lastIsLarge);
    m_lastIsLarge = false;
    m_torn.reset();
    STRONGROOM_CHECK(wait());
    (void)m_hasher.finish();   // of a file that was not read to its end
    const qsizetype index = --m_added;
    if (!m_largeSubmitted)
        return {};
    if (m_start < 0 || ::ftruncate(m_fd, m_start + m_largeOffset) != 0 || ::lseek(m_fd, m_start + m_largeOffset, SEEK_SET) < 0) {
        setError(Error::fromErrno(m_start < 0 ? ESPIPE : errno, {}, ErrorCode::WriteFailed));
        return std::unexpected(*m_error);
    }
    m_written = m_largeOffset;
    m_groups.resize(m_largeGroup);
    m_submitted = m_largeBegins;
    if (!m_packed.empty() && m_packed.back().index == index)
        m_packed.pop_back();
    return {};
}

Result<QList<PackedFile>> Writer::drain()
{
    STRONGROOM_CHECK(cut());
    STRONGROOM_CHECK(wait());
    const std::lock_guard lock(m_mutex);
    const QList<PackedFile> files(m_packed.begin(), m_packed.end());
    m_packed.clear();
    return files;
}

Result<void> Writer::addText(const RelPath &path, QByteArrayView text, qint64 mtimeNs)
{
    STRONGROOM_CHECK(cut());
    STRONGROOM_CHECK(wait());
    if (!std::exchange(m_hasText, true))
        m_indexed = m_groups;
    const qint64 before = m_written;
    Member member;
    member.path = path;
    member.size = text.size();
    member.mode = 0600;
    member.mtimeNs = mtimeNs;
    STRONGROOM_CHECK(add(member, std::make_shared<ViewSource>(text), 0));
    STRONGROOM_CHECK(cut());
    STRONGROOM_CHECK(wait());
    if (path.bytes() == kManifestPath) {
        m_manifestOffset = before;
        m_manifestLength = m_written - before;
    }
    return {};
}

Result<qint64> Writer::finish(const QList<Member> &members)
{
    STRONGROOM_CHECK(cut());
    auto end = std::make_unique<Group>();
    appendTarEnd(end->raw);
    STRONGROOM_CHECK(submit(std::move(end)));
    STRONGROOM_CHECK(wait());
    if (m_manifestLength > 0)
        STRONGROOM_CHECK(writeTrailer(members));
    return m_written;
}

Result<void> Writer::writeTrailer(const QList<Member> &members)
{
    QByteArray tail;
    if (!members.isEmpty())
        tail = layAside(encodeIndex(m_indexed, members), kIndexMark, m_options.format);
    const qint64 indexBytes = tail.size();
    tail += encodeTrailer({m_manifestOffset, m_manifestLength, indexBytes > 0 ? m_written : 0, indexBytes}, m_options.format);
    STRONGROOM_CHECK(writeFully(m_fd, tail.constData(), tail.size(), {}));
    m_written += tail.size();
    return {};
}

}  // namespace

Result<qint64> ViewSource::readAt(char *data, qint64 size, qint64 offset)
{
    const qint64 n = std::clamp<qint64>(m_bytes.size() - offset, 0, size);
    std::copy_n(m_bytes.data() + offset, n, data);
    return n;
}

bool GroupWriter::isReadAtOnce(qint64 size)
{
    return size > kPartBytes;
}

Result<std::unique_ptr<GroupWriter>> GroupWriter::create(int fd, const WriterOptions &options, Monitor &monitor)
{
    const int threads = options.threads > 0 ? options.threads : int(std::max(1u, std::thread::hardware_concurrency()));
    std::vector<std::unique_ptr<GroupPacker>> packers;
    for (int i = 0; i < std::min(threads, kMaxWorkers); ++i) {
        STRONGROOM_TRY(packers.emplace_back(), GroupPacker::create(options, monitor));
    }
    return std::make_unique<Writer>(fd, options, std::move(packers), monitor);
}

}  // namespace strongroom::storage
