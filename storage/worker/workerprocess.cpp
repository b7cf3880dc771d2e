// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/worker/workerprocess.h"

#include "storage/passphrase.h"
#include "storage/verdict/spool.h"
#include "storage/worker/wire.h"

#include <QElapsedTimer>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace strongroom::storage {

namespace {

/// How often a stop is looked for while a worker is silent.
constexpr int kPollMs = 50;
/// A worker that closed its pipe is about to end; one that does not is made to.
constexpr int kLastBreathMs = 2'000;
/// Fewer wake-ups than with the 64 KiB a pipe has; less is no harm.
constexpr int kPipeBytes = 1 << 20;
/// What a scratch file may grow to; the disk is full before.
constexpr qint64 kScratchBytes = qint64(1) << 40;
/// Descriptors are moved above those that the worker gets, so that none is overwritten before it was moved.
constexpr int kAboveWorkerFds = 100;

std::unexpected<Error> unavailable(int err, const char *what)
{
    Error error = fail(ErrorCode::WorkerUnavailable, {}, {QString::fromLatin1(what)}).error();
    error.sysErrno = err;
    return std::unexpected(std::move(error));
}

std::unexpected<Error> misbehaved(const QString &what)
{
    return fail(ErrorCode::ArchiveHostile, {}, {what});
}

class SpawnSetup {
public:
    SpawnSetup()
    {
        posix_spawn_file_actions_init(&m_actions);
        posix_spawnattr_init(&m_attributes);
    }
    ~SpawnSetup()
    {
        posix_spawn_file_actions_destroy(&m_actions);
        posix_spawnattr_destroy(&m_attributes);
    }
    SpawnSetup(const SpawnSetup &) = delete;
    SpawnSetup &operator=(const SpawnSetup &) = delete;

    int give(int fd, int as) { return posix_spawn_file_actions_adddup2(&m_actions, fd, as); }
    /// Signals as a fresh program has them, and a process group of its own: what is typed at the terminal
    /// is for the parent, who stops its worker.
    int startAfresh()
    {
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        int result = posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        result = result ? result : posix_spawnattr_setsigmask(&m_attributes, &none);
        result = result ? result : posix_spawnattr_setsigdefault(&m_attributes, &all);
        return result ? result : posix_spawnattr_setpgroup(&m_attributes, 0);
    }
    int spawn(const QByteArray &program, pid_t &pid)
    {
        std::array<char, 9> option = {"--worker"};
        QByteArray name = program;
        char *const arguments[] = {name.data(), option.data(), nullptr};
        char *const environment[] = {nullptr};
        return posix_spawn(&pid, program.constData(), &m_actions, &m_attributes, arguments, environment);
    }

private:
    posix_spawn_file_actions_t m_actions;
    posix_spawnattr_t m_attributes;
};

Result<Fd> movedUp(int fd)
{
    Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, kAboveWorkerFds));
    if (!copy.isValid())
        return unavailable(errno, "descriptors");
    return copy;
}

/// The request as a descriptor that holds all of it: no pipe that could be full, and no file.
Result<Fd> requestFd(const QByteArray &request)
{
    const Fd memory(memfd_create("request", MFD_CLOEXEC));
    if (!memory.isValid())
        return unavailable(errno, "memory for the request");
    if (!writeFully(memory.get(), request.constData(), request.size(), {}))
        return unavailable(errno, "memory for the request");
    return movedUp(memory.get());
}

}  // namespace

WorkerProcess::WorkerProcess(WorkerProcess &&other) noexcept
    : m_pid(std::exchange(other.m_pid, -1)), m_status(other.m_status), m_waited(other.m_waited), m_pipe(std::move(other.m_pipe)),
      m_buffer(std::move(other.m_buffer)), m_begin(other.m_begin), m_end(other.m_end), m_answerBytes(other.m_answerBytes),
      m_maxAnswerBytes(other.m_maxAnswerBytes), m_patience(other.m_patience), m_bytesSeen(other.m_bytesSeen),
      m_itemsSeen(other.m_itemsSeen), m_sandbox(other.m_sandbox)
{
}

WorkerProcess::~WorkerProcess()
{
    kill();
}

Result<WorkerProcess> WorkerProcess::start(const WorkerTerms &terms, QByteArray request, const QList<int> &archives, Monitor &monitor)
{
    WorkerProcess worker;
    worker.m_maxAnswerBytes = terms.maxAnswerBytes;
    worker.m_patience = terms.patience;
    WireWriter head;
    head.u32(kWorkerMagic);
    head.u32(kWorkerVersion);
    head.u32(quint32(terms.verb));
    head.i64(terms.limits.memoryBytes);
    head.i64(terms.limits.cpuSeconds);
    Fd scratch;
    if (terms.scratch) {
        STRONGROOM_TRY(scratch, makeScratchFile());
    }
    head.i64(scratch.isValid() ? kScratchBytes : 0);
    head.u32(quint32(terms.jobs));
    QByteArray whole = head.buffer();
    whole.reserve(whole.size() + request.size());   // grown, it would leave a copy behind
    whole.append(request);
    const auto spawned = worker.spawn(terms, whole, scratch.isValid() ? archives + QList<int>{scratch.get()} : archives);
    wipe(whole);   // it may hold a passphrase
    wipe(request);
    STRONGROOM_CHECK(spawned);
    STRONGROOM_CHECK(worker.awaitHello(monitor));
    return worker;
}

Result<void> WorkerProcess::spawn(const WorkerTerms &terms, const QByteArray &request, QList<int> files)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return unavailable(errno, "pipe");
    m_pipe = Fd(ends[0]);
    const Fd writeEnd(ends[1]);
    fcntl(m_pipe.get(), F_SETPIPE_SZ, kPipeBytes);
    if (fcntl(m_pipe.get(), F_SETFL, O_NONBLOCK) != 0)
        return unavailable(errno, "pipe");
    const Fd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!nowhere.isValid())
        return unavailable(errno, "/dev/null");
    STRONGROOM_TRY(const Fd words, requestFd(request));
    STRONGROOM_TRY(const Fd answer, movedUp(writeEnd.get()));
    STRONGROOM_TRY(const Fd quiet, movedUp(nowhere.get()));
    std::vector<Fd> given;
    for (const int fd : std::as_const(files)) {
        STRONGROOM_TRY(Fd copy, movedUp(fd));
        given.push_back(std::move(copy));
    }
    SpawnSetup setup;
    int result = setup.startAfresh();
    result = result ? result : setup.give(words.get(), kRequestFd);
    result = result ? result : setup.give(answer.get(), kAnswerFd);
#if !defined(__SANITIZE_ADDRESS__)   // whose findings in a worker are to be seen
    result = result ? result : setup.give(quiet.get(), kNowhereFd);
#endif
    for (int i = 0; i < int(given.size()); ++i)
        result = result ? result : setup.give(given[size_t(i)].get(), kArchiveFd + i);
    result = result ? result : setup.spawn(terms.program, m_pid);
    if (result != 0) {
        m_pid = -1;
        return unavailable(result, "start");
    }
    return {};
}

Result<void> WorkerProcess::awaitHello(Monitor &monitor)
{
    const auto frame = take(monitor);
    if (!frame && frame.error().code == ErrorCode::Cancelled)
        return std::unexpected(frame.error());
    if (!frame || frame->type != FrameType::Hello)
        return fail(ErrorCode::WorkerUnavailable, {}, {frame ? QStringLiteral("no greeting") : burial()});
    WireReader in(frame->payload);
    const quint32 version = in.u32();
    m_sandbox = in.u32();
    if (!in.isGood() || !in.atEnd() || version != kWorkerVersion)
        return fail(ErrorCode::WorkerUnavailable, {}, {QStringLiteral("another version")});
    return {};
}

Result<Frame> WorkerProcess::next(Monitor &monitor)
{
    for (;;) {
        auto frame = take(monitor);
        if (!frame && frame.error().code == ErrorCode::NotFound)
            return misbehaved(burial());
        if (!frame || frame->type != FrameType::Progress)
            return frame;
        follow(frame->payload, monitor);
    }
}

Result<Frame> WorkerProcess::take(Monitor &monitor)
{
    const auto need = [&](qsizetype bytes) -> Result<void> {
        while (m_end - m_begin < bytes) {
            STRONGROOM_TRY(const bool more, fill(monitor));
            if (!more)
                return fail(ErrorCode::NotFound);
        }
        return {};
    };
    if (monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    STRONGROOM_CHECK(need(sizeof(FrameHeader)));
    FrameHeader header;
    memcpy(&header, m_buffer.constData() + m_begin, sizeof header);
    if (header.length > quint64(kMaxPayload) || header.reserved != 0)
        return misbehaved(QStringLiteral("the answer of its reader makes no sense"));
    const qsizetype whole = qsizetype(sizeof header) + qsizetype(header.length);
    m_answerBytes += whole;
    if (m_maxAnswerBytes > 0 && m_answerBytes > m_maxAnswerBytes)
        return misbehaved(QStringLiteral("the answer of its reader has no end"));
    STRONGROOM_CHECK(need(whole));
    const QByteArrayView payload = QByteArrayView(m_buffer).sliced(m_begin + qsizetype(sizeof header), qsizetype(header.length));
    m_begin += whole;
    return Frame{FrameType(header.type), payload};
}

Result<bool> WorkerProcess::fill(Monitor &monitor)
{
    // Room for the largest frame, so that one always fits behind what is left of the last.
    if (m_buffer.isEmpty())
        m_buffer.resize(2 * (kMaxPayload + qsizetype(sizeof(FrameHeader))));
    if (m_begin > 0) {
        memmove(m_buffer.data(), m_buffer.constData() + m_begin, size_t(m_end - m_begin));
        m_end -= m_begin;
        m_begin = 0;
    }
    QElapsedTimer silence;
    silence.start();
    for (;;) {
        const ssize_t n = ::read(m_pipe.get(), m_buffer.data() + m_end, size_t(m_buffer.size() - m_end));
        if (n >= 0) {
            m_end += n;
            return n > 0;
        }
        if (errno != EAGAIN && errno != EINTR)
            return misbehaved(QStringLiteral("its reader cannot be heard"));
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        if (silence.elapsed() > m_patience.count())
            return misbehaved(QStringLiteral("its reader gave no sign of life and was stopped"));
        pollfd wait = {m_pipe.get(), POLLIN, 0};
        ::poll(&wait, 1, kPollMs);
    }
}

// What a worker counts is for show; a lie must not run the counters backwards or over.
void WorkerProcess::follow(QByteArrayView progress, Monitor &monitor)
{
    constexpr qint64 kMost = qint64(1) << 60;
    WireReader in(progress);
    const qint64 bytes = in.i64();
    const qint64 items = in.i64();
    const QByteArray current = in.bytes(kMaxPayload);
    if (!in.isGood() || bytes < m_bytesSeen || items < m_itemsSeen || bytes > kMost || items > kMost)
        return;
    monitor.addBytes(bytes - std::exchange(m_bytesSeen, bytes));
    monitor.addItems(items - std::exchange(m_itemsSeen, items));
    monitor.setCurrent(current);
}

QString WorkerProcess::burial()
{
    for (int waited = 0; !m_waited && waited < kLastBreathMs; waited += 5) {
        const pid_t done = ::waitpid(m_pid, &m_status, WNOHANG);
        m_waited = done == m_pid || (done < 0 && errno == ECHILD);
        if (!m_waited)
            ::poll(nullptr, 0, 5);
    }
    if (!m_waited) {
        kill();
        return QStringLiteral("its reader fell silent and was stopped");
    }
    if (WIFEXITED(m_status))
        return WEXITSTATUS(m_status) == kWorkerOutOfMemory ? QStringLiteral("reading it takes more memory than is allowed")
                                                           : QStringLiteral("its reader ended without an answer (status %1)").arg(WEXITSTATUS(m_status));
    switch (WTERMSIG(m_status)) {
    case SIGSYS: return QStringLiteral("its reader tried what reading never needs, and was stopped");
    case SIGXCPU: return QStringLiteral("reading it takes more time than is allowed");
    default: return QStringLiteral("its reader crashed (signal %1)").arg(WTERMSIG(m_status));
    }
}

void WorkerProcess::kill()
{
    if (m_pid > 0 && !m_waited) {
        ::kill(m_pid, SIGKILL);
        while (::waitpid(m_pid, &m_status, 0) < 0 && errno == EINTR) {
        }
        m_waited = true;
    }
    m_pipe.reset();
}

}  // namespace strongroom::storage
