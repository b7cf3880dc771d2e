// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/report.h"

#include "storage/item.h"

#include <QJsonArray>

namespace strongroom::storage {

QString outcomeWord(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Succeeded: return QStringLiteral("succeeded");
    case Outcome::CompletedWithWarnings: return QStringLiteral("completed-with-warnings");
    case Outcome::Failed: return QStringLiteral("failed");
    case Outcome::Cancelled: return QStringLiteral("cancelled");
    }
    return {};
}

QJsonObject warningToJson(const PlanWarning &warning)
{
    return {{QStringLiteral("path"), warning.path.isEmpty() ? QJsonValue() : pathToJson(warning.path)},
            {QStringLiteral("code"), warning.code},
            {QStringLiteral("message"), warning.message}};
}

QJsonObject errorToJson(const Error &error)
{
    const ErrorText text = describe(error);
    ErrorText message = text;
    message.next.clear();
    return {{QStringLiteral("code"), codeWord(error.code)},
            {QStringLiteral("message"), message.oneLine()},
            {QStringLiteral("path"), error.path.isEmpty() ? QJsonValue() : pathToJson(error.path)},
            {QStringLiteral("hint"), text.next.isEmpty() ? QJsonValue() : QJsonValue(text.next)}};
}

QJsonObject Report::toJson() const
{
    QJsonArray warningArray;
    for (const PlanWarning &warning : warnings)
        warningArray.append(warningToJson(warning));
    QJsonArray resultArray;
    for (const StepResult &result : results) {
        QJsonObject o{{QStringLiteral("path"), pathToJson(result.path)}, {QStringLiteral("outcome"), result.outcome}};
        if (result.error)
            o.insert(QStringLiteral("error"), errorToJson(*result.error));
        resultArray.append(o);
    }
    QJsonObject o{
        {QStringLiteral("operation"), operationWord(operation)},
        {QStringLiteral("outcome"), outcomeWord(outcome)},
        {QStringLiteral("directory"), directory.isEmpty() ? QJsonValue() : pathToJson(directory)},
        {QStringLiteral("archive"), archive.isEmpty() ? QJsonValue() : pathToJson(archive)},
        {QStringLiteral("started"), isoUtcOrNull(started)},
        {QStringLiteral("milliseconds"), milliseconds},
        {QStringLiteral("bytes"), bytes},
        {QStringLiteral("warnings"), warningArray},
        {QStringLiteral("results"), resultArray},
    };
    if (operation == Operation::Backup) {
        o.insert(QStringLiteral("members"), members);
        o.insert(QStringLiteral("sha256"), QString::fromLatin1(sha256Hex));
        o.insert(QStringLiteral("consistency"), consistency);
        o.insert(QStringLiteral("verified"), verified);
    } else {
        o.insert(QStringLiteral("created"), created);
        o.insert(QStringLiteral("replaced"), replaced);
        o.insert(QStringLiteral("removed"), removed);
        o.insert(QStringLiteral("kept"), kept);
        o.insert(QStringLiteral("safety_copy"), safetyCopy.isEmpty() ? QJsonValue() : pathToJson(safetyCopy));
    }
    if (error)
        o.insert(QStringLiteral("error"), errorToJson(*error));
    if (outcome == Outcome::Failed || outcome == Outcome::Cancelled)
        o.insert(QStringLiteral("rolled_back"), rolledBack);
    return o;
}

Report Report::failed(Operation operation, Error error)
{
    Report report;
    report.operation = operation;
    report.outcome = error.code == ErrorCode::Cancelled ? Outcome::Cancelled : Outcome::Failed;
    report.error = std::move(error);
    report.rolledBack = true;
    return report;
}

}  // namespace strongroom::storage
