// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How cells are drawn: a state as icon and word, progress as a bar with its number, a count as a badge, long paths
// elided in the middle. Delegates draw; values come from the models' roles.

#include <QStyledItemDelegate>

namespace strongroom::views {

/// Rows a little taller than their text: the default of our trees. The others derive from it.
class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit RowDelegate(QObject *parent = nullptr) : QStyledItemDelegate(parent) {}
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Icon by StateRole in front of the display text; every other column as usual.
class StateDelegate : public RowDelegate {
    Q_OBJECT

public:
    explicit StateDelegate(QObject *parent = nullptr) : RowDelegate(parent) {}

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

/// Text elided in the middle, so that the end of a path stays readable.
class MiddleElideDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit MiddleElideDelegate(QObject *parent = nullptr) : QStyledItemDelegate(parent) {}

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

/// ProgressRole as a bar: 0..1000 filled with its per cent, -1 a pale bar without a number; only while StateRole says
/// that the job runs.
class ProgressDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit ProgressDelegate(QObject *parent = nullptr) : QStyledItemDelegate(parent) {}
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// The navigation: icon by KindRole, CountRole as a rounded badge at the far end, coloured when it counts findings.
class NavigationDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit NavigationDelegate(QObject *parent = nullptr) : QStyledItemDelegate(parent) {}
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// A plan: icon of the verb on group rows, which are bold; paths elided in the middle.
class PlanDelegate : public RowDelegate {
    Q_OBJECT

public:
    explicit PlanDelegate(QObject *parent = nullptr) : RowDelegate(parent) {}

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

}  // namespace strongroom::views
