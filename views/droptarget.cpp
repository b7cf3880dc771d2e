// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/droptarget.h"

#include "views/iconset.h"
#include "views/planwording.h"
#include "views/theme.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QPainter>
#include <QUrl>
#include <QWidget>

namespace strongroom::views {

/// Outline and one line of text over the window while something is dragged over it. Never takes the mouse.
class DropOverlay final : public QWidget {
public:
    explicit DropOverlay(QWidget *window) : QWidget(window)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setObjectName(QStringLiteral("dropOverlay"));
        hide();
    }

    void showText(const QString &text, bool refused)
    {
        m_text = text;
        m_refused = refused;
        setAccessibleName(text);
        setGeometry(parentWidget()->rect());
        raise();
        show();
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tone tone = m_refused ? Tone::Danger : Tone::Information;
        const QColor mark = toneColor(tone, palette());
        QColor veil = palette().color(QPalette::Window);
        veil.setAlpha(150);
        painter.fillRect(rect(), veil);
        const int line = qMax(3, fontMetrics().height() / 5);
        QPen pen(mark, line, m_refused ? Qt::SolidLine : Qt::DashLine);
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        const qreal inset = line * 2.0;
        painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), inset, inset);
        QFont large = font();
        large.setPointSizeF(large.pointSizeF() * 1.3);
        large.setBold(true);
        const QFontMetrics metrics(large);
        const int icon = metrics.height() * 2;
        const int widest = width() - 8 * metrics.height();
        const QString text = metrics.elidedText(m_text, Qt::ElideMiddle, widest);
        QRectF plate(0, 0, metrics.horizontalAdvance(text) + icon + 3 * metrics.height(), icon + 1.5 * metrics.height());
        plate.moveCenter(QRectF(rect()).center());
        painter.setPen(QPen(mark, 1.5));
        painter.setBrush(palette().color(QPalette::Base));
        painter.drawRoundedRect(plate, metrics.height() / 2.0, metrics.height() / 2.0);
        const QRect picture(int(plate.left()) + metrics.height(), int(plate.center().y()) - icon / 2, icon, icon);
        bundledIcon(m_refused ? QStringLiteral("dialog-error") : QStringLiteral("drop-target")).paint(&painter, picture);
        painter.setPen(palette().color(QPalette::Text));
        painter.setFont(large);
        painter.drawText(plate.adjusted(icon + 2 * metrics.height(), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
    }

private:
    QString m_text;
    bool m_refused = false;
};

QList<QByteArray> localPaths(const QMimeData *data)
{
    QList<QByteArray> paths;
    if (!data)
        return paths;
    for (const QUrl &url : data->urls()) {
        if (!url.isLocalFile())
            return {};
        QByteArray path = url.toLocalFile().toLocal8Bit();
        while (path.size() > 1 && path.endsWith('/'))
            path.chop(1);
        if (path.startsWith('/'))
            paths.append(path);
    }
    return paths;
}

DropTarget::DropTarget(models::Workspace *workspace, QWidget *window, std::function<QString(const models::DropContent &)> describe)
    : QObject(window), m_workspace(workspace), m_window(window), m_describe(std::move(describe)), m_overlay(new DropOverlay(window))
{
    window->setAcceptDrops(true);
    window->installEventFilter(this);
    connect(workspace, &models::Workspace::dropSniffed, this, &DropTarget::sniffed);
    connect(workspace, &models::Workspace::failed, this, [this](quint64 id, models::JobKind, const QByteArray &, const storage::Error &error) {
        if (id == 0 || id != m_job)
            return;
        models::DropContent content;
        content.reason = storage::describe(error).oneLine();
        sniffed(id, content);
    });
}

bool DropTarget::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_window)
        return false;
    switch (event->type()) {
    case QEvent::DragEnter: return enter(static_cast<QDragEnterEvent *>(event));
    case QEvent::DragMove: return move(static_cast<QDragMoveEvent *>(event));
    case QEvent::Drop: return drop(static_cast<QDropEvent *>(event));
    case QEvent::DragLeave:
        leave();
        return true;
    default: return false;
    }
}

bool DropTarget::enter(QDragEnterEvent *event)
{
    const QList<QByteArray> paths = localPaths(event->mimeData());
    m_content.reset();
    m_droppedAlready = false;
    m_job = 0;
    if (paths.isEmpty()) {
        Q_EMIT refused(tr("Only files and folders of this computer can be dropped here."));
        event->ignore();
        return true;
    }
    if (QApplication::activeModalWidget()) {
        Q_EMIT refused(tr("Answer the open question first."));
        event->ignore();
        return true;
    }
    // By its name and kind this may be something for us; its first bytes are looked at meanwhile.
    m_job = m_workspace->sniffDrop(paths);
    m_overlay->showText(paths.size() == 1 ? nameOf(paths.first()) : tr("%n folder(s)", nullptr, int(paths.size())), false);
    event->setDropAction(Qt::CopyAction);
    event->accept();
    return true;
}

bool DropTarget::move(QDragMoveEvent *event)
{
    if (m_content && m_content->kind == models::DropKind::Other) {
        event->ignore();
    } else {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
    return true;
}

bool DropTarget::drop(QDropEvent *event)
{
    event->setDropAction(Qt::CopyAction);
    event->accept();
    m_overlay->hide();
    if (m_content) {
        // The source of the drag waits for the end of this event; a dialog comes after it.
        QMetaObject::invokeMethod(this, [this, content = *m_content] { finish(content); }, Qt::QueuedConnection);
        return true;
    }
    m_droppedAlready = true;
    if (m_job == 0)
        m_job = m_workspace->sniffDrop(localPaths(event->mimeData()));
    return true;
}

void DropTarget::leave()
{
    m_overlay->hide();
    // Some platforms say goodbye after a drop too; what was dropped is still to come.
    if (m_droppedAlready)
        return;
    m_job = 0;
    // What is not taken is not dropped either: for its sender this is where it ends.
    if (m_content && m_content->kind == models::DropKind::Other && !m_content->hint.isEmpty())
        Q_EMIT refused(m_content->reason, m_content->hint);
    m_content.reset();
}

void DropTarget::sniffed(quint64 id, const models::DropContent &content)
{
    if (id == 0 || id != m_job)
        return;
    m_job = 0;
    if (m_droppedAlready) {
        finish(content);
        return;
    }
    m_content = content;
    const bool other = content.kind == models::DropKind::Other;
    m_overlay->showText(other ? content.reason : m_describe(content), other);
    if (other)
        Q_EMIT refused(content.reason);
}

void DropTarget::finish(const models::DropContent &content)
{
    m_content.reset();
    m_droppedAlready = false;
    if (content.kind == models::DropKind::Other)
        Q_EMIT refused(content.reason, content.hint);
    else
        Q_EMIT dropped(content);
}

}  // namespace strongroom::views
