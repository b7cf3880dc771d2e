// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/actionstate.h"

#include "models/job.h"
#include "models/jobqueue.h"
#include "models/workspace.h"
#include "views/actions.h"

#include <QAbstractItemView>
#include <QCoreApplication>

#include <algorithm>

namespace strongroom::views {

namespace {

class Reason {
    Q_DECLARE_TR_FUNCTIONS(ActionState)

public:
    static QString noRoot() { return tr("Not possible now: no data directory is selected."); }
    static QString notReady() { return tr("Not possible now: the data directory could not be read."); }
    static QString readOnly() { return tr("Not possible: this window is read-only."); }
    static QString noVolume() { return tr("Not possible now: no volume is selected."); }
    static QString noArchive() { return tr("Not possible now: no backup is selected."); }
    static QString nothingToUndo() { return tr("Not possible now: no restore of this data directory can be undone."); }
    static QString noJob() { return tr("Not possible now: no job runs or waits."); }
    static QString noHistory() { return tr("Not possible now: no job has ended yet."); }
    static QString noTable() { return tr("Not possible now: this view has no rows."); }
    static QString noSelection() { return tr("Not possible now: nothing is selected."); }
    static QString noPath() { return tr("Not possible now: what is selected has no path."); }
};

void updateVerbs(Actions &actions, const Context &context, const models::Workspace &workspace)
{
    const models::RootState *root = workspace.root(context.root);
    const bool known = root && root->directory;
    const QString rootReason = root ? Reason::notReady() : Reason::noRoot();
    const bool readOnly = workspace.isReadOnly();
    const auto writer = [&actions, readOnly](ActionId id, bool possible, const QString &reason) {
        actions.setAvailable(id, possible && !readOnly, readOnly ? Reason::readOnly() : reason);
    };
    const bool volumes = !context.items.isEmpty() &&
        std::all_of(context.items.begin(), context.items.end(), [](const storage::ItemId &item) { return item.kind == storage::ItemKind::Volume; });
    actions.setAvailable(ActionId::CloseRoot, root, Reason::noRoot());
    actions.setAvailable(ActionId::ChooseBackupFolder, root, Reason::noRoot());
    // With several open and none selected, Back Up asks which one.
    writer(ActionId::BackUpNow, known || (!root && !workspace.roots().isEmpty()), rootReason);
    writer(ActionId::BackUpSelection, known && volumes, known ? Reason::noVolume() : rootReason);
    writer(ActionId::Undo, root && root->canUndo(), root ? Reason::nothingToUndo() : Reason::noRoot());
    // Without a selected backup, Restore asks for one.
    writer(ActionId::Restore, true, {});
    writer(ActionId::RestoreAsCopy, root || !context.archive.isEmpty(), Reason::noRoot());
    actions.setAvailable(ActionId::Verify, !context.archive.isEmpty(), Reason::noArchive());
    actions.setAvailable(ActionId::CopyPath, root || !context.archive.isEmpty(), Reason::noPath());
}

}  // namespace

void updateActions(Actions &actions, const Context &context, const Page *page, const models::Workspace &workspace, const models::Job *job)
{
    updateVerbs(actions, context, workspace);
    const models::JobQueue *queue = workspace.queue();
    const bool unfinished = queue->runningCount() + queue->pendingCount() > 0;
    actions.setAvailable(ActionId::CancelJob, job && !job->isFinished() && job->state() != models::JobState::Stopping, Reason::noJob());
    actions.setAvailable(ActionId::CancelAllJobs, unfinished, Reason::noJob());
    const QList<models::Job *> jobs = queue->jobs();
    const bool history = std::any_of(jobs.begin(), jobs.end(), [](const models::Job *one) { return one->isFinished(); });
    actions.setAvailable(ActionId::ClearHistory, history, Reason::noHistory());
    const QAbstractItemView *view = page ? page->view() : nullptr;
    const bool rows = view && view->model() && view->model()->rowCount() > 0;
    actions.setAvailable(ActionId::FindInView, view, Reason::noTable());
    actions.setAvailable(ActionId::SelectAll, rows, Reason::noTable());
    actions.setAvailable(ActionId::InvertSelection, rows, Reason::noTable());
    actions.setAvailable(ActionId::Copy, context.selected > 0, Reason::noSelection());
    actions.setAvailable(ActionId::Refresh, !workspace.roots().isEmpty() || !workspace.backupFolders().isEmpty(), Reason::noRoot());
}

}  // namespace strongroom::views
