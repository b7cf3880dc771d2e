// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/transaction.h"

#include "storage/treeops.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <fcntl.h>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

constexpr int kCrashed = 9;

// One data directory `data` with its parent to itself, and what a transaction is to make of it.
struct Scene {
    DataDirBuilder dir;
    QByteArray kind;
    QList<Slot> slotList;

    explicit Scene(const QByteArray &sceneKind) : kind(sceneKind)
    {
        if (kind != "create")
            dir.file("data/a/one.json", "old one", 0600).file("data/b.db", "old b").file("data/c/deep/x", "old x").dir("data/empty", 0700);
        if (kind == "replace" || kind == "create")
            slotList = {{RelPath(), false}};
        else
            slotList = {{RelPath::literal("a"), false}, {RelPath::literal("c/deep"), false}, {RelPath::literal("new"), false},
                        {RelPath::literal("b.db"), true}};
    }
    // Fills the stage as a restore would.
    void stage(int stageFd) const
    {
        const auto put = [stageFd](const char *path, const QByteArray &text) {
            const RelPath rel = RelPath::literal(path);
            if (!makeDirectories(stageFd, rel.parent()))
                qFatal("cannot stage the folder of %s", path);
            const auto fd = openBelow(stageFd, rel, O_WRONLY | O_CREAT | O_EXCL, 0640);
            if (!fd || !writeFully(fd->get(), text.constData(), text.size(), rel.bytes()))
                qFatal("cannot stage %s", path);
        };
        put("0/one.json", "new one");
        if (slotList.size() > 1) {
            put("1/x", "new x");
            put("2", "a new file");
        } else {
            put("0/other/two", "new two");
        }
    }
    Result<void> run(const TransactionOptions &options) const
    {
        STRONGROOM_TRY(const Beside beside, Beside::open(dir.path("data")));
        STRONGROOM_TRY(const OperationLock lock, OperationLock::acquire(beside));
        STRONGROOM_TRY(Transaction transaction, Transaction::begin(beside, lock, options));
        stage(transaction.stageFd());
        return transaction.commit(slotList, SafetyNote{});
    }
    Result<void> undo(const TransactionOptions &options) const
    {
        STRONGROOM_TRY(const Beside beside, Beside::open(dir.path("data")));
        STRONGROOM_TRY(const OperationLock lock, OperationLock::acquire(beside));
        STRONGROOM_TRY(const QList<qint64> numbers, beside.safetyNumbers());
        STRONGROOM_TRY(Transaction transaction, Transaction::beginWithSafetyCopy(beside, lock, numbers.first(), options));
        QList<Slot> reversed = slotList;
        for (qsizetype i = 0; i < reversed.size(); ++i)
            reversed[i].takeAway = !findAt(transaction.stageFd(), Transaction::slotName(i))->has_value();
        SafetyNote note;
        note.operation = Operation::Undo;
        return transaction.commit(reversed, note);
    }
    Result<RecoveredTransaction> recover(const TransactionOptions &options = {}) const
    {
        STRONGROOM_TRY(const Beside beside, Beside::open(dir.path("data")));
        STRONGROOM_TRY(const OperationLock lock, OperationLock::acquire(beside));
        return recoverBeside(beside, lock, options);
    }
    QByteArray state() const
    {
        return dir.exists("data") ? contentOf(dir.path("data")) : QByteArray("absent");
    }
    static QByteArray contentOf(const QByteArray &root)
    {
        // Times differ between two builds of the same tree; everything else must not.
        QByteArray out;
        for (const QByteArray &line : treeFingerprint(root).split('\n')) {
            QList<QByteArray> words = line.split(' ');
            if (words.size() > 2)
                words.removeAt(2);
            out += words.join(' ') + '\n';
        }
        return out;
    }
    // Everything beside the data directory that is not a finished safety copy.
    QList<QByteArray> leftovers() const
    {
        QList<QByteArray> names = dir.names();
        names.removeIf([](const QByteArray &name) { return name == "data" || name.startsWith(".data.strongroom-safety-"); });
        return names;
    }
    int safetyCopies() const
    {
        return int(dir.names().size() - leftovers().size()) - dir.exists("data");
    }
};

// Dies in front of step `n`; the count of steps passed is the exit status of a run that got through.
TransactionOptions dyingAt(int n, bool withoutExchange, int *passed = nullptr)
{
    TransactionOptions options;
    options.withoutExchange = withoutExchange;
    auto count = std::make_shared<int>(0);
    options.beforeStep = [n, count, passed](const char *) -> std::optional<Error> {
        if (*count == n)
            ::_exit(kCrashed);
        ++*count;
        if (passed)
            *passed = *count;
        return std::nullopt;
    };
    return options;
}

// Fails step `n`, once; `through` says that there was no such step any more.
TransactionOptions failingAt(int n, bool *through)
{
    TransactionOptions options;
    *through = true;
    options.beforeStep = [n, through, count = std::make_shared<int>(0)](const char *) -> std::optional<Error> {
        if ((*count)++ != n)
            return std::nullopt;
        *through = false;
        return Error::fromErrno(EIO, "injected", ErrorCode::WriteFailed);
    };
    return options;
}

// Runs `work` in a process of its own. True when it got through, false when it died on the way.
bool survives(const std::function<void()> &work)
{
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status))
        qFatal("child went wrong");
    if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != kCrashed)
        qFatal("child failed: %d", WEXITSTATUS(status));
    return WEXITSTATUS(status) == 0;
}

}  // namespace

class tst_Transaction : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void scenes_data();
    void commit_replacesAllSlotsAndKeepsTheOld_data() { scenes_data(); }
    void commit_replacesAllSlotsAndKeepsTheOld();
    void crash_atAnyStepLeavesOldOrNewAfterRecovery_data() { scenes_data(); }
    void crash_atAnyStepLeavesOldOrNewAfterRecovery();
    void crash_duringRecoveryIsRecoveredAgain_data() { scenes_data(); }
    void crash_duringRecoveryIsRecoveredAgain();
    void crash_duringUndoLosesNothing_data() { scenes_data(); }
    void crash_duringUndoLosesNothing();
    void error_duringUndoLeavesTheSafetyCopyAsItWas_data() { scenes_data(); }
    void error_duringUndoLeavesTheSafetyCopyAsItWas();
    void error_atAnyStepIsReportedAndRolledBack_data() { scenes_data(); }
    void error_atAnyStepIsReportedAndRolledBack();
    void errors_fromAnyStepOnAreHealedByRecovery_data() { scenes_data(); }
    void errors_fromAnyStepOnAreHealedByRecovery();
    void undo_bringsTheOldBackAndKeepsTheNew_data() { scenes_data(); }
    void undo_bringsTheOldBackAndKeepsTheNew();
    void begin_refusesWhileAnotherOperationIsUnfinished();
    void commit_refusesATargetBehindALink();
    void commit_refusesATargetThatMovedMeanwhile();
    void recovery_keepsWhatTookTheNameAfterACrash();
    void recovery_refusesAJournalItCannotRead();
};

void tst_Transaction::initTestCase()
{
    // A killed process leaves the same names on any file system; hundreds of syncs are quicker in memory.
    if (::access("/dev/shm", W_OK) == 0)
        qputenv("TMPDIR", "/dev/shm");
}

void tst_Transaction::scenes_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<bool>("withoutExchange");
    for (const QByteArray kind : {"replace", "create", "partial"}) {
        QTest::addRow("%s, exchange", kind.constData()) << kind << false;
        QTest::addRow("%s, two renames", kind.constData()) << kind << true;
    }
}

void tst_Transaction::commit_replacesAllSlotsAndKeepsTheOld()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, withoutExchange);
    Scene scene(kind);
    TransactionOptions options;
    options.withoutExchange = withoutExchange;
    QVERIFY(scene.run(options));
    QCOMPARE(scene.dir.read(kind == "partial" ? "data/a/one.json" : "data/one.json"), QByteArray("new one"));
    QCOMPARE(scene.leftovers(), QList<QByteArray>());
    if (kind == "create") {
        QCOMPARE(scene.safetyCopies(), 0);
        return;
    }
    QCOMPARE(scene.safetyCopies(), 1);
    const auto note = parseNote(scene.dir.read(".data.strongroom-safety-0/note.json"));
    QVERIFY(note);
    QCOMPARE(note->targets.size(), scene.slotList.size());
    if (kind == "replace") {
        QCOMPARE(scene.dir.read(".data.strongroom-safety-0/0/a/one.json"), QByteArray("old one"));
        QCOMPARE(scene.dir.names(".data.strongroom-safety-0"), (QList<QByteArray>{"0", "note.json"}));
        return;
    }
    QCOMPARE(scene.dir.read("data/new"), QByteArray("a new file"));
    QCOMPARE(scene.dir.read("data/c/deep/x"), QByteArray("new x"));
    QVERIFY(!scene.dir.exists("data/b.db"));
    QVERIFY(scene.dir.exists("data/empty"));
    QCOMPARE(scene.dir.read(".data.strongroom-safety-0/0/one.json"), QByteArray("old one"));
    QCOMPARE(scene.dir.read(".data.strongroom-safety-0/3"), QByteArray("old b"));
    QCOMPARE(scene.dir.names(".data.strongroom-safety-0"), (QList<QByteArray>{"0", "1", "3", "note.json"}));
}

void tst_Transaction::crash_atAnyStepLeavesOldOrNewAfterRecovery()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, withoutExchange);
    const Scene untouched(kind);
    const QByteArray before = untouched.state();
    QVERIFY(untouched.run({}));
    const QByteArray after = untouched.state();
    int sawOld = 0;
    int sawNew = 0;
    bool through = false;
    for (int n = 0; !through; ++n) {
        const Scene scene(kind);
        through = survives([&] { (void)scene.run(dyingAt(n, withoutExchange)); });
        const auto recovered = scene.recover();
        QVERIFY2(recovered, qPrintable(QString::number(n)));
        const QByteArray state = scene.state();
        QVERIFY2(state == before || state == after, qPrintable(QStringLiteral("step %1: %2").arg(n).arg(QString::fromLatin1(state))));
        QCOMPARE(scene.leftovers(), QList<QByteArray>());
        QCOMPARE(scene.safetyCopies(), state == after && kind != "create" ? 1 : 0);
        (state == before ? sawOld : sawNew)++;
        const auto again = scene.recover();
        QVERIFY(again);
        QCOMPARE(again->recovery, Recovery::Nothing);
        QCOMPARE(scene.state(), state);
    }
    QVERIFY2(sawOld >= 4 && sawNew >= 3, qPrintable(QStringLiteral("%1 old, %2 new").arg(sawOld).arg(sawNew)));
}

void tst_Transaction::crash_duringRecoveryIsRecoveredAgain()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, withoutExchange);
    const Scene untouched(kind);
    const QByteArray before = untouched.state();
    QVERIFY(untouched.run({}));
    const QByteArray after = untouched.state();
    int crashes = 0;
    bool through = false;
    for (int n = 0; !through; ++n) {
        bool recoveryThrough = false;
        for (int m = 0; !recoveryThrough; ++m) {
            const Scene scene(kind);
            through = survives([&] { (void)scene.run(dyingAt(n, withoutExchange)); });
            recoveryThrough = survives([&] { (void)scene.recover(dyingAt(m, withoutExchange)); });
            crashes += !recoveryThrough;
            QVERIFY(scene.recover());
            const QByteArray state = scene.state();
            QVERIFY2(state == before || state == after, state.constData());
            QCOMPARE(scene.leftovers(), QList<QByteArray>());
        }
    }
    QVERIFY(crashes >= 10);
}

void tst_Transaction::crash_duringUndoLosesNothing()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, withoutExchange);
    if (kind == "create")
        QSKIP("a created directory has no safety copy");
    bool through = false;
    int sawUndone = 0;
    for (int n = 0; !through; ++n) {
        const Scene scene(kind);
        const QByteArray before = treeFingerprint(scene.dir.path("data"));
        QVERIFY(scene.run({}));
        const QByteArray after = treeFingerprint(scene.dir.path("data"));
        through = survives([&] { (void)scene.undo(dyingAt(n, withoutExchange)); });
        QVERIFY(scene.recover());
        const QByteArray state = treeFingerprint(scene.dir.path("data"));
        // Directories above a replaced part change their time; compare all but that.
        const bool isOld = kind == "replace" ? state == before : scene.dir.read("data/a/one.json") == "old one";
        const bool isNew = kind == "replace" ? state == after : scene.dir.read("data/a/one.json") == "new one";
        QVERIFY2(isOld || isNew, state.constData());
        if (kind == "partial") {
            QCOMPARE(scene.dir.exists("data/b.db"), isOld);
            QCOMPARE(scene.dir.exists("data/new"), isNew);
            QCOMPARE(scene.dir.read("data/c/deep/x"), QByteArray(isOld ? "old x" : "new x"));
        }
        QCOMPARE(scene.leftovers(), QList<QByteArray>());
        QCOMPARE(scene.safetyCopies(), 1);
        // Its note tells what it holds: that of the restore until the undo is done, with nothing of the undo beside it.
        const QByteArray copy = scene.dir.exists(".data.strongroom-safety-0") ? ".data.strongroom-safety-0" : ".data.strongroom-safety-1";
        const auto note = parseNote(scene.dir.read(copy + "/note.json"));
        QVERIFY(note);
        QCOMPARE(note->operation, isOld ? Operation::Undo : Operation::Restore);
        QVERIFY(!scene.dir.exists(copy + '/' + kNextNoteName));
        sawUndone += isOld;
    }
    QVERIFY(sawUndone >= 3);
}

void tst_Transaction::error_duringUndoLeavesTheSafetyCopyAsItWas()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, withoutExchange);
    if (kind == "create")
        QSKIP("a created directory has no safety copy");
    int refused = 0;
    bool through = false;
    for (int n = 0; !through; ++n) {
        const Scene scene(kind);
        QVERIFY(scene.run({}));
        const QByteArray copy = Scene::contentOf(scene.dir.path(".data.strongroom-safety-0"));
        const QByteArray after = scene.state();
        TransactionOptions options = failingAt(n, &through);
        options.withoutExchange = withoutExchange;
        if (scene.undo(options))
            continue;
        ++refused;
        QCOMPARE(scene.state(), after);
        QCOMPARE(Scene::contentOf(scene.dir.path(".data.strongroom-safety-0")), copy);
    }
    QVERIFY(refused >= 5);
}

void tst_Transaction::error_atAnyStepIsReportedAndRolledBack()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, withoutExchange);
    int refused = 0;
    bool through = false;
    for (int n = 0; !through; ++n) {
        const Scene scene(kind);
        const QByteArray before = scene.state();
        TransactionOptions options = failingAt(n, &through);
        options.withoutExchange = withoutExchange;
        const auto done = scene.run(options);
        if (!done) {
            ++refused;
            QCOMPARE(done.error().code, ErrorCode::WriteFailed);
            QCOMPARE(scene.state(), before);
            QCOMPARE(scene.leftovers(), QList<QByteArray>());
            QCOMPARE(scene.safetyCopies(), 0);
        } else {
            QVERIFY(scene.state() != before);
            QVERIFY(scene.recover());
            QCOMPARE(scene.leftovers(), QList<QByteArray>());
        }
    }
    QVERIFY(refused >= 6);
}

void tst_Transaction::errors_fromAnyStepOnAreHealedByRecovery()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, withoutExchange);
    const Scene untouched(kind);
    const QByteArray before = untouched.state();
    QVERIFY(untouched.run({}));
    const QByteArray after = untouched.state();
    bool through = false;
    for (int n = 0; !through; ++n) {
        const Scene scene(kind);
        TransactionOptions options;
        options.withoutExchange = withoutExchange;
        int count = 0;
        options.beforeStep = [&](const char *) -> std::optional<Error> {
            if (count++ < n)
                return std::nullopt;
            return Error::fromErrno(EIO, "injected", ErrorCode::WriteFailed);
        };
        const auto done = scene.run(options);
        through = count <= n;
        QVERIFY(scene.recover());
        const QByteArray state = scene.state();
        QVERIFY2(state == before || state == after, state.constData());
        QVERIFY2(!done || state == after, "said done, is old");
        QCOMPARE(scene.leftovers(), QList<QByteArray>());
    }
}

void tst_Transaction::undo_bringsTheOldBackAndKeepsTheNew()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, withoutExchange);
    if (kind == "create")
        QSKIP("a created directory has no safety copy");
    Scene scene(kind);
    TransactionOptions options;
    options.withoutExchange = withoutExchange;
    const QByteArray before = scene.state();
    QVERIFY(scene.run(options));
    const QByteArray after = scene.state();
    QVERIFY(scene.undo(options));
    QCOMPARE(scene.state(), before);
    QCOMPARE(scene.leftovers(), QList<QByteArray>());
    QCOMPARE(scene.safetyCopies(), 1);
    const auto note = parseNote(scene.dir.read(".data.strongroom-safety-1/note.json"));
    QVERIFY(note);
    QCOMPARE(note->operation, Operation::Undo);
    QVERIFY(scene.undo(options));
    QCOMPARE(scene.state(), after);
}

void tst_Transaction::begin_refusesWhileAnotherOperationIsUnfinished()
{
    const Scene scene("replace");
    QVERIFY(!survives([&] { (void)scene.run(dyingAt(2, false)); }));
    const auto second = scene.run({});
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::AlreadyExists);
    QVERIFY(scene.recover());
    QVERIFY(scene.run({}));
}

void tst_Transaction::commit_refusesATargetBehindALink()
{
    Scene scene("partial");
    scene.dir.file("elsewhere/deep/x", "mine").remove("data/c").symlink("data/c", "../elsewhere");
    const QByteArray before = scene.state();
    const auto done = scene.run({});
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::LinkInPath);
    QCOMPARE(scene.state(), before);
    QCOMPARE(scene.dir.read("elsewhere/deep/x"), QByteArray("mine"));
    QCOMPARE(scene.leftovers(), (QList<QByteArray>{"elsewhere"}));
}

void tst_Transaction::commit_refusesATargetThatMovedMeanwhile()
{
    // After the inodes were noted the application moves its own directory away; then it also makes a new one.
    Scene scene("replace");
    TransactionOptions options;
    options.beforeStep = [&scene](const char *step) -> std::optional<Error> {
        if (qstrcmp(step, "write-journal") == 0)
            (void)::rename(scene.dir.path("data").constData(), scene.dir.path("moved").constData());
        return std::nullopt;
    };
    const auto done = scene.run(options);
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Changed);
    QCOMPARE(scene.dir.names(), QList<QByteArray>{"moved"});
    QCOMPARE(scene.dir.read("moved/a/one.json"), QByteArray("old one"));

    Scene other("replace");
    TransactionOptions replacing;
    replacing.beforeStep = [&other](const char *step) -> std::optional<Error> {
        if (qstrcmp(step, "write-journal") == 0) {
            (void)::rename(other.dir.path("data").constData(), other.dir.path("moved").constData());
            other.dir.file("data/foreign", "not ours");
        }
        return std::nullopt;
    };
    const auto refused = other.run(replacing);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Changed);
    QCOMPARE(other.dir.read("data/foreign"), QByteArray("not ours"));
    QCOMPARE(other.dir.read("moved/a/one.json"), QByteArray("old one"));
    QVERIFY(other.recover());
    QCOMPARE(other.dir.read("data/foreign"), QByteArray("not ours"));
}

void tst_Transaction::recovery_keepsWhatTookTheNameAfterACrash()
{
    // Dies between the two renames; the application then makes itself a new, empty directory.
    int step = 0;
    Scene counting("replace");
    TransactionOptions find;
    find.withoutExchange = true;
    int makeRoom = -1;
    find.beforeStep = [&](const char *name) -> std::optional<Error> {
        if (qstrcmp(name, "place") == 0)
            makeRoom = step;
        ++step;
        return std::nullopt;
    };
    QVERIFY(counting.run(find));
    QVERIFY(makeRoom > 0);

    Scene scene("replace");
    QVERIFY(!survives([&] { (void)scene.run(dyingAt(makeRoom, true)); }));
    QVERIFY(!scene.dir.exists("data"));
    scene.dir.file("data/made-by-the-application", "precious");
    QVERIFY(scene.recover());
    QCOMPARE(scene.dir.read("data/one.json"), QByteArray("new one"));
    QCOMPARE(scene.dir.read(".data.strongroom-safety-0/0/a/one.json"), QByteArray("old one"));
    QCOMPARE(scene.dir.read(".data.strongroom-safety-0/0.found-0/made-by-the-application"), QByteArray("precious"));
    QCOMPARE(scene.leftovers(), QList<QByteArray>());
}

void tst_Transaction::recovery_refusesAJournalItCannotRead()
{
    Scene scene("replace");
    scene.dir.file(".data.strongroom-journal", "{\"format\":\"something else\"}").file(".data.strongroom-stage/0/x", "maybe the only copy");
    const auto recovered = scene.recover();
    QVERIFY(!recovered);
    QCOMPARE(recovered.error().code, ErrorCode::JsonInvalid);
    QCOMPARE(scene.dir.read(".data.strongroom-stage/0/x"), QByteArray("maybe the only copy"));
}

QTEST_GUILESS_MAIN(tst_Transaction)
#include "tst_transaction.moc"
