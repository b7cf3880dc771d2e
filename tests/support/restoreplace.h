// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A folder of its own for restore tests: live data, sources, archives made with the system's tar.

#include "storage/ops/restore.h"
#include "tests/support/datadirbuilder.h"

#include <QFile>

#include <algorithm>

namespace strongroom::tests {

using namespace strongroom::storage;

inline QString decoded(const QByteArray &path)
{
    return QFile::decodeName(path);
}

// A folder with live data in `live/`, sources for archives in `src/`, archives beside them.
struct Place {
    DataDirBuilder dir;
    Monitor monitor;

    Place() { dir.dir("live").dir("src"); }
    QByteArray tar(const QByteArray &name, const QStringList &members) const
    {
        const Ran ran = run(QStringLiteral("tar"), QStringList{QStringLiteral("-czf"), decoded(dir.path(name))} + members, dir.path("src"));
        if (ran.exitCode != 0)
            qFatal("tar: %s", ran.err.constData());
        return dir.path(name);
    }
    RestoreRequest request(const QByteArray &archive, const QByteArray &into = "live/data") const
    {
        RestoreRequest r;
        r.archive = archive;
        r.into = dir.path(into);
        r.now = QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);
        r.localNow = r.now;
        return r;
    }
    Report restore(const RestoreRequest &r)
    {
        auto prepared = prepareRestore(r, monitor);
        return prepared ? runRestore(*prepared, monitor) : Report::failed(Operation::Restore, prepared.error());
    }
    ErrorCode refusal(const RestoreRequest &r)
    {
        const auto prepared = prepareRestore(r, monitor);
        return prepared ? ErrorCode::Internal : prepared.error().code;
    }
    // What stands beside the data directory and is no safety copy.
    QList<QByteArray> leftovers() const
    {
        QList<QByteArray> names = dir.names("live");
        names.removeIf([](const QByteArray &n) { return !n.contains(".strongroom-") || n.contains(".strongroom-safety-"); });
        return names;
    }
    QByteArray live() const { return treeFingerprint(dir.path("live"), true); }
};

inline QStringList stepsOf(const Plan &plan, Verb verb)
{
    QStringList out;
    for (const Step &step : plan.steps) {
        if (step.verb == verb)
            out.append(step.part.display() + (step.reason.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(step.reason)));
    }
    return out;
}

inline bool warns(const QList<PlanWarning> &warnings, const char *code)
{
    return std::any_of(warnings.begin(), warnings.end(), [code](const PlanWarning &w) { return w.code == QLatin1String(code); });
}

}  // namespace strongroom::tests
