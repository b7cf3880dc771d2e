// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// gzip and tar (and zstd around it). The first byte: bits 0-1 what to pack the rest in (0 nothing, 1 one gzip
// member, 2 two of them, 3 zstd), 4 zeros are packed (fuzztarget.h), 8 repair header checksums, 16 add an end,
// 32 the rules for names of a structured area. 0 = the bytes as they are.

#include "storage/archive/archivefile.h"
#include "storage/archive/memberfeed.h"
#include "storage/archive/tarreader.h"
#include "tests/fuzz/archivepromises.h"
#include "tests/fuzz/fuzztarget.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/archivemutator.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace strongroom::fuzz {

namespace {

constexpr qsizetype kMost = 64 * 1024;

QByteArray zstd(QByteArrayView bytes)
{
    QByteArray out(qsizetype(ZSTD_compressBound(size_t(bytes.size()))), Qt::Uninitialized);
    out.truncate(qsizetype(ZSTD_compress(out.data(), size_t(out.size()), bytes.data(), size_t(bytes.size()), 1)));
    return out;
}

/// A tar in memory that comes in small pieces.
class Trickle final : public BlockFeed {
public:
    Trickle(QByteArrayView bytes, qint64 piece) : m_rest(bytes), m_piece(piece) {}
    Result<QByteArrayView> next() override
    {
        const QByteArrayView block = m_rest.first(std::min(m_piece, qint64(m_rest.size())));
        m_rest = m_rest.sliced(block.size());
        m_at += block.size();
        return block;
    }
    qint64 fileOffset() const override { return m_at; }

private:
    QByteArrayView m_rest;
    qint64 m_piece;
    qint64 m_at = 0;
};

/// Where blocks end must not matter.
void readInPieces(QByteArrayView tar, qint64 piece, const Limits &limits, const Judged &whole)
{
    Monitor monitor;
    RecordingSink sink;
    MemberFeed feed(limits, sink, monitor);
    Trickle source(tar, piece);
    const auto read = readTar(source, tar.size(), limits, feed);
    require(!whole.judgement.isUsable() || read, "a tar reads in pieces as in one");
    require(sink.members.size() >= whole.judgement.members.size(), "in pieces no member is lost");
    require(sink.contents.mid(0, whole.read.members.size()) == whole.read.contents.mid(0, whole.read.members.size()),
            "in pieces every content is the same");
}

}  // namespace

void targz(QByteArrayView input)
{
    if (input.isEmpty() || input.size() > kMost)
        return;
    const uchar mode = uchar(input.front());
    const Limits limits = smallLimits(mode & 32);
    QByteArray tar = mode & 4 ? unpacked(input.sliced(1), kMost) : input.sliced(1).toByteArray();
    if (mode & 16)
        tar.append(1024, '\0');
    if (mode & 8)
        repairTarChecksums(tar);
    QByteArray bytes = tar;
    switch (mode & 3) {
    case 1: bytes = gzip(tar); break;
    case 2: bytes = gzip(tar.left(tar.size() / 3)) + gzip(tar.mid(tar.size() / 3)); break;
    case 3: bytes = zstd(tar); break;
    default: break;
    }
    const Judged judged = holdToPromises(bytes, limits);
    if (judged.format == ArchiveFormat::Tar && (mode & 3) == 0) {
        readInPieces(tar, 1 + mode / 64 * 170, limits, judged);
        requireSame(judged, holdToPromises(gzip(tar), limits), "a tar is the same in gzip");
    }
    rewriteKeepsMembers(judged, limits);
}

}  // namespace strongroom::fuzz
