// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/worker/indexworker.h"

#include "storage/worker/protocol.h"
#include "storage/worker/wire.h"
#include "storage/worker/worker.h"

namespace strongroom::storage {

namespace {

Result<std::optional<QList<Member>>> hear(const ArchiveFile &archive, const Limits &limits, bool withHashes, Monitor &monitor,
                                          const WorkerTerms &terms)
{
    WireWriter arguments;
    arguments.u8(withHashes ? 1 : 0);
    STRONGROOM_TRY(WorkerProcess worker,
                   WorkerProcess::start(terms, workerRequest({&archive}, limits, arguments.buffer()), {archive.fd()}, monitor));
    QList<Member> members;
    for (;;) {
        STRONGROOM_TRY(const Frame frame, worker.next(monitor));
        WireReader in(frame.payload);
        switch (frame.type) {
        case FrameType::Members:
            while (in.isGood() && !in.atEnd())
                members.append(takeMember(in, limits.maxPath));
            if (!in.isGood())
                return workerNonsense();
            break;
        case FrameType::Done: return members.isEmpty() ? std::nullopt : std::optional(std::move(members));
        case FrameType::Failed: {
            Error error = takeError(in);
            if (!in.isGood() || error.code == ErrorCode::Internal || error.code == ErrorCode::Cancelled)
                return workerNonsense();
            return std::unexpected(std::move(error));
        }
        default: return workerNonsense();
        }
    }
}

}  // namespace

Result<std::optional<QList<Member>>> membersByIndexInWorker(const ArchiveFile &archive, const Limits &limits, bool withHashes, Monitor &monitor,
                                                            const WorkerTerms &terms)
{
    auto members = hear(archive, limits, withHashes, monitor, terms);
    if (!members)
        return std::unexpected(placedAt(std::move(members).error(), archive));
    return members;
}

}  // namespace strongroom::storage
