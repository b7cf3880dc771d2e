// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
// strongroomctl: the headless half. Parses the words before the command, runs it, maps errors to exit
// statuses. Stops cleanly on SIGINT and SIGTERM through the monitor.

#include "app/ctl/arguments.h"
#include "app/ctl/command.h"
#include "app/ctl/progress.h"

#include <QCoreApplication>
#include <QSysInfo>

#include <csignal>
#include <cstdio>
#include <optional>
#include <unistd.h>

using namespace strongroom::app::ctl;
using namespace strongroom::storage;

namespace {

Monitor monitor;

void onStopSignal(int)
{
    monitor.requestStop();   // one lock-free atomic store: safe in a handler
}

void installSignalHandlers()
{
    struct sigaction action = {};
    action.sa_handler = onStopSignal;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

struct Globals {
    bool json = false;
    bool quiet = false;
    ProgressStyle progress = ProgressStyle::None;
    QString command;
    QStringList rest;   // options and arguments of the command
    QString problem;    // of the words themselves
};

std::optional<ProgressStyle> progressStyle(const QString &word)
{
    if (word == u"auto")
        return ::isatty(STDERR_FILENO) ? ProgressStyle::Line : ProgressStyle::None;
    if (word == u"none")
        return ProgressStyle::None;
    if (word == u"json")
        return ProgressStyle::Json;
    return std::nullopt;
}

/// --json, --quiet and --progress may stand before or after the command; everything up to "--" is looked at.
Globals parseGlobals(const QStringList &words)
{
    Globals globals;
    QString progress = QStringLiteral("auto");
    bool literal = false;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words[i];
        if (literal || (!word.startsWith(QLatin1String("--json")) && !word.startsWith(QLatin1String("--quiet"))
                        && !word.startsWith(QLatin1String("--progress")))) {
            literal = literal || word == u"--";
            if (globals.command.isEmpty() && (!word.startsWith(u'-') || word == u"--help" || word == u"-h" || word == u"--version"))
                globals.command = word;
            else
                globals.rest.append(word);
            continue;
        }
        if (word == u"--json")
            globals.json = true;
        else if (word == u"--quiet")
            globals.quiet = true;
        else if (word == u"--progress" && i + 1 < words.size())
            progress = words[++i];
        else if (word.startsWith(QLatin1String("--progress=")))
            progress = word.mid(11);
        else
            globals.problem = QStringLiteral("unknown option %1").arg(word);
    }
    if (const auto style = progressStyle(progress))
        globals.progress = *style;
    else
        globals.problem = QStringLiteral("--progress takes auto, none or json");
    return globals;
}

int finish(Output &out, const QString &command, const Error &error)
{
    if (out.isJson())
        out.object(command, {{QStringLiteral("error"), errorToJson(error)}});
    else
        out.error(error);
    return exitStatusOf(error);
}

int runCommand(const Command &command, const Globals &globals, Output &out)
{
    QCommandLineParser parser;
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    command.addOptions(parser);
    if (!parser.parse(QStringList{command.name()} + globals.rest))
        return finish(out, command.name(), usage(command, parser.errorText()).error());

    const QDateTime local = QDateTime::currentDateTime();
    Context context{out, monitor, local.toUTC(), local, QSysInfo::machineHostName()};
    Result<int> status = [&] {
        const ProgressPrinter progress(monitor, globals.progress);
        return command.run(parser, context);
    }();
    return status ? *status : finish(out, command.name(), status.error());
}

}  // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("strongroomctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(STRONGROOM_VERSION));
    installSignalHandlers();

    QStringList words;
    for (int i = 1; i < argc; ++i)
        words.append(argumentFromBytes(argv[i]));
    Globals globals = parseGlobals(words);
    Output out(globals.json, globals.quiet);
    if (!globals.problem.isEmpty())
        return finish(out, globals.command.isEmpty() ? QStringLiteral("help") : globals.command,
                      fail(ErrorCode::Usage, {}, {globals.problem}).error());
    if (globals.command == u"--version") {
        printf("strongroomctl %s\n", STRONGROOM_VERSION);
        return kSucceeded;
    }
    if (globals.command.isEmpty() || globals.command == u"--help" || globals.command == u"-h") {
        const bool asked = !globals.command.isEmpty();
        const int status = runCommand(*commandByName(u"help"), globals, out);
        return asked ? status : kUsage;
    }
    const Command *command = commandByName(globals.command);
    if (!command)
        return finish(out, globals.command, fail(ErrorCode::Usage, {},
                      {QStringLiteral("there is no command “%1”; see strongroomctl help").arg(globals.command)}).error());
    if (globals.rest.contains(QStringLiteral("--help"))) {
        globals.rest = {command->name()};
        command = commandByName(u"help");
    }
    return runCommand(*command, globals, out);
}
