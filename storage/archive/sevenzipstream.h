// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One block of a 7z archive unpacked as a stream: in constant memory, exactly as many bytes as the directory
// says, every packed byte used. The only place that includes liblzma.

#include "storage/archive/bytesource.h"
#include "storage/archive/sevenzipformat.h"
#include "storage/passphrase.h"

#include <QHash>

#include <memory>

namespace strongroom::storage {

/// The keys that a passphrase gives: making one takes a good part of a second on purpose, so each is kept
/// until this goes, and wiped then.
class SevenZipKeys {
public:
    explicit SevenZipKeys(Passphrase passphrase) : m_passphrase(std::move(passphrase)) {}
    ~SevenZipKeys();
    Q_DISABLE_COPY_MOVE(SevenZipKeys)

    [[nodiscard]] bool hasPassphrase() const { return !m_passphrase.isEmpty(); }
    /// 32 bytes, after 2^`power` rounds over `salt` and the passphrase. Valid as long as this.
    [[nodiscard]] QByteArrayView key(int power, const QByteArray &salt);

private:
    Passphrase m_passphrase;
    QHash<QByteArray, QByteArray> m_keys;
};

/// Opens a block. `input` and `keys` must outlive it.
/// Errors: ArchiveWrongKind (a method, or a dictionary too large, with advice), ArchiveHostile (properties),
/// SecretUnavailable (encrypted and no passphrase). Those of the stream as ByteSource says; what a wrong
/// passphrase gives is ArchiveDamaged, since nothing in the format tells it from damage.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openSevenZipBlock(FileInput &input, const SevenZipBlock &block,
                                                                    SevenZipKeys &keys);

}  // namespace strongroom::storage
