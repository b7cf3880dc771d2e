// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The items of one kind of one data directory as a table: an ItemTable and a permutation of its rows.
// Sort and filter run in a worker on a snapshot; the newest request wins, and its answer is swapped in
// within one event-loop turn. No proxy model belongs on top of this (it would freeze at a million rows).

#include "models/roles.h"
#include "storage/query.h"

#include <QAbstractTableModel>
#include <QElapsedTimer>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

class QTimer;

namespace strongroom::models {

/// Roles: Display localised text ("–" where the data cannot say); SortRole raw (qint64, QString, QDateTime;
/// invalid = unknown); IdRole QString; KindRole int(ItemKind); StateRole stateWord; PathRole QByteArray of a
/// volume; ToolTip the exact value (ISO time, bytes, "unknown").
/// Identity of a row is its id: selections and the current row survive a query and a replaced table.
/// Thread: GUI.
class CatalogModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit CatalogModel(storage::ItemKind kind, QObject *parent = nullptr);
    ~CatalogModel() override;   ///< a running query is told to stop and its answer dropped

    [[nodiscard]] storage::ItemKind kind() const { return m_kind; }
    [[nodiscard]] storage::Column columnAt(int section) const { return m_columns.value(section); }
    [[nodiscard]] int sectionOf(storage::Column column) const { return int(m_columns.indexOf(column)); }  ///< -1 = not shown
    [[nodiscard]] qint64 totalCount() const { return m_table.size(); }
    [[nodiscard]] qint64 visibleCount() const { return qint64(m_rows.size()); }
    [[nodiscard]] const storage::Query &query() const { return m_query; }
    [[nodiscard]] bool isQueryRunning() const { return m_inFlight != 0 || m_queryWanted; }

    [[nodiscard]] storage::Item itemAt(int row) const;         ///< row must be valid
    [[nodiscard]] storage::ItemId idAt(int row) const;
    /// Row that shows `id` now, or -1 (filtered away or not there). O(n): for restoring a selection.
    [[nodiscard]] int rowOf(QStringView id) const;

    /// Begins anew with `table` (may be empty); rows of the same id keep selection and current index.
    void setTable(const storage::ItemTable &table);
    /// More rows of a running scan. Chunks of another kind are ignored. In scan order without a filter
    /// they appear at once; otherwise after the next query (at most one each 250 ms).
    void appendChunks(const QList<storage::ChunkPtr> &chunks);

    void setFilter(const QString &filter);
    [[nodiscard]] QString filter() const { return m_query.filter; }
    void setSort(storage::Column column, bool descending);
    void setScanOrder();                                       ///< as the layout lists them
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;   ///< column -1 = scan order

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

Q_SIGNALS:
    void countsChanged(qint64 visible, qint64 total);
    void queryRunning(bool running);

private:
    struct Answer;
    using AnswerPtr = std::shared_ptr<Answer>;
    void setQuery(const storage::Query &query);
    void wantQuery();      // for rows that came: at most one each 250 ms
    void startQuery();     // now; what is in flight becomes obsolete
    void takeAnswer(const AnswerPtr &answer);
    void swapIn(Answer &answer, const storage::ItemTable &table);
    void moveIndexes(const Answer &answer, const storage::ItemTable &table);
    void appendRows(quint32 first, quint32 end);
    void announce();
    [[nodiscard]] bool isPlain() const { return m_query.keepScanOrder && m_query.filter.isEmpty(); }
    [[nodiscard]] QVariant display(quint32 row, storage::Column column) const;
    [[nodiscard]] QVariant raw(quint32 row, storage::Column column) const;
    [[nodiscard]] QVariant toolTip(quint32 row, storage::Column column) const;

    storage::ItemKind m_kind;
    QList<storage::Column> m_columns;
    storage::ItemTable m_table;
    std::vector<quint32> m_rows;                  // what is shown: rows of m_table in order
    storage::Query m_query;
    std::optional<storage::ItemTable> m_replacement;   // set by setTable until the query over it is in
    quint64 m_generation = 0;                     // of the newest query that was started
    quint64 m_inFlight = 0;                       // the one whose answer is awaited; 0 = none
    std::shared_ptr<storage::Monitor> m_monitor;  // of the query in flight
    bool m_queryWanted = false;
    bool m_announcedRunning = false;
    std::pair<qint64, qint64> m_announcedCounts{0, 0};
    QElapsedTimer m_sinceSwap;
    QTimer *m_throttle = nullptr;
};

}  // namespace strongroom::models
