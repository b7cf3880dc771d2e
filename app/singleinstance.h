// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One console per session: owns the name on the session bus, or hands what was asked for to the one that does. Where there
// is no bus every start is a console of its own; none is started for this.

#include <QByteArray>
#include <QList>
#include <QObject>

namespace strongroom::app {

/// Thread: GUI.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    explicit SingleInstance(QObject *parent = nullptr);
    /// True when this process is to open a window. False when another one has taken `paths` (absolute) over; blocks for
    /// its answer, 5 s at most.
    [[nodiscard]] bool claim(const QList<QByteArray> &paths);

Q_SIGNALS:
    /// Another start has asked for these; empty = for the window alone.
    void requested(const QList<QByteArray> &paths);
};

}  // namespace strongroom::app
