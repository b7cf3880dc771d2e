// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/planmodel.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;

namespace {

Step step(Verb verb, const QByteArray &path, qint64 bytes, const QString &reason = {}, qint64 files = 1)
{
    Step s;
    s.verb = verb;
    s.part = path.isEmpty() ? RelPath() : RelPath::literal(path);
    s.bytes = bytes;
    s.files = files;
    s.reason = reason;
    return s;
}

Plan plan()
{
    Plan p;
    p.operation = Operation::Restore;
    p.directory = "/srv/data";
    p.steps = {step(Verb::Keep, "logs/a.log", 5), step(Verb::Create, "b", 10), step(Verb::Remove, "z", 1024),
               step(Verb::Remove, "y", 2048, QStringLiteral("not-in-archive"), 3), step(Verb::Create, "a", 20)};
    return p;
}

}  // namespace

class tst_PlanModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void groups_comeWithWhatIsLostFirst()
    {
        PlanModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setPlan(plan());
        QCOMPARE(model.rowCount(), 3);
        QStringList verbs;
        for (int row = 0; row < 3; ++row)
            verbs.append(model.index(row, 0).data(StateRole).toString());
        QCOMPARE(verbs, QStringList({"remove", "create", "keep"}));
        const QModelIndex removed = model.groupIndex(Verb::Remove);
        QCOMPARE(removed.row(), 0);
        QCOMPARE(model.rowCount(removed), 2);
        QCOMPARE(removed.data(CountRole).toLongLong(), 2);
        QCOMPARE(removed.siblingAtColumn(PlanModel::Size).data(SortRole).toLongLong(), 3072);
        QVERIFY(removed.data().toString().contains(QStringLiteral("4")));   // files, not steps
        QVERIFY(!model.groupIndex(Verb::Replace).isValid());
    }

    void steps_areSortedByPathBelowTheirGroup()
    {
        PlanModel model;
        model.setPlan(plan());
        const QModelIndex removed = model.groupIndex(Verb::Remove);
        const QModelIndex first = model.index(0, PlanModel::Name, removed);
        QCOMPARE(first.data().toString(), QStringLiteral("y"));
        QCOMPARE(first.data(PathRole).toByteArray(), QByteArray("y"));
        QCOMPARE(first.data(Qt::ToolTipRole).toString(), QStringLiteral("/srv/data/y"));
        QCOMPARE(first.data(CountRole).toLongLong(), 3);
        QCOMPARE(first.siblingAtColumn(PlanModel::Reason).data().toString(), QStringLiteral("not in the archive"));
        QCOMPARE(first.parent(), removed);
        QCOMPARE(model.stepAt(first)->bytes, 2048);
        QVERIFY(!model.stepAt(removed));
        const QModelIndex created = model.groupIndex(Verb::Create);
        QCOMPARE(model.index(0, 0, created).data().toString(), QStringLiteral("a"));
    }

    void disabledSteps_areShownButNotCounted()
    {
        Plan p = plan();
        p.steps[2].enabled = false;
        PlanModel model;
        model.setPlan(p);
        const QModelIndex removed = model.groupIndex(Verb::Remove);
        QCOMPARE(model.rowCount(removed), 2);
        QCOMPARE(removed.siblingAtColumn(PlanModel::Size).data(SortRole).toLongLong(), 2048);
    }

    void aNewPlan_replacesTheOld()
    {
        PlanModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setPlan(plan());
        model.setPlan({});
        QCOMPARE(model.rowCount(), 0);
    }

    void oddNames_areShownEscaped()
    {
        Plan p;
        Step s = step(Verb::Create, "x", 1);
        s.part = *RelPath::parse("bad\n\xff");
        p.steps = {s};
        PlanModel model;
        model.setPlan(p);
        QCOMPARE(model.index(0, 0, model.index(0, 0)).data().toString(), QStringLiteral("bad\\x0a\\xff"));
    }
};

QTEST_GUILESS_MAIN(tst_PlanModel)
#include "tst_planmodel.moc"
