// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "storage/ops/compare.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Compare final : public Command {
public:
    QString name() const override { return QStringLiteral("compare"); }
    QString summary() const override { return QStringLiteral("Show the differences between data directories or archives"); }
    QString argumentsSyntax() const override { return QStringLiteral("A B"); }
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

QJsonArray toJson(const QList<Difference> &differences)
{
    QJsonArray array;
    for (const Difference &difference : differences)
        array.append(QJsonObject{{QStringLiteral("kind"), difference.kind},
                                 {QStringLiteral("id"), difference.id.isEmpty() ? QJsonValue() : QJsonValue(difference.id)},
                                 {QStringLiteral("path"), pathToJson(difference.path)},
                                 {QStringLiteral("detail"), difference.detail}});
    return array;
}

void print(const QString &title, const QList<Difference> &differences, Output &out)
{
    if (differences.isEmpty())
        return;
    out.line(out.bold(QStringLiteral("%1: %2").arg(title).arg(differences.size())));
    for (const Difference &difference : differences)
        out.line(QStringLiteral("  %1 %2%3").arg(difference.kind, difference.id.isEmpty() ? displayBytes(difference.path) : difference.id,
                 difference.detail.isEmpty() ? QString() : QStringLiteral("  (%1)").arg(difference.detail)));
}

Result<int> Compare::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 2, *this));
    STRONGROOM_TRY(const Comparison comparison,
                   compareData(absolute(paths[0]), absolute(paths[1]), Limits::production(), context.monitor));
    context.out.object(name(), {{QStringLiteral("added"), toJson(comparison.added)},
                                {QStringLiteral("removed"), toJson(comparison.removed)},
                                {QStringLiteral("changed"), toJson(comparison.changed)}});
    print(QStringLiteral("added"), comparison.added, context.out);
    print(QStringLiteral("removed"), comparison.removed, context.out);
    print(QStringLiteral("changed"), comparison.changed, context.out);
    if (comparison.isEmpty())
        context.out.line(QStringLiteral("No difference."));
    return comparison.isEmpty() ? kSucceeded : kWarnings;
}

}  // namespace

const Command &compareCommand()
{
    static const Compare command;
    return command;
}

}  // namespace strongroom::app::ctl
