// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The text between the quotes of a JSON string, many bytes at a time, and keys as they are written. Private to the readers
// of JSON.

#include <QByteArrayView>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace strongroom::storage {

/// Whether a key that is written like `raw` between its quotes means `utf8`.
[[nodiscard]] bool isJsonKey(QByteArrayView raw, QByteArrayView utf8);

/// First byte from `p` on that ends a run of printable ASCII inside a string.
inline const char *skipPlain(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1F);
    while (end - p >= 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
        // Signed: bytes above 0x7F are negative, so one comparison finds them and the controls.
        const __m128i printable = _mm_cmpgt_epi8(bytes, control);
        const __m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        const int plain = _mm_movemask_epi8(_mm_andnot_si128(special, printable));
        if (plain != 0xFFFF)
            return p + __builtin_ctz(unsigned(~plain));
        p += 16;
    }
#endif
    while (p < end && uchar(*p) >= 0x20 && uchar(*p) < 0x80 && *p != '"' && *p != '\\')
        ++p;
    return p;
}

}  // namespace strongroom::storage
