// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

namespace strongroom::storage {

namespace {

constexpr qsizetype kBlock = 256 * 1024;

}  // namespace

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

Result<ContentReport> checkContent(const ContentRule &rule, const RelPath &path, TreeFile &file, ContentContext &context)
{
    const std::unique_ptr<ContentCheck> check = openContentCheck(rule, path, file.stamp().size, context);
    if (!check)
        return ContentReport();
    QByteArray block(kBlock, Qt::Uninitialized);
    for (;;) {
        if (context.monitor.stopRequested())
            return fail(ErrorCode::Cancelled, path.bytes());
        STRONGROOM_TRY(const qint64 n, file.read(block.data(), block.size()));
        if (n == 0)
            return check->finish();
        STRONGROOM_CHECK(check->data(QByteArrayView(block).first(n)));
    }
}

bool isAnnouncedIn(const ContentRule &rule, QByteArrayView head)
{
    return rule.announcedBy.isEmpty() || head.first(std::min(head.size(), kAnnouncementWithin)).contains(rule.announcedBy);
}

}  // namespace strongroom::storage
