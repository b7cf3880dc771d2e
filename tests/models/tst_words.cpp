// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/reportsummary.h"
#include "models/words.h"

#include <QLocale>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;
using namespace std::chrono_literals;

class tst_Words : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void numbers_areShownInTheLocaleAndUnknownAsUnknown()
    {
        QCOMPARE(formatBytes(1536), QStringLiteral("1.5 KiB"));
        QCOMPARE(formatExactBytes(5LL << 40), QStringLiteral("5,497,558,138,880 byte(s)"));
        QCOMPARE(formatCount(0), QStringLiteral("0"));
        QCOMPARE(formatCount(std::nullopt), unknownText());
        QCOMPARE(formatTime({}), unknownText());
        QCOMPARE(formatRate(41.0 * 1024 * 1024), QStringLiteral("41.0 MiB/s"));
    }

    void durations_areRoundAndShort()
    {
        QCOMPARE(formatDuration(38s), QStringLiteral("38 s"));
        QCOMPARE(formatDuration(112s), QStringLiteral("1 min 52 s"));
        QCOMPARE(formatDuration(120s), QStringLiteral("2 min"));
        QCOMPARE(formatDuration(7500s), QStringLiteral("2 h 5 min"));
    }

    void age_isNeverNegative()
    {
        const QDateTime now(QDate(2025, 10, 25), QTime(12, 0), Qt::UTC);
        QCOMPARE(formatAge(now.addSecs(-5), now), QStringLiteral("just now"));
        QCOMPARE(formatAge(now.addSecs(-7200), now), QStringLiteral("2 hour(s) ago"));
        QCOMPARE(formatAge(now.addDays(-2), now), QStringLiteral("2 day(s) ago"));
        QCOMPARE(formatAge(now.addDays(1), now), formatTime(now.addDays(1)));
        QCOMPARE(formatAge({}, now), unknownText());
    }

    void everyCode_hasWords()
    {
        for (int c = 0; c <= int(Column::Current); ++c)
            QVERIFY2(!columnTitle(Column(c)).isEmpty(), qPrintable(QString::number(c)));
        for (int s = 0; s <= int(JobState::Cancelled); ++s)
            QVERIFY(!jobStateText(JobState(s)).isEmpty() && !jobStateWord(JobState(s)).isEmpty());
        for (int p = 1; p <= int(Phase::Finishing); ++p)
            QVERIFY(!phaseText(Phase(p)).isEmpty());
        for (int o = 0; o <= int(Operation::Prune); ++o)
            QVERIFY(!operationText(Operation(o)).isEmpty());
        for (int v = 0; v < kVerbCount; ++v)
            QVERIFY(!verbText(Verb(v)).isEmpty());
        for (int k = 0; k <= int(JobKind::Other); ++k)
            QVERIFY(!jobKindWord(JobKind(k)).isEmpty());
        for (const ItemKind kind : kAllItemKinds)
            QVERIFY(!kindTitle(kind).isEmpty() && !kindTitleSingular(kind).isEmpty());
        QCOMPARE(scopeText(QStringLiteral("volume:media")), QStringLiteral("Volume media"));
        QCOMPARE(scopeText(QStringLiteral("everything")), QStringLiteral("Everything"));
        QCOMPARE(reasonText(QStringLiteral("some-new-word")), QStringLiteral("some-new-word"));
    }

    void summary_ofABackupHasNumbersFirst()
    {
        Report report;
        report.operation = Operation::Backup;
        report.outcome = Outcome::Succeeded;
        report.directory = "/srv/compose app";
        report.bytes = 52 << 20;
        report.milliseconds = 41000;
        report.verified = true;
        const ReportSummary summary = summarize(report);
        QCOMPARE(summary.headline, QStringLiteral("Backed up compose app: 52.0 MiB in 41 s, verified."));
        QVERIFY(summary.details.isEmpty());
        QVERIFY(!summary.canUndo);
    }

    void summary_ofARestoreOffersUndo()
    {
        Report report;
        report.operation = Operation::Restore;
        report.outcome = Outcome::CompletedWithWarnings;
        report.directory = "/srv/data";
        report.safetyCopy = "/srv/.data.safety";
        report.warnings = {{QStringLiteral("owner"), {}, QStringLiteral("Owners could not be set.")}};
        const ReportSummary summary = summarize(report);
        QVERIFY(summary.canUndo);
        QVERIFY(summary.details.contains(QStringLiteral("Owners could not be set.")));
        QVERIFY(summary.details.last().contains(QStringLiteral("/srv/.data.safety")));
    }

    void summary_ofAFailureSaysWhatIsLeft()
    {
        const Report rolledBack = Report::failed(Operation::Restore, Error{ErrorCode::DiskFull, "/srv", 0, {}, {}});
        Report half = rolledBack;
        half.rolledBack = false;
        QVERIFY(summarize(rolledBack).details != summarize(half).details);
        QCOMPARE(summarize(rolledBack).outcome, Outcome::Failed);
        QVERIFY(!summarize(rolledBack).canUndo);
    }
};

QTEST_GUILESS_MAIN(tst_Words)
#include "tst_words.moc"
