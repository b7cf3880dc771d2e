// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/plan.h"

#include "storage/item.h"
#include "storage/report.h"

#include <QJsonArray>

#include <algorithm>

namespace strongroom::storage {

QString operationWord(Operation operation)
{
    switch (operation) {
    case Operation::Backup: return QStringLiteral("backup");
    case Operation::Restore: return QStringLiteral("restore");
    case Operation::Undo: return QStringLiteral("undo");
    case Operation::Recover: return QStringLiteral("recover");
    case Operation::Repair: return QStringLiteral("repair");
    case Operation::Cleanup: return QStringLiteral("cleanup");
    case Operation::Prune: return QStringLiteral("prune");
    }
    return {};
}

QString verbWord(Verb verb)
{
    switch (verb) {
    case Verb::Remove: return QStringLiteral("remove");
    case Verb::Replace: return QStringLiteral("replace");
    case Verb::Create: return QStringLiteral("create");
    case Verb::Keep: return QStringLiteral("keep");
    case Verb::Archive: return QStringLiteral("archive");
    case Verb::Skip: return QStringLiteral("skip");
    }
    return {};
}

std::array<VerbTotal, kVerbCount> Plan::totals() const
{
    std::array<VerbTotal, kVerbCount> totals;
    for (const Step &step : steps) {
        if (!step.enabled)
            continue;
        VerbTotal &total = totals[size_t(step.verb)];
        ++total.steps;
        total.files += step.files;
        total.bytes += step.bytes;
    }
    return totals;
}

void Plan::sortForPreview()
{
    const auto before = [](const Step &a, const Step &b) { return a.verb != b.verb ? a.verb < b.verb : a.part < b.part; };
    if (!std::is_sorted(steps.cbegin(), steps.cend(), before))
        std::stable_sort(steps.begin(), steps.end(), before);
}

QJsonObject Plan::toJson() const
{
    QJsonArray stepArray;
    for (const Step &step : steps) {
        QJsonObject o{
            {QStringLiteral("verb"), verbWord(step.verb)},
            {QStringLiteral("path"), pathToJson(step.part.bytes())},
            {QStringLiteral("type"), fileTypeWord(step.type)},
            {QStringLiteral("bytes"), step.bytes},
        };
        if (step.files != 1)
            o.insert(QStringLiteral("files"), step.files);
        if (!step.reason.isEmpty())
            o.insert(QStringLiteral("reason"), step.reason);
        if (!step.enabled)
            o.insert(QStringLiteral("enabled"), false);
        stepArray.append(o);
    }
    QJsonObject totalsObject;
    const auto sums = totals();
    for (int v = 0; v < kVerbCount; ++v) {
        if (sums[size_t(v)].steps == 0)
            continue;
        totalsObject.insert(verbWord(Verb(v)), QJsonObject{{QStringLiteral("steps"), sums[size_t(v)].steps},
                                                           {QStringLiteral("files"), sums[size_t(v)].files},
                                                           {QStringLiteral("bytes"), sums[size_t(v)].bytes}});
    }
    QJsonArray warningArray;
    for (const PlanWarning &warning : warnings)
        warningArray.append(warningToJson(warning));
    return {
        {QStringLiteral("operation"), operationWord(operation)},
        {QStringLiteral("directory"), pathToJson(directory)},
        {QStringLiteral("archive"), archive.isEmpty() ? QJsonValue() : pathToJson(archive)},
        {QStringLiteral("scope"), QJsonArray::fromStringList(scope)},
        {QStringLiteral("replaces_live_data"), replacesLiveData},
        {QStringLiteral("bytes_needed"), bytesNeeded},
        {QStringLiteral("bytes_free"), bytesFree},
        {QStringLiteral("totals"), totalsObject},
        {QStringLiteral("steps"), stepArray},
        {QStringLiteral("warnings"), warningArray},
    };
}

}  // namespace strongroom::storage
