// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/storage/layoutcases.h"
#include "tests/support/sqlitebuilder.h"

namespace strongroom::tests {

namespace {

void plantSecrets(DataDirBuilder &b)
{
    const QByteArray key = QByteArray(kCanary) + QByteArray(kCanary) + QByteArray(kCanary) + "abcd";
    b.file("data/secrets.env", "# Auto-generated secrets file\n#\nJWT_SECRET=" + key + "\nJWT_REFRESH_SECRET=" + key + "\nENCRYPTION_KEY="
               + key.left(32) + "\n\n# Generated on: 2025-11-20T04:45:55.524Z", 0600);
}

void plantDatabase(DataDirBuilder &b)
{
    b.dir("data");
    plantAppDatabase(b.path("data/database.sqlite"), 3, kCanary);
}

}  // namespace

QList<LayoutCase> sqliteAppCases()
{
    LayoutCase whole;
    whole.name = "sqlite-app";
    whole.layout = QStringLiteral("sqlite-app");
    whole.root = "data";
    whole.counts = {3, 0, 0, 0};
    whole.plant = [](DataDirBuilder &b) {
        plantDatabase(b);
        plantSecrets(b);
    };
    whole.damage = [](DataDirBuilder &b) {
        const QByteArray bytes = b.read("data/database.sqlite");
        b.file("data/database.sqlite", bytes.first(bytes.size() / 2));
    };
    whole.damagedCode = QStringLiteral("database-truncated");
    whole.damagedItems = 0;

    LayoutCase bare = whole;
    bare.name = "sqlite-app, keys in the environment";
    bare.plant = plantDatabase;
    bare.damage = [](DataDirBuilder &b) {
        // The tables' own pages, behind a good head and schema.
        QByteArray bytes = b.read("data/database.sqlite");
        for (qsizetype page = 3; page * 4096 < bytes.size(); ++page)
            bytes.replace(page * 4096, 4096, QByteArray(4096, '\x5a'));
        b.file("data/database.sqlite", bytes);
    };
    bare.damagedCode = QStringLiteral("database-corrupt");

    LayoutCase zeroed = whole;
    zeroed.name = "sqlite-app, overwritten database";
    zeroed.damage = [](DataDirBuilder &b) { b.file("data/database.sqlite", QByteArray(81920, '\0')); };
    zeroed.damagedCode = QStringLiteral("not-a-database");

    LayoutCase emptied = whole;
    emptied.name = "sqlite-app, emptied database";
    emptied.damage = [](DataDirBuilder &b) { b.file("data/database.sqlite", ""); };
    emptied.damagedCode = QStringLiteral("empty-file");
    return {whole, bare, zeroed, emptied};
}

}  // namespace strongroom::tests
