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
    if (m_json || m_quiet)
        return;
    QList<qsizetype> widths;
    for (qsizetype c = 0; c < columns.size(); ++c) {
        qsizetype width = columns[c].title.size();
        for (const QStringList &row : rows)
            width = std::max(width, row.value(c).size());
        widths.append(width);
    }
    const auto format = [&](const QStringList &cells) {
        QString text;
        for (qsizetype c = 0; c < columns.size(); ++c) {
            if (c > 0)
                text += QStringLiteral("  ");
            const QString cell = cells.value(c);
            if (columns[c].number)
                text += cell.rightJustified(widths[c]);
            else
                text += c + 1 == columns.size() ? cell : cell.leftJustified(widths[c]);
        }
        while (text.endsWith(u' '))
            text.chop(1);
        return text;
    };
    QStringList titles;
    for (const TableColumn &column : columns)
        titles.append(column.title.toUpper());
    line(bold(format(titles)));
    for (const QStringList &row : rows)
        line(format(row));
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
    return time.isValid() ? time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm 'UTC'")) : QStringLiteral("-");
}

}  // namespace strongroom::app::ctl
