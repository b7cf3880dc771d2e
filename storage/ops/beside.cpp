// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/beside.h"

#include "storage/dirtree.h"
#include "storage/mutant.h"
#include "storage/walker.h"

#include <algorithm>

namespace strongroom::storage {

Result<std::optional<FileStamp>> findAt(int dirFd, const QByteArray &name)
{
    const Result<FileStamp> stamp = stampAt(dirFd, name);
    if (stamp)
        return *stamp;
    if (stamp.error().code == ErrorCode::NotFound || isMutant(Mutant::ErrorIsAbsence))
        return std::nullopt;
    return std::unexpected(stamp.error());
}

Result<Beside> Beside::open(const QByteArray &directory)
{
    // The longest companion, with room for a safety number and the ".partial" of a journal.
    constexpr qsizetype kCompanion = sizeof(".  .strongroom-safety-1000000.partial");
    Beside beside;
    beside.path = absolutePath(directory);
    const qsizetype slash = beside.path.lastIndexOf('/');
    beside.name = beside.path.mid(slash + 1);
    beside.parentPath = slash == 0 ? QByteArray("/") : beside.path.left(slash);
    if (beside.name.isEmpty() || directory.contains('\0') || beside.name.size() + kCompanion > RelPath::kMaxName)
        return fail(ErrorCode::BadPath, directory);
    STRONGROOM_TRY(beside.parent, openDirectory(beside.parentPath));
    return beside;
}

QByteArray Beside::absolute(const QByteArray &nameInParent) const
{
    return (parentPath == "/" ? QByteArray() : parentPath) + '/' + nameInParent;
}

Result<QList<qint64>> Beside::safetyNumbers() const
{
    const QByteArray prefix = companion("safety-");
    STRONGROOM_TRY(const QList<QByteArray> names, namesIn(parent.get(), parentPath));
    QList<qint64> numbers;
    for (const QByteArray &candidate : names) {
        if (!candidate.startsWith(prefix))
            continue;
        bool ok = false;
        const qint64 number = candidate.mid(prefix.size()).toLongLong(&ok);
        if (ok && number >= 0 && safety(number) == candidate)
            numbers.append(number);
    }
    std::sort(numbers.begin(), numbers.end(), std::greater<>());
    return numbers;
}

Result<std::optional<FileStamp>> Beside::find(const QByteArray &nameInParent) const
{
    auto found = findAt(parent.get(), nameInParent);
    if (!found)
        found.error().path = absolute(nameInParent);
    return found;
}

}  // namespace strongroom::storage
