// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The program around one target, which the build names.

#include "tests/fuzz/fuzztarget.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    strongroom::fuzz::STRONGROOM_FUZZ_TARGET(QByteArrayView(data, qsizetype(size)));
    return 0;
}
