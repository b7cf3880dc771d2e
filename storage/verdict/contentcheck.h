// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Whether the content of one file is what its place promises: JSON its application reads, a pickle that
// runs nothing, a dump that is whole and does no more than restore data. Fed with blocks as they come out of
// an archive; nothing is executed, unpickled or written but a scratch file without a name. What a finding
// means for an archive is decided in contentverdict.h.
//
// Descriptors: none of its own, but for checks that must go back and forth in a file (databases, pickles,
// archives within archives) of more than Scratch::kInMemory bytes: one, see spool.h.

#include "storage/archive/limits.h"
#include "storage/error.h"
#include "storage/layouts/contentrule.h"
#include "storage/monitor.h"
#include "storage/relpath.h"
#include "storage/tree.h"
#include "storage/verdict/spool.h"

#include <QByteArrayView>
#include <QList>
#include <QString>

#include <limits>
#include <memory>

namespace strongroom::storage {

enum class Weight : quint8 {
    Note,    ///< worth knowing, no reason to refuse
    Damage,  ///< not whole, or not what it should be
    Harm,    ///< made to do something when it is restored or used
};

struct ContentFinding {
    Weight weight = Weight::Note;
    QString message;   ///< one sentence that names the file and the reason
};

struct ContentReport {
    QList<ContentFinding> findings;
    /// The content proves that the file belongs to the layout whose rule was asked.
    bool proves = false;
};

/// What the checks of one archive share.
struct ContentContext {
    Monitor &monitor;
    Scratch &scratch;
    Limits limits;              ///< for an archive within the archive
    /// Content and entries that archives within the archive have had so far, of the same limits.
    qint64 nestedBytes = 0;
    qint64 nestedEntries = 0;
    /// Files above this are not looked into where that means keeping them: an archive of ours need not be.
    qint64 maxSpool = std::numeric_limits<qint64>::max();
};

/// One file under examination. Thread: one at a time.
class ContentCheck {
public:
    virtual ~ContentCheck() = default;
    /// The next bytes. Errors: Cancelled; DiskFull and WriteFailed of the scratch file.
    [[nodiscard]] virtual Result<void> data(QByteArrayView bytes) = 0;
    /// The file is over. Errors: as data().
    [[nodiscard]] virtual Result<ContentReport> finish() = 0;
};

/// `path` and `size` are of the file as its archive has it; `rule` and `context` outlive the check. Null for
/// what is not looked into (Free, Leftover, more than ContentContext::maxSpool).
[[nodiscard]] std::unique_ptr<ContentCheck> openContentCheck(const ContentRule &rule, const RelPath &path, qint64 size,
                                                             ContentContext &context);

/// First bytes of a file in which ContentRule::announcedBy is looked for.
inline constexpr qsizetype kAnnouncementWithin = 256;
[[nodiscard]] bool isAnnouncedIn(const ContentRule &rule, QByteArrayView head);

}  // namespace strongroom::storage
