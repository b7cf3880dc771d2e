// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// scale_run COMMAND: runs one shell command with its output thrown away and prints a JSON object: wall seconds, KiB of
// the largest process, exit status. A program of its own, because the kernel counts what the parent has in memory
// at the fork as the child's: this one has next to nothing.

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int kNotRun = 127;

[[noreturn]] void become(const char *command)
{
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) == STDOUT_FILENO)
        execl("/bin/sh", "sh", "-c", command, static_cast<char *>(nullptr));
    _exit(kNotRun);
}

}  // namespace

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child < 0)
        return 1;
    if (child == 0)
        become(argv[1]);
    int status = 0;
    rusage usage{};
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno != EINTR)
            return 1;
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    std::printf("{\"seconds\": %.6f, \"kib\": %ld, \"status\": %d}\n", wall.count(), usage.ru_maxrss, code);
    return 0;
}
