// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backupnaming.h"

#include "storage/archive/inspect.h"
#include "storage/dirtree.h"
#include "storage/ops/survey.h"
#include "storage/walker.h"

#include <algorithm>
#include <vector>

namespace strongroom::storage {

namespace {

constexpr qsizetype kMaxPart = 80;   // bytes of source or scope in a name
constexpr int kMaxSuffix = 10'000;
constexpr size_t kAtOnce = 64;       // archives held open and looked at together

QByteArray ending(ArchiveFormat format)
{
    switch (format) {
    case ArchiveFormat::Tar: return ".tar";
    case ArchiveFormat::TarZstd: return ".tar.zst";
    default: return ".tar.gz";
    }
}

/// Letters, digits, dot, dash and underscore; never hidden, never empty.
QByteArray safePart(QByteArrayView text)
{
    QByteArray safe;
    for (const char c : text.first(std::min(text.size(), kMaxPart))) {
        const bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        safe.append(ok ? c : '_');
    }
    while (safe.startsWith('.'))
        safe.remove(0, 1);
    return safe.isEmpty() ? QByteArray("data") : safe;
}

QByteArray scopePart(const QStringList &scope, bool everything)
{
    if (everything)
        return "everything";
    QByteArray part = scope.join(u'-').toUtf8();
    return safePart(part.replace(':', '-'));
}

QByteArray baseName(const BackupRequest &request, const BackupSelection &selection)
{
    const bool wholeStack = selection.isEverything() && selection.directory().primary().id == u"compose-volumes";
    const QByteArray what = wholeStack ? QByteArray("full")
                                       : QByteArray(safePart(selection.top().bytes()) + '_'
                                                    + scopePart(request.scope, selection.isEverything()));
    return what + "_backup_" + request.localNow.toString(QStringLiteral("yyyyMMdd_HHmmss")).toLatin1();
}

Result<bool> isTaken(int folderFd, const QByteArray &name)
{
    // The unfinished one first: it becomes the finished one, and must be seen under one name or the other.
    for (const QByteArray &candidate : {QByteArray(name + ".partial"), name, QByteArray(name + ".sha256")}) {
        const auto stamp = stampAt(folderFd, candidate);
        if (stamp)
            return true;
        if (stamp.error().code != ErrorCode::NotFound)
            return std::unexpected(stamp.error());
    }
    return false;
}

Result<QByteArray> requestedName(const BackupRequest &request, int folderFd)
{
    QByteArray name = request.name.toUtf8();
    const bool shortEnding = request.format == ArchiveFormat::TarGzip && name.endsWith(".tgz");
    if (!shortEnding && !name.endsWith(ending(request.format)))
        name += ending(request.format);
    const auto path = RelPath::parse(name);
    if (!path || path->depth() != 1 || name.size() + qsizetype(sizeof ".partial") > RelPath::kMaxName)
        return fail(ErrorCode::BadName, name);
    const auto stamp = stampAt(folderFd, name);
    if (stamp)
        return fail(ErrorCode::AlreadyExists, name);
    if (stamp.error().code != ErrorCode::NotFound)
        return std::unexpected(stamp.error());
    return name;
}

}  // namespace

Result<QByteArray> chooseArchiveName(const BackupRequest &request, const BackupSelection &selection)
{
    if (!request.name.isEmpty())
        return requestedName(request, selection.folderFd());
    const QByteArray base = baseName(request, selection);
    QByteArray name = base + ending(request.format);
    for (int n = 2; n < kMaxSuffix; ++n) {
        STRONGROOM_TRY(const bool taken, isTaken(selection.folderFd(), name));
        if (!taken)
            return name;
        name = base + '-' + QByteArray::number(n) + ending(request.format);
    }
    return fail(ErrorCode::AlreadyExists, name);
}

Result<qint64> nextSequence(const BackupRequest &request, const BackupSelection &selection, Monitor &monitor)
{
    const QByteArray source = absolutePath(request.directory);
    STRONGROOM_TRY(const QList<QByteArray> names, namesIn(selection.folderFd(), request.folder));
    qint64 highest = 0;
    std::vector<ArchiveFile> opened;
    const auto lookAtAll = [&]() -> Result<void> {
        QList<const ArchiveFile *> some;
        for (const ArchiveFile &archive : opened)
            some.append(&archive);
        STRONGROOM_TRY(const QList<ArchiveGlance> glances, glanceAtArchives(some, Guess::No, monitor));
        for (const ArchiveGlance &glance : glances) {
            if (glance.manifest && glance.manifest->sourcePath == source)
                highest = std::max(highest, glance.manifest->sequence);
        }
        opened.clear();
        return {};
    };
    for (const QByteArray &name : names) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        if (!name.endsWith(".tar.gz") && !name.endsWith(".tgz") && !name.endsWith(".tar.zst") && !name.endsWith(".tar"))
            continue;
        if (auto archive = ArchiveFile::open(request.folder + '/' + name))
            opened.push_back(*std::move(archive));
        if (opened.size() == kAtOnce)
            STRONGROOM_CHECK(lookAtAll());
    }
    STRONGROOM_CHECK(lookAtAll());
    return highest + 1;
}

}  // namespace strongroom::storage
