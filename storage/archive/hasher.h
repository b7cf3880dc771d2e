// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// SHA-256 in pieces, through OpenSSL (hardware instructions where there are any). The only header of the
// archive road that stands for that library.

#include "storage/archive/member.h"

#include <QByteArrayView>

#include <memory>

namespace strongroom::storage {

/// Reusable: finish() begins anew. Not thread-safe; one per thread.
class Sha256Hasher {
public:
    Sha256Hasher();
    Sha256Hasher(Sha256Hasher &&) noexcept;
    Sha256Hasher &operator=(Sha256Hasher &&) noexcept;
    ~Sha256Hasher();

    void add(QByteArrayView bytes);
    /// The hash of everything added since the last finish().
    [[nodiscard]] Sha256 finish();

    [[nodiscard]] static Sha256 of(QByteArrayView bytes);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace strongroom::storage
