// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/composevolumesfinder.h"

#include "storage/formats/pgfiles.h"
#include "storage/formats/redisfiles.h"

#include <QSet>

#include <algorithm>

namespace strongroom::storage::compose {

namespace {

constexpr qint64 kComposeFileLimit = 1024 * 1024;
constexpr QByteArrayView kEnginePlace = "var/lib/docker/volumes";

struct Suffix {
    const char *text;
    Purpose purpose;
    bool strong;   ///< says it all, even for a folder that is no engine's volume
};
// Ends of volume names, '_' read as '-'. Longer ones first where one is the end of another.
constexpr Suffix kSuffixes[] = {
    {"postgres-data", Purpose::PostgreSql, true}, {"postgresql-data", Purpose::PostgreSql, true},
    {"pgdata", Purpose::PostgreSql, true},        {"postgres", Purpose::PostgreSql, false},
    {"redis-data", Purpose::Redis, true},         {"redis", Purpose::Redis, false},
    {"backend-media", Purpose::Media, true},      {"media", Purpose::Media, false},
    {"backend-static", Purpose::Static, true},    {"static", Purpose::Static, false},
    {"staticfiles", Purpose::Static, false},      {"node-modules", Purpose::NodeModules, true},
    {"proxy-logs", Purpose::Logs, true},          {"nginx-logs", Purpose::Logs, true},
    {"logs", Purpose::Logs, false},
};

QByteArray normalised(QByteArrayView name)
{
    return name.toByteArray().toLower().replace('_', '-');
}

/// `whole` ends with `end` at a word border.
bool endsWithWord(QByteArrayView whole, QByteArrayView end)
{
    return whole.endsWith(end) && (whole.size() == end.size() || whole[whole.size() - end.size() - 1] == '-');
}

const Suffix *suffixOf(QByteArrayView name)
{
    const QByteArray n = normalised(name);
    for (const Suffix &suffix : kSuffixes) {
        if (endsWithWord(n, suffix.text))
            return &suffix;
    }
    return nullptr;
}

std::optional<Purpose> purposeByContent(const Tree &tree, const RelPath &content)
{
    if (readPgCluster(tree, content))
        return Purpose::PostgreSql;
    if (tree.hasDirectory(content.childUnchecked("appendonlydir")))
        return Purpose::Redis;
    if (const auto head = tree.readHead(content.childUnchecked("dump.rdb"), 16); head && rdbVersion(*head))
        return Purpose::Redis;
    if (tree.hasFile(content.childUnchecked(".package-lock.json")))
        return Purpose::NodeModules;
    if (tree.hasFile(content.childUnchecked("staticfiles.json")))
        return Purpose::Static;
    return std::nullopt;
}

Volume lookAt(const Tree &tree, const QByteArray &name, const RelPath &folder)
{
    Volume volume;
    volume.name = name;
    volume.folder = folder;
    volume.engineShape = tree.hasDirectory(folder.childUnchecked("_data"));
    volume.content = volume.engineShape ? folder.childUnchecked("_data") : folder;
    if (const Suffix *suffix = suffixOf(name))
        volume.purpose = suffix->purpose;
    if (const auto seen = purposeByContent(tree, volume.content)) {
        volume.purpose = *seen;
        volume.proved = true;
    }
    return volume;
}

/// Is a folder a volume where nothing but itself says so? Ordinary folders called "logs" or "media" are not.
bool speaksForItself(const Volume &volume)
{
    if (volume.engineShape)
        return true;
    if (volume.proved && (volume.purpose == Purpose::PostgreSql || volume.purpose == Purpose::Redis))
        return true;
    const Suffix *suffix = suffixOf(volume.name);
    return suffix && suffix->strong && normalised(volume.name) != suffix->text;
}

QList<Volume> volumesIn(const Tree &tree, const RelPath &folder, bool enginePlace)
{
    QList<Volume> volumes;
    const auto entries = tree.list(folder);
    if (!entries)
        return volumes;
    for (const TreeEntry &entry : *entries) {
        if (!entry.stamp.isDirectory())
            continue;
        Volume volume = lookAt(tree, entry.name, folder.childUnchecked(entry.name));
        if (enginePlace ? (volume.engineShape || volume.purpose != Purpose::Unknown) : speaksForItself(volume))
            volumes.append(std::move(volume));
    }
    return volumes;
}

Project projectIn(const Tree &tree, const RelPath &folder)
{
    Project project;
    project.folder = folder;
    for (const char *name : {"docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"}) {
        const RelPath path = folder.childUnchecked(name);
        if (!project.composeFile.isRoot() || !tree.hasFile(path))
            continue;
        project.composeFile = path;
        if (const auto text = tree.readAll(path, kComposeFileLimit))
            project.declared = parseDeclaredVolumes(*text);
    }
    project.hasScript = tree.hasFile(folder.childUnchecked("docker-dev.sh"));
    const RelPath backups = folder.childUnchecked("backups");
    if (const auto entries = tree.list(backups)) {
        for (const TreeEntry &entry : *entries) {
            auto backup = entry.stamp.isFile() ? parseBackupName(entry.name) : std::nullopt;
            if (!backup)
                continue;
            backup->path = backups.childUnchecked(entry.name);
            backup->bytes = entry.stamp.size;
            project.backups.append(*backup);
        }
    }
    std::stable_sort(project.backups.begin(), project.backups.end(),
                     [](const ProjectBackup &a, const ProjectBackup &b) { return a.stamp < b.stamp; });
    return project;
}

/// Value of `key: value` inside a line of block style or a `{...}` of flow style; empty = not there.
QByteArray valueOf(QByteArrayView text, QByteArrayView key)
{
    qsizetype at = 0;
    while ((at = text.indexOf(key, at)) >= 0) {
        const bool startsWord = at == 0 || text[at - 1] == ' ' || text[at - 1] == '{' || text[at - 1] == ',';
        at += key.size();
        if (!startsWord || at >= text.size() || text[at] != ':')
            continue;
        QByteArrayView rest = text.sliced(at + 1).trimmed();
        const char quote = rest.isEmpty() ? '\0' : rest[0];
        if (quote == '"' || quote == '\'') {
            const qsizetype end = rest.indexOf(quote, 1);
            return end < 0 ? QByteArray() : rest.sliced(1, end - 1).toByteArray();
        }
        // A plain value ends at a comment, or in a flow map at ',' or '}' outside of ${...}.
        qsizetype end = 0;
        int braces = 0;
        for (; end < rest.size(); ++end) {
            const char c = rest[end];
            if (c == '{')
                ++braces;
            else if (c == '}' && --braces < 0)
                break;
            else if ((c == ',' && braces == 0) || (c == '#' && end > 0 && rest[end - 1] == ' '))
                break;
        }
        return rest.first(end).trimmed().toByteArray();
    }
    return {};
}

}  // namespace

const PurposeFacts &factsOf(Purpose purpose)
{
    static constexpr PurposeFacts facts[] = {
        {"unknown", VolumeClass::None, "", ""},
        {"PostgreSQL database", VolumeClass::Critical, "/var/lib/postgresql/data", "highest: daily"},
        {"Redis data", VolumeClass::Important, "/data", "medium: can be rebuilt"},
        {"uploaded media", VolumeClass::Critical, "/app/media", "highest: before anything destructive"},
        {"collected static files", VolumeClass::Regenerable, "/app/staticfiles", "low: can be regenerated"},
        {"installed packages", VolumeClass::Regenerable, "/app/node_modules", "none: regenerated from the lock file"},
        {"proxy logs", VolumeClass::Optional, "/var/log/nginx", "low: usually collected elsewhere"},
    };
    return facts[size_t(purpose)];
}

bool DeclaredVolume::matches(QByteArrayView volumeName) const
{
    if (name.isEmpty())
        return volumeName == key || volumeName.endsWith(QByteArray('_' + key)) || volumeName.endsWith(QByteArray('-' + key));
    const qsizetype dollar = name.lastIndexOf('$');
    if (dollar < 0)
        return volumeName == name;
    // "${COMPOSE_PROJECT_NAME}-postgres-data": what follows the last variable is all that can be known.
    const qsizetype close = name.indexOf('}', dollar);
    return volumeName.endsWith(close < 0 ? QByteArrayView() : QByteArrayView(name).sliced(close + 1));
}

QList<DeclaredVolume> parseDeclaredVolumes(QByteArrayView yaml)
{
    QList<DeclaredVolume> declared;
    bool inside = false;
    qsizetype keyIndent = -1;
    int number = 0;
    for (const QByteArray &raw : yaml.toByteArray().split('\n')) {
        ++number;
        const QByteArray text = raw.trimmed();
        if (text.isEmpty() || text.startsWith('#'))
            continue;
        qsizetype indent = 0;
        while (indent < raw.size() && raw[indent] == ' ')
            ++indent;
        if (indent == 0) {
            inside = text == "volumes:" || text.startsWith("volumes: #");
            keyIndent = -1;
            continue;
        }
        if (!inside)
            continue;
        if (keyIndent < 0)
            keyIndent = indent;
        if (indent == keyIndent) {
            const qsizetype colon = text.indexOf(':');
            if (colon <= 0)
                continue;
            QByteArray key = text.left(colon);
            if (key.size() > 2 && (key[0] == '"' || key[0] == '\'') && key.back() == key[0])
                key = key.sliced(1, key.size() - 2);
            declared.append({key, valueOf(QByteArrayView(text).sliced(colon + 1).trimmed(), "name"), number});
        } else if (indent > keyIndent && !declared.isEmpty() && declared.last().name.isEmpty()) {
            declared.last().name = valueOf(text, "name");
        }
    }
    return declared;
}

std::optional<ProjectBackup> parseBackupName(const QByteArray &name)
{
    struct Shape {
        const char *prefix;
        const char *suffix;
        DumpKind kind;
    };
    static constexpr Shape shapes[] = {
        {"full_backup_", ".tar.gz", DumpKind::Full},
        {"db_backup_", ".sql", DumpKind::Database},
        {"media_backup_", ".tar.gz", DumpKind::Media},
        {"static_backup_", ".tar.gz", DumpKind::Static},
    };
    for (const Shape &shape : shapes) {
        const qsizetype before = qsizetype(qstrlen(shape.prefix));
        const qsizetype after = qsizetype(qstrlen(shape.suffix));
        if (!name.startsWith(shape.prefix) || !name.endsWith(shape.suffix) || name.size() != before + 15 + after)
            continue;
        ProjectBackup backup;
        backup.kind = shape.kind;
        backup.stamp = name.mid(before, 15);
        const QDateTime local = QDateTime::fromString(QString::fromLatin1(backup.stamp), QStringLiteral("yyyyMMdd_HHmmss"));
        if (!local.isValid())
            return std::nullopt;
        backup.time = local.toUTC();
        return backup;
    }
    return std::nullopt;
}

bool Project::isInteresting() const
{
    if (count(DumpKind::Full) > 0)
        return true;
    return std::any_of(declared.begin(), declared.end(), [](const DeclaredVolume &volume) {
        const Suffix *suffix = suffixOf(volume.name.isEmpty() ? volume.key : volume.name);
        return suffix && (suffix->purpose == Purpose::PostgreSql || suffix->purpose == Purpose::Redis);
    });
}

qint64 Project::count(DumpKind kind) const
{
    return std::count_if(backups.begin(), backups.end(), [kind](const ProjectBackup &b) { return b.kind == kind; });
}

QList<ProjectBackup> Project::interrupted() const
{
    QSet<QByteArray> finished;
    QSet<QByteArray> withVolumes;
    for (const ProjectBackup &backup : backups) {
        if (backup.kind == DumpKind::Full)
            finished.insert(backup.stamp);
        else if (backup.kind != DumpKind::Database)
            withVolumes.insert(backup.stamp);
    }
    QList<ProjectBackup> left;
    for (const ProjectBackup &backup : backups) {
        if (withVolumes.contains(backup.stamp) && !finished.contains(backup.stamp))
            left.append(backup);
    }
    return left;
}

QDateTime Project::lastBackup(Purpose purpose) const
{
    const bool inFull = purpose == Purpose::PostgreSql || purpose == Purpose::Media || purpose == Purpose::Static;
    QSet<QByteArray> unfinished;
    for (const ProjectBackup &backup : interrupted())
        unfinished.insert(backup.stamp);
    QDateTime newest;
    for (const ProjectBackup &backup : backups) {
        const bool covers = backup.kind == DumpKind::Full
            ? inFull
            : backup.kind == DumpKind::Database && purpose == Purpose::PostgreSql && !unfinished.contains(backup.stamp);
        if (covers && backup.bytes > 0 && (!newest.isValid() || backup.time > newest))
            newest = backup.time;
    }
    return newest;
}

QDateTime Stack::lastBackup(Purpose purpose) const
{
    QDateTime newest;
    for (const Project &project : projects) {
        const QDateTime time = project.lastBackup(purpose);
        if (time.isValid() && (!newest.isValid() || time > newest))
            newest = time;
    }
    return newest;
}

const Volume *Stack::find(const QString &id) const
{
    for (const Volume &volume : volumes) {
        if (volume.id() == id)
            return &volume;
    }
    return nullptr;
}

Stack findStack(const Tree &tree)
{
    Stack stack;
    // The opened folder may be one volume by itself ...
    const Volume whole = lookAt(tree, tree.name().isEmpty() ? QByteArray("volume") : tree.name(), {});
    const bool wholeIsStore = whole.proved && (whole.purpose == Purpose::PostgreSql || whole.purpose == Purpose::Redis);
    if (wholeIsStore) {
        stack.volumes.append(whole);
    } else {
        // ... a host's root or an engine's folder ...
        for (const QByteArrayView place : {kEnginePlace, QByteArrayView("lib/docker/volumes"),
                                           QByteArrayView("docker/volumes"), QByteArrayView("volumes")}) {
            const RelPath folder = RelPath::literal(place);
            if (!stack.volumes.isEmpty() || !tree.hasDirectory(folder))
                continue;
            stack.volumes = volumesIn(tree, folder, true);
            // A folder that is merely called "volumes" needs one with the engine's shape in it.
            if (place != kEnginePlace && std::none_of(stack.volumes.begin(), stack.volumes.end(), speaksForItself))
                stack.volumes.clear();
            stack.volumesFolder = folder;
            stack.enginePlace = true;
        }
        // ... or the folder that holds them.
        for (const QByteArrayView place : {QByteArrayView(), QByteArrayView("data")}) {
            if (!stack.volumes.isEmpty())
                break;
            stack.volumesFolder = RelPath::literal(place);
            stack.enginePlace = false;
            stack.volumes = volumesIn(tree, stack.volumesFolder, false);
        }
    }
    for (const char *place : {"", "project"}) {
        const RelPath folder = RelPath::literal(place);
        if (!folder.isRoot() && !tree.hasDirectory(folder))
            continue;
        Project project = projectIn(tree, folder);
        if (project.isInteresting())
            stack.projects.append(std::move(project));
    }
    return stack;
}

}  // namespace strongroom::storage::compose
