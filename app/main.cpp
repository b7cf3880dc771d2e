// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"
#include "app/singleinstance.h"
#include "storage/worker/worker.h"
#include "storage/worker/workerchild.h"
#include "views/iconset.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QLibraryInfo>
#include <QLocale>
#include <QLoggingCategory>
#include <QTranslator>
#include <QUrl>

namespace {

using namespace strongroom;

/// Every argument that is no option, as the shell gave it: a name need not be UTF-8, and a file manager gives URLs.
QByteArray pathOf(const QString &argument)
{
    const QUrl url(argument);
    const QString path = url.isLocalFile() ? url.toLocalFile() : argument;
    return QDir::cleanPath(QDir::current().absoluteFilePath(path)).toLocal8Bit();
}

void defineOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(QCoreApplication::translate("main", "Opens data directories, or the restore plan of an archive."));
    parser.addHelpOption();
    parser.addVersionOption();
    const auto add = [&parser](const char *name, const QString &text, const char *value = nullptr, const char *preset = nullptr) {
        QCommandLineOption option(QString::fromLatin1(name), text, value ? QString::fromLatin1(value) : QString());
        if (preset)
            option.setDefaultValue(QString::fromLatin1(preset));
        parser.addOption(option);
    };
    add("view", QCoreApplication::translate("main", "Start with this view: overview, backups, sessions, entities, volumes or snapshots."), "NAME");
    add("new-window", QCoreApplication::translate("main", "Open a window of its own."));
    add("config", QCoreApplication::translate("main", "Keep settings in this folder."), "DIR");
    add("reset-layout", QCoreApplication::translate("main", "Forget the arrangement of window, panes and columns."));
    add("theme", QCoreApplication::translate("main", "Colours: system, light or dark."), "NAME", "system");
    parser.addPositionalArgument(QStringLiteral("PATH"), QCoreApplication::translate("main", "Data directories to open, or one archive to restore."),
                                 QStringLiteral("[PATH|ARCHIVE...]"));
}

/// nullopt = a value that is not understood; it has been told.
std::optional<app::Options> optionsOf(const QCommandLineParser &parser)
{
    app::Options options;
    for (const QString &argument : parser.positionalArguments())
        options.paths.append(pathOf(argument));
    options.view = parser.value(QStringLiteral("view"));
    if (parser.isSet(QStringLiteral("config")))
        options.configFolder = QDir::current().absoluteFilePath(parser.value(QStringLiteral("config")));
    options.resetLayout = parser.isSet(QStringLiteral("reset-layout"));
    options.newWindow = parser.isSet(QStringLiteral("new-window"));
    const QString theme = parser.value(QStringLiteral("theme"));
    if (theme == u"light")
        options.theme = views::Theme::Light;
    else if (theme == u"dark")
        options.theme = views::Theme::Dark;
    else if (theme != u"system")
        return std::nullopt;
    return options;
}

void loadTranslations(QApplication &application, QTranslator &plurals, QTranslator &ours, QTranslator &qts)
{
    // English is in the sources, but for its plurals; they also serve a language that we do not speak.
    if (plurals.load(QStringLiteral(":/i18n/strongroom_en.qm")))
        application.installTranslator(&plurals);
    const QLocale locale;
    if (ours.load(locale, QStringLiteral("strongroom"), QStringLiteral("_"), QStringLiteral(":/i18n")))
        application.installTranslator(&ours);
    if (qts.load(locale, QStringLiteral("qtbase"), QStringLiteral("_"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        application.installTranslator(&qts);
}

}  // namespace

int main(int argc, char **argv)
{
    if (storage::isWorkerCall(argc, argv))
        return storage::runWorker();
    storage::setWorkerProgram("/proc/self/exe");
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("strongroom"));
    QApplication::setApplicationDisplayName(QStringLiteral("Strongroom"));
    QApplication::setApplicationVersion(QStringLiteral(STRONGROOM_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("io.github.strongroom.Strongroom"));
    QApplication::setWindowIcon(views::applicationIcon());
    // What is wrong with an archive is shown in its place; KArchive would tell stderr as well.
    QLoggingCategory::setFilterRules(QStringLiteral("kf.archive.warning=false"));
    QTranslator plurals;
    QTranslator ours;
    QTranslator qts;
    loadTranslations(application, plurals, ours, qts);

    QCommandLineParser parser;
    defineOptions(parser);
    parser.process(application);
    const std::optional<app::Options> options = optionsOf(parser);
    if (!options)
        parser.showHelp(2);
    // Settings of its own make a console of its own.
    app::SingleInstance instance;
    if (!options->newWindow && options->configFolder.isEmpty() && !instance.claim(options->paths))
        return 0;
    views::applyTheme(options->theme);

    app::Application console(*options);
    QObject::connect(&instance, &app::SingleInstance::requested, &console, &app::Application::takeRequest);
    console.start();
    return QApplication::exec();
}
