// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/sqliteimage.h"

#include "storage/formats/sqlite.h"
#include "storage/formats/sqliteconnection.h"

#include <algorithm>
#include <cstring>
#include <sqlite3.h>

namespace strongroom::storage {

using namespace sqlite;

namespace {

constexpr qsizetype kMaxText = 64 * 1024;
constexpr qint64 kMaxObjects = 10'000;

/// What a file system of our own knows of its only file.
struct Bytes {
    qint64 size = 0;
    SqliteImage::Read read;
};

struct ImageFile {
    sqlite3_file base;
    const Bytes *bytes;
};

int closeImage(sqlite3_file *) { return SQLITE_OK; }
int refuseWrite(sqlite3_file *, const void *, int, sqlite3_int64) { return SQLITE_READONLY; }
int refuseTruncate(sqlite3_file *, sqlite3_int64) { return SQLITE_READONLY; }
int noSync(sqlite3_file *, int) { return SQLITE_OK; }
int noLock(sqlite3_file *, int) { return SQLITE_OK; }
int noControl(sqlite3_file *, int, void *) { return SQLITE_NOTFOUND; }
int sectorSize(sqlite3_file *) { return 4096; }
int isImmutable(sqlite3_file *) { return SQLITE_IOCAP_IMMUTABLE; }

int readImage(sqlite3_file *file, void *buffer, int size, sqlite3_int64 offset)
{
    const Bytes &bytes = *reinterpret_cast<ImageFile *>(file)->bytes;
    auto *out = static_cast<char *>(buffer);
    const qint64 n = std::clamp<qint64>(bytes.size - offset, 0, size);
    if (n > 0 && !bytes.read(offset, out, n))
        return SQLITE_IOERR_READ;
    // A database in WAL mode wants a shared file beside it; what is here is all there is.
    for (qint64 at = 18; at <= 19; ++at) {
        if (at >= offset && at < offset + n && out[at - offset] == 2)
            out[at - offset] = 1;
    }
    if (n == size)
        return SQLITE_OK;
    memset(out + n, 0, size_t(size - n));
    return SQLITE_IOERR_SHORT_READ;
}

int imageSize(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = reinterpret_cast<ImageFile *>(file)->bytes->size;
    return SQLITE_OK;
}

int noneReserved(sqlite3_file *, int *out)
{
    *out = 0;
    return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = closeImage,
    .xRead = readImage,
    .xWrite = refuseWrite,
    .xTruncate = refuseTruncate,
    .xSync = noSync,
    .xFileSize = imageSize,
    .xLock = noLock,
    .xUnlock = noLock,
    .xCheckReservedLock = noneReserved,
    .xFileControl = noControl,
    .xSectorSize = sectorSize,
    .xDeviceCharacteristics = isImmutable,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int openImage(sqlite3_vfs *vfs, const char *, sqlite3_file *file, int flags, int *outFlags)
{
    file->pMethods = nullptr;
    if (!(flags & SQLITE_OPEN_MAIN_DB))
        return SQLITE_CANTOPEN;   // neither journals nor temporary files
    auto *image = reinterpret_cast<ImageFile *>(file);
    image->bytes = static_cast<const Bytes *>(vfs->pAppData);
    image->base.pMethods = &kMethods;
    if (outFlags)
        *outFlags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    return SQLITE_OK;
}

int refuseDelete(sqlite3_vfs *, const char *, int) { return SQLITE_IOERR_DELETE; }

int nothingThere(sqlite3_vfs *, const char *, int, int *out)
{
    *out = 0;
    return SQLITE_OK;
}

int samePath(sqlite3_vfs *, const char *name, int size, char *out)
{
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

}  // namespace

struct SqliteImage::Private {
    Bytes bytes;
    QByteArray name;         // for errors
    QByteArray vfsName;
    sqlite3_vfs vfs = {};
    std::unique_ptr<Connection> connection;

    ~Private()
    {
        connection.reset();
        sqlite3_vfs_unregister(&vfs);
    }
};

SqliteImage::SqliteImage(std::unique_ptr<Private> p) : d(std::move(p)) {}
SqliteImage::~SqliteImage() = default;

Result<std::unique_ptr<SqliteImage>> SqliteImage::open(qint64 size, Read read, const QByteArray &name, const Monitor &monitor)
{
    auto d = std::make_unique<Private>();
    d->bytes = {size, std::move(read)};
    d->name = name;
    // One file system an image, so that its only file needs no name and nothing is shared between threads.
    d->vfsName = "strongroom-image-" + QByteArray::number(quintptr(d.get()), 16);
    const sqlite3_vfs *usual = sqlite3_vfs_find(nullptr);
    d->vfs.iVersion = 1;
    d->vfs.szOsFile = sizeof(ImageFile);
    d->vfs.mxPathname = 64;
    d->vfs.zName = d->vfsName.constData();
    d->vfs.pAppData = &d->bytes;
    d->vfs.xOpen = openImage;
    d->vfs.xDelete = refuseDelete;
    d->vfs.xAccess = nothingThere;
    d->vfs.xFullPathname = samePath;
    d->vfs.xRandomness = usual->xRandomness;
    d->vfs.xSleep = usual->xSleep;
    d->vfs.xCurrentTime = usual->xCurrentTime;
    if (const int code = sqlite3_vfs_register(&d->vfs, 0); code != SQLITE_OK)
        return std::unexpected(sqliteError(code, nullptr, name));
    d->connection = std::make_unique<Connection>();
    STRONGROOM_CHECK(d->connection->open("image", SQLITE_OPEN_READONLY, Watch{&monitor, {}, {}}, name, d->vfsName.constData()));
    if (const int code = d->connection->exec("PRAGMA schema_version"); code != SQLITE_OK)
        return std::unexpected(sqliteError(code, d->connection->get(), name));
    return std::unique_ptr<SqliteImage>(new SqliteImage(std::move(d)));
}

Result<QList<QStringList>> SqliteImage::rows(const QByteArray &sql, int columns, qint64 most) const
{
    sqlite3_stmt *prepared = nullptr;
    if (const int code = sqlite3_prepare_v2(d->connection->get(), sql.constData(), -1, &prepared, nullptr); code != SQLITE_OK)
        return std::unexpected(sqliteError(code, d->connection->get(), d->name));
    SqliteStatement statement(prepared, d->name);
    QList<QStringList> rows;
    while (rows.size() < most) {
        STRONGROOM_TRY(const bool row, statement.step());
        if (!row)
            break;
        QStringList texts;
        for (int i = 0; i < columns; ++i)
            texts.append(statement.text(i).left(kMaxText));
        rows.append(texts);
    }
    return rows;
}

Result<QList<SqliteObject>> SqliteImage::schema() const
{
    STRONGROOM_TRY(const QList<QStringList> found, rows("SELECT type, name, sql FROM sqlite_master", 3, kMaxObjects));
    QList<SqliteObject> objects;
    for (const QStringList &row : found)
        objects.append({row[0], row[1], row[2]});
    return objects;
}

Result<QStringList> SqliteImage::integrityCheck(int most) const
{
    STRONGROOM_TRY(const QList<QStringList> found, rows("PRAGMA integrity_check(" + QByteArray::number(most) + ')', 1, most));
    QStringList lines;
    for (const QStringList &row : found) {
        if (row[0] != u"ok")
            lines.append(row[0]);
    }
    return lines;
}

Result<qint64> SqliteImage::foreignKeyViolations(qint64 most) const
{
    STRONGROOM_TRY(const QList<QStringList> found, rows("PRAGMA foreign_key_check", 1, most));
    return found.size();
}

}  // namespace strongroom::storage
