// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The document server's data directory: sessions as single files (released) or as folders (guide), blobs
// with their index, access tokens, templates. Only sessions are items.

#include "storage/layouts/documentsessionsreader.h"
#include "storage/layouts/layout.h"

#include "storage/formats/json.h"
#include "storage/inorder.h"

#include <algorithm>
#include <span>

namespace strongroom::storage {

namespace {

using namespace documents;

constexpr int kSampled = 4;             // sessions looked into by a probe
constexpr qint64 kSampleBytes = 4096;
constexpr int kSkeletonScore = 25;      // empty folders that any application may have

/// What the names below a root say, and a look into a few files.
struct Signs {
    qint64 files = 0;
    qint64 folders = 0;
    bool fileRead = false;      ///< one of the sampled files holds a session
    bool folderRead = false;    ///< one of the sampled folders has a session's files
    bool sessionsDir = false;
    bool storageDir = false;
    qint64 blobs = 0;           ///< <uuid>.<ext> directly in storage/
    bool index = false;         ///< storage/metadata.json, keyed by UUID or empty
    bool tokens = false;
    bool groups = false;
    bool docs = false;          ///< docs/{templates,styles,fragments}
    bool topDocs = false;       ///< templates, styles, fragments at the top
};

bool holdsSession(const Tree &tree, const RelPath &path)
{
    const auto head = tree.readHead(path, kSampleBytes);
    return head && head->contains("\"session_id\"") && head->contains("\"template_id\"");
}

bool isBlobIndex(const Tree &tree)
{
    const auto head = tree.readHead(RelPath::literal("storage/metadata.json"), kSampleBytes);
    if (!head || !head->trimmed().startsWith('{'))
        return false;
    JsonCursor cursor(*head);
    if (!cursor.next())
        return head->trimmed() == "{}";
    const JsonFields fields(cursor.value().raw, {"format", "group"});
    return isUuid(cursor.rawKey()) && !fields[0].isMissing();
}

void lookAtSessions(const Tree &tree, Signs &signs)
{
    const RelPath dir = RelPath::literal("sessions");
    const auto names = tree.names(dir);
    signs.sessionsDir = names.has_value();
    int sampled = 0;
    for (const QByteArray &name : names.value_or(QList<QByteArray>())) {
        const auto stem = sessionFileStem(name);
        if (!stem || !isUuid(*stem))
            continue;
        ++signs.files;
        if (!signs.fileRead && sampled++ < kSampled)
            signs.fileRead = holdsSession(tree, dir.childUnchecked(name));
    }
}

void lookAtStorage(const Tree &tree, Signs &signs)
{
    const RelPath dir = RelPath::literal("storage");
    const auto names = tree.names(dir);
    signs.storageDir = names.has_value();
    int sampled = 0;
    for (const QByteArray &name : names.value_or(QList<QByteArray>())) {
        if (sessionFolderId(name)) {
            ++signs.folders;
            if (!signs.folderRead && sampled++ < kSampled) {
                const RelPath folder = dir.childUnchecked(name);
                for (const char *file : {"metadata.json", "fragments.json", "parameters.json"})
                    signs.folderRead = signs.folderRead || tree.hasFile(folder.childUnchecked(file));
            }
        } else if (name.size() > 37 && name.at(36) == '.' && isUuid(QByteArrayView(name).first(36))) {
            ++signs.blobs;
        }
    }
    signs.index = signs.storageDir && isBlobIndex(tree);
}

Signs lookAt(const Tree &tree)
{
    Signs signs;
    lookAtSessions(tree, signs);
    lookAtStorage(tree, signs);
    const auto allThere = [&](std::initializer_list<const char *> dirs) {
        return std::all_of(dirs.begin(), dirs.end(), [&](const char *dir) { return tree.hasDirectory(RelPath::literal(dir)); });
    };
    signs.tokens = tree.hasFile(RelPath::literal("auth/tokens.json"));
    signs.groups = tree.hasFile(RelPath::literal("auth/groups.json"));
    signs.docs = allThere({"docs/templates", "docs/styles", "docs/fragments"});
    signs.topDocs = allThere({"templates", "styles", "fragments"});
    return signs;
}

int scoreOf(const Signs &signs)
{
    const int company = (signs.index ? 3 : 0) + (signs.tokens ? 3 : 0) + (signs.docs || signs.topDocs ? 3 : 0);
    if (signs.fileRead || signs.folderRead)
        return 90 + company;
    if (signs.files > 0 || signs.folders > 0)
        return 60 + company;  // the names are right; what is in them cannot be read
    if (signs.docs && (signs.sessionsDir || signs.index || signs.tokens))
        return 75;
    if (signs.index && signs.blobs > 0)
        return 70;
    if (signs.topDocs && signs.groups)
        return 70;
    if (signs.tokens && (signs.sessionsDir || signs.storageDir))
        return 40;
    if (signs.sessionsDir && signs.storageDir)
        return kSkeletonScore;
    return 0;
}

/// What some sessions in a row gave, until one could not be read for good.
struct ReadSessions {
    QList<Item> items;
    QList<Finding> findings;
    Result<void> ended;
};
constexpr qsizetype kBatch = 16;

ReadSessions readBatch(const Tree &root, std::span<const Place> places, Monitor &monitor)
{
    ReadSessions batch;
    const FindingSink keep = [&batch](Finding finding) { batch.findings.append(std::move(finding)); };
    for (const Place &place : places) {
        Result<Session> session = monitor.stopRequested() ? fail(ErrorCode::Cancelled) : readSession(root, place, keep, monitor);
        if (!session) {
            batch.ended = std::unexpected(std::move(session).error());
            break;
        }
        if (session->isSession)
            batch.items.append(std::move(session->item));
        monitor.addItems();
    }
    return batch;
}

class DocumentSessions final : public Layout {
public:
    const LayoutIdentity &identity() const override;
    ProbeResult probe(const Tree &root) const override;
    Result<void> scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const override;
    Result<QMap<ItemKind, qint64>> count(const Tree &root, Monitor &monitor) const override;
    Result<ItemDetails> parts(const Tree &root, const ItemId &id, Monitor &monitor) const override;
    Result<void> check(const Tree &root, const FindingSink &findings, Monitor &monitor) const override;
};

const LayoutIdentity &DocumentSessions::identity() const
{
    static const LayoutIdentity identity = {
        .id = QStringLiteral("document-sessions"),
        .title = QStringLiteral("Document sessions"),
        .kinds = {ItemKind::Session},
        .candidateRoots = {QStringLiteral("data")},
        .captures = {{"storage/.prune_size.lock", Capture::Runtime},
                     {"sessions/*.json", Capture::Json},
                     {"storage/**.json", Capture::Json},
                     {"auth/*.json", Capture::Json}},
        .pairs = {},
        .secretFiles = {{"auth/tokens.json", Capture::Plain}},
        .structuredNames = {{"storage/**", {}}, {"sessions/**", {}}, {"auth/**", {}}},
        .contents = {{.pattern = "storage/session_*/metadata.json",
                      .form = ContentForm::JsonObject,
                      .sure = true,
                      .namedByUuid = true,
                      .ownId = "session_id"},
                     {.pattern = "storage/session_*/parameters.json", .form = ContentForm::Json, .sure = true, .namedByUuid = true},
                     {.pattern = "storage/session_*/fragments.json", .form = ContentForm::Json, .sure = true, .namedByUuid = true},
                     {.pattern = "sessions/*.json", .form = ContentForm::JsonObject, .ownId = "session_id"},
                     {.pattern = "storage/metadata.json", .form = ContentForm::JsonObject, .keysAreIds = true},
                     {.pattern = "auth/*.json", .form = ContentForm::JsonObject}},
        .loneFiles = {{LoneKind::Json, "auth/tokens.json", true},
                      {LoneKind::Json, "storage/metadata.json", true, true},
                      {LoneKind::Json, "sessions/????????" "-????" "-????" "-????" "-????????????.json", true}},
    };
    return identity;
}

ProbeResult DocumentSessions::probe(const Tree &root) const
{
    const Signs signs = lookAt(root);
    ProbeResult result;
    result.score = scoreOf(signs);
    if (result.score == 0)
        return result;
    result.variant = signs.folders > signs.files ? QStringLiteral("folders") : QStringLiteral("files");
    const auto say = [&](bool holds, const QString &sentence) {
        if (holds)
            result.evidence.append(sentence);
    };
    const auto number = [](qint64 n, const char *one, const char *many) {
        return n == 1 ? QStringLiteral("1 ") + QLatin1String(one) : QStringLiteral("%1 %2").arg(n).arg(QLatin1String(many));
    };
    say(signs.files > 0, number(signs.files, "session file", "session files") + QStringLiteral(" in sessions/"));
    say(signs.fileRead, QStringLiteral("session files hold session_id and template_id"));
    say(signs.folders > 0, number(signs.folders, "session folder", "session folders") + QStringLiteral(" in storage/"));
    say(signs.files > 0 && signs.folders > 0, QStringLiteral("both shapes of sessions are present"));
    say(signs.index, QStringLiteral("storage/metadata.json is an index of blobs"));
    say(signs.blobs > 0, number(signs.blobs, "blob", "blobs") + QStringLiteral(" in storage/"));
    say(signs.tokens, QStringLiteral("auth/tokens.json is there"));
    say(signs.groups, QStringLiteral("auth/groups.json is there"));
    say(signs.docs, QStringLiteral("docs/ holds templates, styles and fragments"));
    say(signs.topDocs, QStringLiteral("templates/, styles/ and fragments/ are there"));
    say(result.evidence.isEmpty(), QStringLiteral("empty sessions/ and storage/ folders"));
    return result;
}

Result<void> DocumentSessions::scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const
{
    STRONGROOM_CHECK(root.names({}));
    if (monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    const QList<Place> places = findSessions(root, findings);
    monitor.setTotals(0, places.size());
    const auto read = [&](qsizetype number) {
        const qsizetype first = number * kBatch;
        return readBatch(root, std::span(places).subspan(size_t(first), size_t(std::min(kBatch, places.size() - first))), monitor);
    };
    return inOrder(root.readers(), (places.size() + kBatch - 1) / kBatch, read, [&](ReadSessions &&batch) -> Result<void> {
        for (Finding &finding : batch.findings)
            findings(std::move(finding));
        for (const Item &item : batch.items)
            items.add(item);
        return std::move(batch.ended);
    });
}

/// By their names: what a session's files say matters to nobody who counts.
Result<QMap<ItemKind, qint64>> DocumentSessions::count(const Tree &root, Monitor &monitor) const
{
    STRONGROOM_CHECK(root.names({}));
    qint64 sessions = 0;
    for (const Place &place : findSessions(root, [](const Finding &) {})) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        sessions += isThere(root, place) ? 1 : 0;
        monitor.addItems();
    }
    return QMap<ItemKind, qint64>{{ItemKind::Session, sessions}};
}

Result<ItemDetails> DocumentSessions::parts(const Tree &root, const ItemId &id, Monitor &monitor) const
{
    if (id.kind != ItemKind::Session)
        return fail(ErrorCode::ItemUnknown, {}, {id.id});
    STRONGROOM_TRY(const Place place, findSession(root, id.id));
    return readDetails(root, place, monitor);
}

Result<void> DocumentSessions::check(const Tree &root, const FindingSink &findings, Monitor &monitor) const
{
    ChunkBuilder nowhere([](const ChunkPtr &) {});
    STRONGROOM_CHECK(scan(root, nowhere, findings, monitor));
    STRONGROOM_CHECK(checkJson(root, RelPath::literal("storage/metadata.json"), '{', Severity::Error,
                               QStringLiteral("The application takes it for empty and forgets every blob."), findings, monitor));
    STRONGROOM_CHECK(checkJson(root, RelPath::literal("auth/tokens.json"), '{', Severity::Error,
                               QStringLiteral("Nobody's access token is accepted."), findings, monitor));
    STRONGROOM_CHECK(checkJson(root, RelPath::literal("auth/groups.json"), '{', Severity::Error,
                               QStringLiteral("Access by group does not work."), findings, monitor));
    const RelPath lock = RelPath::literal("storage/.prune_size.lock");
    if (const auto stamp = root.stamp(lock)) {
        // Whether it is stale is a matter of the clock, which a check does not read: it tells the time.
        findings({Severity::Note, QStringLiteral("stale-lock"), std::nullopt, lock,
                  QStringLiteral("%1 was taken at %2; it is stale when no housekeeper runs.").arg(lock.display(), isoUtc(stamp->modified())),
                  QStringLiteral("No other housekeeper starts for an hour after that time."), QStringLiteral("remove the lock")});
    }
    return {};
}

}  // namespace

const Layout *documentSessionsLayout()
{
    static const DocumentSessions layout;
    return &layout;
}

}  // namespace strongroom::storage
