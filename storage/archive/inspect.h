// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The verdict on an archive: read whole, to a null sink, every byte checked, before anything is written
// anywhere. Also the one pass that extraction uses (readMembers), so that what is judged and what is
// written cannot be told apart by a clever archive.

#include "storage/archive/archivefile.h"
#include "storage/archive/limits.h"
#include "storage/archive/manifest.h"
#include "storage/monitor.h"

#include <QList>
#include <QString>

#include <optional>

namespace strongroom::storage {

class SideThread;

enum class Verdict : quint8 {
    Verified,  ///< manifest present, every byte as promised, nothing missing, nothing extra
    Readable,  ///< no manifest; every byte reads and every checksum of the container holds
    Damaged,   ///< truncated, checksum wrong, members missing, or no archive at all
    Hostile,   ///< built to do harm or to be read in two ways
};
[[nodiscard]] QString verdictWord(Verdict verdict);

struct Problem {
    ErrorCode code = ErrorCode::ArchiveDamaged;
    QString message;      ///< one sentence for people: what and where
    QByteArray member;    ///< may be empty
    std::optional<Error> error = std::nullopt;   ///< that `message` says in one sentence, where there was one
};

/// "What: why" of an error, without the advice: the verdict gives that once.
[[nodiscard]] QString problemSentence(const Error &error);

struct Judgement {
    Verdict verdict = Verdict::Damaged;
    QList<Problem> problems;
    QList<Problem> notes;              ///< worth knowing of an archive that is usable all the same
    QList<Member> members;             ///< in archive order, with hashes of files; without .strongroom/
    std::optional<Manifest> manifest;
    qint64 bytes = 0;                  ///< content bytes of all members
    /// Symbolic links of a verified archive that leave its top folder (the harmless three of /dev are not
    /// among them): for whoever restores to allow by name or to refuse. The verdict stays Verified.
    QList<QByteArray> outwardLinks;
    QByteArray topFolder;              ///< the single first component of every member; empty = there is none
    QByteArray archiveSha256Hex;       ///< of the archive file itself

    [[nodiscard]] bool isUsable() const { return verdict == Verdict::Verified || verdict == Verdict::Readable; }
    /// The refusal as an Error (first problem) for a judgement that is not usable.
    [[nodiscard]] Error refusal(const QByteArray &archivePath) const;
};

/// Receives members in archive order. Any error ends the pass.
class MemberSink {
public:
    virtual ~MemberSink() = default;
    [[nodiscard]] virtual Result<void> begin(const Member &member) = 0;
    [[nodiscard]] virtual Result<void> data(QByteArrayView bytes) = 0;
    /// `member.sha256` is set for files.
    [[nodiscard]] virtual Result<void> end(const Member &member) = 0;
};

/// Who hashes content: the pass, or the sink, if it wants to.
enum class ContentHash : quint8 { Computed, Left };

/// One strict pass over the archive. Members below .strongroom/ are passed like any other; so are links,
/// pipes and run-time files, which are the receiver's to leave out. Without our manifest among the members,
/// links and names that strict readers refuse are refused at the end of the pass; with one it is for
/// judgeArchive to say whether the manifest vouches for them. Counts the bytes of the archive file and the
/// members in `monitor`, and begins no phase there.
/// Errors: Archive* with the offset or member; what the sink returns; Cancelled.
/// Memory: constant but for the table of paths. Thread: worker; re-entrant (uses pread). `sink` is called by the
/// caller's thread alone.
/// \param side  reads and unpacks ahead; null = everything in the caller. The same comes out both ways.
[[nodiscard]] Result<void> readMembers(const ArchiveFile &archive, const Limits &limits, MemberSink &sink, Monitor &monitor,
                                       ContentHash hashes = ContentHash::Computed, SideThread *side = nullptr);

/// The single first component of every member (those of ours left aside); empty when there is none, or when
/// it is a file.
[[nodiscard]] QByteArray topFolderOf(const QList<Member> &members);

/// Reads everything and judges. A bad archive is a verdict, not an error.
/// \param content  sees every member as it is read, before anything is known of the archive as a whole; may be
///                 null. Its errors end the pass and are errors of ours, so it keeps what it finds for itself.
/// \param side     as for readMembers().
/// Errors: Cancelled, ReadFailed of the file itself.
[[nodiscard]] Result<Judgement> judgeArchive(const ArchiveFile &archive, const Limits &limits, Monitor &monitor,
                                             MemberSink *content = nullptr, SideThread *side = nullptr);

/// What only somebody who sees names can check of a judgement: that the file is the one that was opened, and
/// that the sidecar beside it, if there is one, has its hash (the problem with it otherwise). An adopted
/// archive passes. Errors: Changed, by errno.
[[nodiscard]] Result<std::optional<Error>> compareOutside(const ArchiveFile &archive, const QByteArray &sha256Hex);

/// What can be said without reading it all: manifest through our trailer when it is one of ours.
/// Errors: by cause. A foreign archive gives no manifest and no members.
[[nodiscard]] Result<std::optional<Manifest>> peekManifest(const ArchiveFile &archive, Monitor &monitor);

}  // namespace strongroom::storage
