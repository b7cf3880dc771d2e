// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/mutants/mutants.h"

#include "tests/support/datadirbuilder.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QtTest>

#include <algorithm>

using namespace strongroom::storage;
using namespace strongroom::tests;

// Switches off one safety measure after the other and runs the tests that must notice. A test that a mutant
// survives proves nothing; a mutant without a test fails here.

namespace {

struct Killer {
    Mutant mutant;
    const char *program;
    const char *functions;   // separated by blanks; one of them has to fail
};

const Killer kKillers[] = {
    {Mutant::FilesNotSynced, "tst_durability", "backup_isSyncedBeforeItGetsItsName"},
    {Mutant::FoldersNotSynced, "tst_durability", "backup_isSyncedBeforeItGetsItsName restore_isSyncedBeforeTheExchange"},
    {Mutant::StageNotSynced, "tst_durability", "restore_isSyncedBeforeTheExchange"},
    {Mutant::ExchangedBeforeSync, "tst_durability", "restore_isSyncedBeforeTheExchange"},
    {Mutant::ShortWriteUnnoticed, "tst_treeops", "writeFully_noticesAShortWrite"},
    {Mutant::OpenFollowsLinks, "tst_treeops", "openBelow_refusesLinksOnTheWay"},
    {Mutant::WalkFollowsLinks, "tst_swaps", "backup_neverReadsWhatALinkWasSwappedInFor"},
    {Mutant::RemovalFollowsLinks, "tst_swaps", "removal_neverLeavesTheTree"},
    {Mutant::ExtractOverwrites, "tst_extract", "extract_refusesToWriteThroughAPlantedLink extract_refusesTwoMembersOfOneName"},
    {Mutant::LinksMadeFirst, "tst_extract", "extract_makesSymlinksLastAndNeverWritesThroughOne"},
    {Mutant::JudgedHashNotCompared, "tst_extract", "extract_refusesWhatDiffersFromTheJudgement"},
    {Mutant::PrefixCompare, "tst_relpath", "isWithin_comparesComponentsNotPrefixes"},
    {Mutant::DotDotAccepted, "tst_relpath", "parse_refusesEverySpellingThatIsNotTheOne"},
    {Mutant::ErrorIsAbsence, "tst_oplock", "find_doesNotTakeAnErrorForAbsence"},
    {Mutant::JournalNotWritten, "tst_transaction", "crash_atAnyStepLeavesOldOrNewAfterRecovery"},
    {Mutant::LockNotTaken, "tst_oplock", "lock_isExclusiveAndLeavesNoFile lock_respectsAReaderOfTheDirectory"},
    {Mutant::NoSafetyCopy, "tst_safety", "undo_bringsBackTheIdenticalTree"},
    {Mutant::GzipChecksumIgnored, "tst_compressedtars", "read_readsEveryGzipMemberAndNothingElse"},
    {Mutant::HeaderChecksumIgnored, "tst_tarformat", "decode_refusesEveryFlippedBitOfAHeader"},
    {Mutant::PaxSizeIgnored, "tst_tarreader", "read_refusesWhatTwoReadersCouldReadInTwoWays"},
    {Mutant::RatioUnlimited, "tst_judge", "judge_refusesBombs"},
    {Mutant::DuplicatesAccepted, "tst_tarreader", "read_refusesWhatTwoReadersCouldReadInTwoWays"},
    {Mutant::OutwardLinksAccepted, "tst_judge", "judge_namesLinksThatLeaveWhateverWayTheyTake"},
    {Mutant::ExtraMembersAccepted, "tst_judge", "judge_findsEveryBrokenPromise"},
    {Mutant::MissingMembersAccepted, "tst_judge", "judge_findsEveryBrokenPromise"},
    {Mutant::ManifestHashNotCompared, "tst_judge", "judge_findsEveryBrokenPromise"},
    {Mutant::ZipHeadersNotCompared, "tst_zipreader", "read_refusesWhatTwoReadersCouldReadInTwoWays"},
    {Mutant::ZipChecksumIgnored, "tst_zipreader", "read_neverAcceptsACutOrFlippedZipWithOtherContent"},
    {Mutant::ArchiveNotReadBack, "tst_durability", "backup_isReadBackBeforeItGetsItsName"},
    {Mutant::SqliteCopiedRaw, "tst_backuptaker", "take_holdsACommittedStateOfALiveDatabase"},
    {Mutant::PairNotReadAgain, "tst_backuptaker", "takePair_neverMixesTwoVersions"},
    {Mutant::TornJsonAccepted, "tst_backuptrouble", "brokenJson_isTakenWithAWarning"},
    {Mutant::SecretsShown, "tst_mask", "json_hidesEveryCanary"},
};

struct Outcome {
    int exitCode = -1;
    QStringList passed;
    QStringList failed;    // functions, with the first row that failed
    QByteArray output;
};

Outcome runProgram(const Killer &killer, bool mutated)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QString::fromLatin1(kMutantVariable));
    if (mutated)
        environment.insert(QString::fromLatin1(kMutantVariable), QString::fromLatin1(kMutantNames[size_t(killer.mutant)]));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(STRONGROOM_MUTANT_PROGRAMS "/") + QLatin1String(killer.program),
                  QString::fromLatin1(killer.functions).split(u' '));
    Outcome outcome;
    if (!process.waitForFinished(120'000)) {
        process.kill();
        process.waitForFinished();
        return outcome;
    }
    outcome.output = process.readAll();
    outcome.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    static const QRegularExpression line(QStringLiteral("^(PASS|FAIL!|SKIP)\\s*: [^:\\n]+::(\\w+)\\(([^)\\n]*)\\)"), QRegularExpression::MultilineOption);
    for (auto it = line.globalMatch(QString::fromUtf8(outcome.output)); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        const QString function = match.captured(2);
        if (function == u"initTestCase" || function == u"cleanupTestCase")
            continue;
        if (match.captured(1) == u"PASS")
            outcome.passed.append(function);
        else if (match.captured(1) == u"FAIL!")
            outcome.failed.append(match.captured(3).isEmpty() ? function : function + u'(' + match.captured(3) + u')');
    }
    return outcome;
}

}  // namespace

class tst_Mutants : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyMutant_hasAKiller();
    void mutant_isKilled_data();
    void mutant_isKilled();
    void unknownMutant_endsTheProgram();
    void realPrograms_holdNoMutant();
    void switches_standInSourcesOnly();
    void cleanupTestCase();

private:
    QStringList m_table;
};

void tst_Mutants::everyMutant_hasAKiller()
{
    for (size_t i = 0; i < kMutantNames.size(); ++i) {
        const bool known = std::any_of(std::begin(kKillers), std::end(kKillers), [i](const Killer &k) { return k.mutant == Mutant(i); });
        QVERIFY2(known, kMutantNames[i]);
    }
}

void tst_Mutants::mutant_isKilled_data()
{
    QTest::addColumn<int>("killer");
    for (int i = 0; i < int(std::size(kKillers)); ++i)
        QTest::newRow(kMutantNames[size_t(kKillers[i].mutant)]) << i;
}

void tst_Mutants::mutant_isKilled()
{
    QFETCH(int, killer);
    const Killer &known = kKillers[killer];
    const Outcome sound = runProgram(known, false);
    QVERIFY2(sound.exitCode == 0 && sound.failed.isEmpty(), sound.output.constData());
    if (sound.passed.isEmpty()) {
        m_table.append(QStringLiteral("%1 cannot be tried here").arg(QLatin1String(QTest::currentDataTag()), -30));
        QSKIP("the test that would notice is skipped on this machine");
    }
    // Some faults need a moment that the scheduler gives or not: a test that lets them pass now and then still notices.
    constexpr int kTries = 5;
    Outcome mutated = runProgram(known, true);
    for (int n = 1; n < kTries && mutated.failed.isEmpty(); ++n)
        mutated = runProgram(known, true);
    QVERIFY2(!mutated.failed.isEmpty(), QByteArray("survived " + QByteArray(known.program) + '\n' + mutated.output).constData());
    m_table.append(QStringLiteral("%1 killed by %2 %3").arg(QLatin1String(QTest::currentDataTag()), -30)
                       .arg(QLatin1String(known.program), mutated.failed.first()));
}

void tst_Mutants::unknownMutant_endsTheProgram()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QString::fromLatin1(kMutantVariable), QStringLiteral("no-such-mutant"));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(STRONGROOM_MUTANT_PROGRAMS "/tst_relpath"), {});
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::CrashExit);
}

void tst_Mutants::realPrograms_holdNoMutant()
{
    const auto holds = [](const QString &path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) && file.readAll().contains(kMutantVariable);
    };
    QVERIFY2(holds(QStringLiteral(STRONGROOM_MUTANT_PROGRAMS "/tst_relpath")), "the search would not find it either");
    QVERIFY(QFile::exists(QStringLiteral(STRONGROOM_CTL)));
    QVERIFY(!holds(QStringLiteral(STRONGROOM_CTL)));
    const QString console = QStringLiteral(STRONGROOM_BINARY_DIR "/bin/strongroom");
    QVERIFY(!QFile::exists(console) || !holds(console));
}

// The programs share objects: a header that asked would be compiled two ways in one program.
void tst_Mutants::switches_standInSourcesOnly()
{
    const QDir root(QStringLiteral(STRONGROOM_SOURCE_DIR));
    int asking = 0;
    QDirIterator it(root.filePath(QStringLiteral("storage")), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        if (!file.readAll().contains("#include \"storage/mutant.h\""))
            continue;
        ++asking;
        QVERIFY2(file.fileName().endsWith(u".cpp"), qPrintable(file.fileName()));
    }
    QVERIFY(asking > 0);
}

void tst_Mutants::cleanupTestCase()
{
    for (const QString &row : std::as_const(m_table))
        qInfo("%s", qPrintable(row));
    qInfo("%d mutants, %d killed", int(kMutantNames.size()), int(m_table.filter(QStringLiteral("killed by")).size()));
}

QTEST_GUILESS_MAIN(tst_Mutants)
#include "tst_mutants.moc"
