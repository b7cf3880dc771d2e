// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/redisfiles.h"

#include "storage/formats/redisscan.h"

#include <memory>

namespace strongroom::storage {

namespace {

constexpr qint64 kManifestLimit = 1024 * 1024;
constexpr qint64 kHead = 512;
constexpr qint64 kBlock = 256 * 1024;

bool isDigits(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void readManifest(const Tree &tree, const RelPath &aofDir, RedisData &data)
{
    const auto entries = tree.list(aofDir);
    if (!entries) {
        data.manifestError = entries.error();
        return;
    }
    for (const TreeEntry &entry : *entries) {
        if (entry.stamp.isFile() && entry.name.endsWith(".manifest") && !isRedisTemporary(entry.name))
            data.manifestPath = aofDir.childUnchecked(entry.name);
    }
    if (data.manifestPath.isRoot())
        return;
    const auto text = tree.readAll(data.manifestPath, kManifestLimit);
    auto parsed = text ? parseAofManifest(*text) : Result<QList<AofEntry>>(std::unexpected(text.error()));
    if (!parsed) {
        data.manifestError = std::move(parsed).error();
        data.manifestError->path = data.manifestPath.bytes();
        return;
    }
    data.entries = *parsed;
    for (const AofEntry &entry : std::as_const(data.entries)) {
        const RelPath path = aofDir.childUnchecked(entry.name);
        if (!tree.hasFile(path)) {
            // Histories are files a rewrite has replaced; Redis removes them in the background.
            if (entry.type != AofEntry::Type::History)
                data.missing.append(entry.name);
            continue;
        }
        if (entry.type == AofEntry::Type::Base) {
            const auto head = tree.readHead(path, kHead);
            data.baseDamaged = head && !head->isEmpty() && !rdbVersion(*head) && !head->startsWith('*') && !head->startsWith('#');
            if (head && rdbVersion(*head))
                data.serverVersion = rdbServerVersion(*head);
        }
    }
}

}  // namespace

std::optional<int> rdbVersion(QByteArrayView head)
{
    if (head.size() < 9 || !head.startsWith("REDIS") || !isDigits(head.sliced(5, 4)))
        return std::nullopt;
    return head.sliced(5, 4).toByteArray().toInt();
}

QString rdbServerVersion(QByteArrayView head)
{
    // Opcode 0xFA, then two strings with one-byte lengths below 64: "redis-ver" and the version.
    constexpr char key[] = "\xfa\x09redis-ver";
    const qsizetype at = head.indexOf(QByteArrayView(key, sizeof key - 1));
    if (at < 0)
        return {};
    const qsizetype lengthAt = at + qsizetype(sizeof key) - 1;
    if (lengthAt >= head.size() || uchar(head[lengthAt]) >= 32 || lengthAt + 1 + head[lengthAt] > head.size())
        return {};
    return displayBytes(head.sliced(lengthAt + 1, head[lengthAt]));
}

Result<QList<AofEntry>> parseAofManifest(QByteArrayView text)
{
    QList<AofEntry> entries;
    int number = 0;
    const auto bad = [&number] { return fail(ErrorCode::DatabaseUnreadable, {}, {QString::number(number)}); };
    for (const QByteArray &raw : text.toByteArray().split('\n')) {
        ++number;
        const QByteArray line = raw.trimmed();
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        const QList<QByteArray> words = line.split(' ');
        if (words.size() < 6 || words.size() % 2 != 0)
            return bad();
        AofEntry entry;
        bool typed = false;
        bool numbered = false;
        for (qsizetype i = 0; i + 1 < words.size(); i += 2) {
            const QByteArray &value = words[i + 1];
            if (words[i] == "file") {
                entry.name = value;
            } else if (words[i] == "seq") {
                numbered = isDigits(value);
                entry.sequence = value.toLongLong();
            } else if (words[i] == "type") {
                typed = value == "b" || value == "i" || value == "h";
                entry.type = value == "b" ? AofEntry::Type::Base
                    : value == "h"        ? AofEntry::Type::History
                                          : AofEntry::Type::Increment;
            }
        }
        // A name is a name: one component, quoted ones (with spaces) are nothing Redis writes by itself.
        if (!typed || !numbered || !RelPath().child(entry.name))
            return bad();
        entries.append(entry);
    }
    return entries.isEmpty() ? Result<QList<AofEntry>>(bad()) : entries;
}

Result<AofTail> readAofTail(const Tree &tree, const RelPath &path, Monitor &monitor)
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, tree.open(path));
    AofScanner scanner;
    const auto block = std::make_unique<char[]>(kBlock);
    for (;;) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const qint64 n, file->read(block.get(), kBlock));
        if (n == 0)
            break;
        monitor.addBytes(n);
        scanner.feed(QByteArrayView(block.get(), n));
    }
    const AofReport report = scanner.finish();
    return AofTail{report.commands, report.goodBytes, report.bytes, report.torn, report.damaged || report.hasPreamble};
}

std::optional<RedisData> readRedisData(const Tree &tree, const RelPath &dir)
{
    RedisData data;
    const RelPath aofDir = dir.childUnchecked("appendonlydir");
    const RelPath dump = dir.childUnchecked("dump.rdb");
    data.hasAof = tree.hasDirectory(aofDir);
    data.hasDump = tree.hasFile(dump);
    if (!data.hasAof && !data.hasDump)
        return std::nullopt;
    if (data.hasAof)
        readManifest(tree, aofDir, data);
    if (data.hasDump) {
        if (const auto head = tree.readHead(dump, kHead)) {
            data.dumpVersion = rdbVersion(*head);
            if (data.serverVersion.isEmpty())
                data.serverVersion = rdbServerVersion(*head);
        }
    }
    return data;
}

bool isRedisTemporary(QByteArrayView name)
{
    return (name.startsWith("temp-rewriteaof-") && name.endsWith(".aof")) || (name.startsWith("temp-") && name.endsWith(".rdb"))
        || name.startsWith("temp_manifest") || name.startsWith("temp-appendonly.aof");
}

}  // namespace strongroom::storage
