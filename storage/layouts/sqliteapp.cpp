// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The organiser application: everything in database.sqlite, its keys in secrets.env beside it (or in the
// environment: no such file is healthy). Items are the device sessions of its users; the tokens in them,
// password hashes and mail never leave the database.

#include "storage/layouts/layout.h"

#include "storage/formats/dotenv.h"
#include "storage/formats/sqlite.h"
#include "storage/mask.h"

#include <algorithm>
#include <array>

namespace strongroom::storage {

namespace {

constexpr char kDatabaseName[] = "database.sqlite";
constexpr qint64 kLookedAt = 256 * 1024;        // bytes of the database that a probe may search
constexpr qint64 kMaxSecrets = 64 * 1024;
constexpr qsizetype kMaxTitle = 200;
constexpr int kMinSecret = 32;                  // characters; a shorter one the application would replace
constexpr std::array kMarkerTables = {"users", "email_configs", "mail_folders"};
constexpr std::array kSecretNames = {"JWT_SECRET", "JWT_REFRESH_SECRET", "ENCRYPTION_KEY"};

/// One row of the device sessions; nothing in it is secret.
constexpr char kSessionColumns[] =
    "SELECT s.id, substr(s.device_id, 1, 1000), s.created_at, s.expires_at,"
    " (SELECT substr(u.username, 1, 1000) FROM users u WHERE u.id = s.user_id), s.user_id,"
    " coalesce(length(CAST(s.device_id AS BLOB)), 0) + coalesce(length(CAST(s.refresh_token AS BLOB)), 0)"
    " + coalesce(length(s.expires_at), 0) + coalesce(length(s.created_at), 0) FROM sessions s";

const RelPath &databasePath()
{
    static const RelPath path = RelPath::literal(kDatabaseName);
    return path;
}

const RelPath &secretsPath()
{
    static const RelPath path = RelPath::literal("secrets.env");
    return path;
}

/// How many of the three keys have a value; nothing when there is no readable file.
std::optional<int> keysIn(const Tree &tree)
{
    const auto text = tree.readAll(secretsPath(), kMaxSecrets);
    if (!text)
        return std::nullopt;
    const DotEnv env = parseDotEnv(*text);
    return int(std::count_if(kSecretNames.begin(), kSecretNames.end(), [&](const char *name) { return env.has(name); }));
}

struct Signs {
    bool file = false;
    std::optional<SqliteHeader> header;
    int markers = 0;          ///< marker tables found
    std::optional<int> keys;
};

int markersByText(const Tree &tree)
{
    const auto head = tree.readHead(databasePath(), kLookedAt);
    if (!head)
        return 0;
    return int(std::count_if(kMarkerTables.begin(), kMarkerTables.end(), [&](const char *table) {
        return head->contains(QByteArray(QByteArray("CREATE TABLE ") + table));
    }));
}

Signs lookAt(const Tree &tree)
{
    Signs signs;
    signs.keys = keysIn(tree);
    signs.file = tree.hasFile(databasePath());
    if (!signs.file)
        return signs;
    const auto head = tree.readHead(databasePath(), 100);
    signs.header = head ? parseSqliteHeader(*head) : std::nullopt;
    // Opening is quick only where it needs no copy.
    const SqliteNeighbours neighbours = sqliteNeighbours(tree, databasePath());
    if (signs.header && !signs.header->wal && !neighbours.wal && !neighbours.journal && tree.localPath(databasePath())) {
        const Monitor monitor;
        if (const auto db = SqliteDatabase::open(tree, databasePath(), monitor)) {
            if (const auto tables = db->tables()) {
                signs.markers = int(std::count_if(kMarkerTables.begin(), kMarkerTables.end(), [&](const char *table) {
                    return tables->contains(QLatin1String(table));
                }));
                return signs;
            }
        }
    }
    signs.markers = markersByText(tree);
    return signs;
}

int scoreOf(const Signs &signs)
{
    const bool allKeys = signs.keys == int(kSecretNames.size());
    if (!signs.file)
        return allKeys ? 40 : 0;
    if (signs.markers == int(kMarkerTables.size()))
        return signs.header ? (allKeys ? 98 : 95) : 75;
    if (signs.header)
        return allKeys ? 65 : signs.markers > 0 ? 35 : 0;
    return allKeys ? 65 : 30;  // the right name, and not (any more) a database
}

Finding databaseFinding(Severity severity, const char *code, const QString &what, const QString &consequence = {})
{
    return {severity, QString::fromLatin1(code), std::nullopt, databasePath(),
            QLatin1String(kDatabaseName) + u' ' + what + u'.', consequence, std::nullopt};
}

/// Opens the database, or says as a finding why not. Errors: Cancelled only.
Result<std::optional<SqliteDatabase>> openDatabase(const Tree &tree, const FindingSink &findings, const Monitor &monitor)
{
    using Opened = std::optional<SqliteDatabase>;
    const QString lost = QStringLiteral("The application has no accounts, mail or sessions without it.");
    const auto stamp = tree.stamp(databasePath());
    if (!stamp) {
        findings({Severity::Error, QStringLiteral("missing-file"), std::nullopt, secretsPath(),
                  QStringLiteral("database.sqlite is not there."), lost, std::nullopt});
        return Opened();
    }
    const auto head = tree.readHead(databasePath(), 100);
    if (head && head->isEmpty()) {
        findings(databaseFinding(Severity::Error, "empty-file", QStringLiteral("is empty"), lost));
        return Opened();
    }
    const std::optional<SqliteHeader> header = head ? parseSqliteHeader(*head) : std::optional<SqliteHeader>();
    if (head && !header) {
        findings(databaseFinding(Severity::Error, "not-a-database", QStringLiteral("is no SQLite database"), lost));
        return Opened();
    }
    const bool wal = sqliteNeighbours(tree, databasePath()).wal;
    if (header && !wal && header->expectedBytes() > stamp->size) {
        findings(databaseFinding(Severity::Error, "database-truncated",
                                 QStringLiteral("has %1 of %2 bytes").arg(stamp->size).arg(header->expectedBytes()), lost));
        return Opened();
    }
    auto db = SqliteDatabase::open(tree, databasePath(), monitor);
    if (db)
        return Opened(std::move(*db));
    switch (db.error().code) {
    case ErrorCode::Cancelled:
        return std::unexpected(db.error());
    case ErrorCode::LimitExceeded:  // inside an archive and not kept, or too large to copy aside: no verdict
        break;
    case ErrorCode::DatabaseUnreadable:
        findings(databaseFinding(Severity::Error, "database-corrupt", QStringLiteral("cannot be read: ") + db.error().args.join(u' '), lost));
        break;
    default:
        findings(databaseFinding(Severity::Warning, codeWord(db.error().code).toLatin1().constData(),
                                 QStringLiteral("cannot be read now: ") + describe(db.error()).what));
        break;
    }
    return Opened();
}

/// What stands in the tree when a statement fails half way.
Result<void> reportFailure(const Error &error, const FindingSink &findings)
{
    if (error.code == ErrorCode::Cancelled)
        return std::unexpected(error);
    findings(databaseFinding(Severity::Error, error.code == ErrorCode::InUse ? "in-use" : "database-corrupt",
                             QStringLiteral("cannot be read whole: ") + error.args.join(u' ')));
    return {};
}

Item itemOf(const SqliteStatement &row)
{
    Item item;
    item.kind = ItemKind::Session;
    item.id = row.text(0);
    item.title = maskText(u"device_name", row.text(1).left(kMaxTitle));
    if (item.title.isEmpty())
        item.title = QStringLiteral("session ") + item.id;
    item.created = parseTime(row.text(2));
    item.owner = maskText(u"user_name", row.text(4).left(kMaxTitle));
    item.bytes = row.integer(6);
    return item;
}

class SqliteApp final : public Layout {
public:
    const LayoutIdentity &identity() const override;
    ProbeResult probe(const Tree &root) const override;
    Result<void> scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const override;
    Result<ItemDetails> parts(const Tree &root, const ItemId &id, Monitor &monitor) const override;
    Result<void> check(const Tree &root, const FindingSink &findings, Monitor &monitor) const override;
};

const LayoutIdentity &SqliteApp::identity() const
{
    static const LayoutIdentity identity = {
        .id = QStringLiteral("sqlite-app"),
        .title = QStringLiteral("Organiser database"),
        .kinds = {ItemKind::Session},
        .candidateRoots = {QStringLiteral("data")},
        .captures = {{kDatabaseName, Capture::Sqlite},
                     {"secrets.env", Capture::KeyValues},
                     {"database.sqlite-journal", Capture::Runtime},
                     {"database.sqlite-wal", Capture::Runtime},
                     {"database.sqlite-shm", Capture::Runtime}},
        .pairs = {{kDatabaseName, "secrets.env"}},
        .secretFiles = {{"secrets.env", Capture::Plain}},
        .contents = {{.pattern = kDatabaseName,
                      .form = ContentForm::Database,
                      .required = {"users"},
                      .known = {"users", "sessions", "calendar_events", "contacts", "email_configs", "mail_folders", "mail_messages"},
                      .companion = "secrets.env"},
                     {.pattern = "database.sqlite-journal", .form = ContentForm::Leftover},
                     {.pattern = "database.sqlite-wal", .form = ContentForm::Leftover},
                     {.pattern = "secrets.env",
                      .form = ContentForm::Secrets,
                      .required = {kSecretNames.begin(), kSecretNames.end()},
                      .minValue = kMinSecret}},
        .loneFiles = {{LoneKind::Sqlite, kDatabaseName}, {LoneKind::Dotenv, "secrets.env"}},
    };
    return identity;
}

ProbeResult SqliteApp::probe(const Tree &root) const
{
    const Signs signs = lookAt(root);
    ProbeResult result;
    result.score = scoreOf(signs);
    if (result.score == 0)
        return result;
    if (signs.header)
        result.evidence.append(QStringLiteral("database.sqlite is a SQLite database"));
    else if (signs.file)
        result.evidence.append(QStringLiteral("database.sqlite is there, but is no SQLite database"));
    if (signs.markers > 0) {
        result.evidence.append(QStringLiteral("%1 of the tables users, email_configs and mail_folders are in it")
                                   .arg(signs.markers == int(kMarkerTables.size()) ? QStringLiteral("all") : QString::number(signs.markers)));
    }
    if (signs.keys)
        result.evidence.append(QStringLiteral("secrets.env holds %1 of 3 keys").arg(*signs.keys));
    return result;
}

Result<void> SqliteApp::scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const
{
    STRONGROOM_CHECK(root.names({}));
    if (monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    STRONGROOM_TRY(const std::optional<SqliteDatabase> db, openDatabase(root, findings, monitor));
    if (!db)
        return {};
    auto rows = db->prepare(QByteArray(QByteArray(kSessionColumns) + " ORDER BY s.id").constData());
    if (!rows)
        return reportFailure(rows.error(), findings);
    for (;;) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        const auto row = rows->step();
        if (!row)
            return reportFailure(row.error(), findings);
        if (!*row)
            return {};
        const Item item = itemOf(*rows);
        items.add(item);
        monitor.addItems();
        monitor.addBytes(item.bytes);
    }
}

void addTableFacts(ItemDetails &details, const SqliteDatabase &db)
{
    const QStringList tables = db.tables().value_or(QStringList());
    // Keys and queries in pairs: a table's name cannot be bound.
    constexpr std::array<std::array<const char *, 3>, 6> counted = {{
        {"users", "users", "SELECT count(*) FROM users"},
        {"mail accounts", "email_configs", "SELECT count(*) FROM email_configs"},
        {"mail folders", "mail_folders", "SELECT count(*) FROM mail_folders"},
        {"messages", "mail_messages", "SELECT count(*) FROM mail_messages"},
        {"contacts", "contacts", "SELECT count(*) FROM contacts"},
        {"events", "calendar_events", "SELECT count(*) FROM calendar_events"},
    }};
    for (const auto &[key, table, query] : counted) {
        if (!tables.contains(QLatin1String(table)))
            continue;
        const auto count = db.number(query);
        details.facts.append({QString::fromLatin1(key), count ? QString::number(*count) : QStringLiteral("unknown")});
    }
}

Result<ItemDetails> SqliteApp::parts(const Tree &root, const ItemId &id, Monitor &monitor) const
{
    const auto unknown = [&] { return fail(ErrorCode::ItemUnknown, {}, {id.id}); };
    bool isNumber = false;
    const qint64 number = id.id.toLongLong(&isNumber);
    if (id.kind != ItemKind::Session || !isNumber || QString::number(number) != id.id)
        return unknown();
    STRONGROOM_TRY(const std::optional<SqliteDatabase> db, openDatabase(root, [](const Finding &) {}, monitor));
    if (!db)
        return unknown();
    STRONGROOM_TRY(SqliteStatement row, db->prepare(QByteArray(QByteArray(kSessionColumns) + " WHERE s.id = ?1").constData()));
    STRONGROOM_CHECK(row.bind(1, number));
    STRONGROOM_TRY(const bool found, row.step());
    if (!found)
        return unknown();

    ItemDetails details;
    details.item = itemOf(row);
    STRONGROOM_TRY(const FileStamp stamp, root.stamp(databasePath()));
    details.parts.append({databasePath(), QStringLiteral("sessions:") + id.id, details.item.bytes, stamp.modified(), true});
    const QString user = row.isNull(4) ? QString() : details.item.owner;
    details.relations.append({QStringLiteral("user"), {ItemKind::Session, row.text(5)},
                              user.isEmpty() ? QStringLiteral("user %1, who is not there").arg(row.text(5)) : user, false});
    const auto add = [&](const char *key, const QString &value) {
        if (!value.isEmpty())
            details.facts.append({QString::fromLatin1(key), value});
    };
    const QDateTime expires = parseTime(row.text(3));
    add("device", details.item.title);
    add("user", user);
    add("created", isoUtc(details.item.created));
    add("expires", isoUtc(expires));
    // No clock here: what had run out when the database was last written is certain.
    if (expires.isValid() && expires < stamp.modified())
        add("expired", QStringLiteral("before the database was last written"));
    addTableFacts(details, *db);
    const auto keys = keysIn(root);
    add("secrets.env", keys ? QStringLiteral("%1 of 3 keys").arg(*keys) : QStringLiteral("not there; the keys come from the environment"));
    details.metadata = maskJson(QJsonObject{
        {QStringLiteral("id"), row.integer(0)},
        {QStringLiteral("user_id"), row.integer(5)},
        {QStringLiteral("device_id"), row.text(1)},
        {QStringLiteral("refresh_token"), maskedValue()},
        {QStringLiteral("expires_at"), row.text(3)},
        {QStringLiteral("created_at"), row.text(2)},
    }).toObject();
    return details;
}

void checkNeighbours(const Tree &root, const FindingSink &findings)
{
    const SqliteNeighbours neighbours = sqliteNeighbours(root, databasePath());
    const auto beside = [&](const char *name, const char *code, const QString &message, const QString &consequence) {
        findings({Severity::Warning, QString::fromLatin1(code), std::nullopt, RelPath::literal(name), message, consequence, std::nullopt});
    };
    if (neighbours.journal) {
        beside("database.sqlite-journal", "hot-journal", QStringLiteral("database.sqlite-journal is left beside the database."),
               QStringLiteral("Unless the application is writing now, its last transaction was cut off and is undone when it starts."));
    }
    if (neighbours.wal) {
        beside("database.sqlite-wal", "wal-present", QStringLiteral("database.sqlite-wal holds changes that are not in the database yet."),
               QStringLiteral("The database must not be copied or restored without it."));
    }
    const auto keys = keysIn(root);
    if (keys && *keys < int(kSecretNames.size())) {
        findings({Severity::Warning, QStringLiteral("secrets-incomplete"), std::nullopt, secretsPath(),
                  QStringLiteral("secrets.env holds %1 of 3 keys.").arg(*keys),
                  QStringLiteral("Unless the environment has them all, the application makes all three anew: everybody is logged out and"
                                 " the stored mail password is lost."), std::nullopt});
    }
}

Result<void> SqliteApp::check(const Tree &root, const FindingSink &findings, Monitor &monitor) const
{
    ChunkBuilder nowhere([](const ChunkPtr &) {});
    bool broken = false;
    const FindingSink passOn = [&](Finding finding) {
        broken = true;
        findings(std::move(finding));
    };
    STRONGROOM_CHECK(scan(root, nowhere, passOn, monitor));
    checkNeighbours(root, findings);
    if (broken)
        return {};
    STRONGROOM_TRY(const std::optional<SqliteDatabase> db, openDatabase(root, findings, monitor));
    if (!db)
        return {};
    const auto lines = db->quickCheck();
    if (!lines)
        return reportFailure(lines.error(), findings);
    if (!lines->isEmpty()) {
        findings(databaseFinding(Severity::Error, "database-corrupt",
                                 QStringLiteral("fails its own check: ") + lines->first().left(kMaxTitle)));
    }
    return {};
}

}  // namespace

const Layout *sqliteAppLayout()
{
    static const SqliteApp layout;
    return &layout;
}

}  // namespace strongroom::storage
