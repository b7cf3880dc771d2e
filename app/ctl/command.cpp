// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"

#include "app/ctl/arguments.h"
#include "storage/dirtree.h"
#include "storage/ops/safety.h"

#include <QTextStream>

#include <cstdio>
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
    return absolutePath(path);
}

void addChangeOptions(QCommandLineParser &parser)
{
    parser.addOption({QStringLiteral("dry-run"), QStringLiteral("Print the plan and change nothing.")});
    parser.addOption({QStringLiteral("yes"), QStringLiteral("Do it without asking.")});
}

bool confirmed(const QCommandLineParser &parser, Context &context, const QString &word, const QString &question)
{
    if (parser.isSet(QStringLiteral("yes")))
        return true;
    if (context.out.isJson() || !::isatty(STDIN_FILENO) || !::isatty(STDERR_FILENO))
        return false;
    fprintf(stderr, "%s\nType %s to continue: ", question.toUtf8().constData(), word.toUtf8().constData());
    fflush(stderr);
    QTextStream in(stdin);
    return in.readLine() == word;
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
