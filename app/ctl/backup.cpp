// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/commands.h"
#include "app/ctl/jobsoption.h"
#include "app/paths.h"
#include "storage/ops/backup.h"
#include "storage/ops/backupfolder.h"
#include "storage/ops/safety.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Backup final : public Command {
public:
    QString name() const override { return QStringLiteral("backup"); }
    QString summary() const override { return QStringLiteral("Back up a data directory into one verified archive"); }
    QString argumentsSyntax() const override { return QStringLiteral("DIR --to FOLDER"); }
    void addOptions(QCommandLineParser &parser) const override;
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

void Backup::addOptions(QCommandLineParser &parser) const
{
    parser.addOption({QStringLiteral("to"), QStringLiteral("The backup folder; it must exist."), QStringLiteral("FOLDER")});
    parser.addOption({QStringLiteral("scope"), QStringLiteral("everything (default) or volume:NAME; may be repeated."), QStringLiteral("SCOPE")});
    parser.addOption({QStringLiteral("format"), QStringLiteral("tar.gz (default) or tar.zst."), QStringLiteral("FORMAT")});
    parser.addOption({QStringLiteral("level"), QStringLiteral("Compression level."), QStringLiteral("N")});
    parser.addOption({QStringLiteral("name"), QStringLiteral("File name of the archive."), QStringLiteral("NAME")});
    parser.addOption({QStringLiteral("note"), QStringLiteral("Text kept in the manifest."), QStringLiteral("TEXT")});
    parser.addOption({QStringLiteral("pin"), QStringLiteral("Never let retention remove it.")});
    parser.addOption({QStringLiteral("reread"), QStringLiteral("Read every file, whatever the last archive has of it.")});
    parser.addOption({QStringLiteral("reread-every"), QStringLiteral("Do so in one of N backups (10)."), QStringLiteral("N")});
    addJobsOption(parser);
    addChangeOptions(parser);
}

Result<int> number(const QCommandLineParser &parser, const QString &option, int fallback, int low, int high, const Command &command)
{
    if (!parser.isSet(option))
        return fallback;
    bool ok = false;
    const int value = parser.value(option).toInt(&ok);
    if (!ok || value < low || value > high)
        return usage(command, QStringLiteral("--%1 takes a number from %2 to %3").arg(option).arg(low).arg(high));
    return value;
}

Result<BackupRequest> parseRequest(const QCommandLineParser &parser, const Context &context, const Command &command)
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, command));
    if (parser.value(QStringLiteral("to")).isEmpty())
        return usage(command, QStringLiteral("--to FOLDER is missing"));
    BackupRequest request;
    request.directory = absolute(paths[0]);
    request.folder = absolute(bytesOf(parser.value(QStringLiteral("to"))));
    if (parser.isSet(QStringLiteral("scope")))
        request.scope = parser.values(QStringLiteral("scope"));
    const QString format = parser.value(QStringLiteral("format"));
    if (format == u"tar.zst")
        request.format = ArchiveFormat::TarZstd;
    else if (!format.isEmpty() && format != u"tar.gz")
        return usage(command, QStringLiteral("--format takes tar.gz or tar.zst"));
    const bool zstd = request.format == ArchiveFormat::TarZstd;
    STRONGROOM_TRY(request.level, number(parser, QStringLiteral("level"), -1, zstd ? 1 : 0, zstd ? 19 : 12, command));
    STRONGROOM_TRY(request.jobs, jobsOf(parser, command));
    request.name = parser.value(QStringLiteral("name"));
    if (parser.isSet(QStringLiteral("name")) && (request.name.isEmpty() || request.name.contains(u'/')))
        return usage(command, QStringLiteral("--name takes a file name"));
    request.note = parser.value(QStringLiteral("note"));
    request.pin = parser.isSet(QStringLiteral("pin"));
    request.reuseTables = reuseFolder();
    request.reread = parser.isSet(QStringLiteral("reread"));
    STRONGROOM_TRY(request.rereadEvery, number(parser, QStringLiteral("reread-every"), request.rereadEvery, 1, 1'000'000, command));
    request.now = context.now;
    request.localNow = context.localNow;
    request.host = context.host;
    return request;
}

QJsonObject toJson(const Report &report)
{
    QJsonArray warnings;
    for (const PlanWarning &warning : report.warnings)
        warnings.append(warningToJson(warning));
    return {{QStringLiteral("archive"), pathToJson(report.archive)},
            {QStringLiteral("bytes"), report.bytes},
            {QStringLiteral("members"), report.members},
            {QStringLiteral("taken_over"), report.takenOver},
            {QStringLiteral("sha256"), QString::fromLatin1(report.sha256Hex)},
            {QStringLiteral("consistency"), report.consistency},
            {QStringLiteral("verified"), report.verified},
            {QStringLiteral("warnings"), warnings},
            {QStringLiteral("milliseconds"), report.milliseconds},
            {QStringLiteral("outcome"), outcomeWord(report.outcome)}};
}

void remember(const Report &report, Context &context)
{
    VerificationLog log(verificationLogFile());
    if (const auto archive = ArchiveFile::open(report.archive))
        log.record(archive->stamp(), {context.now, Verdict::Verified});
}

Result<int> Backup::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const BackupRequest request, parseRequest(parser, context, *this));
    recoverQuietly(request.directory, context);
    const bool dryRun = parser.isSet(QStringLiteral("dry-run"));
    if (!dryRun) {
        if (const auto recovered = recoverBackupFolder(request.folder, context.monitor)) {
            for (const Recovered &what : *recovered)
                context.out.warning(QStringLiteral("an unfinished backup was %1: %2").arg(what.outcome, displayBytes(what.path)));
        }
    }
    STRONGROOM_TRY(const Plan plan, planBackup(request, context.monitor));
    if (dryRun) {
        context.out.object(name(), {{QStringLiteral("plan"), plan.toJson()}});
        printPlan(plan, context.out);
        return kSucceeded;
    }
    const Report report = runBackup(request, plan, context.monitor);
    if (!report.succeeded())
        return std::unexpected(report.error.value_or(Error{}));
    if (report.verified)
        remember(report, context);
    context.out.object(name(), toJson(report));
    context.out.line(QStringLiteral("%1: %2, %3 members, verified").arg(displayBytes(report.archive), humanBytes(report.bytes)).arg(report.members));
    for (const PlanWarning &warning : report.warnings)
        context.out.warning(warning.message);
    return exitStatusOf(report);
}

}  // namespace

const Command &backupCommand()
{
    static const Backup command;
    return command;
}

}  // namespace strongroom::app::ctl
