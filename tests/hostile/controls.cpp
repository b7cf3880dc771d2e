// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Nothing is wrong with these, though some look it: every writer in use has its ways, and a reader that refuses them
// is no use either.

#include "tests/hostile/families.h"

namespace strongroom::tests {

namespace {

const Expected kHealthy = healthyContent();

/// What a healthy archive leaves, and these uploads.
Expected with(const Expected &uploads)
{
    Expected all = kHealthy;
    for (const auto &[name, content] : uploads)
        all.append({"uploads/" + name, content});
    return all;
}

/// Files that stand in a healthy archive under their own names, and are their names' content.
FamilyCase named(const QByteArray &family, const QList<QByteArray> &names)
{
    Expected uploads;
    for (const QByteArray &name : names)
        uploads.append({name, name});
    return {family, Fate::Accepted, {}, [names] {
        TarBuilder tar = healthyData();
        for (const QByteArray &name : names)
            tar.file("data/uploads/" + name, name);
        return tar.end().gz();
    }, with(uploads)};
}

/// One upload, written by `add`.
FamilyCase upload(const QByteArray &family, const QByteArray &name, const QByteArray &content, const std::function<void(TarBuilder &tar, const QByteArray &path)> &add)
{
    return {family, Fate::Accepted, {}, [=] {
        TarBuilder tar = healthyData();
        add(tar, "data/uploads/" + name);
        return tar.end().gz();
    }, with({{name, content}})};
}

/// The healthy files as entries of a zip, each bent a little.
FamilyCase zipped(const QByteArray &family, const std::function<void(RawZipEntry &entry)> &bend)
{
    return {family, Fate::Accepted, {}, [bend] {
        QList<RawZipEntry> entries;
        for (const auto &[path, content] : kHealthy) {
            entries.append({.name = "data/" + path, .content = *content});
            bend(entries.last());
        }
        return zip(entries);
    }, kHealthy};
}

/// A healthy tar, treated as a whole.
FamilyCase whole(const QByteArray &family, const std::function<QByteArray(const QByteArray &tar)> &treat)
{
    return {family, Fate::Accepted, {}, [treat] { return treat(healthyData().end().bytes()); }, kHealthy};
}

QByteArray withEveryField(QByteArray gzipped)
{
    constexpr char kExtraNameComment = 0x04 | 0x08 | 0x10;
    gzipped[3] = kExtraNameComment;
    return gzipped.insert(10, QByteArray("\6\0" "SR\2\0ok" "/etc/cron.d/x\0" "by hand\0", 30));
}

QByteArray inEdges()
{
    TarBuilder tar;
    for (const int size : {0, 1, 511, 512, 513, 1024, 65'537})
        tar.file("data/" + QByteArray::number(size), QByteArray(size, 'e'));
    return tar.end().gz();
}

}  // namespace

QList<FamilyCase> controlFamilies()
{
    const QByteArray letters(180, 'l');
    const QByteArray most = QByteArray("\xc3\xbc").repeated(127) + '.';
    const QByteArray deep = QByteArray("d/").repeated(60) + "bottom";
    const QByteArray sql = "-- PostgreSQL database dump\n";
    const QByteArray media = TarBuilder().dir("media/").file("media/logo.svg", "<svg/>").end().gz();
    return {
        whole("ok-tar", [](const QByteArray &tar) { return tar; }),
        whole("ok-tar-gz", [](const QByteArray &tar) { return gzip(tar); }),
        whole("ok-tar-xz", [](const QByteArray &tar) { return xz(tar); }),
        whole("ok-tar-bz2", [](const QByteArray &tar) { return bzip2(tar); }),
        whole("ok-tar-record-pad", [](const QByteArray &tar) { return gzip(tar + QByteArray(10'240 - tar.size() % 10'240, '\0')); }),
        whole("ok-gz-multimember", [](const QByteArray &tar) { return QByteArray(gzip(tar.first(1'111)) + gzip(tar.sliced(1'111))); }),
        whole("ok-gz-all-header-fields", [](const QByteArray &tar) { return withEveryField(gzip(tar)); }),
        whole("ok-pax-global-comment", [](const QByteArray &tar) {
            return gzip(TarBuilder().pax({{"comment", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"}}, 'g').raw(tar).bytes());
        }),
        {"ok-tar-dotslash", Fate::Accepted, {}, [] {
            TarBuilder tar = TarBuilder().dir("./").dir("./data/");
            for (const auto &[path, content] : kHealthy)
                tar.file("./data/" + path, *content);
            return tar.end().gz();
        }, kHealthy},
        {"ok-tar-v7", Fate::Accepted, {}, [] {
            TarBuilder tar;
            for (const auto &[path, content] : kHealthy)
                tar.entry({.name = "data/" + path, .content = *content, .magic = QByteArray(8, '\0')});
            return tar.end().gz();
        }, kHealthy},
        zipped("ok-zip", [](RawZipEntry &) {}),
        zipped("ok-zip-stored", [](RawZipEntry &entry) { entry.deflated = false; }),
        zipped("ok-zip-descriptor", [](RawZipEntry &entry) { entry.descriptor = true; }),
        zipped("ok-zip64", [](RawZipEntry &entry) { entry.zip64 = true; }),
        upload("ok-pax-longname", letters, "pax", [](TarBuilder &tar, const QByteArray &path) { tar.pax({{"path", path}}).file(path.first(100), "pax"); }),
        upload("ok-gnu-longname", letters, "gnu", [](TarBuilder &tar, const QByteArray &path) {
            tar.gnuLongName(path).entry({.name = path.first(100), .content = "gnu", .magic = QByteArray("ustar  \0", 8)});
        }),
        upload("ok-ustar-prefix", letters.first(99) + "/end", "ustar", [](TarBuilder &tar, const QByteArray &path) {
            tar.entry({.name = "end", .content = "ustar", .prefix = path.chopped(4)});
        }),
        upload("ok-component-255", most, "long", [](TarBuilder &tar, const QByteArray &path) { tar.pax({{"path", path}}).file("x", "long"); }),
        upload("ok-depth-60", deep, "far down", [](TarBuilder &tar, const QByteArray &path) { tar.pax({{"path", path}}).file("x", "far down"); }),
        upload("ok-base256-size", "b", "seven b", [](TarBuilder &tar, const QByteArray &path) {
            tar.entry({.name = path, .content = "seven b", .sizeField = QByteArray::fromHex("800000000000000000000007")});
        }),
        upload("ok-pax-body-over-512", "p", "behind it", [](TarBuilder &tar, const QByteArray &path) {
            tar.pax({{"mtime", "1690000000.987654321"}, {"comment", QByteArray(1'500, 'c')}}).file(path, "behind it");
        }),
        upload("ok-contiguous-type7", "c", "in one piece", [](TarBuilder &tar, const QByteArray &path) { tar.entry({.type = '7', .name = path, .content = "in one piece"}); }),
        named("ok-utf8-names", {"\xc3\x87" "ay.txt", "Stra\xc3\x9f" "e", "\xe6\xbc\xa2\xe5\xad\x97", "\xf0\x9f\x97\x9d key"}),
        named("ok-shell-metachars", {"-f", "--", "$(id)", "`id`", "a;b", "a|b", "a&b", "it's", "say \"hi\"", "%2e%2e%2fup", "~root", "*?[x]", "NUL", "ends.", " blank "}),
        named("ok-case-pair", {"Notes", "notes"}),
        named("ok-nfc-nfd-pair", {"caf\xc3\xa9", "cafe\xcc\x81"}),
        {"ok-empty-files-dirs", Fate::Accepted, {}, [] { return healthyData().dir("data/uploads/").dir("data/uploads/none/").file("data/uploads/nil", "").end().gz(); },
         with({{"none", std::nullopt}, {"nil", ""}})},
        {"ok-block-edges", Fate::Accepted, {}, inEdges,
         {{"0", ""}, {"1", "e"}, {"511", QByteArray(511, 'e')}, {"512", QByteArray(512, 'e')}, {"513", QByteArray(513, 'e')}, {"1024", QByteArray(1'024, 'e')}, {"65537", QByteArray(65'537, 'e')}}},
        {"ok-hardlink-inside", Fate::Accepted, {}, [] { return healthyData().file("data/uploads/one", "of two").hardlink("data/uploads/two", "data/uploads/one").end().gz(); },
         with({{"one", "of two"}, {"two", "of two"}})},
        {"ok-nested-full-backup", Fate::Accepted, {}, [=] {
            return TarBuilder().file("db_backup_20240229_010203.sql", sql).file("media_backup_20240229_010203.tar.gz", media).end().gz();
        }, {{"db_backup_20240229_010203.sql", sql}, {"media_backup_20240229_010203.tar.gz", media}}},
    };
}

}  // namespace strongroom::tests
