// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/sevenzipaes.h"

#include "storage/archive/hasher.h"

#include <QString>
#include <QtEndian>

#include <openssl/evp.h>

namespace strongroom::storage {

QByteArray deriveSevenZipKey(const Passphrase &passphrase, int power, const QByteArray &salt)
{
    QString text = QString::fromUtf8(passphrase.bytes());
    QByteArray round = salt;
    const qsizetype secretAt = round.size();
    round.resize(secretAt + text.size() * 2 + 8);
    for (qsizetype i = 0; i < text.size(); ++i)
        qToLittleEndian<quint16>(text[i].unicode(), round.data() + secretAt + i * 2);
    wipe(text.data(), text.size() * qsizetype(sizeof(QChar)));

    // Some rounds at a time: the hash takes large pieces faster.
    constexpr quint64 kAtOnce = 256;
    const quint64 rounds = quint64(1) << power;
    QByteArray piece;
    Sha256Hasher hasher;
    for (quint64 counter = 0; counter < rounds;) {
        const quint64 count = std::min(kAtOnce, rounds - counter);
        piece.resize(0);
        for (quint64 i = 0; i < count; ++i, ++counter) {
            qToLittleEndian<quint64>(counter, round.data() + round.size() - 8);
            piece.append(round);
        }
        hasher.add(piece);
    }
    const Sha256 hash = hasher.finish();
    wipe(round);
    wipe(piece);
    return QByteArray(reinterpret_cast<const char *>(hash.data()), qsizetype(hash.size()));
}

struct AesCbcDecryptor::Private {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    ~Private() { EVP_CIPHER_CTX_free(context); }   // wipes the key
};

AesCbcDecryptor::AesCbcDecryptor(QByteArrayView key, const QByteArray &iv) : d(std::make_unique<Private>())
{
    Q_ASSERT(key.size() == 32 && iv.size() == 16);
    EVP_DecryptInit_ex(d->context, EVP_aes_256_cbc(), nullptr, reinterpret_cast<const uchar *>(key.data()),
                       reinterpret_cast<const uchar *>(iv.constData()));
    EVP_CIPHER_CTX_set_padding(d->context, 0);
}

AesCbcDecryptor::~AesCbcDecryptor() = default;
AesCbcDecryptor::AesCbcDecryptor(AesCbcDecryptor &&) noexcept = default;

QByteArray AesCbcDecryptor::decrypt(QByteArrayView bytes)
{
    QByteArray plain(bytes.size() + 16, Qt::Uninitialized);
    int length = 0;
    if (EVP_DecryptUpdate(d->context, reinterpret_cast<uchar *>(plain.data()), &length,
                          reinterpret_cast<const uchar *>(bytes.data()), int(bytes.size())) != 1)
        length = 0;
    plain.truncate(length);
    return plain;
}

}  // namespace strongroom::storage
