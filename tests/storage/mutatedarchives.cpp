// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/storage/mutatedarchives.h"

#include "tests/support/archivebuilder.h"
#include "tests/support/ownarchive.h"

#include <QFile>
#include <QStandardPaths>

using namespace strongroom::storage;

namespace strongroom::tests {

namespace {

/// Two blocks of zeros end a tar; what tools add to fill a record would take most of the changes.
QByteArray trimmed(QByteArray tar)
{
    while (tar.size() > 2048 && tar.endsWith(QByteArray(1536, '\0')))
        tar.chop(512);
    return tar;
}

void addBuilt(Bases &bases)
{
    const auto base = [] { return TarBuilder().dir("data/").file("data/a", "hello").file("data/b", QByteArray(700, 'b')); };
    bases.tars += {base().end().bytes(),
                   base().pax({{"path", "data/long-" + QByteArray(120, 'p')}, {"mtime", "1700000001.5"}}).file("s").end().bytes(),
                   base().gnuLongName("data/" + QByteArray(130, 'g')).file("t").symlink("data/l", "a").end().bytes(),
                   base().hardlink("data/h", "data/a").pax({{"comment", "x"}}, 'g').file("data/c").end().bytes(),
                   base().pax({{"size", "3"}, {"uid", "70000"}}).file("data/p", "abc").file("data/x.lock").end().bytes(),
                   TarBuilder().dir("./").file("./data/uploads/x y", "u").entry({.type = '6', .name = "data/p"}).end().bytes(),
                   TarBuilder().entry({.name = "old", .content = "v7", .magic = QByteArray(8, '\0')}).end().bytes()};
    bases.zips += {zip({{.name = "data/a", .content = "stored", .deflated = false}, {.name = "data/b", .content = QByteArray(900, 'b')}}),
                   zip({{.name = "data/", .deflated = false, .unixMode = 040755}, {.name = "data/s", .content = "streamed", .descriptor = true},
                        {.name = "data/l", .content = "s", .deflated = false, .unixMode = 0120777}}, "comment"),
                   zip({{.name = "data/dos", .content = "from DOS", .unixMode = 0}, {.name = "data/e", .deflated = false},
                        {.name = "data/p", .deflated = false, .unixMode = 010644}})};
}

void addOwn(Bases &bases, DataDirBuilder &dir)
{
    OwnArchiveSpec spec;
    spec.files = {{"data/", {}}, {"data/a.json", "{}"}, {"data/" + QByteArray(110, 'n'), "long"}, {"data/b", QByteArray(3000, 'b')}};
    spec.groupBytes = 1024;
    for (const ArchiveFormat format : {ArchiveFormat::Tar, ArchiveFormat::TarGzip}) {
        spec.format = format;
        writeOwnArchive(dir.path("own"), spec);
        (format == ArchiveFormat::Tar ? bases.tars : bases.packed).append(dir.read("own"));
    }
}

void addPythons(Bases &bases, DataDirBuilder &dir)
{
    dir.dir("python");
    const QString script = QStringLiteral(STRONGROOM_SOURCE_DIR "/tests/support/otherarchives.py");
    const Ran made = run(QStringLiteral("python3"), {QStringLiteral("-B"), script, QFile::decodeName(dir.path("python"))});
    if (made.exitCode != 0)
        qFatal("%s", made.err.constData());
    for (const QByteArray &name : dir.names("python"))
        (name.endsWith(".zip") ? bases.zips : bases.tars).append(trimmed(dir.read("python/" + name)));
}

void addGnus(Bases &bases, DataDirBuilder &dir)
{
    dir.file("tree/data/a", "hello").file("tree/data/" + QByteArray(120, 'n'), "long").file("tree/data/b", QByteArray(600, 'b'));
    dir.symlink("tree/data/l", "a").hardlink("tree/data/h", "tree/data/b");
    for (const char *form : {"gnu", "oldgnu", "posix", "ustar", "v7"}) {
        const bool longNames = form[0] == 'g' || form[0] == 'p' || form[0] == 'o';
        QStringList arguments = {QStringLiteral("--create"), QStringLiteral("--file=../out.tar"), QStringLiteral("--sort=name"),
                                 QStringLiteral("--mtime=@1700000000"), QStringLiteral("--owner=0"), QStringLiteral("--group=0"),
                                 QStringLiteral("--format=") + QLatin1String(form)};
        if (form[0] == 'p')   // a name with the process number in it, and the time of reading
            arguments.append(QStringLiteral("--pax-option=delete=atime,delete=ctime,exthdr.name=x"));
        if (!longNames)
            arguments.append(QStringLiteral("--exclude=*nnn*"));
        const Ran made = run(QStringLiteral("tar"), arguments + QStringList{QStringLiteral("data")}, dir.path("tree"));
        if (made.exitCode == 0)   // other tars know other options
            bases.tars.append(trimmed(dir.read("out.tar")));
    }
}

}  // namespace

Bases healthyArchives(DataDirBuilder &dir)
{
    Bases bases;
    addBuilt(bases);
    addOwn(bases, dir);
    if (!QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty())
        addPythons(bases, dir);
    if (!QStandardPaths::findExecutable(QStringLiteral("tar")).isEmpty())
        addGnus(bases, dir);
    return bases;
}

Mutant mutantOf(const Bases &bases, quint32 seed, quint32 index)
{
    Chance chance(seed ^ index * 2'654'435'761u);
    if (chance.oneIn(3))
        return mutateZip(chance.of(bases.zips), bases.zips, chance);
    if (chance.oneIn(12))
        return mutateBytes(chance.of(bases.packed), bases.packed, chance);
    const QByteArray &base = chance.of(bases.tars);
    const bool pack = chance.oneIn(4);
    const Mutant tar = pack && chance.oneIn(2) ? Mutant{base, {}} : mutateTar(base, bases.tars, chance);
    if (!pack)
        return tar;
    Mutant packed = mutateGzip(tar.bytes, chance);
    packed.how = tar.how + ", " + packed.how;
    return packed;
}

}  // namespace strongroom::tests
