// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/words.h"

#include <QCoreApplication>
#include <QLocale>

namespace strongroom::models {

using namespace storage;

namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

QString tr(const char *text) { return Words::tr(text); }

struct CodeText {
    const char *code;
    const char *text;
};

/// Text of a stable code word; the word itself where we have no better.
template<size_t N>
QString lookUp(const CodeText (&table)[N], const QString &code)
{
    for (const CodeText &row : table) {
        if (code == QLatin1String(row.code))
            return tr(row.text);
    }
    return code;
}

constexpr CodeText kReasons[] = {
    {"run-time-file", QT_TRANSLATE_NOOP("Words", "run-time file")},
    {"differs", QT_TRANSLATE_NOOP("Words", "differs")},
    {"same", QT_TRANSLATE_NOOP("Words", "same")},
    {"not-in-archive", QT_TRANSLATE_NOOP("Words", "not in the archive")},
    {"not-in-target", QT_TRANSLATE_NOOP("Words", "not there yet")},
    {"out-of-scope", QT_TRANSLATE_NOOP("Words", "outside the scope")},
    {"special-file", QT_TRANSLATE_NOOP("Words", "socket or device")},
    {"unreadable", QT_TRANSLATE_NOOP("Words", "cannot be read")},
    {"backup-folder", QT_TRANSLATE_NOOP("Words", "backup folder")},
    {"type", QT_TRANSLATE_NOOP("Words", "another kind of file")},
    {"link-target", QT_TRANSLATE_NOOP("Words", "link leads elsewhere")},
    {"size", QT_TRANSLATE_NOOP("Words", "size differs")},
    {"content", QT_TRANSLATE_NOOP("Words", "content differs")},
    {"mode", QT_TRANSLATE_NOOP("Words", "permissions differ")},
    {"own-leftover", QT_TRANSLATE_NOOP("Words", "left by an interrupted operation")},
    {"put-back", QT_TRANSLATE_NOOP("Words", "put back")},
    {"was-not-there", QT_TRANSLATE_NOOP("Words", "was not there before")},
    {"done", QT_TRANSLATE_NOOP("Words", "done")},
    {"skipped", QT_TRANSLATE_NOOP("Words", "skipped")},
    {"changed", QT_TRANSLATE_NOOP("Words", "changed meanwhile")},
    {"failed", QT_TRANSLATE_NOOP("Words", "failed")},
};

constexpr CodeText kLayouts[] = {
    {"document-sessions", QT_TRANSLATE_NOOP("Words", "Document sessions")},
    {"compose-volumes", QT_TRANSLATE_NOOP("Words", "Compose volumes")},
    {"sqlite-app", QT_TRANSLATE_NOOP("Words", "SQLite application")},
    {"entity-rag", QT_TRANSLATE_NOOP("Words", "Entities and vector stores")},
    {"scene-snapshots", QT_TRANSLATE_NOOP("Words", "Scene snapshots")},
    {"plain-directory", QT_TRANSLATE_NOOP("Words", "Plain directory")},
};

constexpr CodeText kFacts[] = {
    {"template", QT_TRANSLATE_NOOP("Words", "Template")},
    {"alias", QT_TRANSLATE_NOOP("Words", "Alias")},
    {"group", QT_TRANSLATE_NOOP("Words", "Group")},
    {"format", QT_TRANSLATE_NOOP("Words", "Format")},
    {"version", QT_TRANSLATE_NOOP("Words", "Version")},
    {"role", QT_TRANSLATE_NOOP("Words", "Role")},
    {"user", QT_TRANSLATE_NOOP("Words", "User")},
    {"email", QT_TRANSLATE_NOOP("Words", "E-mail")},
    {"name", QT_TRANSLATE_NOOP("Words", "Name")},
    {"description", QT_TRANSLATE_NOOP("Words", "Description")},
    {"expires", QT_TRANSLATE_NOOP("Words", "Expires")},
    {"dimension", QT_TRANSLATE_NOOP("Words", "Dimension")},
    {"folder", QT_TRANSLATE_NOOP("Words", "Folder")},
    {"uploads", QT_TRANSLATE_NOOP("Words", "Uploads")},
    {"documents by the record", QT_TRANSLATE_NOOP("Words", "Documents by the record")},
    {"chunks by the record", QT_TRANSLATE_NOOP("Words", "Chunks by the record")},
    {"vector index", QT_TRANSLATE_NOOP("Words", "Vector index")},
    {"vector dimension", QT_TRANSLATE_NOOP("Words", "Vector dimension")},
    {"vector index length", QT_TRANSLATE_NOOP("Words", "Length of the vector index")},
    {"docstore", QT_TRANSLATE_NOOP("Words", "Document store")},
    {"docstore entries", QT_TRANSLATE_NOOP("Words", "Entries of the document store")},
    {"tasks", QT_TRANSLATE_NOOP("Words", "Tasks")},
    {"key", QT_TRANSLATE_NOOP("Words", "Key")},
    {"conversation", QT_TRANSLATE_NOOP("Words", "Conversation")},
    {"session", QT_TRANSLATE_NOOP("Words", "Session")},
    {"entity", QT_TRANSLATE_NOOP("Words", "Entity")},
    {"document", QT_TRANSLATE_NOOP("Words", "Document")},
    {"fragment types", QT_TRANSLATE_NOOP("Words", "Fragment types")},
    {"embedded images", QT_TRANSLATE_NOOP("Words", "Embedded images")},
    {"template folder", QT_TRANSLATE_NOOP("Words", "Template folder")},
    {"access tokens", QT_TRANSLATE_NOOP("Words", "Access tokens")},
    {"access tokens of the group", QT_TRANSLATE_NOOP("Words", "Access tokens of the group")},
    {"access tokens revoked", QT_TRANSLATE_NOOP("Words", "Access tokens revoked")},
    {"access tokens stored whole", QT_TRANSLATE_NOOP("Words", "Access tokens stored whole")},
    {"created", QT_TRANSLATE_NOOP("Words", "Created")},
    {"updated", QT_TRANSLATE_NOOP("Words", "Updated")},
    {"parameters", QT_TRANSLATE_NOOP("Words", "Parameters")},
    {"fragments", QT_TRANSLATE_NOOP("Words", "Fragments")},
    {"problems", QT_TRANSLATE_NOOP("Words", "Problems")},
    {"created from", QT_TRANSLATE_NOOP("Words", "Time taken from")},
    {"local time of the save", QT_TRANSLATE_NOOP("Words", "Local time of the save")},
    {"walk", QT_TRANSLATE_NOOP("Words", "Pickle")},
    {"pickle protocol", QT_TRANSLATE_NOOP("Words", "Pickle protocol")},
    {"opcodes", QT_TRANSLATE_NOOP("Words", "Opcodes")},
    {"classes named", QT_TRANSLATE_NOOP("Words", "Classes named")},
    {"keys", QT_TRANSLATE_NOOP("Words", "Keys")},
    {"initialized", QT_TRANSLATE_NOOP("Words", "Initialised")},
    {"users at the save", QT_TRANSLATE_NOOP("Words", "Users at the save")},
    {"purpose", QT_TRANSLATE_NOOP("Words", "Purpose")},
    {"recognised by", QT_TRANSLATE_NOOP("Words", "Recognised by")},
    {"container path", QT_TRANSLATE_NOOP("Words", "Path in the container")},
    {"backup priority", QT_TRANSLATE_NOOP("Words", "Backup priority")},
    {"content", QT_TRANSLATE_NOOP("Words", "Content")},
    {"unreadable entries", QT_TRANSLATE_NOOP("Words", "Unreadable entries")},
    {"files beside it", QT_TRANSLATE_NOOP("Words", "Files beside it")},
    {"cluster state", QT_TRANSLATE_NOOP("Words", "Cluster state")},
    {"system identifier", QT_TRANSLATE_NOOP("Words", "System identifier")},
    {"postgresql version", QT_TRANSLATE_NOOP("Words", "PostgreSQL version")},
    {"redis version", QT_TRANSLATE_NOOP("Words", "Redis version")},
    {"catalog version", QT_TRANSLATE_NOOP("Words", "Catalog version")},
    {"last control update", QT_TRANSLATE_NOOP("Words", "Last control update")},
    {"control file checksum", QT_TRANSLATE_NOOP("Words", "Checksum of the control file")},
    {"append-only file", QT_TRANSLATE_NOOP("Words", "Append-only file")},
    {"file copy", QT_TRANSLATE_NOOP("Words", "File copy")},
    {"mail accounts", QT_TRANSLATE_NOOP("Words", "Mail accounts")},
    {"mail folders", QT_TRANSLATE_NOOP("Words", "Mail folders")},
    {"messages", QT_TRANSLATE_NOOP("Words", "Messages")},
    {"contacts", QT_TRANSLATE_NOOP("Words", "Contacts")},
    {"events", QT_TRANSLATE_NOOP("Words", "Events")},
    {"users", QT_TRANSLATE_NOOP("Words", "Users")},
    {"device", QT_TRANSLATE_NOOP("Words", "Device")},
    {"expired", QT_TRANSLATE_NOOP("Words", "Expired")},
};

constexpr CodeText kScopes[] = {
    {"everything", QT_TRANSLATE_NOOP("Words", "Everything")},
    {"sessions", QT_TRANSLATE_NOOP("Words", "Sessions")},
    {"entities", QT_TRANSLATE_NOOP("Words", "Entities")},
    {"database", QT_TRANSLATE_NOOP("Words", "Database")},
    {"secrets", QT_TRANSLATE_NOOP("Words", "Secrets")},
};

}  // namespace

QString unknownText()
{
    return QStringLiteral("\u2013");
}

QString unknownToolTip()
{
    return Words::tr("unknown");
}

QString formatBytes(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

QString formatExactBytes(qint64 bytes)
{
    // The plural follows the number, which may not fit an int.
    const int plural = int(qMin<qint64>(bytes, 1000000));
    return Words::tr("%1 byte(s)", nullptr, plural).arg(formatNumber(bytes));
}

QString formatNumber(qint64 number)
{
    return QLocale().toString(number);
}

QString formatCount(const Count &count)
{
    return count ? formatNumber(*count) : unknownText();
}

QString formatTime(const QDateTime &time)
{
    return time.isValid() ? QLocale().toString(time.toLocalTime(), QLocale::ShortFormat) : unknownText();
}

QString formatRate(double bytesPerSecond)
{
    return Words::tr("%1/s", "speed").arg(formatBytes(qint64(bytesPerSecond)));
}

QString formatDuration(std::chrono::seconds seconds)
{
    const qint64 s = qMax<qint64>(0, seconds.count());
    if (s < 60)
        return Words::tr("%1 s", "seconds").arg(s);
    if (s < 3600)
        return s % 60 == 0 ? Words::tr("%1 min", "minutes").arg(s / 60)
                           : Words::tr("%1 min %2 s", "minutes and seconds").arg(s / 60).arg(s % 60);
    return Words::tr("%1 h %2 min", "hours and minutes").arg(s / 3600).arg(s % 3600 / 60);
}

QString formatAge(const QDateTime &time, const QDateTime &now)
{
    if (!time.isValid())
        return unknownText();
    const qint64 s = time.secsTo(now);
    if (s < 0)
        return formatTime(time);
    if (s < 60)
        return Words::tr("just now");
    if (s < 3600)
        return Words::tr("%n minute(s) ago", nullptr, int(s / 60));
    if (s < 48 * 3600)
        return Words::tr("%n hour(s) ago", nullptr, int(s / 3600));
    return Words::tr("%n day(s) ago", nullptr, int(qMin<qint64>(s / 86400, 1000000)));
}

QString columnTitle(Column column)
{
    switch (column) {
    case Column::Id: return Words::tr("Identifier");
    case Column::Title: return Words::tr("Title");
    case Column::State: return Words::tr("State");
    case Column::Created: return Words::tr("Created");
    case Column::Modified: return Words::tr("Modified");
    case Column::Bytes: return Words::tr("Size");
    case Column::Fragments: return Words::tr("Fragments");
    case Column::Messages: return Words::tr("Messages");
    case Column::Owner: return Words::tr("Owner");
    case Column::Entity: return Words::tr("Entity");
    case Column::Documents: return Words::tr("Documents");
    case Column::Chunks: return Words::tr("Chunks");
    case Column::Vectors: return Words::tr("Vectors");
    case Column::Sessions: return Words::tr("Sessions");
    case Column::Class: return Words::tr("Class");
    case Column::Files: return Words::tr("Files");
    case Column::Path: return Words::tr("Path");
    case Column::LastBackup: return Words::tr("Last backup");
    case Column::Reason: return Words::tr("Reason");
    case Column::Nodes: return Words::tr("Nodes");
    case Column::Current: return Words::tr("Current");
    }
    return {};
}

QString kindTitle(ItemKind kind)
{
    switch (kind) {
    case ItemKind::Session: return Words::tr("Sessions");
    case ItemKind::Entity: return Words::tr("Entities");
    case ItemKind::Volume: return Words::tr("Volumes");
    case ItemKind::Snapshot: return Words::tr("Snapshots");
    }
    return {};
}

QString kindTitleSingular(ItemKind kind)
{
    switch (kind) {
    case ItemKind::Session: return Words::tr("Session");
    case ItemKind::Entity: return Words::tr("Entity");
    case ItemKind::Volume: return Words::tr("Volume");
    case ItemKind::Snapshot: return Words::tr("Snapshot");
    }
    return {};
}

QString itemStateText(ItemState state)
{
    switch (state) {
    case ItemState::Ok: return Words::tr("OK", "state of an item");
    case ItemState::Damaged: return Words::tr("Damaged", "state of an item");
    case ItemState::Locked: return Words::tr("Locked", "state of an item");
    case ItemState::Deleted: return Words::tr("Deleted", "state of an item");
    }
    return {};
}

QString volumeClassText(VolumeClass volumeClass)
{
    switch (volumeClass) {
    case VolumeClass::None: break;
    case VolumeClass::Critical: return Words::tr("Critical", "class of a volume");
    case VolumeClass::Important: return Words::tr("Important", "class of a volume");
    case VolumeClass::Regenerable: return Words::tr("Regenerable", "class of a volume");
    case VolumeClass::Optional: return Words::tr("Optional", "class of a volume");
    }
    return {};
}

QString phaseText(Phase phase)
{
    switch (phase) {
    case Phase::Idle: break;
    case Phase::Scanning: return Words::tr("Scanning");
    case Phase::Planning: return Words::tr("Planning");
    case Phase::Reading: return Words::tr("Reading");
    case Phase::Writing: return Words::tr("Writing");
    case Phase::Verifying: return Words::tr("Verifying");
    case Phase::Staging: return Words::tr("Staging");
    case Phase::Syncing: return Words::tr("Syncing to disk");
    case Phase::Exchanging: return Words::tr("Putting in place");
    case Phase::Cleaning: return Words::tr("Cleaning up");
    case Phase::Finishing: return Words::tr("Finishing");
    }
    return {};
}

QString jobStateText(JobState state)
{
    switch (state) {
    case JobState::Queued: return Words::tr("Queued");
    case JobState::Waiting: return Words::tr("Waiting");
    case JobState::Running: return Words::tr("Running");
    case JobState::Verifying: return Words::tr("Verifying");
    case JobState::Stopping: return Words::tr("Stopping");
    case JobState::Succeeded: return Words::tr("Succeeded");
    case JobState::CompletedWithWarnings: return Words::tr("Completed with warnings");
    case JobState::Failed: return Words::tr("Failed");
    case JobState::Cancelled: return Words::tr("Cancelled");
    }
    return {};
}

QString outcomeText(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Succeeded: return jobStateText(JobState::Succeeded);
    case Outcome::CompletedWithWarnings: return jobStateText(JobState::CompletedWithWarnings);
    case Outcome::Failed: return jobStateText(JobState::Failed);
    case Outcome::Cancelled: return jobStateText(JobState::Cancelled);
    }
    return {};
}

QString operationText(Operation operation)
{
    switch (operation) {
    case Operation::Backup: return Words::tr("Backup");
    case Operation::Restore: return Words::tr("Restore");
    case Operation::Undo: return Words::tr("Undo");
    case Operation::Recover: return Words::tr("Recovery");
    case Operation::Repair: return Words::tr("Repair");
    case Operation::Cleanup: return Words::tr("Cleanup");
    case Operation::Prune: return Words::tr("Pruning");
    }
    return {};
}

QString verbText(Verb verb)
{
    switch (verb) {
    case Verb::Remove: return Words::tr("Removed", "heading of a plan");
    case Verb::Replace: return Words::tr("Replaced", "heading of a plan");
    case Verb::Create: return Words::tr("Created", "heading of a plan");
    case Verb::Keep: return Words::tr("Kept", "heading of a plan");
    case Verb::Archive: return Words::tr("Backed up", "heading of a plan");
    case Verb::Skip: return Words::tr("Skipped", "heading of a plan");
    }
    return {};
}

QString reasonText(const QString &reason)
{
    return lookUp(kReasons, reason);
}

QString verdictText(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Verified: return Words::tr("Verified");
    case Verdict::Readable: return Words::tr("Readable, no manifest");
    case Verdict::Damaged: return Words::tr("Damaged", "verdict on an archive");
    case Verdict::Hostile: return Words::tr("Unsafe", "verdict on an archive");
    }
    return {};
}

QString severityText(Severity severity)
{
    switch (severity) {
    case Severity::Note: return Words::tr("Note");
    case Severity::Warning: return Words::tr("Warning");
    case Severity::Error: return Words::tr("Error");
    }
    return {};
}

QString severityWord(Severity severity)
{
    switch (severity) {
    case Severity::Note: return QStringLiteral("note");
    case Severity::Warning: return QStringLiteral("warning");
    case Severity::Error: return QStringLiteral("error");
    }
    return {};
}

QString layoutTitle(const QString &layoutId)
{
    return lookUp(kLayouts, layoutId);
}

QString scopeText(const QString &scope)
{
    const qsizetype colon = scope.indexOf(u':');
    if (colon < 0)
        return lookUp(kScopes, scope);
    const QString kind = scope.first(colon);
    const QString name = scope.sliced(colon + 1);
    for (const ItemKind k : kAllItemKinds) {
        if (kind == kindWord(k))
            return Words::tr("%1 %2", "kind and name: Volume media").arg(kindTitleSingular(k), name);
    }
    return scope;
}

QString factTitle(const QString &key)
{
    return lookUp(kFacts, key);
}

}  // namespace strongroom::models
