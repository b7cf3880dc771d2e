// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/archivesmodel.h"

#include "models/words.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>

namespace strongroom::models {

using storage::BackupInfo;
using storage::Verdict;

namespace {

QByteArray nameOf(const BackupInfo &info)
{
    return info.path.sliced(info.path.lastIndexOf('/') + 1);
}

bool isRestorable(const BackupInfo &info)
{
    return info.manifest || info.kind.startsWith(u"tar") || info.kind == u"zip" || info.kind == u"7z";
}

QString stateText(const QString &state)
{
    struct Row {
        const char *state;
        const char *text;
    };
    static constexpr Row kRows[] = {
        {"verified", QT_TRANSLATE_NOOP("ArchiveState", "Verified")},
        {"readable", QT_TRANSLATE_NOOP("ArchiveState", "Readable")},
        {"damaged", QT_TRANSLATE_NOOP("ArchiveState", "Damaged")},
        {"hostile", QT_TRANSLATE_NOOP("ArchiveState", "Unsafe")},
        {"unverified", QT_TRANSLATE_NOOP("ArchiveState", "Not verified")},
        {"partial", QT_TRANSLATE_NOOP("ArchiveState", "Unfinished")},
        {"encrypted", QT_TRANSLATE_NOOP("ArchiveState", "Encrypted")},
        {"foreign", QT_TRANSLATE_NOOP("ArchiveState", "Not an archive")},
    };
    for (const Row &row : kRows) {
        if (state == QLatin1String(row.state))
            return QCoreApplication::translate("ArchiveState", row.text);
    }
    return state;
}

/// Three-way compare of two raw values of one column.
int compare(const QVariant &a, const QVariant &b)
{
    if (a.isValid() != b.isValid())
        return a.isValid() ? 1 : -1;
    if (a.typeId() == QMetaType::QString)
        return QString::localeAwareCompare(a.toString(), b.toString());
    const QPartialOrdering order = QVariant::compare(a, b);
    return order == QPartialOrdering::Less ? -1 : order == QPartialOrdering::Greater ? 1 : 0;
}

}  // namespace

ArchivesModel::ArchivesModel(Clock clock, QObject *parent) : QAbstractTableModel(parent), m_clock(std::move(clock)) {}

QString ArchivesModel::stateOf(const BackupInfo &info)
{
    if (info.partial)
        return QStringLiteral("partial");
    if (info.verdict)
        return verdictWord(*info.verdict);
    if (info.verified)
        return QStringLiteral("verified");
    if (info.encrypted)
        return QStringLiteral("encrypted");
    return isRestorable(info) ? QStringLiteral("unverified") : QStringLiteral("foreign");
}

void ArchivesModel::setArchives(const QList<BackupInfo> &archives)
{
    m_all = archives;
    rebuild();
}

void ArchivesModel::setFilter(const QString &filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    rebuild();
}

void ArchivesModel::sort(int column, Qt::SortOrder order)
{
    m_sortColumn = column;
    m_order = order;
    rebuild();
}

/// Makes m_rows anew. Few rows, so all at once: removal from the end, insertion at the end, one layout change.
void ArchivesModel::rebuild()
{
    QList<BackupInfo> rows;
    for (const BackupInfo &info : std::as_const(m_all)) {
        const auto has = [this](const QString &text) { return text.contains(m_filter, Qt::CaseInsensitive); };
        if (m_filter.isEmpty() || has(storage::displayBytes(nameOf(info))) || has(storage::displayBytes(info.source))
            || has(layoutTitle(info.layout)) || has(info.note) || has(info.kind))
            rows.append(info);
    }
    const int column = m_sortColumn < 0 ? int(Time) : m_sortColumn;
    const bool descending = m_sortColumn < 0 || m_order == Qt::DescendingOrder;
    std::stable_sort(rows.begin(), rows.end(), [&](const BackupInfo &a, const BackupInfo &b) {
        const int c = compare(raw(a, column), raw(b, column));
        return descending ? c > 0 : c < 0;
    });

    const int before = int(m_rows.size());
    const int after = int(rows.size());
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        m_rows.append(rows.sliced(before));
        endInsertRows();
    }
    Q_EMIT layoutAboutToBeChanged();
    QHash<QByteArray, int> shownAt;
    for (int row = 0; row < after; ++row)
        shownAt.insert(rows.at(row).path, row);
    const QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    for (const QModelIndex &old : from) {
        const int row = shownAt.value(m_rows.at(old.row()).path, -1);
        to.append(row < 0 ? QModelIndex() : createIndex(row, old.column()));
    }
    changePersistentIndexList(from, to);
    const QList<BackupInfo> leftover = m_rows.sliced(qMin(after, int(m_rows.size())));
    m_rows = rows + leftover;
    Q_EMIT layoutChanged();
    if (after < m_rows.size()) {
        beginRemoveRows({}, after, int(m_rows.size()) - 1);
        m_rows.resize(after);
        endRemoveRows();
    }
    Q_EMIT countsChanged(m_rows.size(), m_all.size());
}

int ArchivesModel::rowOf(const QByteArray &path) const
{
    for (int row = 0; row < m_rows.size(); ++row) {
        if (m_rows.at(row).path == path)
            return row;
    }
    return -1;
}

int ArchivesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ArchivesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ArchivesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const BackupInfo &info = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole: return display(info, index.column());
    case Qt::ToolTipRole: return toolTip(info, index.column());
    case SortRole: return raw(info, index.column());
    case IdRole:
    case PathRole: return info.path;
    case KindRole: return info.kind;
    case StateRole: return stateOf(info);
    default: return {};
    }
}

QVariant ArchivesModel::display(const BackupInfo &info, int column) const
{
    switch (column) {
    case Time: return formatTime(info.created);
    case Name: return storage::displayBytes(nameOf(info));
    case Source: return info.source.isEmpty() ? unknownText() : storage::displayBytes(info.source);
    case Layout: return info.layout.isEmpty() ? unknownText() : layoutTitle(info.layout);
    case Scope: {
        QStringList words;
        for (const QString &scope : info.scope)
            words.append(scopeText(scope));
        return words.isEmpty() ? unknownText() : words.join(QStringLiteral(", "));
    }
    case Kind: return info.kind;
    case Size: return formatBytes(info.bytes);
    case Verified: return stateText(stateOf(info));
    case Age: return formatAge(info.created, m_clock.utcNow());
    default: return {};
    }
}

QVariant ArchivesModel::raw(const BackupInfo &info, int column) const
{
    switch (column) {
    case Time: return info.created.isValid() ? QVariant(info.created) : QVariant();
    case Age: return info.created.isValid() ? QVariant(-info.created.toMSecsSinceEpoch()) : QVariant();
    case Size: return info.bytes;
    case Verified: return stateOf(info);
    default: return display(info, column);
    }
}

QVariant ArchivesModel::toolTip(const BackupInfo &info, int column) const
{
    switch (column) {
    case Time:
    case Age: return info.created.isValid() ? storage::isoUtc(info.created) : unknownToolTip();
    case Name: return storage::displayBytes(info.path);
    case Size: return formatExactBytes(info.bytes);
    case Verified:
        return info.verifiedAt.isValid() ? tr("Last verified %1").arg(formatTime(info.verifiedAt)) : tr("Never verified here");
    default: {
        const QString text = display(info, column).toString();
        return text == unknownText() ? unknownToolTip() : text;
    }
    }
}

QVariant ArchivesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time: return tr("Time");
    case Name: return tr("Name");
    case Source: return tr("Data directory");
    case Layout: return tr("Layout");
    case Scope: return tr("Scope");
    case Kind: return tr("Kind");
    case Size: return tr("Size");
    case Verified: return tr("Verified");
    case Age: return tr("Age");
    default: return {};
    }
}

}  // namespace strongroom::models
