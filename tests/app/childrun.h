// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Runs the built strongroomctl many times, two at once, and keeps what each run cost. Plain system calls,
// because only wait4() tells the memory of one child.

#include <QByteArray>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QList>

#include <atomic>
#include <cerrno>
#include <functional>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace strongroom::tests {

struct Cost {
    int status = -1;        ///< exit status; -1 = it ended otherwise
    qint64 peakKiB = 0;     ///< resident
    qint64 milliseconds = 0;
    QJsonObject json;       ///< its answer
};

/// A child's figure for memory begins with what its parent had at most. Call it once that was more than what is asked of them.
inline void forgetPeak()
{
    QFile file(QStringLiteral("/proc/self/clear_refs"));
    if (file.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
        file.write("5");
}

/// `words` behind the program's name and --json. `answer` is a file for its standard output.
inline Cost runCtl(const QList<QByteArray> &words, const QByteArray &answer)
{
    QList<QByteArray> all = {QByteArray(STRONGROOM_CTL), "--json"};
    all += words;
    std::vector<char *> argv;
    for (QByteArray &word : all)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, answer.constData(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    QElapsedTimer timer;
    timer.start();
    pid_t pid = 0;
    Cost cost;
    const int spawned = posix_spawn(&pid, STRONGROOM_CTL, &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (spawned != 0)
        return cost;
    int status = 0;
    rusage usage = {};
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) { }
    cost.milliseconds = timer.elapsed();
    cost.peakKiB = usage.ru_maxrss;
    if (WIFEXITED(status))
        cost.status = WEXITSTATUS(status);
    QFile file(QFile::decodeName(answer));
    if (file.open(QIODevice::ReadOnly))
        cost.json = QJsonDocument::fromJson(file.readAll()).object();
    return cost;
}

/// Calls `work` with every number below `count`, in two threads; `slot` is 0 or 1.
inline void inTwo(qsizetype count, const std::function<void(qsizetype index, int slot)> &work)
{
    std::atomic<qsizetype> next = 0;
    const auto loop = [&](int slot) {
        for (qsizetype i = next++; i < count; i = next++)
            work(i, slot);
    };
    std::thread other(loop, 1);
    loop(0);
    other.join();
}

}  // namespace strongroom::tests
