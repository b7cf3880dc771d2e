// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/datadirbuilder.h"

#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

using namespace strongroom::tests;

// Two starts of the real program on a session bus of the test's own.

class tst_SingleInstance : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void secondStart_handsItsFolderOver();
    void newWindow_standsAlone();

private:
    void startConsole(QProcess &process, const QStringList &arguments);

    QProcess m_daemon;
    QProcess m_first;
    QProcessEnvironment m_environment;
    DataDirBuilder m_tree;
};

void tst_SingleInstance::initTestCase()
{
    if (QStandardPaths::findExecutable(QStringLiteral("dbus-daemon")).isEmpty())
        QSKIP("dbus-daemon is not installed");
    m_daemon.start(QStringLiteral("dbus-daemon"), {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address")});
    QVERIFY(m_daemon.waitForReadyRead(20000));
    const QString address = QString::fromLatin1(m_daemon.readAllStandardOutput().trimmed());
    m_tree.dir("home", 0700).dir("run", 0700);
    m_environment = QProcessEnvironment::systemEnvironment();
    m_environment.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), address);
    m_environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    m_environment.insert(QStringLiteral("HOME"), QString::fromLocal8Bit(m_tree.path("home")));
    m_environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), QString::fromLocal8Bit(m_tree.path("run")));
    for (const char *name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"})
        m_environment.remove(QString::fromLatin1(name));
    startConsole(m_first, {});
    const QDBusConnection bus = QDBusConnection::connectToBus(address, QStringLiteral("test"));
    QVERIFY(bus.isConnected());
    QTRY_VERIFY_WITH_TIMEOUT(bus.interface()->isServiceRegistered(QStringLiteral("io.github.strongroom.Strongroom")), 30000);
}

void tst_SingleInstance::cleanupTestCase()
{
    for (QProcess *process : {&m_first, &m_daemon}) {
        process->terminate();
        if (!process->waitForFinished(5000))
            process->kill();
        process->waitForFinished(5000);
    }
}

void tst_SingleInstance::startConsole(QProcess &process, const QStringList &arguments)
{
    process.setProcessEnvironment(m_environment);
    process.start(QStringLiteral(STRONGROOM_BINARY_DIR "/bin/strongroom"), arguments);
    QVERIFY(process.waitForStarted());
}

void tst_SingleInstance::secondStart_handsItsFolderOver()
{
    // Any name: neither spaces nor bytes that are no UTF-8 may be lost on the way.
    const QByteArray name = "od d \xc3\xbc folder";
    m_tree.dir(name);
    QProcess second;
    startConsole(second, {QString::fromUtf8(m_tree.path(name))});
    QVERIFY(second.waitForFinished(20000));
    QCOMPARE(second.exitStatus(), QProcess::NormalExit);
    QCOMPARE(second.exitCode(), 0);
    QCOMPARE(m_first.state(), QProcess::Running);
    // The first one has opened it: it is among its recents.
    QTRY_VERIFY_WITH_TIMEOUT(m_tree.exists("home/.config/strongroom/console.conf") &&
                                 m_tree.read("home/.config/strongroom/console.conf").contains("od%20d%20%C3%BC%20folder"),
                             30000);
}

void tst_SingleInstance::newWindow_standsAlone()
{
    QProcess other;
    startConsole(other, {QStringLiteral("--new-window")});
    QVERIFY(!other.waitForFinished(1500));   // it stays, where a second start would have ended
    other.terminate();
    QVERIFY(other.waitForFinished(10000));
}

QTEST_GUILESS_MAIN(tst_SingleInstance)
#include "tst_singleinstance.moc"
