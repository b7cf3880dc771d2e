// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/lonerules.h"

#include "storage/layouts/registry.h"

namespace strongroom::storage {

namespace {

ContentRule plainRule(LoneKind kind)
{
    switch (kind) {
    case LoneKind::SqlDump: return {.form = ContentForm::SqlDump, .announcedBy = "-- PostgreSQL database "};
    case LoneKind::PostgresDump: return {.form = ContentForm::PgDump};
    case LoneKind::Sqlite: return {.form = ContentForm::Database};
    case LoneKind::RedisSnapshot: return {.form = ContentForm::RedisSnapshot};
    case LoneKind::Pickle: return {.form = ContentForm::Pickle};
    case LoneKind::Dotenv: return {.form = ContentForm::Secrets};
    case LoneKind::Json: return {.form = ContentForm::Json};
    case LoneKind::None: break;
    }
    return {};
}

}  // namespace

QList<ContentRule> rulesForLoneFile(LoneKind kind, const QByteArray &name)
{
    if (kind == LoneKind::None)
        return {};
    QList<ContentRule> rules;
    QList<const ContentRule *> taken;
    for (const LonePlace &place : lonePlacesFor(kind, name)) {
        for (const ContentRule *rule : contentRulesFor(place.layout->identity(), place.path)) {
            if (taken.contains(rule))
                continue;
            taken.append(rule);
            rules.append(*rule);
        }
    }
    if (rules.isEmpty())
        rules.append(plainRule(kind));
    for (ContentRule &rule : rules) {
        rule.sure = true;
        rule.companion.clear();
        rule.requiredIfAny = true;
    }
    return rules;
}

}  // namespace strongroom::storage
