// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The other end: what `PROGRAM --worker` does. Without an application object, without names, with one thread, or
// with two that stand before anything is read; it takes one request, gives up its rights, answers and ends. It runs
// the inspection of verdict/.

#include "storage/archive/archivefile.h"
#include "storage/monitor.h"
#include "storage/verdict/spool.h"
#include "storage/worker/protocol.h"
#include "storage/worker/wire.h"

#include <functional>
#include <vector>

namespace strongroom::storage {

/// Frames on their way out, gathered into large writes. Ends the process when nobody listens any more.
class AnswerPipe {
public:
    /// May be held back until it is worth a write or an answer ends.
    void send(FrameType type, QByteArrayView payload);
    void flush();
    /// Without a frame around it. For tests.
    void sendRaw(QByteArrayView bytes);

private:
    QByteArray m_held;
};

/// What a worker has to work with.
struct WorkerJob {
    const std::vector<ArchiveFile> &archives;   ///< by descriptor, their paths empty; at least one
    Limits limits;
    QByteArray arguments;         ///< of the verb
    Scratch &scratch;             ///< without a file where none was handed over
    Monitor &monitor;             ///< counts and current member go to the parent now and then
    AnswerPipe &answer;
    SideThread *side = nullptr;   ///< where one was asked for
};

/// Verbs of a test program, from WorkerVerb::FirstTest on. True = the verb was known.
using ExtraVerbs = std::function<bool(WorkerVerb, WorkerJob &)>;

/// True when a program was started to be a worker: "--worker" and nothing else.
[[nodiscard]] bool isWorkerCall(int argc, char **argv);

/// Everything a worker does. Call it first thing in main(), before any thread or application object, and
/// return what it returns. Does not return when all goes well: the process ends here.
[[nodiscard]] int runWorker(const ExtraVerbs &extra = {});

}  // namespace strongroom::storage
