// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// KEY=VALUE files as the applications read them: '#' comments, the value begins behind the first '=' and may
// hold more of them, white space around both is dropped. No expansion and no escapes. Values are secrets as
// a rule: nothing here prints one.

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <optional>

namespace strongroom::storage {

struct DotEnvEntry {
    QByteArray key;
    QByteArray value;   ///< as written, quotes included
    int line = 0;       ///< from 1
};

struct DotEnv {
    QList<DotEnvEntry> entries;   ///< file order, repeated keys too
    QList<int> oddLines;          ///< neither comment, blank nor KEY=VALUE

    /// The one that counts: the last. Nothing when the key is absent.
    [[nodiscard]] std::optional<QByteArray> value(QByteArrayView key) const;
    /// True when the key has a value that is not empty.
    [[nodiscard]] bool has(QByteArrayView key) const;
};

/// Any bytes; never fails.
[[nodiscard]] DotEnv parseDotEnv(QByteArrayView text);

}  // namespace strongroom::storage
