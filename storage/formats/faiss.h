// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The header of a FAISS index file: how many vectors of which size, and whether the file is long enough to
// hold them. The vectors themselves are not read.

#include "storage/tree.h"

#include <QByteArray>

#include <optional>

namespace strongroom::storage {

enum class VectorMetric : quint8 { InnerProduct, L2, Other };

enum class VectorFileState : quint8 {
    Ok,
    Empty,         ///< no bytes at all
    UnknownType,   ///< an index of another kind (wrapped, inverted, compressed): nothing is known of it
    Truncated,     ///< shorter than its header says, or than the header itself
    Oversized,     ///< longer than its header says
    Inconsistent,  ///< the header contradicts itself
};

struct VectorFile {
    VectorFileState state = VectorFileState::Empty;
    QByteArray type;                 ///< the four letters at the start; fewer in a shorter file
    qint32 dimension = 0;
    std::optional<qint64> vectors;   ///< absent when the header does not tell
    VectorMetric metric = VectorMetric::L2;
    qint32 metricCode = 1;           ///< as stored
    float metricArgument = 0;        ///< of metrics that have one
    bool trained = true;
    std::optional<qint64> expectedBytes;   ///< header and vectors; absent when the header does not tell
    qint64 bytes = 0;                ///< the file as it is
};

/// What the first bytes say of a file of `bytes` bytes; 49 of them are enough. Never fails.
[[nodiscard]] VectorFile parseVectorHead(const QByteArray &head, qint64 bytes);

/// Reads the first 49 bytes. Flat indexes only (IxF2, IxFI, IxFl); what is wrong with a file is in the
/// result, errors are of opening and reading. Thread: any.
/// Source: faiss 1.7 and 1.11, index_write.cpp (write_index_header and the flat index), little-endian:
/// 0 type, 4 int32 dimension, 8 int64 vectors, 16 and 24 two unused int64, 32 uint8 trained, 33 int32 metric,
/// [37 float argument when metric > 1,] then uint64 number of floats and the floats.
[[nodiscard]] Result<VectorFile> readVectorFile(const Tree &tree, const RelPath &path);

}  // namespace strongroom::storage
