// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"

#include "app/ctl/arguments.h"
#include "app/ctl/progress.h"
#include "storage/dirtree.h"
#include "storage/ops/safety.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <unistd.h>

namespace strongroom::app::ctl {

using namespace storage;

int exitStatusOf(const Error &error)
{
    if (error.code == ErrorCode::Cancelled)
        return kCancelled;
    if (error.code == ErrorCode::Usage || error.code == ErrorCode::ScopeUnknown)
        return kUsage;
    return error.isRefusal() ? kRefused : kFailed;
}

int exitStatusOf(const Report &report)
{
    switch (report.outcome) {
    case Outcome::Succeeded: return kSucceeded;
    case Outcome::CompletedWithWarnings: return kWarnings;
    case Outcome::Cancelled: return kCancelled;
    case Outcome::Failed: break;
    }
    return report.error ? exitStatusOf(*report.error) : kFailed;
}

std::unexpected<Error> usage(const Command &command, const QString &why)
{
    return fail(ErrorCode::Usage, {}, {QStringLiteral("%1. Usage: strongroomctl %2 %3").arg(why, command.name(), command.argumentsSyntax())});
}

Result<QList<QByteArray>> positionals(const QCommandLineParser &parser, int count, const Command &command)
{
    const QStringList words = parser.positionalArguments();
    if (words.size() != count)
        return usage(command, words.size() < count ? QStringLiteral("an argument is missing") : QStringLiteral("too many arguments"));
    QList<QByteArray> paths;
    for (const QString &word : words) {
        if (word.isEmpty())
            return usage(command, QStringLiteral("an argument is empty"));
        paths.append(bytesOf(word));
    }
    return paths;
}

QByteArray absolute(const QByteArray &path)
{
    // "link/.." is the folder above what the link leads to, as it is for the shell and for every other program.
    const QByteArray slashed = path + '/';
    const qsizetype last = slashed.lastIndexOf("/../");
    const qsizetype end = last >= 0 ? last + 3 : slashed.startsWith("../") ? 2 : -1;
    if (end < 0)
        return absolutePath(path);
    const std::unique_ptr<char, decltype(&free)> above(::realpath(path.left(end).constData(), nullptr), &free);
    return absolutePath(above ? QByteArray(above.get()) + path.mid(end) : path);
}

// Not by stdio, which would go on waiting when a signal comes in between.
Result<QByteArray> typedLine(const Monitor &monitor)
{
    QByteArray line;
    for (;;) {
        char c = 0;
        const ssize_t n = monitor.stopRequested() ? -1 : ::read(STDIN_FILENO, &c, 1);
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        if (n == 0 || c == '\n' || (n < 0 && errno != EINTR))
            return line;
        if (n > 0)
            line.append(c);
    }
}

void addChangeOptions(QCommandLineParser &parser)
{
    parser.addOption({QStringLiteral("dry-run"), QStringLiteral("Print the plan and change nothing.")});
    parser.addOption({QStringLiteral("yes"), QStringLiteral("Do it without asking.")});
}

Result<void> confirm(const QCommandLineParser &parser, Context &context, const QByteArray &directory, const QString &word,
                     const QString &question)
{
    if (parser.isSet(QStringLiteral("yes")))
        return {};
    if (context.out.isJson() || !::isatty(STDIN_FILENO) || !::isatty(STDERR_FILENO))
        return fail(ErrorCode::ConfirmationMissing, directory);
    context.progress.pause();
    fprintf(stderr, "%s\nType %s to continue: ", question.toUtf8().constData(), word.toUtf8().constData());
    fflush(stderr);
    STRONGROOM_TRY(const QByteArray typed, typedLine(context.monitor));
    context.progress.resume();
    return typed == word.toUtf8() ? Result<void>() : fail(ErrorCode::ConfirmationMissing, directory);
}

void printPlan(const Plan &plan, Output &out)
{
    // A plan can have a million lines; people read the head of each group.
    constexpr qsizetype kShownPerVerb = 20;
    const auto totals = plan.totals();
    for (int v = 0; v < kVerbCount; ++v) {
        const VerbTotal &total = totals[size_t(v)];
        if (total.steps == 0)
            continue;
        out.line(out.bold(QStringLiteral("%1: %2 (%3 files, %4)").arg(verbWord(Verb(v))).arg(total.steps).arg(total.files).arg(humanBytes(total.bytes))));
        qsizetype shown = 0;
        for (const Step &step : plan.steps) {
            if (step.verb != Verb(v) || !step.enabled)
                continue;
            if (shown++ == kShownPerVerb) {
                out.line(QStringLiteral("  … and %1 more (all of them with --json)").arg(total.steps - kShownPerVerb));
                break;
            }
            const QString path = step.part.isRoot() ? displayBytes(plan.directory) : step.part.display();
            out.line(QStringLiteral("  %1%2").arg(path, step.reason.isEmpty() ? QString() : QStringLiteral("  (%1)").arg(step.reason)));
        }
    }
    for (const PlanWarning &warning : plan.warnings)
        out.line(QStringLiteral("warning: %1").arg(warning.message));
    if (plan.bytesNeeded > 0)
        out.line(QStringLiteral("Needs up to %1 in %2; %3 are free.").arg(humanBytes(plan.bytesNeeded),
                 displayBytes(plan.operation == Operation::Backup ? plan.archive : plan.directory), humanBytes(plan.bytesFree)));
}

void recoverQuietly(const QByteArray &directory, Context &context)
{
    const auto recovered = recover(directory, context.monitor);
    if (!recovered)
        return;
    for (const Recovered &what : *recovered)
        context.out.warning(QStringLiteral("an interrupted %1 was %2: %3").arg(what.operation, what.outcome, displayBytes(what.path)));
}

}  // namespace strongroom::app::ctl
