// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A window that offers one file for dragging, as a file manager does: the other half of tst_realdrag. Prints "ready" when it
// can be seen, and what the drag came to.

#include <QApplication>
#include <QDrag>
#include <QLabel>
#include <QMimeData>
#include <QMouseEvent>
#include <QTimer>
#include <QUrl>

#include <cstdio>

namespace {

class Source : public QLabel {
public:
    explicit Source(const QString &path) : QLabel(QStringLiteral("drag me")), m_path(path)
    {
        setAlignment(Qt::AlignCenter);
        setWindowTitle(QStringLiteral("strongroom-drag-source"));
        setGeometry(0, 0, 200, 150);
    }

protected:
    void mousePressEvent(QMouseEvent *) override {}
    void mouseMoveEvent(QMouseEvent *event) override
    {
        if (!event->buttons().testFlag(Qt::LeftButton) || m_dragging)
            return;
        m_dragging = true;
        auto *drag = new QDrag(this);
        auto *files = new QMimeData;
        files->setUrls({QUrl::fromLocalFile(m_path)});
        drag->setMimeData(files);
        const Qt::DropAction action = drag->exec(Qt::CopyAction);
        std::printf("dropped %d\n", int(action));
        std::fflush(stdout);
        m_dragging = false;
    }

private:
    QString m_path;
    bool m_dragging = false;
};

}  // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    if (argc != 2)
        return 2;
    Source source(QString::fromLocal8Bit(argv[1]));
    source.show();
    QTimer::singleShot(300, &source, [] {
        std::printf("ready\n");
        std::fflush(stdout);
    });
    return QApplication::exec();
}
