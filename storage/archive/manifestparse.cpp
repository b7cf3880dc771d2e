// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/manifest.h"
#include "storage/formats/json.h"
#include "storage/item.h"

#include <QSet>
#include <QVarLengthArray>

#include <algorithm>
#include <limits>

namespace strongroom::storage {

namespace {

constexpr int kMaxDepth = 16;
constexpr qsizetype kMaxMembers = 64;   // of one object; ours have nine at most

std::unexpected<Error> invalid(const QString &where)
{
    return fail(ErrorCode::ManifestInvalid, {}, {where});
}

/// The members of one object, each key once.
class Object {
public:
    static Result<Object> of(const JsonSlice &value, const QString &where)
    {
        if (value.type != JsonType::Object)
            return invalid(where.isEmpty() ? QStringLiteral("is no object") : where);
        Object object;
        object.m_where = where;
        JsonCursor cursor(value.raw);
        while (cursor.next()) {
            // Unescaped, since "a" and "\u0061" are one key to a reader.
            QString key = cursor.key();
            const bool known = std::any_of(object.m_members.cbegin(), object.m_members.cend(),
                                           [&](const auto &member) { return member.first == key; });
            if (known)
                return invalid(object.at(key) + u" twice");
            if (object.m_members.size() >= kMaxMembers)
                return invalid(object.at(key) + u" is one key too many");
            object.m_members.append({std::move(key), cursor.value()});
        }
        return object;
    }

    [[nodiscard]] JsonSlice value(QStringView key) const
    {
        for (const auto &[name, slice] : m_members) {
            if (name == key)
                return slice;
        }
        return {};
    }
    [[nodiscard]] QString at(QStringView key) const { return m_where.isEmpty() ? key.toString() : QString(m_where + u'.' + key); }
    [[nodiscard]] const auto &members() const { return m_members; }

    /// A string; null and absence give an empty one unless `required`.
    [[nodiscard]] Result<QString> text(QStringView key, bool required = false) const
    {
        const JsonSlice slice = value(key);
        if (slice.type == JsonType::String)
            return slice.text();
        if (required || (slice.type != JsonType::Missing && slice.type != JsonType::Null))
            return invalid(at(key));
        return QString();
    }
    /// A whole number in [lowest, highest]; absence gives `fallback`, or is refused without one.
    [[nodiscard]] Result<qint64> integer(QStringView key, qint64 lowest, qint64 highest, std::optional<qint64> fallback) const
    {
        const JsonSlice slice = value(key);
        if (slice.type == JsonType::Missing && fallback)
            return *fallback;
        const auto number = slice.integer();
        if (!number || *number < lowest || *number > highest)
            return invalid(at(key));
        return *number;
    }
    /// A name: a string, or {"base64": ...} for what is not UTF-8.
    [[nodiscard]] Result<QByteArray> bytes(QStringView key) const
    {
        const JsonSlice slice = value(key);
        if (slice.type == JsonType::String)
            return slice.text().toUtf8();
        STRONGROOM_TRY(const Object wrapped, of(slice, at(key)));
        const JsonSlice encoded = wrapped.value(u"base64");
        if (encoded.type != JsonType::String)
            return invalid(at(key));
        const QByteArray text = encoded.text().toLatin1();
        const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded || decoded.decoded.toBase64() != text)   // one spelling per name
            return invalid(at(key));
        return decoded.decoded;
    }
    [[nodiscard]] Result<RelPath> path(QStringView key) const
    {
        STRONGROOM_TRY(const QByteArray raw, bytes(key));
        const auto parsed = RelPath::parse(raw);
        if (!parsed || parsed->isRoot())
            return invalid(at(key));
        return *parsed;
    }

private:
    QString m_where;
    QVarLengthArray<std::pair<QString, JsonSlice>, 16> m_members;
};

std::optional<Sha256> hashFromHex(QByteArrayView hex)
{
    Sha256 hash;
    if (hex.size() != qsizetype(hash.size() * 2))
        return std::nullopt;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    for (size_t i = 0; i < hash.size(); ++i) {
        const int high = digit(hex[qsizetype(2 * i)]);
        const int low = digit(hex[qsizetype(2 * i + 1)]);
        if (high < 0 || low < 0)
            return std::nullopt;
        hash[i] = quint8(high << 4 | low);
    }
    return hash;
}

Result<std::optional<Sha256>> hashOf(const Object &object)
{
    const JsonSlice slice = object.value(u"sha256");
    if (slice.type == JsonType::Missing || slice.type == JsonType::Null)
        return std::nullopt;
    const auto hash = slice.type == JsonType::String ? hashFromHex(slice.text().toLatin1()) : std::nullopt;
    if (!hash)
        return invalid(object.at(u"sha256"));
    return hash;
}

std::optional<MemberType> typeFromWord(const QString &word)
{
    for (const MemberType type : {MemberType::File, MemberType::Directory, MemberType::Symlink, MemberType::Hardlink}) {
        if (word == memberTypeWord(type))
            return type;
    }
    return std::nullopt;
}

Result<Member> parseEntry(const JsonSlice &value, bool needHash, const QString &where)
{
    constexpr qint64 kMax = std::numeric_limits<qint64>::max();
    constexpr qint64 kMax32 = std::numeric_limits<quint32>::max();
    STRONGROOM_TRY(const Object object, Object::of(value, where));
    Member entry;
    STRONGROOM_TRY(entry.path, object.path(u"path"));
    if (entry.path.isWithin(RelPath::literal(kManifestFolder)))
        return invalid(object.at(u"path"));
    STRONGROOM_TRY(const QString word, object.text(u"type", true));
    const auto type = typeFromWord(word);
    if (!type)
        return invalid(object.at(u"type"));
    entry.type = *type;
    const bool isFile = entry.type == MemberType::File;
    STRONGROOM_TRY(entry.size, object.integer(u"size", 0, isFile ? kMax : 0,
                                              isFile ? std::nullopt : std::optional<qint64>(0)));
    STRONGROOM_TRY(entry.sha256, hashOf(object));
    if (isFile && needHash && !entry.sha256)
        return invalid(object.at(u"sha256"));
    STRONGROOM_TRY(const qint64 mode, object.integer(u"mode", 0, kMax32, 0));
    entry.mode = quint32(mode & 07777);
    STRONGROOM_TRY(const qint64 uid, object.integer(u"uid", 0, kMax32, 0));
    entry.uid = quint32(uid);
    STRONGROOM_TRY(const qint64 gid, object.integer(u"gid", 0, kMax32, 0));
    entry.gid = quint32(gid);
    STRONGROOM_TRY(entry.mtimeNs, object.integer(u"mtime_ns", -kMax, kMax, 0));
    if (entry.type == MemberType::Hardlink) {
        STRONGROOM_TRY(const RelPath target, object.path(u"link"));
        entry.link = target.bytes();
    } else if (entry.type == MemberType::Symlink) {
        STRONGROOM_TRY(entry.link, object.bytes(u"link"));
        if (entry.link.isEmpty() || entry.link.contains('\0'))
            return invalid(object.at(u"link"));
    }
    return entry;
}

Result<void> parseEntries(const Object &top, Manifest &manifest)
{
    const JsonSlice list = top.value(u"entries");
    if (list.type != JsonType::Array)
        return invalid(QStringLiteral("entries"));
    QSet<RelPath> seen;
    JsonCursor cursor(list.raw);
    for (qint64 i = 0; cursor.next(); ++i) {
        const QString where = QStringLiteral("entries[%1]").arg(i);
        STRONGROOM_TRY(Member entry, parseEntry(cursor.value(), manifest.sumsSha256Hex.isEmpty(), where));
        const qsizetype before = seen.size();
        seen.insert(entry.path);
        if (seen.size() == before)
            return invalid(where + u".path");
        manifest.entries.append(std::move(entry));
    }
    return {};
}

Result<void> parseSource(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value(u"source");
    if (slice.type == JsonType::Missing)
        return {};
    STRONGROOM_TRY(const Object source, Object::of(slice, QStringLiteral("source")));
    STRONGROOM_TRY(manifest.sourceHost, source.text(u"host"));
    if (!source.value(u"path").isMissing()) {
        STRONGROOM_TRY(manifest.sourcePath, source.bytes(u"path"));
    }
    if (manifest.sourcePath.contains('\0'))
        return invalid(QStringLiteral("source.path"));
    return {};
}

Result<void> parseScope(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value(u"scope");
    if (slice.type == JsonType::Missing)
        return {};
    if (slice.type != JsonType::Array)
        return invalid(QStringLiteral("scope"));
    JsonCursor cursor(slice.raw);
    while (cursor.next()) {
        if (cursor.value().type != JsonType::String)
            return invalid(QStringLiteral("scope"));
        manifest.scope.append(cursor.value().text());
    }
    return {};
}

Result<void> parseExcluded(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value(u"excluded");
    if (slice.type == JsonType::Missing)
        return {};
    if (slice.type != JsonType::Array)
        return invalid(QStringLiteral("excluded"));
    JsonCursor cursor(slice.raw);
    for (qint64 i = 0; cursor.next(); ++i) {
        STRONGROOM_TRY(const Object object, Object::of(cursor.value(), QStringLiteral("excluded[%1]").arg(i)));
        STRONGROOM_TRY(const RelPath path, object.path(u"path"));
        STRONGROOM_TRY(const QString reason, object.text(u"reason", true));
        manifest.excluded.append({path.bytes(), reason});
    }
    return {};
}

Result<void> parseCounts(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value(u"counts");
    if (slice.type == JsonType::Missing)
        return {};
    STRONGROOM_TRY(const Object counts, Object::of(slice, QStringLiteral("counts")));
    for (const auto &member : counts.members()) {
        STRONGROOM_TRY(const qint64 count, counts.integer(member.first, 0, std::numeric_limits<qint64>::max(), std::nullopt));
        manifest.counts.insert(member.first, count);
    }
    return {};
}

Result<void> parseSumsReference(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value(u"sums");
    if (slice.type == JsonType::Missing)
        return {};
    STRONGROOM_TRY(const Object sums, Object::of(slice, QStringLiteral("sums")));
    STRONGROOM_TRY(const QString path, sums.text(u"path", true));
    STRONGROOM_TRY(const std::optional<Sha256> hash, hashOf(sums));
    if (path.toUtf8() != kSumsPath || !hash)
        return invalid(QStringLiteral("sums"));
    manifest.sumsSha256Hex = toHex(*hash);
    return {};
}

/// Layout ids, variants and consistency levels are words, never paths or sentences.
bool isWord(QStringView text)
{
    return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'-';
    });
}

Result<void> parseWords(const Object &top, Manifest &manifest)
{
    STRONGROOM_TRY(manifest.kind, top.text(u"kind", true));
    if (manifest.kind.isEmpty() || !isWord(manifest.kind))
        return invalid(QStringLiteral("kind"));
    STRONGROOM_TRY(manifest.variant, top.text(u"variant"));
    if (!isWord(manifest.variant))
        return invalid(QStringLiteral("variant"));
    STRONGROOM_TRY(manifest.consistency, top.text(u"consistency"));
    static const QStringList levels = {QString(), QStringLiteral("locked"), QStringLiteral("stable"),
                                       QStringLiteral("snapshot"), QStringLiteral("partial")};
    if (!levels.contains(manifest.consistency))
        return invalid(QStringLiteral("consistency"));
    STRONGROOM_TRY(const QString created, top.text(u"created_utc", true));
    manifest.created = parseTime(created);
    if (!manifest.created.isValid())
        return invalid(QStringLiteral("created_utc"));
    STRONGROOM_TRY(manifest.tool, top.text(u"tool"));
    STRONGROOM_TRY(manifest.note, top.text(u"note"));
    STRONGROOM_TRY(manifest.sequence, top.integer(u"sequence", 0, std::numeric_limits<qint64>::max(), 0));
    const JsonType pinned = top.value(u"pinned").type;
    if (pinned != JsonType::Missing && pinned != JsonType::True && pinned != JsonType::False)
        return invalid(QStringLiteral("pinned"));
    manifest.pinned = pinned == JsonType::True;
    return {};
}

Result<void> checkFormat(const Object &top)
{
    STRONGROOM_TRY(const QString format, top.text(u"format", true));
    if (format != u"strongroom-backup")
        return invalid(QStringLiteral("format"));
    STRONGROOM_TRY(const qint64 version, top.integer(u"version", 1, std::numeric_limits<qint64>::max(), std::nullopt));
    if (version != Manifest().version)
        return fail(ErrorCode::ManifestVersion, {}, {QString::number(version)});
    return {};
}

/// The name as `sha256sum` escapes it; nullopt for an escape it does not know.
std::optional<QByteArray> unescapedSumsName(QByteArrayView name)
{
    QByteArray out;
    out.reserve(name.size());
    for (qsizetype i = 0; i < name.size(); ++i) {
        if (name[i] != '\\') {
            out.append(name[i]);
            continue;
        }
        const char next = ++i < name.size() ? name[i] : '\0';
        if (next != '\\' && next != 'n' && next != 'r')
            return std::nullopt;
        out.append(next == 'n' ? '\n' : next == 'r' ? '\r' : '\\');
    }
    return out;
}

}  // namespace

Result<Manifest> parseManifest(QByteArrayView text)
{
    if (const auto fault = validateJson(text, kMaxDepth))
        return std::unexpected(jsonError(*fault, kManifestPath).wrapped(ErrorCode::ManifestInvalid, {}, {jsonFaultText(*fault)}));
    // Valid JSON may begin with white space; the one value in it begins behind that.
    const QByteArrayView trimmed = text.trimmed();
    STRONGROOM_TRY(const Object top, Object::of({trimmed.startsWith('{') ? JsonType::Object : JsonType::Null, trimmed},
                                                QString()));
    // The version first: what a newer one means by the rest is not ours to judge.
    STRONGROOM_CHECK(checkFormat(top));
    Manifest manifest;
    STRONGROOM_CHECK(parseWords(top, manifest));
    STRONGROOM_CHECK(parseSource(top, manifest));
    STRONGROOM_CHECK(parseScope(top, manifest));
    STRONGROOM_CHECK(parseExcluded(top, manifest));
    STRONGROOM_CHECK(parseCounts(top, manifest));
    STRONGROOM_CHECK(parseSumsReference(top, manifest));
    STRONGROOM_CHECK(parseEntries(top, manifest));
    return manifest;
}

Result<QHash<QByteArray, Sha256>> parseSums(QByteArrayView text)
{
    constexpr qsizetype kHexDigits = 64;
    QHash<QByteArray, Sha256> sums;
    for (qint64 number = 1; !text.isEmpty(); ++number) {
        const QString where = QStringLiteral("SHA256SUMS line %1").arg(number);
        const qsizetype newline = text.indexOf('\n');
        QByteArrayView line = newline < 0 ? text : text.first(newline);
        text = newline < 0 ? QByteArrayView() : text.sliced(newline + 1);
        const bool escaped = line.startsWith('\\');
        if (escaped)
            line = line.sliced(1);
        if (line.size() < kHexDigits + 3 || line[kHexDigits] != ' ' || (line[kHexDigits + 1] != ' ' && line[kHexDigits + 1] != '*'))
            return invalid(where);
        const auto hash = hashFromHex(line.first(kHexDigits));
        const QByteArrayView rawName = line.sliced(kHexDigits + 2);
        const auto name = escaped ? unescapedSumsName(rawName) : std::optional(rawName.toByteArray());
        if (!hash || !name || !RelPath::parse(*name) || sums.contains(*name))
            return invalid(where);
        sums.insert(*name, *hash);
    }
    return sums;
}

}  // namespace strongroom::storage
