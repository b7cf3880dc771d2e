// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The checks behind openContentCheck, one maker for each family of forms. Private to verdict/.

#include "storage/verdict/contentcheck.h"

namespace strongroom::storage::checks {

struct Subject {
    const ContentRule &rule;
    RelPath path;
    qint64 size = 0;
    ContentContext &context;
};

[[nodiscard]] std::unique_ptr<ContentCheck> jsonCheck(Subject subject);
[[nodiscard]] std::unique_ptr<ContentCheck> pickleCheck(Subject subject);
[[nodiscard]] std::unique_ptr<ContentCheck> secretsCheck(Subject subject);
[[nodiscard]] std::unique_ptr<ContentCheck> databaseCheck(Subject subject);
[[nodiscard]] std::unique_ptr<ContentCheck> sqlDumpCheck(Subject subject);
[[nodiscard]] std::unique_ptr<ContentCheck> pgDumpCheck(Subject subject);
[[nodiscard]] std::unique_ptr<ContentCheck> redisSnapshotCheck(Subject subject);
[[nodiscard]] std::unique_ptr<ContentCheck> redisLogCheck(Subject subject);
[[nodiscard]] std::unique_ptr<ContentCheck> archiveCheck(Subject subject);

/// Gathers findings about one file; more than a few say nothing new.
class Findings {
public:
    explicit Findings(const RelPath &path) : m_path(path) {}   // most files have none: named only when it is needed
    /// `message` has the file's name as %1.
    void add(Weight weight, const QString &message)
    {
        if (m_findings.size() < kMost)
            m_findings.append({weight, message.arg(m_path.display())});
    }
    /// The same with a reason as %2.
    void add(Weight weight, const QString &message, const QString &reason)
    {
        if (m_findings.size() < kMost)
            m_findings.append({weight, message.arg(m_path.display(), reason)});
    }
    [[nodiscard]] bool isEmpty() const { return m_findings.isEmpty(); }
    [[nodiscard]] QList<ContentFinding> take() { return std::move(m_findings); }

private:
    static constexpr qsizetype kMost = 5;
    RelPath m_path;
    QList<ContentFinding> m_findings;
};

}  // namespace strongroom::storage::checks
