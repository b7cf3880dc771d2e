// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/recents.h"

#include "storage/error.h"
#include "views/iconset.h"
#include "views/settingsstore.h"

#include <QMenu>

namespace strongroom::views {

namespace {

const QString kKey = QStringLiteral("recent/directories");

}  // namespace

Recents::Recents(SettingsStore *settings, QObject *parent) : QObject(parent), m_settings(settings)
{
    if (!settings)
        return;
    // Paths are bytes; text settings would bend those that are not UTF-8.
    for (const QString &coded : settings->value(kKey).toStringList()) {
        const QByteArray path = QByteArray::fromPercentEncoding(coded.toLatin1());
        if (path.startsWith('/') && m_paths.size() < kMost)
            m_paths.append(path);
    }
}

void Recents::add(const QByteArray &path)
{
    m_paths.removeAll(path);
    m_paths.prepend(path);
    if (m_paths.size() > kMost)
        m_paths.resize(kMost);
    changed();
}

void Recents::clear()
{
    m_paths.clear();
    changed();
}

void Recents::attach(QMenu *menu)
{
    m_menus.append(menu);
    fill(menu);
}

void Recents::changed()
{
    if (m_settings) {
        QStringList coded;
        for (const QByteArray &path : std::as_const(m_paths))
            coded.append(QString::fromLatin1(path.toPercentEncoding("/")));
        m_settings->setValue(kKey, coded);
    }
    for (QMenu *menu : std::as_const(m_menus))
        fill(menu);
}

void Recents::fill(QMenu *menu)
{
    menu->clear();
    int number = 1;
    for (const QByteArray &path : std::as_const(m_paths)) {
        QString shown = storage::displayBytes(path);
        shown.replace(u'&', QStringLiteral("&&"));
        const QString text = number < 10 ? QStringLiteral("&%1  %2").arg(number).arg(shown) : shown;
        ++number;
        connect(menu->addAction(bundledIcon(QStringLiteral("data-directory")), text), &QAction::triggered, this,
                [this, path] { Q_EMIT chosen(path); });
    }
    menu->setEnabled(!m_paths.isEmpty());
    if (m_paths.isEmpty())
        return;
    menu->addSeparator();
    connect(menu->addAction(bundledIcon(QStringLiteral("edit-clear")), tr("&Clear List")), &QAction::triggered, this, &Recents::clear);
}

}  // namespace strongroom::views
