// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/reportsummary.h"

#include "models/words.h"

#include <QCoreApplication>

namespace strongroom::models {

using storage::Operation;
using storage::Outcome;
using storage::Report;

namespace {

class Text {
    Q_DECLARE_TR_FUNCTIONS(ReportSummary)

public:
    static QString backedUp(const Report &r)
    {
        const QString size = formatBytes(r.bytes);
        const QString time = formatDuration(std::chrono::seconds((r.milliseconds + 500) / 1000));
        return r.verified ? tr("Backed up %1: %2 in %3, verified.").arg(name(r), size, time)
                          : tr("Backed up %1: %2 in %3.").arg(name(r), size, time);
    }
    static QString restored(const Report &r)
    {
        return tr("Restored %1: %2 created, %3 replaced, %4 removed.")
            .arg(name(r), formatNumber(r.created), formatNumber(r.replaced), formatNumber(r.removed));
    }
    static QString undone(const Report &r)
    {
        return tr("Put the earlier data of %1 back: %2 created, %3 replaced, %4 removed.")
            .arg(name(r), formatNumber(r.created), formatNumber(r.replaced), formatNumber(r.removed));
    }
    static QString other(const Report &r) { return tr("%1 of %2 has ended.").arg(operationText(r.operation), name(r)); }
    static QString failed(const Report &r)
    {
        const QString what = r.error ? describe(*r.error).what : tr("the reason is not known");
        return tr("%1 of %2 failed: %3").arg(operationText(r.operation), name(r), what);
    }
    static QString cancelled(const Report &r)
    {
        if (r.operation == Operation::Backup)
            return tr("Backup of %1 cancelled. The unfinished file was removed; earlier backups are untouched.").arg(name(r));
        return r.rolledBack ? tr("%1 of %2 cancelled. Nothing was changed.").arg(operationText(r.operation), name(r))
                            : tr("%1 of %2 cancelled.").arg(operationText(r.operation), name(r));
    }
    static QString withWarnings(const QString &headline, const Report &r)
    {
        const int count = int(r.warnings.size() + r.results.size());
        return count == 0 ? headline : tr("%1 %n warning(s).", nullptr, count).arg(headline);
    }
    static QString nothingChanged() { return tr("Nothing was changed."); }
    static QString mayBeHalf() { return tr("What was done could not be taken back whole. Open the data directory again to recover it."); }
    static QString safetyCopy(const Report &r) { return tr("The replaced data is kept in %1.").arg(storage::displayBytes(r.safetyCopy)); }

private:
    /// The folder's own name says enough in one sentence; the full path is in the details.
    static QString name(const Report &r)
    {
        const qsizetype slash = r.directory.lastIndexOf('/');
        const QByteArray last = r.directory.sliced(slash + 1);
        return last.isEmpty() ? storage::displayBytes(r.directory.isEmpty() ? r.archive : r.directory) : storage::displayBytes(last);
    }
};

QString headlineOf(const Report &report)
{
    switch (report.outcome) {
    case Outcome::Failed: return Text::failed(report);
    case Outcome::Cancelled: return Text::cancelled(report);
    case Outcome::Succeeded:
    case Outcome::CompletedWithWarnings: break;
    }
    QString headline;
    switch (report.operation) {
    case Operation::Backup: headline = Text::backedUp(report); break;
    case Operation::Restore: headline = Text::restored(report); break;
    case Operation::Undo: headline = Text::undone(report); break;
    default: headline = Text::other(report); break;
    }
    return report.outcome == Outcome::CompletedWithWarnings ? Text::withWarnings(headline, report) : headline;
}

}  // namespace

ReportSummary summarize(const Report &report)
{
    ReportSummary summary;
    summary.operation = report.operation;
    summary.outcome = report.outcome;
    summary.headline = headlineOf(report);
    summary.directory = report.directory;
    summary.archive = report.archive;
    summary.canUndo = report.succeeded() && !report.safetyCopy.isEmpty();
    const auto add = [&summary](const QString &line) {
        if (!line.isEmpty())
            summary.details.append(line);
    };
    if (report.error && report.outcome == Outcome::Failed) {
        const storage::ErrorText text = describe(*report.error);
        add(text.why);
        add(text.next);
    }
    if (report.outcome == Outcome::Failed)
        add(report.rolledBack ? Text::nothingChanged() : report.operation == Operation::Backup ? QString() : Text::mayBeHalf());
    for (const storage::PlanWarning &warning : report.warnings)
        add(warning.message);
    for (const storage::StepResult &result : report.results) {
        if (result.error)
            add(describe(*result.error).oneLine());
        else
            add(storage::displayBytes(result.path) + QStringLiteral(": ") + reasonText(result.outcome));
    }
    if (summary.canUndo)
        add(Text::safetyCopy(report));
    return summary;
}

}  // namespace strongroom::models
