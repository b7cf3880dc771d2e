// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// zip. The first byte: 1 repair what the directory says of positions and checksums, 2 the rules for names of a
// structured area.

#include "tests/fuzz/archivepromises.h"
#include "tests/fuzz/fuzztarget.h"
#include "tests/support/archivemutator.h"

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace strongroom::fuzz {

void zip(QByteArrayView input)
{
    constexpr qsizetype kMost = 64 * 1024;
    if (input.isEmpty() || input.size() > kMost)
        return;
    const uchar mode = uchar(input.front());
    const Limits limits = smallLimits(mode & 2);
    QByteArray bytes = input.sliced(1).toByteArray();
    if (mode & 1)
        repairZip(bytes);
    const Judged judged = holdToPromises(bytes, limits);
    if (judged.format == ArchiveFormat::Zip)
        rewriteKeepsMembers(judged, limits);
}

}  // namespace strongroom::fuzz
