// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Archives that lie in memory, and what is in them: for tests that read many thousands of small ones.

#include "storage/archive/inspect.h"
#include "storage/fd.h"

#include <QByteArray>
#include <QList>

namespace strongroom::tests {

/// A file without a name that holds one archive after the other.
class MemoryArchive {
public:
    MemoryArchive();
    /// Replaces the content. The archive must be done with before the next call. A failure ends the program.
    [[nodiscard]] storage::ArchiveFile hold(QByteArrayView bytes);

private:
    storage::Fd m_fd;
};

/// Keeps every member it is given, and the content of files.
class RecordingSink final : public storage::MemberSink {
public:
    storage::Result<void> begin(const storage::Member &member) override;
    storage::Result<void> data(QByteArrayView bytes) override;
    storage::Result<void> end(const storage::Member &member) override;

    QList<storage::Member> members;    ///< as end() had them
    QList<QByteArray> contents;        ///< one each, empty for all but files
    bool outOfStep = false;            ///< begin, data and end did not come as they must
private:
    bool m_open = false;
    storage::Member m_begun;
};

/// Everything a member says, in one line, for comparing and for showing.
[[nodiscard]] QByteArray lineOf(const storage::Member &member);
/// Verdict, problems and members, in words that are the same when the judgements are.
[[nodiscard]] QByteArray textOf(const storage::Judgement &judgement);

}  // namespace strongroom::tests
