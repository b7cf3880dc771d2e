// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "storage/ops/safety.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Undo final : public Command {
public:
    QString name() const override { return QStringLiteral("undo"); }
    QString summary() const override { return QStringLiteral("Put back what the last restore replaced"); }
    QString argumentsSyntax() const override { return QStringLiteral("DIR"); }
    void addOptions(QCommandLineParser &parser) const override;
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

class Recover final : public Command {
public:
    QString name() const override { return QStringLiteral("recover"); }
    QString summary() const override { return QStringLiteral("Finish or roll back what a crash left"); }
    QString argumentsSyntax() const override { return QStringLiteral("DIR"); }
    void addOptions(QCommandLineParser &parser) const override { addChangeOptions(parser); }
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

void Undo::addOptions(QCommandLineParser &parser) const
{
    parser.addOption({QStringLiteral("list"), QStringLiteral("List the safety copies and change nothing.")});
    addChangeOptions(parser);
}

QJsonArray copiesToJson(const QList<SafetyCopy> &copies)
{
    QJsonArray array;
    for (const SafetyCopy &copy : copies)
        array.append(QJsonObject{{QStringLiteral("path"), pathToJson(copy.path)},
                                 {QStringLiteral("operation"), operationWord(copy.operation)},
                                 {QStringLiteral("created"), isoUtcOrNull(copy.created)},
                                 {QStringLiteral("archive"), copy.archive.isEmpty() ? QJsonValue() : pathToJson(copy.archive)},
                                 {QStringLiteral("targets"), QJsonArray::fromStringList(copy.targets)}});
    return array;
}

Result<int> list(const QByteArray &directory, Context &context)
{
    STRONGROOM_TRY(const QList<SafetyCopy> copies, listSafetyCopies(directory));
    context.out.object(QStringLiteral("undo"), {{QStringLiteral("undone"), QJsonValue()},
                                                {QStringLiteral("safety_copies"), copiesToJson(copies)}});
    QList<QStringList> rows;
    for (const SafetyCopy &copy : copies)
        rows.append({humanTime(copy.created), operationWord(copy.operation), displayBytes(copy.path)});
    if (rows.isEmpty())
        context.out.line(QStringLiteral("No safety copies of %1.").arg(displayBytes(directory)));
    else
        context.out.table({{QStringLiteral("put aside")}, {QStringLiteral("by")}, {QStringLiteral("path")}}, rows);
    return kSucceeded;
}

Result<int> Undo::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, *this));
    const QByteArray directory = absolute(paths[0]);
    recoverQuietly(directory, context);
    if (parser.isSet(QStringLiteral("list")))
        return list(directory, context);
    STRONGROOM_TRY(const Plan plan, planUndo(directory, context.monitor));
    if (parser.isSet(QStringLiteral("dry-run"))) {
        context.out.object(name(), {{QStringLiteral("plan"), plan.toJson()}});
        printPlan(plan, context.out);
        return kSucceeded;
    }
    STRONGROOM_CHECK(confirm(parser, context, directory, QStringLiteral("yes"),
                             QStringLiteral("This puts back what was in %1 before. What is there now is kept.").arg(displayBytes(directory))));
    const Report report = runUndo(directory, plan, context.now, context.monitor);
    if (!report.succeeded())
        return std::unexpected(report.error.value_or(Error{}));
    const auto copies = listSafetyCopies(directory);
    QJsonObject object = report.toJson();
    object.insert(QStringLiteral("undone"), pathToJson(directory));
    object.insert(QStringLiteral("safety_copies"), copies ? copiesToJson(*copies) : QJsonArray());
    context.out.object(name(), object);
    context.out.line(QStringLiteral("%1 is as it was before; what it replaced is kept in %2")
                     .arg(displayBytes(directory), displayBytes(report.safetyCopy)));
    return exitStatusOf(report);
}

/// What is left undone, as the plan of recovering it.
Result<int> planRecovery(const QByteArray &directory, const Command &command, Context &context)
{
    STRONGROOM_TRY(const bool unfinished, isUnfinished(directory));
    QList<QByteArray> paths;
    if (unfinished)
        paths.append(directory);
    if (const auto partials = unfinishedBackups(directory, context.monitor))
        paths += *partials;
    QJsonArray array;
    for (const QByteArray &path : std::as_const(paths)) {
        array.append(pathToJson(path));
        context.out.line(QStringLiteral("unfinished: %1").arg(displayBytes(path)));
    }
    context.out.object(command.name(), {{QStringLiteral("plan"), QJsonObject{{QStringLiteral("unfinished"), array}}}});
    if (paths.isEmpty())
        context.out.line(QStringLiteral("Nothing was left behind."));
    return kSucceeded;
}

Result<int> Recover::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, *this));
    const QByteArray directory = absolute(paths[0]);
    if (parser.isSet(QStringLiteral("dry-run")))
        return planRecovery(directory, *this, context);
    // Nothing to ask: it happens whenever the directory is opened.
    STRONGROOM_TRY(QList<Recovered> recovered, recover(directory, context.monitor));
    // A backup folder may be given too: its unfinished archives are leftovers like any other.
    if (const auto partials = recoverBackupFolder(directory, context.monitor))
        recovered += *partials;
    QJsonArray array;
    for (const Recovered &what : recovered) {
        array.append(QJsonObject{{QStringLiteral("operation"), what.operation},
                                 {QStringLiteral("outcome"), what.outcome},
                                 {QStringLiteral("path"), pathToJson(what.path)}});
        context.out.line(QStringLiteral("%1: %2 (%3)").arg(what.operation, what.outcome, displayBytes(what.path)));
    }
    context.out.object(name(), {{QStringLiteral("recovered"), array}});
    if (recovered.isEmpty())
        context.out.line(QStringLiteral("Nothing was left behind."));
    return kSucceeded;
}

}  // namespace

const Command &undoCommand()
{
    static const Undo command;
    return command;
}

const Command &recoverCommand()
{
    static const Recover command;
    return command;
}

}  // namespace strongroom::app::ctl
