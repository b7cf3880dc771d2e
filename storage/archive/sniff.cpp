// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/archivefile.h"
#include "storage/archive/tarformat.h"

#include <QtEndian>

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
    LoneKind lone = LoneKind::None;
};

template<size_t N> constexpr QByteArrayView view(const char (&text)[N]) { return QByteArrayView(text, N - 1); }

// The guide that tells people to encrypt their backups leaves -pbkdf2 out, so most files are of the older sort.
constexpr char kOpenssl[] = "Decrypt it first: openssl enc -d -aes-256-cbc -pbkdf2 -in FILE -out FILE.tar.gz; one made without -pbkdf2, "
                            "as the guides do it, without that option (before OpenSSL 1.1 also with -md md5). Then open what comes out.";
constexpr char kOpensslText[] = "Decrypt it first: openssl enc -d -a -aes-256-cbc -pbkdf2 -in FILE -out FILE.tar.gz; one made without -pbkdf2, "
                                "as the guides do it, without that option (before OpenSSL 1.1 also with -md md5). Then open what comes out.";
constexpr char kGpg[] = "Decrypt it first: gpg --output FILE.tar.gz --decrypt FILE. Then open what comes out.";
constexpr char kAge[] = "Decrypt it first: age --decrypt --output FILE.tar.gz FILE. Then open what comes out.";
constexpr char kUnpack[] = "Unpack it with its own program and pack the folder as .tar.gz.";
constexpr char kUnpackStream[] = "Unpack it with its own program, then open the .tar that comes out.";
constexpr char kMount[] = "Mount or unpack it with its own program, then open the data directory or the backup in it.";
constexpr char kBackUpDirectory[] = "Open the data directory it belongs to instead.";
constexpr char kFeedSql[] = "It is fed to a running PostgreSQL: psql -X -v ON_ERROR_STOP=1 --single-transaction -d NEW_DATABASE -f FILE.";
constexpr char kFeedPg[] = "It is fed to a running PostgreSQL: pg_restore --exit-on-error --single-transaction -d NEW_DATABASE FILE.";
constexpr char kPutBack[] = "It is put back into the data directory it belongs to.";
constexpr char kNotABackup[] = "This is no backup; look for the file that was meant.";

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
    {view("LZIP"), 0, ArchiveFormat::Unknown, "lzip file", "Unpack it with lzip -dk FILE, then open the .tar that comes out."},
    {view("\x04\x22\x4d\x18"), 0, ArchiveFormat::Unknown, "LZ4 file", "Unpack it with lz4 -dk FILE, then open the .tar that comes out."},
    {view("\x89LZO\0\r\n\x1a\n"), 0, ArchiveFormat::Unknown, "LZO file", kUnpackStream},
    {view("\x1f\x9d"), 0, ArchiveFormat::Unknown, "compress (.Z) file", kUnpackStream},
    {view("hsqs"), 0, ArchiveFormat::Unknown, "squashfs image", kMount},
    {view("!<arch>\ndebian-binary"), 0, ArchiveFormat::Unknown, "Debian package", kNotABackup},
    {view("!<arch>\n"), 0, ArchiveFormat::Unknown, "ar archive", kNotABackup},
    {view("\xed\xab\xee\xdb"), 0, ArchiveFormat::Unknown, "RPM package", kNotABackup},
    {view("070701"), 0, ArchiveFormat::Unknown, "cpio archive", kUnpack},
    {view("070707"), 0, ArchiveFormat::Unknown, "cpio archive", kUnpack},
    {view("MSCF\0\0\0\0"), 0, ArchiveFormat::Unknown, "Windows cabinet", kUnpack},
    {view("xar!"), 0, ArchiveFormat::Unknown, "xar archive", kUnpack},
    {view("BORG_SEG"), 0, ArchiveFormat::Unknown, "part of a Borg repository", "Restore it with borg extract, then open what comes out."},
    {view("SQLite format 3\0"), 0, ArchiveFormat::LoneFile, "SQLite database", kPutBack, LoneKind::Sqlite},
    {view("PGDMP"), 0, ArchiveFormat::LoneFile, "PostgreSQL custom dump", kFeedPg, LoneKind::PostgresDump},
    {view("REDIS0"), 0, ArchiveFormat::LoneFile, "Redis database", kPutBack, LoneKind::RedisSnapshot},
    {view("*2\r\n$6\r\nSELECT"), 0, ArchiveFormat::Unknown, "Redis append-only file", kBackUpDirectory},
    {view("Salted__"), 0, ArchiveFormat::Unknown, "OpenSSL-encrypted file", kOpenssl},
    {view("U2FsdGVkX1"), 0, ArchiveFormat::Unknown, "OpenSSL-encrypted file", kOpensslText},
    {view("age-encryption.org/"), 0, ArchiveFormat::Unknown, "age-encrypted file", kAge},
    {view("-----BEGIN AGE ENCRYPTED"), 0, ArchiveFormat::Unknown, "age-encrypted file", kAge},
    {view("-----BEGIN PGP MESSAGE"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kGpg},
    {view("\x8c\x0d\x04"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kGpg},
    {view("\x85\x01"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kGpg},
    {view("\x85\x02"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kGpg},
    {view("\x84\x5e"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kGpg},
    {view("\xc1\xc0"), 0, ArchiveFormat::Unknown, "GPG-encrypted file", kGpg},
    {view("\x7f" "ELF"), 0, ArchiveFormat::Unknown, "ELF program", kNotABackup},
    {view("%PDF-"), 0, ArchiveFormat::Unknown, "PDF document", kNotABackup},
    {view("\x89PNG\r\n\x1a\n"), 0, ArchiveFormat::Unknown, "PNG image", kNotABackup},
    {view("\xff\xd8\xff"), 0, ArchiveFormat::Unknown, "JPEG image", kNotABackup},
    {view("GIF8"), 0, ArchiveFormat::Unknown, "GIF image", kNotABackup},
    {view("version https://git-lfs"), 0, ArchiveFormat::Unknown, "Git LFS pointer", "Fetch the file itself with git lfs pull."},
    {view("CD001"), kIsoMagicAt, ArchiveFormat::Unknown, "ISO disc image", kMount},
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

/// The old format has no magic: its usual properties, a dictionary of a power of two, a size that is unknown or plausible.
bool isLzmaAlone(QByteArrayView head)
{
    if (head.size() < 13 || head[0] != 0x5d)
        return false;
    const auto dictionary = qFromLittleEndian<quint32>(head.data() + 1);
    const auto size = qFromLittleEndian<quint64>(head.data() + 5);
    return dictionary >= 4096 && (dictionary & (dictionary - 1)) == 0 && (size == ~quint64(0) || size < (quint64(1) << 48));
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

SniffedKind lone(LoneKind lone, const char *kind, const char *hint = kPutBack)
{
    return {ArchiveFormat::LoneFile, QString::fromLatin1(kind), QString::fromLatin1(hint), lone};
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
        return lone(LoneKind::SqlDump, "SQL dump", kFeedSql);
    if (lower.startsWith('{') || lower.startsWith('['))
        return lone(LoneKind::Json, "JSON document");
    if (isDotenv(text))
        return lone(LoneKind::Dotenv, "dotenv file");
    return other("text file", kNotABackup);
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
    case ArchiveFormat::LoneFile: return QStringLiteral("file");
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
        if ((magic.format == ArchiveFormat::Unknown || magic.format == ArchiveFormat::LoneFile) && isTar(head))
            return {ArchiveFormat::Tar, {}, {}};
        if (startsAt(head, magic))
            return {magic.format, QString::fromLatin1(magic.other), QString::fromLatin1(magic.hint), magic.lone};
    }
    if (isSkippableFrame(head))
        return {ArchiveFormat::TarZstd, {}, {}};
    if (isPickle(head))
        return lone(LoneKind::Pickle, "pickle");
    if (isAllZero(head))
        return other("file of zeros", "The disk or the copy lost its content. Use another backup.");
    if (isZlib(head))
        return other("zlib stream", kUnpackStream);
    if (isLzmaAlone(head))
        return other("LZMA file", "Unpack it with xz --format=lzma -dk FILE, then open the .tar that comes out.");
    const QByteArrayView window = head.first(std::min(head.size(), kTextWindow));
    if (isText(window))
        return sniffText(window);
    return {};
}

}  // namespace strongroom::storage
