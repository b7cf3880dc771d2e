// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/archivesmodel.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;

namespace {

const QDateTime kNow(QDate(2025, 10, 25), QTime(12, 0), Qt::UTC);

BackupInfo info(const QByteArray &name, int hoursOld, qint64 bytes, const QString &kind = QStringLiteral("tar.gz"))
{
    BackupInfo b;
    b.path = "/srv/backups/" + name;
    b.kind = kind;
    b.created = kNow.addSecs(-3600LL * hoursOld);
    b.bytes = bytes;
    return b;
}

QStringList names(const ArchivesModel &model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all.append(model.index(row, ArchivesModel::Name).data().toString());
    return all;
}

}  // namespace

class tst_ArchivesModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rows_areNewestFirstAndSortable()
    {
        ArchivesModel model(Clock::fixed(kNow, {}));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setArchives({info("b.tar.gz", 5, 300), info("a.tar.gz", 1, 100), info("c.tar.gz", 50, 200)});
        QCOMPARE(names(model), QStringList({"a.tar.gz", "b.tar.gz", "c.tar.gz"}));
        model.sort(ArchivesModel::Size, Qt::DescendingOrder);
        QCOMPARE(names(model), QStringList({"b.tar.gz", "c.tar.gz", "a.tar.gz"}));
        model.sort(ArchivesModel::Age, Qt::AscendingOrder);
        QCOMPARE(names(model), QStringList({"a.tar.gz", "b.tar.gz", "c.tar.gz"}));
        model.sort(-1);
        QCOMPARE(names(model), QStringList({"a.tar.gz", "b.tar.gz", "c.tar.gz"}));
    }

    void selection_followsThePathThroughRefreshAndFilter()
    {
        ArchivesModel model(Clock::fixed(kNow, {}));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setArchives({info("a.tar.gz", 1, 100), info("b.tar.gz", 5, 300)});
        const QPersistentModelIndex b(model.index(1, 0));
        const QPersistentModelIndex a(model.index(0, 0));
        model.setArchives({info("new.tar.gz", 0, 1), info("b.tar.gz", 5, 300)});
        QVERIFY(!a.isValid());
        QCOMPARE(b.data(PathRole).toByteArray(), QByteArray("/srv/backups/b.tar.gz"));
        model.setFilter(QStringLiteral("B.TAR"));
        QCOMPARE(names(model), QStringList({"b.tar.gz"}));
        QCOMPARE(b.row(), 0);
        QCOMPARE(model.totalCount(), 2);
        model.setFilter(QStringLiteral("zzz"));
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(!b.isValid());
        model.setFilter({});
        QCOMPARE(model.rowCount(), 2);
    }

    void state_saysWhatIsKnown_data()
    {
        QTest::addColumn<BackupInfo>("backup");
        QTest::addColumn<QString>("state");
        BackupInfo b = info("x", 1, 1);
        QTest::newRow("never") << b << QStringLiteral("unverified");
        b.verified = true;
        b.verdict = Verdict::Verified;
        QTest::newRow("verified") << b << QStringLiteral("verified");
        b.verdict = Verdict::Readable;
        QTest::newRow("foreign, readable") << b << QStringLiteral("readable");
        b.verified = false;
        b.verdict = Verdict::Damaged;
        QTest::newRow("damaged") << b << QStringLiteral("damaged");
        b.partial = true;
        QTest::newRow("unfinished") << b << QStringLiteral("partial");
        QTest::newRow("dump") << info("x.sql", 1, 1, QStringLiteral("sql-dump")) << QStringLiteral("foreign");
        BackupInfo e = info("x.enc", 1, 1, QStringLiteral("encrypted"));
        e.encrypted = true;
        QTest::newRow("encrypted") << e << QStringLiteral("encrypted");
    }
    void state_saysWhatIsKnown()
    {
        QFETCH(BackupInfo, backup);
        QFETCH(QString, state);
        ArchivesModel model(Clock::fixed(kNow, {}));
        model.setArchives({backup});
        QCOMPARE(model.index(0, 0).data(StateRole).toString(), state);
        QVERIFY(!model.index(0, ArchivesModel::Verified).data().toString().isEmpty());
    }

    void unknown_isNeverShownAsAValue()
    {
        ArchivesModel model(Clock::fixed(kNow, {}));
        BackupInfo b = info("x", 1, 1);
        b.created = {};
        model.setArchives({b});
        for (const int column : {ArchivesModel::Time, ArchivesModel::Source, ArchivesModel::Layout, ArchivesModel::Scope, ArchivesModel::Age})
            QCOMPARE(model.index(0, column).data().toString(), QStringLiteral("\u2013"));
    }

    void age_isMeasuredFromTheGivenClock()
    {
        ArchivesModel model(Clock::fixed(kNow, {}));
        model.setArchives({info("x", 72, 1)});
        QCOMPARE(model.index(0, ArchivesModel::Age).data().toString(), QStringLiteral("3 day(s) ago"));
        QCOMPARE(model.index(0, ArchivesModel::Age).data(Qt::ToolTipRole).toString(), QStringLiteral("2025-10-22T12:00:00Z"));
    }
};

QTEST_GUILESS_MAIN(tst_ArchivesModel)
#include "tst_archivesmodel.moc"
