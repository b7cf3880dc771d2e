// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/navigationmodel.h"
#include "models/overviewmodel.h"
#include "models/workspace.h"
#include "tests/support/datadirbuilder.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

QByteArray uuid(int n)
{
    return "83a97d48-bc6a-405d-b5f1-" + QByteArray::number(n).rightJustified(12, '0');
}

/// The document server's shape: one file per session.
void plantSessions(DataDirBuilder &builder, const QByteArray &folder, int count)
{
    for (int n = 0; n < count; ++n) {
        builder.file(folder + "/sessions/" + uuid(n) + ".json",
                     "{\"session_id\": \"" + uuid(n) + "\", \"template_id\": \"basic_report\", \"group\": \"public\", \"alias\": null, "
                     "\"global_parameters\": {\"title\": \"Report " + QByteArray::number(n) + "\"}, \"fragments\": [], "
                     "\"created_at\": \"2025-11-20T04:49:18\", \"updated_at\": \"2025-11-20T04:50:18\"}");
    }
    builder.dir(folder + "/storage").dir(folder + "/auth");
}

QStringList words(const QAbstractItemModel &model, const QModelIndex &parent = {}, int role = KindRole)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(parent); ++row)
        all.append(model.index(row, 0, parent).data(role).toString());
    return all;
}

struct Fixture {
    DataDirBuilder builder;
    JobQueue queue{Clock::fixed(QDateTime(QDate(2025, 12, 1), QTime(12, 0), Qt::UTC), QStringLiteral("h"))};
    Workspace workspace{&queue, Workspace::Options{}};
    NavigationModel navigation{&workspace};
    OverviewModel overview{&workspace};
    QAbstractItemModelTester navigationTester{&navigation, Mode::Fatal};
    QAbstractItemModelTester overviewTester{&overview, Mode::Fatal};

    void open(const QByteArray &path)
    {
        workspace.openDirectory(path);
        const bool ended = QTest::qWaitFor([&] {
            return workspace.root(path)->phase == RootPhase::Ready || workspace.root(path)->phase == RootPhase::Failed;
        }, 30000);
        if (!ended)
            qFatal("did not open");
    }
};

}  // namespace

class tst_NavigationModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void emptyWorkspace_hasItsTwoPlaces()
    {
        Fixture f;
        QCOMPARE(words(f.navigation), QStringList({"overview", "backups"}));
        QCOMPARE(f.overview.rowCount(), 0);
        QCOMPARE(f.navigation.nodeAt(f.navigation.index(0, 0)), NavigationModel::Node::Overview);
    }

    void root_appearsAtOnceAndGetsAChildPerKind()
    {
        Fixture f;
        plantSessions(f.builder, "data", 7);
        const QByteArray path = f.builder.path("data");
        f.workspace.openDirectory(path);
        QCOMPARE(words(f.navigation), QStringList({"overview", "root", "backups"}));
        const QPersistentModelIndex root(f.navigation.rootIndex(path));
        QCOMPARE(root.data(StateRole).toString(), QStringLiteral("opening"));
        QTRY_COMPARE(root.data(StateRole).toString(), QStringLiteral("ready"));
        QCOMPARE(words(f.navigation, root), QStringList({"sessions", "findings"}));
        const QModelIndex sessions = f.navigation.itemsIndex(path, ItemKind::Session);
        QCOMPARE(sessions.data(CountRole).toLongLong(), 7);
        QCOMPARE(f.navigation.rootAt(sessions), path);
        QCOMPARE(f.navigation.kindAt(sessions), ItemKind::Session);
        QCOMPARE(sessions.parent(), QModelIndex(root));
        QCOMPARE(f.navigation.indexOf(sessions.data(IdRole).toString()), sessions);
        QCOMPARE(root.data().toString(), QStringLiteral("data"));
        QCOMPARE(root.data(PathRole).toByteArray(), path);
        QVERIFY(!f.navigation.itemsIndex(path, ItemKind::Entity).isValid());
        QVERIFY(!f.navigation.indexOf(QStringLiteral("root:/none")).isValid());
    }

    void counts_followARescanWithoutMovingRows()
    {
        Fixture f;
        plantSessions(f.builder, "data", 3);
        const QByteArray path = f.builder.path("data");
        f.open(path);
        const QPersistentModelIndex sessions(f.navigation.itemsIndex(path, ItemKind::Session));
        QSignalSpy removed(&f.navigation, &QAbstractItemModel::rowsRemoved);
        plantSessions(f.builder, "data", 5);
        f.workspace.rescan(path);
        QTRY_COMPARE(sessions.data(CountRole).toLongLong(), 5);
        QCOMPARE(removed.size(), 0);
        f.builder.remove("data/sessions/" + uuid(0) + ".json").file("data/sessions/" + uuid(0) + ".json", "{broken");
        f.workspace.rescan(path);
        const QModelIndex findings = f.navigation.index(f.navigation.rowCount(sessions.parent()) - 1, 0, sessions.parent());
        QTRY_COMPARE(findings.data(CountRole).toLongLong(), 1);
        QCOMPARE(sessions.data(CountRole).toLongLong(), 5);   // the broken one is still there
        QCOMPARE(f.overview.index(0, 0).data(StateRole).toString(), QStringLiteral("problems"));
    }

    void severalRoots_standInTheOrderOfOpening()
    {
        Fixture f;
        plantSessions(f.builder, "b/data", 1);
        f.builder.file("a/x.txt", "1");
        f.open(f.builder.path("b/data"));
        f.open(f.builder.path("a"));
        QCOMPARE(words(f.navigation, {}, Qt::DisplayRole), QStringList({"Overview", "data", "a", "Backups"}));
        QCOMPARE(f.overview.rowCount(), 2);
        QCOMPARE(f.overview.rootAt(1), f.builder.path("a"));
        f.workspace.closeDirectory(f.builder.path("b/data"));
        QCOMPARE(words(f.navigation, {}, Qt::DisplayRole), QStringList({"Overview", "a", "Backups"}));
        QCOMPARE(f.overview.rowCount(), 1);
    }

    void failedRoot_staysWithItsReason()
    {
        Fixture f;
        f.open(f.builder.path("none"));
        const QModelIndex root = f.navigation.rootIndex(f.builder.path("none"));
        QCOMPARE(root.data(StateRole).toString(), QStringLiteral("failed"));
        QVERIFY(!root.data(Qt::ToolTipRole).toString().isEmpty());
        QCOMPARE(f.navigation.rowCount(root), 0);
        QCOMPARE(f.overview.index(0, 0).data(StateRole).toString(), QStringLiteral("failed"));
    }

    void overview_showsProtectionAndSizesTruly()
    {
        Fixture f;
        plantSessions(f.builder, "data", 4);
        f.builder.dir("backups", 0700);
        const QByteArray path = f.builder.path("data");
        f.open(path);
        const auto cell = [&](int column, int role = Qt::DisplayRole) { return f.overview.index(0, column).data(role); };
        QCOMPARE(cell(0, StateRole).toString(), QStringLiteral("unprotected"));
        QCOMPARE(cell(OverviewModel::LastBackup).toString(), QStringLiteral("never"));
        QCOMPARE(cell(OverviewModel::Items, SortRole).toLongLong(), 4);
        QVERIFY(cell(OverviewModel::Items).toString().startsWith(QStringLiteral("4 Sessions")));
        QTRY_VERIFY(cell(OverviewModel::Size, SortRole).isValid());
        QCOMPARE(cell(OverviewModel::Size, SortRole).toLongLong(), *f.workspace.root(path)->bytes);
        QVERIFY(cell(OverviewModel::Free, SortRole).toLongLong() > 0);

        QSignalSpy planned(&f.workspace, &Workspace::backupPlanned);
        f.workspace.planBackup(path, {});
        QTRY_COMPARE(planned.size(), 1);
        f.workspace.startBackup(planned.at(0).at(1).value<BackupRequest>(), planned.at(0).at(2).value<Plan>());
        QTRY_COMPARE_WITH_TIMEOUT(cell(0, StateRole).toString(), QStringLiteral("ready"), 30000);
        QCOMPARE(cell(OverviewModel::LastBackup).toString(), QStringLiteral("just now"));
        QCOMPARE(f.navigation.indexOf(QStringLiteral("backups")).data(CountRole).toLongLong(), 1);
    }
};

QTEST_GUILESS_MAIN(tst_NavigationModel)
#include "tst_navigationmodel.moc"
