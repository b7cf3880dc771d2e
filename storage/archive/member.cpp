// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/member.h"

namespace strongroom::storage {

QByteArray toHex(const Sha256 &hash)
{
    return QByteArray::fromRawData(reinterpret_cast<const char *>(hash.data()), qsizetype(hash.size())).toHex();
}

QString memberTypeWord(MemberType type)
{
    switch (type) {
    case MemberType::File: return QStringLiteral("file");
    case MemberType::Directory: return QStringLiteral("directory");
    case MemberType::Symlink: return QStringLiteral("symlink");
    case MemberType::Hardlink: return QStringLiteral("hardlink");
    case MemberType::Fifo: return QStringLiteral("fifo");
    }
    return {};
}

bool standsForTime(qint64 headerNs, qint64 exactNs)
{
    constexpr qint64 kSecond = 1'000'000'000;
    const qint64 rest = exactNs % kSecond;
    return headerNs == exactNs || headerNs == exactNs - (rest < 0 ? rest + kSecond : rest);
}

}  // namespace strongroom::storage
