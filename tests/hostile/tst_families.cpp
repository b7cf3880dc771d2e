// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every family of bad archives, and of good ones that look bad, judged in this process: the verdict, and the reason.
// What the programs make of them is asked by tst_hostile and tst_hostiledrop.

#include "storage/ops/inspection.h"
#include "tests/hostile/families.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/memoryarchive.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_Families : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thereAreAsManyFamiliesAsThereAreKnown();
    void everyFamily_isJudgedForWhatItIs_data();
    void everyFamily_isJudgedForWhatItIs();

private:
    QTemporaryDir m_canary;
    QList<FamilyCase> m_cases = allFamilies({QFile::encodeName(m_canary.path())});
};

void tst_Families::thereAreAsManyFamiliesAsThereAreKnown()
{
    QSet<QByteArray> families;
    for (const FamilyCase &one : std::as_const(m_cases))
        families.insert(one.family);
    QCOMPARE(families.size(), kFamilies);
}

void tst_Families::everyFamily_isJudgedForWhatItIs_data()
{
    QTest::addColumn<qsizetype>("index");
    QHash<QByteArray, int> count;
    for (qsizetype i = 0; i < m_cases.size(); ++i) {
        const QByteArray family = m_cases.at(i).family;
        QTest::addRow("%s %d", family.constData(), ++count[family]) << i;
    }
}

void tst_Families::everyFamily_isJudgedForWhatItIs()
{
    QFETCH(qsizetype, index);
    const FamilyCase &one = m_cases.at(index);
    MemoryArchive memory;
    DataDirBuilder dir;
    const auto opened = [&]() -> Result<ArchiveFile> {
        if (!one.sidecar)
            return memory.hold(one.build());
        dir.file("dropped", one.build()).file("dropped.sha256", one.sidecar("dropped"));
        return ArchiveFile::open(dir.path("dropped"));
    };
    const auto archive = opened();
    QVERIFY(archive);
    Monitor monitor;
    const auto judgement = inspectArchive(*archive, Limits::production(), monitor);
    QVERIFY(judgement);
    QStringList reasons;
    for (const Problem &problem : judgement->problems)
        reasons.append(problem.message);
    const QByteArray said = reasons.join(u"; ").toUtf8();
    QVERIFY2(judgement->isUsable() == (one.fate != Fate::Refused), said.constData());
    if (one.fate == Fate::Refused) {
        QVERIFY2(!one.reason.isEmpty(), "a refusal without a reason to look for");
        QVERIFY2(said.contains(one.reason), said.constData());
    }
}

QTEST_GUILESS_MAIN(tst_Families)
#include "tst_families.moc"
