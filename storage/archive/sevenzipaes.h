// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The encryption of 7z: AES-256 in CBC mode and the key that a passphrase makes. For reading what others
// encrypted; it has no authentication, so nothing of ours is ever written with it.

#include "storage/passphrase.h"

#include <QByteArray>

#include <memory>

namespace strongroom::storage {

/// 32 bytes: SHA-256 over 2^`power` times (salt, passphrase as UTF-16LE, counter). Source: 7zFormat.txt and
/// the archives of 7-Zip. Cost: about 0.2 s with the usual 19.
[[nodiscard]] QByteArray deriveSevenZipKey(const Passphrase &passphrase, int power, const QByteArray &salt);

/// Decrypts a stream block by block. Not thread-safe.
class AesCbcDecryptor {
public:
    /// \param key 32 bytes  \param iv 16 bytes
    AesCbcDecryptor(QByteArrayView key, const QByteArray &iv);
    ~AesCbcDecryptor();
    AesCbcDecryptor(AesCbcDecryptor &&) noexcept;

    /// The whole cipher blocks (16 bytes) in what was given so far; the rest waits for more.
    [[nodiscard]] QByteArray decrypt(QByteArrayView bytes);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace strongroom::storage
