// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What of an archive may be restored where: layouts on both sides, links, run-time files, modes, scopes and
// the slots that follow from them. Reads the live directory, writes nothing.

#include "storage/archive/archivetree.h"
#include "storage/ops/exchange.h"
#include "storage/ops/nestedset.h"
#include "storage/ops/restoredata.h"
#include "storage/ops/restoremap.h"
#include "storage/ops/survey.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

using Data = PreparedRestore::Data;

constexpr char kPlainDirectory[] = "plain-directory";
// Enough of every small file for the layouts to recognise themselves by.
constexpr qint64 kKeepBytes = 256 << 10;
constexpr qint64 kKeepTotal = 64 << 20;

QList<DetectedLayout> sureOf(QList<DetectedLayout> layouts)
{
    layouts.removeIf([](const DetectedLayout &layout) {
        return layout.score < kSureScore || layout.id == QLatin1String(kPlainDirectory);
    });
    return layouts;
}

Result<QList<DetectedLayout>> sureLayouts(const Tree &tree, Monitor &monitor)
{
    STRONGROOM_TRY(QList<DetectedLayout> found, detectLayouts(tree, monitor));
    return sureOf(std::move(found));
}

bool isIdIn(const QList<DetectedLayout> &layouts, const QString &id)
{
    return std::any_of(layouts.begin(), layouts.end(), [&id](const DetectedLayout &l) { return l.id == id; });
}

bool agree(const Data &data)
{
    if (data.trusted) {
        const Manifest &manifest = *data.judgement.manifest;
        if (manifest.kind.isEmpty() || manifest.kind == QLatin1String(kPlainDirectory))
            return true;
        if (!isIdIn(data.targetLayouts, manifest.kind))
            return false;
        // A part of the data need not show where the whole has its root.
        if (!manifest.scope.contains(QLatin1String("everything")) || !isIdIn(data.archiveLayouts, manifest.kind))
            return true;
    }
    if (data.archiveLayouts.isEmpty())
        return true;
    // The same application one folder further up or down is a backup that would land nested.
    return std::any_of(data.archiveLayouts.begin(), data.archiveLayouts.end(), [&data](const DetectedLayout &a) {
        return std::any_of(data.targetLayouts.begin(), data.targetLayouts.end(),
                           [&a](const DetectedLayout &t) { return t.id == a.id && t.root == a.root; });
    });
}

QString shownRoot(const RelPath &root)
{
    return root.isRoot() ? QStringLiteral("its top") : root.display();
}

/// What does not agree: the kinds of data, or only where in the tree they lie.
QStringList contradiction(const Data &data)
{
    const DetectedLayout &target = data.targetLayouts.first();
    if (data.trusted && !isIdIn(data.targetLayouts, data.judgement.manifest->kind))
        return {data.judgement.manifest->kind, target.id};
    const DetectedLayout &archive = data.archiveLayouts.first();
    if (!isIdIn(data.targetLayouts, archive.id))
        return {archive.id, target.id};
    return {QStringLiteral("the archive has it at %1, the directory at %2").arg(shownRoot(archive.root), shownRoot(target.root))};
}

// `--into project` with an archive of project/data: the archive's folder stands in the target already.
Result<bool> wouldLandTooHigh(const Data &data, const Tree &live)
{
    if (data.trusted || data.top.isRoot() || data.top.bytes() == data.beside.name)
        return false;
    const Result<FileStamp> there = live.stamp(data.top);
    if (!there && there.error().code != ErrorCode::NotFound)
        return std::unexpected(there.error());
    if (!there || !there->isDirectory())
        return false;
    const RelPath again = data.top.joined(data.top);
    return std::none_of(data.judgement.members.begin(), data.judgement.members.end(),
                        [&again](const Member &m) { return m.path.isWithin(again); });
}

// What the guide's script makes of a running stack: dumps side by side, to be fed to its services. Laid into
// a tree of volumes they would restore nothing and litter it, and into any other application's data likewise.
bool isSetOfDumps(const Data &data)
{
    return data.top.isRoot() && isBackupSet(data.judgement.members);
}

Capture captureOf(const Data &data, const RelPath &path)
{
    for (const QList<DetectedLayout> *layouts : {&data.archiveLayouts, &data.targetLayouts}) {
        for (const DetectedLayout &found : *layouts) {
            if (!path.isWithin(found.root))
                continue;
            if (const Capture capture = captureFor(found.layout->identity(), path.relativeTo(found.root)); capture != Capture::Plain)
                return capture;
        }
    }
    return Capture::Plain;
}

bool isSecretFile(const Data &data, const RelPath &path)
{
    for (const QList<DetectedLayout> *layouts : {&data.archiveLayouts, &data.targetLayouts}) {
        for (const DetectedLayout &found : *layouts) {
            if (!path.isWithin(found.root))
                continue;
            const QByteArray below = path.relativeTo(found.root).bytes();
            for (const CaptureRule &rule : found.layout->identity().secretFiles) {
                if (matchesPattern(rule.pattern, below))
                    return true;
            }
        }
    }
    return false;
}

// Journals of a database that comes along are a part of it: without a hot one the database is damaged.
bool isDatabaseCompanion(const Data &data, const RelPath &member)
{
    for (const QByteArray &suffix : {QByteArray("-journal"), QByteArray("-wal"), QByteArray("-shm")}) {
        if (!member.bytes().endsWith(suffix))
            continue;
        const QByteArray database = member.bytes().chopped(suffix.size());
        return std::any_of(data.judgement.members.begin(), data.judgement.members.end(), [&database](const Member &m) {
            return m.type == MemberType::File && m.path.bytes() == database;
        });
    }
    return false;
}

// Left behind by a process that was running when somebody else's tar came by; no layout need be known.
bool isRuntimeName(const QByteArray &name)
{
    return name == "postmaster.pid" || name.startsWith(".tmp_");
}

bool isRuntimeFile(const Data &data, const Member &member, const RelPath &path)
{
    if (member.type != MemberType::File)
        return false;
    const bool runtime = captureOf(data, path) == Capture::Runtime || (!data.trusted && isRuntimeName(path.name()));
    return runtime && !isDatabaseCompanion(data, member.path);
}

// Stock web server volumes have their logs linked there; they lead nowhere that could be harmed.
bool isHarmlessDevice(const QByteArray &target)
{
    return target == "/dev/stdout" || target == "/dev/stderr" || target == "/dev/null";
}

Result<QList<RelPath>> volumePaths(const Data &data, const QString &name, Monitor &monitor)
{
    const auto pathsIn = [&](const Tree &tree, QList<DetectedLayout> layouts) -> Result<QList<RelPath>> {
        QList<RelPath> paths;
        // Where no application is recognised, the folders of a plain directory are its volumes.
        if (layouts.isEmpty()) {
            STRONGROOM_TRY(layouts, detectLayouts(tree, monitor));
        }
        const auto details = treeDetails(tree, layouts, {ItemKind::Volume, name}, monitor);
        // Not to know the volume is an answer; to have been stopped or to meet a broken disk is none.
        if (!details && (details.error().code == ErrorCode::Cancelled || details.error().sysErrno != 0))
            return std::unexpected(details.error());
        if (details) {
            for (const Part &part : details->parts) {
                if (part.record.isEmpty())
                    paths.append(part.path);
            }
        }
        return paths;
    };
    QList<RelPath> paths;
    if (const auto tree = treeOfMembers(data.judgement.members, data.top.bytes(), displayBytes(data.request.archive))) {
        STRONGROOM_TRY(paths, pathsIn(*tree, data.archiveLayouts));
    }
    if (paths.isEmpty() && data.target) {
        STRONGROOM_TRY(const auto live, DirTree::open(data.beside.path));
        STRONGROOM_TRY(paths, pathsIn(*live, data.targetLayouts));
    }
    if (paths.isEmpty())
        return fail(ErrorCode::ScopeUnknown, data.request.archive, {QStringLiteral("volume:") + name});
    return paths;
}

Result<QList<RelPath>> narrow(const Data &data, QList<RelPath> claims, const QStringList &scopes, Monitor &monitor)
{
    const QString prefix = QStringLiteral("volume:");
    QList<RelPath> paths;
    for (const QString &scope : scopes) {
        if (scope == QLatin1String("everything"))
            return claims;
        if (!scope.startsWith(prefix))
            return fail(ErrorCode::ScopeUnknown, data.request.archive, {scope});
        STRONGROOM_TRY(const QList<RelPath> found, volumePaths(data, scope.mid(prefix.size()), monitor));
        paths.append(found);
    }
    if (paths.isEmpty())
        return claims;
    claims = narrowedClaims(claims, paths);
    if (claims.isEmpty())
        return fail(ErrorCode::ScopeUnknown, data.request.archive, {scopes.first()});
    return claims;
}

}  // namespace

std::optional<RelPath> PreparedRestore::Data::targetOf(const RelPath &member) const
{
    if (!member.isWithin(top) || leftOut.contains(member))
        return std::nullopt;
    if (lonePlace)
        return lonePlace;
    return member.relativeTo(top);
}

std::optional<qsizetype> PreparedRestore::Data::slotHolding(const RelPath &path) const
{
    if (!slotList.isEmpty() && slotList.first().target.isRoot())
        return 0;  // the only one then, and everything is in it
    for (RelPath at = path;; at = at.parent()) {
        if (const auto it = slotOf.constFind(at); it != slotOf.cend())
            return *it;
        if (at.isRoot())
            return std::nullopt;
    }
}

std::optional<RelPath> PreparedRestore::Data::stagedPathOf(const RelPath &member) const
{
    const auto standIn = standIns.constFind(member);
    const std::optional<RelPath> path = standIn != standIns.cend() ? std::optional(*standIn) : targetOf(member);
    const std::optional<qsizetype> slot = path ? slotHolding(*path) : std::nullopt;
    if (!slot)
        return std::nullopt;
    return RelPath().childUnchecked(Transaction::slotName(*slot)).joined(path->relativeTo(slotList.at(*slot).target));
}

quint32 PreparedRestore::Data::modeOf(const Member &member) const
{
    if (trusted)
        return member.mode & (member.type == MemberType::Directory ? 07777 : 0777);
    const std::optional<RelPath> path = targetOf(member.path);
    if (path && member.type != MemberType::Directory && isSecretFile(*this, *path))
        return 0600;
    return lonePlace ? loneMode : member.mode & 0777;
}

Result<void> compareLayouts(PreparedRestore::Data &data, Monitor &monitor)
{
    if (data.archive.kind().format == ArchiveFormat::LoneFile) {
        if (data.target) {
            STRONGROOM_TRY(const auto live, DirTree::open(data.beside.path));
            STRONGROOM_TRY(data.targetLayouts, sureLayouts(*live, monitor));
        }
        return placeLoneFile(data);
    }
    const QString shown = displayBytes(data.request.archive);
    if (const auto names = treeOfMembers(data.judgement.members, data.top.bytes(), shown)) {
        STRONGROOM_TRY(data.archiveLayouts, sureLayouts(*names, monitor));
    }
    if (data.archiveLayouts.isEmpty() && !data.trusted && data.judgement.topFolder == data.top.bytes()) {
        // Names alone did not tell: look into the small files.
        SurveyRequest request;
        request.keepBytes = kKeepBytes;
        request.keepTotal = kKeepTotal;
        STRONGROOM_TRY(ArchiveSurvey survey, surveyArchive(data.archive, data.request.limits, request, monitor));
        data.archiveLayouts = sureOf(std::move(survey.layouts));
    }
    if (data.archiveLayouts.isEmpty() && !data.trusted) {
        data.plan.warnings.append({QStringLiteral("layout-unknown"), data.request.archive,
                                   QStringLiteral("What application %1 belongs to could not be told.").arg(shown)});
    }
    if (!data.target)
        return {};
    STRONGROOM_TRY(const auto live, DirTree::open(data.beside.path));
    STRONGROOM_TRY(data.targetLayouts, sureLayouts(*live, monitor));
    STRONGROOM_TRY(const bool tooHigh, wouldLandTooHigh(data, *live));
    if (tooHigh)
        return fail(ErrorCode::LayoutMismatch, data.beside.path, {displayBytes(QByteArray(data.beside.path + '/' + data.top.bytes()))});
    if (!data.trusted && !data.targetLayouts.isEmpty() && isSetOfDumps(data)) {
        return fail(ErrorCode::LayoutMismatch, data.beside.path,
                    {QStringLiteral("these are dumps to feed to a running stack, not a tree of its volumes. The database dump goes to "
                                    "PostgreSQL with psql; the archives of files can be unpacked and restored into their volumes one by one")});
    }
    if (!data.targetLayouts.isEmpty() && !agree(data)) {
        return fail(ErrorCode::LayoutMismatch, data.beside.path, contradiction(data));
    }
    return {};
}

Result<void> decideLeftOut(PreparedRestore::Data &data)
{
    const auto leaveOut = [&data](const Member &member, const RelPath &path, FileType type, const QString &reason, const QString &message) {
        data.leftOut.insert(member.path);
        Step step;
        step.verb = Verb::Skip;
        step.part = path;
        step.type = type;
        step.bytes = member.size;
        step.reason = reason;
        data.plan.steps.append(step);
        data.plan.warnings.append({reason, member.path.bytes(), message.arg(member.path.display())});
    };
    for (const Member &member : std::as_const(data.judgement.members)) {
        const std::optional<RelPath> path = data.targetOf(member.path);
        if (!path)
            continue;
        if (member.type == MemberType::Fifo) {
            leaveOut(member, *path, FileType::Fifo, QStringLiteral("fifo"), QStringLiteral("%1 is a named pipe and is not restored."));
        } else if (member.type == MemberType::Symlink) {
            if (data.request.allowedLinks.contains(member.path.bytes()))
                continue;
            const bool inside = staysInside(*path, member.link);
            if (!data.trusted) {
                leaveOut(member, *path, FileType::Symlink, QStringLiteral("link-skipped"),
                         QStringLiteral("The symbolic link %1 comes from an archive without a manifest and is not restored."));
            } else if (!inside && !isHarmlessDevice(member.link)) {
                return fail(ErrorCode::OutwardLink, member.path.bytes(), {displayBytes(member.link)});
            }
        } else if (isRuntimeFile(data, member, *path)) {
            leaveOut(member, *path, FileType::File, QStringLiteral("run-time-file"),
                     QStringLiteral("%1 belongs to a running application and is not restored."));
        }
    }
    return {};
}

Result<QList<RelPath>> claimsInScope(const PreparedRestore::Data &data, Monitor &monitor)
{
    if (data.lonePlace)
        return narrow(data, {*data.lonePlace}, data.request.scope, monitor);
    const QStringList promised = data.trusted ? data.judgement.manifest->scope : QStringList();
    QList<RelPath> claims = claimsOf(data.judgement.members, data.top, !data.archiveLayouts.isEmpty(),
                                     [&data](const Member &member) { return data.leftOut.contains(member.path); });
    if (promised.contains(QLatin1String("everything")))
        claims = {RelPath()};
    else if (!promised.isEmpty()) {
        STRONGROOM_TRY(claims, narrow(data, claims, promised, monitor));
    }
    return narrow(data, std::move(claims), data.request.scope, monitor);
}

}  // namespace strongroom::storage
