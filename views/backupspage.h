// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The backups of every backup folder, ours and foreign: how old, how large, verified or not. They can be dragged out as
// files; dropping on them is the window's affair.

#include "views/tablepage.h"

namespace strongroom::models {
class ArchivesModel;
class Workspace;
}

namespace strongroom::views {

class Actions;

/// Thread: GUI.
class BackupsPage : public TablePage {
    Q_OBJECT

public:
    BackupsPage(models::Workspace *workspace, Actions *actions, SettingsStore *settings, QWidget *parent = nullptr);
    /// The data directory that Back Up Now is about; empty = whichever the window thinks of.
    void setRoot(const QByteArray &root);
    [[nodiscard]] Context context() const override;
    [[nodiscard]] models::ArchivesModel *model() const { return m_model; }
    bool selectArchive(const QByteArray &path);

Q_SIGNALS:
    void archiveActivated(const QByteArray &archive);

protected:
    void filterChanged(const QString &text) override;

private:
    void reload();
    void updateState();

    models::Workspace *m_workspace;
    Actions *m_actions;
    models::ArchivesModel *m_model;
    QByteArray m_root;
};

}  // namespace strongroom::views
