// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Reading foreign bytes in a process that has nothing to lose: this program's own file, started as
// `PROGRAM --worker` with an empty environment, the archive as a descriptor and next to no rights
// (sandbox.h). It sees no names, writes nothing but its answer, and its answer is believed no more than the
// archive: names, numbers and order pass the same guard again here, content is hashed again here.
//
// Without a program that was named, everything is read in the process that asks. Test programs do so.

#include "storage/archive/inspect.h"
#include "storage/monitor.h"

namespace strongroom::storage {

enum class WorkerVerb : quint32;
struct WorkerTerms;

/// Names the program that understands `--worker`; called by main() before there is a second thread.
/// Empty = read in this process.
void setWorkerProgram(const QByteArray &path);
[[nodiscard]] bool hasWorkerProgram();

/// How a worker is run for an archive of this many bytes under these limits.
/// \param jobs  1 = it has one thread; otherwise another may unpack ahead.
[[nodiscard]] WorkerTerms workerTerms(WorkerVerb verb, qint64 archiveBytes, const Limits &limits, int jobs = 1);

// For those who ask workers (here and surveyworker.cpp):
/// What WorkerProcess::start() sends.
[[nodiscard]] QByteArray workerRequest(const QList<const ArchiveFile *> &archives, const Limits &limits, const QByteArray &arguments = {});
/// What an answer that makes no sense is refused with.
[[nodiscard]] std::unexpected<Error> workerNonsense();
/// An error from a worker, which knows no names, as one of ours.
[[nodiscard]] Error placedAt(Error error, const ArchiveFile &archive);

/// The whole verdict (inspection.h), from a worker. A worker that crashes, hangs, is stopped by its sandbox or
/// answers nonsense makes the archive Hostile. The manifest comes without its entries. Begins
/// Phase::Verifying. Errors: WorkerUnavailable (nothing was read), Cancelled, ReadFailed, Changed.
[[nodiscard]] Result<Judgement> inspectInWorker(const ArchiveFile &archive, const Limits &limits, Monitor &monitor,
                                                const WorkerTerms &terms);

/// readMembers() with the reading done in a worker, at the same time as `sink` works. Hashes are computed
/// here, over the bytes that `sink` was given, or left to it. Errors: as readMembers(); WorkerUnavailable; ArchiveHostile
/// for a worker that misbehaved.
[[nodiscard]] Result<void> readMembersInWorker(const ArchiveFile &archive, const Limits &limits, MemberSink &sink,
                                               Monitor &monitor, const WorkerTerms &terms,
                                               ContentHash hashes = ContentHash::Computed);

/// readMembers() where it is to be done: in a worker, or here when there is no program for one. `jobs` as for
/// workerTerms().
[[nodiscard]] Result<void> readMembersApart(const ArchiveFile &archive, const Limits &limits, MemberSink &sink, Monitor &monitor,
                                            ContentHash hashes = ContentHash::Computed, int jobs = 1);

}  // namespace strongroom::storage
