// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/passphrase.h"

#include <QByteArray>

#include <cstring>

namespace strongroom::storage {

void wipe(void *data, qsizetype size)
{
    if (size > 0)
        explicit_bzero(data, size_t(size));
}

void wipe(QByteArray &text)
{
    wipe(text.data(), text.size());
    text.clear();
}

Passphrase Passphrase::take(QByteArray &text)
{
    Passphrase passphrase;
    const qsizetype size = text.size();
    if (size > 0) {
        passphrase.m_bytes = std::shared_ptr<char>(new char[size_t(size)], [size](char *bytes) {
            wipe(bytes, size);
            delete[] bytes;
        });
        memcpy(passphrase.m_bytes.get(), text.constData(), size_t(size));
        passphrase.m_size = size;
    }
    wipe(text);
    return passphrase;
}

}  // namespace strongroom::storage
