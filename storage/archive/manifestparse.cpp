// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/manifest.h"
#include "storage/formats/json.h"
#include "storage/item.h"

#include <QVarLengthArray>

#include <algorithm>
#include <array>
#include <limits>

namespace strongroom::storage {

namespace {

constexpr int kMaxDepth = 16;
constexpr qsizetype kMaxMembers = 64;   // of one object; ours have nine at most

std::unexpected<Error> invalid(const QString &where)
{
    return fail(ErrorCode::ManifestInvalid, {}, {where});
}

/// Where in the manifest something stands; the words are put together only when they are wanted.
struct Where {
    QString words;
    qint64 index = -1;   // of the elements of an array
    [[nodiscard]] QString text() const { return index < 0 ? words : QStringLiteral("%1[%2]").arg(words).arg(index); }
};

/// What stands between the quotes as UTF-8, without a copy as a rule. Validated text only.
QByteArray unescaped(QByteArrayView raw)
{
    return raw.contains('\\') ? jsonUnescaped(raw).toUtf8() : QByteArray::fromRawData(raw.data(), raw.size());
}

/// The members of one object, each key once. `value`, which it views, must outlive it.
class Object {
public:
    static Result<Object> of(const JsonSlice &value, const Where &where)
    {
        Object object;
        object.m_where = where;
        if (value.type != JsonType::Object)
            return invalid(where.words.isEmpty() ? QStringLiteral("is no object") : where.text());
        JsonCursor cursor(value.raw);
        while (cursor.next()) {
            // Unescaped, since "a" and "\u0061" are one key to a reader.
            QByteArray key = unescaped(cursor.rawKey());
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

    [[nodiscard]] JsonSlice value(QByteArrayView key) const
    {
        for (const auto &[name, slice] : m_members) {
            if (name == key)
                return slice;
        }
        return {};
    }
    [[nodiscard]] QString at(QByteArrayView key) const
    {
        const QString where = m_where.text();
        return where.isEmpty() ? QString::fromUtf8(key) : QString(where + u'.' + QString::fromUtf8(key));
    }
    [[nodiscard]] const auto &members() const { return m_members; }

    /// A string; null and absence give an empty one unless `required`.
    [[nodiscard]] Result<QString> text(QByteArrayView key, bool required = false) const
    {
        STRONGROOM_TRY(const QByteArray utf8, string(key, required));
        return QString::fromUtf8(utf8);
    }
    /// The same as UTF-8, valid as long as the text of the manifest.
    [[nodiscard]] Result<QByteArray> string(QByteArrayView key, bool required = false) const
    {
        const JsonSlice slice = value(key);
        if (slice.type == JsonType::String)
            return utf8Of(slice);
        if (required || (slice.type != JsonType::Missing && slice.type != JsonType::Null))
            return invalid(at(key));
        return QByteArray();
    }
    /// A whole number in [lowest, highest]; absence gives `fallback`, or is refused without one.
    [[nodiscard]] Result<qint64> integer(QByteArrayView key, qint64 lowest, qint64 highest, std::optional<qint64> fallback) const
    {
        const JsonSlice slice = value(key);
        if (slice.type == JsonType::Missing && fallback)
            return *fallback;
        const auto number = slice.integer();
        if (!number || *number < lowest || *number > highest)
            return invalid(at(key));
        return *number;
    }
    /// A name: a string, or {"base64": ...} for what is not UTF-8. Valid as long as the text of the manifest.
    [[nodiscard]] Result<QByteArray> bytes(QByteArrayView key) const
    {
        const JsonSlice slice = value(key);
        if (slice.type == JsonType::String)
            return utf8Of(slice);
        STRONGROOM_TRY(const Object wrapped, of(slice, {at(key)}));
        const JsonSlice encoded = wrapped.value("base64");
        if (encoded.type != JsonType::String)
            return invalid(at(key));
        const QByteArray text = utf8Of(encoded);
        const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded || decoded.decoded.toBase64() != text)   // one spelling per name
            return invalid(at(key));
        return decoded.decoded;
    }
    [[nodiscard]] Result<RelPath> path(QByteArrayView key) const
    {
        STRONGROOM_TRY(const QByteArray raw, bytes(key));
        auto parsed = RelPath::parse(raw);
        if (!parsed || parsed->isRoot())
            return invalid(at(key));
        return parsed;
    }

    /// What a string says.
    [[nodiscard]] static QByteArray utf8Of(const JsonSlice &slice) { return unescaped(slice.raw.sliced(1, slice.raw.size() - 2)); }

private:
    Where m_where;
    QVarLengthArray<std::pair<QByteArray, JsonSlice>, 16> m_members;
};

/// Values of hexadecimal digits by character; -1 = none.
constexpr auto kHexDigit = [] {
    std::array<qint8, 256> values = {};
    values.fill(-1);
    for (int i = 0; i < 10; ++i)
        values[size_t('0' + i)] = qint8(i);
    for (int i = 0; i < 6; ++i)
        values[size_t('a' + i)] = values[size_t('A' + i)] = qint8(10 + i);
    return values;
}();

std::optional<Sha256> hashFromHex(QByteArrayView hex)
{
    Sha256 hash;
    if (hex.size() != qsizetype(hash.size() * 2))
        return std::nullopt;
    int all = 0;   // negative once a digit is none
    for (size_t i = 0; i < hash.size(); ++i) {
        const int high = kHexDigit[uchar(hex[qsizetype(2 * i)])];
        const int low = kHexDigit[uchar(hex[qsizetype(2 * i + 1)])];
        all |= high | low;
        hash[i] = quint8(high << 4 | low);
    }
    return all < 0 ? std::nullopt : std::optional(hash);
}

Result<std::optional<Sha256>> hashOf(const Object &object)
{
    const JsonSlice slice = object.value("sha256");
    if (slice.type == JsonType::Missing || slice.type == JsonType::Null)
        return std::nullopt;
    const auto hash = slice.type == JsonType::String ? hashFromHex(Object::utf8Of(slice)) : std::nullopt;
    if (!hash)
        return invalid(object.at("sha256"));
    return hash;
}

std::optional<MemberType> typeFromWord(QByteArrayView word)
{
    for (const MemberType type : {MemberType::File, MemberType::Directory, MemberType::Symlink, MemberType::Hardlink}) {
        if (QLatin1StringView(word) == memberTypeWord(type))
            return type;
    }
    return std::nullopt;
}

Result<Member> parseEntry(const JsonSlice &value, bool needHash, const Where &where)
{
    constexpr qint64 kMax = std::numeric_limits<qint64>::max();
    constexpr qint64 kMax32 = std::numeric_limits<quint32>::max();
    STRONGROOM_TRY(const Object object, Object::of(value, where));
    Member entry;
    STRONGROOM_TRY(entry.path, object.path("path"));
    static const RelPath ours = RelPath::literal(kManifestFolder);
    if (entry.path.isWithin(ours))
        return invalid(object.at("path"));
    STRONGROOM_TRY(const QByteArray word, object.string("type", true));
    const auto type = typeFromWord(word);
    if (!type)
        return invalid(object.at("type"));
    entry.type = *type;
    const bool isFile = entry.type == MemberType::File;
    STRONGROOM_TRY(entry.size, object.integer("size", 0, isFile ? kMax : 0,
                                              isFile ? std::nullopt : std::optional<qint64>(0)));
    STRONGROOM_TRY(entry.sha256, hashOf(object));
    if (isFile && needHash && !entry.sha256)
        return invalid(object.at("sha256"));
    STRONGROOM_TRY(const qint64 mode, object.integer("mode", 0, kMax32, 0));
    entry.mode = quint32(mode & 07777);
    STRONGROOM_TRY(const qint64 uid, object.integer("uid", 0, kMax32, 0));
    entry.uid = quint32(uid);
    STRONGROOM_TRY(const qint64 gid, object.integer("gid", 0, kMax32, 0));
    entry.gid = quint32(gid);
    STRONGROOM_TRY(entry.mtimeNs, object.integer("mtime_ns", -kMax, kMax, 0));
    if (entry.type == MemberType::Hardlink) {
        STRONGROOM_TRY(const RelPath target, object.path("link"));
        entry.link = target.bytes();
    } else if (entry.type == MemberType::Symlink) {
        STRONGROOM_TRY(const QByteArray target, object.bytes("link"));
        entry.link = QByteArrayView(target).toByteArray();
        if (entry.link.isEmpty() || entry.link.contains('\0'))
            return invalid(object.at("link"));
    }
    return entry;
}

Result<void> parseEntries(const Object &top, Manifest &manifest)
{
    const JsonSlice list = top.value("entries");
    if (list.type != JsonType::Array)
        return invalid(QStringLiteral("entries"));
    PathTable<bool> seen;
    JsonCursor cursor(list.raw);
    for (qint64 i = 0; cursor.next(); ++i) {
        const Where where{QStringLiteral("entries"), i};
        STRONGROOM_TRY(Member entry, parseEntry(cursor.value(), manifest.sumsSha256Hex.isEmpty(), where));
        if (!seen.insert(entry.path.bytes(), true).second)
            return invalid(where.text() + u".path");
        manifest.entries.append(std::move(entry));
    }
    return {};
}

Result<void> parseSource(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value("source");
    if (slice.type == JsonType::Missing)
        return {};
    STRONGROOM_TRY(const Object source, Object::of(slice, {QStringLiteral("source")}));
    STRONGROOM_TRY(manifest.sourceHost, source.text("host"));
    if (!source.value("path").isMissing()) {
        STRONGROOM_TRY(const QByteArray path, source.bytes("path"));
        manifest.sourcePath = QByteArrayView(path).toByteArray();
    }
    if (manifest.sourcePath.contains('\0'))
        return invalid(QStringLiteral("source.path"));
    return {};
}

Result<void> parseScope(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value("scope");
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
    const JsonSlice slice = top.value("excluded");
    if (slice.type == JsonType::Missing)
        return {};
    if (slice.type != JsonType::Array)
        return invalid(QStringLiteral("excluded"));
    JsonCursor cursor(slice.raw);
    for (qint64 i = 0; cursor.next(); ++i) {
        STRONGROOM_TRY(const Object object, Object::of(cursor.value(), {QStringLiteral("excluded"), i}));
        STRONGROOM_TRY(const RelPath path, object.path("path"));
        STRONGROOM_TRY(const QString reason, object.text("reason", true));
        manifest.excluded.append({path.bytes(), reason});
    }
    return {};
}

Result<void> parseCounts(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value("counts");
    if (slice.type == JsonType::Missing)
        return {};
    STRONGROOM_TRY(const Object counts, Object::of(slice, {QStringLiteral("counts")}));
    for (const auto &member : counts.members()) {
        STRONGROOM_TRY(const qint64 count, counts.integer(member.first, 0, std::numeric_limits<qint64>::max(), std::nullopt));
        manifest.counts.insert(QString::fromUtf8(member.first), count);
    }
    return {};
}

Result<void> parseSumsReference(const Object &top, Manifest &manifest)
{
    const JsonSlice slice = top.value("sums");
    if (slice.type == JsonType::Missing)
        return {};
    STRONGROOM_TRY(const Object sums, Object::of(slice, {QStringLiteral("sums")}));
    STRONGROOM_TRY(const QString path, sums.text("path", true));
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
    STRONGROOM_TRY(manifest.kind, top.text("kind", true));
    if (manifest.kind.isEmpty() || !isWord(manifest.kind))
        return invalid(QStringLiteral("kind"));
    STRONGROOM_TRY(manifest.variant, top.text("variant"));
    if (!isWord(manifest.variant))
        return invalid(QStringLiteral("variant"));
    STRONGROOM_TRY(manifest.consistency, top.text("consistency"));
    static const QStringList levels = {QString(), QStringLiteral("locked"), QStringLiteral("stable"),
                                       QStringLiteral("snapshot"), QStringLiteral("partial")};
    if (!levels.contains(manifest.consistency))
        return invalid(QStringLiteral("consistency"));
    STRONGROOM_TRY(const QString created, top.text("created_utc", true));
    manifest.created = parseTime(created);
    if (!manifest.created.isValid())
        return invalid(QStringLiteral("created_utc"));
    STRONGROOM_TRY(manifest.tool, top.text("tool"));
    STRONGROOM_TRY(manifest.note, top.text("note"));
    STRONGROOM_TRY(manifest.sequence, top.integer("sequence", 0, std::numeric_limits<qint64>::max(), 0));
    const JsonType pinned = top.value("pinned").type;
    if (pinned != JsonType::Missing && pinned != JsonType::True && pinned != JsonType::False)
        return invalid(QStringLiteral("pinned"));
    manifest.pinned = pinned == JsonType::True;
    return {};
}

Result<void> checkFormat(const Object &top)
{
    STRONGROOM_TRY(const QString format, top.text("format", true));
    if (format != u"strongroom-backup")
        return invalid(QStringLiteral("format"));
    STRONGROOM_TRY(const qint64 version, top.integer("version", 1, std::numeric_limits<qint64>::max(), std::nullopt));
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
    STRONGROOM_TRY(const Object top, Object::of({trimmed.startsWith('{') ? JsonType::Object : JsonType::Null, trimmed}, {}));
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

Result<PathTable<Sha256>> parseSums(QByteArrayView text)
{
    constexpr qsizetype kHexDigits = 64;
    PathTable<Sha256> sums;
    for (qint64 number = 1; !text.isEmpty(); ++number) {
        const auto wrong = [number] { return invalid(QStringLiteral("SHA256SUMS line %1").arg(number)); };
        const qsizetype newline = text.indexOf('\n');
        QByteArrayView line = newline < 0 ? text : text.first(newline);
        text = newline < 0 ? QByteArrayView() : text.sliced(newline + 1);
        const bool escaped = line.startsWith('\\');
        if (escaped)
            line = line.sliced(1);
        if (line.size() < kHexDigits + 3 || line[kHexDigits] != ' ' || (line[kHexDigits + 1] != ' ' && line[kHexDigits + 1] != '*'))
            return wrong();
        const auto hash = hashFromHex(line.first(kHexDigits));
        const QByteArrayView rawName = line.sliced(kHexDigits + 2);
        const auto name = escaped ? unescapedSumsName(rawName) : std::optional(QByteArray::fromRawData(rawName.data(), rawName.size()));
        if (!hash || !name || !RelPath::parse(*name) || !sums.insert(*name, *hash).second)
            return wrong();
    }
    return sums;
}

}  // namespace strongroom::storage
