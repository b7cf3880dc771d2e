// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/paths.h"
#include "storage/ops/backupfolder.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Archives final : public Command {
public:
    QString name() const override { return QStringLiteral("archives"); }
    QString summary() const override { return QStringLiteral("List the archives in a backup folder, ours and foreign"); }
    QString argumentsSyntax() const override { return QStringLiteral("FOLDER"); }
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

QJsonObject toJson(const BackupInfo &info)
{
    return {{QStringLiteral("path"), pathToJson(info.path)},
            {QStringLiteral("kind"), info.kind},
            {QStringLiteral("created"), isoUtcOrNull(info.created)},
            {QStringLiteral("bytes"), info.bytes},
            {QStringLiteral("layout"), info.layout.isEmpty() ? QJsonValue() : QJsonValue(info.layout)},
            {QStringLiteral("scope"), info.scope.isEmpty() ? QJsonValue() : QJsonValue(QJsonArray::fromStringList(info.scope))},
            {QStringLiteral("manifest"), info.manifest},
            {QStringLiteral("verified"), info.verified},
            {QStringLiteral("verified_at"), isoUtcOrNull(info.verifiedAt)},
            {QStringLiteral("encrypted"), info.encrypted},
            {QStringLiteral("pinned"), info.pinned},
            {QStringLiteral("partial"), info.partial},
            {QStringLiteral("source"), info.source.isEmpty() ? QJsonValue() : pathToJson(info.source)},
            {QStringLiteral("note"), info.note}};
}

Result<int> Archives::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, *this));
    const VerificationLog log(verificationLogFile());
    STRONGROOM_TRY(const QList<BackupInfo> archives, listArchives(absolute(paths[0]), log, context.monitor));
    QJsonArray array;
    QList<QStringList> rows;
    for (const BackupInfo &info : archives) {
        array.append(toJson(info));
        const QString state = info.partial ? QStringLiteral("unfinished")
            : info.verdict                 ? verdictWord(*info.verdict) + QStringLiteral(" ") + humanTime(info.verifiedAt)
                                           : QStringLiteral("not verified");
        rows.append({humanTime(info.created), humanBytes(info.bytes), info.kind, info.layout.isEmpty() ? QStringLiteral("-") : info.layout,
                     info.scope.isEmpty() ? QStringLiteral("-") : info.scope.join(u' '), state,
                     displayBytes(info.path.mid(info.path.lastIndexOf('/') + 1))});
    }
    context.out.object(name(), {{QStringLiteral("archives"), array}});
    if (archives.isEmpty())
        context.out.line(QStringLiteral("No archives in %1.").arg(displayBytes(absolute(paths[0]))));
    else
        context.out.table({{QStringLiteral("created")}, {QStringLiteral("size"), true}, {QStringLiteral("kind")}, {QStringLiteral("layout")},
                           {QStringLiteral("scope")}, {QStringLiteral("verified")}, {QStringLiteral("name")}}, rows);
    return kSucceeded;
}

}  // namespace

const Command &archivesCommand()
{
    static const Archives command;
    return command;
}

}  // namespace strongroom::app::ctl
