// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/worker/surveyworker.h"

#include "storage/layouts/registry.h"
#include "storage/worker/worker.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qsizetype kMaxPath = 64 * 1024;
constexpr qsizetype kMaxLayouts = 1000;
constexpr quint32 kMaxEvidence = 1000;

void put(WireWriter &out, const QDateTime &time)
{
    out.u8(time.isValid() ? 1 : 0);
    out.i64(time.isValid() ? time.toMSecsSinceEpoch() : 0);
}

QDateTime takeTime(WireReader &in)
{
    const bool valid = in.u8() != 0;
    const qint64 milliseconds = in.i64();
    return valid ? QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC) : QDateTime();
}

void put(WireWriter &out, const Count &count)
{
    out.u8(count ? 1 : 0);
    out.i64(count.value_or(0));
}

Count takeCount(WireReader &in)
{
    const bool known = in.u8() != 0;
    const qint64 number = in.i64();
    return known ? Count(number) : Count();
}

RelPath takePath(WireReader &in)
{
    const QByteArray bytes = in.bytes(kMaxPath);
    if (bytes.isEmpty())
        return {};
    auto path = RelPath::parse(bytes);
    if (!path)
        in.spoil();
    return path.value_or(RelPath());
}

DetectedLayout takeLayout(WireReader &in)
{
    DetectedLayout layout;
    layout.id = in.text();
    layout.layout = layoutById(layout.id);
    layout.variant = in.text();
    layout.title = in.text();
    layout.score = int(in.u8());
    layout.evidence = in.texts(kMaxEvidence);
    layout.root = takePath(in);
    if (!layout.layout || layout.score > 100)
        in.spoil();
    return layout;
}

Item takeItem(WireReader &in)
{
    Item item;
    item.kind = in.oneOf(ItemKind::Snapshot);
    item.state = in.oneOf(ItemState::Deleted);
    item.volumeClass = in.oneOf(VolumeClass::Optional);
    item.current = in.u8() != 0;
    for (QString *text : {&item.id, &item.title, &item.owner, &item.entity, &item.path, &item.reason})
        *text = in.text();
    for (QDateTime *time : {&item.created, &item.modified, &item.lastBackup})
        *time = takeTime(in);
    item.bytes = in.i64();
    for (Count *count : {&item.fragments, &item.messages, &item.documents, &item.chunks, &item.vectors, &item.sessions, &item.files, &item.nodes})
        *count = takeCount(in);
    return item;
}

ItemId takeItemId(WireReader &in)
{
    ItemId id;
    id.kind = in.oneOf(ItemKind::Snapshot);
    id.id = in.text();
    return id;
}

Part takePart(WireReader &in)
{
    Part part;
    part.path = takePath(in);
    part.record = in.text();
    part.bytes = in.i64();
    part.modified = takeTime(in);
    part.shared = in.u8() != 0;
    return part;
}

ArchiveGlance takeGlance(WireReader &in)
{
    ArchiveGlance glance;
    if (in.u8() != 0)
        glance.manifest = takeManifest(in);
    glance.layout = in.text();
    glance.encrypted = in.u8() != 0;
    if (!glance.layout.isEmpty() && !layoutById(glance.layout))
        in.spoil();
    return glance;
}

/// Takes one frame into `survey`. True when it was the last; nothing when it made no sense.
Result<std::optional<bool>> takeFrame(const Frame &frame, ArchiveSurvey &survey)
{
    WireReader in(frame.payload);
    switch (frame.type) {
    case FrameType::Layouts:
        while (in.isGood() && !in.atEnd())
            survey.layouts.append(takeLayout(in));
        break;
    case FrameType::Items:
        while (in.isGood() && !in.atEnd())
            survey.items.append(takeItem(in));
        break;
    case FrameType::Parts:
        while (in.isGood() && !in.atEnd()) {
            const ItemId id = takeItemId(in);
            QList<Part> &parts = survey.parts[id];
            if (in.u8() != 0)
                parts.append(takePart(in));
        }
        break;
    case FrameType::Unlisted: survey.unlisted = takeError(in); break;
    case FrameType::Done: return in.atEnd() ? std::optional(true) : std::nullopt;
    case FrameType::Failed: {
        Error error = takeError(in);
        if (!in.isGood() || error.code == ErrorCode::Internal || error.code == ErrorCode::Cancelled)
            return std::nullopt;
        return std::unexpected(std::move(error));
    }
    default: return std::nullopt;
    }
    return in.isGood() && in.atEnd() && survey.layouts.size() <= kMaxLayouts ? std::optional(false) : std::nullopt;
}

/// One worker's worth: answers are appended until it ends, well or badly.
Result<void> glanceSome(const QList<const ArchiveFile *> &archives, Guess guess, Monitor &monitor, const WorkerTerms &terms,
                        QList<ArchiveGlance> &glances)
{
    QList<int> fds;
    for (const ArchiveFile *archive : archives) {
        fds.append(archive->fd());
    }
    WireWriter arguments;
    arguments.u8(quint8(guess));
    STRONGROOM_TRY(WorkerProcess worker,
                   WorkerProcess::start(terms, workerRequest(archives, Limits::production(), arguments.buffer()), fds, monitor));
    for (qsizetype i = 0; i < archives.size(); ++i) {
        const auto frame = worker.next(monitor);
        if (!frame)
            return frame.error().code == ErrorCode::Cancelled ? Result<void>(std::unexpected(frame.error())) : Result<void>();
        WireReader in(frame->payload);
        ArchiveGlance glance = takeGlance(in);
        if (frame->type != FrameType::Glance || !in.isGood() || !in.atEnd())
            return {};
        glances.append(std::move(glance));
    }
    return {};
}

}  // namespace

void put(WireWriter &out, const SurveyRequest &request)
{
    out.i64(request.keepBytes);
    out.i64(request.keepTotal);
    out.u8(request.withItems ? 1 : 0);
    out.i64(request.maxDetailed);
}

SurveyRequest takeSurveyRequest(WireReader &in)
{
    SurveyRequest request;
    request.keepBytes = in.i64();
    request.keepTotal = in.i64();
    request.withItems = in.u8() != 0;
    request.maxDetailed = qsizetype(in.i64());
    return request;
}

void put(WireWriter &out, const DetectedLayout &layout)
{
    out.text(layout.id);
    out.text(layout.variant);
    out.text(layout.title);
    out.u8(quint8(layout.score));
    out.texts(layout.evidence.mid(0, kMaxEvidence));
    out.bytes(layout.root.bytes());
}

void put(WireWriter &out, const Item &item)
{
    out.u8(quint8(item.kind));
    out.u8(quint8(item.state));
    out.u8(quint8(item.volumeClass));
    out.u8(item.current ? 1 : 0);
    for (const QString *text : {&item.id, &item.title, &item.owner, &item.entity, &item.path, &item.reason})
        out.text(*text);
    for (const QDateTime *time : {&item.created, &item.modified, &item.lastBackup})
        put(out, *time);
    out.i64(item.bytes);
    for (const Count *count : {&item.fragments, &item.messages, &item.documents, &item.chunks, &item.vectors, &item.sessions, &item.files, &item.nodes})
        put(out, *count);
}

void put(WireWriter &out, const ItemId &id, const Part *part)
{
    out.u8(quint8(id.kind));
    out.text(id.id);
    out.u8(part ? 1 : 0);
    if (!part)
        return;
    out.bytes(part->path.bytes());
    out.text(part->record);
    out.i64(part->bytes);
    put(out, part->modified);
    out.u8(part->shared ? 1 : 0);
}

void put(WireWriter &out, const ArchiveGlance &glance)
{
    out.u8(glance.manifest ? 1 : 0);
    if (glance.manifest)
        put(out, *glance.manifest);
    out.text(glance.layout);
    out.u8(glance.encrypted ? 1 : 0);
}

WorkerTerms surveyTerms(const ArchiveFile &archive, const Limits &limits)
{
    return workerTerms(WorkerVerb::Survey, archive.size(), limits);
}

WorkerTerms glanceTerms()
{
    return workerTerms(WorkerVerb::Glance, 0, Limits::production());
}

Result<ArchiveSurvey> surveyInWorker(const ArchiveFile &archive, const Limits &limits, const SurveyRequest &request, Monitor &monitor,
                                     const WorkerTerms &terms)
{
    monitor.begin(Phase::Reading, archive.size());
    const auto hear = [&]() -> Result<ArchiveSurvey> {
        WireWriter arguments;
        put(arguments, request);
        STRONGROOM_TRY(WorkerProcess worker, WorkerProcess::start(terms, workerRequest({&archive}, limits, arguments.buffer()),
                                                                  {archive.fd()}, monitor));
        ArchiveSurvey survey;
        for (;;) {
            STRONGROOM_TRY(const Frame frame, worker.next(monitor));
            STRONGROOM_TRY(const std::optional<bool> last, takeFrame(frame, survey));
            if (!last)
                return workerNonsense();
            if (*last)
                return survey;
        }
    };
    auto survey = hear();
    if (!survey)
        return std::unexpected(placedAt(std::move(survey).error(), archive));
    return survey;
}

Result<QList<ArchiveGlance>> glanceInWorkers(const QList<const ArchiveFile *> &archives, Guess guess, Monitor &monitor, const WorkerTerms &terms)
{
    QList<ArchiveGlance> glances;
    while (glances.size() < archives.size()) {
        const QList<const ArchiveFile *> some = archives.mid(glances.size(), kMaxGlances);
        const qsizetype before = glances.size();
        STRONGROOM_CHECK(glanceSome(some, guess, monitor, terms, glances));
        if (glances.size() < before + some.size())
            glances.append(ArchiveGlance());
    }
    return glances;
}

}  // namespace strongroom::storage
