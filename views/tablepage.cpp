// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tablepage.h"

#include "models/words.h"
#include "views/emptystate.h"
#include "views/iconset.h"
#include "views/tables.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

namespace strongroom::views {

TablePage::TablePage(QTableView *table, const QString &accessibleName, const QString &key, SettingsStore *settings, QWidget *parent)
    : Page(parent), m_table(table), m_key(key), m_settings(settings), m_title(new QLabel(this)), m_counts(new QLabel(this)),
      m_filter(new QLineEdit(this)), m_buttons(new QHBoxLayout), m_stack(new QStackedLayout), m_empty(new EmptyState(this)),
      m_clearFilter(new QAction(bundledIcon(QStringLiteral("edit-clear")), tr("Clear Filter"), this))
{
    setUpTable(table, accessibleName);
    table->setFrameShape(QFrame::NoFrame);
    table->setContextMenuPolicy(Qt::CustomContextMenu);
    QFont bold = font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    m_title->setFont(bold);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setMinimumWidth(fontMetrics().averageCharWidth() * 8);
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAcceptDrops(false);   // a file dropped here is for the window
    m_filter->addAction(bundledIcon(QStringLiteral("view-filter")), QLineEdit::LeadingPosition);
    m_filter->setMaximumWidth(fontMetrics().averageCharWidth() * 34);
    const int pad = fontMetrics().height() / 2;
    auto *head = new QHBoxLayout;
    head->setContentsMargins(pad, pad, pad, pad);
    head->setSpacing(pad);
    head->addWidget(m_title);
    head->addWidget(m_counts);
    head->addStretch(1);
    head->addLayout(m_buttons);
    head->addWidget(m_filter, 2);
    m_stack->addWidget(table);
    m_stack->addWidget(m_empty);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addLayout(m_stack, 1);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) { filterChanged(text); });
    connect(m_filter, &QLineEdit::returnPressed, this, [this] { focusContent(); });
    connect(m_clearFilter, &QAction::triggered, m_filter, [this] {
        m_filter->clear();
        m_filter->setFocus();
    });
}

QAbstractItemView *TablePage::view() const
{
    return m_table;
}

bool TablePage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
    return true;
}

void TablePage::focusContent()
{
    if (m_table->isVisible())
        m_table->setFocus(Qt::ShortcutFocusReason);
    else
        m_filter->setFocus(Qt::ShortcutFocusReason);
    m_focusWaits = !m_table->isVisible();
}

void TablePage::saveState()
{
    if (m_settings && m_table->model() && m_table->model()->columnCount() > 0)
        saveHeader(m_table, *m_settings, m_key);
}

void TablePage::setHeading(const QString &title, const QString &toolTip)
{
    m_title->setText(title);
    m_title->setToolTip(toolTip);
}

void TablePage::setCounts(qint64 visible, qint64 total)
{
    m_counts->setText(visible == total ? models::formatNumber(total)
                                       : tr("%1 of %2", "rows shown of all").arg(models::formatNumber(visible), models::formatNumber(total)));
}

void TablePage::showTable(bool table)
{
    const bool hadFocus = m_table->hasFocus();
    m_stack->setCurrentIndex(table ? 0 : 1);
    // Rows have come where the keyboard was meant to be.
    if (table && m_focusWaits) {
        if (m_filter->hasFocus() && m_filter->text().isEmpty())
            m_table->setFocus(Qt::OtherFocusReason);
        m_focusWaits = false;
    }
    if (hadFocus && !table)
        m_filter->setFocus();
}

void TablePage::showNothingMatches()
{
    m_empty->show(QStringLiteral("view-filter"), tr("Nothing matches “%1”.").arg(m_filter->text()));
    m_empty->addButton(m_clearFilter);
    showTable(false);
}

}  // namespace strongroom::views
