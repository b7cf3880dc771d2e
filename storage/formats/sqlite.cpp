// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/sqlite.h"

#include "storage/formats/sqliteconnection.h"
#include "storage/tree.h"

#include <QtEndian>

#include <sqlite3.h>
#include <utility>

namespace strongroom::storage {

using namespace sqlite;

namespace {

constexpr qint64 kMaxInMemory = qint64(256) << 20;
constexpr qint64 kMaxLookCopy = qint64(1) << 30;
constexpr std::chrono::milliseconds kLookPatience(500);

RelPath beside(const RelPath &database, const char *suffix)
{
    return database.parent().childUnchecked(QByteArray(database.name() + suffix));
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

}  // namespace strongroom::storage
