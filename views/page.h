// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What every page of the centre has in common, and what it tells the window about where the operator is.

#include "storage/item.h"

#include <QByteArray>
#include <QList>
#include <QWidget>

#include <optional>

class QAbstractItemView;

namespace strongroom::views {

/// Where the operator is and what is selected: what actions act on.
struct Context {
    QByteArray root;                                ///< data directory in question; empty = none
    std::optional<storage::ItemId> current;         ///< item with the cursor
    QList<storage::ItemId> items;                   ///< selected ones, the first kMostItems of them
    qint64 selected = 0;                            ///< number of selected rows
    std::optional<qint64> selectedBytes;            ///< unknown for very large selections
    QByteArray archive;                             ///< backup with the cursor, absolute; empty = none
    static constexpr qint64 kMostItems = 1000;
};

/// Thread: GUI.
class Page : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;
    /// `root` stays empty where the page shows all data directories and none is selected.
    [[nodiscard]] virtual Context context() const { return {}; }
    /// The table of the page; null where it has none.
    [[nodiscard]] virtual QAbstractItemView *view() const { return nullptr; }
    /// Puts the cursor into the filter; false where there is none.
    virtual bool focusFilter() { return false; }
    /// Where the keyboard goes when the pane is entered.
    virtual void focusContent() { setFocus(); }
    virtual void saveState() {}

Q_SIGNALS:
    void contextChanged();
};

}  // namespace strongroom::views
