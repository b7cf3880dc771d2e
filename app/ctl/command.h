// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One command of strongroomctl: its words, its options, what it does. A command parses, calls the storage
// core and prints; it decides nothing about data.

#include "app/ctl/output.h"
#include "storage/error.h"
#include "storage/item.h"
#include "storage/monitor.h"
#include "storage/plan.h"
#include "storage/report.h"

#include <QCommandLineParser>
#include <QDateTime>
#include <QString>

namespace strongroom::app::ctl {

/// Exit statuses of the headless contract.
enum ExitStatus {
    kSucceeded = 0,
    kFailed = 1,
    kUsage = 2,
    kWarnings = 3,
    kRefused = 4,
    kCancelled = 130,
};
[[nodiscard]] int exitStatusOf(const storage::Error &error);
[[nodiscard]] int exitStatusOf(const storage::Report &report);

/// What a command works with. Not owned by the command.
struct Context {
    Output &out;
    storage::Monitor &monitor;
    ProgressPrinter &progress;
    QDateTime now;          ///< UTC, taken once at the start
    QDateTime localNow;
    QString host;
};

class Command {
public:
    virtual ~Command() = default;
    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual QString summary() const = 0;         ///< one line for `help`
    [[nodiscard]] virtual QString argumentsSyntax() const = 0; ///< "ARCHIVE --into DIR"
    virtual void addOptions(QCommandLineParser &parser) const { Q_UNUSED(parser); }
    /// \returns the exit status, or the error that ended it; main prints that and maps it.
    [[nodiscard]] virtual storage::Result<int> run(const QCommandLineParser &parser, Context &context) const = 0;
};

/// Every command, in the order `help` lists them. Static lifetime.
[[nodiscard]] const QList<const Command *> &allCommands();
[[nodiscard]] const Command *commandByName(QStringView name);

// -- what several commands share ------------------------------------------------------------------

/// Exactly `count` positional arguments, as bytes of paths. Errors: Usage.
[[nodiscard]] storage::Result<QList<QByteArray>> positionals(const QCommandLineParser &parser, int count, const Command &command);
/// Absolute path of what the command line names, whether it exists or not. A ".." leads where the kernel says.
[[nodiscard]] QByteArray absolute(const QByteArray &path);
[[nodiscard]] std::unexpected<storage::Error> usage(const Command &command, const QString &why);

void addChangeOptions(QCommandLineParser &parser);   ///< --dry-run, --yes
/// True when --yes was given, or the operator types the word on a terminal. Never waits without one.
/// --yes, or the typed word on a terminal; nothing else is ever waited for. Errors: ConfirmationMissing
/// (of `directory`), Cancelled (stopped while the question stood there).
[[nodiscard]] storage::Result<void> confirm(const QCommandLineParser &parser, Context &context, const QByteArray &directory,
                                            const QString &word, const QString &question);
/// One line from the terminal, without its end. Errors: Cancelled (stopped meanwhile).
[[nodiscard]] storage::Result<QByteArray> typedLine(const storage::Monitor &monitor);
/// The plan as text for people.
void printPlan(const storage::Plan &plan, Output &out);
/// Puts right what a crash left beside `directory`, as every open does; says so. What cannot be done here
/// (no permission, locked) is no reason not to look.
void recoverQuietly(const QByteArray &directory, Context &context);

}  // namespace strongroom::app::ctl
