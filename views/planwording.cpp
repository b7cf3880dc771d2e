// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/planwording.h"

#include "models/words.h"
#include "views/commandline.h"

#include <QCoreApplication>

namespace strongroom::views {

namespace {

class Text {
    Q_DECLARE_TR_FUNCTIONS(PlanWording)

public:
    static PlanWording backup(const storage::BackupRequest &request, const storage::Plan &plan)
    {
        PlanWording wording;
        wording.title = tr("Back up %1").arg(nameOf(request.directory));
        wording.facts = {{tr("Archive:"), storage::displayBytes(plan.archive)}};
        wording.commandLine = commandLineOf(request);
        wording.verb = tr("&Back Up");
        wording.icon = QStringLiteral("archive-backup");
        return wording;
    }

    static PlanWording restore(const storage::PreparedRestore &prepared)
    {
        const storage::Plan &plan = prepared.plan();
        const storage::Judgement &judgement = prepared.judgement();
        const QString archive = nameOf(plan.archive.isEmpty() ? prepared.request().archive : plan.archive);
        const QString target = nameOf(plan.directory);
        PlanWording wording;
        wording.title = tr("Restore “%1” into %2?").arg(archive, target);
        const auto totals = plan.totals();
        const auto changes = totals[size_t(storage::Verb::Remove)].steps + totals[size_t(storage::Verb::Replace)].steps + totals[size_t(storage::Verb::Create)].steps;
        wording.summary = changes == 0 ? tr("What is there now is the same as in the backup. Restoring changes nothing.")
            : plan.replacesLiveData
            ? tr("This replaces live data. The current data is put aside first and can be put back with Undo.")
            : tr("Nothing that is there now is replaced or removed.");
        wording.facts = {{tr("Into:"), storage::displayBytes(plan.directory)},
                         {tr("Backup:"), storage::displayBytes(prepared.request().archive)},
                         {tr("Checked:"), checked(judgement)},
                         {tr("Scope:"), scopeNames(plan.scope)}};
        if (judgement.manifest)
            wording.facts.insert(2, {tr("Made:"), tr("%1 of %2", "time of a backup, and of what").arg(models::formatTime(judgement.manifest->created),
                                                                   storage::displayBytes(judgement.manifest->sourcePath))});
        wording.commandLine = commandLineOf(prepared.request());
        wording.verb = plan.replacesLiveData ? tr("&Restore and Replace") : tr("&Restore");
        wording.icon = QStringLiteral("archive-restore");
        return wording;
    }

    static PlanWording undo(const QByteArray &directory, const storage::Plan &plan)
    {
        PlanWording wording;
        wording.title = tr("Undo the last restore of %1?").arg(nameOf(directory));
        wording.summary = tr("What the restore replaced is put back. What is there now is put aside in turn, so that this can be undone as well.");
        wording.facts = {{tr("Into:"), storage::displayBytes(plan.directory.isEmpty() ? directory : plan.directory)}};
        wording.commandLine = undoCommandLine(directory);
        wording.verb = plan.replacesLiveData ? tr("&Put Back and Replace") : tr("&Put Back");
        wording.icon = QStringLiteral("edit-undo");
        return wording;
    }

private:
    static QString checked(const storage::Judgement &judgement)
    {
        const QString size = models::formatBytes(judgement.bytes);
        const QString entries = models::formatNumber(judgement.members.size());
        return tr("%1: every byte was read just now; entries: %2, content: %3").arg(models::verdictText(judgement.verdict), entries, size);
    }
};

}  // namespace

QString nameOf(const QByteArray &path)
{
    const QByteArray last = path.sliced(path.lastIndexOf('/') + 1);
    return storage::displayBytes(last.isEmpty() ? path : last);
}

QString scopeNames(const QStringList &scope)
{
    QStringList names;
    for (const QString &one : scope)
        names.append(models::scopeText(one));
    return names.join(QStringLiteral(", "));
}

PlanWording backupWording(const storage::BackupRequest &request, const storage::Plan &plan)
{
    return Text::backup(request, plan);
}

PlanWording restoreWording(const storage::PreparedRestore &prepared)
{
    return Text::restore(prepared);
}

PlanWording undoWording(const QByteArray &directory, const storage::Plan &plan)
{
    return Text::undo(directory, plan);
}

}  // namespace strongroom::views
