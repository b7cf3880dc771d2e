// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/worker/workerchild.h"

#include "storage/archive/hasher.h"
#include "storage/archive/ownindex.h"
#include "storage/archive/sevenzipaes.h"
#include "storage/sidethread.h"
#include "storage/verdict/readhere.h"
#include "storage/verdict/spool.h"
#include "storage/worker/sandbox.h"
#include "storage/worker/surveyworker.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QLoggingCategory>
#include <QRegularExpression>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <thread>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr qint64 kMaxRequest = 1 << 20;
/// How often a worker says how far it is; also its sign of life.
constexpr qint64 kProgressMs = 100;

[[noreturn]] void endOutOfMemory()
{
    _exit(kWorkerOutOfMemory);
}

/// What is said of an archive beside its descriptor.
struct ArchiveFacts {
    qint64 size = 0;
    QByteArray name;          // of a lone file, as are mode and time
    quint32 mode = 0;
    qint64 mtimeNs = 0;
    Passphrase passphrase;
};

struct Request {
    WorkerVerb verb = WorkerVerb::Inspect;
    SandboxLimits sandbox;
    int jobs = 1;
    QList<ArchiveFacts> archives;
    Limits limits;
    QByteArray arguments;
};

std::optional<Request> readRequest()
{
    QByteArray bytes(kMaxRequest, Qt::Uninitialized);
    const auto got = preadFully(kRequestFd, bytes.data(), bytes.size(), 0, {});
    if (!got)
        return std::nullopt;   // a terminal or a pipe: a person who tried
    WireReader in(QByteArrayView(bytes).first(*got));
    if (in.u32() != kWorkerMagic || in.u32() != kWorkerVersion)
        return std::nullopt;
    Request request;
    request.verb = WorkerVerb(in.u32());
    request.sandbox.memoryBytes = in.i64();
    request.sandbox.cpuSeconds = in.i64();
    request.sandbox.scratchBytes = in.i64();
    request.jobs = int(in.u32());
    const quint32 archives = in.u32();
    for (quint32 i = 0; i < archives && in.isGood(); ++i) {
        ArchiveFacts facts;
        facts.size = in.i64();
        facts.name = in.bytes(RelPath::kMaxName);
        facts.mode = in.u32();
        facts.mtimeNs = in.i64();
        QByteArray passphrase = in.bytes(Passphrase::kMaxSize);
        facts.passphrase = Passphrase::take(passphrase);
        request.archives.append(std::move(facts));
    }
    request.sandbox.descriptors = kArchiveFd + int(request.archives.size());
    if (request.sandbox.scratchBytes > 0)
        request.sandbox.scratchFd = request.sandbox.descriptors++;
    request.limits = takeLimits(in);
    request.arguments = in.bytes(kMaxRequest);
    wipe(bytes);
    return in.isGood() && in.atEnd() && !request.archives.isEmpty() ? std::optional(request) : std::nullopt;
}

/// Libraries that open files of their own on first use do it now, while they can.
void warmUp()
{
    (void)Sha256Hasher::of("x");
    (void)AesCbcDecryptor(QByteArray(32, 'x'), QByteArray(16, 'x')).decrypt(QByteArray(16, 'x'));
    // No zone file is looked for, and no memory for machine code is asked for.
    setenv("TZ", "UTC0", 1);
    setenv("QT_ENABLE_REGEXP_JIT", "0", 1);
    (void)QDateTime::fromMSecsSinceEpoch(0, Qt::UTC).toString(Qt::ISODateWithMs);
    (void)QDateTime::fromMSecsSinceEpoch(0).toLocalTime().offsetFromUtc();
    QLoggingCategory::setFilterRules(QStringLiteral("*=false"));   // and no configuration of what to log
    (void)QRegularExpression(QStringLiteral("^a+$")).match(QStringLiteral("aa")).hasMatch();
}

void put(WireWriter &out, qint64 value)
{
    out.i64(value);
}

void put(WireWriter &out, const ExcludedEntry &entry)
{
    out.bytes(entry.path);
    out.text(entry.reason);
}

/// Batches of values, cut into frames.
class Batch {
public:
    Batch(AnswerPipe &answer, FrameType type) : m_answer(answer), m_type(type) {}
    template<class... T> void add(const T &...value)
    {
        put(m_out, value...);
        if (m_out.buffer().size() >= kFrameTarget)
            finish();
    }
    void finish()
    {
        if (!m_out.buffer().isEmpty())
            m_answer.send(m_type, m_out.buffer());
        m_out.clear();
    }

private:
    AnswerPipe &m_answer;
    FrameType m_type;
    WireWriter m_out;
};

template<class Values> void sendAll(FrameType type, const Values &values, AnswerPipe &answer)
{
    Batch batch(answer, type);
    for (const auto &value : values)
        batch.add(value);
    batch.finish();
}

void sendError(const Error &error, AnswerPipe &answer)
{
    WireWriter out;
    put(out, error);
    answer.send(FrameType::Failed, out.buffer());
}

/// Sends members while the archive is read, so that they are looked at on the other side meanwhile.
class MemberTeller final : public MemberSink {
public:
    explicit MemberTeller(AnswerPipe &answer) : m_batch(answer, FrameType::Members) {}
    Result<void> begin(const Member &) override { return {}; }
    Result<void> data(QByteArrayView) override { return {}; }
    Result<void> end(const Member &member) override
    {
        if (!member.path.isWithin(m_ours))
            m_batch.add(member);
        return {};
    }
    void finish() { m_batch.finish(); }

private:
    Batch m_batch;
    RelPath m_ours = RelPath::literal(kManifestFolder);
};

/// All but the members, which were sent; only of their times does the manifest know more.
void sendJudgement(const Judgement &judgement, AnswerPipe &answer)
{
    if (judgement.manifest) {
        Batch times(answer, FrameType::Times);
        for (const Member &member : judgement.members)
            times.add(member.mtimeNs);
        times.finish();
    }
    sendAll(FrameType::Problems, judgement.problems, answer);
    sendAll(FrameType::Notes, judgement.notes, answer);
    WireWriter out;
    if (judgement.manifest) {
        put(out, *judgement.manifest);
        answer.send(FrameType::Manifest, out.buffer());
        sendAll(FrameType::Excluded, judgement.manifest->excluded, answer);
    }
    out.clear();
    out.u8(quint8(judgement.verdict));
    out.bytes(judgement.archiveSha256Hex);
    answer.send(FrameType::Verdict, out.buffer());
}

void sendSurvey(const ArchiveSurvey &survey, AnswerPipe &answer)
{
    sendAll(FrameType::Layouts, survey.layouts, answer);
    sendAll(FrameType::Items, survey.items, answer);
    Batch batch(answer, FrameType::Parts);
    for (auto it = survey.parts.cbegin(); it != survey.parts.cend(); ++it) {
        batch.add(it.key(), static_cast<const Part *>(nullptr));
        for (const Part &part : *it)
            batch.add(it.key(), &part);
    }
    batch.finish();
    if (survey.unlisted) {
        WireWriter out;
        put(out, *survey.unlisted);
        answer.send(FrameType::Unlisted, out.buffer());
    }
    answer.send(FrameType::Done, {});
}

void sendGlances(WorkerJob &job)
{
    WireReader arguments(job.arguments);
    const Guess guess = arguments.oneOf(Guess::WithoutManifest);
    for (const ArchiveFile &archive : job.archives) {
        const auto glance = glanceHere(archive, guess, job.monitor);
        WireWriter out;
        put(out, glance.value_or(ArchiveGlance()));
        job.answer.send(FrameType::Glance, out.buffer());
        job.answer.flush();   // so that a bad end is known to be the next one's
    }
}

void sendIndex(WorkerJob &job)
{
    WireReader arguments(job.arguments);
    const auto members = membersByIndex(job.archives.front(), job.limits, arguments.u8() != 0, job.monitor);
    if (!members)
        return sendError(members.error(), job.answer);
    if (*members)
        sendAll(FrameType::Members, **members, job.answer);
    job.answer.send(FrameType::Done, {});
}

Result<std::vector<ArchiveFile>> adoptAll(const QList<ArchiveFacts> &all)
{
    std::vector<ArchiveFile> archives;
    for (qsizetype i = 0; i < all.size(); ++i) {
        const ArchiveFacts &facts = all.at(i);
        STRONGROOM_TRY(ArchiveFile archive, ArchiveFile::adopt(Fd(kArchiveFd + int(i)), facts.size));
        archive.setLoneFacts(facts.name, facts.mode, facts.mtimeNs);
        archive.setPassphrase(facts.passphrase);
        archives.push_back(std::move(archive));
    }
    return archives;
}

/// Passes on what is read. Hashes are for the one who writes.
class SendingSink final : public MemberSink {
public:
    explicit SendingSink(AnswerPipe &answer) : m_answer(answer) {}
    Result<void> begin(const Member &member) override
    {
        m_out.clear();
        put(m_out, member);
        m_answer.send(FrameType::Member, m_out.buffer());
        return {};
    }
    Result<void> data(QByteArrayView bytes) override
    {
        m_answer.send(FrameType::Data, bytes);
        return {};
    }
    Result<void> end(const Member &) override { return {}; }

private:
    AnswerPipe &m_answer;
    WireWriter m_out;
};

/// Sends the counters when the last time is a while ago.
class ProgressTeller {
public:
    /// \param withItems  the members are not counted by whoever receives them.
    ProgressTeller(const Monitor &monitor, AnswerPipe &answer, bool withItems)
        : m_monitor(monitor), m_answer(answer), m_withItems(withItems)
    {
        m_since.start();
    }
    void lookAtClock()
    {
        if (m_since.elapsed() < kProgressMs)
            return;
        m_since.restart();
        tell();
    }
    void tell()
    {
        const Progress progress = m_monitor.sample();
        m_out.clear();
        m_out.i64(progress.bytesDone);
        m_out.i64(m_withItems ? progress.itemsDone : 0);
        m_out.bytes(progress.current);
        m_answer.send(FrameType::Progress, m_out.buffer());
        m_answer.flush();
    }

private:
    const Monitor &m_monitor;
    AnswerPipe &m_answer;
    bool m_withItems;
    QElapsedTimer m_since;
    WireWriter m_out;
};

bool answerTo(WorkerVerb verb, WorkerJob &job, ProgressTeller &progress)
{
    switch (verb) {
    case WorkerVerb::Inspect: {
        MemberTeller teller(job.answer);
        const auto judgement = inspectHere(job.archives.front(), job.limits, job.scratch, job.monitor, {job.side, &teller});
        teller.finish();
        progress.tell();
        if (judgement)
            sendJudgement(*judgement, job.answer);
        else
            sendError(judgement.error(), job.answer);
        return true;
    }
    case WorkerVerb::Members: {
        SendingSink sink(job.answer);
        const auto read = readMembers(job.archives.front(), job.limits, sink, job.monitor, ContentHash::Left, job.side);
        progress.tell();
        if (read)
            job.answer.send(FrameType::Done, {});
        else
            sendError(read.error(), job.answer);
        return true;
    }
    case WorkerVerb::Survey: {
        WireReader arguments(job.arguments);
        const auto survey = surveyHere(job.archives.front(), job.limits, takeSurveyRequest(arguments), job.monitor);
        progress.tell();
        if (survey)
            sendSurvey(*survey, job.answer);
        else
            sendError(survey.error(), job.answer);
        return true;
    }
    case WorkerVerb::Glance: sendGlances(job); return true;
    case WorkerVerb::Index: sendIndex(job); return true;
    case WorkerVerb::FirstTest: break;
    }
    return false;
}

}  // namespace

void AnswerPipe::send(FrameType type, QByteArrayView payload)
{
    const FrameHeader header = {quint32(type), 0, quint64(payload.size())};
    m_held.append(reinterpret_cast<const char *>(&header), sizeof header);
    m_held.append(payload);
    if (m_held.size() >= kFrameTarget)
        flush();
}

void AnswerPipe::sendRaw(QByteArrayView bytes)
{
    m_held.append(bytes);
}

void AnswerPipe::flush()
{
    if (!m_held.isEmpty() && !writeFully(kAnswerFd, m_held.constData(), m_held.size(), {}))
        _exit(EXIT_FAILURE);
    m_held.resize(0);
}

bool isWorkerCall(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], "--worker") == 0;
}

int runWorker(const ExtraVerbs &extra)
{
    // What libraries have to say of a bad archive is in the answer.
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {});
    const std::optional<Request> request = readRequest();
    if (!request) {
        fputs("--worker is for the program itself.\n", stderr);
        return kWorkerUsage;
    }
    closeFrom(request->sandbox.descriptors);
    warmUp();
    std::set_new_handler(endOutOfMemory);
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);   // a second one would reserve address space, which is counted
#endif
    std::unique_ptr<SideThread> side;
    const quint32 granted = enterSandbox(request->sandbox, [&] { side = SideThread::startFor(request->jobs); });

    AnswerPipe answer;
    WireWriter hello;
    hello.u32(kWorkerVersion);
    hello.u32(granted);
    answer.send(FrameType::Hello, hello.buffer());
    answer.flush();
    try {
        Monitor monitor;
        ProgressTeller progress(monitor, answer, request->verb != WorkerVerb::Members);
        // The pipe is this thread's; a side thread polls as well.
        monitor.setPulse([&progress, self = std::this_thread::get_id()] {
            if (std::this_thread::get_id() == self)
                progress.lookAtClock();
        });
        auto archives = adoptAll(request->archives);
        if (archives) {
            Scratch scratch(request->sandbox.scratchFd);
            WorkerJob job{*archives, request->limits, request->arguments, scratch, monitor, answer, side.get()};
            const bool known = request->verb < WorkerVerb::FirstTest ? answerTo(request->verb, job, progress)
                                                                     : extra && extra(request->verb, job);
            if (!known)
                sendError(fail(ErrorCode::NotSupported).error(), answer);
        } else {
            sendError(archives.error(), answer);
        }
        answer.flush();
    } catch (const std::bad_alloc &) {
        endOutOfMemory();
    }
    // Nothing is left to tidy up but memory, and what tidies up would like to open files.
    _exit(EXIT_SUCCESS);
}

}  // namespace strongroom::storage
