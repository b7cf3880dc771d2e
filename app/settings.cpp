// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include <QDir>
#include <QSettings>
#include <QStandardPaths>

namespace strongroom::app {

Settings::Settings(const QString &folder)
{
    const QString place = folder.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/strongroom") : folder;
    m_settings = std::make_unique<QSettings>(QDir(place).filePath(QStringLiteral("console.conf")), QSettings::IniFormat);
}

Settings::~Settings() = default;

QVariant Settings::value(const QString &key) const
{
    return m_settings->value(key);
}

void Settings::setValue(const QString &key, const QVariant &value)
{
    if (value.isValid())
        m_settings->setValue(key, value);
    else
        m_settings->remove(key);
}

QString Settings::fileName() const
{
    return m_settings->fileName();
}

}  // namespace strongroom::app
