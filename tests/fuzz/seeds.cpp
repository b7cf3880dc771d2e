// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/seeds.h"

#include "storage/archive/hasher.h"
#include "storage/archive/manifest.h"
#include "storage/archive/tarformat.h"
#include "storage/formats/pgfiles.h"
#include "tests/fuzz/fuzztarget.h"
#include "tests/storage/picklebytes.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/sevenzipbytes.h"

#include <QtEndian>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace strongroom::fuzz {

namespace {

QByteArray with(char mode, const QByteArray &rest)
{
    return QByteArray(1, mode) + rest;
}

Manifest sampleManifest()
{
    Manifest manifest;
    manifest.kind = QStringLiteral("document-sessions");
    manifest.variant = QStringLiteral("files");
    manifest.created = QDateTime(QDate(2025, 1, 1), QTime(0, 0), Qt::UTC);
    manifest.sequence = 3;
    manifest.tool = QStringLiteral("strongroom 0.1.0");
    manifest.sourceHost = QStringLiteral("host");
    manifest.sourcePath = "/srv/data";
    manifest.scope = {QStringLiteral("everything")};
    manifest.consistency = QStringLiteral("stable");
    manifest.excluded = {{"data/x.lock", QStringLiteral("run-time-file")}, {"data/\xff", QStringLiteral("unreadable")}};
    manifest.counts = {{QStringLiteral("files"), 2}, {QStringLiteral("bytes"), 5}};
    manifest.note = QStringLiteral("before the move");
    Member folder;
    folder.path = RelPath::literal("data");
    folder.type = MemberType::Directory;
    folder.mode = 0755;
    Member file;
    file.path = RelPath::literal("data/a.json");
    file.size = 2;
    file.mode = 0640;
    file.mtimeNs = 1'735'689'600'123'456'789;
    file.sha256 = Sha256Hasher::of("{}");
    Member odd = file;
    odd.path = RelPath::literal("data/\xff");
    Member link;
    link.path = RelPath::literal("data/l");
    link.type = MemberType::Symlink;
    link.link = "a.json";
    Member hard = link;
    hard.path = RelPath::literal("data/h");
    hard.type = MemberType::Hardlink;
    hard.link = "data/a.json";
    manifest.entries = {folder, file, odd, link, hard};
    return manifest;
}

/// An archive as a backup writes it: members, sums, manifest.
QByteArray ownTar()
{
    Manifest manifest = sampleManifest();
    QByteArray tar;
    const auto add = [&tar](const Member &member, const QByteArray &content) {
        appendTarHeader(tar, member);
        tar.append(content);
        appendTarPadding(tar, content.size());
    };
    for (const Member &member : std::as_const(manifest.entries))
        add(member, member.type == MemberType::File ? QByteArray("{}") : QByteArray());
    const QByteArray sums = writeSums(manifest.entries);
    manifest.sumsSha256Hex = toHex(Sha256Hasher::of(sums));
    Member ours;
    ours.mode = 0644;
    for (const auto &[path, text] : {std::pair<const char *, QByteArray>(kSumsPath, sums), {kManifestPath, writeManifest(manifest)}}) {
        ours.path = RelPath::literal(path);
        ours.size = text.size();
        add(ours, text);
    }
    appendTarEnd(tar);
    return tar;
}

QList<QByteArray> tars()
{
    const auto base = [] { return TarBuilder().dir("data/").file("data/a", "hello"); };
    return {base().bytes(),
            base().pax({{"path", "data/long-" + QByteArray(120, 'p')}, {"mtime", "-1.5"}, {"uid", "70000"}}).file("s").bytes(),
            base().pax({{"size", "3"}, {"atime", "1"}, {"comment", "c"}}).file("data/p", "abc").bytes(),
            base().gnuLongName("data/" + QByteArray(110, 'g')).file("t").symlink("data/l", "a").bytes(),
            base().gnuLongName("data/a", 'K').hardlink("data/h", "x").pax({{"comment", "x"}}, 'g').file("data/c").bytes(),
            TarBuilder().dir("./").file("./data/uploads/x y", "u").entry({.type = '6', .name = "data/p"}).bytes(),
            TarBuilder().entry({.name = "old", .content = "v7", .magic = QByteArray(8, '\0')}).entry({.type = 'V', .name = "label"}).bytes(),
            TarBuilder().entry({.name = "name", .content = "x", .prefix = "a/prefix"}).bytes(),
            TarBuilder().entry({.name = "base256", .content = "ab", .sizeField = QByteArray("\x80\0\0\0\0\0\0\0\0\0\0\2", 12)}).bytes()};
}

QList<QByteArray> targzSeeds()
{
    QList<QByteArray> seeds;
    const char ways[] = {4 | 8 | 16, 4 | 8 | 16 | 1, 4 | 8 | 16 | 2 | 32, 4 | 8 | 16 | 3};
    qsizetype way = 0;
    for (const QByteArray &tar : tars())
        seeds += {with(4 | 8 | 16, packed(tar)), with(ways[way++ % 4], packed(tar))};
    seeds += {with(4, packed(ownTar())), with(5, packed(ownTar())), with(7, packed(ownTar()))};
    const QByteArray packedTar = gzip(tars().first() + QByteArray(1024, '\0'));
    seeds += {with(0, packedTar), with(0, packedTar + emptyGzipMember("xx")), with(0, packedTar + QByteArray(20, '\0'))};
    return seeds;
}

QList<QByteArray> zipSeeds()
{
    const QByteArray zip64("\x01\0\x08\0\2\0\0\0\0\0\0\0", 12);
    return {with(1, tests::zip({{.name = "data/a", .content = "stored", .deflated = false}})),
            with(0, tests::zip({{.name = "data/a", .content = QByteArray(300, 'a')}, {.name = "data/b", .content = "b", .deflated = false}})),
            with(2, tests::zip({{.name = "data/", .deflated = false, .unixMode = 040755}, {.name = "data/s", .content = "s", .descriptor = true}}, "comment")),
            with(1, tests::zip({{.name = "data/a", .content = "x", .deflated = false}, {.name = "data/l", .content = "a", .deflated = false, .unixMode = 0120777}})),
            with(1, tests::zip({{.name = "dos", .content = "d", .unixMode = 0}, {.name = "p", .deflated = false, .unixMode = 010644}})),
            with(1, tests::zip({{.name = "z", .content = "zz", .deflated = false, .centralExtra = zip64}})),
            with(1, tests::zip({}))};
}

QList<QByteArray> sevenzipSeeds()
{
    QList<QByteArray> seeds;
    for (const char *base64 : {kPlain7z, kClear7z, kLocked7z, kSealed7z}) {
        for (const char mode : {0, 1, 3})
            seeds.append(with(mode, QByteArray::fromBase64(base64)));
    }
    return seeds;
}

QList<QByteArray> manifestSeeds()
{
    Manifest manifest = sampleManifest();
    const QByteArray text = writeManifest(manifest);
    manifest.entries.clear();
    manifest.excluded.clear();
    manifest.sumsSha256Hex = toHex(Sha256Hasher::of(""));
    return {with(0, text), with(0, writeManifest(manifest)), with(1, text),
            with(1, R"({"a":[1,-2.5e+3,0,true,false,null,"t\\u00e4\\ud83d\\ude00\\n\"",{}],"a":{"b":[]}})"), with(13, "[[[[[]]]],\"\xc3\xa4\xf0\x9f\x98\x80\"]"),
            with(1, "[1e400,9007199254740993,18446744073709551616,-0]"), with(1, "7"), with(1, "\xef\xbb\xbf{}"),
            with(2, writeSums(sampleManifest().entries)), with(2, QByteArray(64, 'a') + " *x\n\\" + QByteArray(64, 'b') + "  a\\nb"),
            with(3, R"({"one":{"a":1},"two":[2,3],"\\u0041":"x"})"), with(7, "[{\"id\":1}, {\"id\":2} ,null]"), with(3, "{}")};
}

QList<QByteArray> pickleSeeds()
{
    QList<QByteArray> seeds = {
        with(0, pkl::snapshot(1.5, "saved", 1)), with(9, pkl::docstore(1)),
        with(0, pkl::whole(pkl::dict({{pkl::text("version"), "K\1"}, {pkl::text("name"), pkl::text("n")}, {pkl::text("frame"), pkl::number(1)}}))),
        with(0, pkl::whole(pkl::object("app", "Scene", pkl::dict({})))),
        with(0, pkl::whole(pkl::global("datetime", "datetime") + "C\x0a" + QByteArray(10, 'd') + "\x85R")),
        with(0, QByteArray("\x80\4\x95\5\0\0\0\0\0\0\0]\x94K\1a.", 16)),
        with(0, "(dp0\nS'version'\np1\nI1\nsV\\u0041\nF1.5\nsL10L\nI00\ns."), with(0, "(iapp\nScene\n."), with(0, "(capp\nScene\nK\1o."),
        with(0, "cos\nsystem\n(S'true'\ntR."), with(0, "]q\0(K\1K\2h\0e."), with(0, "(K\1K\2l0N."), with(0, "\x80\3}q\0(X\1\0\0\0aq\1\x88u."),
        with(0, "\x80\5\x97."), with(0, "P1\n."), with(0, "K\1\x82\1."), with(0, "\x8f\x94(K\1\x90\x91."), with(0, "N2\x86.")};
    return seeds;
}

QList<QByteArray> faissSeeds()
{
    QList<QByteArray> seeds;
    for (const qint64 claimed : {-1, 48}) {
        QByteArray before(8, '\0');
        qToLittleEndian(claimed, before.data());
        for (const QByteArray &index : {pkl::vectorIndex(0), pkl::vectorIndex(2, 3), pkl::vectorIndex(1).left(40)})
            seeds.append(before + '\7' + index);
        QByteArray argument = before + '\1' + pkl::vectorIndex(0);
        argument.replace(9, 4, "IxFl");
        argument[9 + 33] = 4;
        seeds += {argument.left(46) + QByteArray(12, '\0'), before + QByteArray("\1IxPQ") + QByteArray(40, '\1')};
    }
    return seeds;
}

QList<QByteArray> dotenvSeeds()
{
    return {with(0, "# comment\n\nKEY=value\nexport SECRET_KEY = \"quoted # value\"\r\nEMPTY=\nnot a line\n=x\nKEY=again\n"),
            with(0, "JWT_SECRET=0123456789abcdef0123456789abcdef\nDATABASE_URL=postgres://user:password@host/db\nAPI_TOKEN='a=b=c'"),
            with(0, "PASSWORD=\xc3\xa4\xe2\x82\xac-secret\n  INDENTED_PASSWORD\t=\t tabbed value \n")};
}

QList<QByteArray> servicesSeeds()
{
    QByteArray control(PgControl::kFileSize, '\0');
    qToLittleEndian<quint64>(7'000'000'000'000'000'001, control.data());
    qToLittleEndian<quint32>(1300, control.data() + 8);
    qToLittleEndian<quint32>(202'209'061, control.data() + 12);
    control[16] = 1;
    if (const auto at = pgControlCrcOffset(1300))
        qToLittleEndian<quint32>(crc32c(QByteArrayView(control).first(*at)), control.data() + *at);
    return {with(0, "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n# x\n"),
            with(0, "file \"a b\" seq 2 type h\n"), with(1, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n#TS:1700000000\r\n*1\r\n$4\r\nPING\r\n"),
            with(9, "*1\r\n$0\r\n\r\n*3\r\n$3\r\nSET"), with(2, QByteArray("REDIS0011\xfa\x09redis-ver\x05" "7.0.15\xfa", 29)),
            with(3, control.left(320)), with(4, "123\n/var/lib/postgresql/data\n1700000000\n5432\n/run\n*\n  1 2\nready   \n"),
            with(5, "15\n"), with(5, "9.6\n")};
}

}  // namespace

QList<Target> allTargets()
{
    return {{"targz", targz, targzSeeds}, {"zip", zip, zipSeeds}, {"sevenzip", sevenzip, sevenzipSeeds}, {"manifest", manifest, manifestSeeds}, {"pickle", pickle, pickleSeeds},
            {"faiss", faiss, faissSeeds}, {"dotenv", dotenv, dotenvSeeds}, {"services", services, servicesSeeds}};
}

}  // namespace strongroom::fuzz
