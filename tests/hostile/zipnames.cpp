// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Zips whose names climb out, claim a place twice or hide something, and whose entries are no files.

#include "tests/hostile/zipbytes.h"

namespace strongroom::tests {

namespace {

RawZipEntry link(const QByteArray &name, const QByteArray &target)
{
    return {.name = name, .content = target, .deflated = false, .unixMode = 0120777};
}

/// An extra field that says: the true name is `other`.
QByteArray secondName(const QByteArray &name, const QByteArray &other)
{
    return "up" + littleEndian(quint64(5 + other.size()), 2) + '\1' + littleEndian(crcOf(name), 4) + other;
}

}  // namespace

QList<FamilyCase> zipFamilies(const Aim &aim)
{
    const auto beside = [](const QList<RawZipEntry> &entries) { return [entries] { return zip(healthyEntries() + entries); }; };
    const auto named = [beside](const QByteArray &name) { return beside({{.name = name, .content = "x"}}); };
    const auto healthyAnd = [](const QByteArray &path) { return healthyContent() + Expected{{path, "x"}}; };
    QList<FamilyCase> all = {
        {"zip-dotdot", Fate::Refused, "“../up.txt”", named("../up.txt")},
        {"zip-dotdot-mid", Fate::Refused, "“data/../../up.txt”", named("data/../../up.txt")},
        {"zip-absolute", Fate::Refused, "“" + aim.canary + "/zip.txt”", named(aim.canary + "/zip.txt")},
        {"zip-backslash", Fate::Refused, "“..\\up.txt”", named("..\\up.txt")},
        {"zip-drive", Fate::Refused, "“D:/up.txt”", named("D:/up.txt")},
        {"zip-sibling-prefix", Fate::Refused, "“../target-2/up.txt”", named("../target-2/up.txt")},
        {"zip-nul-name", Fate::Refused, "“data/a\\x00b”", named(QByteArray("data/a\0b", 8))},
        {"zip-empty-name", Fate::Refused, "entry without a name", named("")},
        {"zip-slash-name", Fate::Refused, "content where none may be", named("/")},
        {"zip-slash-name", Fate::Refused, "“/” is not allowed", beside({{.name = "/", .deflated = false}})},
        {"zip-name-256", Fate::Refused, "nnn” is not allowed", named("data/" + QByteArray(256, 'n'))},
        {"zip-depth-10k", Fate::Refused, "path too long", named(QByteArray("d/").repeated(10'000) + 'f')},
        {"zip-depth-10k", Fate::Refused, "too deep", named(QByteArray("d/").repeated(1'000) + 'f')},
        {"zip-depth-30k", Fate::Refused, "path too long", named(QByteArray("d/").repeated(30'000) + 'f')},
        {"zip-name-invalid-utf8", Fate::Refused, "not the UTF-8 it claims", beside({{.name = "data/\xc3(", .content = "x", .flags = 0x800}})},
        {"zip-name-cp437", Fate::Accepted, {}, beside({{.name = "data/uploads/\x81" "ber", .content = "x", .unixMode = 0}}), healthyAnd("uploads/\x81" "ber")},
        {"zip-names-differ", Fate::Refused, "local and central headers differ", beside({{.name = "data/x", .content = "x", .localName = "../up"}})},
        {"zip-names-differ-rev", Fate::Refused, "local and central headers differ", beside({{.name = "../up", .content = "x", .localName = "data/x"}})},
        {"zip-unicode-path-extra", Fate::Refused, "a second name for one entry", beside({{.name = "data/x", .content = "x", .centralExtra = secondName("data/x", "../up")}})},
        {"zip-dup-names", Fate::Refused, "path twice; data/x", beside({{.name = "data/x", .content = "1"}, {.name = "data/x", .content = "2"}})},
        {"zip-file-then-dir", Fate::Refused, "both a file and a folder; data/n/child", beside({{.name = "data/n", .content = "file"}, {.name = "data/n/child", .content = "x"}})},
        {"zip-dir-with-data", Fate::Refused, "content where none may be", beside({{.name = "data/n/", .content = "x", .unixMode = 0040755}})},
        {"zip-symlink-out", Fate::Refused, "link/up is reached through a symbolic link", beside({link("link", aim.canary), {.name = "link/up", .content = "x"}})},
        {"zip-symlink-dotdot-alias", Fate::Refused, "“../link/up”", beside({link("link", aim.canary), {.name = "../link/up", .content = "x"}})},
        {"zip-symlink-nul-alias", Fate::Refused, "“link\\x00a”", beside({link(QByteArray("link\0a", 6), aim.canary), {.name = "link/up", .content = "x"}})},
        {"zip-symlink-final", Fate::Refused, "path twice; data/out", beside({link("data/out", aim.canary + "/out"), {.name = "data/out", .content = "x"}})},
        {"zip-symlink-deflated", Fate::Refused, "link without a usable target", beside({{.name = "data/link", .content = aim.canary, .unixMode = 0120777}})},
        {"zip-symlink-inside", Fate::Accepted, {}, beside({link("data/storage/now", "metadata.json")}), healthyContent()},
        {"zip-device-mode", Fate::Refused, "entry of an unknown type", beside({{.name = "data/device", .deflated = false, .unixMode = 0020666}})},
        {"zip-fifo-mode", Fate::Accepted, {}, beside({{.name = "data/pipe", .deflated = false, .unixMode = 0010644}}), healthyContent()},
        {"zip-setuid", Fate::Accepted, {}, beside({{.name = "data/uploads/tool", .content = "x", .unixMode = 0104755}}), healthyAnd("uploads/tool")},
    };
    all += zipStructureFamilies();
    return all;
}

}  // namespace strongroom::tests
