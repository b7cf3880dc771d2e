// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/commands.h"
#include "storage/datadirectory.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Show final : public Command {
public:
    QString name() const override { return QStringLiteral("show"); }
    QString summary() const override { return QStringLiteral("Show one item whole, secrets masked"); }
    QString argumentsSyntax() const override { return QStringLiteral("DIR sessions|entities|volumes|snapshots ID"); }
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

QJsonObject partToJson(const Part &part)
{
    QJsonObject o{{QStringLiteral("path"), pathToJson(part.path.bytes())},
                  {QStringLiteral("bytes"), part.bytes},
                  {QStringLiteral("modified"), isoUtcOrNull(part.modified)}};
    if (!part.record.isEmpty())
        o.insert(QStringLiteral("record"), part.record);
    if (part.shared)
        o.insert(QStringLiteral("shared"), true);
    return o;
}

QJsonObject toJson(const ItemDetails &details)
{
    QJsonArray parts;
    for (const Part &part : details.parts)
        parts.append(partToJson(part));
    QJsonArray relations;
    for (const Relation &relation : details.relations)
        relations.append(QJsonObject{{QStringLiteral("role"), relation.role},
                                     {QStringLiteral("kind"), kindWord(relation.target.kind)},
                                     {QStringLiteral("id"), relation.target.id},
                                     {QStringLiteral("title"), relation.title},
                                     {QStringLiteral("linked"), relation.linked}});
    QJsonObject facts;
    for (const Fact &fact : details.facts)
        facts.insert(fact.key, fact.value);
    return {{QStringLiteral("item"), details.item.toJson()},
            {QStringLiteral("parts"), parts},
            {QStringLiteral("relations"), relations},
            {QStringLiteral("facts"), facts},
            {QStringLiteral("metadata"), details.metadata}};
}

void print(const ItemDetails &details, Output &out)
{
    const Item &item = details.item;
    out.line(out.bold(item.title.isEmpty() ? item.id : item.title));
    QList<std::pair<QString, QString>> facts = {
        {QStringLiteral("Id"), item.id},
        {QStringLiteral("State"), stateWord(item.state)},
        {QStringLiteral("Created"), humanTime(item.created)},
        {QStringLiteral("Modified"), humanTime(item.modified)},
        {QStringLiteral("Size"), humanBytes(item.bytes)},
    };
    for (const Fact &fact : details.facts)
        facts.append({fact.key, fact.value});
    out.facts(facts);
    if (!details.parts.isEmpty()) {
        out.line();
        QList<QStringList> rows;
        for (const Part &part : details.parts)
            rows.append({humanBytes(part.bytes), humanTime(part.modified),
                         part.record.isEmpty() ? part.path.display() : part.path.display() + QStringLiteral(" # ") + part.record});
        out.table({{QStringLiteral("size"), true}, {QStringLiteral("modified")}, {QStringLiteral("part")}}, rows);
    }
    if (!details.relations.isEmpty()) {
        out.line();
        QList<QStringList> rows;
        for (const Relation &relation : details.relations)
            rows.append({relation.role, relation.target.id, relation.title});
        out.table({{QStringLiteral("relation")}, {QStringLiteral("id")}, {QStringLiteral("title")}}, rows);
    }
    if (!details.metadata.isEmpty()) {
        out.line();
        out.line(QString::fromUtf8(QJsonDocument(details.metadata).toJson()).trimmed());
    }
}

Result<int> Show::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> words, positionals(parser, 3, *this));
    const QString kindText = QString::fromUtf8(words[1]);
    const auto kind = kindFromPlural(kindText);
    if (!kind)
        return usage(*this, QStringLiteral("“%1” is no kind of item").arg(kindText));
    recoverQuietly(absolute(words[0]), context);
    STRONGROOM_TRY(const auto directory, DataDirectory::open(absolute(words[0]), context.monitor));
    STRONGROOM_TRY(const ItemDetails details, directory->details({*kind, QString::fromUtf8(words[2])}, context.monitor));
    context.out.object(name(), toJson(details));
    if (!context.out.isJson())
        print(details, context.out);
    return kSucceeded;
}

}  // namespace

const Command &showCommand()
{
    static const Show command;
    return command;
}

}  // namespace strongroom::app::ctl
