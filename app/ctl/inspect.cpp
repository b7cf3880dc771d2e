// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/jobsoption.h"
#include "storage/datadirectory.h"
#include "storage/treeops.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Inspect final : public Command {
public:
    QString name() const override { return QStringLiteral("inspect"); }
    QString summary() const override { return QStringLiteral("Recognise what a data directory holds"); }
    QString argumentsSyntax() const override { return QStringLiteral("DIR"); }
    void addOptions(QCommandLineParser &parser) const override { addJobsOption(parser); }
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

QJsonObject layoutToJson(const DetectedLayout &layout)
{
    return {
        {QStringLiteral("id"), layout.id},
        {QStringLiteral("variant"), layout.variant.isEmpty() ? QJsonValue() : QJsonValue(layout.variant)},
        {QStringLiteral("title"), layout.title},
        {QStringLiteral("score"), layout.score},
        {QStringLiteral("evidence"), QJsonArray::fromStringList(layout.evidence)},
        {QStringLiteral("root"), pathToJson(layout.root.isRoot() ? QByteArray(".") : layout.root.bytes())},
    };
}

Result<int> Inspect::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, *this));
    STRONGROOM_TRY(const int jobs, jobsOf(parser, *this));
    const QByteArray path = absolute(paths[0]);
    recoverQuietly(path, context);
    STRONGROOM_TRY(const auto directory, DataDirectory::open(path, context.monitor, jobs));
    ChunkBuilder items([](const ChunkPtr &) {});
    qint64 problems = 0;
    STRONGROOM_CHECK(directory->scan(items, [&problems](const Finding &) { ++problems; }, context.monitor));
    STRONGROOM_TRY(const TreeSize size, computeSize(directory->tree().rootFd(), {}, context.monitor));

    QJsonArray layouts;
    for (const DetectedLayout &layout : directory->layouts())
        layouts.append(layoutToJson(layout));
    QJsonObject counts;
    for (const ItemKind kind : kAllItemKinds)
        counts.insert(kindPluralWord(kind), items.count(kind));
    context.out.object(name(), {
        {QStringLiteral("directory"), pathToJson(directory->path())},
        {QStringLiteral("layouts"), layouts},
        {QStringLiteral("ambiguous"), directory->ambiguous()},
        {QStringLiteral("counts"), counts},
        {QStringLiteral("bytes"), size.bytes},
        {QStringLiteral("files"), size.files},
        {QStringLiteral("unreadable"), size.unreadable},
        {QStringLiteral("problems"), problems},
    });

    context.out.line(context.out.bold(displayBytes(directory->path())));
    for (const DetectedLayout &layout : directory->layouts()) {
        const QString variant = layout.variant.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(layout.variant);
        const QString at = layout.root.isRoot() ? QString() : QStringLiteral(" in %1").arg(layout.root.display());
        context.out.line(QStringLiteral("%1%2%3, score %4").arg(layout.id, variant, at).arg(layout.score));
        for (const QString &evidence : layout.evidence)
            context.out.line(QStringLiteral("  ") + evidence);
    }
    if (directory->ambiguous())
        context.out.line(QStringLiteral("The evidence does not decide between these; look before you act."));
    for (const ItemKind kind : kAllItemKinds) {
        if (items.count(kind) > 0)
            context.out.line(QStringLiteral("%1: %2").arg(kindPluralWord(kind)).arg(items.count(kind)));
    }
    context.out.line(QStringLiteral("%1 files, %2").arg(size.files).arg(humanBytes(size.bytes)));
    if (problems > 0)
        context.out.line(QStringLiteral("%1 problems were seen while listing").arg(problems));
    return kSucceeded;
}

}  // namespace

const Command &inspectCommand()
{
    static const Inspect command;
    return command;
}

}  // namespace strongroom::app::ctl
