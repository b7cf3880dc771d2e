// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
// strongroomctl: the headless half. Parses the words before the command, runs it, maps errors to exit
// statuses. Stops cleanly on SIGINT and SIGTERM through the monitor.

#include "app/ctl/arguments.h"
#include "app/ctl/command.h"
#include "app/ctl/progress.h"
#include "storage/worker/sandbox.h"
#include "storage/worker/worker.h"
#include "storage/worker/workerchild.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QSysInfo>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <malloc.h>
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

/// A closed standard stream is opened on nothing: otherwise the next file, an archive perhaps, would get its
/// number and with it everything that is said.
void openStandardStreams()
{
    for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::dup(fd)) {
        if (fd > STDERR_FILENO) {
            ::close(fd);
            return;
        }
    }
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
        else if (word == u"--progress")
            progress = words.value(++i);
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

/// Before "--": what follows it are names.
bool asksForHelp(const QStringList &words)
{
    const QStringList options = words.mid(0, words.indexOf(QStringLiteral("--")));
    return options.contains(QStringLiteral("--help")) || options.contains(QStringLiteral("-h"));
}

/// Qt's sentences end, ours go on.
QString withoutFullStop(QString sentence)
{
    while (sentence.endsWith(u'.'))
        sentence.chop(1);
    return sentence;
}

int runCommand(const Command &command, const Globals &globals, Output &out)
{
    QCommandLineParser parser;
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    command.addOptions(parser);
    if (!parser.parse(QStringList{command.name()} + globals.rest))
        return finish(out, command.name(), usage(command, withoutFullStop(parser.errorText())).error());

    const QDateTime local = QDateTime::currentDateTime();
    Result<int> status = [&] {
        ProgressPrinter progress(monitor, globals.progress);
        out.setProgress(&progress);
        Context context{out, monitor, progress, local.toUTC(), local, QSysInfo::machineHostName()};
        Result<int> done = command.run(parser, context);
        out.setProgress(nullptr);
        return done;
    }();
    return status ? *status : finish(out, command.name(), status.error());
}

/// From the parsed words to the exit status.
int answer(Globals &globals, Output &out)
{
    if (!globals.problem.isEmpty())
        return finish(out, globals.command.isEmpty() ? QStringLiteral("help") : globals.command,
                      fail(ErrorCode::Usage, {}, {globals.problem}).error());
    if (globals.command == u"--version") {
        const QString worker = sandboxWords(availableSandbox());
        out.object(QStringLiteral("version"), {{QStringLiteral("version"), QStringLiteral(STRONGROOM_VERSION)},
                                               {QStringLiteral("worker"), worker}});
        out.line(QStringLiteral("strongroomctl " STRONGROOM_VERSION));
        out.line(QStringLiteral("archives are read by a process with %1").arg(worker));
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
    if (asksForHelp(globals.rest)) {
        globals.rest = {command->name()};
        command = commandByName(u"help");
    }
    return runCommand(*command, globals, out);
}

/// glibc reserves 64 MiB of address space for every thread that allocates: with a ceiling on that (ulimit -v) a few
/// workers reach it long before their memory is used.
void limitArenas()
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 2);
#endif
}

}  // namespace

int main(int argc, char **argv)
{
    if (isWorkerCall(argc, argv))
        return runWorker();
    openStandardStreams();
    limitArenas();
    setWorkerProgram("/proc/self/exe");
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("strongroomctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(STRONGROOM_VERSION));
    // What is wrong with an archive is said once, by us; KArchive would tell stderr as well.
    QLoggingCategory::setFilterRules(QStringLiteral("kf.archive.warning=false"));
    installSignalHandlers();

    QStringList words;
    for (int i = 1; i < argc; ++i)
        words.append(argumentFromBytes(argv[i]));
    Globals globals = parseGlobals(words);
    Output out(globals.json, globals.quiet);
    const int status = answer(globals, out);
    if (out.flush())
        return status;
    // What was asked for is done or not, as the status says; whoever waits for the answer must not take half of it for the whole.
    fputs("strongroomctl: not everything could be written to standard output.\n", stderr);
    return status == kSucceeded || status == kWarnings ? kFailed : status;
}
