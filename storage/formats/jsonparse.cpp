// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/json.h"

#include "storage/tree.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qsizetype kBlock = 256 * 1024;

}  // namespace

Result<std::optional<JsonFault>> validateJsonFile(const Tree &tree, const RelPath &path, Monitor &monitor, int maxDepth)
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, tree.open(path));
    JsonValidator validator(maxDepth);
    QByteArray block(std::clamp<qsizetype>(file->stamp().size + 1, 512, kBlock), Qt::Uninitialized);
    for (;;) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled, path.bytes());
        STRONGROOM_TRY(const qint64 n, file->read(block.data(), block.size()));
        if (n == 0)
            break;
        monitor.addBytes(n);
        if (!validator.feed(QByteArrayView(block).first(n)))
            return validator.fault();
    }
    validator.finish();
    return validator.fault();
}

std::optional<JsonFault> validateJson(QByteArrayView text, int maxDepth)
{
    JsonValidator validator(maxDepth);
    validator.feed(text);
    validator.finish();
    return validator.fault();
}

namespace {

JsonFault faultAt(JsonFaultKind kind, QByteArrayView text, qint64 offset)
{
    JsonFault fault{kind, offset, 1, 1};
    for (const char c : text.first(std::min<qint64>(offset, text.size()))) {
        if (c == '\n') {
            ++fault.line;
            fault.column = 1;
        } else if ((uchar(c) & 0xC0) != 0x80) {
            ++fault.column;
        }
    }
    return fault;
}

/// Walks every container of valid `text`; the offset of the first key that its object has already.
std::optional<qint64> findDuplicateKey(QByteArrayView text)
{
    std::vector<QByteArrayView> pending = {text};
    std::optional<qint64> first;
    while (!pending.empty()) {
        JsonCursor cursor(pending.back());
        pending.pop_back();
        QSet<QString> keys;
        while (cursor.next()) {
            if (const QByteArrayView raw = cursor.rawKey(); raw.data()) {
                const qsizetype before = keys.size();
                keys.insert(cursor.key());
                const qint64 offset = raw.data() - text.data() - 1;
                if (keys.size() == before && (!first || offset < *first))
                    first = offset;
            }
            if (cursor.value().type == JsonType::Object || cursor.value().type == JsonType::Array)
                pending.push_back(cursor.value().raw);
        }
    }
    return first;
}

}  // namespace

Result<QJsonValue> parseJson(QByteArrayView text, const QByteArray &pathForErrors, const JsonParseOptions &options)
{
    if (const auto fault = validateJson(text, options.maxDepth))
        return std::unexpected(jsonError(*fault, pathForErrors));
    if (options.rejectDuplicates) {
        if (const auto offset = findDuplicateKey(text))
            return std::unexpected(jsonError(faultAt(JsonFaultKind::DuplicateKey, text, *offset), pathForErrors));
    }
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromRawData(text.data(), text.size()), &error);
    if (error.error != QJsonParseError::NoError)  // a bare scalar, or a number too large for it
        return std::unexpected(jsonError(faultAt(JsonFaultKind::Syntax, text, error.offset), pathForErrors));
    return document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
}

Result<QJsonObject> parseJsonObject(QByteArrayView text, const QByteArray &pathForErrors, const JsonParseOptions &options)
{
    STRONGROOM_TRY(const QJsonValue value, parseJson(text, pathForErrors, options));
    if (!value.isObject())
        return std::unexpected(jsonError(JsonFault{}, pathForErrors));
    return value.toObject();
}

}  // namespace strongroom::storage
