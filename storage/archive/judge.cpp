// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/inspect.h"

#include "storage/archive/archivepass.h"
#include "storage/archive/ownindex.h"
#include "storage/archive/promise.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

/// Such an error speaks of the member that it names; the archive's own name is in order.
bool isAboutAMember(ErrorCode code)
{
    return code == ErrorCode::BadPath || code == ErrorCode::BadName || code == ErrorCode::OutwardLink
        || code == ErrorCode::LinkInPath;
}

bool isHostile(ErrorCode code)
{
    return code == ErrorCode::ArchiveHostile || isAboutAMember(code);
}

/// What the archive is to blame for; anything else (the disk, the operator's stop) is an error of ours.
bool isVerdict(const Error &error)
{
    switch (error.code) {
    case ErrorCode::ArchiveWrongKind:
    case ErrorCode::ArchiveEmpty:
    case ErrorCode::ArchiveTruncated:
    case ErrorCode::ArchiveDamaged:
    case ErrorCode::ArchiveIncomplete:
    case ErrorCode::ManifestInvalid:
    case ErrorCode::ManifestVersion:
        return true;
    default:
        return isHostile(error.code);
    }
}

/// Keeps the members and the text of our own files.
class JudgeSink final : public MemberSink {
public:
    JudgeSink(qint64 maxManifest, MemberSink *content) : m_maxManifest(maxManifest), m_content(content) {}

    Result<void> begin(const Member &member) override
    {
        if (m_content)
            STRONGROOM_CHECK(m_content->begin(member));
        m_text = nullptr;
        if (member.path.bytes() == kManifestPath)
            m_text = &manifestText.emplace();
        else if (member.path.bytes() == kSumsPath)
            m_text = &sumsText.emplace();
        if (m_text && (member.type != MemberType::File || member.size > m_maxManifest))
            return fail(ErrorCode::ManifestInvalid, {}, {QStringLiteral("not a file of a plausible size")});
        return {};
    }
    Result<void> data(QByteArrayView bytes) override
    {
        if (m_text)
            m_text->append(bytes);
        return m_content ? m_content->data(bytes) : Result<void>();
    }
    Result<void> end(const Member &member) override
    {
        if (m_content)
            STRONGROOM_CHECK(m_content->end(member));
        if (member.path.isWithin(m_ours))
            own.append(member);
        else
            members.append(member);
        return {};
    }

    QList<Member> members;
    QList<Member> own;
    std::optional<QByteArray> manifestText;
    std::optional<QByteArray> sumsText;

private:
    RelPath m_ours = RelPath::literal(kManifestFolder);
    QByteArray *m_text = nullptr;
    qint64 m_maxManifest = 0;
    MemberSink *m_content = nullptr;   // of who judges the content in the same pass
};

class Judge {
public:
    Judge(const ArchiveFile &archive, const Limits &limits, MemberSink *content, SideThread *side, Monitor &monitor)
        : m_archive(archive), m_limits(limits), m_sink(limits.maxManifest, content),
          m_pass(archive, limits, true, m_sink, monitor, ContentHash::Computed, side)
    {
    }

    Result<Judgement> run()
    {
        auto read = m_pass.run();
        if (!read && !isVerdict(read.error()))
            return std::unexpected(std::move(read).error());
        STRONGROOM_TRY(const Sha256 hash, m_pass.archiveHash());
        m_judgement.archiveSha256Hex = toHex(hash);
        m_judgement.members = std::move(m_sink.members);
        for (const Member &member : m_judgement.members)
            m_judgement.bytes += member.size;
        m_judgement.topFolder = topFolderOf(m_judgement.members);
        if (read)
            STRONGROOM_CHECK(judgeContent());
        else
            add(read.error(), m_pass.currentName());
        // What is judged must be what is extracted later through the same descriptor.
        STRONGROOM_TRY(const std::optional<Error> outside, compareOutside(m_archive, m_judgement.archiveSha256Hex));
        if (outside)
            add(*outside, {});
        conclude();
        return std::move(m_judgement);
    }

private:
    void add(const Error &error, const QByteArray &member)
    {
        m_judgement.problems.append({error.code, problemSentence(error), member, error});
    }
    void addPlaced(Error error)
    {
        const QByteArray member = error.path;
        if (error.code == ErrorCode::ArchiveHostile && !member.isEmpty())
            error.args.append(displayBytes(member));
        if (error.path.isEmpty() || error.code == ErrorCode::ArchiveHostile)
            error.path = m_archive.path();
        add(error, member);
    }

    Result<void> judgeContent()
    {
        // The wider limits were lent to an archive that promises a manifest.
        if (m_pass.isAnnounced() && !m_sink.manifestText)
            add(fail(ErrorCode::ArchiveIncomplete, m_archive.path(), {QStringLiteral("the manifest that its end speaks of")}).error(), {});
        if (m_sink.manifestText) {
            Promise promise{*m_sink.manifestText, m_sink.sumsText, m_sink.own};
            for (Error &error : comparePromise(promise, m_judgement.members, m_judgement.manifest)) {
                // What is said about a member names it; what is said about the manifest names the archive.
                const QByteArray member = error.path;
                error.path = m_archive.path();
                add(error, member);
            }
        }
        if (m_pass.isAnnounced())
            STRONGROOM_CHECK(judgeIndex());
        if (m_judgement.manifest && m_judgement.problems.isEmpty()) {
            const auto top = RelPath::parse(m_judgement.topFolder);
            m_judgement.outwardLinks = m_pass.guard().outwardLinks(top.value_or(RelPath()));
            return {};
        }
        for (const Error &offence : m_pass.guard().foreignOffences())
            addPlaced(offence);
        if (m_pass.guard().files() == 0 && !m_sink.manifestText)
            add(fail(ErrorCode::ArchiveEmpty, m_archive.path()).error(), {});
        return {};
    }

    /// Who lists by the index later must find what is here.
    Result<void> judgeIndex()
    {
        STRONGROOM_TRY(std::optional<Error> difference, compareIndex(m_archive, m_limits, m_judgement.members));
        if (difference) {
            const QByteArray member = std::exchange(difference->path, m_archive.path());
            add(*difference, member);
        }
        return {};
    }

    void conclude()
    {
        m_judgement.verdict = m_judgement.manifest ? Verdict::Verified : Verdict::Readable;
        for (const Problem &problem : m_judgement.problems) {
            if (isHostile(problem.code)) {
                m_judgement.verdict = Verdict::Hostile;
                return;
            }
            m_judgement.verdict = Verdict::Damaged;
        }
    }

    const ArchiveFile &m_archive;
    const Limits &m_limits;
    JudgeSink m_sink;
    ArchivePass m_pass;
    Judgement m_judgement;
};

}  // namespace

QString problemSentence(const Error &error)
{
    const ErrorText text = describe(error);
    return text.why.isEmpty() ? text.what : text.what + QStringLiteral(": ") + text.why;
}

QString verdictWord(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Verified: return QStringLiteral("verified");
    case Verdict::Readable: return QStringLiteral("readable");
    case Verdict::Damaged: return QStringLiteral("damaged");
    case Verdict::Hostile: return QStringLiteral("hostile");
    }
    return {};
}

QByteArray topFolderOf(const QList<Member> &members)
{
    static const RelPath ours = RelPath::literal(kManifestFolder);
    QByteArray top;
    bool isFolder = false;
    for (const Member &member : members) {
        if (member.path.isRoot() || member.path.isWithin(ours))
            continue;
        const QByteArray &bytes = member.path.bytes();
        const qsizetype slash = bytes.indexOf('/');
        const QByteArrayView first = slash < 0 ? QByteArrayView(bytes) : QByteArrayView(bytes).first(slash);
        if (top.isEmpty())
            top = first.toByteArray();
        else if (top != first)
            return {};
        isFolder = isFolder || slash >= 0 || member.type == MemberType::Directory;
    }
    return isFolder ? top : QByteArray();
}

Error Judgement::refusal(const QByteArray &archivePath) const
{
    // The worst first: a hostile archive is not merely damaged.
    const Problem *chosen = nullptr;
    for (const Problem &problem : problems) {
        if (!chosen || (isHostile(problem.code) && !isHostile(chosen->code)))
            chosen = &problem;
    }
    if (!chosen)
        return fail(ErrorCode::Internal, archivePath, {QStringLiteral("refusal of a usable archive")}).error();
    if (!chosen->error)
        return fail(chosen->code, archivePath, {chosen->message}).error();
    Error error = *chosen->error;
    if (error.path.isEmpty() || !isAboutAMember(error.code))
        error.path = archivePath;
    return error;
}

Result<std::optional<Error>> compareOutside(const ArchiveFile &archive, const QByteArray &sha256Hex)
{
    if (archive.path().isEmpty())
        return std::nullopt;
    STRONGROOM_TRY(const FileStamp now, stampOf(archive.fd(), archive.path()));
    if (now.size != archive.stamp().size || now.mtimeNs != archive.stamp().mtimeNs)
        return fail(ErrorCode::Changed, archive.path());
    Sha256 hash = {};
    const QByteArray raw = QByteArray::fromHex(sha256Hex);
    std::copy_n(raw.cbegin(), std::min<size_t>(size_t(raw.size()), hash.size()), hash.begin());
    return compareSidecar(archive.path(), hash);
}

Result<Judgement> judgeArchive(const ArchiveFile &archive, const Limits &limits, Monitor &monitor, MemberSink *content,
                               SideThread *side)
{
    monitor.begin(Phase::Verifying, archive.size());
    return Judge(archive, limits, content, side, monitor).run();
}

}  // namespace strongroom::storage
