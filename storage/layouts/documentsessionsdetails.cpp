// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One session whole: what its own files say, and what the rest of the data directory says about it.

#include "storage/layouts/documentsessionsreader.h"

#include "storage/formats/json.h"
#include "storage/mask.h"

#include <QJsonArray>
#include <QMap>

namespace strongroom::storage::documents {

namespace {

constexpr qint64 kMaxWhole = qint64(16) << 20;
constexpr int kMaxDepth = 512;
constexpr int kMaxTypesShown = 20;

QString countText(const Count &count)
{
    return count ? QString::number(*count) : QStringLiteral("unknown");
}

void addFact(ItemDetails &details, const char *key, const QString &value)
{
    if (!value.isEmpty())
        details.facts.append({QString::fromLatin1(key), value});
}

/// The file as JSON when it is small and whole; undefined otherwise.
QJsonValue parsed(const Tree &tree, const RelPath &path)
{
    const auto bytes = tree.readAll(path, kMaxWhole);
    if (!bytes)
        return QJsonValue(QJsonValue::Undefined);
    const auto value = parseJson(*bytes, path.bytes(), {kMaxDepth, false});
    return value ? *value : QJsonValue(QJsonValue::Undefined);
}

/// The session's record in one shape, whatever shape it is stored in.
QJsonObject recordOf(const Tree &tree, const Place &place)
{
    if (place.file)
        return parsed(tree, place.filePath()).toObject();
    const RelPath folder = place.folderPath();
    QJsonObject record = parsed(tree, folder.childUnchecked("metadata.json")).toObject();
    const auto add = [&](const char *name, const QString &key) {
        const QJsonValue value = parsed(tree, folder.childUnchecked(name));
        if (!value.isUndefined())
            record.insert(key, value);
    };
    add("parameters.json", QStringLiteral("global_parameters"));
    add("fragments.json", QStringLiteral("fragments"));
    return record;
}

/// Types of fragments with how often each occurs, and what their embedded images weigh.
void addFragmentFacts(ItemDetails &details, const QJsonValue &fragments)
{
    QMap<QString, int> types;
    int images = 0;
    qint64 imageBytes = 0;
    const auto look = [&](const QJsonValue &value) {
        const QJsonObject fragment = value.toObject();
        ++types[maskText(u"fragment_id", fragment.value(QStringLiteral("fragment_id")).toString())];
        const QJsonObject parameters = fragment.value(QStringLiteral("parameters")).toObject();
        if (const QString uri = parameters.value(QStringLiteral("embedded_data_uri")).toString(); !uri.isEmpty()) {
            ++images;
            imageBytes += uri.size();
        }
    };
    if (fragments.isObject()) {
        for (const QJsonValue fragment : fragments.toObject())
            look(fragment);
    } else {
        for (const QJsonValue fragment : fragments.toArray())
            look(fragment);
    }
    QStringList shown;
    for (auto it = types.cbegin(); it != types.cend() && shown.size() < kMaxTypesShown; ++it)
        shown.append(QStringLiteral("%1 × %2").arg(it.value()).arg(it.key().isEmpty() ? QStringLiteral("without a type") : it.key()));
    addFact(details, "fragment types", shown.join(QStringLiteral(", ")));
    if (images > 0)
        addFact(details, "embedded images", QStringLiteral("%1, %2 bytes as text").arg(images).arg(imageBytes));
}

/// Is the template there? Both eras' places; absent trees say nothing.
void addTemplate(ItemDetails &details, const Tree &tree, const Session &session)
{
    if (session.templateId.isEmpty())
        return;
    const QString shown = maskText(u"template_id", session.templateId);
    addFact(details, "template", shown);
    // The template is no item of ours, so the relation names it and leads nowhere.
    details.relations.append({QStringLiteral("template"), {ItemKind::Session, shown}, shown, false});
    for (const char *dir : {"docs/templates", "templates"}) {
        const RelPath templates = RelPath::literal(dir);
        const auto groups = tree.names(templates);
        if (!groups)
            continue;
        for (const QByteArray &group : *groups) {
            const auto path = templates.childUnchecked(group).child(session.templateId.toUtf8());
            if (path && tree.hasDirectory(*path)) {
                addFact(details, "template folder", path->display());
                return;
            }
        }
        addFact(details, "template folder", QStringLiteral("not found below ") + templates.display());
        return;
    }
}

struct Tokens {
    qint64 all = 0;
    qint64 ofGroup = 0;
    qint64 revoked = 0;
    qint64 jwtKeys = 0;
    bool read = false;
};

/// auth/tokens.json of any of its three generations. Neither keys nor values are taken from it.
Tokens countTokens(const Tree &tree, const QString &group)
{
    Tokens tokens;
    Monitor monitor;
    const auto summary = readJsonStore(tree, RelPath::literal("auth/tokens.json"), {}, monitor, [&](const JsonStoreRecord &record) {
        const JsonFields fields(record.bytes, {"group", "groups", "status"});
        bool mine = !group.isEmpty() && fields[0].text() == group;
        if (fields[1].type == JsonType::Array) {
            for (JsonCursor cursor(fields[1].raw); cursor.next();)
                mine = mine || cursor.value().text() == group;
        }
        ++tokens.all;
        tokens.ofGroup += mine;
        tokens.revoked += fields[2].text() == u"revoked";
        tokens.jwtKeys += !isUuid(record.rawKey);
        return true;
    });
    tokens.read = summary && !summary->fault && summary->topLevel == '{';
    return tokens;
}

void addTokenFacts(ItemDetails &details, const Tree &tree, const QString &group)
{
    const Tokens tokens = countTokens(tree, group);
    if (!tokens.read)
        return;
    addFact(details, "access tokens", QString::number(tokens.all));
    if (!group.isEmpty())
        addFact(details, "access tokens of the group", QString::number(tokens.ofGroup));
    if (tokens.revoked > 0)
        addFact(details, "access tokens revoked", QString::number(tokens.revoked));
    if (tokens.jwtKeys > 0)
        addFact(details, "access tokens stored whole", QString::number(tokens.jwtKeys));
}

}  // namespace

Result<ItemDetails> readDetails(const Tree &tree, const Place &place, Monitor &monitor)
{
    QStringList problems;
    const FindingSink note = [&](const Finding &finding) { problems.append(finding.message); };
    STRONGROOM_TRY(const Session session, readSession(tree, place, note, monitor));
    if (!session.isSession)
        return fail(ErrorCode::ItemUnknown, {}, {session.item.id});
    ItemDetails details;
    details.item = session.item;
    details.parts = session.parts;
    addTemplate(details, tree, session);
    addFact(details, "group", session.item.owner);
    addFact(details, "alias", session.alias);
    addFact(details, "created", isoUtc(session.item.created));
    addFact(details, "updated", isoUtc(session.updated));
    addFact(details, "parameters", countText(session.parameters));
    addFact(details, "fragments", countText(session.item.fragments));
    const QJsonObject record = recordOf(tree, place);
    addFragmentFacts(details, record.value(QStringLiteral("fragments")));
    addTokenFacts(details, tree, session.item.owner);
    addFact(details, "problems", problems.join(u' '));
    details.metadata = maskJson(record).toObject();
    return details;
}

}  // namespace strongroom::storage::documents
