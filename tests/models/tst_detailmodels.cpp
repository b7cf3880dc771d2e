// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/factsmodel.h"
#include "models/findingsmodel.h"
#include "models/metadatamodel.h"
#include "models/partsmodel.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;

namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

Part part(const QByteArray &path, qint64 bytes, const QString &record = {}, bool shared = false)
{
    return {RelPath::literal(path), record, bytes, QDateTime(QDate(2025, 1, 2), QTime(3, 4, 5), Qt::UTC), shared};
}

QString value(const FactsModel &model, const QString &id)
{
    for (int row = 0; row < model.rowCount(); ++row) {
        if (model.index(row, 0).data(IdRole).toString() == id)
            return model.index(row, FactsModel::Value).data().toString();
    }
    return QStringLiteral("(no such row)");
}

}  // namespace

class tst_DetailModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parts_showFilesAndRecords()
    {
        PartsModel model;
        const QAbstractItemModelTester tester(&model, Mode::Fatal);
        model.setParts({part("b.json", 2048), part("entities.json", 10, QStringLiteral("company"), true), part("a", 1)});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, PartsModel::Size).data().toString(), QStringLiteral("2.0 KiB"));
        QCOMPARE(model.index(1, 0).data(KindRole).toString(), QStringLiteral("record"));
        QCOMPARE(model.index(1, 0).data(StateRole).toString(), QStringLiteral("shared"));
        QCOMPARE(model.index(1, 0).data(IdRole).toString(), QStringLiteral("entities.json#company"));
        const QPersistentModelIndex kept(model.index(0, 0));
        model.sort(PartsModel::Name, Qt::AscendingOrder);
        QCOMPARE(model.partAt(0).path.bytes(), QByteArray("a"));
        QCOMPARE(kept.data(PathRole).toByteArray(), QByteArray("b.json"));
        model.sort(PartsModel::Size, Qt::DescendingOrder);
        QCOMPARE(model.partAt(0).path.bytes(), QByteArray("b.json"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void facts_showUnknownAsUnknownAndLeadToRelations()
    {
        ItemDetails details;
        details.item.kind = ItemKind::Entity;
        details.item.id = QStringLiteral("company_1");
        details.item.title = QStringLiteral("Company");
        details.item.documents = 4;
        details.item.chunks = 0;
        details.facts = {{QStringLiteral("alias"), QStringLiteral("acme")}, {QStringLiteral("odd key"), QStringLiteral("x")}};
        details.relations = {{QStringLiteral("session"), {ItemKind::Session, QStringLiteral("s1")}, QStringLiteral("Chat"), true},
                             {QStringLiteral("document"), {ItemKind::Entity, QStringLiteral("report.pdf")}, {}, false},
                             {QStringLiteral("entity"), {ItemKind::Entity, QStringLiteral("gone")}, {}, false}};
        FactsModel model;
        const QAbstractItemModelTester tester(&model, Mode::Fatal);
        model.setDetails(details);
        QCOMPARE(value(model, QStringLiteral("documents")), QStringLiteral("4"));
        QCOMPARE(value(model, QStringLiteral("chunks")), QStringLiteral("0"));
        QCOMPARE(value(model, QStringLiteral("vectors")), QStringLiteral("\u2013"));
        QCOMPARE(value(model, QStringLiteral("created")), QStringLiteral("\u2013"));
        QCOMPARE(value(model, QStringLiteral("alias")), QStringLiteral("acme"));
        const int last = model.rowCount() - 1;
        QCOMPARE(model.index(last, 0).data(StateRole).toString(), QStringLiteral("dangling"));
        QVERIFY(!model.targetAt(last));
        // What is no item of ours cannot be missing.
        QCOMPARE(model.index(last - 1, 0).data(StateRole).toString(), QStringLiteral("elsewhere"));
        QVERIFY(!model.targetAt(last - 1));
        QCOMPARE(model.targetAt(last - 2)->id, QStringLiteral("s1"));
        QVERIFY(!model.targetAt(0));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void metadata_isATreeMadeOnDemand()
    {
        MetadataModel model;
        const QAbstractItemModelTester tester(&model, Mode::Fatal);
        model.setValue(QJsonObject{{QStringLiteral("name"), QStringLiteral("x\ny")},
                                   {QStringLiteral("list"), QJsonArray{1, 2.5, QJsonObject{{QStringLiteral("deep"), true}}}},
                                   {QStringLiteral("none"), QJsonValue()}});
        QCOMPARE(model.rowCount(), 3);
        const QModelIndex list = model.index(0, 0);   // keys are sorted: list, name, none
        QCOMPARE(list.data().toString(), QStringLiteral("list"));
        QCOMPARE(list.data(CountRole).toLongLong(), 3);
        QCOMPARE(model.rowCount(list), 3);
        QCOMPARE(model.index(0, 1, list).data().toString(), QStringLiteral("1"));
        QCOMPARE(model.index(1, 1, list).data().toString(), QStringLiteral("2.5"));
        const QModelIndex deep = model.index(0, 0, model.index(2, 0, list));
        QCOMPARE(deep.data(IdRole).toString(), QStringLiteral("list/2/deep"));
        QCOMPARE(deep.siblingAtColumn(1).data().toString(), QStringLiteral("true"));
        QCOMPARE(deep.parent().parent(), list);
        QCOMPARE(model.index(1, 1).data().toString(), QStringLiteral("x\\x0ay"));
        QCOMPARE(model.index(2, 0).data(KindRole).toString(), QStringLiteral("null"));
        model.setValue(QStringLiteral("single"));
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("single"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void findings_areWorstFirst()
    {
        FindingsModel model;
        const QAbstractItemModelTester tester(&model, Mode::Fatal);
        Finding note{Severity::Note, QStringLiteral("clock-mismatch"), {}, RelPath::literal("a"), QStringLiteral("a is new"), {}, {}};
        Finding error{Severity::Error, QStringLiteral("json-invalid"), ItemId{ItemKind::Session, QStringLiteral("s")},
                      RelPath::literal("b"), QStringLiteral("b is broken"), QStringLiteral("it is lost"), QStringLiteral("put it aside")};
        model.setFindings({note, error});
        QCOMPARE(model.index(0, 0).data(StateRole).toString(), QStringLiteral("error"));
        QCOMPARE(model.index(0, 0).data(KindRole).toString(), QStringLiteral("json-invalid"));
        QCOMPARE(model.index(0, 0).data(IdRole).toString(), QStringLiteral("s"));
        QCOMPARE(model.index(0, FindingsModel::Repair).data().toString(), QStringLiteral("put it aside"));
        QVERIFY(model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("it is lost")));
        QCOMPARE(model.index(1, FindingsModel::Repair).data().toString(), QStringLiteral("\u2013"));
        QCOMPARE(model.count(Severity::Error), 1);
        QCOMPARE(model.count(Severity::Warning), 0);
        const QPersistentModelIndex kept(model.index(0, 0));
        model.sort(FindingsModel::Object, Qt::AscendingOrder);
        QCOMPARE(model.findingAt(0).code, QStringLiteral("clock-mismatch"));
        QCOMPARE(kept.row(), 1);
        model.sort(-1);
        QCOMPARE(kept.row(), 0);
    }
};

QTEST_GUILESS_MAIN(tst_DetailModels)
#include "tst_detailmodels.moc"
