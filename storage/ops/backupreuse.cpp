// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backupreuse.h"

#include "storage/treeops.h"

#include <fcntl.h>

namespace strongroom::storage {

BackupReuse::BackupReuse(const BackupRequest &request, const BackupSelection &selection)
    : m_tables(request.reuseTables), m_key{selection.directory().path(), request.folder, request.format, request.level,
                                              request.scope.join(u'\n').toUtf8()}
{
    if (m_tables.isEmpty() || request.reread)
        return;
    auto table = ReuseTable::load(m_tables, m_key);
    if (!table || table->generation() + 1 >= request.rereadEvery)
        return;
    auto archive = openFileBelow(selection.folderFd(), RelPath().childUnchecked(table->archive()));
    if (!archive || !table->holdsFor(archive->stamp))
        return;
    m_earlier = std::move(table);
    m_archive = std::make_shared<const Fd>(std::move(archive->fd));
}

PackedRun BackupReuse::runOf(const ReusableGroup &group) const
{
    return {m_archive, group.offset, group.packed, group.raw, group.hashes};
}

void BackupReuse::leave(int folderFd, const QByteArray &archive, qint64 takenOver, const QList<WrittenGroup> &written,
                        const QList<IndexedGroup> &groups, const QList<Member> &entries) const
{
    if (m_tables.isEmpty())
        return;
    const auto stamp = stampAt(folderFd, archive);
    if (!stamp)
        return ReuseTable::remove(m_tables, m_key);
    QList<qint64> offsets = {0};
    for (const IndexedGroup &group : groups)
        offsets.append(offsets.last() + group.packed);
    ReuseTable table(m_key, archive, *stamp, takenOver > 0 ? m_earlier->generation() + 1 : 0);
    for (const WrittenGroup &one : written) {
        ReusableGroup group;
        group.offset = offsets.at(one.firstGroup);
        group.members = one.entries;
        for (qsizetype i = one.firstGroup; i < one.firstGroup + one.groups; ++i) {
            group.packed.append(groups.at(i).packed);
            group.raw.append(groups.at(i).raw);
        }
        for (qsizetype i = one.firstEntry; i < one.firstEntry + one.entries; ++i) {
            if (entries.at(i).type == MemberType::File)
                group.hashes.append(*entries.at(i).sha256);
        }
        table.add(one.fingerprint, std::move(group));
    }
    table.save(m_tables);
}

void BackupReuse::forget()
{
    m_earlier.reset();
    m_archive.reset();
    ReuseTable::remove(m_tables, m_key);
}

}  // namespace strongroom::storage
