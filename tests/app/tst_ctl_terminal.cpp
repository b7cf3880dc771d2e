// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctlrunner.h"
#include "tests/support/sevenzipbytes.h"

#include <QProcess>
#include <QtTest>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

using namespace strongroom::tests;

// What is asked for at a terminal: a passphrase that nobody sees, and the word that lets live data be replaced.

namespace {

/// The program with a terminal of its own as input and error output.
class AtTerminal {
public:
    explicit AtTerminal(const QStringList &words)
    {
        if (::openpty(&m_master, &m_slave, nullptr, nullptr, nullptr) != 0)
            qFatal("no terminal");
        m_process.setChildProcessModifier([this] {
            ::setsid();
            ::ioctl(m_slave, TIOCSCTTY, 0);
            ::dup2(m_slave, STDIN_FILENO);
            ::dup2(m_slave, STDERR_FILENO);
            ::close(m_master);
        });
        m_process.start(QStringLiteral(STRONGROOM_CTL), words);
        if (!m_process.waitForStarted())
            qFatal("strongroomctl does not start");
    }
    ~AtTerminal()
    {
        m_process.kill();
        m_process.waitForFinished();
        ::close(m_slave);
        ::close(m_master);
    }
    Q_DISABLE_COPY_MOVE(AtTerminal)

    /// Everything shown so far, once `text` is in it or time is over.
    QByteArray shown(const QByteArray &text)
    {
        QElapsedTimer time;
        readSome(10);
        for (time.start(); !m_shown.contains(text) && time.elapsed() < 20'000;)
            readSome(50);
        return m_shown;
    }
    void type(const QByteArray &text) const { QCOMPARE(::write(m_master, text.constData(), size_t(text.size())), ssize_t(text.size())); }
    [[nodiscard]] bool echoes() const
    {
        termios state = {};
        return ::tcgetattr(m_master, &state) == 0 && (state.c_lflag & ECHO);
    }
    /// Exit status; -1 when it does not end.
    int finished()
    {
        if (!m_process.waitForFinished(30'000))
            return -1;
        readSome(0);
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : 128;
    }
    [[nodiscard]] QByteArray all() { return m_shown + m_process.readAllStandardOutput(); }

private:
    void readSome(int milliseconds)
    {
        pollfd ready{m_master, POLLIN, 0};
        while (::poll(&ready, 1, milliseconds) > 0 && (ready.revents & POLLIN)) {
            char block[4096];
            const ssize_t n = ::read(m_master, block, sizeof block);
            if (n <= 0)
                return;
            m_shown.append(block, n);
            milliseconds = 0;
        }
    }

    int m_master = -1;
    int m_slave = -1;
    QProcess m_process;
    QByteArray m_shown;
};

constexpr char kPrompt[] = "Passphrase for ";

}  // namespace

class tst_CtlTerminal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void passphrase_isTakenWithoutBeingShown();
    void passphrase_thatIsWrongOrEmptyIsRefused_data();
    void passphrase_thatIsWrongOrEmptyIsRefused();
    void passphrase_canBeCancelledAndTheTerminalIsAsBefore();
    void word_letsLiveDataBeReplaced_data();
    void word_letsLiveDataBeReplaced();

private:
    OwnHome m_home;
};

void tst_CtlTerminal::passphrase_isTakenWithoutBeingShown()
{
    DataDirBuilder dir;
    dir.file("x.7z", QByteArray::fromBase64(kSealed7z));
    AtTerminal at({QStringLiteral("verify"), q(dir.path("x.7z"))});
    QVERIFY2(at.shown(kPrompt).contains("x.7z: "), at.all().constData());
    QTRY_VERIFY(!at.echoes());
    at.type("geheim\n");
    QCOMPARE(at.finished(), 0);
    QVERIFY(at.echoes());
    QVERIFY2(!at.all().contains("geheim"), at.all().constData());
}

void tst_CtlTerminal::passphrase_thatIsWrongOrEmptyIsRefused_data()
{
    QTest::addColumn<QByteArray>("typed");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("wrong") << QByteArray("Geheim\n") << QByteArray("passphrase");
    QTest::newRow("empty") << QByteArray("\n") << QByteArray("nothing was typed");
}

void tst_CtlTerminal::passphrase_thatIsWrongOrEmptyIsRefused()
{
    QFETCH(QByteArray, typed);
    QFETCH(QByteArray, said);
    DataDirBuilder dir;
    dir.file("x.7z", QByteArray::fromBase64(kSealed7z));
    AtTerminal at({QStringLiteral("verify"), q(dir.path("x.7z"))});
    for (int tries = 1; tries <= (typed.size() > 1 ? 3 : 1); ++tries) {
        QTRY_VERIFY_WITH_TIMEOUT(at.shown(kPrompt).count(kPrompt) == tries, 30'000);
        QTRY_VERIFY(!at.echoes());
        at.type(typed);
    }
    QCOMPARE(at.finished(), 4);
    QVERIFY2(at.all().contains(said), at.all().constData());
    QVERIFY(typed.size() < 2 || !at.all().contains(typed.chopped(1)));
}

void tst_CtlTerminal::passphrase_canBeCancelledAndTheTerminalIsAsBefore()
{
    DataDirBuilder dir;
    dir.file("x.7z", QByteArray::fromBase64(kSealed7z));
    AtTerminal at({QStringLiteral("verify"), q(dir.path("x.7z"))});
    at.shown(kPrompt);
    QTRY_VERIFY(!at.echoes());
    at.type("\x03");
    QCOMPARE(at.finished(), 130);
    QVERIFY(at.echoes());
}

void tst_CtlTerminal::word_letsLiveDataBeReplaced_data()
{
    QTest::addColumn<QByteArray>("typed");
    QTest::addColumn<int>("status");
    QTest::newRow("the word") << QByteArray("yes\n") << 0;
    QTest::newRow("another word") << QByteArray("YES\n") << 4;
    QTest::newRow("no") << QByteArray("no\n") << 4;
    QTest::newRow("nothing") << QByteArray("\n") << 4;
    QTest::newRow("interrupted") << QByteArray("\x03") << 130;
    QTest::newRow("end of input") << QByteArray("\x04") << 4;
}

void tst_CtlTerminal::word_letsLiveDataBeReplaced()
{
    QFETCH(QByteArray, typed);
    QFETCH(int, status);
    DataDirBuilder dir;
    dir.file("live/a.txt", "old").dir("backups");
    const Answer backup = ctl({QStringLiteral("backup"), q(dir.path("live")), QStringLiteral("--to"), q(dir.path("backups"))});
    QCOMPARE(backup.status, 0);
    dir.file("live/a.txt", "new");
    AtTerminal at({QStringLiteral("restore"), backup.value("archive").toString(), QStringLiteral("--into"), q(dir.path("live"))});
    QVERIFY2(at.shown("Type yes").contains("Type yes"), at.all().constData());
    at.type(typed);
    QCOMPARE(at.finished(), status);
    QCOMPARE(dir.read("live/a.txt"), status == 0 ? QByteArray("old") : QByteArray("new"));
}

QTEST_GUILESS_MAIN(tst_CtlTerminal)
#include "tst_ctl_terminal.moc"
