// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backupfolder.h"

#include "storage/dirtree.h"
#include "storage/ops/survey.h"

#include <QRegularExpression>

#include <algorithm>
#include <vector>

namespace strongroom::storage {

namespace {

constexpr char kPartialSuffix[] = ".partial";

/// Archives that are held open and looked at together.
constexpr size_t kAtOnce = 64;

/// Suffixes under which backups are kept. Such a file is listed even when its content is something else:
/// a dump of no bytes or an error page named .tar.gz must be seen, not hidden.
constexpr const char *kBackupSuffixes[] = {".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.xz", ".txz",
                                           ".tar.bz2", ".tbz2", ".zip", ".7z", ".sql", ".dump", ".pkl", ".enc",
                                           ".gpg", ".age", ".sqlite", ".sqlite3", ".db"};

bool hasBackupSuffix(const QByteArray &name)
{
    const QByteArray lower = name.toLower();
    return std::any_of(std::begin(kBackupSuffixes), std::end(kBackupSuffixes),
                       [&lower](const char *suffix) { return lower.endsWith(suffix); });
}

bool isSecretsName(const QByteArray &name)
{
    const QByteArray lower = name.toLower();
    return lower.endsWith(".env") || lower.contains("secrets");
}

/// The kind word of BackupInfo; empty when the file is nothing of the sort.
QString kindOf(const SniffedKind &sniffed, const QByteArray &name)
{
    if (sniffed.isArchive())
        return formatWord(sniffed.format);
    const QString &other = sniffed.otherKind;
    if (other == u"SQL dump" || other == u"PostgreSQL custom dump")
        return QStringLiteral("sql-dump");
    if (other == u"pickle")
        return QStringLiteral("pickle");
    if (other == u"SQLite database")
        return QStringLiteral("sqlite");
    if (other.endsWith(u"-encrypted file"))
        return QStringLiteral("encrypted");
    if (other == u"dotenv file" && isSecretsName(name))
        return QStringLiteral("secrets");
    return {};
}

/// The stamp that the guides put into names: YYYYMMDD or YYYYMMDD_HHMMSS, local time of the host.
QDateTime stampInName(const QByteArray &name)
{
    static const QRegularExpression pattern(QStringLiteral("(?<![0-9])([0-9]{8})(?:[_-]([0-9]{6}))?(?![0-9])"));
    QRegularExpressionMatchIterator it = pattern.globalMatch(QString::fromLatin1(name));
    while (it.hasNext()) {
        const QRegularExpressionMatch match = it.next();
        const QDate date = QDate::fromString(match.captured(1), QStringLiteral("yyyyMMdd"));
        const QTime time = match.captured(2).isEmpty() ? QTime(0, 0) : QTime::fromString(match.captured(2), QStringLiteral("HHmmss"));
        const QDateTime when(date, time, Qt::LocalTime);
        if (date.isValid() && date.year() >= 1980 && time.isValid() && when.isValid())
            return when.toUTC();
    }
    return {};
}

/// What the name alone tells of the guides' backups.
void applyName(BackupInfo &info, const QByteArray &name)
{
    const auto take = [&info](const char *layout, QStringList scope) {
        info.layout = QString::fromLatin1(layout);
        info.scope = std::move(scope);
    };
    static const QRegularExpression entity(QStringLiteral("^entity-(.+)-[0-9]{8}\\.tar\\.gz$"));
    const QRegularExpressionMatch entityMatch = entity.match(QString::fromUtf8(name));
    if (name.startsWith("full_backup_"))
        take("compose-volumes", {QStringLiteral("everything")});
    else if (name.startsWith("db_backup_"))
        take("compose-volumes", {QStringLiteral("database")});
    else if (name.startsWith("media_backup_") || name.startsWith("static_backup_"))
        take("compose-volumes", {});
    else if (name.startsWith("doco_data_backup_"))
        take("document-sessions", {QStringLiteral("everything")});
    else if (name.startsWith("doco_sessions_backup_"))
        take("document-sessions", {QStringLiteral("sessions")});
    else if (name.startsWith("blender-server-backup-"))
        take("scene-snapshots", {QStringLiteral("everything")});
    else if (name.startsWith("manual_backup_") || name.startsWith("snapshot_") || name.startsWith("backups_encrypted."))
        take("scene-snapshots", {});
    else if (name == "backup-secrets.env")
        take("sqlite-app", {QStringLiteral("secrets")});
    else if (entityMatch.hasMatch())
        take("entity-rag", {u"entity:" + entityMatch.captured(1)});
}

void applyManifest(BackupInfo &info, const Manifest &manifest)
{
    info.manifest = true;
    info.created = manifest.created;
    info.layout = manifest.kind;
    info.scope = manifest.scope;
    info.pinned = manifest.pinned;
    info.source = manifest.sourcePath;
    info.note = manifest.note;
    info.sequence = manifest.sequence;
}

/// The name under which a backup would be, were it complete.
QByteArray finalName(const ArchiveFile &archive)
{
    QByteArray name = archive.path().mid(archive.path().lastIndexOf('/') + 1);
    if (name.endsWith(kPartialSuffix))
        name.chop(qsizetype(sizeof kPartialSuffix) - 1);
    return name;
}

BackupInfo describe(const ArchiveFile &archive, const ArchiveGlance &glance, const VerificationLog &log)
{
    BackupInfo info;
    info.path = archive.path();
    info.bytes = archive.size();
    info.stamp = archive.stamp();
    const QByteArray name = finalName(archive);
    info.partial = info.path.endsWith(kPartialSuffix);
    info.kind = kindOf(archive.kind(), name);
    if (info.kind.isEmpty())
        info.kind = QStringLiteral("unknown");
    info.encrypted = glance.encrypted || info.kind == u"encrypted";
    if (glance.manifest && !info.partial) {
        applyManifest(info, *glance.manifest);
    } else {
        applyName(info, name);
        info.created = stampInName(name);
        if (const QString layout = glance.manifest ? glance.manifest->kind : glance.layout; !layout.isEmpty())
            info.layout = layout;
    }
    if (!info.created.isValid())
        info.created = info.stamp.modified();
    if (const auto entry = log.find(info.stamp)) {
        info.verdict = entry->verdict;
        info.verified = entry->verdict == Verdict::Verified || entry->verdict == Verdict::Readable;
        info.verifiedAt = entry->when;
    }
    return info;
}

bool isListed(const ArchiveFile &archive, QByteArray name)
{
    if (name.endsWith(".sha256"))
        return false;
    if (name.endsWith(kPartialSuffix))
        return true;
    return !kindOf(archive.kind(), name).isEmpty() || hasBackupSuffix(name);
}

}  // namespace

Result<QList<BackupInfo>> listArchives(const QByteArray &folder, const VerificationLog &log, Monitor &monitor)
{
    STRONGROOM_TRY(const std::unique_ptr<DirTree> tree, DirTree::open(folder));
    STRONGROOM_TRY(const QList<TreeEntry> entries, tree->list({}));
    monitor.begin(Phase::Scanning, 0, entries.size());
    QList<BackupInfo> archives;
    std::vector<ArchiveFile> opened;
    const auto describeAll = [&]() -> Result<void> {
        QList<const ArchiveFile *> some;
        for (const ArchiveFile &archive : opened)
            some.append(&archive);
        STRONGROOM_TRY(const QList<ArchiveGlance> glances, glanceAtArchives(some, Guess::WithoutManifest, monitor));
        for (qsizetype i = 0; i < glances.size(); ++i)
            archives.append(describe(*some.at(i), glances.at(i), log));
        opened.clear();
        return {};
    };
    for (const TreeEntry &entry : entries) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        monitor.setCurrent(entry.name);
        monitor.addItems();
        if (!entry.stamp.isFile())
            continue;
        auto archive = ArchiveFile::open(QByteArray(tree->path() + '/' + entry.name));
        if (!archive || !isListed(*archive, entry.name))
            continue;   // gone meanwhile, not ours to read, or no backup
        opened.push_back(*std::move(archive));
        if (opened.size() == kAtOnce)
            STRONGROOM_CHECK(describeAll());
    }
    STRONGROOM_CHECK(describeAll());
    std::stable_sort(archives.begin(), archives.end(), [](const BackupInfo &a, const BackupInfo &b) {
        if (a.created != b.created)
            return a.created > b.created;
        return a.sequence > b.sequence;
    });
    return archives;
}

Result<BackupInfo> describeArchive(const QByteArray &path, const VerificationLog &log, Monitor &monitor)
{
    STRONGROOM_TRY(const ArchiveFile archive, ArchiveFile::open(path));
    STRONGROOM_TRY(const QList<ArchiveGlance> glances, glanceAtArchives({&archive}, Guess::WithoutManifest, monitor));
    return describe(archive, glances.first(), log);
}

}  // namespace strongroom::storage
