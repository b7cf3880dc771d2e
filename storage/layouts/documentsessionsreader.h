// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Reading the document server's sessions, in both shapes: sessions/<id>.json (released) and
// storage/session_<id>/{metadata,parameters,fragments}.json (guide). Private to the layout's own files.

#include "storage/finding.h"
#include "storage/item.h"
#include "storage/monitor.h"
#include "storage/tree.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace strongroom::storage::documents {

/// 8-4-4-4-12 hexadecimal digits.
[[nodiscard]] bool isUuid(QByteArrayView text);
/// "<stem>.json" of a file that the application loads as a session; nothing for any other name.
[[nodiscard]] std::optional<QByteArray> sessionFileStem(const QByteArray &name);
/// "<id>" of "session_<id>".
[[nodiscard]] std::optional<QByteArray> sessionFolderId(const QByteArray &name);

/// Where one session lies; a session found in both shapes is one item.
struct Place {
    QByteArray id;
    bool file = false;     ///< sessions/<id>.json
    bool folder = false;   ///< storage/session_<id>/
    [[nodiscard]] RelPath filePath() const;
    [[nodiscard]] RelPath folderPath() const;
};

/// Every session by name, files first, byte order. A folder that cannot be read is a finding.
[[nodiscard]] QList<Place> findSessions(const Tree &tree, const FindingSink &findings);
/// Whether readSession() will find a session there, or something that only bears the name of one.
[[nodiscard]] bool isThere(const Tree &tree, const Place &place);
/// Errors: ItemUnknown.
[[nodiscard]] Result<Place> findSession(const Tree &tree, const QString &id);

/// What a session's own files say.
struct Session {
    Item item;
    QString sessionId;      ///< the one inside; empty when absent
    QString templateId;
    QString alias;
    QDateTime updated;
    Count parameters;
    QList<Part> parts;
    bool isSession = true;  ///< false: the name was one, but it is no file
};

/// Strict: broken files give their findings and a damaged item. Counts bytes in `monitor`. Errors: Cancelled.
[[nodiscard]] Result<Session> readSession(const Tree &tree, const Place &place, const FindingSink &findings, Monitor &monitor);

/// Fully: relations, facts and masked metadata on top. Errors: Cancelled, ItemUnknown.
[[nodiscard]] Result<ItemDetails> readDetails(const Tree &tree, const Place &place, Monitor &monitor);

/// One file that must be JSON; `top` is the bracket it must begin with (0 = any container). Broken ones give
/// a finding of `severity`. Absent is fine. Errors: Cancelled.
[[nodiscard]] Result<void> checkJson(const Tree &tree, const RelPath &path, char top, Severity severity,
                                     const QString &consequence, const FindingSink &findings, Monitor &monitor);

}  // namespace strongroom::storage::documents
