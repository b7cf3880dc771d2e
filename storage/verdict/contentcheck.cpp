// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

#include "storage/layouts/registry.h"

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

const ContentRule *loneFileRule(const QByteArray &name, QByteArrayView head)
{
    // A database without its layout around it need only be one.
    static const ContentRule database = {.form = ContentForm::Database, .sure = true};
    // Files that are known by another place, or under other names, than they have in their layout.
    const QByteArray usual = name == "index.pkl"                                     ? QByteArray("entities/x/vector_store/index.pkl")
        : name.endsWith(".env") && name.contains("secrets")                          ? QByteArray("secrets.env")
        : name.endsWith(".rdb")                                                      ? QByteArray("dump.rdb")
        : name.endsWith(".aof")                                                      ? QByteArray("appendonly.aof")
                                                                                     : name;
    const auto path = RelPath::parse(usual);
    if (!path)
        return nullptr;
    for (const Layout *layout : allLayouts()) {
        for (const ContentRule *rule : contentRulesFor(layout->identity(), path->bytes())) {
            if (rule->form != ContentForm::Leftover && rule->form != ContentForm::Archive && isAnnouncedIn(*rule, head))
                return rule;
        }
    }
    return head.startsWith(QByteArrayView("SQLite format 3\0", 16)) ? &database : nullptr;
}

}  // namespace strongroom::storage
