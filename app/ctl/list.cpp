// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/jobsoption.h"
#include "storage/datadirectory.h"
#include "storage/query.h"

#include <QJsonArray>

#include <functional>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class List final : public Command {
public:
    QString name() const override { return QStringLiteral("list"); }
    QString summary() const override { return QStringLiteral("List sessions, entities, volumes or snapshots"); }
    QString argumentsSyntax() const override { return QStringLiteral("DIR sessions|entities|volumes|snapshots"); }
    void addOptions(QCommandLineParser &parser) const override;
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

void List::addOptions(QCommandLineParser &parser) const
{
    parser.addOption({QStringLiteral("filter"), QStringLiteral("Only items that contain TEXT."), QStringLiteral("TEXT")});
    parser.addOption({QStringLiteral("sort"), QStringLiteral("Sort by a column, descending with :desc."), QStringLiteral("COLUMN[:desc]")});
    parser.addOption({QStringLiteral("limit"), QStringLiteral("At most N items."), QStringLiteral("N")});
    addJobsOption(parser);
}

struct ListOptions {
    ItemKind kind = ItemKind::Session;
    Query query;
    qint64 limit = -1;
    int jobs = 0;
};

Result<ListOptions> parseOptions(const QCommandLineParser &parser, const QString &kindText, const Command &command)
{
    ListOptions options;
    const auto kind = kindFromPlural(kindText);
    if (!kind)
        return usage(command, QStringLiteral("“%1” is no kind of item").arg(kindText));
    options.kind = *kind;
    options.query.filter = parser.value(QStringLiteral("filter"));
    options.query.keepScanOrder = !parser.isSet(QStringLiteral("sort"));
    if (!options.query.keepScanOrder) {
        QString word = parser.value(QStringLiteral("sort"));
        options.query.descending = word.endsWith(QLatin1String(":desc"));
        word = word.section(u':', 0, 0);
        const auto column = columnFromWord(word);
        const bool known = column && (*column == Column::Id || columnsFor(*kind).contains(*column));
        const QString direction = parser.value(QStringLiteral("sort")).section(u':', 1);
        if (!known || (!direction.isEmpty() && direction != u"desc" && direction != u"asc"))
            return usage(command, QStringLiteral("%1 cannot be sorted by “%2”").arg(kindText, parser.value(QStringLiteral("sort"))));
        options.query.sort = *column;
    }
    if (parser.isSet(QStringLiteral("limit"))) {
        bool ok = false;
        options.limit = parser.value(QStringLiteral("limit")).toLongLong(&ok);
        if (!ok || options.limit < 0)
            return usage(command, QStringLiteral("--limit takes a number"));
    }
    STRONGROOM_TRY(options.jobs, jobsOf(parser, command));
    return options;
}

QString countText(const Count &count)
{
    return count ? QString::number(*count) : QStringLiteral("-");
}

QString orDash(const QString &text)
{
    return text.isEmpty() ? QStringLiteral("-") : text;
}

QString cellText(const Item &item, Column column)
{
    switch (column) {
    case Column::Id: return item.id;
    case Column::Title: return item.title;
    case Column::State: return stateWord(item.state);
    case Column::Created: return humanTime(item.created);
    case Column::Modified: return humanTime(item.modified);
    case Column::Bytes: return humanBytes(item.bytes);
    case Column::Fragments: return countText(item.fragments);
    case Column::Messages: return countText(item.messages);
    case Column::Owner: return orDash(item.owner);
    case Column::Entity: return orDash(item.entity);
    case Column::Documents: return countText(item.documents);
    case Column::Chunks: return countText(item.chunks);
    case Column::Vectors: return countText(item.vectors);
    case Column::Sessions: return countText(item.sessions);
    case Column::Class: return orDash(volumeClassWord(item.volumeClass));
    case Column::Files: return countText(item.files);
    case Column::Path: return item.path;
    case Column::LastBackup: return humanTime(item.lastBackup);
    case Column::Reason: return orDash(item.reason);
    case Column::Nodes: return countText(item.nodes);
    case Column::Current: return item.current ? QStringLiteral("yes") : QString();
    }
    return {};
}

bool isNumber(Column column)
{
    switch (column) {
    case Column::Bytes: case Column::Fragments: case Column::Messages: case Column::Documents: case Column::Chunks:
    case Column::Vectors: case Column::Sessions: case Column::Files: case Column::Nodes:
        return true;
    default:
        return false;
    }
}

void printTable(qint64 count, const std::function<Item(qint64)> &itemAt, ItemKind kind, Output &out)
{
    QList<Column> columns = columnsFor(kind);
    if (!columns.contains(Column::Id))
        columns.prepend(Column::Id);
    QList<TableColumn> heads;
    for (const Column column : columns)
        heads.append({columnWord(column).replace(u'_', u' '), isNumber(column)});
    out.table(heads, count, [&](qint64 row) {
        const Item item = itemAt(row);
        QStringList cells;
        cells.reserve(columns.size());
        for (const Column column : columns)
            cells.append(cellText(item, column).left(60));
        return cells;
    });
}

Result<int> List::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> words, positionals(parser, 2, *this));
    STRONGROOM_TRY(const ListOptions options, parseOptions(parser, QString::fromUtf8(words[1]), *this));
    recoverQuietly(absolute(words[0]), context);
    STRONGROOM_TRY(const auto directory, DataDirectory::open(absolute(words[0]), context.monitor, options.jobs));

    ItemTable table;
    ChunkBuilder builder([&](const ChunkPtr &chunk) {
        if (chunk->kind() == options.kind)
            table.append(chunk);
    });
    QList<Finding> findings;
    STRONGROOM_CHECK(directory->scan(builder, [&findings](const Finding &finding) { findings.append(finding); }, context.monitor));
    STRONGROOM_TRY(const std::vector<quint32> rows, runQuery(table, options.query, context.monitor));

    const qint64 shown = options.limit < 0 ? qint64(rows.size()) : std::min<qint64>(options.limit, qint64(rows.size()));
    const auto itemAt = [&](qint64 row) { return table.item(rows[size_t(row)]); };
    if (context.out.isJson()) {
        QJsonArray array;
        for (qint64 row = 0; row < shown; ++row)
            array.append(itemAt(row).toJson());
        context.out.object(name(), {{QStringLiteral("directory"), pathToJson(directory->path())},
                                    {QStringLiteral("kind"), kindPluralWord(options.kind)},
                                    {QStringLiteral("total"), qint64(rows.size())},
                                    {QStringLiteral("items"), array}});
        return kSucceeded;
    }
    if (shown == 0) {
        context.out.line(table.isEmpty() ? QStringLiteral("No %1 here.").arg(kindPluralWord(options.kind))
                                         : QStringLiteral("Nothing matches “%1”.").arg(options.query.filter));
        return kSucceeded;
    }
    printTable(shown, itemAt, options.kind, context.out);
    if (shown < qint64(rows.size()))
        context.out.line(QStringLiteral("%1 of %2").arg(shown).arg(rows.size()));
    for (const Finding &finding : findings)
        context.out.warning(finding.message);
    return kSucceeded;
}

}  // namespace

const Command &listCommand()
{
    static const List command;
    return command;
}

}  // namespace strongroom::app::ctl
