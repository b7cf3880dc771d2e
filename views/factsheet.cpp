// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/factsheet.h"

#include "views/iconset.h"
#include "views/theme.h"

#include <QFormLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace strongroom::views {

FactSheet::FactSheet(QWidget *parent) : QScrollArea(parent), m_icon(new QLabel), m_title(new QLabel), m_subtitle(new QLabel), m_form(new QFormLayout)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Details"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *content = new QWidget;
    QFont bold = font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    m_title->setFont(bold);
    for (QLabel *label : {m_title, m_subtitle}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    const int pad = fontMetrics().height() / 2;
    auto *head = new QHBoxLayout;
    head->setSpacing(pad);
    head->addWidget(m_icon, 0, Qt::AlignTop);
    auto *words = new QVBoxLayout;
    words->addWidget(m_title);
    words->addWidget(m_subtitle);
    head->addLayout(words, 1);
    m_form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    m_form->setLabelAlignment(Qt::AlignLeading | Qt::AlignTop);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(pad, pad, pad, pad);
    layout->setSpacing(pad);
    layout->addLayout(head);
    layout->addLayout(m_form);
    layout->addStretch(1);
    setWidget(content);
}

void FactSheet::setFacts(const QString &icon, const QString &title, const QString &subtitle, const QList<QPair<QString, QString>> &facts)
{
    const int size = fontMetrics().height() * 2;
    m_icon->setPixmap(icon.isEmpty() ? QPixmap() : bundledIcon(icon).pixmap(QSize(size, size), devicePixelRatioF()));
    m_title->setText(title);
    m_subtitle->setText(subtitle);
    m_subtitle->setVisible(!subtitle.isEmpty());
    while (m_form->rowCount() > 0)
        m_form->removeRow(0);
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, mutedText(palette()));
    for (const auto &[name, value] : facts) {
        if (value.isEmpty())
            continue;
        auto *label = new QLabel(name);
        label->setPalette(quiet);
        // In a narrow pane the values need the room more than their names do.
        label->setWordWrap(true);
        label->setFixedWidth(qMin(label->fontMetrics().horizontalAdvance(name) + 1, fontMetrics().averageCharWidth() * 17));
        label->setAlignment(Qt::AlignLeading | Qt::AlignTop);
        auto *text = new QLabel(value);
        text->setTextFormat(Qt::PlainText);
        text->setWordWrap(true);
        text->setAlignment(Qt::AlignLeading | Qt::AlignTop);
        // A path has no spaces to wrap at; it may be cut and is whole in the tip.
        text->setMinimumWidth(1);
        text->setToolTip(value);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setBuddy(text);
        m_form->addRow(label, text);
    }
    setAccessibleName(title);
}

}  // namespace strongroom::views
