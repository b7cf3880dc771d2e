// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// scale_first DIR KIND ROUNDS: how long whoever opens a data directory waits for something to look at: the first rows out
// of the core with recognition before them, beside the whole scan, and the names alone beside QDir's.

#include "storage/datadirectory.h"
#include "tests/scale/row.h"

#include <QDir>

using namespace strongroom::scale;
using namespace strongroom::storage;

namespace {

constexpr int kFirstRows = 100;

/// Opens `path` and scans until `enough` rows of `kind` were handed out; the seconds until then.
double rowsOf(const QByteArray &path, ItemKind kind, qint64 enough)
{
    const Clock clock;
    double taken = 0;
    Monitor monitor;
    const auto directory = DataDirectory::open(path, monitor);
    if (!directory)
        return -1;
    qint64 rows = 0;
    ChunkBuilder builder([&](const ChunkPtr &chunk) {
        rows += chunk->kind() == kind ? chunk->size() : 0;
        if (rows >= enough && taken == 0) {
            taken = clock.seconds();
            monitor.requestStop();
        }
    });
    const auto scanned = (*directory)->scan(builder, [](const Finding &) {}, monitor);
    return scanned || taken == 0 ? clock.seconds() : taken;
}

double namesOf(const QByteArray &path)
{
    const Clock clock;
    const auto tree = DirTree::open(path);
    if (!tree || !(*tree)->names({}))
        return -1;
    return clock.seconds();
}

double qtNamesOf(const QByteArray &path)
{
    const Clock clock;
    const QStringList names = QDir(QString::fromLocal8Bit(path)).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
    return names.isEmpty() ? -1 : clock.seconds();
}

}  // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    const QByteArray path = argv[1];
    const auto kind = kindFromPlural(QString::fromLatin1(argv[2]));
    const int rounds = QByteArray(argv[3]).toInt();
    if (!kind || rounds < 1 || rowsOf(path, *kind, 1) < 0)
        return 1;
    const std::string name = path.toStdString();
    const auto rows = fastest(rounds, {[&] { return rowsOf(path, *kind, std::numeric_limits<qint64>::max()); },
                                       [&] { return rowsOf(path, *kind, kFirstRows); }});
    Row{.work = "first rows of " + name, .peer = "all rows of it", .theirs = rows[0], .ours = rows[1], .most = 0.005}.print();
    const QByteArray storage = path + "/storage";
    if (qtNamesOf(storage) < 0)
        return 0;
    const auto names = fastest(rounds, {[&] { return qtNamesOf(storage); }, [&] { return namesOf(storage); }});
    Row{.work = "all names of " + name, .peer = "QDir::entryList", .theirs = names[0], .ours = names[1], .most = 0.1}.print();
    return 0;
}
