// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/lonefilereader.h"

namespace strongroom::storage {

Result<void> readLoneFile(FileInput &input, MemberFeed &feed)
{
    const ArchiveFile &file = input.archive();
    Member member;
    member.size = file.size();
    member.mode = file.stamp().mode & 0777;
    member.mtimeNs = file.stamp().mtimeNs;
    STRONGROOM_CHECK(feed.begin(file.name(), std::move(member)));
    for (;;) {
        STRONGROOM_TRY(const QByteArrayView block, input.next());
        if (block.isEmpty())
            return {};
        STRONGROOM_CHECK(feed.data(block));
    }
}

}  // namespace strongroom::storage
