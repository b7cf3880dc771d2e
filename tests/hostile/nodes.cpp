// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Entries that are no plain file or folder, or ask for rights, owners and attributes that a restore must not give them.

#include "tests/hostile/families.h"

namespace strongroom::tests {

QList<FamilyCase> nodeFamilies()
{
    const QByteArray gnuMagic("ustar  \0", 8);
    const auto tar = [](const TarBuilder &more) { return [=] { return healthyData().raw(more.bytes()).end().gz(); }; };
    const auto entry = [=](const RawTarEntry &e) { return tar(TarBuilder().entry(e)); };
    const auto healthyAnd = [](const QByteArray &path, const QByteArray &content = "x") { return healthyContent() + Expected{{path, content}}; };
    const auto device = [=](char type, const QByteArray &name, const QByteArray &major, const QByteArray &minor) {
        return entry({.type = type, .name = name, .patches = {{329, major}, {337, minor}}});
    };
    const auto withAttribute = [=](const QByteArray &key, const QByteArray &value) {
        return tar(TarBuilder().pax({{key, value}}).file("data/uploads/f"));
    };
    const auto ownedBy = [=](const QByteArray &id, const QByteArray &name) {
        return entry({.name = "data/uploads/f", .content = "x", .patches = {{108, id}, {116, id}, {265, name}, {297, name}}});
    };
    Expected twoFolders = {{"pgdata/PG_VERSION", "16\n"}};   // neither of which is taken off
    for (const auto &[path, content] : healthyContent())
        twoFolders.append({"data/" + path, content});
    return {
        {"node-chardev", Fate::Refused, "device", device('3', "data/zero", "0000001", "0000005")},
        {"node-blockdev", Fate::Refused, "device", device('4', "data/disk", "0000008", "0000001")},
        {"node-fifo", Fate::Accepted, {}, entry({.type = '6', .name = "data/queue"}), healthyContent()},
        {"node-fifo-then-file", Fate::Refused, "twice", tar(TarBuilder().entry({.type = '6', .name = "data/queue"}).file("data/queue"))},
        {"node-unknown-type", Fate::Refused, "unknown type", entry({.type = 'Q', .name = "data/q", .content = "x"})},
        {"node-vendor-type", Fate::Refused, "unknown type", entry({.type = 'A', .name = "data/a", .content = "x"})},
        {"node-multivolume", Fate::Refused, "another volume", entry({.type = 'M', .name = "data/rest", .content = "x", .magic = gnuMagic})},
        {"node-dumpdir", Fate::Refused, "incremental backup", entry({.type = 'D', .name = "data/", .content = QByteArray("Dauth\0Nold\0\0", 12), .magic = gnuMagic})},
        {"node-volume-label", Fate::Accepted, {}, entry({.type = 'V', .name = "tape 7", .magic = gnuMagic}), healthyContent()},
        {"node-old-longnames", Fate::Refused, "unknown type",
         entry({.type = 'N', .name = "data/names", .content = "Rename data/auth to data/other\n", .magic = gnuMagic})},

        {"node-setuid", Fate::Accepted, {}, tar(TarBuilder().file("data/uploads/run", "#!/bin/true\n", 06755)), healthyAnd("uploads/run", "#!/bin/true\n")},
        {"node-sticky-ww", Fate::Accepted, {},
         tar(TarBuilder().entry({.type = '5', .name = "data/uploads/open/", .mode = 01777}).file("data/uploads/open/f", "x", 0666)), healthyAnd("uploads/open/f")},
        {"node-mode-000-dir", Fate::Accepted, {},
         tar(TarBuilder().entry({.type = '5', .name = "data/uploads/shut/", .mode = 0}).file("data/uploads/shut/f", "x", 0)), healthyAnd("uploads/shut/f")},
        {"node-tokens-0666", Fate::Accepted, {}, tar(TarBuilder().file("data/auth/more.json", "{}", 0666)), healthyAnd("auth/more.json", "{}")},
        {"node-uid-root", Fate::Accepted, {}, ownedBy("0000000", "root"), healthyAnd("uploads/f")},
        {"node-uid-negative", Fate::Accepted, {}, ownedBy(QByteArray(8, '\xff'), "nobody"), healthyAnd("uploads/f")},
        {"node-xattr-capability", Fate::Accepted, {},
         withAttribute("SCHILY.xattr.security.capability", QByteArray("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20)), healthyAnd("uploads/f")},
        {"node-acl-pax", Fate::Accepted, {}, withAttribute("SCHILY.acl.access", "user::rw-,user:guest:rwx,group::rwx,mask::rwx,other::rwx"), healthyAnd("uploads/f")},
        {"node-flags-immutable", Fate::Accepted, {}, withAttribute("SCHILY.fflags", "uchg,uappnd"), healthyAnd("uploads/f")},

        {"node-lockfile", Fate::Accepted, {}, tar(TarBuilder().file("data/storage/.prune_size.lock", "77")), healthyContent()},
        {"node-tmp-leftover", Fate::Accepted, {}, tar(TarBuilder().file("data/api_storage/.tmp_entities.json_q1.tmp", "{\"a\":")), healthyContent()},
        {"node-postmaster-pid", Fate::Accepted, {}, tar(TarBuilder().file("pgdata/PG_VERSION", "16\n").file("pgdata/postmaster.pid", "77\n")),
         twoFolders},
    };
}

}  // namespace strongroom::tests
