// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One message at the top of the centre: icon, text, buttons, close. It pushes the content down and never covers it.
// What needs a decision is a dialog; this only tells and offers.

#include "views/theme.h"

#include <QFrame>
#include <QList>

#include <functional>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace strongroom::views {

struct MessageButton {
    QString text;
    QString icon;                     ///< name in the icon set; may be empty
    std::function<void()> clicked;    ///< the bar closes first
};

struct Message {
    Tone tone = Tone::Information;
    QString text;                     ///< one or two sentences
    QString detail;                   ///< a second line; may be empty
    QList<MessageButton> buttons;
};

/// Thread: GUI. Hidden until the first message; a newer message replaces the older one.
class MessageBar : public QFrame {
    Q_OBJECT

public:
    explicit MessageBar(QWidget *parent = nullptr);
    void showMessage(const Message &message);
    [[nodiscard]] QString text() const;

public Q_SLOTS:
    void dismiss();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void paintIcon();
    void clearButtons();

    Tone m_tone = Tone::Information;
    QLabel *m_icon;
    QLabel *m_text;
    QHBoxLayout *m_buttons;
    QToolButton *m_close;
};

}  // namespace strongroom::views
