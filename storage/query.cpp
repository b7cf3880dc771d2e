// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/query.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace strongroom::storage {

namespace {

bool isTextColumn(Column column)
{
    switch (column) {
    case Column::Id: case Column::Title: case Column::Owner: case Column::Entity: case Column::Path: case Column::Reason:
        return true;
    default:
        return false;
    }
}

uchar foldByte(char c)
{
    const uchar u = uchar(c);
    return u >= 'A' && u <= 'Z' ? uchar(u + 32) : u;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Case-insensitive for ASCII, runs of digits compared as numbers of any length.
int naturalCompare(QByteArrayView a, QByteArrayView b)
{
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            while (i < a.size() && a[i] == '0')
                ++i;
            while (j < b.size() && b[j] == '0')
                ++j;
            const qsizetype si = i;
            const qsizetype sj = j;
            while (i < a.size() && isDigit(a[i]))
                ++i;
            while (j < b.size() && isDigit(b[j]))
                ++j;
            if (i - si != j - sj)
                return i - si < j - sj ? -1 : 1;
            if (const int c = memcmp(a.data() + si, b.data() + sj, size_t(i - si)))
                return c;
            continue;
        }
        const uchar x = foldByte(a[i++]);
        const uchar y = foldByte(b[j++]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    if (i < a.size())
        return 1;
    return j < b.size() ? -1 : 0;
}

/// Substring search for a filter folded once. ASCII goes byte-wise; anything else through QString, so that
/// "ü" finds "Ü".
class Matcher {
public:
    explicit Matcher(const QString &filter)
        : m_text(filter), m_ascii(std::all_of(filter.begin(), filter.end(), [](QChar c) { return c.unicode() < 0x80; }))
    {
        for (const char c : filter.toUtf8())
            m_folded.append(char(foldByte(c)));
    }
    [[nodiscard]] bool matches(QByteArrayView text) const
    {
        if (!m_ascii)
            return QString::fromUtf8(text).contains(m_text, Qt::CaseInsensitive);
        if (text.size() < m_folded.size())
            return false;
        const char *end = text.data() + text.size() - m_folded.size() + 1;
        for (const char *p = text.data(); p < end; ++p) {
            qsizetype k = 0;
            while (k < m_folded.size() && foldByte(p[k]) == uchar(m_folded[k]))
                ++k;
            if (k == m_folded.size())
                return true;
        }
        return false;
    }

private:
    QString m_text;
    QByteArray m_folded;
    bool m_ascii;
};

constexpr Column kFilterColumns[] = {Column::Title, Column::Id, Column::Owner, Column::Entity, Column::Path, Column::Reason};
constexpr qint64 kPollEvery = 4096;

}  // namespace

Result<std::vector<quint32>> runQuery(const ItemTable &table, const Query &query, Monitor &monitor)
{
    std::vector<quint32> rows;
    const qint64 size = table.size();
    if (query.filter.isEmpty()) {
        rows.resize(size_t(size));
        std::iota(rows.begin(), rows.end(), 0u);
    } else {
        const Matcher matcher(query.filter);
        for (qint64 row = 0; row < size; ++row) {
            if (row % kPollEvery == 0 && monitor.stopRequested())
                return fail(ErrorCode::Cancelled);
            bool hit = false;
            for (const Column column : kFilterColumns)
                hit = hit || matcher.matches(table.text(row, column));
            if (!hit)
                hit = matcher.matches(stateWord(ItemState(table.number(row, Column::State))).toUtf8());
            if (hit)
                rows.push_back(quint32(row));
        }
    }
    if (query.keepScanOrder || monitor.stopRequested())
        return monitor.stopRequested() ? Result<std::vector<quint32>>(fail(ErrorCode::Cancelled)) : std::move(rows);

    // Ties keep scan order in both directions, hence the row as last key instead of a stable sort.
    const bool descending = query.descending;
    if (isTextColumn(query.sort)) {
        std::vector<QByteArrayView> keys(static_cast<size_t>(size));
        for (const quint32 row : rows)
            keys[row] = table.text(row, query.sort);
        std::sort(rows.begin(), rows.end(), [&](quint32 a, quint32 b) {
            const int c = naturalCompare(keys[a], keys[b]);
            return c != 0 ? (c < 0) != descending : a < b;
        });
    } else {
        std::vector<qint64> keys(static_cast<size_t>(size));
        for (const quint32 row : rows)
            keys[row] = table.number(row, query.sort);
        std::sort(rows.begin(), rows.end(), [&](quint32 a, quint32 b) {
            return keys[a] != keys[b] ? (keys[a] < keys[b]) != descending : a < b;
        });
    }
    if (monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    return rows;
}

}  // namespace strongroom::storage
