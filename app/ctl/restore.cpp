// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/commands.h"
#include "app/ctl/jobsoption.h"
#include "app/ctl/limitsoption.h"
#include "app/ctl/passphrase.h"
#include "storage/ops/restore.h"

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Restore final : public Command {
public:
    QString name() const override { return QStringLiteral("restore"); }
    QString summary() const override { return QStringLiteral("Put an archive back, atomically and with undo"); }
    QString argumentsSyntax() const override { return QStringLiteral("ARCHIVE --into DIR"); }
    void addOptions(QCommandLineParser &parser) const override;
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

void Restore::addOptions(QCommandLineParser &parser) const
{
    parser.addOption({QStringLiteral("into"), QStringLiteral("The data directory itself; its parent must exist."), QStringLiteral("DIR")});
    parser.addOption({QStringLiteral("scope"), QStringLiteral("everything (default) or volume:NAME; may be repeated."), QStringLiteral("SCOPE")});
    parser.addOption({QStringLiteral("on-conflict"), QStringLiteral("replace (default), or refuse where anything there would be replaced or removed."), QStringLiteral("WHAT")});
    parser.addOption({QStringLiteral("as-copy"), QStringLiteral("Into a new folder beside DIR; nothing is replaced.")});
    parser.addOption({QStringLiteral("allow-link"), QStringLiteral("Restore this outward link too; may be repeated."), QStringLiteral("PATH")});
    addJobsOption(parser);
    addLimitsOption(parser);
    addPassphraseOptions(parser);
    addChangeOptions(parser);
}

Result<RestoreRequest> parseRequest(const QCommandLineParser &parser, const Context &context, const Command &command)
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, command));
    if (parser.value(QStringLiteral("into")).isEmpty())
        return usage(command, QStringLiteral("--into DIR is missing"));
    RestoreRequest request;
    request.archive = absolute(paths[0]);
    request.into = absolute(bytesOf(parser.value(QStringLiteral("into"))));
    if (parser.isSet(QStringLiteral("scope")))
        request.scope = parser.values(QStringLiteral("scope"));
    const QString onConflict = parser.value(QStringLiteral("on-conflict"));
    if (onConflict == u"keep")
        return fail(ErrorCode::NotSupported, bytesOf(parser.value(QStringLiteral("into"))), {QStringLiteral("--on-conflict keep")});
    if (parser.isSet(QStringLiteral("on-conflict")) && onConflict != u"replace" && onConflict != u"refuse")
        return usage(command, QStringLiteral("--on-conflict takes replace or refuse"));
    STRONGROOM_TRY(request.limits, limitsOf(parser, command));
    request.asCopy = parser.isSet(QStringLiteral("as-copy"));
    for (const QString &link : parser.values(QStringLiteral("allow-link")))
        request.allowedLinks.append(bytesOf(link));
    request.now = context.now;
    request.localNow = context.localNow;
    STRONGROOM_TRY(request.jobs, jobsOf(parser, command));
    return request;
}

QJsonObject reportToJson(const Report &report)
{
    return {{QStringLiteral("created"), report.created},
            {QStringLiteral("replaced"), report.replaced},
            {QStringLiteral("removed"), report.removed},
            {QStringLiteral("kept"), report.kept},
            {QStringLiteral("bytes"), report.bytes},
            {QStringLiteral("safety_copy"), report.safetyCopy.isEmpty() ? QJsonValue() : pathToJson(report.safetyCopy)}};
}

Result<int> Restore::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(RestoreRequest request, parseRequest(parser, context, *this));
    recoverQuietly(request.into, context);
    STRONGROOM_TRY(PreparedRestore prepared, withPassphrase<PreparedRestore>(request.archive, parser, context, *this, [&](const Passphrase &passphrase) {
        request.passphrase = passphrase;
        return prepareRestore(request, context.monitor);
    }));
    const Plan &plan = prepared.plan();
    const auto totals = plan.totals();
    if (parser.value(QStringLiteral("on-conflict")) == u"refuse"
        && totals[size_t(Verb::Replace)].steps + totals[size_t(Verb::Remove)].steps > 0)
        return fail(ErrorCode::AlreadyExists, plan.directory);
    if (parser.isSet(QStringLiteral("dry-run"))) {
        context.out.object(name(), {{QStringLiteral("plan"), plan.toJson()}});
        printPlan(plan, context.out);
        return kSucceeded;
    }
    if (plan.replacesLiveData) {
        const QString question = QStringLiteral("This replaces live data in %1 by %2. What is replaced is kept for undo.")
                                     .arg(displayBytes(plan.directory), displayBytes(plan.archive));
        if (!context.out.isJson() && !parser.isSet(QStringLiteral("yes")))
            printPlan(plan, context.out);
        STRONGROOM_CHECK(confirm(parser, context, plan.directory, QStringLiteral("yes"), question));
    }
    const Report report = runRestore(prepared, context.monitor);
    if (!report.succeeded())
        return std::unexpected(report.error.value_or(Error{}));

    QJsonObject object = report.toJson();
    object.insert(QStringLiteral("report"), reportToJson(report));
    context.out.object(name(), object);
    context.out.line(QStringLiteral("%1: %2 created, %3 replaced, %4 removed, %5 kept, %6").arg(displayBytes(report.directory))
                     .arg(report.created).arg(report.replaced).arg(report.removed).arg(report.kept).arg(humanBytes(report.bytes)));
    if (!report.safetyCopy.isEmpty())
        context.out.line(QStringLiteral("What was there before is kept in %1; put it back with: strongroomctl undo %2")
                         .arg(displayBytes(report.safetyCopy), displayBytes(report.directory)));
    for (const PlanWarning &warning : report.warnings)
        context.out.warning(warning.message);
    return exitStatusOf(report);
}

}  // namespace

const Command &restoreCommand()
{
    static const Restore command;
    return command;
}

}  // namespace strongroom::app::ctl
