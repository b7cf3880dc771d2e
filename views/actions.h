// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Every action of the window, once: text, keys, tips, icon. Menus, toolbar and context menus show these very
// objects. What an action does is connected by its owner; when it is possible is decided in actionstate.

#include <QAction>
#include <QKeySequence>
#include <QObject>

#include <array>

class QMenu;
class QMenuBar;
class QToolBar;

namespace strongroom::views {

enum class ActionId : quint8 {
    OpenDirectory, CloseRoot, Quit,
    Undo, Copy, CopyPath, Paste, SelectAll, InvertSelection, FindInView,
    Navigation, Information, Activity, Refresh, NextPane, PreviousPane, FullScreen, MenuBar,
    BackUpNow, BackUpSelection, Verify, ChooseBackupFolder,
    Restore, RestoreAsCopy,
    CancelJob, CancelAllJobs, ClearHistory,
    Shortcuts, WhatsThis, About,
    Count,
};

/// Thread: GUI.
class Actions : public QObject {
    Q_OBJECT

public:
    explicit Actions(QObject *parent = nullptr);

    [[nodiscard]] QAction *operator[](ActionId id) const { return m_actions[size_t(id)]; }
    [[nodiscard]] QList<QAction *> all() const { return {m_actions.begin(), m_actions.end()}; }
    /// Possible or not. The status tip says what the action does, or why it cannot be done now.
    void setAvailable(ActionId id, bool available, const QString &reason = {});

    void fillMenuBar(QMenuBar *bar);
    void fillToolBar(QToolBar *bar);
    /// Filled by its owner; lives as long as the menu bar.
    [[nodiscard]] QMenu *recentMenu() const { return m_recent; }

private:
    void define(ActionId id, const char *name, const char *icon, const QString &text, const QString &tip,
                const QList<QKeySequence> &keys = {});
    void defineFileAndEdit();
    void defineView();
    void defineVerbs();
    void defineHelp();
    void add(QMenu *menu, std::initializer_list<ActionId> ids);   ///< Count = separator

    std::array<QAction *, size_t(ActionId::Count)> m_actions{};
    std::array<QString, size_t(ActionId::Count)> m_tips;
    QMenu *m_recent = nullptr;
};

}  // namespace strongroom::views
