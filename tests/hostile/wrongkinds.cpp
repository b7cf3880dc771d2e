// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Files that are not the archive they are taken for: another container than the name says is fine, anything else is
// called what it is.

#include "tests/hostile/zipbytes.h"

namespace strongroom::tests {

QList<FamilyCase> wrongKindFamilies()
{
    const auto bytes = [](const QByteArray &all) { return [all] { return all; }; };
    const auto padded = [](const QByteArray &head, qsizetype size) { return [=] { return head.leftJustified(size, '\0'); }; };
    const auto tar = [] { return healthyData().end().bytes(); };
    const auto healthyZip = [] { return zip(healthyEntries()); };
    const QByteArray letter = QByteArray("Dear operator, the backup is in the other folder.\n").repeated(30);
    return {
        {"kind-zip-as-targz", Fate::Accepted, {}, healthyZip, healthyContent()},
        {"kind-targz-as-zip", Fate::Accepted, {}, [] { return healthyData().end().gz(); }, healthyContent(), {}, ".zip"},
        {"kind-tar-as-targz", Fate::Accepted, {}, tar, healthyContent()},
        {"kind-html", Fate::Refused, "HTML page", bytes("<!doctype html>\n<title>Log in</title>\n<p>Your session has ended.</p>\n")},
        {"kind-s3-error", Fate::Refused, "XML error message", bytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Key>backup.tar.gz</Key></Error>\n")},
        {"kind-text", Fate::Refused, "text file", bytes(letter)},
        {"kind-gz-of-text", Fate::Refused, "inside: text file", [=] { return gzip(letter); }},
        {"kind-pdf", Fate::Refused, "PDF document", bytes("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n")},
        {"kind-elf", Fate::Refused, "ELF program", padded("\x7f" "ELF\x02\x01\x01", 4096)},
        {"kind-7z", Fate::Refused, "checksum of the start", padded(QByteArray("7z\xbc\xaf\x27\x1c\x00\x03", 8), 64)},
        {"kind-rar", Fate::Refused, "RAR archive", padded("Rar!\x1a\x07\x01", 512)},
        {"kind-iso", Fate::Refused, "ISO disc image", padded(QByteArray(16 * 2048, '\0') + "\x01" "CD001\x01", 20 * 2048)},
        {"kind-zeros", Fate::Refused, "file of zeros", padded({}, 1 << 20)},
        {"kind-openssl-salted", Fate::Refused, "OpenSSL-encrypted file", bytes("Salted__pepper.." + QByteArray(96, '\xb7'))},
        {"kind-gpg", Fate::Refused, "GPG-encrypted file", bytes("\x8c\x0d\x04\x09\x03\x08pepper..\xff\xd2" + QByteArray(96, '\xb7'))},
        {"kind-age", Fate::Refused, "age-encrypted file", bytes("age-encryption.org/v1\n-> X25519 c29tZWJvZHk\nc29tZXRoaW5n\n--- bm9ib2R5\n" + QByteArray(48, '\xb7'))},
        {"kind-git-lfs", Fate::Refused, "Git LFS pointer", bytes("version https://git-lfs.github.com/spec/v1\noid sha256:" + QByteArray(64, '5') + "\nsize 12345\n")},
        {"kind-polyglot-tar-zip", Fate::Refused, "data after the end of the archive", [=] { return tar().append(healthyZip()); }},
        {"kind-polyglot-gz-zip", Fate::Refused, "bytes after the last gzip member", [=] { return gzip(tar()).append(zip({{.name = "../up", .content = "x"}})); }},
    };
}

}  // namespace strongroom::tests
