// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backup.h"
#include "tests/support/datadirbuilder.h"

#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

using namespace strongroom;
using namespace strongroom::tests;

// The real program in a real window on an X server of its own; the drag comes from another program's window, moved by
// the X server's pointer. Nothing here knows the inside of the console.

namespace {

const QDateTime kNow(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);

/// A program that ends with the object.
struct Running {
    QProcess process;
    ~Running()
    {
        if (process.state() == QProcess::NotRunning)
            return;
        process.terminate();
        if (!process.waitForFinished(5000)) {
            process.kill();
            process.waitForFinished(5000);
        }
    }
};

struct Rect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

}  // namespace

class tst_RealDrag : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void archive_isPlannedAndRestored();
    void folder_isOpened();

private:
    QByteArray makeSessions(const QByteArray &name);
    void start(Running &program, const QString &executable, const QStringList &arguments);
    QByteArray tool(const QStringList &arguments);
    QByteArray windowNamed(const QString &title);
    QByteArray trouble(const QByteArray &window, Running &program);
    Rect geometryOf(const QByteArray &window);
    void dragFrom(Running &source, const QByteArray &path, const Rect &target);

    QProcess m_server;
    QProcessEnvironment m_environment;
    std::unique_ptr<DataDirBuilder> m_tree;
};

void tst_RealDrag::initTestCase()
{
    if (QStandardPaths::findExecutable(QStringLiteral("Xvfb")).isEmpty() || QStandardPaths::findExecutable(QStringLiteral("xdotool")).isEmpty())
        QSKIP("Xvfb or xdotool is not installed");
    // The server itself chooses a display that is free, and tells which. It must not reset when a short-lived xdotool
    // was its last client: the console that is just connecting would die of it.
    m_server.start(QStringLiteral("Xvfb"), {QStringLiteral("-displayfd"), QStringLiteral("1"), QStringLiteral("-screen"), QStringLiteral("0"),
                                            QStringLiteral("1400x900x24"), QStringLiteral("-noreset"), QStringLiteral("-nolisten"), QStringLiteral("tcp")});
    QVERIFY(m_server.waitForReadyRead(20000));
    const QString display = u':' + QString::fromLatin1(m_server.readAllStandardOutput().trimmed());
    m_tree = std::make_unique<DataDirBuilder>();
    m_tree->dir("home", 0700).dir("run", 0700);
    m_environment = QProcessEnvironment::systemEnvironment();
    m_environment.insert(QStringLiteral("DISPLAY"), display);
    m_environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
    m_environment.insert(QStringLiteral("HOME"), QString::fromLocal8Bit(m_tree->path("home")));
    m_environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), QString::fromLocal8Bit(m_tree->path("run")));
    for (const char *name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "WAYLAND_DISPLAY", "QT_SCALE_FACTOR"})
        m_environment.remove(QString::fromLatin1(name));
    // Whoever looks for a session bus without an address starts one, which would outlive us.
    m_environment.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("disabled:"));
    m_environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
}

void tst_RealDrag::cleanupTestCase()
{
    m_server.terminate();
    if (!m_server.waitForFinished(5000))
        m_server.kill();
    m_server.waitForFinished(5000);
}

QByteArray tst_RealDrag::makeSessions(const QByteArray &name)
{
    for (int i = 0; i < 3; ++i) {
        const QByteArray id = "session-" + QByteArray::number(i);
        m_tree->file(name + "/sessions/" + id + ".json", "{\"session_id\":\"" + id + "\",\"template_id\":\"basic\",\"fragments\":[]}");
    }
    m_tree->file(name + "/storage/metadata.json", "{}");
    return m_tree->path(name);
}

void tst_RealDrag::start(Running &program, const QString &executable, const QStringList &arguments)
{
    program.process.setProcessEnvironment(m_environment);
    program.process.start(executable, arguments);
    QVERIFY2(program.process.waitForStarted(), qPrintable(executable));
}

QByteArray tst_RealDrag::tool(const QStringList &arguments)
{
    QProcess process;
    process.setProcessEnvironment(m_environment);
    process.start(QStringLiteral("xdotool"), arguments);
    process.waitForFinished(20000);
    return process.exitCode() == 0 ? process.readAllStandardOutput().trimmed() : QByteArray();
}

/// What there is to know when `window` did not come: state and words of the program, titles of all windows.
QByteArray tst_RealDrag::trouble(const QByteArray &window, Running &program)
{
    if (!window.isEmpty())
        return {};   // QVERIFY2 asks even when all is well
    QByteArray text("running");
    if (program.process.state() != QProcess::Running)
        text = "ended, status " + QByteArray::number(program.process.exitCode());
    text += "; says: " + program.process.readAllStandardError() + "; windows:";
    for (const QByteArray &other : tool({QStringLiteral("search"), QStringLiteral("--name"), QStringLiteral(".")}).split('\n'))
        text += " [" + tool({QStringLiteral("getwindowname"), QString::fromLatin1(other)}) + ']';
    return text;
}

/// Waits for a visible window whose title matches; its number.
QByteArray tst_RealDrag::windowNamed(const QString &title)
{
    QByteArray window;
    const auto found = [this, &window, &title] {
        window = tool({QStringLiteral("search"), QStringLiteral("--onlyvisible"), QStringLiteral("--name"), title}).split('\n').last();
        return !window.isEmpty();
    };
    return QTest::qWaitFor(found, 30000) ? window : QByteArray();
}

Rect tst_RealDrag::geometryOf(const QByteArray &window)
{
    Rect rect;
    for (const QByteArray &line : tool({QStringLiteral("getwindowgeometry"), QStringLiteral("--shell"), QString::fromLatin1(window)}).split('\n')) {
        const QList<QByteArray> pair = line.split('=');
        const int value = pair.value(1).toInt();
        if (pair.first() == "X")
            rect.x = value;
        else if (pair.first() == "Y")
            rect.y = value;
        else if (pair.first() == "WIDTH")
            rect.width = value;
        else if (pair.first() == "HEIGHT")
            rect.height = value;
    }
    return rect;
}

/// From a window that holds `path` to the middle of `target`, with the pointer's button down. `source` must stay until
/// what was dropped has been taken: a program that ends may take its last message to the server with it.
void tst_RealDrag::dragFrom(Running &source, const QByteArray &path, const Rect &target)
{
    start(source, QStringLiteral(STRONGROOM_BINARY_DIR "/bin/dragsource"), {QString::fromLocal8Bit(path)});
    QVERIFY(QTest::qWaitFor([&source] { return source.process.readAllStandardOutput().contains("ready"); }, 30000));
    const QByteArray window = windowNamed(QStringLiteral("^strongroom-drag-source$"));
    QVERIFY(!window.isEmpty());
    const Rect from = geometryOf(window);
    const auto move = [this](int x, int y) { tool({QStringLiteral("mousemove"), QStringLiteral("--sync"), QString::number(x), QString::number(y)}); };
    move(from.x + from.width / 2, from.y + from.height / 2);
    tool({QStringLiteral("mousedown"), QStringLiteral("1")});
    const int startX = from.x + from.width / 2;
    const int startY = from.y + from.height / 2;
    const int endX = target.x + target.width / 2;
    const int endY = target.y + target.height / 2;
    constexpr int kStops = 12;
    for (int i = 1; i <= kStops; ++i) {
        move(startX + (endX - startX) * i / kStops, startY + (endY - startY) * i / kStops);
        // The two programs talk to each other through the server after each step.
        QTest::qWait(40);
    }
    move(endX + 3, endY + 3);
    QTest::qWait(400);
    tool({QStringLiteral("mouseup"), QStringLiteral("1")});
    QByteArray said;
    QVERIFY2(QTest::qWaitFor([&] { said += source.process.readAllStandardOutput(); return said.contains("dropped"); }, 20000), said.constData());
    QVERIFY2(said.contains("dropped 1"), said.constData());   // Qt::CopyAction: nothing is moved away
}

void tst_RealDrag::archive_isPlannedAndRestored()
{
    const QByteArray root = makeSessions("data");
    m_tree->dir("backups");
    storage::Monitor monitor;
    storage::BackupRequest request;
    request.directory = root;
    request.folder = m_tree->path("backups");
    request.now = kNow;
    request.localNow = kNow;
    const auto plan = storage::planBackup(request, monitor);
    QVERIFY(plan);
    const storage::Report report = storage::runBackup(request, *plan, monitor);
    QVERIFY(report.succeeded());
    const QByteArray before = treeFingerprint(root);
    m_tree->remove("data/sessions/session-1.json").file("data/sessions/session-2.json", "{}");
    const QByteArray changed = treeFingerprint(root);
    QVERIFY(changed != before);

    Running console;
    start(console, QStringLiteral(STRONGROOM_BINARY_DIR "/bin/strongroom"), {QString::fromLocal8Bit(root)});
    const QByteArray window = windowNamed(QStringLiteral("^data"));
    QVERIFY2(!window.isEmpty(), trouble(window, console).constData());
    tool({QStringLiteral("windowmove"), QString::fromLatin1(window), QStringLiteral("230"), QStringLiteral("20")});
    QTest::qWait(300);
    Running source;
    dragFrom(source, report.archive, geometryOf(window));
    const QByteArray dialog = windowNamed(QStringLiteral("^Restore .*data"));
    QVERIFY2(!dialog.isEmpty(), trouble(dialog, console).constData());
    QCOMPARE(treeFingerprint(root), changed);   // a drop alone changes nothing

    // Enter first: it must only cancel or do nothing. Then the word, and a click on the button at the lower right.
    tool({QStringLiteral("windowfocus"), QStringLiteral("--sync"), QString::fromLatin1(dialog)});
    tool({QStringLiteral("key"), QStringLiteral("alt+t")});
    tool({QStringLiteral("type"), QStringLiteral("yes")});
    tool({QStringLiteral("key"), QStringLiteral("Return")});
    QTest::qWait(500);
    QCOMPARE(treeFingerprint(root), changed);
    const Rect box = geometryOf(dialog);
    tool({QStringLiteral("mousemove"), QStringLiteral("--sync"), QString::number(box.x + box.width - 60), QString::number(box.y + box.height - 24)});
    tool({QStringLiteral("click"), QStringLiteral("1")});
    QTRY_COMPARE_WITH_TIMEOUT(treeFingerprint(root), before, 30000);
}

void tst_RealDrag::folder_isOpened()
{
    const QByteArray root = makeSessions("dropped-folder");
    Running console;
    start(console, QStringLiteral(STRONGROOM_BINARY_DIR "/bin/strongroom"), {});
    const QByteArray window = windowNamed(QStringLiteral("^Strongroom$"));
    QVERIFY2(!window.isEmpty(), trouble(window, console).constData());
    tool({QStringLiteral("windowmove"), QString::fromLatin1(window), QStringLiteral("230"), QStringLiteral("20")});
    QTest::qWait(300);
    Running source;
    dragFrom(source, root, geometryOf(window));
    // The title of the window names what it shows.
    const QByteArray opened = windowNamed(QStringLiteral("^dropped-folder"));
    QVERIFY2(!opened.isEmpty(), trouble(opened, console).constData());
}

QTEST_GUILESS_MAIN(tst_RealDrag)
#include "tst_realdrag.moc"
