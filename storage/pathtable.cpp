// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/pathtable.h"

#include <QHashFunctions>

#include <xxhash.h>

// Seen with Qt 6.4.2: qHashBits, which computes with AES instructions, takes ten times as long for a path.

namespace strongroom::storage {

quint32 seededHash(QByteArrayView bytes)
{
    static const auto seed = XXH64_hash_t(QHashSeed::globalSeed());
    const XXH64_hash_t hash = XXH3_64bits_withSeed(bytes.data(), size_t(bytes.size()), seed);
    return quint32(hash ^ (hash >> 32));
}

}  // namespace strongroom::storage
