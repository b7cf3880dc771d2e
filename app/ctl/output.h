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

namespace strongroom::app::ctl {

/// A column's texts are aligned left, numbers right.
struct TableColumn {
    QString title;
    bool number = false;
};

class Output {
public:
    Output(bool json, bool quiet);

    [[nodiscard]] bool isJson() const { return m_json; }
    [[nodiscard]] bool isQuiet() const { return m_quiet; }

    /// The one object of a command (schema "strongroom.COMMAND/1" is put in front). Once per run.
    void object(const QString &command, QJsonObject members);
    /// Text lines and tables; nothing with --json or --quiet.
    void line(const QString &text = {});
    void table(const QList<TableColumn> &columns, const QList<QStringList> &rows);
    /// "Title: value" lines with the values aligned.
    void facts(const QList<std::pair<QString, QString>> &facts);
    /// On standard error, also with --quiet.
    void error(const storage::Error &error);
    void warning(const QString &text);

    [[nodiscard]] QString bold(const QString &text) const;

private:
    void write(const QString &text);
    bool m_json;
    bool m_quiet;
    bool m_colour;
};

[[nodiscard]] QString humanBytes(qint64 bytes);        ///< "1.4 MiB"
[[nodiscard]] QString humanTime(const QDateTime &time);  ///< "2026-11-20 04:49 UTC", "-" when unknown

}  // namespace strongroom::app::ctl
