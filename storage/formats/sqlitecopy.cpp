// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/sqlite.h"

// Copying a database while its application runs. The invariants stand in sqliteconnection.h.

#include "storage/fd.h"
#include "storage/formats/sqliteconnection.h"
#include "storage/treeops.h"

#include <QtEndian>

#include <fcntl.h>
#include <limits>
#include <sqlite3.h>

namespace strongroom::storage {

using namespace sqlite;

namespace {

constexpr std::chrono::milliseconds kCopyPatience(10'000);
constexpr int kCopyTries = 5;

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

/// The file's change counter, through SQLite's own descriptor: opening one of ours would drop its locks (S4).
quint32 changeCounter(const Connection &source)
{
    sqlite3_file *file = nullptr;
    uchar bytes[4] = {};
    if (sqlite3_file_control(source.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file && file->pMethods)
        (void)file->pMethods->xRead(file, bytes, sizeof bytes, 24);
    return qFromBigEndian<quint32>(bytes);
}

/// Page by page within one read transaction: the source cannot change meanwhile, and a stop is heard.
Result<void> copyPages(const Connection &source, const Connection &target, const SqliteHeader &header, const QByteArray &path,
                       Monitor &monitor)
{
    int code = source.exec("BEGIN; SELECT 1 FROM sqlite_master");
    if (code != SQLITE_OK)
        return std::unexpected(sqliteError(code, source.get(), path));
    sqlite3_backup *backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
    if (!backup)
        return std::unexpected(sqliteError(sqlite3_errcode(target.get()), target.get(), path));
    const quint32 counter = changeCounter(source);
    const int pagesAtOnce = 256 * 1024 / header.pageSize;
    qint64 done = 0;
    do {
        if (monitor.stopRequested()) {
            sqlite3_backup_finish(backup);
            return fail(ErrorCode::Cancelled, path);
        }
        code = sqlite3_backup_step(backup, pagesAtOnce);
        const qint64 now = sqlite3_backup_pagecount(backup) - sqlite3_backup_remaining(backup);
        monitor.addBytes((now - done) * header.pageSize);
        done = now;
    } while (code == SQLITE_OK);
    const int finished = sqlite3_backup_finish(backup);
    const bool changed = !header.wal && changeCounter(source) != counter;
    (void)source.exec("COMMIT");
    if (code != SQLITE_DONE || finished != SQLITE_OK)
        return std::unexpected(sqliteError(code != SQLITE_DONE ? code : finished, target.get(), path));
    if (changed)
        return fail(ErrorCode::Changed, path);
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
            STRONGROOM_CHECK(copyPages(source, target, header, path.bytes(), monitor));
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
        const ErrorCode code = done.error().code;
        if ((code != ErrorCode::DatabaseUnreadable && code != ErrorCode::Changed) || attempt == kCopyTries)
            return std::unexpected(std::move(done).error());
    }
}

}  // namespace strongroom::storage
