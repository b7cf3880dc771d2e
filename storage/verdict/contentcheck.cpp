// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

namespace strongroom::storage {

std::unique_ptr<ContentCheck> openContentCheck(const ContentRule &rule, const RelPath &path, qint64 size, ContentContext &context)
{
    const bool goesBackAndForth = rule.form == ContentForm::Database || rule.form == ContentForm::Pickle
        || rule.form == ContentForm::PickledDict || rule.form == ContentForm::Archive;
    if (goesBackAndForth && size > context.maxSpool)
        return nullptr;
    const checks::Subject subject{rule, path, size, context};
    switch (rule.form) {
    case ContentForm::Free:
    case ContentForm::Leftover: return nullptr;
    case ContentForm::Json:
    case ContentForm::JsonObject: return checks::jsonCheck(subject);
    case ContentForm::Pickle:
    case ContentForm::PickledDict: return checks::pickleCheck(subject);
    case ContentForm::Secrets: return checks::secretsCheck(subject);
    case ContentForm::Database: return checks::databaseCheck(subject);
    case ContentForm::SqlDump: return checks::sqlDumpCheck(subject);
    case ContentForm::PgDump: return checks::pgDumpCheck(subject);
    case ContentForm::RedisSnapshot: return checks::redisSnapshotCheck(subject);
    case ContentForm::RedisLog: return checks::redisLogCheck(subject);
    case ContentForm::Archive: return checks::archiveCheck(subject);
    }
    return nullptr;
}

bool isAnnouncedIn(const ContentRule &rule, QByteArrayView head)
{
    return rule.announcedBy.isEmpty() || head.first(std::min(head.size(), kAnnouncementWithin)).contains(rule.announcedBy);
}

}  // namespace strongroom::storage
