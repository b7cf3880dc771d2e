// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// scale_rows ROWS ROUNDS: a table of so many sessions sorted, filtered and shown, beside a QSortFilterProxyModel over the
// same rows. The proxy's filter is quadratic: it gets 200,000 rows at most, and the row says so.

#include "models/catalogmodel.h"
#include "tests/models/stallwatch.h"
#include "tests/scale/row.h"
#include "views/tables.h"

#include <QApplication>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTableView>

#include <malloc.h>

using namespace strongroom;
using namespace strongroom::scale;
using namespace strongroom::storage;

namespace {

constexpr qint64 kProxyRows = 200'000;   // that its filter gets
constexpr int kItemRows = 20'000;        // of a QStandardItemModel, for the memory of a row
const QString kFilter = QStringLiteral("report 7");

qint64 allocated()
{
    const auto info = mallinfo2();
    return qint64(info.uordblks + info.hblkhd);
}

Item session(qint64 n)
{
    const quint64 mixed = quint64(n + 1) * 0x9E3779B97F4A7C15ULL;
    const QString hex = QStringLiteral("%1").arg(mixed, 16, 16, QLatin1Char('0'));
    Item item;
    item.id = hex.left(8) + u'-' + hex.mid(8, 4) + u"-4" + hex.mid(12, 3) + u"-8000-" + QStringLiteral("%1").arg(n, 12, 16, QLatin1Char('0'));
    item.title = QStringLiteral("report %1").arg(mixed % 100'000);
    item.owner = QStringLiteral("research");
    item.created = QDateTime::fromMSecsSinceEpoch(1'750'000'000'000 + qint64(mixed % 31'536'000'000), Qt::UTC);
    item.modified = item.created.addSecs(60);
    item.bytes = qint64(mixed % 1'000'003);
    item.fragments = qint64(mixed % 97);
    return item;
}

ItemTable tableOf(qint64 rows)
{
    ItemTable table;
    ChunkBuilder builder([&](const ChunkPtr &chunk) { table.append(chunk); });
    for (qint64 n = 0; n < rows; ++n)
        builder.add(session(n));
    builder.flush();
    return table;
}

double queryTime(const ItemTable &table, const Query &query)
{
    Monitor monitor;
    const Clock clock;
    const auto rows = runQuery(table, query, monitor);
    return rows ? clock.seconds() : -1;
}

/// The same rows as an application without a catalog shows them: one column of text and one of numbers.
class PlainModel final : public QAbstractTableModel {
public:
    PlainModel(const ItemTable &table, qint64 rows) : m_rows(int(rows))
    {
        m_texts.reserve(rows);
        m_numbers.reserve(rows);
        for (qint64 row = 0; row < rows; ++row) {
            m_texts.append(QString::fromUtf8(table.text(row, Column::Title)));
            m_numbers.append(table.number(row, Column::Bytes));
        }
    }
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : m_rows; }
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : 2; }
    QVariant data(const QModelIndex &index, int role) const override
    {
        if (role != Qt::DisplayRole)
            return {};
        return index.column() == 0 ? QVariant(m_texts[index.row()]) : QVariant(m_numbers[index.row()]);
    }

private:
    int m_rows;
    QList<QString> m_texts;
    QList<qint64> m_numbers;
};

/// One verb of a proxy in a view, with the event-loop turn that shows it.
double proxyTime(QSortFilterProxyModel &proxy, const std::function<void(QSortFilterProxyModel &)> &verb)
{
    const Clock clock;
    verb(proxy);
    QCoreApplication::processEvents();
    return clock.seconds();
}

struct Proxy {
    explicit Proxy(const ItemTable &table, qint64 rows) : source(table, rows)
    {
        proxy.setSourceModel(&source);
        proxy.setFilterKeyColumn(0);
        view.setModel(&proxy);
        views::setUpTable(&view, QStringLiteral("peer"));
        view.show();
        QCoreApplication::processEvents();
    }
    PlainModel source;
    QSortFilterProxyModel proxy;
    QTableView view;
};

void measureQueries(const ItemTable &table, int rounds)
{
    const std::string all = std::to_string(table.size()) + " rows";
    const Query text{.filter = {}, .sort = Column::Title};
    const Query number{.filter = {}, .sort = Column::Bytes};
    const Query filter{.filter = kFilter, .keepScanOrder = true};
    const Query none{.filter = {}, .keepScanOrder = true};
    {
        Proxy peer(table, table.size());
        const auto by = [&](int column) {
            return [&peer, column] {
                peer.proxy.sort(-1);
                return proxyTime(peer.proxy, [column](QSortFilterProxyModel &proxy) { proxy.sort(column); });
            };
        };
        const auto times = fastest(rounds, {by(0), [&] { return queryTime(table, text); }, by(1), [&] { return queryTime(table, number); }});
        const std::string name = "QSortFilterProxyModel";
        Row{.work = "sort by text, " + all, .peer = name, .theirs = times[0], .ours = times[1], .most = 0.05}.print();
        Row{.work = "sort by number, " + all, .peer = name, .theirs = times[2], .ours = times[3], .most = 0.05}.print();
    }
    const qint64 fewer = std::min(kProxyRows, table.size());
    const std::string name = "QSortFilterProxyModel, " + std::to_string(fewer) + " rows";
    Proxy peer(table, fewer);
    const auto filtered = [&](const QString &word) {
        return [&peer, word] { return proxyTime(peer.proxy, [&word](QSortFilterProxyModel &proxy) { proxy.setFilterFixedString(word); }); };
    };
    const auto times = fastest(rounds, {filtered(kFilter), [&] { return queryTime(table, filter); }, filtered({}), [&] { return queryTime(table, none); }});
    Row{.work = "filter, " + all, .peer = name, .theirs = times[0], .ours = times[1], .most = 0.015}.print();
    Row{.work = "clear the filter, " + all, .peer = name, .theirs = times[2], .ours = times[3], .most = 0.015}.print();
}

/// A model in a view, through the same verbs; what the window does not get to do meanwhile.
void measureView(const ItemTable &table, int rounds)
{
    models::CatalogModel model(ItemKind::Session);
    double worstSwap = 0;
    Clock swapping;
    QObject::connect(&model, &QAbstractItemModel::rowsAboutToBeInserted, [&] { swapping = Clock(); });
    QObject::connect(&model, &QAbstractItemModel::layoutAboutToBeChanged, [&] { swapping = Clock(); });
    QTableView view;
    view.setModel(&model);
    views::setUpTable(&view, QStringLiteral("sessions"));
    view.resize(1000, 700);
    view.show();
    QCoreApplication::processEvents();
    const auto ended = [&] { worstSwap = std::max(worstSwap, swapping.seconds()); };
    QObject::connect(&model, &QAbstractItemModel::layoutChanged, ended);
    QObject::connect(&model, &QAbstractItemModel::rowsInserted, ended);

    tests::StallWatch watch;
    const auto wait = [&] {
        do {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        } while (model.isQueryRunning());
        view.viewport()->repaint();
    };
    const Clock clock;
    model.setTable(table);
    view.viewport()->repaint();
    const double shown = clock.seconds();
    for (int round = 0; round < rounds; ++round) {
        model.setSort(Column::Title, round % 2 != 0);
        wait();
        model.setFilter(kFilter);
        wait();
        model.setFilter({});
        wait();
        model.setScanOrder();
        wait();
    }
    const std::string all = std::to_string(table.size()) + " rows";
    Row{.work = "show " + all, .ours = shown, .most = 0.05}.print();
    Row{.work = "swap an answer in, " + all, .ours = worstSwap, .most = 0.005}.print();
    Row{.work = "longest turn, CPU, " + all, .ours = watch.worstCpuMs() / 1e3, .most = 0.05}.print();
}

double standardItemBytes(const ItemTable &table)
{
    const qint64 before = allocated();
    QStandardItemModel model;
    const int rows = int(std::min<qint64>(kItemRows, table.size()));
    for (int row = 0; row < rows; ++row) {
        QList<QStandardItem *> cells;
        for (const Column column : columnsFor(ItemKind::Session)) {
            auto *cell = new QStandardItem(QString::fromUtf8(table.text(row, column)));
            cell->setData(table.number(row, column));
            cells.append(cell);
        }
        model.appendRow(cells);
    }
    return double(allocated() - before) / rows;
}

}  // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    const qint64 rows = argc == 3 ? QByteArray(argv[1]).toLongLong() : 0;
    const int rounds = argc == 3 ? QByteArray(argv[2]).toInt() : 0;
    if (rows < 1 || rounds < 1)
        return 2;
    const qint64 before = allocated();
    const ItemTable table = tableOf(rows);
    const double each = double(allocated() - before) / double(rows) + sizeof(quint32);   // and its place in what is shown
    Row{.work = "memory of a row", .peer = "QStandardItemModel", .theirs = standardItemBytes(table), .ours = each, .unit = "B", .most = 130}.print();
    measureQueries(table, rounds);
    measureView(table, rounds);
    return 0;
}
