// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/limitsoption.h"
#include "app/ctl/passphrase.h"
#include "app/paths.h"
#include "storage/ops/backupfolder.h"
#include "storage/ops/inspection.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Verify final : public Command {
public:
    QString name() const override { return QStringLiteral("verify"); }
    QString summary() const override { return QStringLiteral("Read every byte of an archive against its checksums and manifest"); }
    QString argumentsSyntax() const override { return QStringLiteral("ARCHIVE"); }
    void addOptions(QCommandLineParser &parser) const override
    {
        addLimitsOption(parser);
        addPassphraseOptions(parser);
    }
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

QJsonArray problemsToJson(const QList<Problem> &problems)
{
    QJsonArray array;
    for (const Problem &problem : problems)
        array.append(QJsonObject{{QStringLiteral("code"), codeWord(problem.code)},
                                 {QStringLiteral("message"), problem.message},
                                 {QStringLiteral("member"), problem.member.isEmpty() ? QJsonValue() : pathToJson(problem.member)}});
    return array;
}

Result<int> Verify::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, *this));
    STRONGROOM_TRY(const Limits limits, limitsOf(parser, *this));
    STRONGROOM_TRY(ArchiveFile archive, ArchiveFile::open(absolute(paths[0])));
    STRONGROOM_TRY(const Judgement judgement, withPassphrase<Judgement>(archive.path(), parser, context, *this, [&](const Passphrase &passphrase) {
        archive.setPassphrase(passphrase);
        return inspectArchive(archive, limits, context.monitor);
    }));
    VerificationLog log(verificationLogFile());
    log.record(archive.stamp(), {context.now, judgement.verdict});
    context.out.object(name(), {{QStringLiteral("archive"), pathToJson(archive.path())},
                                {QStringLiteral("verdict"), verdictWord(judgement.verdict)},
                                {QStringLiteral("members"), qint64(judgement.members.size())},
                                {QStringLiteral("bytes"), judgement.bytes},
                                {QStringLiteral("sha256"), QString::fromLatin1(judgement.archiveSha256Hex)},
                                {QStringLiteral("problems"), problemsToJson(judgement.problems)},
                                {QStringLiteral("notes"), problemsToJson(judgement.notes)}});
    context.out.line(QStringLiteral("%1: %2, %3 members, %4").arg(displayBytes(archive.path()), verdictWord(judgement.verdict))
                     .arg(judgement.members.size()).arg(humanBytes(judgement.bytes)));
    for (const Problem &problem : judgement.problems + judgement.notes)
        context.out.warning(problem.message);
    return judgement.isUsable() ? kSucceeded : kRefused;
}

}  // namespace

const Command &verifyCommand()
{
    static const Verify command;
    return command;
}

}  // namespace strongroom::app::ctl
