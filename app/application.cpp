// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include "app/paths.h"
#include "storage/demo.h"
#include "views/mainwindow.h"
#include "views/messagebar.h"
#include "views/windowstate.h"

#include <QDir>
#include <QStandardPaths>

#include <cerrno>

namespace strongroom::app {

namespace {

/// Of so many backups one reads everything: a line of the configuration file, for which there is no dialog.
constexpr char kRereadEvery[] = "backup/rereadEvery";

models::Workspace::Options workspaceOptions(const Settings &settings)
{
    models::Workspace::Options options;
    options.verificationLog = verificationLogFile();
    options.reuseTables = reuseFolder();
    if (const int every = settings.value(QLatin1String(kRereadEvery)).toInt(); every > 0)
        options.rereadEvery = every;
    return options;
}

}  // namespace

Application::Application(const Options &options)
    : m_options(options), m_settings(options.configFolder), m_workspace(&m_queue, workspaceOptions(m_settings))
{
    if (options.resetLayout)
        views::resetLayout(m_settings);
    m_window = std::make_unique<views::MainWindow>(&m_workspace, &m_interaction, &m_settings);
    connect(m_window.get(), &views::MainWindow::sampleDataRequested, this, &Application::openSampleData);
}

Application::~Application()
{
    m_window.reset();
    m_queue.shutdown();
}

void Application::start()
{
    m_window->show();
    m_window->openPaths(m_options.paths);
    if (!m_options.view.isEmpty())
        m_window->showView(m_options.view);
}

void Application::takeRequest(const QList<QByteArray> &paths)
{
    m_window->openPaths(paths);
    if (m_window->isMinimized())
        m_window->showNormal();
    m_window->raise();
    m_window->activateWindow();
}

/// Written once; the second time what is there is opened, with whatever was tried in it.
void Application::openSampleData()
{
    const QString place = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/strongroom");
    const QByteArray parent = place.toLocal8Bit();
    const QByteArray folder = parent + "/sample-data";
    const QString key = QStringLiteral("sampleData/directories");
    const auto work = [parent, folder, now = m_queue.clock().utcNow()](storage::Monitor &monitor) -> storage::Result<QList<storage::DemoDirectory>> {
        if (!QDir().mkpath(QString::fromLocal8Bit(parent)))
            return storage::failErrno(errno, parent, storage::ErrorCode::WriteFailed);
        return storage::writeDemo(folder, {0, now}, monitor);
    };
    m_queue.startReader<QList<storage::DemoDirectory>>(
        {models::JobKind::Other, tr("Write sample data"), folder}, work, this,
        [this, key](const storage::Result<QList<storage::DemoDirectory>> &written) {
            QStringList coded;
            if (written) {
                for (const storage::DemoDirectory &directory : *written)
                    coded.append(QString::fromLatin1(directory.path.toPercentEncoding("/")));
                m_settings.setValue(key, coded);
            } else if (written.error().code == storage::ErrorCode::AlreadyExists) {
                coded = m_settings.value(key).toStringList();
            }
            for (const QString &path : std::as_const(coded))
                m_workspace.openDirectory(QByteArray::fromPercentEncoding(path.toLatin1()));
            if (coded.isEmpty() && !written) {
                const storage::ErrorText text = describe(written.error());
                m_window->messageBar()->showMessage({views::Tone::Danger, tr("The sample data could not be written. %1").arg(text.what), text.next, {}});
            }
        });
}

}  // namespace strongroom::app
