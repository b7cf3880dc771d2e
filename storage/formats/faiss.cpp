// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/faiss.h"

#include <QtEndian>

#include <limits>

namespace strongroom::storage {

namespace {

constexpr qint64 kHeadBytes = 49;   // with a metric argument; 45 without
constexpr qint64 kMaxFloats = std::numeric_limits<qint64>::max() / 4 - kHeadBytes;

template<class T> T at(const QByteArray &head, qsizetype offset)
{
    return qFromLittleEndian<T>(head.constData() + offset);
}

}  // namespace

VectorFile parseVectorHead(const QByteArray &head, qint64 bytes)
{
    VectorFile file;
    file.bytes = bytes;
    file.type = head.left(4);
    if (head.isEmpty())
        return file;
    if (head.size() < 4) {
        file.state = VectorFileState::Truncated;
        return file;
    }
    if (file.type != "IxF2" && file.type != "IxFI" && file.type != "IxFl") {
        file.state = VectorFileState::UnknownType;
        return file;
    }
    file.state = VectorFileState::Truncated;
    if (head.size() < 37)
        return file;
    file.dimension = at<qint32>(head, 4);
    const qint64 vectors = at<qint64>(head, 8);
    file.trained = head.at(32) != 0;
    file.metricCode = at<qint32>(head, 33);
    file.metric = file.metricCode == 0 ? VectorMetric::InnerProduct
        : file.metricCode == 1         ? VectorMetric::L2
                                       : VectorMetric::Other;
    const bool hasArgument = file.metricCode > 1;
    const qint64 headBytes = hasArgument ? 49 : 45;
    const bool typeFits = file.type == "IxF2" ? file.metricCode == 1 : file.type == "IxFI" ? file.metricCode == 0 : hasArgument;
    if (file.dimension <= 0 || vectors < 0 || vectors > kMaxFloats / file.dimension || !typeFits) {
        file.state = VectorFileState::Inconsistent;
        return file;
    }
    file.vectors = vectors;
    file.expectedBytes = headBytes + vectors * file.dimension * 4;
    if (head.size() < headBytes)
        return file;
    if (hasArgument)
        file.metricArgument = at<float>(head, 37);
    if (at<quint64>(head, headBytes - 8) != quint64(vectors) * quint64(file.dimension))
        file.state = VectorFileState::Inconsistent;
    else if (bytes == *file.expectedBytes)
        file.state = VectorFileState::Ok;
    else if (bytes > *file.expectedBytes)
        file.state = VectorFileState::Oversized;
    return file;
}

Result<VectorFile> readVectorFile(const Tree &tree, const RelPath &path)
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, tree.open(path));
    QByteArray head(kHeadBytes, Qt::Uninitialized);
    qint64 done = 0;
    while (done < kHeadBytes) {
        STRONGROOM_TRY(const qint64 n, file->read(head.data() + done, kHeadBytes - done));
        if (n == 0)
            break;
        done += n;
    }
    head.resize(done);
    return parseVectorHead(head, std::max(file->stamp().size, done));
}

}  // namespace strongroom::storage
