// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/operations.h"

#include "models/jobqueue.h"
#include "models/reportsummary.h"
#include "models/words.h"
#include "views/backupdialog.h"
#include "views/interaction.h"
#include "views/plandialog.h"
#include "views/planwording.h"

#include <QTimer>
#include <QWidget>

namespace strongroom::views {

using models::JobKind;

namespace {

QByteArray folderOf(const QByteArray &path)
{
    return path.first(qMax<qsizetype>(1, path.lastIndexOf('/')));
}

/// NAME of NAME.tar.gz; for a new folder that shall be named after a backup.
QByteArray withoutSuffix(const QByteArray &archive)
{
    for (const char *suffix : {".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2", ".tgz", ".tar", ".zip", ".7z"}) {
        if (archive.endsWith(suffix))
            return archive.chopped(qsizetype(qstrlen(suffix)));
    }
    return archive + "-restored";
}

QString whyAndNext(const storage::ErrorText &text)
{
    const QString gap = text.why.isEmpty() || text.next.isEmpty() ? QString() : QStringLiteral(" ");
    return text.why + gap + text.next;
}

}  // namespace

Operations::Operations(models::Workspace *workspace, Interaction *interaction, QWidget *window)
    : QObject(window), m_workspace(workspace), m_interaction(interaction), m_window(window), m_slow(new QTimer(this))
{
    m_slow->setSingleShot(true);
    m_slow->setInterval(500);
    connect(m_slow, &QTimer::timeout, this, [this] {
        if (m_restores.isEmpty())
            return;
        const Wish wish = m_restores.cbegin().value();
        const quint64 job = m_restores.cbegin().key();
        m_busyMessage = true;
        Q_EMIT message({Tone::Information, tr("Reading %1: every byte is checked before anything is changed.").arg(nameOf(wish.archive)), {},
                        {{tr("Cancel"), QStringLiteral("process-stop"), [this, job] { m_workspace->queue()->cancel(job); }}}});
    });
    connect(workspace, &models::Workspace::restorePlanned, this, &Operations::restorePlanned);
    connect(workspace, &models::Workspace::undoPlanned, this, &Operations::undoPlanned);
    connect(workspace, &models::Workspace::reported, this, &Operations::reported);
    connect(workspace, &models::Workspace::archiveVerified, this, &Operations::verified);
    connect(workspace, &models::Workspace::failed, this, &Operations::failed);
    connect(workspace, &models::Workspace::directoryFailed, this, &Operations::openFailed);
    connect(workspace, &models::Workspace::recovered, this, &Operations::recovered);
    connect(workspace, &models::Workspace::recoveryFailed, this, [this](const QByteArray &root, const storage::Error &error) {
        const storage::ErrorText text = describe(error);
        Q_EMIT message({Tone::Warning, tr("%1: what an interrupted operation left could not be cleaned up. %2").arg(nameOf(root), text.what), whyAndNext(text), {}});
    });
    connect(workspace, &models::Workspace::dropSniffed, this, [this](quint64 id, const models::DropContent &content) {
        if (m_sniffs.contains(id))
            take(content, m_sniffs.take(id));
    });
}

void Operations::chooseAndOpen()
{
    const QByteArray start = m_workspace->roots().isEmpty() ? QByteArray() : folderOf(m_workspace->roots().last());
    m_interaction->chooseDirectory(m_window, tr("Open Data Directory"), start, [this](const QByteArray &path) { open(path); });
}

void Operations::open(const QByteArray &directory)
{
    m_workspace->openDirectory(directory);
    Q_EMIT opened(directory);
}

void Operations::chooseBackupFolder(const QByteArray &root)
{
    const models::RootState *state = m_workspace->root(root);
    if (!state)
        return;
    m_interaction->chooseDirectory(m_window, tr("Backup Folder of %1").arg(state->title), state->backupFolder,
                                   [this, root](const QByteArray &folder) { m_workspace->setBackupFolder(root, folder); });
}

void Operations::backUp(const QByteArray &root, const QStringList &scope)
{
    if (root.isEmpty()) {
        Choice choice{tr("Back Up"), tr("&Which data directory shall be backed up?"), {}, 0};
        const QList<QByteArray> roots = m_workspace->roots();
        for (const QByteArray &path : roots)
            choice.options.append({nameOf(path), storage::displayBytes(path), QStringLiteral("data-directory")});
        m_interaction->choose(m_window, choice, [this, roots, scope](int option) { backUp(roots.at(option), scope); });
        return;
    }
    showDialog([this, root, scope]() -> QDialog * {
        auto *dialog = new BackupDialog(m_workspace, m_interaction, root, scope, m_window);
        connect(dialog, &QDialog::accepted, this, [this, dialog] {
            m_workspace->startBackup(dialog->request(), dialog->plan());
            Q_EMIT status(tr("Backing up %1. Progress is in Activity.").arg(nameOf(dialog->request().directory)));
        });
        return dialog;
    });
}

void Operations::verify(const QByteArray &archive, const storage::Passphrase &passphrase)
{
    m_workspace->verifyArchive(archive, passphrase);
    Q_EMIT status(tr("Verifying %1. Progress is in Activity.").arg(nameOf(archive)));
}

void Operations::chooseAndRestore(const QByteArray &root, bool asCopy)
{
    const models::RootState *state = m_workspace->root(root);
    m_interaction->chooseArchive(m_window, tr("Restore From Backup"), state ? state->backupFolder : QByteArray(),
                                 [this, root, asCopy](const QByteArray &archive) { restore(archive, root, asCopy); });
}

void Operations::restore(const QByteArray &archive, const QByteArray &into, bool asCopy)
{
    if (!into.isEmpty())
        planRestore({archive, into, asCopy});
    else if (m_workspace->roots().size() == 1)
        planRestore({archive, m_workspace->roots().first(), asCopy});
    else
        chooseTarget(archive, asCopy);
}

void Operations::chooseTarget(const QByteArray &archive, bool asCopy)
{
    Choice choice;
    choice.title = tr("Restore “%1”").arg(nameOf(archive));
    choice.text = tr("&Where shall it be restored to? A plan is shown before anything is written.");
    const QList<QByteArray> roots = m_workspace->roots();
    for (const QByteArray &root : roots)
        choice.options.append({nameOf(root), storage::displayBytes(root), QStringLiteral("data-directory")});
    const QByteArray fresh = withoutSuffix(archive);
    choice.options.append({tr("A new folder beside the backup"), storage::displayBytes(fresh), QStringLiteral("folder")});
    choice.options.append({tr("Another folder..."), {}, QStringLiteral("document-open")});
    m_interaction->choose(m_window, choice, [this, roots, archive, fresh, asCopy](int option) {
        if (option < roots.size()) {
            planRestore({archive, roots[option], asCopy});
        } else if (option == roots.size()) {
            planRestore({archive, fresh, false});
        } else {
            m_interaction->chooseDirectory(m_window, tr("Restore Into"), folderOf(archive),
                                           [this, archive, asCopy](const QByteArray &into) { planRestore({archive, into, asCopy}); });
        }
    });
}

void Operations::planRestore(const Wish &wish)
{
    const quint64 id = m_workspace->planRestore(
        {wish.archive, wish.into, {QStringLiteral("everything")}, wish.asCopy, {}, wish.passphrase});
    m_restores.insert(id, wish);
    Q_EMIT status(tr("Reading %1...").arg(nameOf(wish.archive)));
    m_slow->start();
}

void Operations::restorePlanned(quint64 id, std::shared_ptr<storage::PreparedRestore> prepared)
{
    if (!m_restores.remove(id))
        return;
    if (m_busyMessage)
        Q_EMIT messageObsolete();
    m_busyMessage = false;
    Q_EMIT status({});
    showDialog([this, prepared]() -> QDialog * {
        auto *dialog = new PlanDialog(prepared->plan(), restoreWording(*prepared), m_window);
        connect(dialog, &QDialog::accepted, this, [this, prepared] { m_workspace->startRestore(prepared); });
        return dialog;
    });
}

void Operations::undo(const QByteArray &directory)
{
    m_undos.insert(m_workspace->planUndo(directory));
}

void Operations::undoPlanned(quint64 id, const QByteArray &directory, const storage::Plan &plan)
{
    if (!m_undos.remove(id))
        return;
    showDialog([this, directory, plan]() -> QDialog * {
        auto *dialog = new PlanDialog(plan, undoWording(directory, plan), m_window);
        connect(dialog, &QDialog::accepted, this, [this, directory, plan] { m_workspace->startUndo(directory, plan); });
        return dialog;
    });
}

void Operations::takePaths(const QList<QByteArray> &paths, const QByteArray &root)
{
    if (!paths.isEmpty())
        m_sniffs.insert(m_workspace->sniffDrop(paths), root);
}

void Operations::take(const models::DropContent &content, const QByteArray &root)
{
    switch (content.kind) {
    case models::DropKind::Archive:
        restore(content.paths.first(), root, false);
        break;
    case models::DropKind::Directory:
        for (const QByteArray &path : content.paths)
            open(path);
        break;
    case models::DropKind::Other:
        refuse(content.reason, content.hint);
        break;
    }
}

void Operations::refuse(const QString &reason, const QString &hint)
{
    Q_EMIT status(reason);
    if (!hint.isEmpty())
        Q_EMIT message({Tone::Warning, reason, hint, {}});
}

void Operations::showDialog(std::function<QDialog *()> make)
{
    m_dialogs.enqueue(std::move(make));
    nextDialog();
}

/// One decision at a time: a plan that is ready while another dialog waits comes after it.
void Operations::nextDialog()
{
    if (m_dialog || m_dialogs.isEmpty())
        return;
    m_dialog = m_dialogs.dequeue()();
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &QObject::destroyed, this, [this] { QTimer::singleShot(0, this, &Operations::nextDialog); });
    m_dialog->open();
}

MessageButton Operations::reportButton(quint64 id)
{
    return {tr("Sho&w Report"), QStringLiteral("activity"), [this, id] { Q_EMIT jobRequested(id); }};
}

void Operations::reported(quint64 id, const storage::Report &report)
{
    const models::ReportSummary summary = models::summarize(report);
    Message shown{Tone::Good, summary.headline, {}, {}};
    switch (summary.outcome) {
    case storage::Outcome::Succeeded:
        break;
    case storage::Outcome::CompletedWithWarnings:
        shown.tone = Tone::Warning;
        break;
    case storage::Outcome::Failed:
        shown.tone = Tone::Danger;
        shown.detail = summary.details.join(u' ');
        break;
    case storage::Outcome::Cancelled:
        shown.tone = Tone::Information;
        break;
    }
    if (summary.canUndo && report.operation == storage::Operation::Restore)
        shown.buttons.append({tr("&Undo..."), QStringLiteral("edit-undo"), [this, directory = report.directory] { undo(directory); }});
    const bool elsewhere = report.succeeded() && report.operation == storage::Operation::Restore && !m_workspace->root(report.directory);
    if (elsewhere)
        shown.buttons.append({tr("&Open It"), QStringLiteral("document-open"), [this, directory = report.directory] { open(directory); }});
    if (summary.outcome == storage::Outcome::Failed && report.operation == storage::Operation::Backup) {
        shown.buttons.append({tr("Try &Again..."), QStringLiteral("view-refresh"),
                              [this, directory = report.directory] { backUp(directory, {QStringLiteral("everything")}); }});
    }
    shown.buttons.append(reportButton(id));
    Q_EMIT message(shown);
}

void Operations::verified(quint64 id, const models::VerifyResult &result)
{
    const QString name = nameOf(result.archive);
    const bool good = result.verdict == storage::Verdict::Verified || result.verdict == storage::Verdict::Readable;
    Message shown;
    shown.tone = good ? Tone::Good : Tone::Danger;
    shown.text = tr("%1: %2. Entries: %3, content: %4.", "archive: verdict")
                     .arg(name, models::verdictText(result.verdict), models::formatNumber(result.members), models::formatBytes(result.bytes));
    if (!good && !result.problems.isEmpty())
        shown.detail = result.problems.first().message;
    shown.buttons.append(reportButton(id));
    Q_EMIT message(shown);
}

void Operations::failed(quint64 id, JobKind kind, const QByteArray &path, const storage::Error &error)
{
    const bool sniffed = m_sniffs.remove(id) > 0;
    const Wish wish = m_restores.take(id);
    const bool ours = sniffed || !wish.archive.isEmpty() || m_undos.remove(id) || kind == JobKind::Verify || kind == JobKind::CreateFolder;
    if (!wish.archive.isEmpty() && m_busyMessage) {
        m_busyMessage = false;
        Q_EMIT messageObsolete();
    }
    // What was cancelled needs no telling; details, previews and plans of a dialog say it where they stand.
    if (!ours || error.code == storage::ErrorCode::Cancelled)
        return;
    const bool wrong = error.code == storage::ErrorCode::WrongPassphrase;
    if (wrong || error.code == storage::ErrorCode::SecretUnavailable) {
        if (!wish.archive.isEmpty()) {
            askPassphrase(wish.archive, wrong, [this, wish](const storage::Passphrase &passphrase) {
                Wish again = wish;
                again.passphrase = passphrase;
                planRestore(again);
            });
        } else if (kind == JobKind::Verify) {
            askPassphrase(path, wrong, [this, path](const storage::Passphrase &passphrase) { verify(path, passphrase); });
        }
        return;
    }
    const storage::ErrorText text = describe(error);
    if (sniffed) {
        Q_EMIT status(text.oneLine());
        return;
    }
    Message shown{Tone::Danger, text.what, whyAndNext(text), {}};
    if (!wish.archive.isEmpty()) {
        shown.text = tr("%1 was not restored. %2", "archive; why").arg(nameOf(wish.archive), text.what);
        if (error.code == storage::ErrorCode::LayoutMismatch) {
            shown.buttons.append({tr("Choose &Destination..."), QStringLiteral("folder"), [this, wish] { chooseTarget(wish.archive, wish.asCopy); }});
        } else {
            shown.buttons.append({tr("Try &Again"), QStringLiteral("view-refresh"), [this, wish] { planRestore(wish); }});
        }
    } else if (kind == JobKind::Verify) {
        shown.text = tr("%1 could not be verified. %2", "archive; why").arg(nameOf(path), text.what);
    }
    const models::Job *job = m_workspace->queue()->job(id);
    if (job && !job->isQuiet())
        shown.buttons.append(reportButton(id));
    Q_EMIT message(shown);
}

void Operations::askPassphrase(const QByteArray &archive, bool wrong, std::function<void(const storage::Passphrase &)> goOn)
{
    const QString text = wrong
        ? tr("That passphrase does not open %1: it is not the one the archive was made with, or the encrypted data are damaged.").arg(nameOf(archive))
        : tr("%1 is encrypted. Its passphrase is needed to read it; it is not kept.").arg(nameOf(archive));
    Q_EMIT status({});   // nothing is being read any more
    m_interaction->askPassphrase(m_window, tr("Passphrase for “%1”").arg(nameOf(archive)), text, std::move(goOn));
}

void Operations::openFailed(const QByteArray &root, const storage::Error &error)
{
    const storage::ErrorText text = describe(error);
    Q_EMIT message({Tone::Danger, tr("%1 could not be opened. %2", "folder; why").arg(nameOf(root), text.what), whyAndNext(text),
                    {{tr("Try &Again"), QStringLiteral("view-refresh"), [this, root] { m_workspace->openDirectory(root); }},
                     {tr("&Close It"), QStringLiteral("window-close"), [this, root] { m_workspace->closeDirectory(root); }}}});
}

void Operations::recovered(const QByteArray &root, const QList<storage::Recovered> &what)
{
    QStringList lines;
    for (const storage::Recovered &one : what) {
        const QString path = storage::displayBytes(one.path);
        if (one.outcome == u"finished")
            lines.append(tr("An interrupted operation was finished: %1").arg(path));
        else if (one.outcome == u"rolled-back")
            lines.append(tr("An interrupted operation was taken back: %1").arg(path));
        else
            lines.append(tr("What an interrupted operation left was removed: %1").arg(path));
    }
    Q_EMIT message({Tone::Information, tr("%1 was put in order after an interruption.").arg(nameOf(root)), lines.join(u'\n'), {}});
}

}  // namespace strongroom::views
