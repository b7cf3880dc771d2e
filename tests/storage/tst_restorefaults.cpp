// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/restore.h"

#include "storage/fd.h"
#include "storage/ops/restoredata.h"
#include "storage/ops/safety.h"
#include "tests/support/restoreplace.h"

#include <QtTest>

#include <fcntl.h>
#include <functional>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

// A file system of its own at `path` while it lives; not ok() where the process may not mount.
class Mounted {
public:
    Mounted(QByteArray path, const char *options, const char *type = "tmpfs")
        : m_path(std::move(path)), m_ok(::mount("none", m_path.constData(), type, 0, options) == 0)
    {
    }
    ~Mounted()
    {
        if (m_ok)
            ::umount2(m_path.constData(), MNT_DETACH);
    }
    Q_DISABLE_COPY(Mounted)
    [[nodiscard]] bool ok() const { return m_ok; }

private:
    QByteArray m_path;
    bool m_ok;
};

// Runs `work` as nobody in a process of its own; its result is the exit status.
int asNobody(const std::function<int()> &work)
{
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setgid(65534) != 0 || ::setuid(65534) != 0)
            ::_exit(200);
        ::_exit(work());
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 201;
}

constexpr int kCrashed = 9;

}  // namespace

class tst_RestoreFaults : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void refuse_archivesThatAreBadOrEmpty();
    void refuse_aTargetThatIsALinkOrAFile();
    void refuse_anArchiveOfTheFolderBelow();
    void refuse_anotherApplicationsData();
    void refuse_partsBehindALink();
    void refuse_namesThatTheLayoutDoesNotHave();
    void refuse_unknownScopes();
    void refuse_whileABackupReads();
    void refuse_withoutPermissionToReplace();
    void refuse_onAReadOnlyFileSystem();
    void refuse_aMountPointOrMountsInside();
    void refuse_whenTheDiskIsTooSmall();
    void fail_whenTheDiskFillsUpMeanwhile();
    void fail_whenTheArchiveChangesAfterTheJudgement();
    void fail_whenTheTargetWasReplacedAfterThePlan();
    void warn_whenLiveFilesChangedAfterThePlan();
    void cancel_beforeTheExchangeLeavesNothing();
    void crash_atAnyStepLeavesOldOrNew();
    void error_atAnyStepRollsBack();
    void recover_isRunBeforeTheNextRestore();
};

void tst_RestoreFaults::refuse_archivesThatAreBadOrEmpty()
{
    Place p;
    p.dir.file("src/data/a", QByteArray(50'000, 'a')).file("live/data/mine", "mine").dir("src/hollow/only/folders");
    const QByteArray good = p.dir.read(QByteArray(p.tar("a.tar.gz", {QStringLiteral("data")}).mid(p.dir.path().size() + 1)));
    p.dir.file("cut.tar.gz", good.chopped(20)).file("empty.tar.gz", "").file("page.tar.gz", "<!DOCTYPE html><html></html>");
    QByteArray flipped = good;
    flipped[flipped.size() / 2] = char(flipped.at(flipped.size() / 2) ^ 0x10);
    p.dir.file("flipped.tar.gz", flipped);
    p.tar("hollow.tar.gz", {QStringLiteral("hollow")});
    const QByteArray before = p.live();
    for (const char *name : {"cut.tar.gz", "empty.tar.gz", "page.tar.gz", "flipped.tar.gz", "hollow.tar.gz"}) {
        const auto prepared = prepareRestore(p.request(p.dir.path(name)), p.monitor);
        QVERIFY2(!prepared, name);
        QVERIFY2(prepared.error().isRefusal(), qPrintable(codeWord(prepared.error().code)));
    }
    QCOMPARE(p.refusal(p.request(p.dir.path("absent.tar.gz"))), ErrorCode::NotFound);
    QCOMPARE(p.live(), before);
}

void tst_RestoreFaults::refuse_aTargetThatIsALinkOrAFile()
{
    Place p;
    p.dir.file("src/data/a", "a").dir("live/real").symlink("live/link", "real").file("live/file", "f");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    QCOMPARE(p.refusal(p.request(archive, "live/link")), ErrorCode::LinkInPath);
    QCOMPARE(p.refusal(p.request(archive, "live/file")), ErrorCode::NotADirectory);
    QCOMPARE(p.dir.names("live/real"), QList<QByteArray>());
}

void tst_RestoreFaults::refuse_anArchiveOfTheFolderBelow()
{
    Place p;
    p.dir.file("src/data/a", "a").file("live/project/data/a", "old").file("live/project/readme", "r");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    QCOMPARE(p.refusal(p.request(archive, "live/project")), ErrorCode::LayoutMismatch);
    QCOMPARE(p.restore(p.request(archive, "live/project/data")).outcome, Outcome::Succeeded);
    QCOMPARE(p.dir.read("live/project/readme"), QByteArray("r"));
}

void tst_RestoreFaults::refuse_anotherApplicationsData()
{
    const QStringList samples = {QStringLiteral("doco"), QStringLiteral("rag"), QStringLiteral("doco-guide"), QStringLiteral("rag-guide")};
    int refused = 0;
    for (const QString &from : samples) {
        for (const QString &to : samples) {
            Place p;
            if (!unpackSample(from, p.dir.path("src")) || !unpackSample(to, p.dir.path("live")))
                QSKIP("no samples beside the checkout");
            const bool same = from.left(4) == to.left(4) || from.left(3) == to.left(3);
            const Ran tar = run(QStringLiteral("tar"), {QStringLiteral("-czf"), decoded(p.dir.path("x.tar.gz")), QStringLiteral("data")}, p.dir.path("src/" + from.toLatin1()));
            QCOMPARE(tar.exitCode, 0);
            const auto prepared = prepareRestore(p.request(p.dir.path("x.tar.gz"), "live/" + to.toLatin1() + "/data"), p.monitor);
            QVERIFY2(prepared.has_value() == same, qPrintable(from + u" into " + to));
            if (!same)
                QCOMPARE(prepared.error().code, ErrorCode::LayoutMismatch);
            refused += !same;
        }
    }
    qInfo("4 samples, %d mismatches refused", refused);
    QCOMPARE(refused, 8);
}

void tst_RestoreFaults::refuse_partsBehindALink()
{
    Place p;
    p.dir.file("src/data/up/x/f", "f").dir("live/elsewhere").dir("live/data").symlink("live/data/up", "../elsewhere");
    QCOMPARE(p.refusal(p.request(p.tar("a.tar.gz", {QStringLiteral("data/up/x")}))), ErrorCode::LinkInPath);
    QCOMPARE(p.dir.names("live/elsewhere"), QList<QByteArray>());
    // Neither is the link itself replaced by a folder: somebody moved that folder to another disk.
    QCOMPARE(p.refusal(p.request(p.tar("b.tar.gz", {QStringLiteral("data/up")}))), ErrorCode::LinkInPath);
    QCOMPARE(p.refusal(p.request(p.tar("c.tar.gz", {QStringLiteral("data")}))), ErrorCode::LinkInPath);
    QCOMPARE(p.dir.names("live/elsewhere"), QList<QByteArray>());
    // A copy beside it has no such link.
    RestoreRequest copy = p.request(p.dir.path("c.tar.gz"));
    copy.asCopy = true;
    QVERIFY(p.restore(copy).succeeded());
}

void tst_RestoreFaults::refuse_namesThatTheLayoutDoesNotHave()
{
    const QByteArray session = "src/data/storage/session_550e8400-e29b-41d4-a716-446655440000/metadata.json";
    const QByteArray record = R"({"session_id":"550e8400-e29b-41d4-a716-446655440000","template_id":"t","group":"g"})";
    for (const QByteArray name : {"storage/a\nb.txt", "storage/<img src=x>.txt", "storage/   ", "storage/caf\xe9", "storage/Metadata.json"}) {
        Place p;
        p.dir.file(session, record).file("src/data/storage/metadata.json", "{}").file("src/data/auth/tokens.json", "{}");
        p.dir.file("src/data/docs/a b/any name", "users name these");
        QVERIFY(p.restore(p.request(p.tar("good.tar.gz", {QStringLiteral("data")}))).succeeded());
        p.dir.file("src/data/" + name, "x");
        const QByteArray before = p.live();
        const auto refused = prepareRestore(p.request(p.tar("bad.tar.gz", {QStringLiteral("data")})), p.monitor);
        QVERIFY2(!refused, name.constData());
        QCOMPARE(refused.error().code, ErrorCode::BadName);
        QCOMPARE(p.live(), before);
    }
}

void tst_RestoreFaults::refuse_unknownScopes()
{
    Place p;
    p.dir.file("src/data/a", "a").dir("live/data");
    RestoreRequest r = p.request(p.tar("a.tar.gz", {QStringLiteral("data")}));
    for (const char *scope : {"volume:none", "sessions", "nonsense"}) {
        r.scope = {QString::fromLatin1(scope)};
        QCOMPARE(p.refusal(r), ErrorCode::ScopeUnknown);
    }
}

void tst_RestoreFaults::refuse_whileABackupReads()
{
    Place p;
    p.dir.file("src/data/a", "new").file("live/data/a", "old");
    const RestoreRequest r = p.request(p.tar("a.tar.gz", {QStringLiteral("data")}));
    auto prepared = prepareRestore(r, p.monitor);
    QVERIFY(prepared);
    auto reader = openDirectory(p.dir.path("live/data"));
    QCOMPARE(::flock(reader->get(), LOCK_SH | LOCK_NB), 0);
    QCOMPARE(p.refusal(r), ErrorCode::Locked);
    const Report locked = runRestore(*prepared, p.monitor);
    QCOMPARE(locked.outcome, Outcome::Failed);
    QCOMPARE(locked.error->code, ErrorCode::Locked);
    QCOMPARE(p.dir.names("live"), QList<QByteArray>{"data"});
    reader->reset();
    QVERIFY(runRestore(*prepared, p.monitor).succeeded());
}

void tst_RestoreFaults::refuse_withoutPermissionToReplace()
{
    if (::geteuid() != 0)
        QSKIP("needs root to become somebody else");
    Place p;
    p.dir.file("src/data/a", "new").file("live/data/a", "old");
    const RestoreRequest r = p.request(p.tar("a.tar.gz", {QStringLiteral("data")}));
    (void)::chmod(p.dir.path().constData(), 0755);
    const QByteArray before = p.live();
    QCOMPARE(asNobody([&p, &r] { return int(p.refusal(r)); }), int(ErrorCode::PermissionDenied));
    QCOMPARE(p.live(), before);
}

void tst_RestoreFaults::refuse_onAReadOnlyFileSystem()
{
    Place p;
    const Mounted small(p.dir.path("live"), "size=4m");
    if (!small.ok())
        QSKIP("may not mount here");
    p.dir.file("src/data/a", "new").file("live/data/a", "old");
    const RestoreRequest r = p.request(p.tar("a.tar.gz", {QStringLiteral("data")}));
    auto prepared = prepareRestore(r, p.monitor);
    QVERIFY(prepared);
    QCOMPARE(::mount("none", p.dir.path("live").constData(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    QCOMPARE(p.refusal(r), ErrorCode::ReadOnly);
    const Report report = runRestore(*prepared, p.monitor);
    QCOMPARE(report.error->code, ErrorCode::ReadOnly);
    QVERIFY(report.rolledBack);
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("old"));
}

void tst_RestoreFaults::refuse_aMountPointOrMountsInside()
{
    Place p;
    p.dir.file("src/data/a", "new").dir("live/data/sub").file("live/data/a", "old");
    const RestoreRequest r = p.request(p.tar("a.tar.gz", {QStringLiteral("data")}));
    {
        const Mounted inside(p.dir.path("live/data/sub"), "size=1m");
        if (!inside.ok())
            QSKIP("may not mount here");
        p.dir.file("live/data/sub/precious", "p");
        QCOMPARE(p.refusal(r), ErrorCode::CrossDevice);
    }
    {
        const Mounted on(p.dir.path("live/data"), "size=1m");
        QVERIFY(on.ok());
        QCOMPARE(p.refusal(r), ErrorCode::CrossDevice);
    }
    // A bind mount has its source's device number: only the kernel's mount flag tells.
    p.dir.dir("live/source");
    QCOMPARE(::mount(p.dir.path("live/source").constData(), p.dir.path("live/data").constData(), nullptr, MS_BIND, nullptr), 0);
    const ErrorCode bound = p.refusal(r);
    ::umount2(p.dir.path("live/data").constData(), MNT_DETACH);
    QCOMPARE(bound, ErrorCode::CrossDevice);
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("old"));
}

void tst_RestoreFaults::refuse_whenTheDiskIsTooSmall()
{
    Place p;
    const Mounted small(p.dir.path("live"), "size=1m,nr_inodes=60");
    if (!small.ok())
        QSKIP("may not mount here");
    p.dir.file("src/data/big", QByteArray(2'000'000, 'x')).file("live/data/a", "old");
    QCOMPARE(p.refusal(p.request(p.tar("a.tar.gz", {QStringLiteral("data")}))), ErrorCode::DiskFull);
    for (int i = 0; i < 100; ++i)
        p.dir.file("src/many/" + QByteArray::number(i), "");
    QCOMPARE(p.refusal(p.request(p.tar("b.tar.gz", {QStringLiteral("many")}))), ErrorCode::DiskFull);
    QCOMPARE(p.dir.names("live"), QList<QByteArray>{"data"});
}

void tst_RestoreFaults::fail_whenTheDiskFillsUpMeanwhile()
{
    Place p;
    const Mounted small(p.dir.path("live"), "size=2m");
    if (!small.ok())
        QSKIP("may not mount here");
    p.dir.file("src/data/a", QByteArray(900'000, 'x')).file("src/data/b", QByteArray(400'000, 'y')).file("live/data/a", "old");
    auto prepared = prepareRestore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")})), p.monitor);
    QVERIFY(prepared);
    p.dir.file("live/somebody-else", QByteArray(1'000'000, 'z'));
    const Report report = runRestore(*prepared, p.monitor);
    QCOMPARE(report.outcome, Outcome::Failed);
    QCOMPARE(report.error->code, ErrorCode::DiskFull);
    QVERIFY(report.rolledBack);
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("old"));
    QCOMPARE(p.dir.names("live"), (QList<QByteArray>{"data", "somebody-else"}));
}

void tst_RestoreFaults::fail_whenTheArchiveChangesAfterTheJudgement()
{
    Place p;
    p.dir.file("src/data/a", "judged").file("live/data/a", "old");
    const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
    auto prepared = prepareRestore(p.request(archive), p.monitor);
    QVERIFY(prepared);
    // Written over in place, so the open descriptor sees it.
    p.dir.file("src/data/a", "forged");
    const QByteArray other = p.tar("b.tar.gz", {QStringLiteral("data")});
    p.dir.file("a.tar.gz", p.dir.read("b.tar.gz"));
    const Report report = runRestore(*prepared, p.monitor);
    QCOMPARE(report.outcome, Outcome::Failed);
    QVERIFY(report.rolledBack);
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("old"));
    QCOMPARE(p.dir.names("live"), QList<QByteArray>{"data"});
}

void tst_RestoreFaults::fail_whenTheTargetWasReplacedAfterThePlan()
{
    Place p;
    p.dir.file("src/data/a", "new").file("live/data/a", "old");
    auto prepared = prepareRestore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")})), p.monitor);
    QVERIFY(prepared);
    QCOMPARE(::rename(p.dir.path("live/data").constData(), p.dir.path("live/moved").constData()), 0);
    p.dir.file("live/data/b", "another directory");
    const Report report = runRestore(*prepared, p.monitor);
    QVERIFY(report.error);
    QCOMPARE(report.error->code, ErrorCode::Changed);
    QCOMPARE(p.dir.read("live/data/b"), QByteArray("another directory"));
    QCOMPARE(p.dir.names("live"), (QList<QByteArray>{"data", "moved"}));
}

void tst_RestoreFaults::warn_whenLiveFilesChangedAfterThePlan()
{
    Place p;
    p.dir.file("src/data/a", "new").file("src/data/same", "s").file("live/data/a", "old").file("live/data/same", "s").file("live/data/gone", "g");
    auto prepared = prepareRestore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")})), p.monitor);
    QVERIFY(prepared);
    p.dir.file("live/data/a", "written meanwhile").file("live/data/fresh", "f").remove("live/data/gone");
    const Report report = runRestore(*prepared, p.monitor);
    QCOMPARE(report.outcome, Outcome::CompletedWithWarnings);
    QVERIFY(warns(report.warnings, "changed-since-plan"));
    QStringList changed;
    for (const StepResult &result : report.results) {
        QCOMPARE(result.outcome, QStringLiteral("changed"));
        changed.append(displayBytes(result.path));
    }
    changed.sort();
    QCOMPARE(changed, (QStringList{QStringLiteral("a"), QStringLiteral("fresh"), QStringLiteral("gone")}));
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("new"));
    QCOMPARE(p.dir.read("live/.data.strongroom-safety-0/0/a"), QByteArray("written meanwhile"));
    QCOMPARE(p.dir.read("live/.data.strongroom-safety-0/0/fresh"), QByteArray("f"));
}

void tst_RestoreFaults::cancel_beforeTheExchangeLeavesNothing()
{
    Place p;
    p.dir.file("src/data/a", "new").file("live/data/a", "old");
    auto prepared = prepareRestore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")})), p.monitor);
    QVERIFY(prepared);
    const QByteArray before = p.live();
    prepared->data().transaction.beforeStep = [&p](const char *step) -> std::optional<Error> {
        if (qstrcmp(step, "make-stage") == 0)
            p.monitor.requestStop();
        return std::nullopt;
    };
    const Report report = runRestore(*prepared, p.monitor);
    QCOMPARE(report.outcome, Outcome::Cancelled);
    QVERIFY(report.rolledBack);
    QCOMPARE(p.live(), before);

    // Once the exchange has begun it is finished, whatever is asked.
    Place late;
    late.dir.file("src/data/a", "new").file("live/data/a", "old");
    auto second = prepareRestore(late.request(late.tar("a.tar.gz", {QStringLiteral("data")})), late.monitor);
    QVERIFY(second);
    second->data().transaction.beforeStep = [&late](const char *step) -> std::optional<Error> {
        if (qstrcmp(step, "exchange") == 0)
            late.monitor.requestStop();
        return std::nullopt;
    };
    QCOMPARE(runRestore(*second, late.monitor).outcome, Outcome::Succeeded);
    QCOMPARE(late.dir.read("live/data/a"), QByteArray("new"));
}

void tst_RestoreFaults::crash_atAnyStepLeavesOldOrNew()
{
    bool through = false;
    int old = 0;
    int fresh = 0;
    for (int n = 0; !through; ++n) {
        Place p;
        p.dir.file("src/data/a", "new").file("src/data/sub/b", "new").file("live/data/a", "old").file("live/data/c", "old");
        const QByteArray archive = p.tar("a.tar.gz", {QStringLiteral("data")});
        const pid_t child = ::fork();
        if (child == 0) {
            auto prepared = prepareRestore(p.request(archive), p.monitor);
            int count = 0;
            prepared->data().transaction.beforeStep = [&count, n](const char *) -> std::optional<Error> {
                if (count++ == n)
                    ::_exit(kCrashed);
                return std::nullopt;
            };
            ::_exit(runRestore(*prepared, p.monitor).succeeded() ? 0 : 1);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kCrashed));
        through = WEXITSTATUS(status) == 0;
        QVERIFY(recover(p.dir.path("live/data"), p.monitor));
        const bool isNew = p.dir.names("live/data") == QList<QByteArray>{"a", "sub"} && p.dir.read("live/data/a") == "new";
        const bool isOld = p.dir.names("live/data") == QList<QByteArray>{"a", "c"} && p.dir.read("live/data/a") == "old";
        QVERIFY(isNew != isOld);
        QCOMPARE(p.dir.exists("live/.data.strongroom-safety-0"), isNew);
        QCOMPARE(p.leftovers(), QList<QByteArray>());
        (isNew ? fresh : old)++;
    }
    QVERIFY(old >= 4 && fresh >= 3);
}

void tst_RestoreFaults::error_atAnyStepRollsBack()
{
    bool through = false;
    for (int n = 0; !through; ++n) {
        Place p;
        p.dir.file("src/data/a", "new").file("live/data/a", "old");
        auto prepared = prepareRestore(p.request(p.tar("a.tar.gz", {QStringLiteral("data")})), p.monitor);
        QVERIFY(prepared);
        int count = 0;
        bool injected = false;
        prepared->data().transaction.beforeStep = [&](const char *) -> std::optional<Error> {
            if (count++ != n)
                return std::nullopt;
            injected = true;
            return Error::fromErrno(ENOSPC, "injected", ErrorCode::WriteFailed);
        };
        const Report report = runRestore(*prepared, p.monitor);
        through = !injected;
        if (report.succeeded()) {
            QCOMPARE(p.dir.read("live/data/a"), QByteArray("new"));
            QCOMPARE(injected, report.outcome == Outcome::CompletedWithWarnings);
        } else {
            QCOMPARE(report.error->code, ErrorCode::DiskFull);
            QVERIFY(report.rolledBack);
            QCOMPARE(p.dir.names("live"), QList<QByteArray>{"data"});
            QCOMPARE(p.dir.read("live/data/a"), QByteArray("old"));
        }
    }
}

void tst_RestoreFaults::recover_isRunBeforeTheNextRestore()
{
    Place p;
    p.dir.file("src/data/a", "new").file("live/data/a", "old").file("live/.data.strongroom-stage/0/half", "h");
    const RestoreRequest r = p.request(p.tar("a.tar.gz", {QStringLiteral("data")}));
    auto prepared = prepareRestore(r, p.monitor);
    QVERIFY(prepared);
    QVERIFY(warns(prepared->plan().warnings, "interrupted-operation"));
    QVERIFY(runRestore(*prepared, p.monitor).succeeded());
    QCOMPARE(p.dir.read("live/data/a"), QByteArray("new"));
    QCOMPARE(p.leftovers(), QList<QByteArray>());
}

QTEST_GUILESS_MAIN(tst_RestoreFaults)
#include "tst_restorefaults.moc"
