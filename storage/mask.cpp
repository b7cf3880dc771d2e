// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/mask.h"

namespace strongroom::storage {

QString maskedValue()
{
    return QStringLiteral("••••••••");
}

bool isSecretKey(QStringView)
{
    return true;
}

bool looksSecret(QStringView)
{
    return true;
}

QString maskText(QStringView, const QString &)
{
    return maskedValue();
}

QJsonValue maskJson(const QJsonValue &, int, int)
{
    return maskedValue();
}

QString secretFingerprint(QByteArrayView)
{
    return QStringLiteral("…");
}

QString maskPreviewText(const QString &)
{
    return maskedValue();
}

}  // namespace strongroom::storage
