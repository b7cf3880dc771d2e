// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Makes a whole window take dropped archives and folders: says while the drag is over it what a drop would do, refuses
// what is neither with the reason, and hands over what was dropped. Acts on nothing itself.

#include "models/workspace.h"

#include <QObject>
#include <QPointer>

#include <functional>

class QDragEnterEvent;
class QDragMoveEvent;
class QDropEvent;
class QMimeData;

namespace strongroom::views {

class DropOverlay;

/// Absolute local paths in `data`, 8-bit; empty where there are none.
[[nodiscard]] QList<QByteArray> localPaths(const QMimeData *data);

/// Thread: GUI.
class DropTarget : public QObject {
    Q_OBJECT

public:
    /// \param window takes the drops; owns this. \param describe one line: what dropping this would do
    DropTarget(models::Workspace *workspace, QWidget *window, std::function<QString(const models::DropContent &)> describe);
    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    void dropped(const strongroom::models::DropContent &content);
    /// \param hint what can be done with it; only once it was let go or taken away again
    void refused(const QString &reason, const QString &hint = {});

private:
    bool enter(QDragEnterEvent *event);
    bool move(QDragMoveEvent *event);
    bool drop(QDropEvent *event);
    void leave();
    void sniffed(quint64 id, const models::DropContent &content);
    void finish(const models::DropContent &content);

    models::Workspace *m_workspace;
    QWidget *m_window;
    std::function<QString(const models::DropContent &)> m_describe;
    QPointer<DropOverlay> m_overlay;
    quint64 m_job = 0;                                 // look that is under way
    std::optional<models::DropContent> m_content;      // what it saw
    bool m_droppedAlready = false;                     // the drop came before the answer
};

}  // namespace strongroom::views
