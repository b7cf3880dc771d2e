// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Runs the built strongroomctl as a user would, in a home of its own, and takes its answer apart.

#include "tests/support/datadirbuilder.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

namespace strongroom::tests {

struct Answer {
    int status = -1;
    QJsonObject json;   ///< empty when standard output was not one JSON object
    QByteArray out;
    QByteArray err;
    [[nodiscard]] QByteArray said() const { return out + err; }
    [[nodiscard]] QJsonValue value(const char *member) const { return json.value(QLatin1String(member)); }
    [[nodiscard]] QJsonObject error() const { return value("error").toObject(); }
    [[nodiscard]] QString errorCode() const { return error().value(QStringLiteral("code")).toString(); }
};

inline Answer ctl(const QStringList &words, bool json = true, const QByteArray &workingDirectory = {})
{
    QStringList all = json ? QStringList{QStringLiteral("--json")} : QStringList();
    all += words;
    const Ran ran = run(QStringLiteral(STRONGROOM_CTL), all, workingDirectory);
    Answer answer{ran.exitCode, {}, ran.out, ran.err};
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(ran.out, &error);
    if (json && error.error == QJsonParseError::NoError)
        answer.json = document.object();
    return answer;
}

inline QString q(const QByteArray &path)
{
    return QFile::decodeName(path);
}

/// Points everything the program remembers at a folder that goes away with this.
class OwnHome {
public:
    OwnHome()
    {
        if (!m_dir.isValid())
            qFatal("no temporary folder");
        qputenv("HOME", QFile::encodeName(m_dir.path()));
        qputenv("XDG_STATE_HOME", QFile::encodeName(m_dir.path() + QStringLiteral("/state")));
    }

private:
    QTemporaryDir m_dir;
};

}  // namespace strongroom::tests
