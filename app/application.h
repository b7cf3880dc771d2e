// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The console put together: clock, queue, workspace, settings and the window. Wiring only.

#include "app/settings.h"
#include "models/jobqueue.h"
#include "models/workspace.h"
#include "views/interaction.h"
#include "views/theme.h"

#include <QObject>

#include <memory>

namespace strongroom::views {
class MainWindow;
}

namespace strongroom::app {

/// What the command line asks for.
struct Options {
    QList<QByteArray> paths;      ///< absolute
    QString view;
    QString configFolder;         ///< absolute; empty = the usual one
    bool resetLayout = false;
    bool newWindow = false;
    views::Theme theme = views::Theme::System;
};

/// Thread: GUI. Exists once, after QApplication.
class Application : public QObject {
    Q_OBJECT

public:
    explicit Application(const Options &options);
    ~Application() override;   ///< stops what runs and waits for it
    void start();
    /// Another start has handed these over; empty = only wants the window.
    void takeRequest(const QList<QByteArray> &paths);
    [[nodiscard]] views::MainWindow *window() const { return m_window.get(); }

private:
    void openSampleData();

    Options m_options;
    Settings m_settings;
    views::DialogInteraction m_interaction;
    models::JobQueue m_queue;
    models::Workspace m_workspace;
    std::unique_ptr<views::MainWindow> m_window;
};

}  // namespace strongroom::app
