// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/output.h"

#include "app/ctl/progress.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QLocale>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <unistd.h>
#include <vector>

namespace strongroom::app::ctl {

Output::Output(bool json, bool quiet)
    : m_json(json), m_quiet(quiet), m_colour(!json && ::isatty(STDOUT_FILENO) && !qEnvironmentVariableIsSet("NO_COLOR"))
{
}

void Output::hideProgress()
{
    if (m_progress)
        m_progress->hide();
}

void Output::put(const QByteArray &bytes)
{
    if (fwrite(bytes.constData(), 1, size_t(bytes.size()), stdout) != size_t(bytes.size()) && m_writeErrno == 0)
        m_writeErrno = errno;
}

void Output::write(const QString &text)
{
    hideProgress();
    put(text.toUtf8());
}

void Output::object(const QString &command, QJsonObject members)
{
    if (!m_json)
        return;
    members.insert(QStringLiteral("schema"), QStringLiteral("strongroom.%1/1").arg(command));
    hideProgress();
    put(QJsonDocument(members).toJson(QJsonDocument::Compact) + '\n');
    flush();
}

void Output::line(const QString &text)
{
    if (!m_json && !m_quiet)
        write(text + u'\n');
}

void Output::table(const QList<TableColumn> &columns, const QList<QStringList> &rows)
{
    table(columns, rows.size(), [&rows](qint64 row) { return rows[row]; });
}

void Output::table(const QList<TableColumn> &columns, qint64 count, const std::function<QStringList(qint64)> &row)
{
    if (m_json || m_quiet)
        return;
    // How wide the columns are is known with the last row: until then all are kept, packed.
    QByteArray cells;
    std::vector<std::pair<qsizetype, qsizetype>> ends;   // of each cell in `cells`, and its width
    ends.reserve(size_t((count + 1) * columns.size()));
    std::vector<qsizetype> widths(size_t(columns.size()), 0);
    const auto keep = [&](size_t column, const QString &cell) {
        cells += cell.toUtf8();
        ends.emplace_back(cells.size(), cell.size());
        widths[column] = std::max(widths[column], cell.size());
    };
    for (qsizetype c = 0; c < columns.size(); ++c)
        keep(size_t(c), columns[c].title.toUpper());
    for (qint64 n = 0; n < count; ++n) {
        const QStringList texts = row(n);
        for (qsizetype c = 0; c < columns.size(); ++c)
            keep(size_t(c), texts.value(c));
    }
    hideProgress();
    QByteArray text;
    qsizetype begin = 0;
    for (size_t at = 0; at < ends.size();) {
        text.truncate(0);
        for (size_t c = 0; c < widths.size(); ++c, ++at) {
            const auto [end, width] = ends[at];
            const qsizetype padding = widths[c] - width;
            if (c > 0)
                text += "  ";
            if (columns[qsizetype(c)].number)
                text.append(padding, ' ');
            text.append(cells.constData() + begin, end - begin);
            if (!columns[qsizetype(c)].number)
                text.append(padding, ' ');
            begin = end;
        }
        while (text.endsWith(' '))
            text.chop(1);
        const bool isHead = at == widths.size();
        put(isHead ? bold(QString::fromUtf8(text)).toUtf8() : text);
        put("\n");
    }
}

void Output::facts(const QList<std::pair<QString, QString>> &facts)
{
    qsizetype width = 0;
    for (const auto &[title, value] : facts)
        width = std::max(width, title.size());
    for (const auto &[title, value] : facts)
        line(QString(title + u':').leftJustified(width + 2) + value);
}

void Output::error(const storage::Error &error)
{
    fprintf(stderr, "strongroomctl: %s\n", describe(error).oneLine().toUtf8().constData());
}

void Output::warning(const QString &text)
{
    if (m_json)
        return;
    hideProgress();
    fprintf(stderr, "warning: %s\n", text.toUtf8().constData());
}

bool Output::flush()
{
    if (fflush(stdout) != 0 && m_writeErrno == 0)
        m_writeErrno = errno;
    return m_writeErrno == 0 || m_writeErrno == EPIPE;
}

QString Output::bold(const QString &text) const
{
    return m_colour ? QStringLiteral("\x1b[1m%1\x1b[0m").arg(text) : text;
}

QString humanBytes(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

QString humanTime(const QDateTime &time)
{
    if (!time.isValid())
        return QStringLiteral("-");
    const QDateTime utc = time.toUTC();
    const QDate date = utc.date();
    if (date.year() < 1 || date.year() > 9999)
        return utc.toString(QStringLiteral("yyyy-MM-dd HH:mm 'UTC'"));
    // A format that is looked at letter by letter costs more than the rest of a long table.
    const QTime clock = utc.time();
    char text[32];
    const int size = std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d UTC", date.year(), date.month(), date.day(), clock.hour(), clock.minute());
    return QString::fromLatin1(text, size);
}

}  // namespace strongroom::app::ctl
