// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A passphrase on its way from the operator to what needs it. It has no way into a stream, a string, a plan
// or JSON but bytes(), which is for the code that derives a key from it. Not a keychain.

#include <QByteArrayView>

#include <memory>

class QByteArray;

namespace strongroom::storage {

/// Copies share one buffer, which is wiped when the last of them goes. Thread: any.
class Passphrase {
public:
    /// More is no passphrase but a file handed over by mistake; bytes.
    static constexpr qsizetype kMaxSize = 4096;

    Passphrase() = default;
    /// Takes the bytes (UTF-8) of `text` over and overwrites them there.
    [[nodiscard]] static Passphrase take(QByteArray &text);

    [[nodiscard]] bool isEmpty() const { return !m_bytes || m_size == 0; }
    /// UTF-8. Valid as long as this. Never to be copied into anything that is shown, logged or kept.
    [[nodiscard]] QByteArrayView bytes() const { return {m_bytes.get(), m_size}; }

private:
    std::shared_ptr<char> m_bytes;
    qsizetype m_size = 0;
};

/// Overwrites memory in a way that is not optimised away.
void wipe(void *data, qsizetype size);
/// Overwrites the bytes of `text` and empties it. Other copies of it become separate ones.
void wipe(QByteArray &text);

}  // namespace strongroom::storage
