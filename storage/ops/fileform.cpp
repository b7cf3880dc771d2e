// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/fileform.h"

#include "storage/formats/faiss.h"
#include "storage/formats/json.h"
#include "storage/formats/pickle.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qint64 kBlock = 256 * 1024;
constexpr qint64 kVectorHead = 49;

/// For readers of files.
class ContentReader final : public TreeFile {
public:
    explicit ContentReader(const ReadFile &file) : m_file(file) {}
    Result<qint64> read(char *data, qint64 size) override
    {
        const qint64 wanted = std::min(size, m_file.size - m_at);
        if (wanted <= 0)
            return qint64(0);
        STRONGROOM_TRY(const qint64 got, m_file.content->readAt(data, wanted, m_at));
        m_at += got;
        return got;
    }
    const FileStamp &stamp() const override { return m_file.stamp; }

private:
    const ReadFile &m_file;
    qint64 m_at = 0;
};

Result<bool> isJson(const ReadFile &file, Monitor &monitor)
{
    JsonValidator validator;
    ContentReader reader(file);
    QByteArray block(std::min(kBlock, std::max<qint64>(file.size, 1)), Qt::Uninitialized);
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

Result<bool> isWholePickle(const ReadFile &file, const RelPath &path, Monitor &monitor)
{
    ContentReader reader(file);
    STRONGROOM_TRY(const PickleReport report, walkPickle(reader, path, {}, monitor));
    return report.end != PickleEnd::Truncated && report.end != PickleEnd::Invalid;
}

Result<bool> isWholeVectorFile(const ReadFile &file)
{
    ContentReader reader(file);
    QByteArray head(kVectorHead, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 got, reader.read(head.data(), head.size()));
    head.truncate(got);
    const VectorFileState state = parseVectorHead(head, file.size).state;
    return state != VectorFileState::Truncated && state != VectorFileState::Empty;
}

Result<bool> endsWithALine(const ReadFile &file)
{
    char last = 0;
    STRONGROOM_TRY(const qint64 got, file.content->readAt(&last, 1, file.size - 1));
    return got == 1 && last == '\n';
}

FileForm wholeOr(FileForm otherwise, bool whole)
{
    return whole ? FileForm::Whole : otherwise;
}

}  // namespace

Result<FileForm> formOf(const ReadFile &file, Capture capture, const RelPath &path, Monitor &monitor)
{
    switch (capture) {
    case Capture::Json: {
        STRONGROOM_TRY(const bool whole, isJson(file, monitor));
        return wholeOr(FileForm::Broken, whole);
    }
    case Capture::Pickle: {
        STRONGROOM_TRY(const bool whole, isWholePickle(file, path, monitor));
        return wholeOr(FileForm::Broken, whole);
    }
    case Capture::Vectors: {
        STRONGROOM_TRY(const bool whole, isWholeVectorFile(file));
        return wholeOr(FileForm::Broken, whole);
    }
    case Capture::KeyValues: {
        if (file.size == 0)
            return FileForm::Doubtful;
        STRONGROOM_TRY(const bool whole, endsWithALine(file));
        return wholeOr(FileForm::Doubtful, whole);
    }
    case Capture::Plain:
    case Capture::Sqlite:
    case Capture::Runtime:
        break;
    }
    // Most applications empty a file before they write it.
    return wholeOr(FileForm::Doubtful, file.size > 0);
}

}  // namespace strongroom::storage
