// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// swapper A B [A B ...]: exchanges the names of each pair over and over, as fast as the kernel does, until it is told
// to end (SIGTERM). Pairs that are not there yet are tried again. An argument "FILE grow" instead of a pair lets FILE
// grow, shrink, vanish and come back. Prints how many exchanges succeeded, and leaves every pair as it found it.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace {

volatile sig_atomic_t over = 0;

struct Pair {
    const char *a;
    const char *b;
    unsigned long swaps;
};

bool exchange(const Pair &pair)
{
    return syscall(SYS_renameat2, AT_FDCWD, pair.a, AT_FDCWD, pair.b, RENAME_EXCHANGE) == 0;
}

void disturb(const char *path, unsigned long step)
{
    static const char text[] = "one line more of a file that does not hold still\n";
    switch (step % 4) {
    case 0:
        unlink(path);
        break;
    case 1:
    case 2:
        if (const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644); fd >= 0) {
            (void)!write(fd, text, sizeof text - 1);
            close(fd);
        }
        break;
    default:
        (void)!truncate(path, 7);
    }
}

}  // namespace

int main(int count, char **arguments)
{
    std::vector<Pair> pairs;
    const char *restless = nullptr;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i + 1], "grow") == 0)
            restless = arguments[i];
        else
            pairs.push_back({arguments[i], arguments[i + 1], 0});
    }
    signal(SIGTERM, [](int) { over = 1; });
    // Whoever started us may be gone before it could tell.
    alarm(3600);
    for (unsigned long step = 0; !over; ++step) {
        for (Pair &pair : pairs)
            pair.swaps += exchange(pair);
        if (restless)
            disturb(restless, step);
        // Not always in step with whoever is disturbed.
        timespec pause = {0, long(step * 2654435761u >> 20 & 0xfff)};
        nanosleep(&pause, nullptr);
    }
    unsigned long swaps = 0;
    for (Pair &pair : pairs) {
        swaps += pair.swaps;
        if (pair.swaps % 2 == 1 && !exchange(pair) && errno != ENOENT)
            return 1;
    }
    printf("%lu\n", swaps);
    return 0;
}
