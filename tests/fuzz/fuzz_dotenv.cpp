// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// KEY=VALUE files, and what is shown of them. The first byte is not used.

#include "storage/formats/dotenv.h"
#include "storage/mask.h"
#include "tests/fuzz/fuzztarget.h"

#include <algorithm>

using namespace strongroom::storage;

namespace strongroom::fuzz {

namespace {

/// What is told of one entry must not be in what is shown of the whole.
void requireMasked(const QString &text, const DotEnvEntry &entry)
{
    constexpr qsizetype kTelling = 6;   // shorter values may be part of anything
    const QString key = QString::fromUtf8(entry.key);
    const QString value = QString::fromUtf8(entry.value);
    const bool punctuated = std::any_of(key.begin(), key.end(), [](QChar c) { return QStringView(u":;,\"'(){}<>[]").contains(c); });
    if (punctuated || !isSecretKey(key) || value.size() < kTelling || value.contains(maskedValue()) || text.count(value) != 1)
        return;
    require(!maskPreviewText(text).contains(value), "a secret is not shown");
    require(!maskText(key, value).contains(value), "a secret is not shown");
}

}  // namespace

void dotenv(QByteArrayView input)
{
    if (input.isEmpty() || input.size() > 16 * 1024)
        return;
    const QByteArrayView text = input.sliced(1);
    const DotEnv env = parseDotEnv(text);
    const qsizetype lines = text.count('\n') + 1;
    require(env.entries.size() + env.oddLines.size() <= lines, "one thing a line");
    QByteArray written;
    int line = 0;
    for (const DotEnvEntry &entry : env.entries) {
        require(entry.line > line && entry.line <= lines, "lines in order");
        line = entry.line;
        require(!entry.key.isEmpty() && entry.key == entry.key.trimmed() && entry.value == entry.value.trimmed(), "no white space around");
        require(!entry.key.contains('=') && !entry.key.contains('\n') && !entry.value.contains('\n'), "one line");
        require(env.value(entry.key).has_value() && (env.has(entry.key) == !env.value(entry.key)->isEmpty()), "what is listed is found");
        written += "export " + entry.key + '=' + entry.value + '\n';
    }
    line = 0;
    for (const int odd : env.oddLines) {
        require(odd > line && odd <= lines, "odd lines in order");
        line = odd;
    }
    const DotEnv again = parseDotEnv(written);
    require(again.oddLines.isEmpty() && again.entries.size() == env.entries.size(), "what was read can be written");
    for (qsizetype i = 0; i < env.entries.size(); ++i)
        require(again.entries.at(i).key == env.entries.at(i).key && again.entries.at(i).value == env.entries.at(i).value, "and read again");
    if (text.isValidUtf8()) {
        const QString shown = QString::fromUtf8(text);
        for (const DotEnvEntry &entry : env.entries)
            requireMasked(shown, entry);
    }
}

}  // namespace strongroom::fuzz
