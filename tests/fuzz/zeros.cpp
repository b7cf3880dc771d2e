// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzztarget.h"

#include <algorithm>

namespace strongroom::fuzz {

namespace {

constexpr qsizetype kBlock = 512;
constexpr uchar kFill = 0xfd;
constexpr uchar kZeros = 0xfe;
constexpr uchar kLiteral = 0xff;

}  // namespace

QByteArray unpacked(QByteArrayView packed, qsizetype most)
{
    QByteArray out;
    for (qsizetype i = 0; i < packed.size() && out.size() < most; ++i) {
        const uchar c = uchar(packed[i]);
        if (c == kFill)
            out.append((kBlock - out.size() % kBlock) % kBlock, '\0');
        else if (c == kZeros)
            out.append(i + 1 < packed.size() ? uchar(packed[++i]) + 1 : 1, '\0');
        else if (c == kLiteral)
            out.append(i + 1 < packed.size() ? packed[++i] : '\xff');
        else
            out.append(char(c));
    }
    return out;
}

QByteArray packed(QByteArrayView bytes)
{
    QByteArray out;
    for (qsizetype i = 0; i < bytes.size();) {
        qsizetype zeros = 0;
        while (i + zeros < bytes.size() && bytes[i + zeros] == '\0')
            ++zeros;
        const qsizetype toBlock = kBlock - i % kBlock;
        if (zeros >= toBlock && toBlock < kBlock) {
            out.append(char(kFill));
            i += toBlock;
        } else if (zeros > 1) {
            const qsizetype run = std::min<qsizetype>(zeros, 256);
            out.append(char(kZeros)).append(char(run - 1));
            i += run;
        } else {
            if (uchar(bytes[i]) >= kFill)
                out.append(char(kLiteral));
            out.append(bytes[i++]);
        }
    }
    return out;
}

}  // namespace strongroom::fuzz
