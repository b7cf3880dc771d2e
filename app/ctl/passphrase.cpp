// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/passphrase.h"

#include "app/ctl/arguments.h"
#include "app/ctl/progress.h"
#include "storage/fd.h"
#include "storage/filestamp.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace strongroom::app::ctl {

using namespace storage;

namespace {

const QString kFd = QStringLiteral("passphrase-fd");
const QString kFile = QStringLiteral("passphrase-file");

/// No echo as long as this lives.
class SilentTerminal {
public:
    SilentTerminal()
    {
        m_valid = ::tcgetattr(STDIN_FILENO, &m_before) == 0;
        termios silent = m_before;
        silent.c_lflag &= ~tcflag_t(ECHO);
        silent.c_lflag |= ECHONL;
        m_valid = m_valid && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~SilentTerminal()
    {
        if (m_valid)
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
    }
    Q_DISABLE_COPY_MOVE(SilentTerminal)
    [[nodiscard]] bool isValid() const { return m_valid; }

private:
    termios m_before = {};
    bool m_valid = false;
};

std::unexpected<Error> unavailable(const QByteArray &path, const QString &why)
{
    return fail(ErrorCode::SecretUnavailable, path, {why});
}

Result<Passphrase> readFrom(int fd, const QByteArray &shown)
{
    QByteArray text;
    text.reserve(Passphrase::kMaxSize + 2);   // grown, it would leave copies behind
    char c = 0;
    for (;;) {
        const ssize_t n = ::read(fd, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            wipe(text);
            return unavailable(shown, QString::fromLocal8Bit(strerror(errno)));
        }
        if (n == 0)
            break;
        if (text.size() > Passphrase::kMaxSize) {
            wipe(text);
            return unavailable(shown, QStringLiteral("it is longer than a passphrase can be (%1 bytes)").arg(Passphrase::kMaxSize));
        }
        text.append(c);
    }
    if (text.endsWith('\n'))
        text.chop(1);
    if (text.endsWith('\r'))
        text.chop(1);
    if (text.isEmpty())
        return unavailable(shown, QStringLiteral("it is empty"));
    return Passphrase::take(text);
}

Result<Passphrase> readFile(const QByteArray &path)
{
    const Fd fd(::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (!fd.isValid())
        return unavailable(path, errno == ELOOP ? QStringLiteral("it is a symbolic link") : QString::fromLocal8Bit(strerror(errno)));
    STRONGROOM_TRY(const FileStamp stamp, stampOf(fd.get(), path));
    if (!stamp.isFile())
        return unavailable(path, QStringLiteral("it is not a regular file"));
    if (stamp.uid != ::geteuid())
        return unavailable(path, QStringLiteral("it belongs to somebody else"));
    if (stamp.mode & 077)
        return unavailable(path, QStringLiteral("others may read or change it; chmod 600 it"));
    return readFrom(fd.get(), path);
}

}  // namespace

void addPassphraseOptions(QCommandLineParser &parser)
{
    parser.addOption({kFd, QStringLiteral("Read the passphrase of an encrypted archive from this descriptor."), QStringLiteral("N")});
    parser.addOption({kFile, QStringLiteral("Read it from a file of yours that nobody else may read."), QStringLiteral("FILE")});
}

Result<Passphrase> passphraseFromOptions(const QCommandLineParser &parser, const Command &command)
{
    if (parser.isSet(kFd) && parser.isSet(kFile))
        return usage(command, QStringLiteral("--passphrase-fd and --passphrase-file are two places for one thing"));
    if (parser.isSet(kFile))
        return readFile(absolute(bytesOf(parser.value(kFile))));
    if (!parser.isSet(kFd))
        return Passphrase();
    bool ok = false;
    const int fd = parser.value(kFd).toInt(&ok);
    if (!ok || fd < 0)
        return usage(command, QStringLiteral("--passphrase-fd takes the number of an open descriptor"));
    return readFrom(fd, "descriptor " + QByteArray::number(fd));
}

Result<Passphrase> askPassphrase(const QByteArray &archive, Context &context)
{
    if (context.out.isJson() || !::isatty(STDIN_FILENO) || !::isatty(STDERR_FILENO))
        return unavailable(archive, QStringLiteral("it is encrypted; give --passphrase-file or --passphrase-fd"));
    context.progress.pause();
    fprintf(stderr, "Passphrase for %s: ", displayBytes(archive).toUtf8().constData());
    fflush(stderr);
    Result<QByteArray> line = QByteArray();
    {
        const SilentTerminal silent;
        if (!silent.isValid())
            return unavailable(archive, QStringLiteral("the terminal cannot hide what is typed"));
        line = typedLine(context.monitor);
    }
    context.progress.resume();
    if (!line)
        return std::unexpected(line.error());
    if (line->isEmpty())
        return unavailable(archive, QStringLiteral("nothing was typed"));
    return Passphrase::take(*line);
}

}  // namespace strongroom::app::ctl
