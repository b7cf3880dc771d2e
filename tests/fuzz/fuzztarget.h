// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the fuzz targets are: functions that take any bytes and hold a reader of ours to its promises. libFuzzer
// calls one of them a program (fuzz_main.cpp); the normal suite calls them all with the inputs that were kept
// (tst_fuzzcorpus). A target keeps nothing from one call to the next that could change what it says.

#include <QByteArray>
#include <QByteArrayView>

#include <stdexcept>

namespace strongroom::fuzz {

/// A reader did not do what its header says. libFuzzer takes an exception for a crash and keeps the input.
struct BrokenPromise : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void require(bool kept, const char *promise)
{
    if (!kept)
        throw BrokenPromise(promise);
}

// Each takes one byte for how the rest is to be read, then the rest; see its file.
void targz(QByteArrayView input);
void zip(QByteArrayView input);
void sevenzip(QByteArrayView input);
void manifest(QByteArrayView input);
void pickle(QByteArrayView input);
void faiss(QByteArrayView input);
void dotenv(QByteArrayView input);
void services(QByteArrayView input);

/// Zeros in few bytes, so that inputs with tar blocks in them stay small: 0xfd fills up the block of 512,
/// 0xfe N stands for N + 1 zeros, 0xff N for the byte N itself. Stops at `most` bytes.
[[nodiscard]] QByteArray unpacked(QByteArrayView packed, qsizetype most);
/// The other way round. unpacked(packed(x)) == x.
[[nodiscard]] QByteArray packed(QByteArrayView bytes);

}  // namespace strongroom::fuzz
