// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/passphrase.h"
#include "app/paths.h"
#include "storage/archive/inspect.h"
#include "storage/ops/inspection.h"
#include "storage/ops/listing.h"
#include "storage/ops/nestedset.h"
#include "storage/ops/survey.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

constexpr qint64 kKeepBytes = 16 << 20;
constexpr qint64 kKeepTotal = 512 << 20;

class Contents final : public Command {
public:
    QString name() const override { return QStringLiteral("contents"); }
    QString summary() const override { return QStringLiteral("List what is in an archive"); }
    QString argumentsSyntax() const override { return QStringLiteral("ARCHIVE"); }
    void addOptions(QCommandLineParser &parser) const override;
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;

private:
    struct Listing {
        QList<Member> members;
        QList<NestedArchive> nested;
    };
    Result<Listing> listingOf(ArchiveFile &archive, const QCommandLineParser &parser, Context &context) const;
};

void Contents::addOptions(QCommandLineParser &parser) const
{
    parser.addOption({QStringLiteral("items"), QStringLiteral("Sessions, entities, volumes and snapshots too.")});
    addPassphraseOptions(parser);
}

QJsonObject memberToJson(const Member &member)
{
    QJsonObject o{{QStringLiteral("path"), pathToJson(member.path.bytes())},
                  {QStringLiteral("type"), memberTypeWord(member.type)},
                  {QStringLiteral("bytes"), member.size},
                  {QStringLiteral("mode"), QString::number(member.mode, 8).rightJustified(4, u'0')},
                  {QStringLiteral("modified"), isoUtc(QDateTime::fromMSecsSinceEpoch(member.mtimeNs / 1'000'000, Qt::UTC))},
                  {QStringLiteral("sha256"), member.sha256 ? QJsonValue(QString::fromLatin1(toHex(*member.sha256))) : QJsonValue()}};
    if (!member.link.isEmpty())
        o.insert(QStringLiteral("link"), pathToJson(member.link));
    return o;
}

QJsonArray nestedToJson(const QList<NestedArchive> &nested)
{
    QJsonArray array;
    for (const NestedArchive &one : nested) {
        QJsonArray members;
        for (const Member &member : one.judgement.members)
            members.append(memberToJson(member));
        array.append(QJsonObject{{QStringLiteral("archive"), pathToJson(one.member.bytes())},
                                 {QStringLiteral("verdict"), verdictWord(one.judgement.verdict)},
                                 {QStringLiteral("members"), members}});
    }
    return array;
}

QStringList memberRow(const Member &member, const QString &path)
{
    return {memberTypeWord(member.type), QString::number(member.mode, 8), QString::number(member.size),
            humanTime(QDateTime::fromMSecsSinceEpoch(member.mtimeNs / 1'000'000, Qt::UTC)), path};
}

Result<QList<Item>> itemsOf(const ArchiveFile &archive, Monitor &monitor)
{
    SurveyRequest request;
    request.keepBytes = kKeepBytes;
    request.keepTotal = kKeepTotal;
    request.withItems = true;
    STRONGROOM_TRY(ArchiveSurvey survey, surveyArchive(archive, Limits::production(), request, monitor));
    if (survey.unlisted)
        return std::unexpected(*std::move(survey.unlisted));
    return std::move(survey.items);
}

/// By its index when it was verified and is what it was then; else it is verified now.
Result<Contents::Listing> Contents::listingOf(ArchiveFile &archive, const QCommandLineParser &parser, Context &context) const
{
    VerificationLog log(verificationLogFile());
    STRONGROOM_TRY(auto known, listVerified(archive, log, context.out.isJson(), context.monitor));
    if (known && !isBackupSet(*known))
        return Listing{*std::move(known), {}};
    STRONGROOM_TRY(Judgement judgement, withPassphrase<Judgement>(archive.path(), parser, context, *this, [&](const Passphrase &passphrase) {
        archive.setPassphrase(passphrase);
        return inspectArchive(archive, Limits::production(), context.monitor);
    }));
    log.record(archive.stamp(), {context.now, judgement.verdict});
    if (!judgement.isUsable())
        return std::unexpected(judgement.refusal(archive.path()));
    Listing listing;
    STRONGROOM_TRY(listing.nested, inspectNested(archive, judgement, Limits::production(), context.monitor));
    listing.members = std::move(judgement.members);
    return listing;
}

Result<int> Contents::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, *this));
    STRONGROOM_TRY(ArchiveFile archive, ArchiveFile::open(absolute(paths[0])));
    STRONGROOM_TRY(const Listing listing, listingOf(archive, parser, context));

    QList<Item> items;
    const bool withItems = parser.isSet(QStringLiteral("items"));
    if (withItems) {
        STRONGROOM_TRY(items, itemsOf(archive, context.monitor));
    }
    QJsonArray members;
    for (const Member &member : listing.members)
        members.append(memberToJson(member));
    const QList<NestedArchive> &nested = listing.nested;
    QJsonObject object{{QStringLiteral("archive"), pathToJson(archive.path())}, {QStringLiteral("members"), members}};
    if (!nested.isEmpty())
        object.insert(QStringLiteral("nested"), nestedToJson(nested));
    if (withItems) {
        QJsonArray array;
        for (const Item &item : items)
            array.append(item.toJson());
        object.insert(QStringLiteral("items"), array);
    }
    context.out.object(name(), object);
    if (context.out.isJson())
        return kSucceeded;
    QList<QStringList> rows;
    if (withItems) {
        for (const Item &item : items)
            rows.append({kindWord(item.kind), humanBytes(item.bytes), item.id, item.title});
        context.out.table({{QStringLiteral("kind")}, {QStringLiteral("size"), true}, {QStringLiteral("id")}, {QStringLiteral("title")}}, rows);
        return kSucceeded;
    }
    for (const Member &member : listing.members)
        rows.append(memberRow(member, member.path.display()));
    for (const NestedArchive &one : nested) {
        for (const Member &member : one.judgement.members)
            rows.append(memberRow(member, one.member.display() + QStringLiteral(": ") + member.path.display()));
    }
    context.out.table({{QStringLiteral("type")}, {QStringLiteral("mode"), true}, {QStringLiteral("bytes"), true},
                       {QStringLiteral("modified")}, {QStringLiteral("path")}}, rows);
    for (const NestedArchive &one : nested) {
        if (!one.judgement.isUsable())
            context.out.warning(describe(one.judgement.refusal(one.member.bytes())).oneLine());
    }
    return kSucceeded;
}

}  // namespace

const Command &contentsCommand()
{
    static const Contents command;
    return command;
}

}  // namespace strongroom::app::ctl
