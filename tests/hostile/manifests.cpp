// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A manifest that says something else than the archive holds, that two parsers read in two ways, or that leads out.

#include "tests/hostile/families.h"

#include <QCryptographicHash>

namespace strongroom::tests {

namespace {

constexpr char kManifest[] = ".strongroom/manifest.json";

using Files = QList<std::pair<QByteArray, QByteArray>>;

QByteArray sumOf(const QByteArray &content)
{
    return QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex();
}

/// Those of the healthy directory; data/auth/tokens.json, with "{}" in it, is the first.
Files healthyFiles()
{
    Files files;
    for (const auto &[path, content] : healthyContent())
        files.append({"data/" + path, *content});
    return files;
}

/// `path` as it stands in JSON.
QByteArray entry(const QByteArray &path, const QByteArray &content)
{
    return R"({"path":")" + path + R"(","type":"file","size":)" + QByteArray::number(content.size()) + R"(,"sha256":")" + sumOf(content)
        + R"(","mode":384})";
}

QByteArray manifest(const QByteArrayList &entries)
{
    return R"({"format":"strongroom-backup","version":1,"kind":"document-sessions","created_utc":"2025-01-01T00:00:00Z","entries":[)"
        + entries.join(",\n") + "]}";
}

QByteArray manifestOf(const Files &files)
{
    QByteArrayList entries;
    for (const auto &[path, content] : files)
        entries.append(entry(path, content));
    return manifest(entries);
}

TarBuilder tarOf(const Files &files)
{
    TarBuilder tar;
    for (const auto &[path, content] : files)
        tar.file(path, content, 0600);
    return tar;
}

/// With the first `before` replaced, which must be there.
QByteArray bent(QByteArray text, const QByteArray &before, const QByteArray &after)
{
    const qsizetype at = text.indexOf(before);
    if (at < 0)
        qFatal("nothing to bend: %s", before.constData());
    return text.replace(at, before.size(), after);
}

}  // namespace

QList<FamilyCase> manifestFamilies(const Aim &aim)
{
    const Files files = healthyFiles();
    const QByteArray good = manifestOf(files);
    const QByteArray sum = sumOf("{}");
    const auto with = [=](const QByteArray &text) {
        return [=] { return tarOf(files).file(kManifest, text, 0600).end().gz(); };
    };
    const auto bend = [=](const QByteArray &before, const QByteArray &after) { return with(bent(good, before, after)); };
    const auto listing = [=](const QByteArray &more) { return bend("]}", ",\n" + more + "]}"); };
    const auto nested = [](int levels) -> QByteArray { return QByteArray(levels, '[') + QByteArray(levels, ']'); };
    const auto toLittleUtf16 = [](const QByteArray &ascii) {
        QByteArray wide("\xff\xfe");
        for (const char c : ascii)
            wide.append(c).append('\0');
        return wide;
    };
    const QByteArray otherZeros(64, '0');
    return {
        {"man-ok", Fate::Accepted, {}, with(good), healthyContent()},
        {"man-first", Fate::Accepted, {}, [=] { return TarBuilder().file(kManifest, good).raw(tarOf(files).bytes()).end().gz(); }, healthyContent()},
        {"man-hash-uppercase", Fate::Accepted, {}, bend(sum, sum.toUpper()), healthyContent()},
        {"man-mode-setuid", Fate::Accepted, {}, bend(R"("mode":384)", R"("mode":35309)"), healthyContent()},

        {"man-hash-wrong", Fate::Refused, "data/auth/tokens.json; content differs", bend(sum, otherZeros)},
        {"man-hash-short", Fate::Refused, "entries[0].sha256", bend(sum, sum.left(32))},
        {"man-hash-missing", Fate::Refused, "entries[0].sha256", bend(R"("sha256":")" + sum + "\",", {})},
        {"man-size-wrong", Fate::Refused, "data/auth/tokens.json; size differs", bend(R"("size":2)", R"("size":3)")},
        {"man-size-negative", Fate::Refused, "entries[0].size", bend(R"("size":2)", R"("size":-2)")},
        {"man-size-1e400", Fate::Refused, "entries[0].size", bend(R"("size":2)", R"("size":1e400)")},
        {"man-size-float", Fate::Refused, "entries[0].size", bend(R"("size":2)", R"("size":2.0000000000000001)")},
        {"man-type-differs", Fate::Refused, "of another type", bend(R"("type":"file","size":2)", R"("type":"symlink","link":"x","size":0)")},

        {"man-extra-file", Fate::Refused, "data/auth/tokens.json; not in the manifest", with(manifestOf(files.mid(1)))},
        {"man-missing-file", Fate::Refused, "data/storage/lost.json; missing", listing(entry("data/storage/lost.json", "{}"))},
        {"man-many-entries", Fate::Refused, "more differences", [=] {
            QByteArrayList entries;
            for (int i = 0; i < 20'000; ++i)
                entries.append(R"({"path":"data/n)" + QByteArray::number(i) + R"(","type":"file","size":0,"sha256":")" + sum + R"("})");
            return with(manifest(entries))();
        }},
        {"man-nfd-vs-nfc", Fate::Refused, "data/caf\xc3\xa9; not in the manifest", [=] {
            return tarOf({{"data/caf\xc3\xa9", "x"}}).file(kManifest, manifestOf({{"data/cafe\xcc\x81", "x"}})).end().gz();
        }},

        {"man-dup-entry", Fate::Refused, "entries[3].path", listing(entry(files.first().first, files.first().second))},
        {"man-nul-path", Fate::Refused, "entries[3].path", listing(entry("data/storage/\\u0000n", "n"))},
        {"man-absolute-listed", Fate::Refused, "entries[3].path", listing(entry(aim.canary + "/listed", "l"))},
        {"man-dotslash", Fate::Refused, "entries[0].path", bend("data/auth/tokens.json", "./data/auth/tokens.json")},
        {"man-climb", Fate::Refused, "../climbed", [=] {
            const Files climbing = files + Files{{"../climbed", "c"}};
            return tarOf(climbing).file(kManifest, manifestOf(climbing)).end().gz();
        }},

        {"man-version-future", Fate::Refused, "newer version: 99", bend(R"("version":1)", R"("version":99)")},
        {"man-version-string", Fate::Refused, "cannot be trusted: version", bend(R"("version":1)", R"("version":"1")")},
        {"man-kind-other", Fate::Refused, "says sqlite-app, the content is document-sessions", bend("document-sessions", "sqlite-app")},
        {"man-kind-unknown", Fate::Refused, "cannot be trusted: kind", bend("document-sessions", "../../etc")},
        {"man-two", Fate::Refused, "path twice; .strongroom/manifest.json", [=] {
            return TarBuilder().file(kManifest, good).raw(tarOf(files).bytes()).file(kManifest, manifestOf({})).end().gz();
        }},

        {"man-empty", Fate::Refused, "is empty", with({})},
        {"man-not-json", Fate::Refused, "line 1, column 1", with(QByteArray("\x80\x04}.", 4))},
        {"man-array", Fate::Refused, "is no object", with("[" + good + "]")},
        {"man-bom", Fate::Refused, "text that is not valid at line 1, column 1", with("\xef\xbb\xbf" + good)},
        {"man-utf16", Fate::Refused, "text that is not valid at line 1, column 1", with(toLittleUtf16(good))},
        {"man-invalid-utf8", Fate::Refused, "text that is not valid", bend("strongroom-backup", "strongroom\xff" "backup")},
        {"man-lone-surrogate", Fate::Refused, "text that is not valid", bend("auth/tokens", "auth/\\udc00tokens")},
        {"man-trailing", Fate::Refused, "is not JSON at line 3", with(good + good)},
        {"man-dup-keys", Fate::Refused, "cannot be trusted: version twice", bend(R"("version":1)", R"("version":99,"version":1)")},
        {"man-deep-json", Fate::Refused, "nested too deeply", with(nested(100'000))},
        {"man-10mb", Fate::Refused, "cannot be trusted: format", [=] { return with(bent(good, "strongroom-backup", QByteArray(10 << 20, 's')))(); }},

        {"man-sidecar-differs", Fate::Refused, "sidecar; has another hash", with(good), {}, [=](const QByteArray &name) -> QByteArray { return otherZeros + "  " + name + '\n'; }},
        {"man-sidecar-climb", Fate::Refused, "sidecar; does not name exactly this file", with(good), {}, [=](const QByteArray &) -> QByteArray { return otherZeros + "  ../../../../etc/hostname\n"; }},
    };
}

}  // namespace strongroom::tests
