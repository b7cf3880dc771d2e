// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/windowstate.h"

#include "views/settingsstore.h"

#include <QMainWindow>
#include <QSplitter>

namespace strongroom::views {

namespace {

const QString kGeometry = QStringLiteral("window/geometry");
const QString kState = QStringLiteral("window/state");
const QString kHeaders[] = {QStringLiteral("sessions"), QStringLiteral("entities"), QStringLiteral("volumes"), QStringLiteral("snapshots"),
                            QStringLiteral("backups"), QStringLiteral("findings"), QStringLiteral("jobs")};
const QString kSplitters[] = {QStringLiteral("partsSplitter"), QStringLiteral("activitySplitter")};

QString splitterKey(const QString &name)
{
    return QStringLiteral("splitters/") + name;
}

}  // namespace

bool restoreWindow(QMainWindow *window, const SettingsStore &settings)
{
    // restoreGeometry() itself moves what would be off screen onto one.
    const bool placed = window->restoreGeometry(settings.value(kGeometry).toByteArray());
    const bool docked = window->restoreState(settings.value(kState).toByteArray(), kWindowStateVersion);
    for (const QString &name : kSplitters) {
        const QByteArray state = settings.value(splitterKey(name)).toByteArray();
        if (auto *splitter = window->findChild<QSplitter *>(name); splitter && !state.isEmpty())
            splitter->restoreState(state);
    }
    return placed && docked;
}

void saveWindow(const QMainWindow *window, SettingsStore &settings)
{
    settings.setValue(kGeometry, window->saveGeometry());
    settings.setValue(kState, window->saveState(kWindowStateVersion));
    for (const QString &name : kSplitters) {
        if (const auto *splitter = window->findChild<QSplitter *>(name))
            settings.setValue(splitterKey(name), splitter->saveState());
    }
}

void resetLayout(SettingsStore &settings)
{
    settings.setValue(kGeometry, {});
    settings.setValue(kState, {});
    settings.setValue(QStringLiteral("window/menuBar"), {});
    for (const QString &name : kSplitters)
        settings.setValue(splitterKey(name), {});
    for (const QString &name : kHeaders)
        settings.setValue(QStringLiteral("headers/") + name, {});
}

}  // namespace strongroom::views
