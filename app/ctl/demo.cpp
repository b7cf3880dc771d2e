// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "storage/demo.h"

#include <QJsonArray>

using namespace strongroom::storage;

namespace strongroom::app::ctl {

namespace {

class Demo final : public Command {
public:
    QString name() const override { return QStringLiteral("demo"); }
    QString summary() const override { return QStringLiteral("Write one healthy sample of every layout"); }
    QString argumentsSyntax() const override { return QStringLiteral("DIR"); }
    void addOptions(QCommandLineParser &parser) const override;
    Result<int> run(const QCommandLineParser &parser, Context &context) const override;
};

void Demo::addOptions(QCommandLineParser &parser) const
{
    parser.addOption({QStringLiteral("sessions"), QStringLiteral("Make N sessions."), QStringLiteral("N")});
    addChangeOptions(parser);
}

Result<int> Demo::run(const QCommandLineParser &parser, Context &context) const
{
    STRONGROOM_TRY(const QList<QByteArray> paths, positionals(parser, 1, *this));
    DemoOptions options;
    options.now = context.now;
    if (parser.isSet(QStringLiteral("sessions"))) {
        bool ok = false;
        options.sessions = parser.value(QStringLiteral("sessions")).toInt(&ok);
        if (!ok || options.sessions < 1)
            return usage(*this, QStringLiteral("--sessions takes a number"));
    }
    if (parser.isSet(QStringLiteral("dry-run"))) {
        context.out.object(name(), {{QStringLiteral("plan"), QJsonObject{{QStringLiteral("directory"), pathToJson(absolute(paths[0]))}}}});
        context.out.line(QStringLiteral("Would write the samples into %1.").arg(displayBytes(absolute(paths[0]))));
        return kSucceeded;
    }
    STRONGROOM_TRY(const QList<DemoDirectory> directories, writeDemo(absolute(paths[0]), options, context.monitor));
    QJsonArray array;
    for (const DemoDirectory &directory : directories) {
        array.append(QJsonObject{{QStringLiteral("path"), pathToJson(directory.path)},
                                 {QStringLiteral("layout"), directory.layout},
                                 {QStringLiteral("variant"), directory.variant.isEmpty() ? QJsonValue() : QJsonValue(directory.variant)}});
        context.out.line(QStringLiteral("%1  %2").arg(directory.layout, displayBytes(directory.path)));
    }
    context.out.object(name(), {{QStringLiteral("directories"), array}});
    return kSucceeded;
}

}  // namespace

const Command &demoCommand()
{
    static const Demo command;
    return command;
}

}  // namespace strongroom::app::ctl
