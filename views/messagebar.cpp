// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagebar.h"

#include "views/iconset.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

namespace strongroom::views {

namespace {

QString iconOf(Tone tone)
{
    switch (tone) {
    case Tone::Good: return QStringLiteral("dialog-ok");
    case Tone::Warning: return QStringLiteral("dialog-warning");
    case Tone::Danger: return QStringLiteral("dialog-error");
    case Tone::Neutral:
    case Tone::Information: break;
    }
    return QStringLiteral("dialog-information");
}

}  // namespace

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_text(new QLabel(this)), m_buttons(new QHBoxLayout), m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("messageBar"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_close->setIcon(bundledIcon(QStringLiteral("window-close")));
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close this message"));
    connect(m_close, &QToolButton::clicked, this, &MessageBar::dismiss);
    const int pad = fontMetrics().height() / 2;
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(pad, pad / 2, pad / 2, pad / 2);
    layout->setSpacing(pad);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addLayout(m_buttons);
    layout->addWidget(m_close);
    hide();
}

void MessageBar::showMessage(const Message &message)
{
    m_tone = message.tone;
    m_text->setText(message.detail.isEmpty() ? message.text : message.text + u'\n' + message.detail);
    setAccessibleName(m_text->text());
    paintIcon();
    clearButtons();
    for (const MessageButton &wanted : message.buttons) {
        auto *button = new QPushButton(wanted.icon.isEmpty() ? QIcon() : bundledIcon(wanted.icon), wanted.text, this);
        button->setAutoDefault(false);
        connect(button, &QPushButton::clicked, this, [this, clicked = wanted.clicked] {
            dismiss();
            if (clicked)
                clicked();
        });
        m_buttons->addWidget(button);
    }
    show();
    update();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

QString MessageBar::text() const
{
    return m_text->text();
}

void MessageBar::dismiss()
{
    const bool hadFocus = isAncestorOf(window()->focusWidget());
    hide();
    if (hadFocus)
        focusNextChild();
}

void MessageBar::clearButtons()
{
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        if (QWidget *button = item->widget()) {
            button->hide();
            button->deleteLater();
        }
        delete item;
    }
}

void MessageBar::paintIcon()
{
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize) * 5 / 4;
    m_icon->setPixmap(bundledIcon(iconOf(m_tone)).pixmap(QSize(size, size), devicePixelRatioF()));
}

void MessageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), toneBackground(m_tone, palette()));
    painter.fillRect(QRect(0, 0, qMax(3, fontMetrics().height() / 5), height()), toneColor(m_tone, palette()));
    painter.fillRect(QRect(0, height() - 1, width(), 1), hairline(palette()));
}

void MessageBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        paintIcon();
    QFrame::changeEvent(event);
}

void MessageBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        dismiss();
    else
        QFrame::keyPressEvent(event);
}

}  // namespace strongroom::views
