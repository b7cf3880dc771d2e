// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What strongroomctl says: one JSON object, or text for people with aligned columns. Nothing else writes to
// standard output.

#include "storage/error.h"

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <functional>

namespace strongroom::app::ctl {

/// A column's texts are aligned left, numbers right.
class ProgressPrinter;

struct TableColumn {
    QString title;
    bool number = false;
};

class Output {
public:
    Output(bool json, bool quiet);

    /// Whose line has to go before anything is written; null = nobody's.
    void setProgress(ProgressPrinter *progress) { m_progress = progress; }

    [[nodiscard]] bool isJson() const { return m_json; }
    [[nodiscard]] bool isQuiet() const { return m_quiet; }

    /// The one object of a command (schema "strongroom.COMMAND/1" is put in front). Once per run.
    void object(const QString &command, QJsonObject members);
    /// Text lines and tables; nothing with --json or --quiet.
    void line(const QString &text = {});
    void table(const QList<TableColumn> &columns, const QList<QStringList> &rows);
    /// `row(n)` gives the cells of each of `count` rows; asked once for each, in order. For tables that are long.
    void table(const QList<TableColumn> &columns, qint64 count, const std::function<QStringList(qint64)> &row);
    /// "Title: value" lines with the values aligned.
    void facts(const QList<std::pair<QString, QString>> &facts);
    /// On standard error, also with --quiet.
    void error(const storage::Error &error);
    void warning(const QString &text);

    [[nodiscard]] QString bold(const QString &text) const;
    /// Everything written has arrived. False = it has not (a full disk); a reader that went away has had enough.
    bool flush();

private:
    void write(const QString &text);
    void put(const QByteArray &bytes);
    void hideProgress();
    int m_writeErrno = 0;   // the first that went wrong
    ProgressPrinter *m_progress = nullptr;
    bool m_json;
    bool m_quiet;
    bool m_colour;
};

[[nodiscard]] QString humanBytes(qint64 bytes);        ///< "1.4 MiB"
[[nodiscard]] QString humanTime(const QDateTime &time);  ///< "2026-11-20 04:49 UTC", "-" when unknown

}  // namespace strongroom::app::ctl
