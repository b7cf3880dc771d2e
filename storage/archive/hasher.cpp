// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/hasher.h"

#include <openssl/evp.h>

namespace strongroom::storage {

namespace {

// OpenSSL 3.0: looking an algorithm up costs more than hashing a small file, so it is done once.
const EVP_MD *sha256Algorithm()
{
    static const EVP_MD *algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

void require(bool ok)
{
    // Only an OpenSSL without SHA-256, or no memory for 200 bytes: nothing could be promised after that.
    if (!ok)
        qFatal("SHA-256 is not available");
}

}  // namespace

struct Sha256Hasher::Private {
    EVP_MD_CTX *context = nullptr;
    ~Private() { EVP_MD_CTX_free(context); }
};

Sha256Hasher::Sha256Hasher() : d(std::make_unique<Private>())
{
    d->context = EVP_MD_CTX_new();
    require(d->context && EVP_DigestInit_ex2(d->context, sha256Algorithm(), nullptr) == 1);
}

Sha256Hasher::Sha256Hasher(Sha256Hasher &&) noexcept = default;
Sha256Hasher &Sha256Hasher::operator=(Sha256Hasher &&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::add(QByteArrayView bytes)
{
    if (!bytes.isEmpty())
        require(EVP_DigestUpdate(d->context, bytes.data(), size_t(bytes.size())) == 1);
}

Sha256 Sha256Hasher::finish()
{
    Sha256 hash;
    unsigned length = 0;
    require(EVP_DigestFinal_ex(d->context, hash.data(), &length) == 1 && length == hash.size());
    require(EVP_DigestInit_ex2(d->context, sha256Algorithm(), nullptr) == 1);
    return hash;
}

Sha256 Sha256Hasher::of(QByteArrayView bytes)
{
    Sha256Hasher hasher;
    hasher.add(bytes);
    return hasher.finish();
}

}  // namespace strongroom::storage
