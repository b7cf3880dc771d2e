// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// 7z, not encrypted: deriving a key takes too long. The first byte: 1 repair the two checksums of the start, which
// cover everything but the content, 2 the rules for names of a structured area.

#include "tests/fuzz/archivepromises.h"
#include "tests/fuzz/fuzztarget.h"

#include <QtEndian>

#include <zlib.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace strongroom::fuzz {

namespace {

constexpr qsizetype kStart = 32;

void putCrc(QByteArray &bytes, qsizetype at, QByteArrayView covered)
{
    qToLittleEndian(quint32(crc32(0, reinterpret_cast<const Bytef *>(covered.data()), uInt(covered.size()))), bytes.data() + at);
}

void repair(QByteArray &bytes)
{
    if (bytes.size() < kStart)
        return;
    const quint64 offset = qFromLittleEndian<quint64>(bytes.constData() + 12);
    const quint64 size = qFromLittleEndian<quint64>(bytes.constData() + 20);
    const quint64 room = quint64(bytes.size() - kStart);
    if (offset <= room && size <= room - offset)
        putCrc(bytes, 28, QByteArrayView(bytes).sliced(kStart + qsizetype(offset), qsizetype(size)));
    putCrc(bytes, 8, QByteArrayView(bytes).sliced(12, 20));
}

bool wantsPassphrase(QByteArrayView bytes, const Limits &limits)
{
    static MemoryArchive memory;
    RecordingSink sink;
    Monitor monitor;
    const auto read = readMembers(memory.hold(bytes), limits, sink, monitor);
    return !read && read.error().code == ErrorCode::SecretUnavailable;
}

}  // namespace

void sevenzip(QByteArrayView input)
{
    constexpr qsizetype kMost = 64 * 1024;
    if (input.isEmpty() || input.size() > kMost)
        return;
    const uchar mode = uchar(input.front());
    const Limits limits = smallLimits(mode & 2);
    QByteArray bytes = input.sliced(1).toByteArray();
    if (mode & 1)
        repair(bytes);
    if (wantsPassphrase(bytes, limits))
        return;
    const Judged judged = holdToPromises(bytes, limits);
    if (judged.format == ArchiveFormat::SevenZip)
        rewriteKeepsMembers(judged, limits);
}

}  // namespace strongroom::fuzz
