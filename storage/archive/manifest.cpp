// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/manifest.h"

#include "storage/item.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace strongroom::storage {

namespace {

constexpr char kHex[] = "0123456789abcdef";

void appendString(QByteArray &out, QByteArrayView utf8)
{
    const auto isEscaped = [](char c) { return c == '"' || c == '\\' || quint8(c) < 0x20 || c == 0x7f; };
    out.append('"');
    if (std::none_of(utf8.begin(), utf8.end(), isEscaped)) {
        out.append(utf8).append('"');
        return;
    }
    for (const char c : utf8) {
        if (c == '"' || c == '\\') {
            out.append('\\').append(c);
        } else if (quint8(c) < 0x20 || c == 0x7f) {
            out.append("\\u00").append(kHex[quint8(c) >> 4]).append(kHex[c & 15]);
        } else {
            out.append(c);
        }
    }
    out.append('"');
}

void appendString(QByteArray &out, const QString &text)
{
    appendString(out, QByteArrayView(text.toUtf8()));
}

/// Names are bytes: what is not UTF-8 travels as base64.
void appendBytes(QByteArray &out, QByteArrayView bytes)
{
    if (bytes.isValidUtf8())
        appendString(out, bytes);
    else
        out.append("{\"base64\":\"").append(bytes.toByteArray().toBase64()).append("\"}");
}

void appendKey(QByteArray &out, QByteArrayView key)
{
    out.append(",\"").append(key).append("\":");
}

void appendNumber(QByteArray &out, QByteArrayView key, qint64 number)
{
    appendKey(out, key);
    char digits[20];
    out.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr - digits);
}

void appendHex(QByteArray &out, const Sha256 &hash)
{
    char digits[2 * std::tuple_size_v<Sha256>];
    char *to = digits;
    for (const quint8 byte : hash) {
        *to++ = kHex[byte >> 4];
        *to++ = kHex[byte & 15];
    }
    out.append(digits, sizeof digits);
}

QByteArrayView typeWord(MemberType type)
{
    switch (type) {
    case MemberType::File: return "file";
    case MemberType::Directory: return "directory";
    case MemberType::Symlink: return "symlink";
    case MemberType::Hardlink: return "hardlink";
    case MemberType::Fifo: return "fifo";
    }
    return {};
}

void appendEntry(QByteArray &out, const Member &entry, bool withHash)
{
    out.append("{\"path\":");
    appendBytes(out, entry.path.bytes());
    out.append(",\"type\":\"").append(typeWord(entry.type)).append('"');
    appendNumber(out, "size", entry.size);
    if (withHash && entry.type == MemberType::File && entry.sha256) {
        appendKey(out, "sha256");
        out.append('"');
        appendHex(out, *entry.sha256);
        out.append('"');
    }
    appendNumber(out, "mode", entry.mode);
    appendNumber(out, "uid", entry.uid);
    appendNumber(out, "gid", entry.gid);
    appendNumber(out, "mtime_ns", entry.mtimeNs);
    if (entry.type == MemberType::Symlink || entry.type == MemberType::Hardlink) {
        appendKey(out, "link");
        appendBytes(out, entry.link);
    }
    out.append('}');
}

void appendScope(QByteArray &out, const QStringList &scope)
{
    out.append('[');
    for (qsizetype i = 0; i < scope.size(); ++i) {
        if (i > 0)
            out.append(',');
        appendString(out, scope.at(i));
    }
    out.append(']');
}

void appendExcluded(QByteArray &out, const QList<ExcludedEntry> &excluded)
{
    out.append('[');
    for (qsizetype i = 0; i < excluded.size(); ++i) {
        out.append(i > 0 ? ",\n{\"path\":" : "\n{\"path\":");
        appendBytes(out, excluded.at(i).path);
        appendKey(out, "reason");
        appendString(out, excluded.at(i).reason);
        out.append('}');
    }
    out.append(']');
}

void appendCounts(QByteArray &out, const QHash<QString, qint64> &counts)
{
    QStringList keys = counts.keys();
    std::sort(keys.begin(), keys.end());
    out.append('{');
    for (qsizetype i = 0; i < keys.size(); ++i) {
        if (i > 0)
            out.append(',');
        appendString(out, keys.at(i));
        out.append(':').append(QByteArray::number(counts.value(keys.at(i))));
    }
    out.append('}');
}

bool isEscapedInSums(QByteArrayView name)
{
    return std::any_of(name.begin(), name.end(), [](char c) { return c == '\\' || c == '\n' || c == '\r'; });
}

}  // namespace

QByteArray writeManifest(const Manifest &manifest)
{
    QByteArray out;
    out.reserve(1024 + manifest.entries.size() * 192);
    out.append("{\"format\":\"strongroom-backup\",\"version\":").append(QByteArray::number(manifest.version));
    const auto text = [&out](const char *key, const QString &value) {
        out.append(",\n\"").append(key).append("\":");
        appendString(out, value);
    };
    text("kind", manifest.kind);
    text("variant", manifest.variant);
    text("created_utc", isoUtc(manifest.created));
    out.append(",\n\"sequence\":").append(QByteArray::number(manifest.sequence));
    text("tool", manifest.tool);
    out.append(",\n\"source\":{\"host\":");
    appendString(out, manifest.sourceHost);
    appendKey(out, "path");
    appendBytes(out, manifest.sourcePath);
    out.append("},\n\"scope\":");
    appendScope(out, manifest.scope);
    text("consistency", manifest.consistency);
    out.append(",\n\"excluded\":");
    appendExcluded(out, manifest.excluded);
    out.append(",\n\"counts\":");
    appendCounts(out, manifest.counts);
    text("note", manifest.note);
    if (manifest.pinned)
        out.append(",\n\"pinned\":true");
    if (!manifest.sumsSha256Hex.isEmpty()) {
        out.append(",\n\"sums\":{\"path\":\"").append(kSumsPath).append("\",\"sha256\":");
        appendString(out, QByteArrayView(manifest.sumsSha256Hex));
        out.append('}');
    }
    out.append(",\n\"entries\":[");
    for (qsizetype i = 0; i < manifest.entries.size(); ++i) {
        out.append(i > 0 ? ",\n" : "\n");
        appendEntry(out, manifest.entries.at(i), manifest.sumsSha256Hex.isEmpty());
    }
    out.append("\n]}\n");
    return out;
}

QByteArray sumsLine(const QByteArray &sha256Hex, QByteArray name)
{
    QByteArray line;
    // A line that starts with '\' has an escaped name. '\r' as well: the tool drops one at a line's end.
    if (isEscapedInSums(name)) {
        name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        line.append('\\');
    }
    return line.append(sha256Hex).append("  ").append(name).append('\n');
}

QByteArray writeSums(const QList<Member> &entries)
{
    QByteArray out;
    out.reserve(entries.size() * 128);
    for (const Member &entry : entries) {
        if (!entry.sha256 || (entry.type != MemberType::File && entry.type != MemberType::Hardlink))
            continue;
        if (isEscapedInSums(entry.path.bytes())) {
            out.append(sumsLine(toHex(*entry.sha256), entry.path.bytes()));
            continue;
        }
        appendHex(out, *entry.sha256);
        out.append("  ").append(entry.path.bytes()).append('\n');
    }
    return out;
}

}  // namespace strongroom::storage
