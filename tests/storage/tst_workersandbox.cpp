// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a worker has and may do, looked at from outside, and what becomes of one that misbehaves: the archive
// is refused, and nothing of the worker is left.

#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/workerhost.h"

#include <QDir>
#include <QFile>
#include <QtTest>

#include <thread>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

Q_DECLARE_METATYPE(strongroom::tests::TestVerb)

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

QByteArray proc(pid_t pid, const char *what)
{
    QFile file(QStringLiteral("/proc/%1/%2").arg(pid).arg(QLatin1String(what)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

/// Soft and hard limit as /proc/PID/limits has them.
QByteArray limitOf(pid_t pid, const char *name)
{
    for (const QByteArray &line : proc(pid, "limits").split('\n')) {
        if (line.startsWith(name)) {
            const QByteArrayList words = line.mid(26).simplified().split(' ');
            return words.value(0) + ' ' + words.value(1);
        }
    }
    return "absent";
}

QByteArray statusOf(pid_t pid, const QByteArray &name)
{
    for (const QByteArray &line : proc(pid, "status").split('\n')) {
        if (line.startsWith(QByteArray(name + ':')))
            return line.mid(name.size() + 1).trimmed();
    }
    return "absent";
}

}  // namespace

class tst_WorkerSandbox : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void worker_hasNothingButWhatItNeeds();
    void sideThread_isWithinTheSandbox();
    void worker_thatMisbehaves_isARefusedArchive_data();
    void worker_thatMisbehaves_isARefusedArchive();
    void worker_thatTampersWithContent_failsThePass_data();
    void worker_thatTampersWithContent_failsThePass();
    void executableMemory_isRefusedWithoutDying();
    void silence_ends();
    void cancel_endsAWorkerThatHangs();
    void program_thatIsNoWorker_isOurFault_data();
    void program_thatIsNoWorker_isOurFault();
    void twoHundredRuns_leaveNothing();
    void person_whoTriesTheOption_isToldNo();
    void cleanup() { QVERIFY(hasNoChild()); }

private:
    [[nodiscard]] WorkerTerms terms(TestVerb verb) const { return testTerms(verb, m_archive, m_limits); }

    DataDirBuilder m_dir;
    ArchiveFile m_archive;
    Limits m_limits = Limits::production();
};

void tst_WorkerSandbox::initTestCase()
{
    m_dir.file("a.tar", TarBuilder().file("data/a").end().bytes());
    auto archive = ArchiveFile::open(m_dir.path("a.tar"));
    QVERIFY(archive);
    m_archive = *std::move(archive);
}

void tst_WorkerSandbox::worker_hasNothingButWhatItNeeds()
{
    Monitor monitor;
    WorkerTerms held = terms(TestVerb::Hold);
    held.limits.cpuSeconds = 77;
    const int inherited = ::dup(m_archive.fd());   // without O_CLOEXEC, as a careless library leaves one
    const auto worker = WorkerProcess::start(held, workerRequest({&m_archive}, m_limits), {m_archive.fd()}, monitor);
    ::close(inherited);
    QVERIFY(worker);
    const pid_t pid = worker->pid();
    QTRY_VERIFY(statusOf(pid, "State").startsWith('T'));

    const quint32 everything = availableSandbox();
    qInfo("%s", qPrintable(sandboxWords(worker->sandbox())));
    QCOMPARE(worker->sandbox(), everything);
    QCOMPARE(statusOf(pid, "NoNewPrivs"), QByteArray("1"));
    QCOMPARE(statusOf(pid, "Threads"), QByteArray("1"));
    QCOMPARE(statusOf(pid, "PPid"), QByteArray::number(getpid()));
    if (everything & kSeccomp)
        QCOMPARE(statusOf(pid, "Seccomp"), QByteArray("2"));
    QCOMPARE(limitOf(pid, "Max core file size"), QByteArray("0 0"));
    QCOMPARE(limitOf(pid, "Max file size"), QByteArray("0 0"));
#if defined(__SANITIZE_ADDRESS__)
    QCOMPARE(limitOf(pid, "Max open files"), QByteArray("12 12"));   // pipes of the sanitizers
#else
    QCOMPARE(limitOf(pid, "Max open files"), QByteArray("4 4"));
#endif
    QCOMPARE(limitOf(pid, "Max cpu time"), QByteArray("77 82"));
    if (!kSanitized) {
        const QByteArray memory = QByteArray::number(held.limits.memoryBytes);
        QCOMPARE(limitOf(pid, "Max address space"), QByteArray(memory + ' ' + memory));
    }
    // Nobody but root may look closer: it cannot be dumped.
    if (getuid() != 0)
        QSKIP("only root sees the rest");
    QCOMPARE(proc(pid, "environ"), QByteArray());
    const QDir fds(QStringLiteral("/proc/%1/fd").arg(pid));
    QCOMPARE(fds.entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System, QDir::Name).join(u' '), QStringLiteral("0 1 2 3"));
    const auto target = [&fds](const char *fd) { return QFile::encodeName(QFile::symLinkTarget(fds.filePath(QLatin1String(fd)))); };
    QVERIFY2(target("0").contains("memfd:request"), target("0").constData());
    QVERIFY2(target("1").contains("pipe:"), target("1").constData());
    if (!kSanitized)
        QCOMPARE(target("2"), QByteArray("/dev/null"));
    QCOMPARE(target("3"), m_dir.path("a.tar"));
}

void tst_WorkerSandbox::sideThread_isWithinTheSandbox()
{
    Monitor monitor;
    WorkerTerms held = terms(TestVerb::Hold);
    held.jobs = 2;
    const auto worker = WorkerProcess::start(held, workerRequest({&m_archive}, m_limits), {m_archive.fd()}, monitor);
    QVERIFY(worker);
    const pid_t pid = worker->pid();
    QTRY_VERIFY(statusOf(pid, "State").startsWith('T'));
    QCOMPARE(worker->sandbox(), availableSandbox());
    QCOMPARE(statusOf(pid, "Threads"), QByteArray("2"));
    const QStringList threads = QDir(QStringLiteral("/proc/%1/task").arg(pid)).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(threads.size(), 2);
    for (const QString &thread : threads) {
        const QByteArray task = "task/" + thread.toLatin1() + "/status";
        QVERIFY(proc(pid, task.constData()).contains("NoNewPrivs:\t1\n"));
        if (availableSandbox() & kSeccomp)
            QVERIFY(proc(pid, task.constData()).contains("Seccomp:\t2\n"));
    }
}

void tst_WorkerSandbox::worker_thatMisbehaves_isARefusedArchive_data()
{
    QTest::addColumn<TestVerb>("verb");
    QTest::addColumn<QString>("says");   // what tells this end from others; it is data for the operator's eyes
    const bool filtered = availableSandbox() & kSeccomp;
    const QString stopped = QStringLiteral("tried what reading never needs");
    const auto row = [](const char *name, TestVerb verb, const QString &says) { QTest::newRow(name) << verb << says; };
    if (filtered) {
        row("open a file", TestVerb::OpenFile, stopped);
        row("create a file", TestVerb::CreateFile, stopped);
        row("look for a file", TestVerb::StatFile, stopped);
        row("connect a socket", TestVerb::ConnectSocket, stopped);
        row("start a program", TestVerb::Execute, stopped);
        row("fork", TestVerb::Fork, stopped);
        row("signal its parent", TestVerb::Kill, stopped);
        row("write to the archive", TestVerb::WriteArchive, stopped);
    }
    if (!kSanitized)
        row("allocate 20 GiB", TestVerb::Allocate, QStringLiteral("more memory than is allowed"));
    row("spin", TestVerb::Spin, QStringLiteral("more time than is allowed"));
    if (!kSanitized) {   // which ends by a status of its own
        row("crash", TestVerb::Crash, QStringLiteral("crashed (signal 11)"));
        row("throw", TestVerb::Throw, QStringLiteral("crashed (signal 6)"));
    }
    const QString nonsense = QStringLiteral("makes no sense");
    row("answer garbage", TestVerb::Garbage, nonsense);
    row("answer a length of 2^63", TestVerb::HugeLength, nonsense);
    row("answer a byte too many", TestVerb::LongFrame, nonsense);
    row("end without an answer", TestVerb::NoAnswer, QStringLiteral("ended without an answer (status 0)"));
    row("end within an answer", TestVerb::CutAnswer, QStringLiteral("ended without an answer (status 0)"));
    row("answer for ever", TestVerb::EndlessAnswer, QStringLiteral("has no end"));
    row("half a member", TestVerb::HalfMember, nonsense);
    row("a climbing member", TestVerb::ClimbingMember, nonsense);
    row("one member twice", TestVerb::SameMemberTwice, nonsense);
    row("a member of ours", TestVerb::OwnMember, nonsense);
    row("a negative size", TestVerb::NegativeSize, nonsense);
    row("verified without a manifest", TestVerb::VerifiedWithoutManifest, nonsense);
    row("usable with problems", TestVerb::UsableWithProblems, nonsense);
    row("refused without a reason", TestVerb::RefusedWithoutReason, nonsense);
    row("an error of ours", TestVerb::ErrorOfOurs, nonsense);
}

void tst_WorkerSandbox::worker_thatMisbehaves_isARefusedArchive()
{
    QFETCH(TestVerb, verb);
    QFETCH(QString, says);
    WorkerTerms bad = terms(verb);
    bad.limits.cpuSeconds = verb == TestVerb::Spin ? 1 : 20;
    if (verb == TestVerb::EndlessAnswer)
        bad.maxAnswerBytes = 10 << 20;
    Monitor monitor;
    const auto judgement = inspectInWorker(m_archive, m_limits, monitor, bad);
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Hostile);
    QCOMPARE(judgement->problems.size(), 1);
    QCOMPARE(judgement->problems.first().code, ErrorCode::ArchiveHostile);
    QVERIFY2(judgement->problems.first().message.contains(says), qPrintable(judgement->problems.first().message));
    QVERIFY(judgement->members.isEmpty());
    QCOMPARE(judgement->refusal(m_archive.path()).code, ErrorCode::ArchiveHostile);
    QVERIFY(hasNoChild());
}

void tst_WorkerSandbox::worker_thatTampersWithContent_failsThePass_data()
{
    QTest::addColumn<TestVerb>("verb");
    QTest::newRow("more than announced") << TestVerb::MoreThanAnnounced;
    QTest::newRow("less than announced") << TestVerb::LessThanAnnounced;
    QTest::newRow("content of nothing") << TestVerb::ContentOfNothing;
    QTest::newRow("garbage") << TestVerb::Garbage;
    QTest::newRow("no answer") << TestVerb::NoAnswer;
    QTest::newRow("an error of ours") << TestVerb::ErrorOfOurs;
}

void tst_WorkerSandbox::worker_thatTampersWithContent_failsThePass()
{
    QFETCH(TestVerb, verb);
    class Sink final : public MemberSink {
    public:
        Result<void> begin(const Member &) override { return {}; }
        Result<void> data(QByteArrayView bytes) override
        {
            content += bytes.toByteArray();
            return {};
        }
        Result<void> end(const Member &) override
        {
            ++ended;
            return {};
        }
        QByteArray content;
        int ended = 0;
    } sink;
    Monitor monitor;
    const auto read = readMembersInWorker(m_archive, m_limits, sink, monitor, terms(verb));
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::ArchiveHostile);
    QCOMPARE(read.error().path, m_archive.path());
    QCOMPARE(sink.ended, 0);
    QVERIFY(sink.content.size() < 10);
}

void tst_WorkerSandbox::executableMemory_isRefusedWithoutDying()
{
    if (!(availableSandbox() & kSeccomp))
        QSKIP("no seccomp here");
    Monitor monitor;
    const auto judgement = inspectInWorker(m_archive, m_limits, monitor, terms(TestVerb::MapExecutable));
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Readable);
}

void tst_WorkerSandbox::silence_ends()
{
    WorkerTerms held = terms(TestVerb::Hold);
    held.patience = std::chrono::milliseconds(200);
    Monitor monitor;
    const auto judgement = inspectInWorker(m_archive, m_limits, monitor, held);
    // Under a heavy load even the greeting may come late; then nothing was read, which is an error of ours.
    if (!judgement) {
        QCOMPARE(judgement.error().code, ErrorCode::WorkerUnavailable);
        return;
    }
    QCOMPARE(judgement->verdict, Verdict::Hostile);
    QVERIFY2(judgement->problems.first().message.contains(QLatin1String("no sign of life")), qPrintable(judgement->problems.first().message));
}

void tst_WorkerSandbox::cancel_endsAWorkerThatHangs()
{
    Monitor monitor;
    Result<Judgement> judgement = Judgement();
    QElapsedTimer sinceStop;
    std::thread caller([&] { judgement = inspectInWorker(m_archive, m_limits, monitor, terms(TestVerb::Hold)); });
    // Once it has stopped itself it would never end by itself.
    const QString children = QStringLiteral("/proc/self/task");
    const auto isHeld = [&children] {
        const QStringList tasks = QDir(children).entryList(QDir::NoDotAndDotDot | QDir::Dirs);
        for (const QString &task : tasks) {
            QFile file(children + u'/' + task + QStringLiteral("/children"));
            if (!file.open(QIODevice::ReadOnly))
                continue;
            for (const QByteArray &pid : file.readAll().simplified().split(' ')) {
                if (!pid.isEmpty() && statusOf(pid.toInt(), "State").startsWith('T'))
                    return true;
            }
        }
        return false;
    };
    const bool held = QTest::qWaitFor(isHeld, 60'000);
    sinceStop.start();
    monitor.requestStop();
    caller.join();
    qInfo("ended %lld ms after the stop", sinceStop.elapsed());
    QVERIFY(held);
    QVERIFY(!judgement);
    QCOMPARE(judgement.error().code, ErrorCode::Cancelled);
    QVERIFY(hasNoChild());
}

void tst_WorkerSandbox::program_thatIsNoWorker_isOurFault_data()
{
    QTest::addColumn<QByteArray>("program");
    QTest::newRow("absent") << QByteArray("/nonexistent/program");
    QTest::newRow("ends at once") << QByteArray("/bin/true");
    QTest::newRow("fails") << QByteArray("/bin/false");
    QTest::newRow("talks") << QByteArray("/bin/echo");
}

void tst_WorkerSandbox::program_thatIsNoWorker_isOurFault()
{
    QFETCH(QByteArray, program);
    WorkerTerms other = testTerms(WorkerVerb::Inspect, m_archive, m_limits);
    other.program = program;
    Monitor monitor;
    const auto judgement = inspectInWorker(m_archive, m_limits, monitor, other);
    QVERIFY(!judgement);
    QCOMPARE(judgement.error().code, ErrorCode::WorkerUnavailable);
    QCOMPARE(judgement.error().path, m_archive.path());
    const ErrorText text = describe(judgement.error());
    QVERIFY(!text.what.isEmpty() && !text.why.isEmpty() && !text.next.isEmpty());
}

void tst_WorkerSandbox::twoHundredRuns_leaveNothing()
{
    Monitor monitor;
    const qsizetype before = openDescriptors();
    const TestVerb kinds[] = {TestVerb::Garbage, TestVerb::NoAnswer, TestVerb::Hold};
    for (int i = 0; i < 200; ++i) {
        if (i % 4 == 3) {
            const auto judgement = inspectInWorker(m_archive, m_limits, monitor, testTerms(WorkerVerb::Inspect, m_archive, m_limits));
            QVERIFY(judgement && judgement->verdict == Verdict::Readable);
            continue;
        }
        WorkerTerms bad = terms(kinds[i % 4]);
        bad.patience = std::chrono::milliseconds(kinds[i % 4] == TestVerb::Hold ? 20 : 60'000);
        const auto judgement = inspectInWorker(m_archive, m_limits, monitor, bad);
        QVERIFY(!judgement || judgement->verdict == Verdict::Hostile);
        QVERIFY(hasNoChild());
    }
    QCOMPARE(openDescriptors(), before);
}

void tst_WorkerSandbox::person_whoTriesTheOption_isToldNo()
{
    const Ran ran = run(QStringLiteral(STRONGROOM_TESTWORKER), {QStringLiteral("--worker")}, {}, "typed");
    QCOMPARE(ran.exitCode, kWorkerUsage);
    QCOMPARE(ran.out, QByteArray());
    QVERIFY(!ran.err.isEmpty());
}

QTEST_GUILESS_MAIN(tst_WorkerSandbox)
#include "tst_workersandbox.moc"
