// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Manifests and the JSON under them. The first byte: bits 0-1 what the rest is (0 a manifest, 1 any JSON, 2
// SHA256SUMS, 3 a store), the others how many bytes come at once.

#include "storage/archive/manifest.h"
#include "storage/formats/json.h"
#include "tests/fuzz/fuzztarget.h"
#include "tests/fuzz/memorytree.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <vector>

using namespace strongroom::storage;

namespace strongroom::fuzz {

namespace {

std::optional<JsonFault> validateInPieces(QByteArrayView text, qsizetype piece)
{
    JsonValidator validator;
    while (!text.isEmpty()) {
        validator.feed(text.first(std::min(piece, text.size())));
        text = text.sliced(std::min(piece, text.size()));
    }
    validator.finish();
    return validator.fault();
}

bool same(const std::optional<JsonFault> &a, const std::optional<JsonFault> &b)
{
    return a.has_value() == b.has_value()
        && (!a || (a->kind == b->kind && a->offset == b->offset && a->line == b->line && a->column == b->column));
}

/// Our cursors and Qt's document must see one value. Without recursion: containers wait their turn.
void requireOneValue(QByteArrayView text, const QJsonValue &whole)
{
    struct Pair {
        JsonSlice slice;
        QJsonValue value;
    };
    std::vector<Pair> pending = {{jsonSlice(text), whole}};
    while (!pending.empty()) {
        const Pair pair = pending.back();
        pending.pop_back();
        switch (pair.slice.type) {
        case JsonType::Null: require(pair.value.isNull(), "null is null"); break;
        case JsonType::True: require(pair.value.isBool() && pair.value.toBool(), "true is true"); break;
        case JsonType::False: require(pair.value.isBool() && !pair.value.toBool(), "false is false"); break;
        case JsonType::Number:
            require(pair.value.isDouble() && pair.slice.number() == pair.value.toDouble(), "a number is the same number");
            if (const auto integer = pair.slice.integer())
                require(pair.value.toInteger(*integer) == *integer, "an integer is the same integer");
            break;
        case JsonType::String: require(pair.value.isString() && pair.slice.text() == pair.value.toString(), "a text is the same text"); break;
        case JsonType::Array: {
            const QJsonArray array = pair.value.toArray();
            require(pair.value.isArray() && pair.slice.count() == array.size(), "an array has as many elements");
            qsizetype i = 0;
            for (JsonCursor cursor(pair.slice.raw); cursor.next(); ++i)
                pending.push_back({cursor.value(), array.at(i)});
            break;
        }
        case JsonType::Object: {
            const QJsonObject object = pair.value.toObject();
            QMap<QString, JsonSlice> last;
            for (JsonCursor cursor(pair.slice.raw); cursor.next();) {
                last.insert(cursor.key(), cursor.value());
                require(cursor.keyIs(cursor.key().toUtf8()), "a key is its own name");
            }
            require(pair.value.isObject() && last.size() == object.size(), "an object has as many members");
            for (auto it = last.cbegin(); it != last.cend(); ++it) {
                require(object.contains(it.key()), "an object has the same members");
                pending.push_back({it.value(), object.value(it.key())});
            }
            break;
        }
        case JsonType::Missing: require(false, "a valid text holds a value"); break;
        }
    }
}

/// Cursors on text that nobody has looked at: any answer will do, but there must be one.
void lookIntoAnything(QByteArrayView text)
{
    qsizetype steps = 0;
    std::vector<QByteArrayView> pending = {text};
    while (!pending.empty() && steps < 10'000) {
        JsonCursor cursor(pending.back());
        pending.pop_back();
        while (cursor.next() && ++steps < 10'000) {
            require(cursor.value().raw.size() <= text.size() && !cursor.value().raw.isEmpty(), "a value is part of the text");
            static_cast<void>(cursor.value().text().size() + cursor.key().size());
            if (pending.size() < 100)
                pending.push_back(cursor.value().raw);
        }
    }
    const JsonFields fields(text, {"a", "path", ""});
    static_cast<void>(fields[0].text());
}

void json(QByteArrayView text, qsizetype piece)
{
    const auto fault = validateJson(text);
    require(same(fault, validateInPieces(text, piece)), "where blocks end does not matter");
    const auto parsed = parseJson(text);
    require(!fault || !parsed, "what is no JSON does not parse");
    lookIntoAnything(text);
    if (fault) {
        require(fault->offset >= 0 && fault->offset <= text.size() && fault->line >= 1 && fault->column >= 1, "a fault has a place");
        require(parsed.error().args == QStringList({QString::number(fault->line), QString::number(fault->column)}), "the place is told");
        return;
    }
    if (!parsed) {
        // Valid, and Qt has no value for it: a lone scalar, or a number that no double holds.
        require(parsed.error().code == ErrorCode::JsonInvalid, "refused for what it is");
        return;
    }
    requireOneValue(text, *parsed);
    JsonParseOptions options;
    options.rejectDuplicates = true;
    const auto unique = parseJson(text, {}, options);
    require(!unique || *unique == *parsed, "without duplicates the same value");
    const QByteArray again = parsed->isObject() ? QJsonDocument(parsed->toObject()).toJson(QJsonDocument::Compact)
                                                : QJsonDocument(parsed->toArray()).toJson(QJsonDocument::Compact);
    require(!validateJson(again), "what is written again is JSON");
    const auto reparsed = parseJson(again, {}, options);
    require(reparsed && *reparsed == *parsed, "written again, the same value");
}

void manifestText(QByteArrayView text)
{
    const auto manifest = parseManifest(text);
    if (!manifest) {
        const ErrorCode code = manifest.error().code;
        require(code == ErrorCode::ManifestInvalid || code == ErrorCode::ManifestVersion, "refused as a manifest");
        return;
    }
    require(!validateJson(text), "a manifest is JSON");
    for (const Member &entry : manifest->entries) {
        require(RelPath::parse(entry.path.bytes()) && entry.size >= 0 && entry.mode <= 07777, "entries that can be");
        require(!entry.path.isWithin(RelPath::literal(kManifestFolder)), "no entry of ours");
    }
    const QByteArray written = writeManifest(*manifest);
    const auto again = parseManifest(written);
    require(again.has_value(), "what was read can be written");
    require(writeManifest(*again) == written, "and read again");
    require(again->entries.size() == manifest->entries.size() && again->created == manifest->created && again->note == manifest->note
                && again->sourcePath == manifest->sourcePath && again->counts == manifest->counts,
            "with nothing lost");
}

void sums(QByteArrayView text)
{
    const auto parsed = parseSums(text);
    if (!parsed) {
        require(parsed.error().code == ErrorCode::ManifestInvalid, "refused as sums");
        return;
    }
    QByteArray written;
    for (const auto &sum : parsed->entries()) {
        require(RelPath::parse(sum.path()).has_value(), "names are RelPaths");
        written += sumsLine(toHex(sum.value), sum.path().toByteArray());
    }
    const auto again = parseSums(written);
    const auto same = [](const auto &a, const auto &b) { return a.path() == b.path() && a.value == b.value; };
    require(again && std::equal(parsed->entries().begin(), parsed->entries().end(), again->entries().begin(), again->entries().end(), same),
            "written again, the same sums");
}

void store(const QByteArray &text, qint64 piece)
{
    const RelPath path = RelPath::literal("store.json");
    const MemoryTree tree({{path.bytes(), text}}, piece);
    Monitor monitor;
    JsonStoreOptions options;
    options.window = 16 + piece;
    QList<std::pair<QByteArray, QByteArray>> records;
    const auto summary = readJsonStore(tree, path, options, monitor, [&](const JsonStoreRecord &record) {
        require(record.index == records.size() && record.length > 0 && record.offset + record.length <= text.size(), "records in order");
        require(record.bytes == QByteArrayView(text).sliced(record.offset, record.length), "a record is where it stands");
        require(!validateJson(record.bytes), "a record is JSON");
        records.append({record.rawKey.toByteArray(), record.bytes.toByteArray()});
        return true;
    });
    require(summary.has_value() && summary->records == records.size(), "any store can be read");
    const auto fault = validateJson(text);
    require(same(summary->fault, fault), "one opinion of the text");
    if (fault)
        return;
    JsonCursor cursor(text);
    for (const auto &[key, value] : records) {
        require(cursor.next() && cursor.rawKey() == key && cursor.value().raw == value, "records as a cursor sees them");
    }
    require(!cursor.next(), "no record is lost");
}

}  // namespace

void manifest(QByteArrayView input)
{
    if (input.isEmpty() || input.size() > 32 * 1024)
        return;
    const uchar mode = uchar(input.front());
    const QByteArrayView text = input.sliced(1);
    switch (mode & 3) {
    case 0: manifestText(text); break;
    case 1: json(text, 1 + mode / 4); break;
    case 2: sums(text); break;
    default: store(text.toByteArray(), 1 + mode / 4); break;
    }
}

}  // namespace strongroom::fuzz
