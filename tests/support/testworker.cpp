// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A worker that can also misbehave: it stands for one that an archive has taken over.

#include "tests/support/testworker.h"

#include "storage/worker/workerchild.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace strongroom::storage;
using strongroom::tests::TestVerb;

namespace {

/// After what it should not have survived: an answer that would be believed.
void pretend(AnswerPipe &answer, Verdict verdict = Verdict::Readable)
{
    WireWriter out;
    out.u8(quint8(verdict));
    out.bytes(QByteArray(64, 'a'));
    answer.send(FrameType::Verdict, out.buffer());
}

QByteArray memberBytes(const QByteArray &path, qint64 size, bool hashed)
{
    // As put() of a Member writes it, but for names that no RelPath has.
    WireWriter out;
    out.u8(quint8(MemberType::File));
    out.u8(hashed ? 1 : 0);
    if (hashed)
        out.bytes(QByteArray(sizeof(Sha256), 'h'));
    for (int i = 0; i < 3; ++i)
        out.u32(0);
    out.i64(size);
    out.i64(0);
    out.bytes(path);
    out.bytes({});
    return out.buffer();
}

void sendMembers(AnswerPipe &answer, const QByteArray &members)
{
    answer.send(FrameType::Members, members);
    pretend(answer);
}

void spin()
{
    for (volatile bool forever = true; forever;) {
    }
}

bool tryCalls(TestVerb verb, AnswerPipe &answer)
{
    // Results do not matter: who gets past a call pretends that all is well.
    switch (verb) {
    case TestVerb::OpenFile: (void)::open("/etc/hostname", O_RDONLY); break;
    case TestVerb::CreateFile: (void)::open("/tmp/strongroom-test-worker", O_WRONLY | O_CREAT, 0600); break;
    case TestVerb::StatFile: {
        struct stat st;
        (void)::stat("/etc/hostname", &st);
        break;
    }
    case TestVerb::ConnectSocket: (void)::socket(AF_UNIX, SOCK_STREAM, 0); break;
    case TestVerb::Execute: {
        char *const none[] = {nullptr};
        (void)::execve("/bin/true", none, none);
        break;
    }
    case TestVerb::Fork: (void)::fork(); break;
    case TestVerb::Kill: (void)::kill(getppid(), SIGTERM); break;
    case TestVerb::WriteArchive: (void)!::write(kArchiveFd, "x", 1); break;
    case TestVerb::MapExecutable:
        if (::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
            return true;   // no answer
        break;
    default: return false;
    }
    pretend(answer);
    return true;
}

bool tryLimits(TestVerb verb, AnswerPipe &answer)
{
    switch (verb) {
    case TestVerb::Hold: raise(SIGSTOP); spin(); break;
    case TestVerb::Allocate: {
        constexpr size_t kSize = size_t(20) << 30;
        const auto memory = std::make_unique_for_overwrite<char[]>(kSize);
        for (size_t i = 0; i < kSize; i += 4096)
            memory[i] = 1;
        pretend(answer);
        break;
    }
    case TestVerb::Spin: spin(); break;
    case TestVerb::Crash: raise(SIGSEGV); break;
    case TestVerb::Throw: throw std::runtime_error("nobody catches this");
    default: return false;
    }
    return true;
}

bool tryFrames(TestVerb verb, AnswerPipe &answer)
{
    FrameHeader header;
    const auto sendHeader = [&] { answer.sendRaw(QByteArrayView(reinterpret_cast<const char *>(&header), sizeof header)); };
    switch (verb) {
    case TestVerb::Garbage: answer.sendRaw(QByteArray(100'000, '\xa5')); break;
    case TestVerb::HugeLength: header = {quint32(FrameType::Members), 0, quint64(1) << 63}; sendHeader(); break;
    case TestVerb::LongFrame:
        header = {quint32(FrameType::Members), 0, quint64(kMaxPayload) + 1};
        sendHeader();
        answer.sendRaw(QByteArray(kMaxPayload + 1, '\0'));
        break;
    case TestVerb::NoAnswer: break;
    case TestVerb::CutAnswer: header = {quint32(FrameType::Members), 0, 1000}; sendHeader(); answer.sendRaw("cut"); break;
    case TestVerb::EndlessAnswer:
        for (;;)
            answer.send(FrameType::Members, {});
    default: return false;
    }
    return true;
}

bool tryLies(TestVerb verb, AnswerPipe &answer)
{
    const QByteArray good = memberBytes("data/a", 1, true);
    switch (verb) {
    case TestVerb::HalfMember: sendMembers(answer, good.left(30)); break;
    case TestVerb::ClimbingMember: sendMembers(answer, memberBytes("data/../../a", 1, true)); break;
    case TestVerb::SameMemberTwice: sendMembers(answer, good + good); break;
    case TestVerb::OwnMember: sendMembers(answer, memberBytes(".strongroom/manifest.json", 1, true)); break;
    case TestVerb::NegativeSize: sendMembers(answer, memberBytes("data/a", -1, true)); break;
    case TestVerb::VerifiedWithoutManifest: pretend(answer, Verdict::Verified); break;
    case TestVerb::UsableWithProblems: {
        WireWriter out;
        put(out, Problem{ErrorCode::ArchiveDamaged, QStringLiteral("odd"), {}});
        answer.send(FrameType::Problems, out.buffer());
        pretend(answer);
        break;
    }
    case TestVerb::RefusedWithoutReason: pretend(answer, Verdict::Damaged); break;
    case TestVerb::ErrorOfOurs: {
        WireWriter out;
        put(out, fail(ErrorCode::Internal).error());
        answer.send(FrameType::Failed, out.buffer());
        break;
    }
    default: return false;
    }
    return true;
}

bool tryContent(TestVerb verb, AnswerPipe &answer)
{
    if (verb != TestVerb::ContentOfNothing)
        answer.send(FrameType::Member, memberBytes("data/a", 10, false));
    switch (verb) {
    case TestVerb::MoreThanAnnounced: answer.send(FrameType::Data, QByteArray(11, 'x')); break;
    case TestVerb::LessThanAnnounced: answer.send(FrameType::Data, QByteArray(9, 'x')); break;
    case TestVerb::ContentOfNothing: answer.send(FrameType::Data, "x"); break;
    default: return false;
    }
    answer.send(FrameType::Done, {});
    return true;
}

bool misbehave(WorkerVerb asked, WorkerJob &job)
{
    const TestVerb verb = TestVerb(quint32(asked));
    return tryCalls(verb, job.answer) || tryLimits(verb, job.answer) || tryFrames(verb, job.answer) || tryLies(verb, job.answer)
        || tryContent(verb, job.answer);
}

}  // namespace

int main(int argc, char **argv)
{
    return isWorkerCall(argc, argv) ? runWorker(misbehave) : EXIT_FAILURE;
}
