// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Help final : public Command {
public:
    QString name() const override { return QStringLiteral("help"); }
    QString summary() const override { return QStringLiteral("Explain a command"); }
    QString argumentsSyntax() const override { return QStringLiteral("[COMMAND]"); }
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

void printOverview(Output &out)
{
    out.line(QStringLiteral("strongroomctl %1: looks after application data directories").arg(QStringLiteral(STRONGROOM_VERSION)));
    out.line();
    out.line(QStringLiteral("Usage: strongroomctl [--json] [--quiet] [--progress auto|none|json] COMMAND [options] ARGUMENTS"));
    out.line();
    QList<QStringList> rows;
    for (const Command *command : allCommands())
        rows.append({command->name(), command->summary()});
    out.table({{QStringLiteral("command")}, {QStringLiteral("does")}}, rows);
    out.line();
    out.line(QStringLiteral("Exit status: 0 succeeded, 1 failed, 2 usage, 3 completed with warnings or differences were found,"));
    out.line(QStringLiteral("4 refused by a safety rule, 130 cancelled. See strongroomctl help COMMAND."));
}

void printCommand(const Command &command, Output &out)
{
    out.line(QStringLiteral("strongroomctl %1 %2").arg(command.name(), command.argumentsSyntax()));
    out.line(command.summary() + u'.');
    QCommandLineParser parser;
    command.addOptions(parser);
    const QString text = parser.helpText();
    const qsizetype options = text.indexOf(QLatin1String("Options:"));
    if (options >= 0) {
        out.line();
        out.line(text.mid(options).trimmed());
    }
}

Result<int> Help::run(const QCommandLineParser &parser, Context &context) const
{
    const QStringList words = parser.positionalArguments();
    const Command *command = words.isEmpty() ? nullptr : commandByName(words.first());
    if (!words.isEmpty() && !command)
        return usage(*this, QStringLiteral("there is no command “%1”").arg(words.first()));
    QJsonArray array;
    for (const Command *each : allCommands())
        array.append(QJsonObject{{QStringLiteral("name"), each->name()},
                                 {QStringLiteral("arguments"), each->argumentsSyntax()},
                                 {QStringLiteral("summary"), each->summary()}});
    context.out.object(name(), {{QStringLiteral("commands"), array}});
    if (command)
        printCommand(*command, context.out);
    else
        printOverview(context.out);
    return kSucceeded;
}

}  // namespace

const Command &helpCommand()
{
    static const Help command;
    return command;
}

}  // namespace strongroom::app::ctl
