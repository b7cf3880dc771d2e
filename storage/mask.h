// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Secrets never reach a screen, a log, a plan or JSON. One place decides what a secret is.

#include <QJsonValue>
#include <QString>
#include <QStringView>

namespace strongroom::storage {

/// What stands for a hidden value: always the same length, so that it tells nothing.
[[nodiscard]] QString maskedValue();

/// True for keys whose values are secret whatever they look like (password, secret, token, key, hash,
/// fingerprint, JWT_*, ... ; case-insensitive, '-' = '_').
[[nodiscard]] bool isSecretKey(QStringView key);
/// True for values that look like one: JWTs, bcrypt hashes, PEM, long high-entropy hex or base64.
/// UUIDs and our own hashes of content are not.
[[nodiscard]] bool looksSecret(QStringView value);

/// `value` as it may be shown under `key`.
[[nodiscard]] QString maskText(QStringView key, const QString &value);
/// Deep copy with every secret replaced, keys of objects that are themselves tokens shortened to
/// "token …" + the last four characters of their SHA-256, strings over `maxText` characters and arrays
/// over `maxItems` elements cut with a note, data: URIs replaced by their type and size.
[[nodiscard]] QJsonValue maskJson(const QJsonValue &value, int maxText = 2000, int maxItems = 200);

/// A name for a secret that people can compare without seeing it: "…" + last 4 hex digits of its SHA-256.
[[nodiscard]] QString secretFingerprint(QByteArrayView secret);

/// Text file content with secrets masked: KEY=VALUE lines whose key is secret, and tokens anywhere.
[[nodiscard]] QString maskPreviewText(const QString &text);

}  // namespace strongroom::storage
