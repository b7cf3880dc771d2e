// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/sqliteconnection.h"

#include "storage/fd.h"
#include "storage/formats/sqlite.h"
#include "storage/treeops.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sqlite3.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace strongroom::storage::sqlite {

namespace {

constexpr std::chrono::milliseconds kBusyPause(20);
constexpr int kCopyTries = 3;
constexpr char kJournalMagic[] = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";

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

RelPath beside(const RelPath &database, const char *suffix)
{
    return database.parent().childUnchecked(QByteArray(database.name() + suffix));
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

}  // namespace

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

Result<std::unique_ptr<PrivateFolder>> PrivateFolder::make()
{
    QByteArray path = QFile::encodeName(QDir::tempPath()) + "/strongroom-db-XXXXXX";
    if (!::mkdtemp(path.data()))
        return failErrno(errno, path, ErrorCode::WriteFailed);
    return std::make_unique<PrivateFolder>(path);
}

PrivateFolder::~PrivateFolder()
{
    const qsizetype slash = m_path.lastIndexOf('/');
    if (const auto parent = openDirectory(m_path.left(slash)))
        (void)removeTree(parent->get(), m_path.mid(slash + 1));
}

Result<void> Connection::open(const QByteArray &file, int flags, const Watch &watch, const QByteArray &pathForErrors, const char *vfs)
{
    close();
    m_watch = watch;
    const int code = sqlite3_open_v2(file.constData(), &m_db, flags | SQLITE_OPEN_PRIVATECACHE, vfs);
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

void Connection::close()
{
    sqlite3_close_v2(std::exchange(m_db, nullptr));
}

int Connection::exec(const char *sql) const
{
    return sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr);
}

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

}  // namespace strongroom::storage::sqlite
