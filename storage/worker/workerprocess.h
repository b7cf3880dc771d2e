// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One worker, from its start to its burial, as its parent sees it: a pipe of frames whose every length is
// checked before anything is done with it. Knows nothing of what the frames mean.
//
//   P1  However a worker ends, hangs, lies or is stopped, it is gone and waited for when this object is,
//       and no descriptor of it is left.
//   P2  Until its Hello a worker has not read a byte of the archive, so what goes wrong is ours
//       (WorkerUnavailable). From the Hello on everything that goes wrong is the archive's doing
//       (ArchiveHostile), and no answer counts that was not ended properly.
//   P3  A worker that gives no sign of life is stopped.

#include "storage/fd.h"
#include "storage/monitor.h"
#include "storage/worker/protocol.h"
#include "storage/worker/sandbox.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <chrono>

#include <sys/types.h>

namespace strongroom::storage {

/// How a worker is run. The defaults are for tests to change.
struct WorkerTerms {
    QByteArray program;
    WorkerVerb verb = WorkerVerb::Inspect;
    SandboxLimits limits;
    qint64 maxAnswerBytes = 0;                  ///< of all frames together
    bool scratch = false;                       ///< it gets a file without a name to write to
    int jobs = 1;                               ///< as for SideThread::startFor()
    std::chrono::milliseconds patience{120'000};   ///< without a frame while one is waited for
};

struct Frame {
    FrameType type = FrameType::Done;
    QByteArrayView payload;   ///< valid until the next call
};

/// Thread: one at a time. Move-only.
class WorkerProcess {
public:
    /// Starts it, hands it `archives` (which stay the caller's) and the request, which is wiped, and waits for its Hello.
    /// Errors: WorkerUnavailable, Cancelled.
    [[nodiscard]] static Result<WorkerProcess> start(const WorkerTerms &terms, QByteArray request, const QList<int> &archives,
                                                     Monitor &monitor);
    WorkerProcess(WorkerProcess &&other) noexcept;
    WorkerProcess &operator=(WorkerProcess &&) = delete;
    /// Kills what is still there and waits for it.
    ~WorkerProcess();

    /// The next frame but Progress, whose counts go to `monitor`.
    /// Errors: ArchiveHostile without a path (P2; args say what happened), Cancelled.
    [[nodiscard]] Result<Frame> next(Monitor &monitor);
    /// SandboxBits it said it has.
    [[nodiscard]] quint32 sandbox() const { return m_sandbox; }
    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    WorkerProcess() = default;
    [[nodiscard]] Result<void> spawn(const WorkerTerms &terms, const QByteArray &request, QList<int> files);
    [[nodiscard]] Result<void> awaitHello(Monitor &monitor);
    /// One frame whatever its type; NotFound is the end of the pipe.
    [[nodiscard]] Result<Frame> take(Monitor &monitor);
    /// Waits for bytes and appends them. False at the end of the pipe.
    [[nodiscard]] Result<bool> fill(Monitor &monitor);
    void follow(QByteArrayView progress, Monitor &monitor);
    /// What the end of the process tells, after waiting for it.
    [[nodiscard]] QString burial();
    void kill();

    pid_t m_pid = -1;
    int m_status = 0;
    bool m_waited = false;
    Fd m_pipe;
    QByteArray m_buffer;
    qsizetype m_begin = 0;         // of what is unread in m_buffer
    qsizetype m_end = 0;
    qint64 m_answerBytes = 0;
    qint64 m_maxAnswerBytes = 0;
    std::chrono::milliseconds m_patience{0};
    qint64 m_bytesSeen = 0;        // of the progress so far
    qint64 m_itemsSeen = 0;
    quint32 m_sandbox = 0;
};

}  // namespace strongroom::storage
