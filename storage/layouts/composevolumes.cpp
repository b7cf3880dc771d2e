// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Named volumes of a container stack on disk, and the project folder that declares and backs them up.
// The running engine is asked elsewhere; here only files speak.

#include "storage/layouts/composevolumeschecks.h"
#include "storage/layouts/composevolumesfinder.h"
#include "storage/layouts/layout.h"

#include "storage/formats/pgfiles.h"
#include "storage/formats/redisfiles.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

using namespace compose;

/// Sizes of a volume, by walking it.
struct Measured {
    qint64 bytes = 0;
    qint64 files = 0;
    qint64 unreadable = 0;
    RelPath firstUnreadable;
    qint64 newestNs = 0;
};

Result<Measured> measure(const Tree &tree, const Volume &volume, Monitor &monitor, ChunkBuilder *waiting = nullptr)
{
    Measured m;
    qint64 seen = 0;
    monitor.setCurrent(volume.folder.bytes());
    STRONGROOM_CHECK(tree.walk(volume.folder, monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *error) {
        // Items found before stay invisible until they are handed out, and this walk may take minutes.
        if (waiting && (++seen & 0xff) == 0)
            waiting->flushOld();
        if (error) {
            if (m.unreadable++ == 0)
                m.firstUnreadable = path;
            return true;
        }
        m.newestNs = std::max(m.newestNs, entry.stamp.mtimeNs);
        if (entry.stamp.isFile()) {
            m.bytes += entry.stamp.size;
            ++m.files;
            monitor.addBytes(entry.stamp.size);
        }
        return true;
    }));
    if (m.newestNs == 0) {
        if (const auto stamp = tree.stamp(volume.folder))
            m.newestNs = stamp->mtimeNs;
    }
    return m;
}

QString shownFolder(const Volume &volume)
{
    return volume.folder.isRoot() ? QStringLiteral(".") : volume.folder.display();
}

Item itemOf(const Tree &tree, const Stack &stack, const Volume &volume, const Measured &measured)
{
    Item item;
    item.kind = ItemKind::Volume;
    item.id = volume.id();
    item.title = volume.id();
    item.bytes = measured.bytes;
    // What could not be read was not counted, so the number of files is unknown rather than too small.
    if (measured.unreadable == 0)
        item.files = measured.files;
    if (measured.newestNs > 0)
        item.modified = QDateTime::fromMSecsSinceEpoch(measured.newestNs / 1'000'000, Qt::UTC);
    item.path = shownFolder(volume);
    item.volumeClass = factsOf(volume.purpose).volumeClass;
    item.lastBackup = stack.lastBackup(volume.purpose);
    item.state = stateOfVolume(tree, volume);
    return item;
}

void addEvidence(const Stack &stack, ProbeResult &result)
{
    const QString place = stack.volumesFolder.isRoot() ? QStringLiteral("here") : stack.volumesFolder.display();
    const auto shaped = std::count_if(stack.volumes.begin(), stack.volumes.end(), [](const Volume &v) { return v.engineShape; });
    if (!stack.volumes.isEmpty())
        result.evidence.append(QStringLiteral("%1: %2 volumes, %3 with a _data folder").arg(place).arg(stack.volumes.size()).arg(shaped));
    for (const Volume &volume : stack.volumes) {
        if (volume.proved)
            result.evidence.append(QStringLiteral("%1: %2, by its content")
                                       .arg(volume.id(), QString::fromLatin1(factsOf(volume.purpose).title)));
    }
    for (const Project &project : stack.projects) {
        if (!project.composeFile.isRoot())
            result.evidence.append(QStringLiteral("%1: declares %2 volumes").arg(project.composeFile.display()).arg(project.declared.size()));
        if (const qint64 full = project.count(DumpKind::Full))
            result.evidence.append(QStringLiteral("%1: %2 full backups")
                                       .arg(project.folder.childUnchecked("backups").display()).arg(full));
    }
}

int scoreOf(const Stack &stack)
{
    const auto counted = [&stack](auto predicate) {
        return int(std::count_if(stack.volumes.begin(), stack.volumes.end(), predicate));
    };
    const int known = counted([](const Volume &v) { return v.purpose != Purpose::Unknown; });
    const int proved = counted([](const Volume &v) { return v.proved; });
    const int shaped = counted([](const Volume &v) { return v.engineShape; });
    int score = 0;
    if (shaped > 0)
        score = (stack.enginePlace || known > 0 ? 75 : 50) + 5 * std::min(5, known);
    else if (proved > 0)
        score = 60 + 5 * std::min(5, known);
    else if (known > 0)
        score = known > 2 ? 60 : 40;
    for (const Project &project : stack.projects) {
        const bool backups = project.count(DumpKind::Full) > 0;
        const int own = !project.declared.isEmpty() && (backups || project.hasScript) ? 80 : backups ? 45 : 60;
        score = score > 0 ? score + 5 : own;
    }
    return std::min(score, 100);
}

/// A set of dumps, as the stack's own script makes them, and what Redis keeps in a volume. A project's folder
/// of old backups is nobody's live data: an interrupted one in there is no reason to refuse the rest.
QList<ContentRule> contents()
{
    QList<ContentRule> rules;
    const auto add = [&rules](const QByteArray &pattern, ContentForm form, const char *announcedBy = "") {
        ContentRule rule;
        rule.pattern = pattern;
        rule.form = form;
        rule.sure = true;
        rule.announcedBy = announcedBy;
        rules.append(rule);
    };
    for (const char *volume : {"", "*/", "*/_data/", "var/lib/docker/volumes/*/_data/"}) {
        const QByteArray place = volume;
        add(place + "temp-*", ContentForm::Free);
        add(place + "dump.rdb", ContentForm::RedisSnapshot);
        add(place + "appendonly.aof", ContentForm::RedisLog);
        add(place + "appendonlydir/temp*", ContentForm::Free);
        add(place + "appendonlydir/*.rdb", ContentForm::RedisSnapshot);
        add(place + "appendonlydir/*.aof", ContentForm::RedisLog);
    }
    add("db_backup*.sql", ContentForm::SqlDump);
    add("media_backup*.tar*", ContentForm::Archive);
    add("static_backup*.tar*", ContentForm::Archive);
    add("*.sql", ContentForm::SqlDump, "-- PostgreSQL database ");
    add("*", ContentForm::PgDump, "PGDMP");
    return rules;
}

void addPgFacts(const Tree &tree, const Volume &volume, QList<Fact> &facts)
{
    const auto cluster = readPgCluster(tree, volume.content);
    if (!cluster)
        return;
    facts.append({QStringLiteral("postgresql version"), cluster->version.isEmpty() ? QStringLiteral("unknown") : cluster->version});
    if (cluster->control) {
        const PgControl &control = *cluster->control;
        facts.append({QStringLiteral("cluster state"), pgStateWord(control.state)});
        facts.append({QStringLiteral("control file checksum"), !control.checksumKnown ? QStringLiteral("unknown version")
                          : control.checksumOk                                        ? QStringLiteral("correct")
                                                                                      : QStringLiteral("wrong")});
        facts.append({QStringLiteral("catalog version"), QString::number(control.catalogVersion)});
        facts.append({QStringLiteral("system identifier"), QString::number(control.systemId)});
        if (control.time.isValid())
            facts.append({QStringLiteral("last control update"), isoUtc(control.time)});
    } else {
        facts.append({QStringLiteral("cluster state"), QStringLiteral("unknown")});
    }
    if (cluster->hasPid) {
        const bool rests = cluster->control && cluster->control->state == PgState::ShutDown;
        QString text = rests ? QStringLiteral("left behind") : QStringLiteral("present");
        if (cluster->pid && cluster->pid->started.isValid())
            text += QStringLiteral(", started %1").arg(isoUtc(cluster->pid->started));
        facts.append({QStringLiteral("postmaster.pid"), text});
    }
    facts.append({QStringLiteral("file copy"), cluster->isAtRest() ? QStringLiteral("valid: the cluster is shut down")
                                                                   : QStringLiteral("not reliable: use a database dump")});
}

void addRedisFacts(const Tree &tree, const Volume &volume, QList<Fact> &facts)
{
    const auto redis = readRedisData(tree, volume.content);
    if (!redis)
        return;
    if (!redis->serverVersion.isEmpty())
        facts.append({QStringLiteral("redis version"), redis->serverVersion});
    if (redis->hasAof) {
        const auto of = [&](AofEntry::Type type) {
            return std::count_if(redis->entries.begin(), redis->entries.end(), [type](const AofEntry &e) { return e.type == type; });
        };
        facts.append({QStringLiteral("append-only file"),
                      redis->manifestPath.isRoot() ? QStringLiteral("without a manifest")
                      : redis->manifestError       ? QStringLiteral("manifest unreadable")
                                                   : QStringLiteral("%1 base, %2 increments, %3 histories, %4 missing")
                                                   .arg(of(AofEntry::Type::Base)).arg(of(AofEntry::Type::Increment))
                                                   .arg(of(AofEntry::Type::History)).arg(redis->missing.size())});
    }
    if (redis->hasDump)
        facts.append({QStringLiteral("dump.rdb"), redis->dumpVersion ? QStringLiteral("format %1").arg(*redis->dumpVersion)
                                                                     : QStringLiteral("not an RDB file")});
}

class ComposeVolumes final : public Layout {
public:
    const LayoutIdentity &identity() const override
    {
        static const LayoutIdentity identity = {
            .id = QStringLiteral("compose-volumes"),
            .title = QStringLiteral("Container volumes"),
            .kinds = {ItemKind::Volume},
            // The stack is found from the opened folder downwards in one piece: a volume's last backup is
            // told by the project beside it.
            .candidateRoots = {},
            .captures = {
                {"postmaster.pid", Capture::Runtime},
                {"_data/postmaster.pid", Capture::Runtime},
                {"**/postmaster.pid", Capture::Runtime},
                {"**/.s.PGSQL.*", Capture::Runtime},
                // Below a Redis volume only: an upload may be called anything.
                {"temp-*.rdb", Capture::Runtime},
                {"temp-rewriteaof-*.aof", Capture::Runtime},
                {"**redis*/temp-*.rdb", Capture::Runtime},
                {"**redis*/_data/temp-*.rdb", Capture::Runtime},
                {"**redis*/temp-rewriteaof-*.aof", Capture::Runtime},
                {"**redis*/_data/temp-rewriteaof-*.aof", Capture::Runtime},
                {"**appendonlydir/temp*manifest*", Capture::Runtime},
                {"**appendonlydir/temp-*.aof", Capture::Runtime},
            },
            .pairs = {},
            .secretFiles = {{".env"}, {"project/.env"}},
            .structuredNames = {},
            .contents = contents(),
            .loneFiles = {{LoneKind::Dotenv, ".env", false, true},
                          {LoneKind::Dotenv, "project/.env", false, true},
                          {LoneKind::RedisSnapshot, "*/dump.rdb", false, true},
                          {LoneKind::RedisSnapshot, "*/_data/dump.rdb", false, true}},
        };
        return identity;
    }

    ProbeResult probe(const Tree &root) const override
    {
        const Stack stack = findStack(root);
        ProbeResult result;
        result.score = scoreOf(stack);
        if (result.score > 0)
            addEvidence(stack, result);
        return result;
    }

    Result<void> scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const override
    {
        STRONGROOM_CHECK(root.list({}));
        const Stack stack = findStack(root);
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        for (const Volume &volume : stack.volumes) {
            STRONGROOM_TRY(const Measured measured, measure(root, volume, monitor, &items));
            items.add(itemOf(root, stack, volume, measured));
            monitor.addItems();
            if (measured.unreadable > 0)
                reportUnreadable(volume, measured.firstUnreadable, measured.unreadable, findings);
            reportControlFile(root, volume, findings);
        }
        reportMissingVolumes(stack, findings);
        return {};
    }

    Result<ItemDetails> parts(const Tree &root, const ItemId &id, Monitor &monitor) const override
    {
        const Stack stack = findStack(root);
        const Volume *volume = id.kind == ItemKind::Volume ? stack.find(id.id) : nullptr;
        if (!volume)
            return fail(ErrorCode::ItemUnknown, root.displayName().toUtf8(), {id.id});
        STRONGROOM_TRY(const Measured measured, measure(root, *volume, monitor));
        ItemDetails details;
        details.item = itemOf(root, stack, *volume, measured);
        details.parts.append({volume->folder, {}, measured.bytes, details.item.modified, false});
        const PurposeFacts &facts = factsOf(volume->purpose);
        details.facts.append({QStringLiteral("purpose"), QString::fromLatin1(facts.title)});
        details.facts.append({QStringLiteral("recognised by"), volume->proved                 ? QStringLiteral("content")
                                  : volume->purpose != Purpose::Unknown ? QStringLiteral("name")
                                                                        : QStringLiteral("place")});
        if (*facts.containerPath)
            details.facts.append({QStringLiteral("container path"), QString::fromLatin1(facts.containerPath)});
        if (*facts.priority)
            details.facts.append({QStringLiteral("backup priority"), QString::fromLatin1(facts.priority)});
        if (measured.files == 0 && measured.unreadable == 0)
            details.facts.append({QStringLiteral("content"), QStringLiteral("empty")});
        if (measured.unreadable > 0)
            details.facts.append({QStringLiteral("unreadable entries"), QString::number(measured.unreadable)});
        addPgFacts(root, *volume, details.facts);
        addRedisFacts(root, *volume, details.facts);
        return details;
    }

    Result<void> check(const Tree &root, const FindingSink &findings, Monitor &monitor) const override
    {
        STRONGROOM_CHECK(root.list({}));
        const Stack stack = findStack(root);
        for (const Volume &volume : stack.volumes)
            STRONGROOM_CHECK(checkVolume(root, volume, findings, monitor));
        reportMissingVolumes(stack, findings);
        for (const Project &project : stack.projects)
            STRONGROOM_CHECK(checkProject(root, project, findings, monitor));
        return {};
    }
};

}  // namespace

const Layout *composeVolumesLayout()
{
    static const ComposeVolumes layout;
    return &layout;
}

}  // namespace strongroom::storage
