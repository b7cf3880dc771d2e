// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/storage/layoutcases.h"

#include "storage/formats/pgfiles.h"

#include <QtEndian>

using namespace strongroom::storage;

namespace strongroom::tests {

namespace {

const QByteArray kPlace = "var/lib/docker/volumes/";

QByteArray controlImage()
{
    QByteArray image(PgControl::kFileSize, '\0');
    qToLittleEndian<quint64>(7, image.data());
    qToLittleEndian<quint32>(1300, image.data() + 8);
    qToLittleEndian<quint32>(202209061, image.data() + 12);
    qToLittleEndian<quint32>(1, image.data() + 16);
    qToLittleEndian<quint32>(crc32c(QByteArrayView(image).first(288)), image.data() + 288);
    return image;
}

void plantVolumes(DataDirBuilder &dir, const QByteArray &place)
{
    dir.file(place + "shop-postgres-data/_data/PG_VERSION", "15\n", 0600)
        .file(place + "shop-postgres-data/_data/global/pg_control", controlImage(), 0600)
        .file(place + "shop-postgres-data/_data/base/5/1259", QByteArray(8192, '\0'), 0600)
        .file(place + "shop-redis-data/_data/appendonlydir/appendonly.aof.manifest",
              "file a.base.rdb seq 1 type b\nfile a.incr.aof seq 1 type i\n")
        .file(place + "shop-redis-data/_data/appendonlydir/a.base.rdb", "REDIS0010")
        .file(place + "shop-redis-data/_data/appendonlydir/a.incr.aof",
              QByteArray("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20\r\n") + kCanary + "\r\n")
        .file(place + "shop-backend-media/_data/caf\xe9.png", "picture")
        .file(place + "shop-backend-static/_data/staticfiles.json", "{}")
        .file(place + "shop-frontend-node-modules/_data/.package-lock.json", "{}")
        .symlink(place + "shop-proxy-logs/_data/access.log", "/dev/stdout");
}

void damageControlFile(DataDirBuilder &dir, const QByteArray &place)
{
    QByteArray image = controlImage();
    image[40] = 'x';
    dir.file(place + "shop-postgres-data/_data/global/pg_control", image, 0600);
}

}  // namespace

QList<LayoutCase> composeVolumesCases()
{
    LayoutCase stack;
    stack.name = "compose-volumes/stack";
    stack.layout = QStringLiteral("compose-volumes");
    stack.counts = {0, 0, 6, 0};
    stack.plant = [](DataDirBuilder &dir) {
        plantVolumes(dir, kPlace);
        dir.file("project/docker-compose.yml", "volumes:\n  p: {name: shop-postgres-data}\n  r: {name: shop-redis-data}\n")
            .file("project/.env", QByteArray("POSTGRES_PASSWORD=") + kCanary + '\n', 0600)
            .file("project/backups/full_backup_20251025_143022.tar.gz", "archive");
    };
    stack.damage = [](DataDirBuilder &dir) { damageControlFile(dir, kPlace); };
    stack.damagedCode = QStringLiteral("control-file-corrupt");
    stack.damagedCounts = {0, 0, 6, 0};

    LayoutCase volumes = stack;
    volumes.name = "compose-volumes/volumes";
    volumes.plant = [](DataDirBuilder &dir) { plantVolumes(dir, {}); };
    volumes.damage = [](DataDirBuilder &dir) { damageControlFile(dir, {}); };
    return {stack, volumes};
}

QList<LayoutCase> plainDirectoryCases()
{
    LayoutCase plain;
    plain.name = "plain-directory";
    plain.layout = QStringLiteral("plain-directory");
    plain.counts = {0, 0, 3, 0};
    plain.plant = [](DataDirBuilder &dir) {
        dir.file("letters/a.txt", "one").file("letters/deep/b.txt", "two").file("n\xe9w/c", "three").dir("empty")
            .file("loose.txt", kCanary).symlink("away", "/etc");
    };
    return {plain};
}

}  // namespace strongroom::tests
