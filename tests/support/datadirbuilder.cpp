// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/datadirbuilder.h"

#include "storage/dirtree.h"
#include "storage/fd.h"
#include "storage/treeops.h"
#include "storage/walker.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QProcess>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace strongroom::storage;

namespace strongroom::tests {

namespace {

void need(bool ok, const QByteArray &what)
{
    if (!ok)
        qFatal("DataDirBuilder: %s: %s", what.constData(), strerror(errno));
}

void makeParents(const QByteArray &absolute)
{
    const QByteArray parent = absolute.left(absolute.lastIndexOf('/'));
    QByteArray sofar;
    for (const QByteArray &part : parent.split('/')) {
        if (part.isEmpty())
            continue;
        sofar += '/' + part;
        if (::mkdir(sofar.constData(), 0755) != 0)
            need(errno == EEXIST, sofar);
    }
}

QString sharedSamples()
{
    return QStringLiteral(STRONGROOM_SOURCE_DIR "/../shared/samples");
}

}  // namespace

DataDirBuilder::DataDirBuilder()
{
    need(m_dir.isValid(), "temporary folder");
}

DataDirBuilder::~DataDirBuilder()
{
    // QTemporaryDir cannot remove names that are not UTF-8.
    if (const auto root = openDirectory(path())) {
        for (const QByteArray &name : names())
            (void)removeTree(root->get(), name);
    }
}

QByteArray DataDirBuilder::path(const QByteArray &relative) const
{
    const QByteArray root = QFile::encodeName(m_dir.path());
    return relative.isEmpty() ? root : root + '/' + relative;
}

DataDirBuilder &DataDirBuilder::dir(const QByteArray &relative, unsigned mode)
{
    const QByteArray p = path(relative);
    makeParents(p);
    if (::mkdir(p.constData(), 0755) != 0)
        need(errno == EEXIST, p);
    need(::chmod(p.constData(), mode) == 0, p);
    return *this;
}

DataDirBuilder &DataDirBuilder::file(const QByteArray &relative, const QByteArray &content, unsigned mode, qint64 mtimeNs)
{
    const QByteArray p = path(relative);
    makeParents(p);
    Fd fd(::open(p.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    need(fd.isValid(), p);
    need(writeFully(fd.get(), content.constData(), content.size(), p).has_value(), p);
    need(::fchmod(fd.get(), mode) == 0, p);
    if (mtimeNs >= 0) {
        const timespec t = {time_t(mtimeNs / 1'000'000'000), long(mtimeNs % 1'000'000'000)};
        const timespec times[2] = {t, t};
        need(::futimens(fd.get(), times) == 0, p);
    }
    return *this;
}

DataDirBuilder &DataDirBuilder::symlink(const QByteArray &relative, const QByteArray &target)
{
    const QByteArray p = path(relative);
    makeParents(p);
    need(::symlink(target.constData(), p.constData()) == 0, p);
    return *this;
}

DataDirBuilder &DataDirBuilder::hardlink(const QByteArray &relative, const QByteArray &existing)
{
    const QByteArray p = path(relative);
    makeParents(p);
    need(::link(path(existing).constData(), p.constData()) == 0, p);
    return *this;
}

DataDirBuilder &DataDirBuilder::fifo(const QByteArray &relative)
{
    const QByteArray p = path(relative);
    makeParents(p);
    need(::mkfifo(p.constData(), 0600) == 0, p);
    return *this;
}

DataDirBuilder &DataDirBuilder::remove(const QByteArray &relative)
{
    const QByteArray p = path(relative);
    const qsizetype slash = p.lastIndexOf('/');
    const auto parent = openDirectory(p.left(slash));
    need(parent && exists(relative) && removeTree(parent->get(), p.mid(slash + 1)), p);
    return *this;
}

QByteArray DataDirBuilder::read(const QByteArray &relative) const
{
    // By descriptor: a name that is not UTF-8 does not survive QFile.
    const QByteArray p = path(relative);
    Fd fd(::open(p.constData(), O_RDONLY | O_CLOEXEC));
    need(fd.isValid(), p);
    const auto stamp = stampOf(fd.get(), p);
    need(stamp.has_value(), p);
    QByteArray content(stamp->size, Qt::Uninitialized);
    need(readFully(fd.get(), content.data(), content.size(), p) == content.size(), p);
    return content;
}

bool DataDirBuilder::exists(const QByteArray &relative) const
{
    struct stat st;
    return ::lstat(path(relative).constData(), &st) == 0;
}

QList<QByteArray> DataDirBuilder::names(const QByteArray &relative) const
{
    const auto fd = openDirectory(path(relative));
    need(fd.has_value(), path(relative));
    const auto names = namesIn(fd->get(), relative);
    need(names.has_value(), path(relative));
    return *names;
}

QByteArray treeFingerprint(const QByteArray &root, bool withOwners)
{
    const auto tree = DirTree::open(root);
    if (!tree)
        return "cannot open " + root;
    QByteArray out;
    QHash<quint64, QByteArray> firstOfInode;
    Monitor monitor;
    const auto walked = walk((*tree)->rootFd(), {}, {}, monitor, [&](const WalkEntry &entry) {
        out += fileTypeWord(entry.stamp.type).toLatin1() + ' ' + QByteArray::number(entry.stamp.mode, 8) + ' '
            + QByteArray::number(entry.stamp.mtimeNs) + ' ';
        if (withOwners)
            out += QByteArray::number(entry.stamp.uid) + ':' + QByteArray::number(entry.stamp.gid) + ' ';
        if (entry.error)
            out += "error:" + codeWord(entry.error->code).toLatin1() + ' ';
        if (entry.stamp.isSymlink())
            out += "-> " + entry.linkTarget + ' ';
        if (entry.stamp.isFile()) {
            const auto content = (*tree)->readAll(entry.path, qint64(4) << 30);
            out += QByteArray::number(entry.stamp.size) + ' '
                + (content ? QCryptographicHash::hash(*content, QCryptographicHash::Sha256).toHex() : "unreadable") + ' ';
            if (entry.stamp.links > 1) {
                if (!firstOfInode.contains(entry.stamp.inode))
                    firstOfInode.insert(entry.stamp.inode, entry.path.bytes());
                out += "=" + firstOfInode.value(entry.stamp.inode) + ' ';
            }
        }
        out += entry.path.bytes() + '\n';
        return WalkNext::Continue;
    });
    return walked ? out : "walk failed " + out;
}

QStringList sampleNames()
{
    QStringList names;
    for (const QFileInfo &info : QDir(sharedSamples()).entryInfoList({QStringLiteral("*.tar.gz")}, QDir::Files, QDir::Name))
        names.append(info.fileName().chopped(7));
    if (names.isEmpty())
        qInfo("no samples beside the checkout: tests use the project's own trees only");
    return names;
}

bool unpackSample(const QString &name, const QByteArray &into)
{
    const QString archive = sharedSamples() + u'/' + name + QStringLiteral(".tar.gz");
    if (!QFileInfo::exists(archive))
        return false;
    const Ran tar = run(QStringLiteral("tar"), {QStringLiteral("-xpzf"), archive, QStringLiteral("-C"), QFile::decodeName(into)});
    if (tar.exitCode != 0)
        qFatal("tar: %s", tar.err.constData());
    return true;
}

Ran run(const QString &program, const QStringList &arguments, const QByteArray &workingDirectory, const QByteArray &input,
        int timeoutMs)
{
    QProcess process;
    if (!workingDirectory.isEmpty())
        process.setWorkingDirectory(QFile::decodeName(workingDirectory));
    process.start(program, arguments);
    Ran ran;
    if (!process.waitForStarted(timeoutMs)) {
        ran.err = "cannot start " + program.toUtf8();
        return ran;
    }
    if (!input.isEmpty())
        process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished();
        ran.err = "timed out: " + program.toUtf8();
        return ran;
    }
    ran.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    ran.out = process.readAllStandardOutput();
    ran.err = process.readAllStandardError();
    return ran;
}

}  // namespace strongroom::tests
