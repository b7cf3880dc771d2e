// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/emptystate.h"

#include "views/iconset.h"
#include "views/theme.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace strongroom::views {

EmptyState::EmptyState(QWidget *parent)
    : QWidget(parent), m_picture(new QLabel(this)), m_sentence(new QLabel(this)), m_hint(new QLabel(this)),
      m_busy(new QProgressBar(this)), m_buttons(new QHBoxLayout)
{
    m_picture->setAlignment(Qt::AlignCenter);
    QFont larger = font();
    larger.setPointSizeF(larger.pointSizeF() * 1.2);
    m_sentence->setFont(larger);
    for (QLabel *label : {m_sentence, m_hint}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_busy->setRange(0, 0);
    m_busy->setTextVisible(false);
    m_busy->setFixedWidth(fontMetrics().averageCharWidth() * 30);
    m_busy->setAccessibleName(tr("Busy"));
    const int gap = fontMetrics().height() / 2;
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(gap);
    layout->addStretch(2);
    layout->addWidget(m_picture);
    layout->addWidget(m_sentence);
    layout->addWidget(m_hint);
    layout->addWidget(m_busy, 0, Qt::AlignHCenter);
    layout->addSpacing(gap);
    layout->addLayout(m_buttons);
    layout->addStretch(3);
    m_busy->hide();
}

void EmptyState::show(const QString &icon, const QString &sentence, const QString &hint, bool busy)
{
    if (m_icon != icon) {
        m_icon = icon;
        paintIcon();
    }
    m_sentence->setText(sentence);
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
    m_busy->setVisible(busy);
    setAccessibleName(sentence);
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        if (QWidget *button = item->widget()) {
            button->hide();
            button->deleteLater();
        }
        delete item;
    }
}

void EmptyState::addButton(QAction *action)
{
    auto *button = new QPushButton(action->icon(), action->text(), this);
    button->setEnabled(action->isEnabled());
    button->setToolTip(action->statusTip());
    button->setAutoDefault(true);
    button->setDefault(m_buttons->isEmpty());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, button, [button, action] { button->setEnabled(action->isEnabled()); });
    if (m_buttons->isEmpty()) {
        m_buttons->addStretch();
        m_buttons->addWidget(button);
        m_buttons->addStretch();
    } else {
        m_buttons->insertWidget(m_buttons->count() - 1, button);
    }
}

QString EmptyState::sentence() const
{
    return m_sentence->text();
}

void EmptyState::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        paintIcon();
    QWidget::changeEvent(event);
}

void EmptyState::paintIcon()
{
    const int size = fontMetrics().height() * 3;
    QPalette muted = palette();
    m_picture->setPixmap(bundledIcon(m_icon).pixmap(QSize(size, size), devicePixelRatioF()));
    muted.setColor(QPalette::WindowText, mutedText(palette()));
    m_hint->setPalette(muted);
}

}  // namespace strongroom::views
