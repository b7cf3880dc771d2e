// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/previewpane.h"

#include "models/jobqueue.h"
#include "models/metadatamodel.h"
#include "models/words.h"
#include "views/emptystate.h"
#include "views/tables.h"
#include "views/theme.h"

#include <QBuffer>
#include <QFontDatabase>
#include <QHeaderView>
#include <QImageReader>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

namespace strongroom::views {

namespace {

// A small file can claim a picture of terabytes; what is larger than this is not decoded.
constexpr int kMostPixelsAcross = 16384;
constexpr qint64 kMostPixels = 64 << 20;

}  // namespace

PreviewPane::PreviewPane(models::JobQueue *queue, QWidget *parent)
    : QWidget(parent), m_preview(new models::Preview(queue, this)), m_jsonModel(new models::MetadataModel(this)), m_caption(new QLabel(this)),
      m_stack(new QStackedLayout), m_empty(new EmptyState(this)), m_text(new QPlainTextEdit(this)), m_json(new QTreeView(this)),
      m_imageArea(new QScrollArea(this)), m_image(new QLabel)
{
    setObjectName(QStringLiteral("previewPane"));
    m_text->setReadOnly(true);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setAccessibleName(tr("Preview as text"));
    m_text->setTabChangesFocus(true);
    m_text->setAcceptDrops(false);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setFrameShape(QFrame::NoFrame);
    setUpTree(m_json, tr("Preview as JSON tree"));
    m_json->setModel(m_jsonModel);
    m_json->setFrameShape(QFrame::NoFrame);
    setColumnWidths(m_json, {22, 30});
    m_image->setAlignment(Qt::AlignCenter);
    m_image->setAccessibleName(tr("Picture"));
    m_imageArea->setWidget(m_image);
    m_imageArea->setWidgetResizable(true);
    m_imageArea->setFrameShape(QFrame::NoFrame);
    m_imageArea->setAccessibleName(tr("Preview as picture"));
    m_caption->setTextFormat(Qt::PlainText);
    m_caption->setWordWrap(true);
    m_caption->setContentsMargins(fontMetrics().height() / 3, fontMetrics().height() / 4, 0, fontMetrics().height() / 4);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_empty, m_text, m_json, m_imageArea})
        m_stack->addWidget(widget);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_caption);
    layout->addLayout(m_stack, 1);
    connect(m_preview, &models::Preview::ready, this, &PreviewPane::showContent);
    connect(m_preview, &models::Preview::failed, this, [this](const storage::Part &, const storage::Error &error) {
        if (error.code == storage::ErrorCode::Cancelled)
            return;
        const storage::ErrorText text = describe(error);
        showNothing(text.what, text.why.isEmpty() ? text.next : text.why);
    });
    clear();
}

void PreviewPane::load(std::shared_ptr<const storage::DataDirectory> directory, const storage::Part &part)
{
    m_preview->load(std::move(directory), part);
}

void PreviewPane::clear()
{
    m_preview->clear();
    showNothing(tr("Select a file to look into it."));
}

void PreviewPane::showNothing(const QString &sentence, const QString &hint)
{
    m_caption->hide();
    m_empty->show(QStringLiteral("text-preview"), sentence, hint);
    m_stack->setCurrentWidget(m_empty);
}

void PreviewPane::showContent(const models::PreviewContent &content)
{
    const QString name = content.part.path.display();
    QString caption = content.part.record.isEmpty() ? name : tr("%1, record %2").arg(name, content.part.record);
    caption += QStringLiteral("   ") + models::formatBytes(content.fileBytes);
    if (content.truncated)
        caption += QStringLiteral("   ") + tr("(only the beginning is shown)");
    if (!content.note.isEmpty())
        caption += u'\n' + content.note;
    switch (content.kind) {
    case models::PreviewKind::None:
        showNothing(content.note.isEmpty() ? tr("Nothing to show.") : content.note);
        return;
    case models::PreviewKind::Text:
    case models::PreviewKind::Hex:
        m_text->setPlainText(content.text);
        m_stack->setCurrentWidget(m_text);
        break;
    case models::PreviewKind::Json:
        m_jsonModel->setValue(content.json);
        m_json->expandToDepth(0);
        m_stack->setCurrentWidget(m_json);
        break;
    case models::PreviewKind::Image:
        showImage(content);
        break;
    }
    m_caption->setText(caption);
    m_caption->show();
}

void PreviewPane::showImage(const models::PreviewContent &content)
{
    QBuffer buffer;
    buffer.setData(content.bytes);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader(&buffer);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    const bool tooLarge = size.width() > kMostPixelsAcross || size.height() > kMostPixelsAcross || qint64(size.width()) * size.height() > kMostPixels;
    if (!size.isValid() || tooLarge) {
        showNothing(tooLarge ? tr("This picture is too large to show.") : tr("This picture cannot be decoded."));
        return;
    }
    const QSize room = (m_imageArea->viewport()->size() * devicePixelRatioF()).expandedTo(QSize(64, 64));
    if (size.width() > room.width() || size.height() > room.height())
        reader.setScaledSize(size.scaled(room, Qt::KeepAspectRatio));
    QImage image = reader.read();
    if (image.isNull()) {
        showNothing(tr("This picture cannot be decoded."));
        return;
    }
    image.setDevicePixelRatio(devicePixelRatioF());
    m_image->setPixmap(QPixmap::fromImage(image));
    m_image->setToolTip(tr("%1 × %2 pixels").arg(size.width()).arg(size.height()));
    m_stack->setCurrentWidget(m_imageArea);
}

}  // namespace strongroom::views
