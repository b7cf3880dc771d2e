// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/actions.h"

#include "views/iconset.h"

#include <QMenu>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

namespace strongroom::views {

namespace {

QList<QKeySequence> standard(QKeySequence::StandardKey key)
{
    return QKeySequence::keyBindings(key);
}

QList<QKeySequence> key(const char *portable)
{
    return {QKeySequence(QString::fromLatin1(portable), QKeySequence::PortableText)};
}

/// F11 shows the Information pane, whatever the platform's key for full screen is.
QList<QKeySequence> fullScreenKeys()
{
    QList<QKeySequence> keys = standard(QKeySequence::FullScreen);
    keys.removeAll(QKeySequence(Qt::Key_F11));
    return keys.isEmpty() ? key("Ctrl+Shift+F") : keys;
}

}  // namespace

Actions::Actions(QObject *parent) : QObject(parent)
{
    defineFileAndEdit();
    defineView();
    defineVerbs();
    defineHelp();
}

void Actions::define(ActionId id, const char *name, const char *icon, const QString &text, const QString &tip,
                     const QList<QKeySequence> &keys)
{
    auto *action = new QAction(bundledIcon(QString::fromLatin1(icon)), text, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcuts(keys);
    QString plain = text;
    plain.remove(u'&');
    const QString shown = keys.isEmpty() ? QString() : keys.first().toString(QKeySequence::NativeText);
    action->setToolTip(shown.isEmpty() ? plain : tr("%1 (%2)", "action and its key").arg(plain, shown));
    action->setStatusTip(tip);
    action->setWhatsThis(tip);
    m_actions[size_t(id)] = action;
    m_tips[size_t(id)] = tip;
}

void Actions::defineFileAndEdit()
{
    define(ActionId::OpenDirectory, "openDirectory", "document-open", tr("&Open Data Directory..."),
           tr("Opens a data directory and lists what is in it. Nothing in it is changed."), standard(QKeySequence::Open));
    define(ActionId::CloseRoot, "closeRoot", "window-close", tr("&Close Data Directory"),
           tr("Takes the data directory off the list. Its files stay as they are."), key("Ctrl+W"));
    define(ActionId::Quit, "quit", "application-exit", tr("&Quit"), tr("Closes the window."), key("Ctrl+Q"));
    define(ActionId::Undo, "undoRestore", "edit-undo", tr("&Undo Last Restore..."),
           tr("Puts back what the last restore replaced. A plan is shown first."), standard(QKeySequence::Undo));
    define(ActionId::Copy, "copy", "edit-copy", tr("&Copy"), tr("Copies the selected rows as text."), standard(QKeySequence::Copy));
    define(ActionId::CopyPath, "copyPath", "edit-copy-path", tr("Copy Pat&h"), tr("Copies the path of what is selected."), key("Ctrl+Shift+C"));
    define(ActionId::Paste, "paste", "edit-paste", tr("&Paste"),
           tr("Opens the folder or plans the restore of the backup that was copied in a file manager."), standard(QKeySequence::Paste));
    define(ActionId::SelectAll, "selectAll", "edit-select-all", tr("Select &All"), tr("Selects every row that is shown."),
           standard(QKeySequence::SelectAll));
    define(ActionId::InvertSelection, "invertSelection", "edit-select-invert", tr("&Invert Selection"),
           tr("Selects the rows that are not selected."), key("Ctrl+Shift+I"));
    define(ActionId::FindInView, "findInView", "edit-find", tr("&Find in View"), tr("Filters the table as you type."),
           standard(QKeySequence::Find));
}

void Actions::defineView()
{
    define(ActionId::Navigation, "navigation", "pane-navigation", tr("&Navigation"), tr("Shows or hides the list of data directories."), key("F9"));
    define(ActionId::Information, "information", "pane-information", tr("&Information"), tr("Shows or hides the details of what is selected."),
           key("F11"));
    define(ActionId::Activity, "activity", "pane-activity", tr("&Activity"), tr("Shows or hides the jobs and their reports."), key("F7"));
    for (const ActionId id : {ActionId::Navigation, ActionId::Information, ActionId::Activity})
        (*this)[id]->setCheckable(true);
    define(ActionId::Refresh, "refresh", "view-refresh", tr("&Refresh"), tr("Looks at the disk again."), standard(QKeySequence::Refresh));
    define(ActionId::NextPane, "nextPane", "pane-next", tr("Ne&xt Pane"), tr("Moves the keyboard to the next pane."), key("F6"));
    define(ActionId::PreviousPane, "previousPane", "go-previous", tr("Pre&vious Pane"), tr("Moves the keyboard to the pane before."),
           key("Shift+F6"));
    define(ActionId::FullScreen, "fullScreen", "view-fullscreen", tr("&Full Screen"), tr("Fills the screen with the window."), fullScreenKeys());
    (*this)[ActionId::FullScreen]->setCheckable(true);
    define(ActionId::MenuBar, "menuBar", "view-menu", tr("&Menu Bar"), tr("Shows or hides the menu bar. This key brings it back."), key("Ctrl+M"));
    (*this)[ActionId::MenuBar]->setCheckable(true);
}

void Actions::defineVerbs()
{
    define(ActionId::BackUpNow, "backUpNow", "archive-backup", tr("&Back Up Now..."),
           tr("Writes a verified archive of the data directory. A plan is shown first."), key("Ctrl+B"));
    define(ActionId::BackUpSelection, "backUpSelection", "item-volume", tr("Back Up &Selection..."),
           tr("Writes a verified archive of the selected volumes. A plan is shown first."), key("Ctrl+Shift+B"));
    define(ActionId::Verify, "verify", "security-high", tr("&Verify Backup"), tr("Reads every byte of the backup and checks it. Changes nothing."),
           key("Ctrl+Shift+V"));
    define(ActionId::ChooseBackupFolder, "chooseBackupFolder", "folder", tr("Backup &Folder..."),
           tr("Chooses where the backups of this data directory are."));
    define(ActionId::Restore, "restore", "archive-restore", tr("&Restore..."),
           tr("Brings back the data of a backup. It is verified first, and a plan is shown before anything changes."), key("Ctrl+Shift+R"));
    define(ActionId::RestoreAsCopy, "restoreAsCopy", "compare", tr("Restore As &Copy..."),
           tr("Restores a backup into a new folder beside the data directory. Nothing is replaced."));
    define(ActionId::CancelJob, "cancelJob", "process-stop", tr("&Cancel Job"), tr("Stops the selected job. What it left unfinished is removed."),
           key("Ctrl+."));
    define(ActionId::CancelAllJobs, "cancelAllJobs", "dialog-error", tr("Cancel &All Jobs..."), tr("Stops every job that runs or waits."),
           key("Ctrl+Shift+."));
    define(ActionId::ClearHistory, "clearHistory", "edit-clear", tr("Clear &History"), tr("Takes finished jobs off the Activity list."));
}

void Actions::defineHelp()
{
    define(ActionId::Shortcuts, "shortcuts", "help-shortcuts", tr("&Keyboard Shortcuts"), tr("Lists every action and its key."), key("Ctrl+/"));
    define(ActionId::WhatsThis, "whatsThis", "dialog-question", tr("&What's This?"), tr("Explains what you click next."),
           standard(QKeySequence::WhatsThis));
    define(ActionId::About, "about", "help-about", tr("&About Strongroom"), tr("Version, licence and where to find help."));
    (*this)[ActionId::Quit]->setMenuRole(QAction::QuitRole);
    (*this)[ActionId::About]->setMenuRole(QAction::AboutRole);
}

void Actions::setAvailable(ActionId id, bool available, const QString &reason)
{
    QAction *action = (*this)[id];
    action->setEnabled(available);
    action->setStatusTip(available || reason.isEmpty() ? m_tips[size_t(id)] : reason);
}

void Actions::add(QMenu *menu, std::initializer_list<ActionId> ids)
{
    for (const ActionId id : ids) {
        if (id == ActionId::Count)
            menu->addSeparator();
        else
            menu->addAction((*this)[id]);
    }
}

void Actions::fillMenuBar(QMenuBar *bar)
{
    using enum ActionId;
    QMenu *file = bar->addMenu(tr("&File"));
    add(file, {OpenDirectory});
    m_recent = file->addMenu(bundledIcon(QStringLiteral("document-open-recent")), tr("Open &Recent"));
    add(file, {Count, CloseRoot, Count, Quit});
    add(bar->addMenu(tr("&Edit")), {Undo, Count, ActionId::Copy, CopyPath, Paste, Count, SelectAll, InvertSelection, Count, FindInView});
    add(bar->addMenu(tr("&View")), {Navigation, Information, Activity, Count, Refresh, Count, NextPane, PreviousPane, Count, FullScreen, MenuBar});
    add(bar->addMenu(tr("&Backup")), {BackUpNow, BackUpSelection, Count, Verify, Count, ChooseBackupFolder});
    add(bar->addMenu(tr("&Restore")), {Restore, RestoreAsCopy, Count, Undo});
    add(bar->addMenu(tr("&Tools")), {CancelJob, CancelAllJobs, Count, ClearHistory});
    add(bar->addMenu(tr("&Help")), {Shortcuts, WhatsThis, Count, About});
}

void Actions::fillToolBar(QToolBar *bar)
{
    bar->addAction((*this)[ActionId::OpenDirectory]);
    bar->addSeparator();
    auto *backUp = new QToolButton(bar);
    backUp->setDefaultAction((*this)[ActionId::BackUpNow]);
    backUp->setPopupMode(QToolButton::MenuButtonPopup);
    // A bar hands its style to its own buttons only.
    backUp->setToolButtonStyle(bar->toolButtonStyle());
    auto *more = new QMenu(backUp);
    more->addAction((*this)[ActionId::BackUpNow]);
    more->addAction((*this)[ActionId::BackUpSelection]);
    backUp->setMenu(more);
    bar->addWidget(backUp);
    for (const ActionId id : {ActionId::Restore, ActionId::Verify})
        bar->addAction((*this)[id]);
    bar->addSeparator();
    bar->addAction((*this)[ActionId::Undo]);
    bar->addAction((*this)[ActionId::Refresh]);
    // The menus say it in full and with "..."; a toolbar needs one word.
    const auto shorten = [this](ActionId id, const QString &text) { (*this)[id]->setIconText(text); };
    shorten(ActionId::OpenDirectory, tr("Open"));
    shorten(ActionId::BackUpNow, tr("Back Up"));
    shorten(ActionId::Restore, tr("Restore"));
    shorten(ActionId::Verify, tr("Verify"));
    shorten(ActionId::Undo, tr("Undo"));
    shorten(ActionId::Refresh, tr("Refresh"));
    backUp->setText(tr("Back Up"));
}

}  // namespace strongroom::views
