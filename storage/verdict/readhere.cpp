// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/readhere.h"

#include "storage/archive/archivepass.h"
#include "storage/archive/archivetree.h"
#include "storage/verdict/contentverdict.h"
#include "storage/verdict/layoutverdict.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

/// How much of a foreign archive is looked at to guess its layout.
constexpr qint64 kGuessContent = 1 << 20;

/// The flat members of a compose backup are no data directory that a layout would know.
bool isComposeBackup(const Tree &tree)
{
    const auto top = tree.list({});
    if (!top)
        return false;
    return std::any_of(top->begin(), top->end(), [](const TreeEntry &entry) {
        return entry.name.startsWith("db_backup_") && entry.name.endsWith(".sql");
    });
}

/// Two guides use one name for different applications; only what is inside tells them apart.
Result<QString> guessLayout(const ArchiveFile &archive, Monitor &monitor)
{
    STRONGROOM_TRY(const std::unique_ptr<Tree> tree, readArchiveHead(archive, kGuessContent, monitor));
    if (isComposeBackup(*tree))
        return QStringLiteral("compose-volumes");
    STRONGROOM_TRY(const QList<DetectedLayout> layouts, detectLayouts(*tree, monitor));
    if (!layouts.isEmpty() && layouts.first().id != u"plain-directory" && !isAmbiguous(layouts))
        return layouts.first().id;
    return QString();
}

/// The content's judge, and whoever listens, who gets whole members only.
class Both final : public MemberSink {
public:
    Both(MemberSink &judge, MemberSink *listener) : m_judge(judge), m_listener(listener) {}
    Result<void> begin(const Member &member) override { return m_judge.begin(member); }
    Result<void> data(QByteArrayView bytes) override { return m_judge.data(bytes); }
    Result<void> end(const Member &member) override
    {
        STRONGROOM_CHECK(m_judge.end(member));
        return m_listener ? m_listener->end(member) : Result<void>();
    }

private:
    MemberSink &m_judge;
    MemberSink *m_listener;
};

}  // namespace

Result<Judgement> inspectHere(const ArchiveFile &archive, const Limits &limits, Scratch &scratch, Monitor &monitor,
                              const InspectionAids &aids)
{
    ContentVerdict content(limits, announcesItself(archive), archive.kind().lone, scratch, monitor);
    Both both(content, aids.listener);
    STRONGROOM_TRY(Judgement judgement, judgeArchive(archive, limits, monitor, &both, aids.side));
    const QList<DetectedLayout> layouts = judgeByLayout(judgement, monitor);
    content.conclude(judgement, layouts);
    return judgement;
}

Result<ArchiveSurvey> surveyHere(const ArchiveFile &archive, const Limits &limits, const SurveyRequest &request, Monitor &monitor)
{
    STRONGROOM_TRY(const std::unique_ptr<Tree> tree, readArchiveTree(archive, limits, request.keepBytes, request.keepTotal, monitor));
    ArchiveSurvey survey;
    STRONGROOM_TRY(survey.layouts, detectLayouts(*tree, monitor));
    if (!request.withItems)
        return survey;
    ChunkBuilder builder([&survey](const ChunkPtr &chunk) {
        for (int row = 0; row < chunk->size(); ++row)
            survey.items.append(chunk->item(row));
    });
    if (const auto scanned = scanTree(*tree, survey.layouts, builder, [](const Finding &) {}, monitor); !scanned) {
        if (scanned.error().code == ErrorCode::Cancelled)
            return std::unexpected(scanned.error());
        survey.unlisted = scanned.error();
        return survey;
    }
    builder.flush();
    if (survey.items.size() > request.maxDetailed)
        return survey;
    for (const Item &item : std::as_const(survey.items)) {
        if (auto details = treeDetails(*tree, survey.layouts, item.itemId(), monitor))
            survey.parts.insert(item.itemId(), std::move(details->parts));
    }
    return survey;
}

Result<ArchiveGlance> glanceHere(const ArchiveFile &archive, Guess guess, Monitor &monitor)
{
    ArchiveGlance glance;
    if (!archive.kind().isArchive())
        return glance;
    auto peeked = peekManifest(archive, monitor);
    if (!peeked && peeked.error().code == ErrorCode::Cancelled)
        return std::unexpected(std::move(peeked).error());
    // A manifest that cannot be read makes it no less an archive; verifying it will say more.
    glance.manifest = peeked ? *std::move(peeked) : std::nullopt;
    if (glance.manifest) {
        glance.manifest->entries.clear();
    } else if (guess == Guess::WithoutManifest) {
        const auto layout = guessLayout(archive, monitor);
        if (!layout && layout.error().code == ErrorCode::Cancelled)
            return std::unexpected(layout.error());
        glance.layout = layout.value_or(QString());
        glance.encrypted = !layout && layout.error().code == ErrorCode::SecretUnavailable;
    }
    return glance;
}

}  // namespace strongroom::storage
