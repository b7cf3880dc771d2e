// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Archives by hand, byte for byte, so that tests can also write what no tool would.

#include <QByteArray>
#include <QList>

#include <utility>

namespace strongroom::tests {

/// One tar entry as it shall stand there, sense or not.
struct RawTarEntry {
    char type = '0';
    QByteArray name = {};
    QByteArray content = {};
    QByteArray link = {};
    unsigned mode = 0644;
    qint64 mtime = 1'700'000'000;
    qint64 claimedSize = -1;      ///< -1 = that of the content
    QByteArray sizeField = {};         ///< the twelve bytes themselves, when not empty
    QByteArray prefix = {};
    QByteArray magic = QByteArray("ustar\0" "00", 8);
    QList<std::pair<qsizetype, QByteArray>> patches = {};   ///< over the header at these offsets; its checksum counts them
};

class TarBuilder {
public:
    TarBuilder &entry(const RawTarEntry &entry);
    TarBuilder &file(const QByteArray &name, const QByteArray &content = "x", unsigned mode = 0644);
    TarBuilder &dir(const QByteArray &name);   ///< give it with its trailing '/'
    TarBuilder &symlink(const QByteArray &name, const QByteArray &target);
    TarBuilder &hardlink(const QByteArray &name, const QByteArray &target);
    /// A pax header for the next entry; lengths are right.
    TarBuilder &pax(const QList<std::pair<QByteArray, QByteArray>> &records, char type = 'x');
    /// A pax header with this body, whatever it says.
    TarBuilder &paxBody(const QByteArray &body, char type = 'x');
    TarBuilder &gnuLongName(const QByteArray &name, char type = 'L');
    TarBuilder &raw(const QByteArray &bytes);
    /// Two blocks of zeros.
    TarBuilder &end();

    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    [[nodiscard]] QByteArray gz() const;

private:
    QByteArray m_bytes;
};

/// One gzip member, deterministic.
[[nodiscard]] QByteArray gzip(const QByteArray &bytes);
/// A gzip member without content that carries `extra` in its header, as indexes and trailers do.
[[nodiscard]] QByteArray emptyGzipMember(const QByteArray &extra);
/// Without header and trailer; `level` as zlib has it.
[[nodiscard]] QByteArray rawDeflate(const QByteArray &bytes, int level = 9);

/// One stream each, as the tools of these names write it.
[[nodiscard]] QByteArray xz(const QByteArray &bytes);
[[nodiscard]] QByteArray bzip2(const QByteArray &bytes);

/// One zip entry; the defaults make an honest one.
struct RawZipEntry {
    QByteArray name = {};
    QByteArray content = {};
    bool deflated = true;
    bool descriptor = false;
    quint32 unixMode = 0100644;    ///< 0 = made on DOS
    quint16 flags = 0;
    qint64 claimedSize = -1;       ///< uncompressed, in both headers; -1 = the truth
    QByteArray localName = {};          ///< when it shall differ from the central one
    int crcOff = 0;                ///< added to both CRCs
    QByteArray centralExtra = {};
    bool zip64 = false;            ///< the sizes stand in extra fields of 64 bits, in both headers
};
[[nodiscard]] QByteArray zip(const QList<RawZipEntry> &entries, const QByteArray &comment = {});

}  // namespace strongroom::tests
