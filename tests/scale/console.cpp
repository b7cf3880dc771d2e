// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// scale_console DIR KIND: a data directory opened as the console opens it, through a workspace into a table on an offscreen
// screen: until the first rows are painted, until all are there, and the longest turn of the event loop meanwhile.

#include "models/catalogmodel.h"
#include "models/workspace.h"
#include "tests/models/stallwatch.h"
#include "tests/scale/row.h"
#include "views/tables.h"

#include <QApplication>
#include <QTableView>

#include <sys/resource.h>

using namespace strongroom;
using namespace strongroom::scale;

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    const auto kind = argc == 3 ? storage::kindFromPlural(QString::fromLatin1(argv[2])) : std::nullopt;
    if (!kind)
        return 2;
    const QByteArray path = storage::absolutePath(argv[1]);
    models::JobQueue queue;
    models::Workspace workspace(&queue, models::Workspace::Options{.verificationLog = {}, .readOnly = true});
    models::CatalogModel model(*kind);
    QTableView view;
    view.setModel(&model);
    views::setUpTable(&view, QStringLiteral("items"));
    view.resize(1000, 700);
    view.show();
    QCoreApplication::processEvents();

    Clock clock;
    double first = 0;
    QObject::connect(&workspace, &models::Workspace::itemsAppended, &model, [&](const QByteArray &, const QList<storage::ChunkPtr> &chunks) {
        model.appendChunks(chunks);
        if (first == 0 && model.rowCount() > 0) {
            view.viewport()->repaint();
            first = clock.seconds();
        }
    });
    bool failed = false;
    QObject::connect(&workspace, &models::Workspace::directoryFailed, &model, [&] { failed = true; });
    tests::StallWatch watch;
    clock = Clock();
    workspace.openDirectory(path);
    bool done = false;
    QObject::connect(&workspace, &models::Workspace::scanFinished, &model, [&] { done = true; });
    while (!done && !failed)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    if (failed || model.rowCount() == 0)
        return 1;
    const double all = clock.seconds();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const std::string name = argv[1];
    Row{.work = "console " + name + ", first rows", .ours = first, .most = 0.2}.print();
    Row{.work = "console " + name + ", all rows", .ours = all}.print();
    Row{.work = "console " + name + ", longest turn, CPU", .ours = watch.worstCpuMs() / 1e3, .most = 0.05}.print();
    Row{.work = "console " + name + ", memory", .ours = double(usage.ru_maxrss) / 1024, .unit = "MiB"}.print();
    return 0;
}
