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
    const checks::Subject subject{rule, path, size, context};
    switch (rule.form) {
    case ContentForm::Free:
    case ContentForm::Leftover: return nullptr;
    case ContentForm::Json:
    case ContentForm::JsonObject: return checks::jsonCheck(subject);
    case ContentForm::Pickle:
    case ContentForm::PickledDict: return checks::pickleCheck(subject);
    case ContentForm::Secrets: return checks::secretsCheck(subject);
    case ContentForm::Database:
    case ContentForm::SqlDump:
    case ContentForm::PgDump:
    case ContentForm::RedisSnapshot:
    case ContentForm::RedisLog:
    case ContentForm::Archive: break;
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

const ContentRule *loneFileRule(const QByteArray &name, QByteArrayView head)
{
    const auto path = RelPath().child(name);
    if (!path)
        return nullptr;
    Q_UNUSED(head);
    for (const Layout *layout : allLayouts()) {
        if (const ContentRule *rule = contentRuleFor(layout->identity(), *path))
            return rule;
    }
    return nullptr;
}

}  // namespace strongroom::storage
