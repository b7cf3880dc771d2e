// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/preview.h"

#include "models/jobqueue.h"
#include "storage/mask.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringDecoder>

#include <algorithm>
#include <utility>

namespace strongroom::models {

using storage::DataDirectory;
using storage::ErrorCode;
using storage::Monitor;
using storage::Part;
using storage::Result;

namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(Preview)

public:
    static QString secret() { return tr("The content of this file is secret and is not shown."); }
    static QString folder() { return tr("A folder has no preview."); }
    static QString special() { return tr("Only regular files have a preview."); }
    static QString tooLarge() { return tr("The picture is too large for a preview."); }
    static QString record() { return tr("The record lies in a shared file, which is too large or no JSON; its own data is under Metadata."); }
    static QString empty() { return tr("The file is empty."); }
};

struct Magic {
    const char *format;
    QByteArrayView head;
    qsizetype at = 0;
};

/// Pictures that QImage reads; SVG is text and shown as such.
QString imageFormat(QByteArrayView head)
{
    static const Magic kMagics[] = {
        {"png", QByteArrayView("\x89PNG\r\n\x1a\n", 8)}, {"jpeg", QByteArrayView("\xff\xd8\xff", 3)},
        {"gif", QByteArrayView("GIF87a", 6)},           {"gif", QByteArrayView("GIF89a", 6)},
        {"webp", QByteArrayView("WEBP", 4), 8},         {"bmp", QByteArrayView("BM", 2)},
    };
    for (const Magic &magic : kMagics) {
        if (head.size() >= magic.at + magic.head.size() && head.sliced(magic.at, magic.head.size()) == magic.head)
            return QString::fromLatin1(magic.format);
    }
    return {};
}

/// UTF-8 without control characters but the usual ones. A character cut off by `truncated` is forgiven.
std::optional<QString> asText(QByteArrayView bytes, bool truncated)
{
    for (const char c : bytes) {
        const uchar u = uchar(c);
        if (u < 0x20 && u != '\n' && u != '\r' && u != '\t' && u != '\f' && u != 0x1b)
            return std::nullopt;
    }
    for (int cut = 0; cut < (truncated ? 4 : 1) && cut <= bytes.size(); ++cut) {
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        const QString text = decoder(bytes.first(bytes.size() - cut));
        if (!decoder.hasError())
            return text;
    }
    return std::nullopt;
}

bool isSecretFile(const DataDirectory &directory, const storage::RelPath &path)
{
    for (const storage::DetectedLayout &detected : directory.layouts()) {
        if (!path.isWithin(detected.root))
            continue;
        const storage::RelPath below = path.relativeTo(detected.root);
        for (const storage::CaptureRule &rule : detected.layout->identity().secretFiles) {
            if (storage::matchesPattern(rule.pattern, below.bytes()))
                return true;
        }
    }
    return false;
}

/// Binary files hold tokens too (a database's pages, a pickle's strings): printable runs that masking would
/// change are blanked before they are shown.
void blankSecrets(QByteArray &bytes)
{
    constexpr qsizetype kShortest = 12;
    const auto printable = [](char c) { return uchar(c) >= 0x20 && uchar(c) < 0x7f; };
    for (qsizetype i = 0; i < bytes.size();) {
        qsizetype end = i;
        while (end < bytes.size() && printable(bytes.at(end)))
            ++end;
        if (end - i >= kShortest) {
            const QString run = QString::fromLatin1(bytes.sliced(i, end - i));
            if (storage::looksSecret(run) || storage::maskPreviewText(run) != run)
                std::fill(bytes.begin() + i, bytes.begin() + end, '*');
        }
        i = qMax(end, i + 1);
    }
}

QString hexDump(const QByteArray &bytes)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    constexpr qsizetype kPerLine = 16;
    QString out;
    out.reserve(bytes.size() / kPerLine * 78 + 78);
    for (qsizetype line = 0; line < bytes.size(); line += kPerLine) {
        out += QString::number(line, 16).rightJustified(8, u'0');
        out += QStringLiteral("  ");
        QString characters;
        for (qsizetype i = line; i < line + kPerLine; ++i) {
            if (i < bytes.size()) {
                const uchar u = uchar(bytes.at(i));
                out += QLatin1Char(kDigits[u >> 4]);
                out += QLatin1Char(kDigits[u & 15]);
                out += u' ';
                characters += u >= 0x20 && u < 0x7f ? QChar(u) : QChar(u'.');
            } else {
                out += QStringLiteral("   ");
            }
            if (i - line == 7)
                out += u' ';
        }
        out += u' ';
        out += characters;
        out += u'\n';
    }
    return out;
}

Result<QByteArray> readUpTo(const storage::Tree &tree, const storage::RelPath &path, qint64 most, Monitor &monitor)
{
    constexpr qint64 kBlock = 256 << 10;
    STRONGROOM_TRY(const std::unique_ptr<storage::TreeFile> file, tree.open(path));
    QByteArray bytes;
    while (bytes.size() < most) {
        if (monitor.stopRequested())
            return storage::fail(ErrorCode::Cancelled);
        const qint64 want = qMin(kBlock, most - bytes.size());
        const qsizetype before = bytes.size();
        bytes.resize(before + want);
        STRONGROOM_TRY(const qint64 got, file->read(bytes.data() + before, want));
        bytes.resize(before + got);
        if (got == 0)
            break;
    }
    return bytes;
}

void showJson(PreviewContent &content, const QJsonValue &value)
{
    content.kind = PreviewKind::Json;
    content.format = QStringLiteral("json");
    content.json = storage::maskJson(value);
    if (content.json.isArray())
        content.text = QString::fromUtf8(QJsonDocument(content.json.toArray()).toJson());
    else if (content.json.isObject())
        content.text = QString::fromUtf8(QJsonDocument(content.json.toObject()).toJson());
    else
        content.text = content.json.toVariant().toString();
}

/// The document when it is one, else nothing. Memory is bounded by the cap on `bytes`.
std::optional<QJsonDocument> parseJson(const QByteArray &bytes)
{
    const QByteArrayView start = QByteArrayView(bytes).trimmed();
    if (start.isEmpty() || (start.front() != '{' && start.front() != '['))
        return std::nullopt;
    QJsonParseError error;
    QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
    return error.error == QJsonParseError::NoError ? std::optional(std::move(document)) : std::nullopt;
}

PreviewContent nothing(PreviewContent content, const QString &note)
{
    content.kind = PreviewKind::None;
    content.note = note;
    return content;
}

}  // namespace

Result<PreviewContent> readPreview(const DataDirectory &directory, const Part &part, Monitor &monitor)
{
    PreviewContent content;
    content.part = part;
    const storage::Tree &tree = directory.tree();
    STRONGROOM_TRY(const storage::FileStamp stamp, tree.stamp(part.path));
    content.fileBytes = stamp.size;
    if (stamp.isDirectory())
        return nothing(content, Words::folder());
    if (!stamp.isFile())
        return nothing(content, Words::special());
    if (stamp.size == 0)
        return nothing(content, Words::empty());

    STRONGROOM_TRY(QByteArray bytes, readUpTo(tree, part.path, kPreviewTextBytes, monitor));
    const QString image = imageFormat(bytes);
    if (!image.isEmpty() && part.record.isEmpty()) {
        content.format = image;
        if (stamp.size > kPreviewImageBytes)
            return nothing(content, Words::tooLarge());
        STRONGROOM_TRY(content.bytes, readUpTo(tree, part.path, kPreviewImageBytes, monitor));
        content.kind = PreviewKind::Image;
        return content;
    }
    const bool secret = isSecretFile(directory, part.path);
    const bool mayBeJson = stamp.size <= kPreviewJsonBytes && (bytes.trimmed().startsWith('{') || bytes.trimmed().startsWith('['));
    if (mayBeJson) {
        if (stamp.size > bytes.size()) {
            STRONGROOM_TRY(bytes, readUpTo(tree, part.path, kPreviewJsonBytes, monitor));
        }
        if (const auto document = parseJson(bytes)) {
            const QJsonObject object = document->object();
            if (part.record.isEmpty())
                showJson(content, document->isArray() ? QJsonValue(document->array()) : QJsonValue(object));
            else if (object.contains(part.record))
                showJson(content, object.value(part.record));
            if (content.kind == PreviewKind::Json)
                return content;
        }
    }
    if (!part.record.isEmpty())
        return nothing(content, Words::record());

    bytes.truncate(kPreviewTextBytes);
    content.truncated = stamp.size > bytes.size();
    if (const auto text = asText(bytes, content.truncated)) {
        content.kind = PreviewKind::Text;
        content.format = QStringLiteral("text");
        content.text = storage::maskPreviewText(*text);
        return content;
    }
    if (secret)
        return nothing(content, Words::secret());
    bytes.truncate(kPreviewHexBytes);
    content.truncated = stamp.size > bytes.size();
    blankSecrets(bytes);
    content.kind = PreviewKind::Hex;
    content.format = QStringLiteral("binary");
    content.text = hexDump(bytes);
    return content;
}

Preview::Preview(JobQueue *queue, QObject *parent) : QObject(parent), m_queue(queue) {}

Preview::~Preview()
{
    if (m_job)
        m_queue->cancel(m_job);
}

void Preview::load(std::shared_ptr<const DataDirectory> directory, const Part &part)
{
    const bool was = isLoading();
    if (m_job)
        m_queue->cancel(m_job);
    const JobSpec spec{JobKind::Preview, tr("Preview %1").arg(part.path.display()), directory->path(), true};
    auto id = std::make_shared<quint64>(0);
    const Job *job = m_queue->startReader<PreviewContent>(
        spec, [directory, part](Monitor &monitor) { return readPreview(*directory, part, monitor); }, this,
        [this, id, part](Result<PreviewContent> result) {
            if (*id != m_job)
                return;
            m_job = 0;
            Q_EMIT loadingChanged(false);
            if (result)
                Q_EMIT ready(*result);
            else if (result.error().code != ErrorCode::Cancelled)
                Q_EMIT failed(part, result.error());
        });
    *id = m_job = job->id();
    if (!was)
        Q_EMIT loadingChanged(true);
}

void Preview::clear()
{
    if (!m_job)
        return;
    m_queue->cancel(std::exchange(m_job, 0));
    Q_EMIT loadingChanged(false);
}

}  // namespace strongroom::models
