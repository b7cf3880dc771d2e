// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/fileform.h"

#include "storage/formats/faiss.h"
#include "storage/formats/json.h"
#include "storage/formats/pickle.h"
#include "storage/ops/backuptaker.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qint64 kBlock = 256 * 1024;
constexpr qint64 kVectorHead = 49;

/// What was taken, for readers of files.
class TakenReader final : public TreeFile {
public:
    explicit TakenReader(const TakenFile &taken) : m_taken(taken) {}
    Result<qint64> read(char *data, qint64 size) override
    {
        const qint64 wanted = std::min(size, m_taken.size - m_at);
        if (wanted <= 0)
            return qint64(0);
        STRONGROOM_TRY(const qint64 got, m_taken.content->readAt(data, wanted, m_at));
        m_at += got;
        return got;
    }
    const FileStamp &stamp() const override { return m_taken.stamp; }

private:
    const TakenFile &m_taken;
    qint64 m_at = 0;
};

Result<bool> isJson(const TakenFile &taken, Monitor &monitor)
{
    JsonValidator validator;
    TakenReader reader(taken);
    QByteArray block(std::min(kBlock, std::max<qint64>(taken.size, 1)), Qt::Uninitialized);
    for (;;) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const qint64 got, reader.read(block.data(), block.size()));
        if (got == 0)
            return validator.finish();
        if (!validator.feed(QByteArrayView(block).first(got)))
            return false;
    }
}

Result<bool> isWholePickle(const TakenFile &taken, const RelPath &path, Monitor &monitor)
{
    TakenReader reader(taken);
    STRONGROOM_TRY(const PickleReport report, walkPickle(reader, path, {}, monitor));
    return report.end != PickleEnd::Truncated && report.end != PickleEnd::Invalid;
}

Result<bool> isWholeVectorFile(const TakenFile &taken)
{
    TakenReader reader(taken);
    QByteArray head(kVectorHead, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 got, reader.read(head.data(), head.size()));
    head.truncate(got);
    const VectorFileState state = parseVectorHead(head, taken.size).state;
    return state != VectorFileState::Truncated && state != VectorFileState::Empty;
}

Result<bool> endsWithALine(const TakenFile &taken)
{
    char last = 0;
    STRONGROOM_TRY(const qint64 got, taken.content->readAt(&last, 1, taken.size - 1));
    return got == 1 && last == '\n';
}

FileForm wholeOr(FileForm otherwise, bool whole)
{
    return whole ? FileForm::Whole : otherwise;
}

}  // namespace

Result<FileForm> formOf(const TakenFile &taken, Capture capture, const RelPath &path, Monitor &monitor)
{
    switch (capture) {
    case Capture::Json: {
        STRONGROOM_TRY(const bool whole, isJson(taken, monitor));
        return wholeOr(FileForm::Broken, whole);
    }
    case Capture::Pickle: {
        STRONGROOM_TRY(const bool whole, isWholePickle(taken, path, monitor));
        return wholeOr(FileForm::Broken, whole);
    }
    case Capture::Vectors: {
        STRONGROOM_TRY(const bool whole, isWholeVectorFile(taken));
        return wholeOr(FileForm::Broken, whole);
    }
    case Capture::KeyValues: {
        if (taken.size == 0)
            return FileForm::Doubtful;
        STRONGROOM_TRY(const bool whole, endsWithALine(taken));
        return wholeOr(FileForm::Doubtful, whole);
    }
    case Capture::Plain:
    case Capture::Sqlite:
    case Capture::Runtime:
        break;
    }
    // Most applications empty a file before they write it.
    return wholeOr(FileForm::Doubtful, taken.size > 0);
}

}  // namespace strongroom::storage
