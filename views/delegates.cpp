// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/delegates.h"

#include "models/roles.h"
#include "models/words.h"
#include "views/iconset.h"
#include "views/stateicons.h"
#include "views/theme.h"

#include <QApplication>
#include <QPainter>

namespace strongroom::views {

namespace {

QStyle *styleOf(const QStyleOptionViewItem &option)
{
    return option.widget ? option.widget->style() : QApplication::style();
}

void decorate(QStyleOptionViewItem *option, const QString &icon)
{
    if (icon.isEmpty())
        return;
    option->features |= QStyleOptionViewItem::HasDecoration;
    option->icon = bundledIcon(icon);
    const int size = option->fontMetrics.height();
    option->decorationSize = QSize(size, size);
}

}  // namespace

QSize RowDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(qMax(size.height(), option.fontMetrics.height() * 3 / 2));
    return size;
}

void StateDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    decorate(option, lookOfState(index.data(models::StateRole).toString()).icon);
}

void MiddleElideDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->textElideMode = Qt::ElideMiddle;
}

void ProgressDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    item.text.clear();
    styleOf(item)->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    const QString state = index.data(models::StateRole).toString();
    if (state != u"running" && state != u"verifying" && state != u"stopping")
        return;
    const int permille = index.data(models::ProgressRole).toInt();
    const QPalette &palette = option.palette;
    const int inset = qMax(2, option.rect.height() / 6);
    const QRectF bar = QRectF(option.rect).adjusted(inset, inset, -inset, -inset);
    const qreal radius = bar.height() / 4;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(mixed(palette.color(QPalette::Base), toneColor(Tone::Information, palette), 0.22));
    painter->drawRoundedRect(bar, radius, radius);
    if (permille >= 0) {
        QRectF done = bar;
        done.setWidth(bar.width() * permille / 1000);
        painter->setClipRect(done);
        painter->setBrush(mixed(palette.color(QPalette::Base), toneColor(Tone::Information, palette), 0.55));
        painter->drawRoundedRect(bar, radius, radius);
        painter->setClipping(false);
    }
    painter->setPen(palette.color(QPalette::Text));
    painter->setFont(option.font);
    painter->drawText(bar, Qt::AlignCenter, index.data(Qt::DisplayRole).toString());
    painter->restore();
}

void NavigationDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString node = index.data(models::KindRole).toString();
    const QString state = index.data(models::StateRole).toString();
    QString icon = iconOfNode(node);
    if (node == u"root" && state != u"ready" && !lookOfState(state).icon.isEmpty())
        icon = lookOfState(state).icon;
    decorate(&item, icon);
    if (node == u"root")
        item.font.setBold(true);
    const QVariant count = index.data(models::CountRole);
    const bool badge = count.isValid() && (node != u"findings" || count.toLongLong() > 0);
    const QString number = badge ? models::formatNumber(count.toLongLong()) : QString();
    const int pad = item.fontMetrics.height() / 3;
    const int badgeWidth = badge ? item.fontMetrics.horizontalAdvance(number) + 2 * pad : 0;
    item.textElideMode = Qt::ElideMiddle;
    // The background spans the row; the text stops short of the badge.
    QStyleOptionViewItem back = item;
    back.text.clear();
    back.icon = {};
    styleOf(item)->drawControl(QStyle::CE_ItemViewItem, &back, painter, item.widget);
    const bool rtl = item.direction == Qt::RightToLeft;
    item.rect.adjust(rtl ? badgeWidth + pad : 0, 0, rtl ? 0 : -badgeWidth - pad, 0);
    item.backgroundBrush = Qt::NoBrush;
    item.state.setFlag(QStyle::State_HasFocus, false);
    styleOf(item)->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    if (!badge)
        return;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const Tone tone = node == u"findings" ? Tone::Warning : Tone::Neutral;
    const int height = item.fontMetrics.height() + 2;
    QRect box(option.rect.right() - badgeWidth - pad, option.rect.center().y() - height / 2, badgeWidth, height);
    if (rtl)
        box.moveLeft(option.rect.left() + pad);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    const QColor text = option.palette.color(selected ? QPalette::HighlightedText : QPalette::WindowText);
    painter->setBrush(selected ? mixed(option.palette.color(QPalette::Highlight), text, 0.2) : toneBackground(tone, option.palette));
    painter->drawRoundedRect(box, height / 2.0, height / 2.0);
    painter->setPen(text);
    painter->setFont(option.font);
    painter->drawText(box, Qt::AlignCenter, number);
    painter->restore();
}

QSize NavigationDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(option.fontMetrics.height() * 7 / 4);
    return size;
}

void PlanDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->textElideMode = Qt::ElideMiddle;
    if (index.parent().isValid())
        return;
    option->font.setBold(true);
    if (index.column() == 0)
        decorate(option, iconOfVerb(index.data(models::StateRole).toString()));
}

}  // namespace strongroom::views
