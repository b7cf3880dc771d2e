// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/archivefile.h"
#include "storage/archive/tarformat.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

/// How much of a text is looked at, and of a file for zeros.
constexpr qsizetype kTextWindow = 4096;
/// ISO 9660 volume descriptor: sector 16, identifier in its second to sixth byte.
constexpr qsizetype kIsoMagicAt = 16 * 2048 + 1;

struct Magic {
    QByteArrayView bytes;
    qsizetype offset;
    ArchiveFormat format;
    const char *other;
    const char *hint;
};

template<size_t N> constexpr QByteArrayView view(const char (&text)[N]) { return QByteArrayView(text, N - 1); }

constexpr char kDecrypt[] = "Decrypt it first, then open what comes out.";
constexpr char kUnpack[] = "Unpack it with its own program and pack the folder as .tar.gz.";
constexpr char kBackUpDirectory[] = "Open the data directory it belongs to instead.";

// Container formats carry their name in front; offsets and values from the formats' own descriptions.
const Magic kMagics[] = {
    {view("\x1f\x8b"), 0, ArchiveFormat::TarGzip, "", ""},
    {view("\x28\xb5\x2f\xfd"), 0, ArchiveFormat::TarZstd, "", ""},
    {view("\xfd" "7zXZ\0"), 0, ArchiveFormat::TarXz, "", ""},
    {view("BZh"), 0, ArchiveFormat::TarBzip2, "", ""},
    {view("PK\x03\x04"), 0, ArchiveFormat::Zip, "", ""},
    {view("PK\x05\x06"), 0, ArchiveFormat::Zip, "", ""},
    {view("7z\xbc\xaf\x27\x1c"), 0, ArchiveFormat::SevenZip, "", ""},
    {view("Rar!\x1a\x07"), 0, ArchiveFormat::Unknown, "RAR archive", kUnpack},
    {view("LZIP"), 0, ArchiveFormat::Unknown, "lzip file", kUnpack},
    {view("\x04\x22\x4d\x18"), 0, ArchiveFormat::Unknown, "LZ4 file", kUnpack},
    {view("\x1f\x9d"), 0, ArchiveFormat::Unknown, "compress (.Z) file", kUnpack},
    {view("SQLite format 3\0"), 0, ArchiveFormat::Unknown, "SQLite database", kBackUpDirectory},
    {view("PGDMP"), 0, ArchiveFormat::Unknown, "PostgreSQL custom dump", "Restore it with pg_restore."},
    {view("REDIS00"), 0, ArchiveFormat::Unknown, "Redis database", kBackUpDirectory},
    {view("*2\r\n$6\r\nSELECT"), 0, ArchiveFormat::Unknown, "Redis append-only file", kBackUpDirectory},
    {view("Salted__"), 0, ArchiveFormat::Unknown, "OpenSSL-encrypted file", kDecrypt},
    {view("U2FsdGVkX1"), 0, ArchiveFormat::Unknown, "OpenSSL-encrypted file", kDecrypt},
    {view("age-encryption.org/"), 0, ArchiveFormat::Unknown, "age-encrypted file", kDecrypt},
    {view("-----BEGIN AGE ENCRYPTED"), 0, ArchiveFormat::Unknown, "age-encrypted file", kDecrypt},
    {view("-----BEGIN PGP MESSAGE"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kDecrypt},
    {view("\x8c\x0d\x04"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kDecrypt},
    {view("\x85\x01"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kDecrypt},
    {view("\x85\x02"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kDecrypt},
    {view("\x84\x5e"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kDecrypt},
    {view("\xc1\xc0"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kDecrypt},
    {view("\x7f" "ELF"), 0, ArchiveFormat::Unknown, "ELF program", ""},
    {view("%PDF-"), 0, ArchiveFormat::Unknown, "PDF document", ""},
    {view("\x89PNG\r\n\x1a\n"), 0, ArchiveFormat::Unknown, "PNG image", ""},
    {view("\xff\xd8\xff"), 0, ArchiveFormat::Unknown, "JPEG image", ""},
    {view("GIF8"), 0, ArchiveFormat::Unknown, "GIF image", ""},
    {view("version https://git-lfs"), 0, ArchiveFormat::Unknown, "Git LFS pointer", "Fetch the file itself with git lfs pull."},
    {view("CD001"), kIsoMagicAt, ArchiveFormat::Unknown, "ISO disc image", ""},
};

bool startsAt(QByteArrayView head, const Magic &magic)
{
    return head.size() >= magic.offset + magic.bytes.size()
        && head.sliced(magic.offset, magic.bytes.size()) == magic.bytes;
}

bool isSkippableFrame(QByteArrayView head)
{
    return head.size() >= 4 && (uchar(head[0]) & 0xf0) == 0x50 && head.sliced(1, 3) == view("\x2a\x4d\x18");
}

bool isPickle(QByteArrayView head)
{
    return head.size() >= 3 && uchar(head[0]) == 0x80 && head[1] >= 2 && head[1] <= 5;
}

bool isZlib(QByteArrayView head)
{
    return head.size() >= 2 && head[0] == 0x78 && (uchar(head[0]) * 256 + uchar(head[1])) % 31 == 0;
}

bool isTar(QByteArrayView head)
{
    if (head.size() < kTarBlock || isZeroTarBlock(head.first(kTarBlock)))
        return false;
    if (head.sliced(257, 5) == "ustar")
        return true;   // and if its checksum is wrong, it is a damaged one
    const auto header = decodeTarHeader(head.first(kTarBlock), 0);
    return header || header.error().code != ErrorCode::ArchiveDamaged;
}

bool isAllZero(QByteArrayView head)
{
    return std::all_of(head.begin(), head.end(), [](char c) { return c == 0; });
}

bool isText(QByteArrayView head)
{
    return std::none_of(head.begin(), head.end(), [](char c) {
        return (uchar(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || c == 0x7f;
    });
}

/// Every line that is not a comment is NAME=VALUE, and there is at least one. The last line may be cut.
bool isDotenv(const QByteArray &text)
{
    int pairs = 0;
    const QList<QByteArray> lines = text.split('\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QByteArray line = lines[i].trimmed();
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        const qsizetype equals = line.indexOf('=');
        const QByteArray name = line.left(equals);
        const bool named = equals > 0 && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
        if (!named)
            return i + 1 == lines.size() && text.size() >= kTextWindow && pairs > 0;
        ++pairs;
    }
    return pairs > 0;
}

SniffedKind other(const char *kind, const char *hint = "")
{
    return {ArchiveFormat::Unknown, QString::fromLatin1(kind), QString::fromLatin1(hint)};
}

SniffedKind sniffText(QByteArrayView window)
{
    QByteArray text = window.toByteArray();
    if (text.startsWith("\xef\xbb\xbf"))
        text.remove(0, 3);
    text = text.trimmed();
    const QByteArray lower = text.toLower();
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html"))
        return other("HTML page", "The download was probably refused; look at the page, then fetch the archive again.");
    if (lower.startsWith("<?xml") || lower.startsWith("<error>")) {
        if (lower.contains("<error>"))
            return other("XML error message", "The download was refused by the store; look at the message, then fetch it again.");
        return other("XML document");
    }
    if (lower.contains("postgresql database dump") || lower.contains("-- mysql dump") || lower.startsWith("pragma foreign_keys")
        || lower.startsWith("begin transaction;") || lower.startsWith("create table") || lower.startsWith("insert into"))
        return other("SQL dump", "Restore it into a new database with psql, or use the full backup it belongs to.");
    if (lower.startsWith('{') || lower.startsWith('['))
        return other("JSON document", kBackUpDirectory);
    if (isDotenv(text))
        return other("dotenv file", "It holds secrets; put it back into the data directory it belongs to.");
    return other("text file");
}

}  // namespace

QString formatWord(ArchiveFormat format)
{
    switch (format) {
    case ArchiveFormat::Tar: return QStringLiteral("tar");
    case ArchiveFormat::TarGzip: return QStringLiteral("tar.gz");
    case ArchiveFormat::TarZstd: return QStringLiteral("tar.zst");
    case ArchiveFormat::TarXz: return QStringLiteral("tar.xz");
    case ArchiveFormat::TarBzip2: return QStringLiteral("tar.bz2");
    case ArchiveFormat::Zip: return QStringLiteral("zip");
    case ArchiveFormat::SevenZip: return QStringLiteral("7z");
    case ArchiveFormat::Unknown: break;
    }
    return QStringLiteral("unknown");
}

SniffedKind sniffKind(QByteArrayView head)
{
    if (head.isEmpty())
        return other("empty file", "Whatever should have written it failed. Use another backup.");
    for (const Magic &magic : kMagics) {
        // Containers first, as every other reader does; then tar, because the name of its first member may
        // look like any of the rest.
        if (magic.format == ArchiveFormat::Unknown && isTar(head))
            return {ArchiveFormat::Tar, {}, {}};
        if (startsAt(head, magic))
            return {magic.format, QString::fromLatin1(magic.other), QString::fromLatin1(magic.hint)};
    }
    if (isSkippableFrame(head))
        return {ArchiveFormat::TarZstd, {}, {}};
    if (isPickle(head))
        return other("pickle", "It is never loaded here. Open the data directory it belongs to instead.");
    if (isAllZero(head))
        return other("file of zeros", "The disk or the copy lost its content. Use another backup.");
    if (isZlib(head))
        return other("zlib stream", kUnpack);
    const QByteArrayView window = head.first(std::min(head.size(), kTextWindow));
    if (isText(window))
        return sniffText(window);
    return {};
}

}  // namespace strongroom::storage
