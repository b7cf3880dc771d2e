// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/sqlite.h"

// S1 No file beside a foreign database is created, changed or removed: what would need that is done to a
//    private copy. (A -shm that a running application shares with us is the exception: reading through it is
//    how a reader takes part; only copyDatabase does so.)
// S2 No SQL that a database brings along is run: no views, no virtual tables, no triggers, no extensions.
// S3 A journal that names another journal is never played back: SQLite would delete the file it names.
// S4 POSIX locks are per process: closing any descriptor of a database drops SQLite's locks on it. Layouts
//    read heads while a backup may run, so a copy counts only after its own check.
// Seen with SQLite 3.40.1: a read-only connection to a database in WAL mode creates -wal and -shm; a hot
// journal makes a read-only open fail with SQLITE_READONLY_ROLLBACK.

#include "storage/fd.h"
#include "storage/tree.h"
#include "storage/treeops.h"

#include <QDir>
#include <QFile>
#include <QtEndian>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <sqlite3.h>
#include <thread>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr qint64 kMaxInMemory = qint64(256) << 20;
constexpr qint64 kMaxLookCopy = qint64(1) << 30;
constexpr std::chrono::milliseconds kLookPatience(500);
constexpr std::chrono::milliseconds kCopyPatience(10'000);
constexpr std::chrono::milliseconds kBusyPause(20);
constexpr int kCopyTries = 3;
constexpr char kJournalMagic[] = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";

Error sqliteError(int code, sqlite3 *db, const QByteArray &path)
{
    const QString words = QString::fromUtf8(db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
    ErrorCode ours = ErrorCode::DatabaseUnreadable;
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: ours = ErrorCode::InUse; break;
    case SQLITE_INTERRUPT: ours = ErrorCode::Cancelled; break;
    case SQLITE_FULL: ours = ErrorCode::DiskFull; break;
    default: break;
    }
    return Error{ours, path, db ? sqlite3_system_errno(db) : 0, {words}, {}};
}

/// A folder of ours in the temporary place, gone with its owner.
class PrivateFolder {
public:
    static Result<std::unique_ptr<PrivateFolder>> make()
    {
        QByteArray path = QFile::encodeName(QDir::tempPath()) + "/strongroom-db-XXXXXX";
        if (!::mkdtemp(path.data()))
            return failErrno(errno, path, ErrorCode::WriteFailed);
        return std::make_unique<PrivateFolder>(path);
    }
    explicit PrivateFolder(QByteArray path) : m_path(std::move(path)) {}
    PrivateFolder(const PrivateFolder &) = delete;
    PrivateFolder &operator=(const PrivateFolder &) = delete;
    ~PrivateFolder()
    {
        const qsizetype slash = m_path.lastIndexOf('/');
        if (const auto parent = openDirectory(m_path.left(slash)))
            (void)removeTree(parent->get(), m_path.mid(slash + 1));
    }
    const QByteArray &path() const { return m_path; }

private:
    QByteArray m_path;
};

/// What the callbacks of one connection look at.
struct Watch {
    const Monitor *monitor = nullptr;
    std::chrono::milliseconds patience = kLookPatience;
    std::chrono::steady_clock::time_point busySince;
};

int onProgress(void *context)
{
    return static_cast<Watch *>(context)->monitor->stopRequested() ? 1 : 0;
}

int onBusy(void *context, int tries)
{
    auto *watch = static_cast<Watch *>(context);
    const auto now = std::chrono::steady_clock::now();
    if (tries == 0)
        watch->busySince = now;
    if (watch->monitor->stopRequested() || now - watch->busySince >= watch->patience)
        return 0;
    std::this_thread::sleep_for(kBusyPause);
    return 1;
}

class Connection {
public:
    Connection() = default;
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    ~Connection() { close(); }

    Result<void> open(const QByteArray &file, int flags, const Watch &watch, const QByteArray &pathForErrors)
    {
        close();
        m_watch = watch;
        const int code = sqlite3_open_v2(file.constData(), &m_db, flags | SQLITE_OPEN_PRIVATECACHE, nullptr);
        if (code != SQLITE_OK)
            return std::unexpected(sqliteError(code, m_db, pathForErrors));
        sqlite3_extended_result_codes(m_db, 1);
        sqlite3_db_config(m_db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_db_config(m_db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        sqlite3_db_config(m_db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
        sqlite3_db_config(m_db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
        sqlite3_db_config(m_db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
        sqlite3_limit(m_db, SQLITE_LIMIT_LENGTH, 64 << 20);
        sqlite3_limit(m_db, SQLITE_LIMIT_ATTACHED, 0);
        sqlite3_progress_handler(m_db, 10'000, onProgress, &m_watch);
        sqlite3_busy_handler(m_db, onBusy, &m_watch);
        for (const char *pragma : {"PRAGMA cell_size_check=ON", "PRAGMA mmap_size=0", "PRAGMA temp_store=MEMORY"})
            sqlite3_exec(m_db, pragma, nullptr, nullptr, nullptr);
        return {};
    }
    void close() { sqlite3_close_v2(std::exchange(m_db, nullptr)); }
    sqlite3 *get() const { return m_db; }
    /// SQLite's code of running `sql`.
    int exec(const char *sql) const { return sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr); }

private:
    sqlite3 *m_db = nullptr;
    Watch m_watch;
};

RelPath beside(const RelPath &database, const char *suffix)
{
    return database.parent().childUnchecked(QByteArray(database.name() + suffix));
}

/// The database's own absolute path, free of links, for SQLite: it would take /proc/self/fd/N for one.
std::optional<QByteArray> resolved(const QByteArray &local)
{
    const qsizetype slash = local.lastIndexOf('/');
    char *real = ::realpath(local.left(slash).constData(), nullptr);
    if (!real)
        return std::nullopt;
    const QByteArray path = QByteArray(real) + local.mid(slash);
    std::free(real);
    return path;
}

Result<void> copyFile(const Tree &tree, const RelPath &from, int folder, const QByteArray &name, const Monitor &monitor)
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, tree.open(from));
    STRONGROOM_TRY(Fd out, openBelow(folder, RelPath::literal(name), O_WRONLY | O_CREAT | O_EXCL, 0600));
    QByteArray block(256 * 1024, Qt::Uninitialized);
    for (;;) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled, from.bytes());
        STRONGROOM_TRY(const qint64 n, file->read(block.data(), block.size()));
        if (n == 0)
            return out.close(name);
        STRONGROOM_CHECK(writeFully(out.get(), block.constData(), n, name));
    }
}

bool namesAnotherJournal(const Tree &tree, const RelPath &journal, const Monitor &monitor)
{
    const auto file = tree.open(journal);
    if (!file)
        return false;
    QByteArray tail;
    QByteArray block(256 * 1024, Qt::Uninitialized);
    while (!monitor.stopRequested()) {
        const auto n = (*file)->read(block.data(), block.size());
        if (!n || *n == 0)
            break;
        tail += block.first(*n);
        tail = tail.right(8);
    }
    return tail == QByteArrayView(kJournalMagic, 8);
}

/// Copies the database and what is to be worked off, unchanged while it was read if that can be had.
Result<std::unique_ptr<PrivateFolder>> copyAside(const Tree &tree, const RelPath &path, qint64 maxBytes, const Monitor &monitor)
{
    const RelPath journal = beside(path, "-journal");
    const RelPath wal = beside(path, "-wal");
    for (int attempt = 1;; ++attempt) {
        STRONGROOM_TRY(std::unique_ptr<PrivateFolder> folder, PrivateFolder::make());
        STRONGROOM_TRY(const Fd fd, openDirectory(folder->path()));
        const SqliteNeighbours neighbours = sqliteNeighbours(tree, path);
        if (neighbours.journal && namesAnotherJournal(tree, journal, monitor))
            return fail(ErrorCode::DatabaseUnreadable, path.bytes(), {QStringLiteral("its journal names another journal")});  // S3
        QList<std::pair<RelPath, QByteArray>> files = {{path, "copy"}};
        if (neighbours.journal)
            files.append({journal, "copy-journal"});
        if (neighbours.wal)
            files.append({wal, "copy-wal"});
        QList<FileStamp> before;
        qint64 bytes = 0;
        for (const auto &[from, name] : files) {
            STRONGROOM_TRY(const FileStamp stamp, tree.stamp(from));
            before.append(stamp);
            bytes += stamp.size;
        }
        if (bytes > maxBytes)
            return fail(ErrorCode::LimitExceeded, path.bytes());
        for (const auto &[from, name] : files)
            STRONGROOM_CHECK(copyFile(tree, from, fd.get(), name, monitor));
        bool same = true;
        for (qsizetype i = 0; i < files.size(); ++i) {
            const auto after = tree.stamp(files.at(i).first);
            same = same && after && after->sameAs(before.at(i));
        }
        if (same)
            return folder;
        if (attempt == kCopyTries)
            return fail(ErrorCode::InUse, path.bytes());
    }
}

}  // namespace

std::optional<SqliteHeader> parseSqliteHeader(QByteArrayView head)
{
    if (head.size() < 100 || !head.startsWith(QByteArrayView("SQLite format 3\0", 16)))
        return std::nullopt;
    const auto *bytes = reinterpret_cast<const uchar *>(head.data());
    SqliteHeader header;
    header.pageSize = qFromBigEndian<quint16>(bytes + 16);
    if (header.pageSize == 1)
        header.pageSize = 65536;
    if (header.pageSize < 512 || (header.pageSize & (header.pageSize - 1)) != 0)
        return std::nullopt;
    header.wal = bytes[18] == 2 || bytes[19] == 2;
    // The page count is only true when the library that wrote last knew of it.
    if (qFromBigEndian<quint32>(bytes + 24) == qFromBigEndian<quint32>(bytes + 92))
        header.pageCount = qFromBigEndian<quint32>(bytes + 28);
    return header;
}

SqliteNeighbours sqliteNeighbours(const Tree &tree, const RelPath &database)
{
    const auto holds = [&](const char *suffix, qint64 atLeast) {
        const auto stamp = tree.stamp(beside(database, suffix));
        return stamp && stamp->isFile() && stamp->size >= atLeast;
    };
    return {holds("-journal", 1), holds("-wal", 1), holds("-shm", 0)};
}

SqliteStatement::SqliteStatement(SqliteStatement &&other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr)), m_path(std::move(other.m_path))
{
}

SqliteStatement::~SqliteStatement()
{
    sqlite3_finalize(m_statement);
}

Result<void> SqliteStatement::bind(int parameter, qint64 value)
{
    if (const int code = sqlite3_bind_int64(m_statement, parameter, value); code != SQLITE_OK)
        return std::unexpected(sqliteError(code, sqlite3_db_handle(m_statement), m_path));
    return {};
}

Result<void> SqliteStatement::bind(int parameter, const QString &value)
{
    const QByteArray utf8 = value.toUtf8();
    const int code = sqlite3_bind_text(m_statement, parameter, utf8.constData(), int(utf8.size()), SQLITE_TRANSIENT);
    if (code != SQLITE_OK)
        return std::unexpected(sqliteError(code, sqlite3_db_handle(m_statement), m_path));
    return {};
}

Result<bool> SqliteStatement::step()
{
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return code == SQLITE_ROW;
    return std::unexpected(sqliteError(code, sqlite3_db_handle(m_statement), m_path));
}

bool SqliteStatement::isNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

qint64 SqliteStatement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

QString SqliteStatement::text(int column) const
{
    const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    return text ? QString::fromUtf8(text, sqlite3_column_bytes(m_statement, column)) : QString();
}

struct SqliteDatabase::Private {
    QByteArray path;                        // for errors
    std::unique_ptr<PrivateFolder> folder;  // of a private copy
    QByteArray memory;                      // of a database inside an archive
    Connection connection;                  // closed before the two above go

    /// True when the schema can be read; SQLite's code in `code` otherwise.
    bool readable(int &code) const { return (code = connection.exec("PRAGMA schema_version")) == SQLITE_OK; }
};

SqliteDatabase::SqliteDatabase(std::unique_ptr<Private> p) : d(std::move(p)) {}
SqliteDatabase::SqliteDatabase(SqliteDatabase &&) noexcept = default;
SqliteDatabase::~SqliteDatabase() = default;

Result<SqliteDatabase> SqliteDatabase::open(const Tree &tree, const RelPath &path, const Monitor &monitor)
{
    STRONGROOM_TRY(const QByteArray head, tree.readHead(path, 100));
    const auto header = parseSqliteHeader(head);
    if (!header)
        return fail(ErrorCode::DatabaseUnreadable, path.bytes(), {QStringLiteral("file is not a database")});
    const Watch watch{&monitor, kLookPatience, {}};
    auto d = std::make_unique<Private>();
    d->path = path.bytes();
    int code = SQLITE_OK;

    const std::optional<QByteArray> local = tree.localPath(path);
    if (!local) {
        STRONGROOM_TRY(d->memory, tree.readAll(path, kMaxInMemory));
        d->memory[18] = d->memory[19] = 1;  // a database in memory cannot be in WAL mode
        STRONGROOM_CHECK(d->connection.open(":memory:", SQLITE_OPEN_READWRITE, watch, d->path));
        code = sqlite3_deserialize(d->connection.get(), "main", reinterpret_cast<uchar *>(d->memory.data()),
                                   d->memory.size(), d->memory.size(), SQLITE_DESERIALIZE_READONLY);
        if (code != SQLITE_OK || !d->readable(code))
            return std::unexpected(sqliteError(code, d->connection.get(), d->path));
        return SqliteDatabase(std::move(d));
    }

    const SqliteNeighbours neighbours = sqliteNeighbours(tree, path);
    if (!header->wal && !neighbours.wal) {
        const std::optional<QByteArray> real = resolved(*local);
        const bool opened = real
            && d->connection.open(*real, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, watch, d->path).has_value();
        if (opened && d->readable(code))
            return SqliteDatabase(std::move(d));
        if (opened && code != SQLITE_READONLY_ROLLBACK && (code & 0xFF) != SQLITE_CANTOPEN)
            return std::unexpected(sqliteError(code, d->connection.get(), d->path));
        d->connection.close();
    }
    STRONGROOM_TRY(d->folder, copyAside(tree, path, kMaxLookCopy, monitor));
    STRONGROOM_CHECK(d->connection.open(d->folder->path() + "/copy", SQLITE_OPEN_READWRITE, watch, d->path));
    if (!d->readable(code))
        return std::unexpected(sqliteError(code, d->connection.get(), d->path));
    return SqliteDatabase(std::move(d));
}

Result<SqliteStatement> SqliteDatabase::prepare(const char *sql) const
{
    sqlite3_stmt *statement = nullptr;
    const int code = sqlite3_prepare_v2(d->connection.get(), sql, -1, &statement, nullptr);
    if (code != SQLITE_OK)
        return std::unexpected(sqliteError(code, d->connection.get(), d->path));
    return SqliteStatement(statement, d->path);
}

Result<qint64> SqliteDatabase::number(const char *sql) const
{
    STRONGROOM_TRY(SqliteStatement statement, prepare(sql));
    STRONGROOM_TRY(const bool row, statement.step());
    return row ? statement.integer(0) : 0;
}

Result<QStringList> SqliteDatabase::tables() const
{
    STRONGROOM_TRY(SqliteStatement statement,
                   prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
                           " AND sql LIKE 'CREATE TABLE%' ORDER BY name"));
    QStringList names;
    for (;;) {
        STRONGROOM_TRY(const bool row, statement.step());
        if (!row)
            return names;
        names.append(statement.text(0));
    }
}

Result<QStringList> SqliteDatabase::columns(const QString &table) const
{
    STRONGROOM_TRY(SqliteStatement statement, prepare("SELECT name FROM pragma_table_info(?1)"));
    STRONGROOM_CHECK(statement.bind(1, table));
    QStringList names;
    for (;;) {
        STRONGROOM_TRY(const bool row, statement.step());
        if (!row)
            return names;
        names.append(statement.text(0));
    }
}

Result<QStringList> SqliteDatabase::quickCheck(int most) const
{
    STRONGROOM_TRY(SqliteStatement statement, prepare(QByteArray("PRAGMA quick_check(" + QByteArray::number(most) + ')').constData()));
    QStringList lines;
    for (;;) {
        STRONGROOM_TRY(const bool row, statement.step());
        if (!row)
            return lines;
        if (const QString line = statement.text(0); line != u"ok")
            lines.append(line);
    }
}

bool SqliteDatabase::isPrivateCopy() const
{
    return d->folder != nullptr;
}

namespace {

/// Opens the source of a copy so that its committed state can be read; `folder` is set when that is a copy.
Result<SqliteHeader> openSource(Connection &source, std::unique_ptr<PrivateFolder> &folder, const Tree &tree, const RelPath &path,
                        const Watch &watch)
{
    STRONGROOM_TRY(const QByteArray head, tree.readHead(path, 100));
    const auto header = parseSqliteHeader(head);
    if (!header)
        return fail(ErrorCode::DatabaseUnreadable, path.bytes(), {QStringLiteral("file is not a database")});
    const SqliteNeighbours neighbours = sqliteNeighbours(tree, path);
    const std::optional<QByteArray> local = tree.localPath(path);
    const std::optional<QByteArray> real = local ? resolved(*local) : std::nullopt;
    const bool shared = !header->wal || (neighbours.wal && neighbours.shm);  // S1
    if (real && shared) {
        STRONGROOM_CHECK(source.open(*real, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, watch, path.bytes()));
        const int code = source.exec("PRAGMA schema_version");
        if (code == SQLITE_OK)
            return *header;
        if (code != SQLITE_READONLY_ROLLBACK && (code & 0xFF) != SQLITE_CANTOPEN)
            return std::unexpected(sqliteError(code, source.get(), path.bytes()));
        source.close();
    }
    STRONGROOM_TRY(folder, copyAside(tree, path, std::numeric_limits<qint64>::max(), *watch.monitor));
    STRONGROOM_CHECK(source.open(folder->path() + "/copy", SQLITE_OPEN_READWRITE, watch, path.bytes()));
    return *header;
}

/// Page by page within one read transaction: the source cannot change meanwhile, and a stop is heard.
Result<void> copyPages(const Connection &source, const Connection &target, int pageSize, const QByteArray &path,
                       Monitor &monitor)
{
    int code = source.exec("BEGIN; SELECT 1 FROM sqlite_master");
    if (code != SQLITE_OK)
        return std::unexpected(sqliteError(code, source.get(), path));
    sqlite3_backup *backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
    if (!backup)
        return std::unexpected(sqliteError(sqlite3_errcode(target.get()), target.get(), path));
    const int pagesAtOnce = 256 * 1024 / pageSize;
    qint64 done = 0;
    do {
        if (monitor.stopRequested()) {
            sqlite3_backup_finish(backup);
            return fail(ErrorCode::Cancelled, path);
        }
        code = sqlite3_backup_step(backup, pagesAtOnce);
        const qint64 now = sqlite3_backup_pagecount(backup) - sqlite3_backup_remaining(backup);
        monitor.addBytes((now - done) * pageSize);
        done = now;
    } while (code == SQLITE_OK);
    const int finished = sqlite3_backup_finish(backup);
    (void)source.exec("COMMIT");
    if (code != SQLITE_DONE || finished != SQLITE_OK)
        return std::unexpected(sqliteError(code != SQLITE_DONE ? code : finished, target.get(), path));
    return {};
}

Result<void> checkCopy(const QByteArray &file, const Watch &watch, const QByteArray &path)
{
    // Immutable: a copy whose header says WAL gets no -wal and -shm by being looked at.
    const QByteArray uri = "file:" + file.toPercentEncoding("/") + "?immutable=1";
    Connection copy;
    STRONGROOM_CHECK(copy.open(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, watch, path));
    sqlite3_stmt *raw = nullptr;
    int code = sqlite3_prepare_v2(copy.get(), "PRAGMA quick_check(1)", -1, &raw, nullptr);
    SqliteStatement statement(raw, path);
    if (code != SQLITE_OK)
        return std::unexpected(sqliteError(code, copy.get(), path));
    STRONGROOM_TRY(const bool row, statement.step());
    if (!row || statement.text(0) != u"ok")
        return fail(ErrorCode::DatabaseUnreadable, path, {row ? statement.text(0) : QString()});
    return {};
}

}  // namespace

Result<SqliteCopy> copyDatabase(const Tree &tree, const RelPath &path, const QByteArray &destination, Monitor &monitor)
{
    const qsizetype slash = destination.lastIndexOf('/');
    STRONGROOM_TRY(const Fd folder, openDirectory(destination.left(std::max<qsizetype>(slash, 1))));
    STRONGROOM_TRY(const RelPath name, RelPath::parse(destination.mid(slash + 1)));
    const auto removeCopy = [&](const char *suffix) { (void)removeTree(folder.get(), name.bytes() + suffix); };

    const Watch watch{&monitor, kCopyPatience, {}};
    SqliteCopy copy;
    for (int attempt = 1;; ++attempt) {
        STRONGROOM_TRY(Fd created, openBelow(folder.get(), name, O_RDWR | O_CREAT | O_EXCL, 0600));
        Result<void> done = [&]() -> Result<void> {
            std::unique_ptr<PrivateFolder> aside;
            Connection source;  // closed before the folder that it may lie in is removed
            Connection target;
            STRONGROOM_TRY(const SqliteHeader header, openSource(source, aside, tree, path, watch));
            STRONGROOM_CHECK(target.open(destination, SQLITE_OPEN_READWRITE, watch, path.bytes()));
            target.exec("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
            STRONGROOM_CHECK(copyPages(source, target, header.pageSize, path.bytes(), monitor));
            copy.recovered = aside != nullptr;
            return {};
        }();
        if (done)
            done = checkCopy(destination, watch, path.bytes());
        for (const char *suffix : {"-journal", "-wal", "-shm"})
            removeCopy(suffix);
        if (done)
            done = syncFd(created.get(), destination);
        if (done) {
            STRONGROOM_TRY(const FileStamp stamp, stampOf(created.get(), destination));
            copy.bytes = stamp.size;
            return copy;
        }
        removeCopy("");
        if (done.error().code != ErrorCode::DatabaseUnreadable || attempt == kCopyTries)
            return std::unexpected(std::move(done).error());
    }
}

}  // namespace strongroom::storage
