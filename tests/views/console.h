// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A whole console for tests: real storage on trees of the test's own, scripted answers, nothing kept.

#include "models/jobqueue.h"
#include "models/workspace.h"
#include "storage/demo.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/fakeinteraction.h"
#include "views/mainwindow.h"

#include <QApplication>
#include <QMimeData>
#include <QUrl>
#include <QtTest>

namespace strongroom::tests {

inline const QDateTime kNow(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);

/// Everything but the verification log lives in memory; `tree` is deleted with it.
struct Console {
    Console() { window.resize(1200, 800); }

    DataDirBuilder tree;
    FakeInteraction interaction;
    MemorySettings settings;
    models::JobQueue queue{models::Clock::fixed(kNow, QStringLiteral("testhost"))};
    models::Workspace workspace{&queue, {}};
    views::MainWindow window{&workspace, &interaction, &settings};

    void show()
    {
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
    }

    /// A document-sessions directory with `sessions` sessions at `name`; its absolute path.
    QByteArray sessionsAt(const QByteArray &name, int sessions = 3)
    {
        for (int i = 0; i < sessions; ++i) {
            const QByteArray id = "session-" + QByteArray::number(i);
            tree.file(name + "/sessions/" + id + ".json",
                      "{\"session_id\":\"" + id + "\",\"template_id\":\"basic\",\"alias\":\"alias " + QByteArray::number(i) +
                          "\",\"group\":\"public\",\"created_at\":\"2026-01-02T03:04:05\",\"updated_at\":\"2026-01-02T03:04:05\","
                          "\"global_parameters\":{},\"fragments\":[]}");
        }
        tree.dir(name + "/storage").file(name + "/storage/metadata.json", "{}");
        return tree.path(name);
    }

    /// Opens and waits until everything is read.
    void open(const QByteArray &path)
    {
        workspace.openDirectory(path);
        QTRY_VERIFY_WITH_TIMEOUT(workspace.root(path) && workspace.root(path)->phase == models::RootPhase::Ready, 30000);
    }

    /// Backs `root` up without the window; the archive's absolute path.
    QByteArray backUp(const QByteArray &root, const QByteArray &folder)
    {
        storage::Monitor monitor;
        storage::BackupRequest request;
        request.directory = root;
        request.folder = folder;
        request.now = kNow;
        request.localNow = kNow;
        request.host = QStringLiteral("testhost");
        const auto plan = storage::planBackup(request, monitor);
        if (!plan)
            qFatal("%s", qPrintable(describe(plan.error()).oneLine()));
        const storage::Report report = storage::runBackup(request, *plan, monitor);
        if (!report.succeeded())
            qFatal("%s", report.error ? qPrintable(describe(*report.error).oneLine()) : "backup failed");
        return report.archive;
    }
};

/// MIME data a file manager would offer for these paths.
inline std::unique_ptr<QMimeData> filesAsMime(const QList<QByteArray> &paths)
{
    auto data = std::make_unique<QMimeData>();
    QList<QUrl> urls;
    for (const QByteArray &path : paths)
        urls.append(QUrl::fromLocalFile(QString::fromLocal8Bit(path)));
    data->setUrls(urls);
    return data;
}

/// A drag enters the window, as the window receives it. Returns whether it was accepted.
inline bool dragInto(QWidget &window, const QMimeData &data)
{
    QDragEnterEvent enter(QPoint(200, 200), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    enter.ignore();
    QCoreApplication::sendEvent(&window, &enter);
    return enter.isAccepted();
}

inline bool dragOver(QWidget &window, const QMimeData &data)
{
    QDragMoveEvent move(QPoint(210, 210), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &move);
    return move.isAccepted();
}

inline void dropOn(QWidget &window, const QMimeData &data)
{
    QDropEvent drop(QPointF(210, 210), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &drop);
}

}  // namespace strongroom::tests
