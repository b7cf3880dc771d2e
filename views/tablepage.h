// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A page that is one table: heading, "N of M", live filter with clear button, and an empty state that takes the table's
// place. Which rows there are and what the empty states say is for the pages that derive from it.

#include "views/page.h"

class QLabel;
class QLineEdit;
class QStackedLayout;
class QTableView;
class QHBoxLayout;

namespace strongroom::views {

class EmptyState;
class SettingsStore;

/// Thread: GUI.
class TablePage : public Page {
    Q_OBJECT

public:
    /// \param table becomes a child; \param key names the header state
    TablePage(QTableView *table, const QString &accessibleName, const QString &key, SettingsStore *settings, QWidget *parent);

    [[nodiscard]] QAbstractItemView *view() const override;
    bool focusFilter() override;
    void focusContent() override;
    void saveState() override;
    [[nodiscard]] EmptyState *emptyState() const { return m_empty; }
    [[nodiscard]] QLineEdit *filterEdit() const { return m_filter; }
    [[nodiscard]] QTableView *table() const { return m_table; }

protected:
    void setHeading(const QString &title, const QString &toolTip = {});
    void setCounts(qint64 visible, qint64 total);
    void showTable(bool table);                     ///< false = the empty state
    /// Buttons between heading and filter.
    [[nodiscard]] QHBoxLayout *buttonRow() const { return m_buttons; }
    /// The empty state of a filter that matches nothing, with its button.
    void showNothingMatches();
    virtual void filterChanged(const QString &text) = 0;

private:
    QTableView *m_table;
    QString m_key;
    SettingsStore *m_settings;
    QLabel *m_title;
    QLabel *m_counts;
    QLineEdit *m_filter;
    QHBoxLayout *m_buttons;
    QStackedLayout *m_stack;
    EmptyState *m_empty;
    QAction *m_clearFilter;
    bool m_focusWaits = false;   // the table shall have the keyboard once it is there
};

}  // namespace strongroom::views
