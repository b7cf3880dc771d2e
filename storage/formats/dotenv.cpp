// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/dotenv.h"

namespace strongroom::storage {

std::optional<QByteArray> DotEnv::value(QByteArrayView key) const
{
    for (auto it = entries.crbegin(); it != entries.crend(); ++it) {
        if (it->key == key)
            return it->value;
    }
    return std::nullopt;
}

bool DotEnv::has(QByteArrayView key) const
{
    const auto found = value(key);
    return found && !found->isEmpty();
}

DotEnv parseDotEnv(QByteArrayView text)
{
    DotEnv env;
    int number = 0;
    while (!text.isEmpty()) {
        const qsizetype newline = text.indexOf('\n');
        QByteArrayView line = (newline < 0 ? text : text.first(newline)).trimmed();
        text = newline < 0 ? QByteArrayView() : text.sliced(newline + 1);
        ++number;
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        if (line.startsWith("export "))
            line = line.sliced(7).trimmed();
        const qsizetype equals = line.indexOf('=');
        const QByteArrayView key = equals < 0 ? QByteArrayView() : line.first(equals).trimmed();
        if (key.isEmpty())
            env.oddLines.append(number);
        else
            env.entries.append({key.toByteArray(), line.sliced(equals + 1).trimmed().toByteArray(), number});
    }
    return env;
}

}  // namespace strongroom::storage
