// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/iconset.h"

#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace strongroom::views {

namespace {

// The colours the SVG files are drawn in. Ink is replaced by the palette's text; the others are lightened on
// dark windows, so that each keeps a contrast of at least 3:1 against the window.
constexpr char kInk[] = "#31363b";
struct Accent {
    const char *inFile;
    const char *onDark;
};
constexpr Accent kAccents[] = {
    {"#2a76c6", "#6cb2f7"},
    {"#c0392b", "#ff8a7a"},
    {"#27864a", "#6fd391"},
    {"#b9770e", "#f3bd54"},
};

QString pathOf(const QString &name)
{
    return QStringLiteral(":/icons/%1.svg").arg(name);
}

QByteArray svgOf(const QString &name)
{
    QFile file(pathOf(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

class SymbolicIconEngine final : public QIconEngine {
public:
    explicit SymbolicIconEngine(const QString &name) : m_name(name), m_svg(svgOf(name)) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        QSvgRenderer renderer(coloured(mode));
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(painter, rect);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        const QString key = QStringLiteral("strongroom/%1/%2x%3/%4").arg(m_name).arg(size.width()).arg(size.height())
                                .arg(inkFor(mode).rgba());
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap))
            return pixmap;
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        paint(&painter, QRect(QPoint(), size), mode, state);
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    QIconEngine *clone() const override { return new SymbolicIconEngine(*this); }
    QString key() const override { return QStringLiteral("strongroom-symbolic"); }
    QString iconName() override { return m_name; }
    bool isNull() override { return m_svg.isEmpty(); }

private:
    static QColor inkFor(QIcon::Mode mode)
    {
        const QPalette palette = QGuiApplication::palette();
        switch (mode) {
        case QIcon::Disabled: return palette.color(QPalette::Disabled, QPalette::WindowText);
        case QIcon::Selected: return palette.color(QPalette::Active, QPalette::HighlightedText);
        case QIcon::Normal: case QIcon::Active: break;
        }
        return palette.color(QPalette::Active, QPalette::WindowText);
    }

    [[nodiscard]] QByteArray coloured(QIcon::Mode mode) const
    {
        QByteArray svg = m_svg;
        const QByteArray ink = inkFor(mode).name().toLatin1();
        svg.replace(kInk, ink);
        const bool onDark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
        for (const Accent &accent : kAccents) {
            // A disabled or selected icon is one colour: an accent would claim attention it must not have.
            if (mode == QIcon::Disabled || mode == QIcon::Selected)
                svg.replace(accent.inFile, ink);
            else if (onDark)
                svg.replace(accent.inFile, accent.onDark);
        }
        return svg;
    }

    QString m_name;
    QByteArray m_svg;
};

}  // namespace

QIcon bundledIcon(const QString &name)
{
    return QFile::exists(pathOf(name)) ? QIcon(new SymbolicIconEngine(name)) : QIcon();
}

QStringList bundledIconNames()
{
    QStringList names;
    for (const QString &file : QDir(QStringLiteral(":/icons")).entryList({QStringLiteral("*.svg")})) {
        if (file != u"strongroom.svg")
            names.append(file.chopped(4));
    }
    return names;
}

QIcon applicationIcon()
{
    return QIcon(pathOf(QStringLiteral("strongroom")));
}

}  // namespace strongroom::views
