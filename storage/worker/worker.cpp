// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/worker/worker.h"

#include "storage/archive/archivepass.h"
#include "storage/archive/memberfeed.h"
#include "storage/archive/promise.h"
#include "storage/sidethread.h"
#include "storage/worker/wire.h"
#include "storage/worker/workerprocess.h"

#include <algorithm>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr qint64 kMiB = 1 << 20;
constexpr qsizetype kMaxProblems = 10'000;

QByteArray &workerProgram()
{
    static QByteArray program;
    return program;
}

/// What may go wrong with an archive that is not the archive's doing. Anything else is its doing, whatever
/// a worker calls it.
bool isOurs(const Error &error)
{
    return error.code == ErrorCode::ReadFailed || error.code == ErrorCode::Changed || error.code == ErrorCode::PermissionDenied
        || error.code == ErrorCode::DiskFull || error.code == ErrorCode::WriteFailed   // of the scratch file
        || error.code == ErrorCode::SecretUnavailable || error.code == ErrorCode::WrongPassphrase;
}

/// The manifest's own members are the worker's to read; here they would be names like any other.
QByteArray rawName(const Member &member)
{
    return member.path.isRoot() ? QByteArray(".") : member.path.bytes();
}

/// Takes an answer to Inspect apart. What can be derived is derived here; what is sent and what can be
/// checked must agree.
class Answer {
public:
    Answer(const ArchiveFile &archive, const Limits &limits)
        : m_archive(archive), m_limits(announcesItself(archive) ? limits.forAnnounced() : limits), m_guard(m_limits)
    {
    }

    /// True when it was the last frame.
    Result<bool> take(const Frame &frame)
    {
        WireReader in(frame.payload);
        switch (frame.type) {
        case FrameType::Members: return batch(in, [&] { return takeOneMember(in); });
        case FrameType::Times: return batch(in, [&] { return takeOneTime(in); });
        case FrameType::Problems: return batch(in, [&] { return takeOneProblem(in, m_judgement.problems); });
        case FrameType::Notes: return batch(in, [&] { return takeOneProblem(in, m_judgement.notes); });
        case FrameType::Excluded: return batch(in, [&] { return takeOneExcluded(in); });
        case FrameType::Manifest:
            if (m_judgement.manifest)
                return workerNonsense();
            m_judgement.manifest = takeManifest(in);
            return ended(in, false);
        case FrameType::Verdict:
            m_judgement.verdict = in.oneOf(Verdict::Hostile);
            m_judgement.archiveSha256Hex = in.bytes(2 * sizeof(Sha256));
            return ended(in, true);
        case FrameType::Failed: {
            const Error error = takeError(in);
            if (!in.isGood() || !isOurs(error))
                return workerNonsense();
            return std::unexpected(placedAt(error, m_archive));
        }
        default: return workerNonsense();
        }
    }

    /// After the last frame.
    Result<Judgement> judgement()
    {
        const bool usable = m_judgement.isUsable();
        const bool offends = m_judgement.verdict == Verdict::Readable && !m_guard.foreignOffences().isEmpty();
        if (usable != m_judgement.problems.isEmpty() || offends || (usable && m_timesDiffer)
            || (m_judgement.verdict == Verdict::Verified) != (usable && m_judgement.manifest)
            || m_judgement.archiveSha256Hex.size() != 2 * qsizetype(sizeof(Sha256)))
            return workerNonsense();
        m_judgement.topFolder = topFolderOf(m_judgement.members);
        if (m_judgement.verdict == Verdict::Verified)
            m_judgement.outwardLinks = m_guard.outwardLinks(RelPath::parse(m_judgement.topFolder).value_or(RelPath()));
        return std::move(m_judgement);
    }

private:
    template<class One> Result<bool> batch(WireReader &in, One one)
    {
        while (in.isGood() && !in.atEnd())
            STRONGROOM_CHECK(one());
        return ended(in, false);
    }
    Result<bool> ended(const WireReader &in, bool last)
    {
        if (!in.isGood() || !in.atEnd())
            return workerNonsense();
        return last;
    }

    Result<void> takeOneMember(WireReader &in)
    {
        static const RelPath ours = RelPath::literal(kManifestFolder);
        Member member = takeMember(in, m_limits.maxPath);
        if (!in.isGood() || (member.type == MemberType::File) != member.sha256.has_value() || member.path.isWithin(ours))
            return workerNonsense();
        Member again = member;
        if (!m_guard.admit(rawName(member), again) || again.path != member.path || again.link != member.link)
            return workerNonsense();
        m_judgement.bytes += member.size;
        m_judgement.members.append(std::move(member));
        return {};
    }

    Result<void> takeOneTime(WireReader &in)
    {
        const qint64 exact = in.i64();
        if (!in.isGood() || m_times >= m_judgement.members.size())
            return workerNonsense();
        Member &member = m_judgement.members[m_times++];
        m_timesDiffer = m_timesDiffer || !standsForTime(member.mtimeNs, exact);
        member.mtimeNs = exact;
        return {};
    }

    Result<void> takeOneProblem(WireReader &in, QList<Problem> &list)
    {
        Problem problem = takeProblem(in);
        if (!in.isGood() || list.size() >= kMaxProblems)
            return workerNonsense();
        if (problem.error) {
            problem.error = placedAt(*std::move(problem.error), m_archive);
            problem.message = problemSentence(*problem.error);
        }
        list.append(std::move(problem));
        return {};
    }

    Result<void> takeOneExcluded(WireReader &in)
    {
        if (!m_judgement.manifest)
            return workerNonsense();
        ExcludedEntry entry;
        entry.path = in.bytes(kMaxPayload);
        entry.reason = in.text();
        if (!in.isGood())
            return workerNonsense();
        m_judgement.manifest->excluded.append(std::move(entry));
        return {};
    }

    const ArchiveFile &m_archive;
    Limits m_limits;
    MemberGuard m_guard;
    Judgement m_judgement;
    qsizetype m_times = 0;         // members whose exact time was said
    bool m_timesDiffer = false;    // from what the archive says, as only a manifest's can that is refused
};

Result<Judgement> hear(const ArchiveFile &archive, const Limits &limits, Monitor &monitor, const WorkerTerms &terms)
{
    STRONGROOM_TRY(WorkerProcess worker, WorkerProcess::start(terms, workerRequest({&archive}, limits), {archive.fd()}, monitor));
    Answer answer(archive, limits);
    for (;;) {
        STRONGROOM_TRY(const Frame frame, worker.next(monitor));
        STRONGROOM_TRY(const bool last, answer.take(frame));
        if (last)
            return answer.judgement();
    }
}

}  // namespace

QByteArray workerRequest(const QList<const ArchiveFile *> &archives, const Limits &limits, const QByteArray &arguments)
{
    WireWriter out;
    out.u32(quint32(archives.size()));
    for (const ArchiveFile *archive : archives) {
        // The name, mode and time that a lone file is known by; of an archive they would be of no use.
        const bool lone = archive->kind().format == ArchiveFormat::LoneFile;
        out.i64(archive->size());
        out.bytes(lone ? archive->name() : QByteArray());
        out.u32(lone ? archive->stamp().mode : 0);
        out.i64(lone ? archive->stamp().mtimeNs : 0);
        out.bytes(archive->passphrase().bytes());
    }
    put(out, limits);
    out.bytes(arguments);
    return out.buffer();
}

std::unexpected<Error> workerNonsense()
{
    return fail(ErrorCode::ArchiveHostile, {}, {QStringLiteral("the answer of its reader makes no sense")});
}

Error placedAt(Error error, const ArchiveFile &archive)
{
    if (error.path.isEmpty())
        error.path = archive.path();
    if (error.cause)
        error.cause = std::make_shared<const Error>(placedAt(*error.cause, archive));
    return error;
}

void setWorkerProgram(const QByteArray &path)
{
    workerProgram() = path;
}

bool hasWorkerProgram()
{
    return !workerProgram().isEmpty();
}

WorkerTerms workerTerms(WorkerVerb verb, qint64 archiveBytes, const Limits &limits, int jobs)
{
    // Measured: the program itself maps some 300 MiB, and a million members with manifest and sums want
    // 1.3 GiB more. An archive that is allowed fewer members is allowed less; a large one more, since what
    // a reader holds grows with what it reads, up to what the machine can bear.
    constexpr qint64 kBase = 1'024 * kMiB;
    constexpr qint64 kPerMember = 1'500;
    constexpr qint64 kUsualMembers = 1'500'000;
    constexpr qint64 kPerArchiveByte = 32;
    const qint64 base = kBase + kPerMember * std::min(limits.maxEntries, kUsualMembers);
    const qint64 physical = qint64(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
    const qint64 grown = base + kPerArchiveByte * std::min(archiveBytes, physical);
    WorkerTerms terms;
    terms.program = workerProgram();
    terms.verb = verb;
    terms.scratch = verb == WorkerVerb::Inspect;
    terms.jobs = jobs;
    terms.limits.memoryBytes = std::max(base, std::min(grown, physical / 4 * 3));
    // What it collects it has held; what it passes on is counted as content.
    terms.maxAnswerBytes = verb == WorkerVerb::Members ? 0 : terms.limits.memoryBytes;
    // Slow machines read a megabyte of the densest archive in well under a second.
    terms.limits.cpuSeconds = 120 + archiveBytes / kMiB;
    return terms;
}

Result<Judgement> inspectInWorker(const ArchiveFile &archive, const Limits &limits, Monitor &monitor, const WorkerTerms &terms)
{
    monitor.begin(Phase::Verifying, archive.size());
    auto judgement = hear(archive, limits, monitor, terms);
    if (!judgement) {
        Error error = placedAt(std::move(judgement).error(), archive);
        if (error.code != ErrorCode::ArchiveHostile)
            return std::unexpected(std::move(error));
        judgement = Judgement();
        judgement->verdict = Verdict::Hostile;
        judgement->problems.append({error.code, problemSentence(error), {}, error});
        return judgement;
    }
    // What takes a name, or the file as it is now, is for us: a worker has neither.
    STRONGROOM_TRY(const std::optional<Error> beside, compareOutside(archive, judgement->archiveSha256Hex));
    if (beside) {
        judgement->problems.append({beside->code, problemSentence(*beside), {}, *beside});
        if (judgement->isUsable())
            judgement->verdict = Verdict::Damaged;
    }
    return judgement;
}

Result<void> readMembersInWorker(const ArchiveFile &archive, const Limits &limits, MemberSink &sink, Monitor &monitor, const WorkerTerms &terms,
                                 ContentHash hashes)
{
    const auto done = [&]() -> Result<void> {
        STRONGROOM_TRY(WorkerProcess worker, WorkerProcess::start(terms, workerRequest({&archive}, limits), {archive.fd()}, monitor));
        MemberFeed feed(announcesItself(archive) ? limits.forAnnounced() : limits, sink, monitor, hashes);
        for (;;) {
            STRONGROOM_TRY(const Frame frame, worker.next(monitor));
            WireReader in(frame.payload);
            if (frame.type == FrameType::Data) {
                if (frame.payload.isEmpty() || frame.payload.size() > feed.missing())
                    return workerNonsense();
                STRONGROOM_CHECK(feed.data(frame.payload));
                continue;
            }
            if (frame.type == FrameType::Failed) {
                Error error = takeError(in);
                if (!in.isGood() || error.code == ErrorCode::Internal)
                    return workerNonsense();
                return std::unexpected(std::move(error));
            }
            if (feed.missing() > 0)
                return workerNonsense();
            if (frame.type == FrameType::Done) {
                if (!feed.guard().hasManifest() && !feed.guard().foreignOffences().isEmpty())
                    return workerNonsense();
                return {};
            }
            const Member member = takeMember(in, limits.maxPath);
            if (frame.type != FrameType::Member || !in.isGood() || !in.atEnd())
                return workerNonsense();
            STRONGROOM_CHECK(feed.begin(rawName(member), member));
        }
    }();
    if (!done)
        return std::unexpected(placedAt(done.error(), archive));
    return {};
}

Result<void> readMembersApart(const ArchiveFile &archive, const Limits &limits, MemberSink &sink, Monitor &monitor, ContentHash hashes,
                              int jobs)
{
    if (hasWorkerProgram())
        return readMembersInWorker(archive, limits, sink, monitor, workerTerms(WorkerVerb::Members, archive.size(), limits, jobs), hashes);
    const auto side = SideThread::startFor(jobs);
    return readMembers(archive, limits, sink, monitor, hashes, side.get());
}

}  // namespace strongroom::storage
