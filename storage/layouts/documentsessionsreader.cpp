// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/documentsessionsreader.h"

#include "storage/formats/json.h"
#include "storage/mask.h"

#include <QSet>

namespace strongroom::storage::documents {

namespace {

constexpr qint64 kMaxMember = qint64(64) << 20;
constexpr int kMaxDepth = 512;  // the application itself reads about 1,000 levels
constexpr char kMetadata[] = "metadata.json";
constexpr char kParameters[] = "parameters.json";
constexpr char kFragments[] = "fragments.json";

const RelPath &sessionsDir()
{
    static const RelPath path = RelPath::literal("sessions");
    return path;
}

const RelPath &storageDir()
{
    static const RelPath path = RelPath::literal("storage");
    return path;
}

enum class Reading : quint8 { Fine, Absent, NotLooked, Broken, NotAFile };

struct Document {
    Reading reading = Reading::Absent;
    JsonStoreSummary summary;
};

/// Who is asking, for findings.
struct Context {
    std::optional<ItemId> item;
    Severity severity = Severity::Error;
    QString consequence;
};

Finding findingOf(const Context &context, const RelPath &path, const char *code, const QString &what)
{
    return {context.severity, QString::fromLatin1(code), context.item, path,
            path.display() + u' ' + what + u'.', context.consequence, std::nullopt};
}

/// Reads `path` strictly, members to `visit`. `top` = '{', '[' or 0 for either.
Result<Document> readDocument(const Tree &tree, const RelPath &path, char top, const Context &context,
                              const FindingSink &findings, Monitor &monitor,
                              const std::function<void(QByteArrayView, const JsonSlice &)> &visit)
{
    JsonStoreOptions options;
    options.maxRecord = kMaxMember;
    options.maxDepth = kMaxDepth;
    auto summary = readJsonStore(tree, path, options, monitor, [&](const JsonStoreRecord &record) {
        if (!record.tooLarge() && visit)
            visit(record.rawKey, record.slice());
        return true;
    });
    Document document;
    if (!summary) {
        const Error &error = summary.error();
        switch (error.code) {
        case ErrorCode::Cancelled:
            return std::unexpected(error);
        case ErrorCode::NotFound:
        case ErrorCode::Vanished:
            document.reading = Reading::Absent;
            break;
        case ErrorCode::LimitExceeded:  // inside an archive: not kept, which says nothing against it
            document.reading = Reading::NotLooked;
            break;
        case ErrorCode::NotAFile:
            document.reading = Reading::NotAFile;
            break;
        case ErrorCode::LinkInPath:
            document.reading = Reading::NotAFile;
            findings(findingOf(context, path, "outward-symlink", QStringLiteral("is a symbolic link and was not followed")));
            break;
        default:
            document.reading = Reading::Broken;
            findings({context.severity, codeWord(error.code), context.item, path,
                      path.display() + QStringLiteral(" cannot be read: ") + describe(error).what + u'.', context.consequence, std::nullopt});
            break;
        }
        return document;
    }
    document.summary = *summary;
    document.reading = Reading::Broken;
    const std::optional<JsonFault> &fault = document.summary.fault;
    const char found = document.summary.topLevel;
    if (fault && fault->kind == JsonFaultKind::Empty)
        findings(findingOf(context, path, "empty-file", QStringLiteral("is empty")));
    else if (fault)
        findings(findingOf(context, path, "json-invalid", jsonFaultText(*fault)));
    else if (top == 0 ? found != '{' && found != '[' : found != top)
        findings(findingOf(context, path, "json-wrong-type",
                           top == '[' ? QStringLiteral("is not a JSON array") : QStringLiteral("is not a JSON object")));
    else
        document.reading = Reading::Fine;
    return document;
}

/// Members of a session's own object, or of metadata.json in the guide's shape.
struct Members {
    Session &session;
    bool wrongFragments = false;

    void take(QByteArrayView key, const JsonSlice &value)
    {
        Item &item = session.item;
        if (key == "session_id") {
            session.sessionId = value.text();
        } else if (key == "template_id") {
            session.templateId = value.text();
        } else if (key == "group") {
            item.owner = maskText(u"group", value.text());
        } else if (key == "alias") {
            session.alias = maskText(u"alias", value.text());
        } else if (key == "created_at") {
            item.created = parseTime(value.text());
        } else if (key == "updated_at") {
            session.updated = parseTime(value.text());
        } else if (key == "global_parameters") {
            session.parameters = value.count();
        } else if (key == "fragments") {
            wrongFragments = value.type != JsonType::Array;
            item.fragments = wrongFragments ? Count() : value.count();
        }
    }
};

/// Damaged unless it was read and fine, or could not be judged.
void noteReading(Item &item, Reading reading)
{
    if (reading == Reading::Broken || reading == Reading::NotAFile)
        item.state = ItemState::Damaged;
}

QDateTime later(const QDateTime &a, const QDateTime &b)
{
    return !a.isValid() || (b.isValid() && b > a) ? b : a;
}

/// There is nothing by that name, or nothing that the application would open.
bool isAbsent(ErrorCode code)
{
    return code == ErrorCode::NotFound || code == ErrorCode::Vanished || code == ErrorCode::NotADirectory || code == ErrorCode::LinkInPath;
}

const QString &startConsequence()
{
    static const QString text = QStringLiteral("The application reads every session when it starts, and does not start with this one.");
    return text;
}

Result<void> readFileShape(const Tree &tree, const Place &place, Session &session, const FindingSink &findings, Monitor &monitor)
{
    const RelPath path = place.filePath();
    Item &item = session.item;
    const Context context{item.itemId(), Severity::Error, startConsequence()};
    Members members{session};
    STRONGROOM_TRY(const Document document, readDocument(tree, path, '{', context, findings, monitor,
                                                         [&](QByteArrayView key, const JsonSlice &value) { members.take(key, value); }));
    FileStamp stamp = document.summary.stamp;
    if (document.reading == Reading::Absent || document.reading == Reading::NotAFile) {
        session.isSession = false;
        return {};
    }
    if (document.reading != Reading::Fine) {
        if (const auto fresh = tree.stamp(path))
            stamp = *fresh;
    }
    noteReading(item, document.reading);
    item.bytes += stamp.size;
    session.parts.append({path, {}, stamp.size, stamp.modified(), false});
    item.modified = stamp.modified();
    if (document.reading != Reading::Fine) {
        // What stood before the fault may be half a value of another time: only what is sure is shown.
        item.fragments.reset();
        return {};
    }
    if (members.wrongFragments || (session.sessionId.isEmpty() && session.templateId.isEmpty())) {
        item.state = ItemState::Damaged;
        findings(findingOf(context, path, "json-wrong-type",
                           members.wrongFragments ? QStringLiteral("has fragments that are not an array")
                                                  : QStringLiteral("is an object, but no session")));
    } else if (session.sessionId.toUtf8() != place.id) {
        Context mismatch = context;
        mismatch.severity = Severity::Warning;
        mismatch.consequence = QStringLiteral("The application knows the session under the id inside, not under the file's name.");
        findings(findingOf(mismatch, path, "id-mismatch",
                           QStringLiteral("holds the session %1").arg(session.sessionId.isEmpty() ? QStringLiteral("without an id")
                                                                                                    : maskText(u"session_id", session.sessionId))));
    }
    return {};
}

Result<void> readFolderShape(const Tree &tree, const Place &place, Session &session, const FindingSink &findings, Monitor &monitor)
{
    const RelPath folder = place.folderPath();
    Item &item = session.item;
    QSet<QByteArray> present;
    QDateTime newest;
    const auto walked = tree.walk(folder, monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *error) {
        if (error || entry.stamp.isDirectory())
            return true;
        present.insert(path.relativeTo(folder).bytes());
        const qint64 bytes = entry.stamp.isFile() ? entry.stamp.size : 0;
        session.parts.append({path, {}, bytes, entry.stamp.modified(), false});
        item.bytes += bytes;
        newest = later(newest, entry.stamp.modified());
        return true;
    });
    if (!walked && walked.error().code == ErrorCode::Cancelled)
        return walked;
    if (!walked && isAbsent(walked.error().code)) {
        session.isSession = false;
        return {};
    }
    // A folder that cannot be read says so with its first file.
    if (session.parts.isEmpty()) {
        if (const auto stamp = tree.stamp(folder)) {
            newest = stamp->modified();
            session.parts.append({folder, {}, 0, newest, false});
        }
    }
    item.modified = later(item.modified, newest);
    if (place.file)
        return {};  // the released shape has said everything; these files only belong to it

    const Context context{item.itemId(), Severity::Error, QStringLiteral("The session cannot be opened.")};
    Members members{session};
    const auto take = [&](QByteArrayView key, const JsonSlice &value) { members.take(key, value); };
    STRONGROOM_TRY(const Document metadata, readDocument(tree, folder.childUnchecked(kMetadata), '{', context, findings, monitor, take));
    noteReading(item, metadata.reading);
    if (metadata.reading == Reading::Absent) {
        item.state = ItemState::Damaged;
        findings(findingOf(context, folder, "missing-file", QStringLiteral("has no metadata.json")));
    } else if (metadata.reading == Reading::Fine && !session.sessionId.isEmpty() && session.sessionId.toUtf8() != place.id) {
        findings(findingOf({item.itemId(), Severity::Warning, {}}, folder.childUnchecked(kMetadata), "id-mismatch",
                           QStringLiteral("holds the session %1").arg(maskText(u"session_id", session.sessionId))));
    }
    STRONGROOM_TRY(const Document parameters, readDocument(tree, folder.childUnchecked(kParameters), '{', context, findings, monitor, {}));
    noteReading(item, parameters.reading);
    if (parameters.reading == Reading::Fine)
        session.parameters = parameters.summary.records;
    STRONGROOM_TRY(const Document fragments, readDocument(tree, folder.childUnchecked(kFragments), 0, context, findings, monitor, {}));
    noteReading(item, fragments.reading);
    if (fragments.reading == Reading::Fine)
        item.fragments = fragments.summary.records;
    else if (fragments.reading == Reading::Absent && metadata.reading == Reading::Fine)
        item.fragments = 0;  // a fresh session has no such file yet
    return {};
}

}  // namespace

bool isUuid(QByteArrayView text)
{
    if (text.size() != 36)
        return false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')))
            return false;
    }
    return true;
}

std::optional<QByteArray> sessionFileStem(const QByteArray &name)
{
    if (!name.endsWith(".json") || name.startsWith('.'))
        return std::nullopt;
    return name.chopped(5);
}

std::optional<QByteArray> sessionFolderId(const QByteArray &name)
{
    if (!name.startsWith("session_") || !isUuid(QByteArrayView(name).sliced(8)))
        return std::nullopt;
    return name.mid(8);
}

RelPath Place::filePath() const
{
    return sessionsDir().childUnchecked(QByteArray(id + ".json"));
}

RelPath Place::folderPath() const
{
    return storageDir().childUnchecked(QByteArray("session_" + id));
}

QList<Place> findSessions(const Tree &tree, const FindingSink &findings)
{
    const auto namesOf = [&](const RelPath &dir) {
        auto names = tree.names(dir);
        if (names)
            return *names;
        if (names.error().code != ErrorCode::NotFound && names.error().code != ErrorCode::NotADirectory) {
            findings(findingOf({std::nullopt, Severity::Error, QStringLiteral("Its sessions are not listed.")}, dir,
                               codeWord(names.error().code).toLatin1().constData(), QStringLiteral("cannot be listed")));
        }
        return QList<QByteArray>();
    };
    QList<Place> places;
    for (const QByteArray &name : namesOf(sessionsDir())) {
        if (const auto stem = sessionFileStem(name))
            places.append({*stem, true, false});
    }
    QHash<QByteArray, qsizetype> byId;
    const qsizetype files = places.size();
    for (const QByteArray &name : namesOf(storageDir())) {
        const auto id = sessionFolderId(name);
        if (!id)
            continue;
        if (byId.isEmpty()) {
            for (qsizetype i = 0; i < files; ++i)
                byId.insert(places.at(i).id, i);
        }
        if (const auto known = byId.constFind(*id); known != byId.constEnd())
            places[*known].folder = true;
        else
            places.append({*id, false, true});
    }
    return places;
}

bool isThere(const Tree &tree, const Place &place)
{
    if (place.file) {
        const auto stamp = tree.stamp(place.filePath());
        if (stamp ? stamp->isFile() : !isAbsent(stamp.error().code))
            return true;
    }
    if (!place.folder)
        return false;
    const auto stamp = tree.stamp(place.folderPath());
    return stamp ? stamp->isDirectory() : !isAbsent(stamp.error().code);
}

Result<Place> findSession(const Tree &tree, const QString &id)
{
    const auto unknown = [&] { return fail(ErrorCode::ItemUnknown, {}, {id}); };
    if (id.isEmpty() || id.contains(u'/') || id.size() > RelPath::kMaxName)
        return unknown();
    Place place;
    place.id = id.toUtf8();
    const auto look = [&] {
        if (!RelPath::parse(QByteArray(place.id + ".json")))
            return false;
        place.file = sessionFileStem(place.id + ".json") && tree.hasFile(place.filePath());
        place.folder = isUuid(place.id) && tree.hasDirectory(place.folderPath());
        return place.file || place.folder;
    };
    if (look())
        return place;
    // A name that is not UTF-8 was shown with \xNN in it.
    if (!id.contains(u'\\'))
        return unknown();
    for (const QByteArray &name : tree.names(sessionsDir()).value_or(QList<QByteArray>())) {
        const auto stem = sessionFileStem(name);
        if (stem && displayBytes(*stem) == id) {
            place.id = *stem;
            if (look())
                return place;
        }
    }
    return unknown();
}

Result<Session> readSession(const Tree &tree, const Place &place, const FindingSink &findings, Monitor &monitor)
{
    Session session;
    Item &item = session.item;
    item.kind = ItemKind::Session;
    item.id = displayBytes(place.id);
    if (place.file)
        STRONGROOM_CHECK(readFileShape(tree, place, session, findings, monitor));
    if (place.folder) {
        const bool alsoFile = place.file && session.isSession;
        if (alsoFile) {
            findings(findingOf({item.itemId(), Severity::Warning, QStringLiteral("The application reads the file and ignores the folder.")},
                               place.folderPath(), "duplicate-id", QStringLiteral("is the folder of a session that is a file, too")));
        }
        session.isSession = true;
        STRONGROOM_CHECK(readFolderShape(tree, place, session, findings, monitor));
        session.isSession = session.isSession || alsoFile;
    }
    if (session.updated.isValid() && item.state == ItemState::Ok)
        item.modified = session.updated;
    item.title = !session.alias.isEmpty() ? session.alias : maskText(u"template_id", session.templateId);
    if (item.title.isEmpty() || item.state == ItemState::Damaged)
        item.title = session.alias.isEmpty() || item.state == ItemState::Damaged ? item.id : session.alias;
    return session;
}

Result<void> checkJson(const Tree &tree, const RelPath &path, char top, Severity severity, const QString &consequence,
                       const FindingSink &findings, Monitor &monitor)
{
    STRONGROOM_TRY(const Document document,
                   readDocument(tree, path, top, {std::nullopt, severity, consequence}, findings, monitor, {}));
    Q_UNUSED(document);
    return {};
}

}  // namespace strongroom::storage::documents
