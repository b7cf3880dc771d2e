// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Backups of all backup folders as one table, newest first until sorted otherwise. Identity of a row is
// the archive's absolute path. Some hundred rows: sorts in place.

#include "models/clock.h"
#include "models/roles.h"
#include "storage/ops/backupfolder.h"

#include <QAbstractTableModel>

namespace strongroom::models {

/// Roles: IdRole and PathRole QByteArray path; KindRole kind word ("tar.gz"); SortRole raw; StateRole one of
/// "verified", "readable", "damaged", "hostile", "unverified", "partial", "encrypted", "foreign" (a file
/// that is no archive we can restore).
class ArchivesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Time, Name, Source, Layout, Scope, Kind, Size, Verified, Age, ColumnCount };

    explicit ArchivesModel(Clock clock = Clock::system(), QObject *parent = nullptr);
    /// Replaces the rows; those of the same path keep selection.
    void setArchives(const QList<storage::BackupInfo> &archives);
    /// Only those whose name, source, layout or note contains `filter` (case-insensitive).
    void setFilter(const QString &filter);
    [[nodiscard]] QString filter() const { return m_filter; }
    [[nodiscard]] int totalCount() const { return int(m_all.size()); }
    [[nodiscard]] const storage::BackupInfo &archiveAt(int row) const { return m_rows.at(row); }
    [[nodiscard]] int rowOf(const QByteArray &path) const;   ///< -1 = not shown

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;   ///< column -1 = newest first

    [[nodiscard]] static QString stateOf(const storage::BackupInfo &info);

Q_SIGNALS:
    void countsChanged(qint64 visible, qint64 total);

private:
    void rebuild();
    [[nodiscard]] QVariant display(const storage::BackupInfo &info, int column) const;
    [[nodiscard]] QVariant raw(const storage::BackupInfo &info, int column) const;
    [[nodiscard]] QVariant toolTip(const storage::BackupInfo &info, int column) const;

    Clock m_clock;
    QList<storage::BackupInfo> m_all;
    QList<storage::BackupInfo> m_rows;
    QString m_filter;
    int m_sortColumn = -1;
    Qt::SortOrder m_order = Qt::AscendingOrder;
};

}  // namespace strongroom::models
