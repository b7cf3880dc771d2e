// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/inspection.h"
#include "storage/ops/nestedset.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

// A backup that is a set of dumps and archives, as a project's own script makes it.

namespace {

const QByteArray kStamp = "_20251025_143022";
const QByteArray kDump = "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n\n";

QByteArray inner(const QByteArray &name)
{
    return TarBuilder().dir("./").file("./" + name, QByteArray(100'000, 'x')).end().gz();
}

TarBuilder set()
{
    return TarBuilder().file("db_backup" + kStamp + ".sql", kDump).file("media_backup" + kStamp + ".tar.gz", inner("a.jpg"))
        .file("static_backup" + kStamp + ".tar.gz", inner("app.css"));
}

}  // namespace

class tst_NestedSet : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void set_isToldFromOtherArchives_data();
    void set_isToldFromOtherArchives();
    void inspect_judgesEachArchive();
    void inspect_refusesAHostileOneByItself();
    void inspect_endsAtEveryMoment();

private:
    Result<QList<NestedArchive>> inspect(const QByteArray &archive, Monitor &monitor)
    {
        m_dir.file("x.tar.gz", archive);
        STRONGROOM_TRY(const ArchiveFile file, ArchiveFile::open(m_dir.path("x.tar.gz")));
        Monitor judging;
        STRONGROOM_TRY(const Judgement outer, judgeArchive(file, Limits::production(), judging));
        return inspectNested(file, outer, Limits::production(), monitor);
    }
    DataDirBuilder m_dir;
};

void tst_NestedSet::set_isToldFromOtherArchives_data()
{
    QTest::addColumn<QByteArray>("archive");
    QTest::addColumn<qsizetype>("nested");
    QTest::newRow("a whole set") << set().end().gz() << qsizetype(2);
    QTest::newRow("only a dump") << TarBuilder().file("db_backup" + kStamp + ".sql", kDump).end().gz() << qsizetype(0);
    QTest::newRow("something else beside") << set().file("notes.txt").end().gz() << qsizetype(0);
    QTest::newRow("in a folder") << TarBuilder().file("data/media_backup" + kStamp + ".tar.gz", inner("a")).end().gz() << qsizetype(0);
}

void tst_NestedSet::set_isToldFromOtherArchives()
{
    QFETCH(QByteArray, archive);
    QFETCH(qsizetype, nested);
    Monitor monitor;
    const auto found = inspect(archive, monitor);
    QVERIFY(found);
    QCOMPARE(found->size(), nested);
}

void tst_NestedSet::inspect_judgesEachArchive()
{
    Monitor monitor;
    const auto found = inspect(set().end().gz(), monitor);
    QVERIFY(found);
    QCOMPARE(found->size(), 2);
    QCOMPARE(found->first().member.bytes(), QByteArray("media_backup" + kStamp + ".tar.gz"));
    QCOMPARE(found->first().judgement.verdict, Verdict::Readable);
    QCOMPARE(found->last().judgement.members.last().path.bytes(), QByteArray("app.css"));
}

void tst_NestedSet::inspect_refusesAHostileOneByItself()
{
    const QByteArray evil = TarBuilder().file("../out", "x").end().gz();
    Monitor monitor;
    const auto found = inspect(TarBuilder().file("media_backup" + kStamp + ".tar.gz", evil)
                                   .file("static_backup" + kStamp + ".tar.gz", inner("a")).end().gz(), monitor);
    QVERIFY(found);
    QCOMPARE(found->first().judgement.verdict, Verdict::Hostile);
    QCOMPARE(found->last().judgement.verdict, Verdict::Readable);
}

void tst_NestedSet::inspect_endsAtEveryMoment()
{
    const QByteArray archive = set().end().gz();
    bool completed = false;
    int stopped = 0;
    for (int polls = 0; !completed; ++polls) {
        QVERIFY(polls < 10'000);
        Monitor monitor;
        int seen = 0;
        monitor.setPulse([&] {
            if (++seen > polls)
                monitor.requestStop();
        });
        const auto found = inspect(archive, monitor);
        completed = found.has_value();
        if (!completed) {
            QCOMPARE(found.error().code, ErrorCode::Cancelled);
            ++stopped;
        }
    }
    QVERIFY(stopped > 10);
}

QTEST_GUILESS_MAIN(tst_NestedSet)
#include "tst_nestedset.moc"
