// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a page shows instead of its content: an icon, one sentence, a second line, and what to do about it.

#include <QWidget>

class QAction;
class QHBoxLayout;
class QLabel;
class QProgressBar;

namespace strongroom::views {

/// Thread: GUI.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    explicit EmptyState(QWidget *parent = nullptr);

    /// Takes the place of what was shown before; buttons are dropped. `busy` adds a moving bar.
    void show(const QString &icon, const QString &sentence, const QString &hint = {}, bool busy = false);
    /// A button that triggers `action` and is as possible as it is. The first one is the default.
    void addButton(QAction *action);
    [[nodiscard]] QString sentence() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void paintIcon();

    QString m_icon;
    QLabel *m_picture;
    QLabel *m_sentence;
    QLabel *m_hint;
    QProgressBar *m_busy;
    QHBoxLayout *m_buttons;
};

}  // namespace strongroom::views
