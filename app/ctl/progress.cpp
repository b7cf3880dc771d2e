// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/progress.h"

#include "app/ctl/output.h"
#include "storage/item.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <chrono>
#include <cstdio>

namespace strongroom::app::ctl {

using namespace std::chrono_literals;

ProgressPrinter::ProgressPrinter(const storage::Monitor &monitor, ProgressStyle style) : m_monitor(monitor), m_style(style)
{
    if (m_style != ProgressStyle::None)
        m_thread = std::thread([this] { loop(); });
}

ProgressPrinter::~ProgressPrinter()
{
    if (!m_thread.joinable())
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_one();
    m_thread.join();
    clearLine();
}

void ProgressPrinter::hide()
{
    const std::lock_guard lock(m_mutex);
    clearLine();
}

void ProgressPrinter::pause()
{
    const std::lock_guard lock(m_mutex);
    m_paused = true;
    clearLine();
}

void ProgressPrinter::resume()
{
    const std::lock_guard lock(m_mutex);
    m_paused = false;
}

void ProgressPrinter::clearLine()
{
    if (m_shown && m_style == ProgressStyle::Line)
        fputs("\r\x1b[K", stderr);
    m_shown = false;
}

void ProgressPrinter::loop()
{
    std::unique_lock lock(m_mutex);
    // The first half second shows nothing: most commands are done by then.
    m_wake.wait_for(lock, m_style == ProgressStyle::Line ? 500ms : 100ms, [this] { return m_stop; });
    while (!m_stop) {
        show();
        m_wake.wait_for(lock, 100ms, [this] { return m_stop; });
    }
    if (m_style == ProgressStyle::Json)
        show();
}

void ProgressPrinter::show()
{
    if (m_paused)
        return;
    const storage::Progress p = m_monitor.sample();
    m_shown = true;
    if (m_style == ProgressStyle::Json) {
        const QJsonObject o{
            {QStringLiteral("phase"), storage::phaseWord(p.phase)},
            {QStringLiteral("bytes_done"), p.bytesDone},
            {QStringLiteral("bytes_total"), p.bytesTotal > 0 ? QJsonValue(p.bytesTotal) : QJsonValue()},
            {QStringLiteral("items_done"), p.itemsDone},
            {QStringLiteral("items_total"), p.itemsTotal > 0 ? QJsonValue(p.itemsTotal) : QJsonValue()},
            {QStringLiteral("current"), storage::pathToJson(p.current)},
        };
        fprintf(stderr, "%s\n", QJsonDocument(o).toJson(QJsonDocument::Compact).constData());
        return;
    }
    QString text = storage::phaseWord(p.phase);
    if (p.bytesTotal > 0)
        text += QStringLiteral(" %1 %").arg(p.bytesDone * 100 / p.bytesTotal);
    text += QStringLiteral("  ") + humanBytes(p.bytesDone);
    if (!p.current.isEmpty())
        text += QStringLiteral("  ") + storage::displayBytes(p.current).right(50);
    fprintf(stderr, "\r\x1b[K%s", text.toUtf8().constData());
    fflush(stderr);
}

}  // namespace strongroom::app::ctl
