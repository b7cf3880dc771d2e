// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A heading and rows of name and value, selectable: for things that have a handful of facts, such as a backup.

#include <QList>
#include <QPair>
#include <QScrollArea>

class QFormLayout;
class QLabel;

namespace strongroom::views {

/// Thread: GUI.
class FactSheet : public QScrollArea {
    Q_OBJECT

public:
    explicit FactSheet(QWidget *parent = nullptr);
    /// Rows with an empty value are left out. \param icon names in the icon set; may be empty
    void setFacts(const QString &icon, const QString &title, const QString &subtitle, const QList<QPair<QString, QString>> &facts);

private:
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_subtitle;
    QFormLayout *m_form;
};

}  // namespace strongroom::views
