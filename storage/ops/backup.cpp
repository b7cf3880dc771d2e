// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backup.h"

#include "storage/archive/groupwriter.h"
#include "storage/archive/hasher.h"
#include "storage/archive/inspect.h"
#include "storage/archive/manifest.h"
#include "storage/atomicfile.h"
#include "storage/mutant.h"
#include "storage/ops/backupnaming.h"
#include "storage/ops/backupreuse.h"
#include "storage/ops/backuprun.h"
#include "storage/ops/backupselection.h"
#include "storage/ops/backupwork.h"
#include "storage/sidethread.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <memory>
#include <sys/file.h>

// B1  Nothing in the data directory is written, created, renamed or locked against its application.
// B2  A finished name is given only to an archive that was synced, read back to its last byte from the disk
//     and found to hold exactly the members and hashes that were put in. Until then it is NAME.partial,
//     locked, so that a living one is told from what a crash left.
// B3  After a failure, a cancel or a full disk nothing of it is left in the backup folder.
// B4  Nothing is left out in silence: what is not taken stands in the manifest under `excluded`, and what
//     was not steady makes the archive "partial" and the outcome a warning.
// B5  A restore and a backup of one data directory exclude each other (shared lock on the directory itself).
// B6  What is taken over from an earlier archive is in the new one byte for byte, and proved like the rest of it. Should
//     it prove wrong, the backup is made once more, from the data directory alone.

namespace strongroom::storage {

namespace {

/// What a damaged archive may cause when something of it is taken over: while it is read, or in the proof of the new one.
bool mayComeOfAnArchive(ErrorCode code)
{
    switch (code) {
    case ErrorCode::ReadFailed:
    case ErrorCode::Changed:
    case ErrorCode::ArchiveWrongKind:
    case ErrorCode::ArchiveTruncated:
    case ErrorCode::ArchiveDamaged:
    case ErrorCode::ArchiveHostile:
    case ErrorCode::ArchiveIncomplete:
    case ErrorCode::ManifestInvalid:
        return true;
    default:
        return false;
    }
}

class BackupRun {
public:
    BackupRun(const BackupRequest &request, const Plan &plan, Monitor &monitor, Report &report)
        : m_request(request), m_plan(plan), m_monitor(monitor), m_report(report)
    {
    }
    Result<void> run();

private:
    Result<void> attempt(const BackupSelection &selection, BackupReuse &reuse);
    Result<void> lockDirectory(const BackupSelection &selection);
    Result<void> chooseName(const BackupSelection &selection);
    Result<bool> hasItsName(const AtomicFile &file, int folderFd) const;
    Result<AtomicFile> createPartial(const BackupSelection &selection);
    Result<Manifest> beginManifest(const BackupSelection &selection);
    Result<void> countItems(const BackupSelection &selection, Manifest &manifest);
    Result<void> writeArchive(const BackupSelection &selection, const BackupReuse &reuse, AtomicFile &file, Manifest manifest);
    Result<void> finishArchive(GroupWriter &writer, BackupPass &pass, Manifest &manifest);
    Result<void> verify(const QByteArray &partialName);
    void writeSidecar(int folderFd);

    const BackupRequest &m_request;
    const Plan &m_plan;
    Monitor &m_monitor;
    Report &m_report;
    QByteArray m_name;
    QList<Member> m_entries;
    QList<WrittenGroup> m_written;
    QList<IndexedGroup> m_groups;
};

Result<void> BackupRun::run()
{
    STRONGROOM_TRY(const BackupSelection selection, BackupSelection::open(m_request, m_monitor));
    STRONGROOM_CHECK(lockDirectory(selection));
    BackupWork::removeStale(selection.folderFd());
    BackupReuse reuse(m_request, selection);
    auto done = attempt(selection, reuse);
    if (done || !reuse.earlier() || !mayComeOfAnArchive(done.error().code))
        return done;
    reuse.forget();
    m_report.warnings.clear();
    return attempt(selection, reuse);
}

Result<void> BackupRun::attempt(const BackupSelection &selection, BackupReuse &reuse)
{
    STRONGROOM_TRY(AtomicFile file, createPartial(selection));
    STRONGROOM_TRY(Manifest manifest, beginManifest(selection));
    STRONGROOM_CHECK(writeArchive(selection, reuse, file, std::move(manifest)));
    m_monitor.begin(Phase::Syncing);
    STRONGROOM_CHECK(file.sync());
    STRONGROOM_CHECK(verify(file.partialName()));
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    m_monitor.begin(Phase::Finishing);
    // A name is moved, not a file: somebody who cleaned up by hand may have left ours to another.
    STRONGROOM_TRY(const bool ours, hasItsName(file, selection.folderFd()));
    if (!ours) {
        file.abandon();
        return fail(ErrorCode::Changed, m_report.archive);
    }
    STRONGROOM_CHECK(file.commit());
    reuse.leave(selection.folderFd(), m_name, m_report.takenOver, m_written, m_groups, m_entries);
    writeSidecar(selection.folderFd());
    return {};
}

Result<void> BackupRun::lockDirectory(const BackupSelection &selection)
{
    if (retried([&] { return ::flock(selection.rootFd(), LOCK_SH | LOCK_NB); }) != 0 && errno == EWOULDBLOCK)
        return fail(ErrorCode::Locked, m_request.directory);
    // A restore may have exchanged the directory between opening and locking it.
    STRONGROOM_TRY(const Fd now, openDirectory(m_request.directory));
    STRONGROOM_TRY(const FileStamp there, stampOf(now.get(), m_request.directory));
    STRONGROOM_TRY(const FileStamp ours, stampOf(selection.rootFd(), m_request.directory));
    if (there.device != ours.device || there.inode != ours.inode)
        return fail(ErrorCode::Locked, m_request.directory);
    return {};
}

/// Anew: the planned name may have been taken meanwhile.
Result<void> BackupRun::chooseName(const BackupSelection &selection)
{
    STRONGROOM_TRY(m_name, chooseArchiveName(m_request, selection));
    m_report.archive = m_request.folder + '/' + m_name;
    return {};
}

Result<bool> BackupRun::hasItsName(const AtomicFile &file, int folderFd) const
{
    STRONGROOM_TRY(const FileStamp ours, stampOf(file.fd(), file.partialName()));
    const auto named = stampAt(folderFd, file.partialName());
    if (!named)
        return named.error().code == ErrorCode::NotFound ? Result<bool>(false) : std::unexpected(named.error());
    return named->device == ours.device && named->inode == ours.inode;
}

/// Claims a name: whoever holds the lock of NAME.partial is the one to finish NAME. Several backups into one folder
/// may want the same name in the same second; all but one of them look for another, unless they were told which.
Result<AtomicFile> BackupRun::createPartial(const BackupSelection &selection)
{
    constexpr int kTries = 100;
    const int folderFd = selection.folderFd();
    for (int n = 0; n < kTries; ++n) {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_CHECK(chooseName(selection));
        const QByteArray leftover = m_name + ".partial";
        const Fd old(retried([&] { return ::openat(folderFd, leftover.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK); }));
        if (old.isValid() && !lockPartial(old.get())) {
            if (!m_request.name.isEmpty())
                break;
            continue;
        }
        Result<AtomicFile> file = AtomicFile::create(folderFd, m_name, old.isValid());
        if (!file) {
            if (file.error().code == ErrorCode::AlreadyExists)
                continue;
            return file;
        }
        // Who cleans up after crashes may have come between creating and locking, and another backup may have
        // finished under this name between choosing and creating.
        const bool locked = waitForPartial(file->fd());
        STRONGROOM_TRY(const bool ours, hasItsName(*file, folderFd));
        if (!locked || !ours) {
            file->abandon();   // never remove what may be another's; a leftover of ours is for a later start
            continue;
        }
        const auto finished = stampAt(folderFd, m_name);
        if (!finished && finished.error().code == ErrorCode::NotFound)
            return file;
    }
    return fail(ErrorCode::Locked, m_report.archive);
}

Result<Manifest> BackupRun::beginManifest(const BackupSelection &selection)
{
    const DetectedLayout &layout = selection.directory().primary();
    Manifest manifest;
    manifest.kind = layout.id;
    manifest.variant = layout.variant;
    manifest.created = m_request.now;
    manifest.tool = QStringLiteral("strongroom " STRONGROOM_VERSION);
    manifest.sourceHost = m_request.host;
    manifest.sourcePath = selection.directory().path();
    manifest.scope = m_request.scope;
    manifest.note = m_request.note;
    manifest.pinned = m_request.pin;
    STRONGROOM_TRY(manifest.sequence, nextSequence(m_request, selection, m_monitor));
    STRONGROOM_CHECK(countItems(selection, manifest));
    return manifest;
}

/// Items of the whole directory are counted only where the archive holds the whole directory.
Result<void> BackupRun::countItems(const BackupSelection &selection, Manifest &manifest)
{
    if (!selection.isEverything()) {
        manifest.counts.insert(kindPluralWord(ItemKind::Volume), m_request.scope.size());
        return {};
    }
    const auto counts = selection.directory().count(m_monitor);
    if (!counts)   // what cannot be listed is still backed up, uncounted
        return counts.error().code == ErrorCode::Cancelled ? std::unexpected(counts.error()) : Result<void>();
    for (auto it = counts->cbegin(); it != counts->cend(); ++it)
        manifest.counts.insert(kindPluralWord(it.key()), it.value());
    return {};
}

Result<void> BackupRun::writeArchive(const BackupSelection &selection, const BackupReuse &reuse, AtomicFile &file, Manifest manifest)
{
    m_monitor.begin(Phase::Writing, m_plan.totals()[size_t(Verb::Archive)].bytes);
    WriterOptions options;
    options.format = m_request.format;
    options.level = m_request.level;
    options.threads = m_request.jobs;
    BackupWork work(selection.folderFd(), m_request.folder, file.partialName());
    FileTaker taker(selection.directory().tree(), work, m_request.now, m_monitor);
    STRONGROOM_TRY(const std::unique_ptr<GroupWriter> writer, GroupWriter::create(file.fd(), options, m_monitor));
    BackupPass pass(selection, m_plan, taker, reuse, *writer);
    STRONGROOM_CHECK(pass.run(m_request.now, m_monitor));
    return finishArchive(*writer, pass, manifest);
}

Result<void> BackupRun::finishArchive(GroupWriter &writer, BackupPass &pass, Manifest &manifest)
{
    STRONGROOM_TRY(const QList<PackedFile> files, writer.drain());
    pass.setHashes(files);
    m_groups = writer.groups();
    m_written = pass.written();
    m_report.takenOver = pass.takenOver();
    manifest.entries = pass.entries();
    manifest.excluded = pass.excluded();
    manifest.consistency = pass.isStable() ? QStringLiteral("stable") : QStringLiteral("partial");
    manifest.counts.insert(QStringLiteral("files"), pass.fileCount());
    manifest.counts.insert(QStringLiteral("bytes"), pass.byteCount());
    const qint64 mtimeNs = m_request.now.toMSecsSinceEpoch() * 1'000'000;
    {
        const QByteArray sums = writeSums(manifest.entries);
        manifest.sumsSha256Hex = toHex(Sha256Hasher::of(sums));
        STRONGROOM_CHECK(writer.addText(RelPath::literal(kSumsPath), sums, mtimeNs));
    }
    STRONGROOM_CHECK(writer.addText(RelPath::literal(kManifestPath), writeManifest(manifest), mtimeNs));
    STRONGROOM_TRY(m_report.bytes, writer.finish(manifest.entries));
    m_report.members = manifest.entries.size();
    m_report.consistency = manifest.consistency;
    m_report.warnings = pass.warnings();
    m_entries = std::move(manifest.entries);
    return {};
}

bool isSame(const Member &a, const Member &b)
{
    return a.path == b.path && a.type == b.type && a.size == b.size && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid
        && a.mtimeNs == b.mtimeNs && a.link == b.link && (a.type != MemberType::File || a.sha256 == b.sha256);
}

/// Reads back what lies on the disk, not what we believe to have written.
Result<void> BackupRun::verify(const QByteArray &partialName)
{
    if (isMutant(Mutant::ArchiveNotReadBack)) {
        m_report.verified = true;
        return {};
    }
    const QByteArray path = m_request.folder + '/' + partialName;
    STRONGROOM_TRY(const ArchiveFile archive, ArchiveFile::open(path));
    m_monitor.begin(Phase::Verifying, archive.size());
    const auto side = SideThread::startFor(m_request.jobs);
    STRONGROOM_TRY(const Judgement judgement, judgeArchive(archive, Limits::production(), m_monitor, nullptr, side.get()));
    if (judgement.verdict != Verdict::Verified)
        return std::unexpected(judgement.isUsable() ? Error{ErrorCode::ManifestInvalid, path, 0, {}, {}}
                                                    : judgement.refusal(path));
    const bool same = std::equal(m_entries.cbegin(), m_entries.cend(), judgement.members.cbegin(), judgement.members.cend(), isSame);
    if (!same)
        return fail(ErrorCode::ArchiveIncomplete, path);
    m_report.sha256Hex = judgement.archiveSha256Hex;
    m_report.verified = true;
    return {};
}

/// The archive stands and was verified by now; without its sidecar it is as good, so this is a warning.
void BackupRun::writeSidecar(int folderFd)
{
    const QByteArray text = sumsLine(m_report.sha256Hex, m_name);
    const auto write = [&]() -> Result<void> {
        STRONGROOM_TRY(AtomicFile file, AtomicFile::create(folderFd, m_name + ".sha256", true));
        (void)waitForPartial(file.fd());
        STRONGROOM_CHECK(file.write(text));
        return file.commit(true);
    };
    // Another backup into this folder may have taken it for a leftover before it was locked.
    constexpr int kTries = 5;
    Result<void> written = write();
    for (int n = 1; n < kTries && !written && written.error().code == ErrorCode::NotFound; ++n)
        written = write();
    if (!written)
        m_report.warnings.append({QStringLiteral("sidecar-missing"), QByteArray(m_name + ".sha256"), describe(written.error()).oneLine()});
}

}  // namespace

Report runBackup(const BackupRequest &request, const Plan &plan, Monitor &monitor)
{
    const auto begun = std::chrono::steady_clock::now();
    Report report;
    report.operation = Operation::Backup;
    report.directory = request.directory;
    report.archive = plan.archive;
    report.started = request.now;
    auto done = BackupRun(request, plan, monitor, report).run();
    if (done) {
        report.outcome = report.warnings.isEmpty() ? Outcome::Succeeded : Outcome::CompletedWithWarnings;
    } else {
        Error error = std::move(done).error();
        if (error.path.isEmpty())
            error.path = report.archive;
        report.outcome = error.code == ErrorCode::Cancelled ? Outcome::Cancelled : Outcome::Failed;
        report.rolledBack = true;
        report.verified = false;
        report.error = std::move(error);
    }
    const auto taken = std::chrono::steady_clock::now() - begun;
    report.milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(taken).count();
    return report;
}

}  // namespace strongroom::storage
