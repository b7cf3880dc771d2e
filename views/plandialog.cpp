// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plandialog.h"

#include "views/iconset.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>
#include <QVBoxLayout>

namespace strongroom::views {

PlanDialog::PlanDialog(const storage::Plan &plan, const PlanWording &wording, QWidget *parent)
    : QDialog(parent), m_view(new PlanView(this)), m_cancel(new QPushButton(tr("Cancel"), this)),
      m_verb(new QPushButton(bundledIcon(wording.icon), wording.verb, this))
{
    setObjectName(QStringLiteral("planDialog"));
    setWindowTitle(wording.title);
    m_view->showPlan(plan, wording);
    auto *title = new QLabel(wording.title, this);
    QFont bold = font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.2);
    title->setFont(bold);
    title->setWordWrap(true);
    title->setTextFormat(Qt::PlainText);
    m_cancel->setObjectName(QStringLiteral("cancelButton"));
    m_verb->setObjectName(QStringLiteral("verbButton"));
    m_verb->setAutoDefault(false);
    m_cancel->setDefault(true);
    m_cancel->setIcon(bundledIcon(QStringLiteral("window-close")));
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_verb, &QPushButton::clicked, this, &QDialog::accept);
    auto *buttons = new QHBoxLayout;
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(fontMetrics().height() / 2);
    layout->addWidget(title);
    layout->addWidget(m_view, 1);
    if (plan.replacesLiveData) {
        m_word = new QLineEdit(this);
        m_word->setObjectName(QStringLiteral("wordEdit"));
        m_word->setMaximumWidth(fontMetrics().averageCharWidth() * 16);
        auto *label = new QLabel(tr("&Type %1 to continue:", "%1 is the word to type, not translated").arg(QString::fromUtf16(kWord)), this);
        label->setBuddy(m_word);
        buttons->addWidget(label);
        buttons->addWidget(m_word);
        m_verb->setEnabled(false);
        connect(m_word, &QLineEdit::textChanged, m_verb, [this](const QString &text) { m_verb->setEnabled(text == QStringView(kWord)); });
    }
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_verb);
    layout->addLayout(buttons);
    const QFontMetrics metrics = fontMetrics();
    QSize size(metrics.averageCharWidth() * 110, metrics.height() * 32);
    if (const QScreen *screen = this->screen())
        size = size.boundedTo(screen->availableSize() * 9 / 10);
    resize(size);
}

void PlanDialog::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    m_cancel->setFocus(Qt::OtherFocusReason);
}

void PlanDialog::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Enter) {
        QDialog::keyPressEvent(event);
        return;
    }
    // P1. Where the word was typed, Enter leads to the button, which still wants to be pressed.
    if (m_cancel->hasFocus())
        reject();
    else if (m_word && m_word->hasFocus() && m_verb->isEnabled())
        m_verb->setFocus(Qt::OtherFocusReason);
    event->accept();
}

}  // namespace strongroom::views
