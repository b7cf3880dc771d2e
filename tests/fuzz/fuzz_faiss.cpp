// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The header of a vector index. The first eight bytes are the size that the file claims to have (its header may
// promise more than anybody keeps in a corpus), less than zero = the truth; the ninth is how many bytes one read
// gives.

#include "storage/formats/faiss.h"
#include "tests/fuzz/fuzztarget.h"
#include "tests/fuzz/memorytree.h"

#include <QtEndian>

using namespace strongroom::storage;

namespace strongroom::fuzz {

void faiss(QByteArrayView input)
{
    constexpr qsizetype kBefore = 9;
    if (input.size() < kBefore || input.size() > 4096)
        return;
    const qint64 claimed = qFromLittleEndian<qint64>(input.data());
    const QByteArray bytes = input.sliced(kBefore).toByteArray();
    const RelPath path = RelPath::literal("x.faiss");
    const MemoryTree tree({{path.bytes(), bytes}}, 1 + uchar(input[8]), claimed);
    const auto read = readVectorFile(tree, path);
    require(read.has_value(), "what is wrong with a file is in the result");
    const VectorFile &file = *read;
    require(file.bytes == std::max<qint64>(claimed < 0 ? bytes.size() : claimed, std::min<qint64>(bytes.size(), 49)), "the file's own size");
    require(file.type == bytes.left(4), "the letters as they stand");
    require((file.state == VectorFileState::Empty) == bytes.isEmpty(), "empty is without a byte");
    require(file.vectors.has_value() == file.expectedBytes.has_value(), "a count gives a size");
    const bool known = file.type == "IxF2" || file.type == "IxFI" || file.type == "IxFl";
    require((file.state == VectorFileState::UnknownType) == (bytes.size() >= 4 && !known), "only flat indexes are known");
    if (file.vectors) {
        require(known && file.dimension > 0 && *file.vectors >= 0, "sizes that can be");
        // Divided, not multiplied: what has overflowed does not divide evenly into what it was made of.
        const qint64 floats = *file.expectedBytes - (file.metricCode > 1 ? 49 : 45);
        require(floats >= 0 && floats % 4 == 0 && floats / 4 % file.dimension == 0 && floats / 4 / file.dimension == *file.vectors,
                "header and vectors, without overflow");
    }
    if (file.state == VectorFileState::Ok || file.state == VectorFileState::Oversized) {
        require(file.expectedBytes.has_value() && bytes.size() >= 45, "nothing is well without a whole header");
        require((file.state == VectorFileState::Ok) == (file.bytes == *file.expectedBytes), "as long as it says");
        require(file.bytes >= *file.expectedBytes, "no longer than it is");
    }
    if (file.state == VectorFileState::Truncated)
        require(bytes.size() < 49 || file.bytes < *file.expectedBytes, "shorter than its header says");
}

}  // namespace strongroom::fuzz
