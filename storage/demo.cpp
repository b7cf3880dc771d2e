// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/demo.h"

#include "storage/demosamples.h"
#include "storage/dirtree.h"
#include "storage/walker.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

struct Sample {
    const char *name;
    const char *layout;
    const char *variant;
    void (*write)(demo::Writer &, const DemoOptions &);
};

constexpr Sample kSamples[] = {
    {"document-sessions", "document-sessions", "files",
     [](demo::Writer &out, const DemoOptions &options) { demo::writeDocumentSessions(out, options.sessions); }},
    {"document-sessions-folders", "document-sessions", "folders",
     [](demo::Writer &out, const DemoOptions &options) { demo::writeDocumentSessionFolders(out, options.sessions); }},
    {"sqlite-app", "sqlite-app", "",
     [](demo::Writer &out, const DemoOptions &) { demo::writeSqliteApp(out); }},
    {"entity-rag", "entity-rag", "released",
     [](demo::Writer &out, const DemoOptions &) { demo::writeEntityRag(out); }},
    {"entity-rag-guide", "entity-rag", "guide",
     [](demo::Writer &out, const DemoOptions &) { demo::writeEntityRagGuide(out); }},
    {"scene-snapshots", "scene-snapshots", "",
     [](demo::Writer &out, const DemoOptions &) { demo::writeSceneSnapshots(out); }},
    {"compose-volumes", "compose-volumes", "",
     [](demo::Writer &out, const DemoOptions &) { demo::writeComposeVolumes(out); }},
    {"plain-directory", "plain-directory", "",
     [](demo::Writer &out, const DemoOptions &) { demo::writePlainDirectory(out); }},
};

/// Our folders are 0755: samples are for looking at, and what is secret in them has its own mode.
Result<Fd> makeFolder(int parentFd, const QByteArray &name, const QByteArray &pathForErrors, bool mayExist)
{
    if (::mkdirat(parentFd, name.constData(), 0755) != 0 && !(mayExist && errno == EEXIST))
        return failErrno(errno, pathForErrors, ErrorCode::WriteFailed);
    Fd fd(::openat(parentFd, name.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.isValid())
        return failErrno(errno, pathForErrors);
    return fd;
}

}  // namespace

Result<QList<DemoDirectory>> writeDemo(const QByteArray &folder, const DemoOptions &options, Monitor &monitor)
{
    monitor.begin(Phase::Writing);
    const QByteArray root = absolutePath(folder);
    const QByteArray parent = root.left(std::max<qsizetype>(1, root.lastIndexOf('/')));
    STRONGROOM_TRY(const Fd parentFd, openDirectory(parent));
    STRONGROOM_TRY(const Fd rootFd, makeFolder(parentFd.get(), root.mid(root.lastIndexOf('/') + 1), root, true));
    STRONGROOM_TRY(const QList<QByteArray> names, namesIn(rootFd.get(), root));
    if (!names.isEmpty())
        return fail(ErrorCode::AlreadyExists, root);

    QList<DemoDirectory> written;
    for (const Sample &sample : kSamples) {
        const QByteArray path = root + '/' + sample.name;
        monitor.setCurrent(path);
        STRONGROOM_TRY(Fd fd, makeFolder(rootFd.get(), sample.name, path, false));
        demo::Writer out(std::move(fd), path, options.now, monitor);
        sample.write(out, options);
        STRONGROOM_CHECK(out.finish());
        written.append({path, QString::fromLatin1(sample.layout), QString::fromLatin1(sample.variant)});
    }
    return written;
}

}  // namespace strongroom::storage
