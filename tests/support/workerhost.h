// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For tests that start workers: which program they are, and that nothing of them is left.

#include "storage/worker/worker.h"
#include "storage/worker/workerprocess.h"
#include "tests/support/testworker.h"

#include <QDir>

#include <cerrno>
#include <sys/wait.h>

namespace strongroom::tests {

inline storage::WorkerTerms testTerms(storage::WorkerVerb verb, const storage::ArchiveFile &archive, const storage::Limits &limits)
{
    storage::WorkerTerms terms = storage::workerTerms(verb, archive.size(), limits);
    terms.program = STRONGROOM_TESTWORKER;
    return terms;
}

inline storage::WorkerTerms testTerms(TestVerb verb, const storage::ArchiveFile &archive, const storage::Limits &limits)
{
    return testTerms(storage::WorkerVerb(quint32(verb)), archive, limits);
}

/// Neither a running child nor one that nobody waited for.
inline bool hasNoChild()
{
    return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

inline qsizetype openDescriptors()
{
    return QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System).size();
}

}  // namespace strongroom::tests
