// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where one file that comes alone belongs in a data directory. The layouts of the directory say it; what fits
// nowhere, or in two places, is refused with the reason. Reads names, writes nothing.

#include "storage/layouts/registry.h"
#include "storage/ops/restoredata.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

using Data = PreparedRestore::Data;

/// Every path that `pattern` can mean in `tree`, where '*' stands for one name.
Result<QList<RelPath>> placesFor(const Tree &tree, const RelPath &root, const QByteArray &pattern)
{
    QList<RelPath> places = {root};
    for (const QByteArray &part : pattern.split('/')) {
        QList<RelPath> next;
        for (const RelPath &place : std::as_const(places)) {
            if (part != "*") {
                next.append(place.childUnchecked(part));
                continue;
            }
            STRONGROOM_TRY(const QList<TreeEntry> entries, tree.list(place));
            for (const TreeEntry &entry : entries) {
                if (entry.stamp.isDirectory())
                    next.append(place.childUnchecked(entry.name));
            }
        }
        places = next;
    }
    return places;
}

/// Whether the file may go there. A folder must be there, so that of two variants of a layout the present one
/// is meant. An error is not absence.
Result<bool> fits(const Tree &live, const RelPath &place, const LoneFileRule &rule)
{
    const auto stamp = live.stamp(place);
    if (stamp)
        return stamp->isFile();
    const ErrorCode code = stamp.error().code;
    if (code != ErrorCode::NotFound && code != ErrorCode::NotADirectory && code != ErrorCode::LinkInPath)
        return std::unexpected(stamp.error());
    return !rule.mustExist && live.hasDirectory(place.parent());
}

Result<QList<RelPath>> placesOf(const Data &data, const Tree &live, const QByteArray &name)
{
    QList<RelPath> places;
    for (const LonePlace &possible : lonePlacesFor(data.lone, name)) {
        for (const DetectedLayout &found : data.targetLayouts) {
            if (found.layout != possible.layout || possible.rule->neverAlone)
                continue;
            STRONGROOM_TRY(const QList<RelPath> paths, placesFor(live, found.root, possible.path));
            for (const RelPath &place : paths) {
                STRONGROOM_TRY(const bool taken, fits(live, place, *possible.rule));
                if (taken && !places.contains(place))
                    places.append(place);
            }
        }
    }
    return places;
}

QString listed(const QList<RelPath> &places)
{
    QStringList shown;
    for (const RelPath &place : places.first(std::min<qsizetype>(places.size(), 4)))
        shown.append(place.display());
    return shown.join(QStringLiteral(", ")) + (places.size() > 4 ? QStringLiteral(", ...") : QString());
}

std::unexpected<Error> refuse(const Data &data, QStringList why)
{
    if (!data.archive.kind().hint.isEmpty())
        why.append(data.archive.kind().hint);
    return fail(ErrorCode::LayoutMismatch, data.beside.path, {why.join(QStringLiteral(". "))});
}

void warnOfPairs(Data &data)
{
    for (const DetectedLayout &found : std::as_const(data.targetLayouts)) {
        if (!data.lonePlace->isWithin(found.root))
            continue;
        for (const CapturePair &pair : found.layout->identity().pairs) {
            const QByteArray name = data.lonePlace->name();
            if (name != pair.first && name != pair.second)
                continue;
            const RelPath other = data.lonePlace->parent().childUnchecked(name == pair.first ? pair.second : pair.first);
            data.plan.warnings.append({QStringLiteral("half-of-a-pair"), data.lonePlace->bytes(),
                                       QStringLiteral("%1 and %2 belong together: what one encrypts, only the other opens. %2 stays as it "
                                                      "is; make sure that both are of the same time.")
                                           .arg(data.lonePlace->display(), other.display())});
        }
    }
}

}  // namespace

Result<void> placeLoneFile(PreparedRestore::Data &data)
{
    data.lone = data.archive.kind().lone;
    const QString what = data.archive.kind().otherKind;
    if (!data.target || data.request.asCopy)
        return refuse(data, {QStringLiteral("a single file (%1) is restored into a data directory that is there").arg(what)});
    STRONGROOM_TRY(const auto live, DirTree::open(data.beside.path));
    if (data.targetLayouts.isEmpty())
        return refuse(data, {QStringLiteral("no application is recognised there, so nothing says where a single file (%1) belongs").arg(what)});
    const Member &member = data.judgement.members.first();
    STRONGROOM_TRY(const QList<RelPath> places, placesOf(data, *live, member.path.name()));
    if (places.isEmpty())
        return refuse(data, {QStringLiteral("%1 data have no place for this file (%2)").arg(data.targetLayouts.first().title, what)});
    if (places.size() > 1)
        return refuse(data, {QStringLiteral("it could stand for %1").arg(listed(places))});
    data.lonePlace = places.first();
    if (const auto stamp = live->stamp(*data.lonePlace))
        data.loneMode = stamp->mode & 0777;
    warnOfPairs(data);
    return {};
}

}  // namespace strongroom::storage
