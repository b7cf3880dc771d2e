// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalogmodel.h"

#include "models/words.h"

#include <QFutureWatcher>
#include <QTimer>
#include <QtConcurrentRun>

#include <algorithm>
#include <limits>
#include <numeric>

namespace strongroom::models {

using storage::Column;
using storage::ItemTable;
using storage::Query;

namespace {

constexpr int kRequeryMs = 250;
constexpr quint32 kNowhere = std::numeric_limits<quint32>::max();

enum class ColumnType { Text, Time, Bytes, Count, State, Class, Flag };

ColumnType typeOf(Column column)
{
    switch (column) {
    case Column::Id: case Column::Title: case Column::Owner: case Column::Entity: case Column::Path: case Column::Reason:
        return ColumnType::Text;
    case Column::Created: case Column::Modified: case Column::LastBackup:
        return ColumnType::Time;
    case Column::Bytes: return ColumnType::Bytes;
    case Column::State: return ColumnType::State;
    case Column::Class: return ColumnType::Class;
    case Column::Current: return ColumnType::Flag;
    default: return ColumnType::Count;
    }
}

QDateTime timeOf(qint64 number)
{
    return number == std::numeric_limits<qint64>::min() ? QDateTime() : QDateTime::fromMSecsSinceEpoch(number, Qt::UTC);
}

}  // namespace

/// What a query found over a snapshot of the table. Made in a worker, then owned by the GUI thread.
struct CatalogModel::Answer {
    quint64 generation = 0;
    bool replaced = false;                            // over the replacement, not over m_table
    qint64 tableSize = 0;
    bool complete = false;                            // false = it was told to stop
    std::vector<quint32> rows;
    std::vector<std::pair<size_t, quint32>> ids;      // hash of id -> row, sorted; only when replaced

    void indexIds(const ItemTable &table)
    {
        ids.reserve(size_t(table.size()));
        for (qint64 row = 0; row < table.size(); ++row)
            ids.emplace_back(qHash(table.text(row, Column::Id)), quint32(row));
        std::sort(ids.begin(), ids.end());
    }
    [[nodiscard]] quint32 rowOf(QByteArrayView id, const ItemTable &table) const
    {
        const size_t hash = qHash(id);
        for (auto at = std::lower_bound(ids.begin(), ids.end(), std::pair<size_t, quint32>(hash, 0));
             at != ids.end() && at->first == hash; ++at) {
            if (table.text(at->second, Column::Id) == id)
                return at->second;
        }
        return kNowhere;
    }
};

CatalogModel::CatalogModel(storage::ItemKind kind, QObject *parent)
    : QAbstractTableModel(parent), m_kind(kind), m_columns(storage::columnsFor(kind)), m_throttle(new QTimer(this))
{
    m_query.keepScanOrder = true;
    m_throttle->setSingleShot(true);
    connect(m_throttle, &QTimer::timeout, this, &CatalogModel::startQuery);
}

CatalogModel::~CatalogModel()
{
    if (m_monitor)
        m_monitor->requestStop();
}

// -- rows ------------------------------------------------------------------------------------------

void CatalogModel::setTable(const ItemTable &table)
{
    if (m_table.isEmpty() && !m_replacement && isPlain() && !m_inFlight) {
        m_table = table;
        appendRows(0, quint32(table.size()));
        announce();
        return;
    }
    m_replacement = table;
    startQuery();
}

void CatalogModel::appendChunks(const QList<storage::ChunkPtr> &chunks)
{
    ItemTable &table = m_replacement ? *m_replacement : m_table;
    const qint64 before = table.size();
    for (const storage::ChunkPtr &chunk : chunks) {
        if (chunk->kind() == m_kind)
            table.append(chunk);
    }
    if (table.size() == before)
        return;
    if (isPlain() && !m_replacement && !m_inFlight)
        appendRows(quint32(before), quint32(table.size()));
    else
        wantQuery();
    announce();
}

void CatalogModel::appendRows(quint32 first, quint32 end)
{
    if (first == end)
        return;
    const int at = int(m_rows.size());
    beginInsertRows({}, at, at + int(end - first) - 1);
    m_rows.resize(m_rows.size() + (end - first));
    std::iota(m_rows.begin() + at, m_rows.end(), first);
    endInsertRows();
}

storage::Item CatalogModel::itemAt(int row) const
{
    return m_table.item(m_rows.at(size_t(row)));
}

storage::ItemId CatalogModel::idAt(int row) const
{
    return {m_kind, QString::fromUtf8(m_table.text(m_rows.at(size_t(row)), Column::Id))};
}

int CatalogModel::rowOf(QStringView id) const
{
    const QByteArray utf8 = id.toUtf8();
    for (size_t row = 0; row < m_rows.size(); ++row) {
        if (m_table.text(m_rows[row], Column::Id) == utf8)
            return int(row);
    }
    return -1;
}

// -- queries ---------------------------------------------------------------------------------------

void CatalogModel::setFilter(const QString &filter)
{
    Query query = m_query;
    query.filter = filter;
    setQuery(query);
}

void CatalogModel::setSort(Column column, bool descending)
{
    Query query = m_query;
    query.sort = column;
    query.descending = descending;
    query.keepScanOrder = false;
    setQuery(query);
}

void CatalogModel::setScanOrder()
{
    Query query = m_query;
    query.keepScanOrder = true;
    setQuery(query);
}

void CatalogModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= m_columns.size())
        setScanOrder();
    else
        setSort(m_columns[column], order == Qt::DescendingOrder);
}

void CatalogModel::setQuery(const Query &query)
{
    if (query == m_query)
        return;
    m_query = query;
    startQuery();
}

void CatalogModel::wantQuery()
{
    m_queryWanted = true;
    if (m_inFlight)
        return;   // takeAnswer() comes back here
    const qint64 passed = m_sinceSwap.isValid() ? m_sinceSwap.elapsed() : kRequeryMs;
    if (passed >= kRequeryMs)
        startQuery();
    else if (!m_throttle->isActive())
        m_throttle->start(int(kRequeryMs - passed));
}

void CatalogModel::startQuery()
{
    if (m_monitor)
        m_monitor->requestStop();
    m_throttle->stop();
    m_queryWanted = false;
    m_monitor = std::make_shared<storage::Monitor>();
    m_inFlight = ++m_generation;
    const auto run = [table = m_replacement.value_or(m_table), query = m_query, monitor = m_monitor,
                      generation = m_generation, replaced = m_replacement.has_value()] {
        auto answer = std::make_shared<Answer>();
        answer->generation = generation;
        answer->replaced = replaced;
        answer->tableSize = table.size();
        if (auto rows = storage::runQuery(table, query, *monitor)) {
            answer->rows = *std::move(rows);
            if (replaced)
                answer->indexIds(table);
            answer->complete = true;
        }
        return answer;
    };
    // Not then(this, ...): in Qt 6.4.2 that asserts when the context is gone before the answer.
    auto *watcher = new QFutureWatcher<AnswerPtr>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        watcher->deleteLater();
        takeAnswer(watcher->result());
    });
    watcher->setFuture(QtConcurrent::run(run));
    announce();
}

void CatalogModel::takeAnswer(const AnswerPtr &answer)
{
    if (answer->generation != m_inFlight || !answer->complete)
        return;
    m_inFlight = 0;
    m_monitor.reset();
    const ItemTable table = answer->replaced ? *m_replacement : m_table;
    if (isPlain()) {
        // Rows that came while the query ran stand at the end of scan order anyway.
        for (qint64 row = answer->tableSize; row < table.size(); ++row)
            answer->rows.push_back(quint32(row));
        answer->tableSize = table.size();
        m_queryWanted = false;
    }
    swapIn(*answer, table);
    m_replacement.reset();
    m_sinceSwap.start();
    if (m_queryWanted || answer->tableSize < m_table.size())
        wantQuery();
    announce();
}

/// Old rows become new rows with one contiguous insertion or removal at the end and one layout change, so
/// that persistent indexes survive and the row count never jumps unannounced. Rows that exist only between
/// the two repeat row 0; no view reads them before the turn ends.
void CatalogModel::swapIn(Answer &answer, const ItemTable &table)
{
    const int before = int(m_rows.size());
    const int after = int(answer.rows.size());
    if (before == 0 || after == 0) {
        if (before > 0) {
            beginRemoveRows({}, 0, before - 1);
            m_rows.clear();
            m_table = table;
            endRemoveRows();
        }
        m_table = table;
        if (after > 0) {
            beginInsertRows({}, 0, after - 1);
            m_rows = std::move(answer.rows);
            endInsertRows();
        }
        return;
    }
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        m_rows.resize(size_t(after), m_rows.front());
        endInsertRows();
    }
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    moveIndexes(answer, table);
    if (after < before)
        answer.rows.resize(size_t(before), answer.rows.front());
    m_rows = std::move(answer.rows);
    m_table = table;
    Q_EMIT layoutChanged({}, VerticalSortHint);
    if (after < before) {
        beginRemoveRows({}, after, before - 1);
        m_rows.resize(size_t(after));
        endRemoveRows();
    }
}

void CatalogModel::moveIndexes(const Answer &answer, const ItemTable &table)
{
    const QModelIndexList from = persistentIndexList();
    if (from.isEmpty())
        return;
    std::vector<quint32> shownAt(size_t(table.size()), kNowhere);
    for (size_t row = 0; row < answer.rows.size(); ++row)
        shownAt[answer.rows[row]] = quint32(row);
    QModelIndexList to;
    to.reserve(from.size());
    int lastRow = -1;
    quint32 lastShown = kNowhere;
    for (const QModelIndex &old : from) {
        if (old.row() != lastRow) {
            lastRow = old.row();
            const quint32 was = m_rows[size_t(lastRow)];
            const quint32 is = answer.replaced ? answer.rowOf(m_table.text(was, Column::Id), table) : was;
            lastShown = is == kNowhere ? kNowhere : shownAt[is];
        }
        to.append(lastShown == kNowhere ? QModelIndex() : createIndex(int(lastShown), old.column()));
    }
    changePersistentIndexList(from, to);
}

void CatalogModel::announce()
{
    const std::pair counts{visibleCount(), totalCount()};
    if (std::exchange(m_announcedCounts, counts) != counts)
        Q_EMIT countsChanged(counts.first, counts.second);
    const bool running = isQueryRunning();
    if (std::exchange(m_announcedRunning, running) != running)
        Q_EMIT queryRunning(running);
}

// -- values ----------------------------------------------------------------------------------------

int CatalogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int CatalogModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

Qt::ItemFlags CatalogModel::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::NoItemFlags;
}

QVariant CatalogModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const quint32 row = m_rows[size_t(index.row())];
    const Column column = m_columns[index.column()];
    switch (role) {
    case Qt::DisplayRole: return display(row, column);
    case Qt::ToolTipRole: return toolTip(row, column);
    case SortRole: return raw(row, column);
    case IdRole: return QString::fromUtf8(m_table.text(row, Column::Id));
    case KindRole: return int(m_kind);
    case StateRole: return stateWord(storage::ItemState(m_table.number(row, Column::State)));
    case PathRole: return m_kind == storage::ItemKind::Volume ? QVariant(m_table.text(row, Column::Path).toByteArray()) : QVariant();
    default: return {};
    }
}

QVariant CatalogModel::display(quint32 row, Column column) const
{
    const ColumnType type = typeOf(column);
    if (type == ColumnType::Text) {
        const QByteArrayView text = m_table.text(row, column);
        return text.isEmpty() ? unknownText() : storage::displayBytes(text);
    }
    const qint64 number = m_table.number(row, column);
    switch (type) {
    case ColumnType::Time: return formatTime(timeOf(number));
    case ColumnType::Bytes: return formatBytes(number);
    case ColumnType::State: return itemStateText(storage::ItemState(number));
    case ColumnType::Class: return volumeClassText(storage::VolumeClass(number));
    case ColumnType::Flag: return number ? tr("yes") : QString();
    default: return number < 0 ? unknownText() : formatNumber(number);
    }
}

QVariant CatalogModel::raw(quint32 row, Column column) const
{
    const ColumnType type = typeOf(column);
    if (type == ColumnType::Text)
        return QString::fromUtf8(m_table.text(row, column));
    const qint64 number = m_table.number(row, column);
    if (type == ColumnType::Time) {
        const QDateTime time = timeOf(number);
        return time.isValid() ? QVariant(time) : QVariant();
    }
    return type == ColumnType::Count && number < 0 ? QVariant() : QVariant(number);
}

QVariant CatalogModel::toolTip(quint32 row, Column column) const
{
    const QVariant value = raw(row, column);
    switch (typeOf(column)) {
    case ColumnType::Time: return value.isValid() ? storage::isoUtc(value.toDateTime()) : unknownToolTip();
    case ColumnType::Bytes: return formatExactBytes(value.toLongLong());
    case ColumnType::Count: return value.isValid() ? formatNumber(value.toLongLong()) : unknownToolTip();
    case ColumnType::Text: return value.toString().isEmpty() ? unknownToolTip() : display(row, column);
    default: return display(row, column);
    }
}

QVariant CatalogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size())
        return {};
    if (role == Qt::DisplayRole)
        return columnTitle(m_columns[section]);
    if (role == IdRole)
        return columnWord(m_columns[section]);
    return {};
}

}  // namespace strongroom::models
